"""Who comes in: one-time link, password or trusted proxy; sessions, and how often somebody may try."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from scanner.errors import UserError
from scanner.review.accounts import User, find_user
from scanner.review.database import SESSIONS, SIGN_IN_FAILURES, UNMASKINGS, moment_of, stamp

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
UNMASKED_FOR = timedelta(minutes=15)

_WINDOW = timedelta(minutes=15)
_TRIES_PER_NAME_AND_ADDRESS = 5
_TRIES_PER_NAME = 20
_TRIES_PER_ADDRESS = 30
_SEEN_EVERY = timedelta(seconds=60)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class ProxyAccess:
    """A reverse proxy that has already asked who it is: the header with the name, and from where it is believed."""

    header: str
    networks: tuple[Network, ...]

    def believes(self, address: str | None) -> bool:
        """Whether a connection from this address may say who it is."""
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        return any(found in n for n in self.networks)


@dataclass(frozen=True, slots=True)
class LinkAccess:
    """One person on this machine, who comes in once by the link that the terminal shows."""

    user: User


@dataclass(frozen=True, slots=True)
class PasswordAccess:
    """Users of the database with their passwords."""


Access = ProxyAccess | LinkAccess | PasswordAccess
Origin = Literal["link", "password", "proxy"]


def parse_networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks such as 10.0.0.5 or 10.0.0.0/24. Raises UserError."""
    try:
        return tuple(ipaddress.ip_network(t.strip(), strict=False) for t in texts)
    except ValueError:
        raise UserError("--proxy-address: not an IP address or network such as 10.0.0.0/24") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class OneTimeLink:
    """A token that lets one browser in, once, within some minutes."""

    def __init__(self, *, made_at: datetime, valid: timedelta = timedelta(minutes=15)) -> None:
        self.token = secrets.token_urlsafe(32)
        self._until = made_at + valid
        self._lock = threading.Lock()
        self._used = False

    def redeem(self, token: str, *, at: datetime) -> bool:
        """Whether this is the token, in time and for the first time."""
        with self._lock:
            fits = hmac.compare_digest(token.encode(), self.token.encode())
            good = fits and not self._used and at <= self._until
            self._used = self._used or good
            return good


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is in; `id` is the hash of the cookie's token, `csrf` must come with every form."""

    id: str
    user: User
    csrf: str
    origin: Origin


def token_hash(token: str) -> str:
    """What is stored of a random token: who reads the database cannot come in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    connection: Connection, user_name: str, *, at: datetime, origin: Origin, replacing: str | None = None
) -> str:
    """A new session and its token; the one that the browser had before, if any, ends (no fixation)."""
    if replacing:
        end_session(connection, token_hash(replacing))
    connection.execute(SESSIONS.delete().where(SESSIONS.c.created_at < stamp(at - LONGEST)))
    token = secrets.token_urlsafe(32)
    connection.execute(
        SESSIONS.insert().values(
            token_hash=token_hash(token),
            user_name=user_name,
            csrf=secrets.token_urlsafe(32),
            created_at=stamp(at),
            seen_at=stamp(at),
            origin=origin,
        )
    )
    return token


def find_session(connection: Connection, token: str, *, access: Access, at: datetime) -> tuple[Session, bool] | None:
    """(session, whether `touch` is due) of a cookie; None when there is none, it is too old, or the user is gone.

    Rights are read anew each time, so that taking one away works at once.
    """
    row = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.token_hash == token_hash(token))).one_or_none()
    if row is None or at - moment_of(row.seen_at) > IDLE or at - moment_of(row.created_at) > LONGEST:
        return None
    expected: Origin
    if isinstance(access, LinkAccess):
        expected, user = "link", access.user if access.user.name == row.user_name else None
    else:
        expected = "proxy" if isinstance(access, ProxyAccess) else "password"
        user = find_user(connection, row.user_name)
    if user is None or row.origin != expected:
        return None
    return Session(row.token_hash, user, row.csrf, expected), at - moment_of(row.seen_at) > _SEEN_EVERY


def touch(connection: Connection, session_id: str, *, at: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(SESSIONS.update().where(SESSIONS.c.token_hash == session_id).values(seen_at=stamp(at)))


def end_session(connection: Connection, session_id: str) -> None:
    """Sign out: the session and what it had unmasked are gone."""
    connection.execute(SESSIONS.delete().where(SESSIONS.c.token_hash == session_id))
    connection.execute(UNMASKINGS.delete().where(UNMASKINGS.c.session_hash == session_id))


def grant_unmasking(connection: Connection, session: Session, call_key: str, *, at: datetime) -> str:
    """Let this session hear one call unmasked for a while; returns what names the grant in a URL."""
    connection.execute(UNMASKINGS.delete().where(UNMASKINGS.c.until < stamp(at)))
    token = secrets.token_hex(16)
    connection.execute(
        UNMASKINGS.insert().values(
            token=token, session_hash=session.id, call_key=call_key, until=stamp(at + UNMASKED_FOR)
        )
    )
    return token


def unmasking_of(connection: Connection, session: Session, call_key: str, *, at: datetime) -> str | None:
    """The grant by which this session may hear this call unmasked now, if any."""
    if not session.user.may_unmask:
        return None
    query = (
        sa.select(UNMASKINGS.c.token)
        .where(UNMASKINGS.c.session_hash == session.id, UNMASKINGS.c.call_key == call_key)
        .where(UNMASKINGS.c.until >= stamp(at))
        .order_by(UNMASKINGS.c.until.desc())
    )
    token = connection.execute(query).scalars().first()
    return None if token is None else str(token)


class Throttle:
    """Counts failed sign-ins by name and address, as keyed hashes: what was typed as a name may be a password."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def wait_s(self, connection: Connection, *, name: str, address: str, at: datetime) -> int:
        """Seconds to wait before the next try; 0 when it may be made now."""
        who, where = self._hash("name", name.casefold()), self._hash("address", address)
        table = SIGN_IN_FAILURES
        recent = sa.select(table.c.at).where(table.c.at > stamp(at - _WINDOW)).order_by(table.c.at.desc())
        limits = (
            (recent.where(table.c.name_hash == who, table.c.address_hash == where), _TRIES_PER_NAME_AND_ADDRESS),
            (recent.where(table.c.name_hash == who), _TRIES_PER_NAME),
            (recent.where(table.c.address_hash == where), _TRIES_PER_ADDRESS),
        )
        waits = [0.0]
        for query, tries in limits:
            failures = connection.execute(query.limit(tries)).scalars().all()
            if len(failures) == tries:  # until the oldest of them has left the window
                waits.append((moment_of(failures[-1]) + _WINDOW - at).total_seconds())
        return max(0, round(max(waits)))

    def failed(self, connection: Connection, *, name: str, address: str, at: datetime) -> None:
        """Count a failure; those that no longer matter are dropped."""
        connection.execute(SIGN_IN_FAILURES.delete().where(SIGN_IN_FAILURES.c.at < stamp(at - _WINDOW)))
        connection.execute(
            SIGN_IN_FAILURES.insert().values(
                at=stamp(at),
                name_hash=self._hash("name", name.casefold()),
                address_hash=self._hash("address", address),
            )
        )

    def succeeded(self, connection: Connection, *, name: str, address: str) -> None:
        """Forget the tries of somebody who came in."""
        table = SIGN_IN_FAILURES
        who, where = self._hash("name", name.casefold()), self._hash("address", address)
        connection.execute(table.delete().where(table.c.name_hash == who, table.c.address_hash == where))

    def _hash(self, what: str, value: str) -> str:
        return hmac.new(self._secret, f"{what} {value}".encode(), hashlib.sha256).hexdigest()
