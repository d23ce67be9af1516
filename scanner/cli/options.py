"""What several commands take, and what they make of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from scanner.batch import RunSettings
    from scanner.policy import Policy
    from scanner.store import Store

F = TypeVar("F", bound=Callable[..., object])


def policy_option(command: F) -> F:
    """Which rules to judge by."""
    text = "Rules to judge by: a file, or a name that ships with the scanner (us, cases/linkedin …).  [default: us]"
    return click.option("--policy", "policy_name", metavar="P", help=text)(command)


def model_option(command: F) -> F:
    """Which speech model to hear with."""
    text = "Speech model: a bundled name (see `scanner models list`), a CTranslate2 folder or a hub name."
    return click.option("--model", "model_name", metavar="M", help=text)(command)


def utc_now() -> datetime:
    """The clock of all commands."""
    return datetime.now(UTC)


def new_run_id(started: datetime) -> str:
    """What names a run that starts now: by its moment, and unlike any other."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def open_store(out: str) -> Store:
    """The tables of an output folder, with the key of this environment if it has one. Raises UserError and OutputError."""
    from scanner.store import Store, load_parquet_key  # noqa: PLC0415 - tables only for who needs them

    return Store(out, load_parquet_key(os.environ))


def run_settings(out: str, policy: Policy, model_name: str | None) -> RunSettings:
    """A run that starts now, with the key of this environment. Raises UserError."""
    from scanner import __version__  # noqa: PLC0415 - the rest is for who scans only
    from scanner.batch import RunSettings  # noqa: PLC0415
    from scanner.batch.engines import LoadHearing  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.store import load_parquet_key  # noqa: PLC0415

    key = load_hash_key(os.environ)
    started = utc_now()
    return RunSettings(
        out=out,
        scan_id=new_run_id(started),
        scan_date=started.date(),
        scanner_version=__version__,
        policy_id=policy.id,
        policy_sha256=policy.sha256,
        key=key,
        load=LoadHearing(model_name, policy, key),
        now=utc_now,
        parquet_key=load_parquet_key(os.environ),
    )
