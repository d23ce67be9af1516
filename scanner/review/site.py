"""What all pages share: the archive, the database, the log, the player, and who may come in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from sqlalchemy.engine import Connection, Engine

from scanner import __version__
from scanner.masking import HashKey
from scanner.review.access import Access, LinkAccess, OneTimeLink, Throttle
from scanner.review.archive import Archive
from scanner.review.audit import AuditLog
from scanner.review.database import open_database, secret, writing
from scanner.review.decisions import DecisionBook
from scanner.review.labels import clock, label, percent, when
from scanner.review.playback import Player
from scanner.store import ParquetKey

HERE = Path(__file__).parent


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How a review server is set up.

    `hosts`: the names by which browsers may ask for it (what they send as Host); `https`: browsers reach it encrypted.
    """

    out: str
    database_url: str
    access: Access
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    https: bool = False
    page_size: int = 50
    parquet_key: ParquetKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of a running review server."""

    settings: ReviewSettings
    engine: Engine
    archive: Archive
    audit: AuditLog
    book: DecisionBook
    player: Player
    throttle: Throttle
    link: OneTimeLink | None
    templates: jinja2.Environment = field(repr=False)
    key: HashKey = field(repr=False)
    now: Callable[[], datetime] = utc_now

    @classmethod
    def open(cls, settings: ReviewSettings, *, key: HashKey, now: Callable[[], datetime] = utc_now) -> Site:
        """Open archive and database. Raises UserError or OutputError."""
        engine = open_database(settings.database_url)
        site_secret = bytes.fromhex(secret(engine, "site", fresh=secrets.token_hex(32)))
        return cls(
            settings=settings,
            engine=engine,
            archive=Archive(settings.out, secret=site_secret, parquet_key=settings.parquet_key),
            audit=AuditLog(key),
            book=DecisionBook(engine),
            player=Player(),
            throttle=Throttle(site_secret),
            link=OneTimeLink(made_at=now()) if isinstance(settings.access, LinkAccess) else None,
            templates=_templates(),
            key=key,
            now=now,
        )

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, one at a time over all servers of this database."""
        with writing(self.engine) as connection:
            self.audit.take_turn(connection)
            yield connection

    @property
    def cookie(self) -> str:
        """The session's cookie; with HTTPS its name has browsers refuse it from anywhere but this very host."""
        return "__Host-scanner-review" if self.settings.https else "scanner-review"


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {"label": label, "clock": clock, "when": when, "percent": percent}
    environment.filters.update(filters)
    environment.globals["version"] = __version__
    return environment
