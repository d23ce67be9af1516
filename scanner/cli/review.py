"""scanner review: the review page; scanner reviewers: who may use it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from scanner.cli.options import open_store

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine

    from scanner.review.access import Access

DEFAULT_PORT = 8477


@click.command()
@click.argument("out")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--db",
    "database_url",
    metavar="URL",
    help="Review database, such as postgresql://user@host/name.  [default: SQLite in OUT/review]",
)
@click.option(
    "--host-name",
    "host_names",
    multiple=True,
    metavar="NAME",
    help="Name by which browsers reach this page; may be given again.",
)
@click.option(
    "--proxy-header", metavar="HEADER", help="Header in which a sign-in proxy says who it is, such as X-Remote-User."
)
@click.option(
    "--proxy-address",
    "proxy_addresses",
    multiple=True,
    metavar="NET",
    help="Address or network of that proxy; nobody else is believed.",
)
@click.option(
    "--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificate chain (PEM), to serve HTTPS."
)
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Key of the certificate (PEM).")
@click.option("--https", "behind_https", is_flag=True, help="Browsers reach this page over HTTPS, ended by a proxy.")
@click.option("--no-users", is_flag=True, help="Use the one-time link even though there are users.")
def review(
    *,
    out: str,
    host: str,
    port: int,
    database_url: str | None,
    host_names: tuple[str, ...],
    proxy_header: str | None,
    proxy_addresses: tuple[str, ...],
    tls_cert: str | None,
    tls_key: str | None,
    behind_https: bool,
    no_users: bool,
) -> None:
    """Open a page on OUT to see what was found, hear the evidence, and decide.

    Without users it listens on this machine only, and lets in one browser by a link. `scanner reviewers add` makes users
    with passwords; --proxy-header trusts a company's sign-in instead. It never listens elsewhere without one of these.

    \b
    Example:
        scanner review out/
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.errors import OutputError, UserError  # noqa: PLC0415 - each command pays for its own libraries
    from scanner.masking import load_hash_key  # noqa: PLC0415

    _needs_extra()
    import uvicorn  # noqa: PLC0415

    from scanner.review.app import create_app  # noqa: PLC0415
    from scanner.review.database import default_database_url  # noqa: PLC0415
    from scanner.review.listening import access_for, listen_on  # noqa: PLC0415
    from scanner.review.site import ReviewSettings  # noqa: PLC0415

    if bool(tls_cert) != bool(tls_key):
        raise UserError("--tls-cert and --tls-key are given together")
    store = open_store(out)
    if not store.exists():
        raise OutputError(f"{out}: nothing was scanned into this folder")
    key = load_hash_key(os.environ)
    url = database_url or os.environ.get("SCANNER_REVIEW_DB") or default_database_url(out)
    access: Access = access_for(
        host=host,
        users=not no_users and _has_users(url),
        proxy_header=proxy_header,
        proxy_addresses=proxy_addresses,
    )
    https = behind_https or bool(tls_cert)
    socket = listen_on(host, port)
    port = socket.getsockname()[1]
    names = tuple(dict.fromkeys((*host_names, _in_brackets(host), "127.0.0.1", "localhost", "[::1]")))
    app = create_app(ReviewSettings(out, url, access, hosts=names, https=https, parquet_key=store.key), key=key)
    base = f"{'https' if tls_cert else 'http'}://{_in_brackets(host)}:{port}"
    app.state.site.archive.snapshot()  # what cannot be read is said here, and not on the first page
    link = app.state.site.link
    if link is not None:
        click.echo(
            f"Open this link; it lets in one browser, once, within 15 minutes:\n\n    {base}/enter?token={link.token}\n"
        )
    else:
        click.echo(f"Listening on {base}/")
        if not https:
            click.echo(
                "Passwords and recordings cross the network unencrypted: give --tls-cert, or --https behind a proxy that does it.",
                err=True,
            )
    click.echo("Stop with Ctrl-C.")
    config = uvicorn.Config(
        app,
        log_config=None,  # our own log names no query and no caller
        access_log=False,
        proxy_headers=False,  # who connects is who connects: headers do not change it
        server_header=False,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    uvicorn.Server(config).run(sockets=[socket])


@click.group()
def reviewers() -> None:
    """Say who may use the review page: roles viewer, reviewer and admin."""


_database = click.option(
    "--db", "database_url", metavar="URL", help="Review database.  [default: SQLite in OUT/review]"
)


@reviewers.command()
@click.argument("out")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["viewer", "reviewer", "admin"]),
    default="reviewer",
    show_default=True,
    help="What the user may do.",
)
@click.option("--unmask/--no-unmask", default=False, show_default=True, help="May hear personal data after saying why.")
@click.option("--no-password", is_flag=True, help="Comes in by the sign-in proxy; has no password here.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@_database
def add(
    *, out: str, name: str, role: str, unmask: bool, no_password: bool, password_stdin: bool, database_url: str | None
) -> None:
    """Add the user NAME, or change one: the role, the right to unmask, the password.

    \b
    Example:
        scanner reviewers add out/ rita --role reviewer
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.review.accounts import User, save_user  # noqa: PLC0415

    password = None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif not no_password:
        password = click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True)
    user = User(name, role, may_unmask=unmask)  # type: ignore[arg-type]  # click let only roles through
    with _changing_users(out, database_url, name, role=role, unmask=unmask) as (connection, now):
        save_user(connection, user, password=password, at=now)
    click.echo(f"{name}: {role}{', may unmask' if unmask else ''}")


@reviewers.command()
@click.argument("out")
@click.argument("name")
@_database
def remove(out: str, name: str, database_url: str | None) -> None:
    """Let the user NAME in no more; what they decided stays.

    \b
    Example:
        scanner reviewers remove out/ rita
    """  # noqa: D301 - \b keeps click from folding the example
    from dataclasses import replace  # noqa: PLC0415

    from scanner.errors import UserError  # noqa: PLC0415
    from scanner.review.accounts import find_user, save_user  # noqa: PLC0415

    with _changing_users(out, database_url, name, disabled=True) as (connection, now):
        known = find_user(connection, name)
        if known is None:
            raise UserError(f"{name}: there is no such user")
        save_user(connection, replace(known, disabled=True), password=None, at=now)
    click.echo(f"{name}: removed")


@reviewers.command("list")
@click.argument("out")
@_database
def list_users(out: str, database_url: str | None) -> None:
    """List who may use the review page of OUT.

    \b
    Example:
        scanner reviewers list out/
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.review.accounts import all_users  # noqa: PLC0415

    with open_review_database(out, database_url).connect() as connection:
        users = all_users(connection)
    for user in users:
        rights = [user.role, *(["may unmask"] if user.may_unmask else []), *(["removed"] if user.disabled else [])]
        click.echo(f"{user.name}: {', '.join(rights)}")
    if not users:
        click.echo("Nobody yet: the page is opened by a one-time link on this machine.")


def open_review_database(out: str, database_url: str | None) -> Engine:
    """The review database that the options name. Raises UserError or OutputError."""
    _needs_extra()
    from scanner.review.database import default_database_url, open_database  # noqa: PLC0415

    return open_database(database_url or os.environ.get("SCANNER_REVIEW_DB") or default_database_url(out))


def _has_users(url: str) -> bool:
    from scanner.review.accounts import anybody_has_password  # noqa: PLC0415
    from scanner.review.database import open_database  # noqa: PLC0415

    engine = open_database(url)
    with engine.connect() as connection:
        found = anybody_has_password(connection)
    engine.dispose()
    return found


@contextmanager
def _changing_users(
    out: str, database_url: str | None, name: str, **detail: str | bool
) -> Iterator[tuple[Connection, datetime]]:
    """A transaction that changes a user and says so in the audit log."""
    from scanner.cli.options import utc_now  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.review.audit import AuditLog  # noqa: PLC0415
    from scanner.review.database import writing  # noqa: PLC0415
    from scanner.review.listening import local_name  # noqa: PLC0415

    engine = open_review_database(out, database_url)
    log, now = AuditLog(load_hash_key(os.environ)), utc_now()
    with writing(engine) as connection:
        log.take_turn(connection)
        yield connection, now
        log.append(connection, at=now, actor=local_name(), action="changed_user", subject=name, detail=detail)


def _needs_extra() -> None:
    """Raises UserError that says what to install."""
    from importlib.util import find_spec  # noqa: PLC0415

    from scanner.errors import UserError  # noqa: PLC0415

    missing = [m for m in ("sqlalchemy", "alembic", "starlette", "uvicorn", "jinja2", "argon2") if find_spec(m) is None]
    if missing:
        raise UserError(f"this needs {', '.join(missing)}: pip install 'call-compliance-scanner[review]'")


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
