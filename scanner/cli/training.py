"""scanner training: which recordings may train AI, and which must be taken back after an opt-out."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import click

from scanner.cli.options import open_store

if TYPE_CHECKING:
    from scanner.lineage import Lineage
    from scanner.masking import HashKey
    from scanner.training import OptOut

_NOT_ALL = 2
F = TypeVar("F", bound=Callable[..., object])
Value = str | bool | datetime | None

_RECORDING = ("call_id", "recording_uri", "recording_sha256", "started_at", "policy_id")
LISTED = (*_RECORDING, "eligible_since")
WITHDRAWN = (
    *_RECORDING,
    "opted_out_at",
    "opt_out_source",
    "before_opt_out",
    "eligible_from",
    "eligible_until",
)


def _opt_outs_option(command: F) -> F:
    text = "Opt-outs: CSV, JSON Lines or Parquet with the columns caller_number and opted_out_at."
    return click.option("--opt-outs", "opt_outs_file", metavar="FILE", help=text)(command)


def _json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of CSV.")(command)


@click.group()
def training() -> None:
    """List what may train AI models, and what must be taken back after an opt-out."""


@training.command("list")
@click.argument("out")
@_opt_outs_option
@click.option(
    "--any-policy",
    is_flag=True,
    help="List also what only a policy changed later makes eligible. Without it, such a policy covers no earlier call.",
)
@_json_option
def list_(out: str, *, opt_outs_file: str | None, any_policy: bool, as_json: bool) -> None:
    """List the recordings in OUT that may train AI models now, as CSV.

    No recording of a caller is listed who has opted out: in a call, by the metadata of any call, or by --opt-outs.

    \b
    Example:
        scanner training list out/ > eligible.csv
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.training import eligible_now  # noqa: PLC0415 - tables only for who needs them

    lineage = _read(out)
    opt_outs = lineage.opt_outs
    complete = True
    if opt_outs_file is not None:
        key = _key()
        opt_outs += _opt_outs_in(opt_outs_file, key)
        complete = _say_unmatched(out, lineage, key)
    elif len(keys := {o.caller.partition(":")[0] for o in opt_outs} | _keys_of(lineage)) > 1:
        _say(
            f"callers are hashed with {len(keys)} keys: an opt-out under one is not known to be the caller's under another"
        )
    eligible = eligible_now(lineage.records, opt_outs)
    listed = [e for e in eligible if any_policy or not e.later_policy]
    if len(listed) < len(eligible):
        _say(
            f"{len(eligible) - len(listed)} not listed: they are eligible only since another policy took the place of the"
            " one they were first judged by, and a policy changed later covers no earlier call (--any-policy lists them)"
        )
    rows = [
        (r.call_id, r.recording_uri, r.recording_sha256, r.started_at, r.policy_id, e.eligible_from)
        for e in listed
        for r in (e.record,)
    ]
    _print(LISTED, rows, as_json=as_json)
    click.get_current_context().exit(0 if complete else _NOT_ALL)


@training.command()
@click.argument("out")
@click.option("--caller", "number", metavar="NUMBER", help="Only this caller's; hashed, never printed or kept.")
@click.option("--from", "since", metavar="TIME", help="When the caller opted out, such as 2026-08-23T19:49:00Z.")
@_opt_outs_option
@_json_option
def withdraw(out: str, *, number: str | None, since: str | None, opt_outs_file: str | None, as_json: bool) -> None:
    """List the recordings in OUT that were ever eligible and whose caller has opted out, as CSV.

    These are to be taken back from where models are trained. Opt-outs asked for in calls and those in the metadata of any
    call count too, the earliest of a caller first; without --caller and --opt-outs it is these alone. before_opt_out says
    whether the call came before the opt-out; eligible_until is empty while the newest judgement says eligible.

    Exit code: 0 done, 2 it could not be done, or not for all: callers are hashed with another key.

    \b
    Example:
        scanner training withdraw out/ --opt-outs opted-out.csv > take-back.csv
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.lineage import caller_of  # noqa: PLC0415 - as above
    from scanner.manifest import call_info  # noqa: PLC0415
    from scanner.training import OptOut, withdrawals  # noqa: PLC0415

    if (number is None) != (since is None):
        raise click.UsageError("--caller and --from are given together")
    if number is not None and opt_outs_file is not None:
        raise click.UsageError("give --caller or --opt-outs, not both")
    lineage = _read(out)
    opt_outs = lineage.opt_outs
    complete = True
    if number is not None:
        key = _key()
        info = call_info({"caller_number": number, "opted_out_at": since}, where="--caller, --from")
        if info.caller_number is None or info.opted_out_at is None:
            raise click.UsageError("--caller, --from: a telephone number and a time are needed")
        caller = caller_of(info.caller_number, key)
        opt_outs = (OptOut(caller, info.opted_out_at), *(o for o in opt_outs if o.caller == caller))
        complete = _say_unmatched(out, lineage, key)
    elif opt_outs_file is not None:
        key = _key()
        opt_outs += _opt_outs_in(opt_outs_file, key)
        complete = _say_unmatched(out, lineage, key)
    rows = [
        (
            *(w.record.call_id, w.record.recording_uri, w.record.recording_sha256, w.record.started_at),
            *(w.record.policy_id, w.opt_out.at, w.opt_out.source, w.before_opt_out, w.eligible_from, w.eligible_until),
        )
        for w in withdrawals(lineage.records, opt_outs)
    ]
    _print(WITHDRAWN, rows, as_json=as_json)
    click.get_current_context().exit(0 if complete else _NOT_ALL)


def _read(out: str) -> Lineage:
    from scanner.lineage import read_lineage  # noqa: PLC0415 - as above
    from scanner.policy_schema import Confidence  # noqa: PLC0415

    return read_lineage(open_store(out), at_least=Confidence().heard)


def _key() -> HashKey:
    from scanner.masking import load_hash_key  # noqa: PLC0415 - as above

    return load_hash_key(os.environ)


def _opt_outs_in(file: str, key: HashKey) -> tuple[OptOut, ...]:
    from scanner.lineage import caller_of  # noqa: PLC0415 - as above
    from scanner.manifest import read_opt_outs  # noqa: PLC0415
    from scanner.training import OptOut  # noqa: PLC0415

    return tuple(OptOut(caller_of(number, key), at) for number, at in read_opt_outs(file))


def _keys_of(lineage: Lineage) -> set[str]:
    return {r.caller.partition(":")[0] for r in lineage.records if r.caller is not None}


def _say_unmatched(out: str, lineage: Lineage, key: HashKey) -> bool:
    """Tell what could not be compared; whether a key was missing for none. Raises UserError when it was for all."""
    from scanner.errors import UserError  # noqa: PLC0415 - as above
    from scanner.lineage import unmatched  # noqa: PLC0415

    missed = unmatched(lineage.records, key)
    if missed.unknown:
        _say(f"{missed.unknown} recordings that were eligible have no caller's number: whose they are cannot be told")
    if not missed.other_keys:
        return True
    keys = ", ".join(sorted(missed.other_keys))
    if key.key_id not in _keys_of(lineage):
        raise UserError(
            f"{out}: callers are hashed with the key {keys}, and this environment's is {key.key_id}: set SCANNER_HMAC_KEY or"
            " SCANNER_HMAC_KEY_FILE to the key of the scans"
        )
    _say(
        f"{sum(missed.other_keys.values())} recordings that were eligible could not be compared: their callers are hashed"
        f" with the key {keys}, and this environment's is {key.key_id}; run it again with that key"
    )
    return False


def _say(text: str) -> None:
    click.echo(f"scanner: {text}", err=True)


def _print(columns: Sequence[str], rows: Iterable[Sequence[Value]], *, as_json: bool) -> None:
    if as_json:
        content = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        click.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if v is None else str(p).lower() if isinstance(p := _plain(v), bool) else p for v in row])


def _plain(value: Value) -> str | bool | None:
    return value.isoformat() if isinstance(value, datetime) else value
