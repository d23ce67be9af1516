"""scanner check: one call."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from scanner.cli.options import (
    hardware_options,
    model_option,
    names_for,
    policy_option,
    run_settings,
    transcript_options,
    wanted_hardware,
)
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.calls import CallInfo

_EXIT = {"compliant": 0, "violation": 1, "failed": 2, "needs_review": 3}


@click.command()
@click.argument("recording")
@click.option("--metadata", metavar="FILE", help="What is known of the call, as JSON.  [default: NAME.json beside it]")
@click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One thing known of the call; may be repeated."
)
@policy_option
@model_option
@hardware_options
@transcript_options
@click.option("--json", "as_json", is_flag=True, help="Print the call and its findings as JSON.")
@click.pass_context
def check(
    ctx: click.Context,
    recording: str,
    *,
    metadata: str | None,
    pairs: tuple[str, ...],
    policy_name: str | None,
    model_name: str | None,
    device: str | None,
    compute_type: str | None,
    transcripts: bool,
    speakers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Scan one RECORDING, or one transcript, and say what was heard in it and what was not.

    What ends in .vtt, .srt or .json is a transcript.

    Exit code: 0 compliant, 1 violation, 2 could not be done, 3 needs review.

    \b
    Example:
        scanner check call.wav --set caller_state=CA --set third_party=Callvane
        scanner check call.vtt --speaker Rep=agent
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.batch.find import absolute  # noqa: PLC0415 - models and tables only for who needs them
    from scanner.batch.items import Item  # noqa: PLC0415
    from scanner.batch.worker import scan_item  # noqa: PLC0415
    from scanner.cli.call_text import as_json_text, as_text  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.transcripts import TRANSCRIPT_ENDINGS  # noqa: PLC0415

    transcripts = transcripts or recording.lower().endswith(tuple(TRANSCRIPT_ENDINGS))
    hearing = {"--model": model_name, "--device": device, "--compute-type": compute_type}
    names = names_for(transcripts=transcripts, speakers=speakers, hearing=hearing)
    info = _metadata(recording, metadata, pairs)
    policy = load_policy(policy_name)
    settings = run_settings("", policy, model_name, wanted=wanted_hardware(device, compute_type), names=names)
    call = scan_item(Item(absolute(recording), info), settings.load(), settings=settings)
    if call.failure is not None:
        click.echo(f"scanner: {call.failure.reason}", err=True)
    if as_json:
        click.echo(as_json_text(call))
    elif call.failure is None:
        click.echo(as_text(call, policy))
    ctx.exit(_EXIT[call.judgement.verdict if call.judgement is not None else "failed"])


def _metadata(recording: str, metadata: str | None, pairs: tuple[str, ...]) -> CallInfo:
    """What the file says, and over it what --set says."""
    from scanner.calls import CallInfo  # noqa: PLC0415
    from scanner.manifest import call_info_of_pairs, read_sidecar  # noqa: PLC0415

    beside = recording.removesuffix(PurePosixPath(recording).suffix) + ".json"
    info = CallInfo()
    if metadata is not None:
        info = read_sidecar(metadata)
    elif beside != recording and _is_there(beside):
        info = read_sidecar(beside)
    said, nothing = call_info_of_pairs(pairs), CallInfo()
    changed = {f.name: getattr(said, f.name) for f in fields(said) if getattr(said, f.name) != getattr(nothing, f.name)}
    return replace(info, **changed)


def _is_there(place: str) -> bool:
    """Raises UserError where there is no telling: without its metadata, a call would be judged by another law."""
    from scanner.storage import file_info, is_uri  # noqa: PLC0415

    try:
        return file_info(place) is not None if is_uri(place) else Path(place).is_file()
    except OSError as error:
        raise UserError(f"{place}: cannot be looked for: {error.strerror or error}") from error
