"""scanner redact: a copy of a recording without its personal data."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from scanner.cli.options import hardware_options, model_option, policy_option, wanted_hardware


@click.command()
@click.argument("recording")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="The copy; .wav, .flac, .mp3 or .ogg.")
@click.option("--entities", metavar="LIST", help="Types to take out, with commas between.  [default: all]")
@click.option("--beep/--silence", "beep", default=False, help="What stands for the words.  [default: silence]")
@click.option("--verify", is_flag=True, help="Only hear RECORDING, and say whether personal data is in it.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Such as agent_channel=0; may be repeated.")
@policy_option
@model_option
@hardware_options
def redact(
    recording: str,
    *,
    out: Path | None,
    entities: str | None,
    beep: bool,
    verify: bool,
    pairs: tuple[str, ...],
    policy_name: str | None,
    model_name: str | None,
    device: str | None,
    compute_type: str | None,
) -> None:
    """Write RECORDING to --out with its personal data gone on every channel, and the masked transcript beside it.

    Rate, channels and length stay. The copy is heard again before it gets its name: when a value is still in it, nothing
    is left behind and the exit code is 2.

    \b
    Example:
        scanner redact call.wav --out call.redacted.wav --entities CREDIT_CARD,CREDIT_CARD_CVV --beep
        scanner redact call.redacted.wav --verify
    """  # noqa: D301 - \b keeps click from folding the example
    import os  # noqa: PLC0415 - models only for who needs them

    from scanner.batch.engines import load_engines  # noqa: PLC0415
    from scanner.manifest import call_info_of_pairs  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.redact import redact as redact_recording  # noqa: PLC0415
    from scanner.redact import verify_redacted  # noqa: PLC0415

    if (out is None) != verify:
        raise click.UsageError("name either --out FILE or --verify")
    types = load_policy(policy_name).personal_data.entities
    chosen = [e.strip() for e in entities.split(",")] if entities else None
    for entity in chosen or ():
        if entity not in types:
            raise click.BadParameter(f"{entity}: not one of {', '.join(sorted(types))}", param_hint="--entities")
    info = call_info_of_pairs(pairs)
    wanted = wanted_hardware(device, compute_type)
    engines = load_engines(model_name, key=load_hash_key(os.environ), wanted=wanted)
    if out is None:
        verify_redacted(recording, engines=engines, info=info, entities=chosen)
        click.echo("no personal data heard")
        return
    cover: Literal["silence", "beep"] = "beep" if beep else "silence"
    done = redact_recording(recording, out, engines=engines, info=info, entities=chosen, cover=cover)
    counts = ", ".join(f"{n} {t}" for t, n in done.entity_counts) or "nothing to take out"
    click.echo(f"{out}: {done.redacted_s:.1f} s covered ({counts}); heard again, none left")
