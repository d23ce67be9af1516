"""What several commands take, and what they make of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from scanner.asr.hardware import Wanted
    from scanner.batch import RunSettings
    from scanner.policy import Policy
    from scanner.store import Store
    from scanner.transcript import Speaker

F = TypeVar("F", bound=Callable[..., object])


def policy_option(command: F) -> F:
    """Which rules to judge by."""
    text = "Rules to judge by: a file, or a name that ships with the scanner (us, cases/linkedin …).  [default: us]"
    return click.option("--policy", "policy_name", metavar="P", help=text)(command)


def model_option(command: F) -> F:
    """Which speech model to hear with."""
    text = "Speech model: a bundled name (see `scanner models list`), a CTranslate2 folder or a hub name."
    return click.option("--model", "model_name", metavar="M", help=text)(command)


def hardware_options(command: F) -> F:
    """On what the speech models compute."""
    device = "What the speech models compute on; auto is a GPU where there is one."
    numbers = (
        "In which numbers: int8, float16, int8_float16, float32 …  [default: int8 on a CPU, float16 on a GPU]"
        "  What was heard otherwise is not heard again."
    )
    command = click.option("--compute-type", metavar="T", help=numbers)(command)
    choice = click.Choice(["auto", "cpu", "cuda"])
    return click.option("--device", type=choice, help=device + "  [default: auto]")(command)


def transcript_options(command: F) -> F:
    """Whether words are read instead of heard, and whose they are."""
    flag = "Read transcripts that others made instead of hearing recordings: Amazon Transcribe, Whisper, WebVTT, SRT."
    speaker = "Who a speaker in the transcripts is: agent, customer or system; may be repeated."
    command = click.option("--transcripts", is_flag=True, help=flag)(command)
    return click.option("--speaker", "speakers", multiple=True, metavar="NAME=ROLE", help=speaker)(command)


def names_for(
    *, transcripts: bool, speakers: Iterable[str], hearing: Mapping[str, str | None]
) -> Mapping[str, Speaker] | None:
    """The speakers of a run over transcripts; None when recordings are heard.

    `hearing`: options that only hearing has. Raises UsageError for what does not go together.
    """
    for option, value in hearing.items():
        if transcripts and value is not None:
            raise click.UsageError(f"{option} has no part in --transcripts: nothing is heard")
    if not transcripts:
        if list(speakers):
            raise click.UsageError("--speaker names speakers of --transcripts")
        return None
    return _names_of(speakers)


def _names_of(speakers: Iterable[str]) -> dict[str, Speaker]:
    """The speakers that --speaker names, by plain label. Raises BadParameter."""
    from typing import get_args  # noqa: PLC0415 - next to its only use

    from scanner.transcript import Speaker  # noqa: PLC0415
    from scanner.transcripts import plain_label  # noqa: PLC0415

    roles: dict[str, Speaker] = {role: role for role in get_args(Speaker) if role != "unknown"}
    names: dict[str, Speaker] = {}
    for pair in speakers:
        name, equals, role = pair.rpartition("=")
        if not equals or not plain_label(name) or role.strip().lower() not in roles:
            raise click.BadParameter(f"expected NAME=ROLE, with {', '.join(roles)} as roles", param_hint="--speaker")
        names[plain_label(name)] = roles[role.strip().lower()]
    return names


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


def wanted_hardware(device: str | None, compute_type: str | None) -> Wanted:
    """What the hardware options ask for."""
    from scanner.asr.hardware import Wanted  # noqa: PLC0415 - only for who hears

    return Wanted(device or "auto", compute_type)  # type: ignore[arg-type]  # one of the option's choices


def run_settings(
    out: str,
    policy: Policy,
    model_name: str | None,
    *,
    wanted: Wanted,
    names: Mapping[str, Speaker] | None = None,
) -> RunSettings:
    """A run that starts now, with the key of this environment; with `names`, over transcripts. Raises UserError."""
    from scanner import __version__  # noqa: PLC0415 - the rest is for who scans only
    from scanner.batch import RunSettings  # noqa: PLC0415
    from scanner.batch.engines import LoadHearing, LoadReading  # noqa: PLC0415
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
        load=LoadHearing(model_name, policy, key, wanted) if names is None else LoadReading(policy, names, key),
        now=utc_now,
        parquet_key=load_parquet_key(os.environ),
    )
