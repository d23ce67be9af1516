"""The review database: SQLite by default, PostgreSQL by URL. What people did is kept here, never what a scan found.

Moments are ISO 8601 texts in UTC with microseconds: they sort as they stand and read back bit by bit, which the hashes
of the audit log need.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from scanner.errors import OutputError, UserError
from scanner.store import is_uri

METADATA = sa.MetaData()

_moment = sa.String(27)
_hash = sa.String(64)

USERS = sa.Table(
    "users",
    METADATA,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("may_unmask", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created_at", _moment, nullable=False),
)
SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token_hash", _hash, primary_key=True),
    sa.Column("user_name", sa.String(200), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", _moment, nullable=False),
    sa.Column("seen_at", _moment, nullable=False),
    sa.Column("origin", sa.String(10), nullable=False),
)
SIGN_IN_FAILURES = sa.Table(
    "sign_in_failures",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", _moment, nullable=False, index=True),
    sa.Column("name_hash", _hash, nullable=False),
    sa.Column("address_hash", _hash, nullable=False),
)
UNMASKINGS = sa.Table(
    "unmaskings",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("session_hash", _hash, nullable=False),
    sa.Column("call_key", sa.String(24), nullable=False),
    sa.Column("until", _moment, nullable=False),
)
DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", _moment, nullable=False),
    sa.Column("finding_id", sa.String(64), nullable=False, index=True),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("undoes", sa.Integer),
    sa.Column("recording_sha256", sa.String(64), nullable=False, index=True),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("rule", sa.String(80), nullable=False),
    sa.Column("machine_status", sa.String(20), nullable=False),
    sa.Column("machine_severity", sa.String(20), nullable=False),
    sa.Column("machine_confidence", sa.Float, nullable=False),
    sa.Column("policy_id", sa.String(200), nullable=False),
    sa.Column("policy_sha256", sa.String(64), nullable=False),
    sa.Column("model_id", sa.String(300), nullable=False),
    sa.Column("scanner_version", sa.String(40), nullable=False),
    sa.Column("scan_id", sa.String(100), nullable=False),
)
EXAMPLES = sa.Table(
    "examples",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", _moment, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("recording_sha256", sa.String(64), nullable=False),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("finding_id", sa.String(64)),
    sa.Column("start_s", sa.Float, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("discloses", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("consent", sa.Boolean, nullable=False),
    sa.Column("withdraws", sa.Integer),
)
AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", _moment, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("action", sa.String(40), nullable=False, index=True),
    sa.Column("subject", sa.String(200), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("key_id", sa.String(12), nullable=False),
    sa.Column("hash", _hash, nullable=False),
)
AUDIT_HEAD = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", _hash, nullable=False),
    sa.Column("seal", _hash, nullable=False),
)
SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)

APPEND_ONLY = ("decisions", "examples", "audit")
"""Tables in which the database itself refuses to change or remove a row."""


def stamp(moment: datetime) -> str:
    """A moment as it is stored."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(stamped: str) -> datetime:
    """The moment that was stored."""
    return datetime.strptime(stamped, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def default_database_url(out: str) -> str:
    """SQLite in the output folder. Raises UserError for object storage, where a database cannot lie."""
    if is_uri(out):
        raise UserError(f"{out}: decisions cannot be kept in object storage; name a database with --db")
    folder = Path(out.removeprefix("file://")).expanduser().absolute()
    return f"sqlite:///{folder / 'review' / 'review.sqlite3'}"


def open_database(url: str) -> Engine:
    """The database, brought to today's schema. Raises UserError or OutputError, without the password in the URL."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UserError("--db: not a database URL, such as postgresql://user@host/name") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UserError(f"--db: {shown}: only SQLite and PostgreSQL are supported")
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        path = Path(parsed.database)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    engine = sa.create_engine(
        parsed,
        pool_pre_ping=not sqlite,
        connect_args={"timeout": 30} if sqlite else {"connect_timeout": 10},
    )
    if sqlite:
        sa.event.listen(engine, "connect", _tune_sqlite)
    try:
        _migrate(engine)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        reason = str(error.orig).split("\n")[0]
        raise OutputError(f"{shown}: the review database cannot be opened ({reason})") from None
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: in SQLite it waits for its turn at the start, rather than failing in the middle."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def secret(engine: Engine, name: str, *, fresh: str) -> str:
    """A lasting random value of this database: the one that is there, or else `fresh`, from now on."""
    with writing(engine) as connection:
        query = sa.select(SECRETS.c.value).where(SECRETS.c.name == name)
        known = connection.execute(query).scalar()
        if known is None:
            connection.execute(SECRETS.insert().values(name=name, value=fresh))
            known = fresh
        return str(known)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `writing` says, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, and needed once
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # two servers that start at once migrate one after the other
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7402231)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
