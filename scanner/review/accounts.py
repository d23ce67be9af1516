"""People who may review: roles, rights and passwords."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal, get_args

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection

from scanner.errors import UserError
from scanner.review.database import SESSIONS, USERS, stamp

Role = Literal["viewer", "reviewer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most: a viewer sees and hears masked calls, a reviewer decides, an admin reads the audit log."""

MIN_PASSWORD = 12
_NAME = re.compile(r"^[\w.@+-]{1,200}$")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come in; `may_unmask` lets them hear personal data after saying why."""

    name: str
    role: Role
    may_unmask: bool = False
    disabled: bool = False

    def may(self, role: Role) -> bool:
        """Whether this person has at least the role."""
        return ROLES.index(self.role) >= ROLES.index(role)


def save_user(connection: Connection, user: User, *, password: str | None, at: datetime) -> None:
    """Add a user, or change one; their sessions end. `password` None keeps it, or leaves a new user to a proxy.

    Raises UserError for a name or password that cannot be used.
    """
    if not _NAME.match(user.name):
        raise UserError(f"{user.name!r}: a user name has letters, digits and . @ + - _ only")
    if password is not None and len(password) < MIN_PASSWORD:
        raise UserError(f"a password needs at least {MIN_PASSWORD} characters")
    values: dict[str, object] = {"role": user.role, "may_unmask": user.may_unmask, "disabled": user.disabled}
    if password is not None:
        values["password_hash"] = _hasher().hash(password)
    changed = connection.execute(USERS.update().where(USERS.c.name == user.name).values(**values))
    if changed.rowcount == 0:
        connection.execute(USERS.insert().values(name=user.name, created_at=stamp(at), **values))
    connection.execute(SESSIONS.delete().where(SESSIONS.c.user_name == user.name))


def find_user(connection: Connection, name: str) -> User | None:
    """The user of that name; None when there is none or they may no longer come in."""
    row = connection.execute(sa.select(USERS).where(USERS.c.name == name)).one_or_none()
    return None if row is None or row.disabled else User(row.name, row.role, bool(row.may_unmask))


def all_users(connection: Connection) -> Sequence[User]:
    """All users by name, those who may no longer come in included."""
    rows = connection.execute(sa.select(USERS).order_by(USERS.c.name))
    return [User(r.name, r.role, bool(r.may_unmask), bool(r.disabled)) for r in rows]


def anybody_has_password(connection: Connection) -> bool:
    """Whether somebody could sign in with a password."""
    query = sa.select(sa.func.count()).where(USERS.c.password_hash.is_not(None), USERS.c.disabled.is_(False))
    return bool(connection.execute(query).scalar())


def check_password(connection: Connection, name: str, password: str) -> User | None:
    """The user, if the password is theirs. An unknown name takes as long as a wrong password."""
    row = connection.execute(sa.select(USERS).where(USERS.c.name == name)).one_or_none()
    known = row is not None and row.password_hash is not None and not row.disabled
    digest = row.password_hash if row is not None and known else _hash_of_nobody()
    try:
        _hasher().verify(digest, password)
    except (VerificationError, InvalidHashError):
        return None
    if row is None or not known:
        return None
    if _hasher().check_needs_rehash(digest):
        connection.execute(USERS.update().where(USERS.c.name == name).values(password_hash=_hasher().hash(password)))
    return User(row.name, row.role, bool(row.may_unmask))


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106's low-memory profile


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")
