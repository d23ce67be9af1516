"""scanner scan: an archive."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.options import (
    hardware_options,
    model_option,
    names_for,
    open_store,
    policy_option,
    run_settings,
    transcript_options,
    utc_now,
    wanted_hardware,
)
from scanner.cli.telling import telling_options

if TYPE_CHECKING:
    from scanner.asr.hardware import Wanted
    from scanner.batch import RunRecord
    from scanner.batch.batches import Engine
    from scanner.cli.log import JsonLog, LogFormat

_STOPPED = 130
_MOST_FAILED_SHOWN = 10


@click.command()
@click.argument("inputs", nargs=-1, metavar="INPUT…")
@click.option("--out", required=True, metavar="DIR", help="Folder or URI to write to; made when it is not there.")
@click.option(
    "--manifest", "manifest_file", metavar="FILE", help="What is known of the calls: CSV, JSON Lines or Parquet."
)
@policy_option
@model_option
@hardware_options
@transcript_options
@click.option(
    "--workers", type=click.IntRange(1), metavar="N", help="Processes.  [default: one for each core, or for each GPU]"
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    help="Hear in processes of this machine, or in actors of a Ray cluster, which must reach OUT and recordings by the same names.",
)
@click.option(
    "--ray-address", metavar="HOST:PORT", help="A running cluster.  [default: $RAY_ADDRESS, else one is started here]"
)
@click.option("--rescan", is_flag=True, help="Hear all again, also what is done.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed for good, such as files without audio.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "needs_review"]),
    help="End with code 1 if any call has this verdict, or a worse one.",
)
@telling_options
@click.pass_context
def scan(
    ctx: click.Context,
    inputs: tuple[str, ...],
    *,
    out: str,
    manifest_file: str | None,
    policy_name: str | None,
    model_name: str | None,
    device: str | None,
    compute_type: str | None,
    transcripts: bool,
    speakers: tuple[str, ...],
    workers: int | None,
    engine: str,
    ray_address: str | None,
    rescan: bool,
    retry_failed: bool,
    fail_on: str | None,
    metrics_file: Path | None,
    notify_url: str | None,
    log_format: LogFormat,
) -> None:
    """Scan an archive of recordings and write calls and findings as Parquet.

    INPUT… are files, folders, globs or URIs.
    What was scanned before with the same model is not heard again. In folders, what has no audio ending is left alone. A
    file NAME.json beside a recording says what is known of the call; so does a manifest, whose recordings are the input
    when there is no other.

    With --transcripts the input is what a contact center has already: one transcript for each call, in JSON, WebVTT or SRT.

    Exit code: 0 all scanned, 2 some failed or it could not be done, 1 with --fail-on if there are any, 130 when stopped.

    \b
    Example:
        scanner scan recordings/ --manifest recordings/manifest.csv --out out/
        scanner scan s3://calls/2026/ --out s3://compliance/out --engine ray --ray-address head:6379
        scanner scan recordings/ --out out/ --metrics /var/lib/node_exporter/scanner.prom --log-format json
        scanner scan --transcripts --manifest transcripts/manifest.csv --speaker Rep=agent --out out/
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.audio import AUDIO_ENDINGS  # noqa: PLC0415
    from scanner.batch import Limits, RunOptions, run_scan  # noqa: PLC0415 - models and tables only for who needs them
    from scanner.batch.engines import ear, reading_ear  # noqa: PLC0415
    from scanner.cli.log import JsonLog, LoggedProgress, set_log_format  # noqa: PLC0415
    from scanner.cli.progress import Progress  # noqa: PLC0415
    from scanner.cli.telling import teller  # noqa: PLC0415
    from scanner.manifest import read_manifest  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.transcripts import TRANSCRIPT_ENDINGS  # noqa: PLC0415

    if ray_address is not None and engine != "ray":
        raise click.UsageError("--ray-address goes with --engine ray")
    hearing = {"--model": model_name, "--device": device, "--compute-type": compute_type}
    names = names_for(transcripts=transcripts, speakers=speakers, hearing=hearing)
    if not inputs and manifest_file is None:
        raise click.UsageError("name recordings or folders, or a --manifest")
    set_log_format(ctx, log_format)
    log = JsonLog(sys.stderr, utc_now) if log_format == "json" else None
    tell = teller(metrics_file, notify_url, log)
    policy = load_policy(policy_name)
    manifest = read_manifest(manifest_file) if manifest_file is not None else None
    hears_by = ear(model_name, policy) if names is None else reading_ear(policy, names)
    endings = AUDIO_ENDINGS if names is None else TRANSCRIPT_ENDINGS
    wanted = wanted_hardware(device, compute_type)
    make_workers, most = engine_for(engine, ray_address, wanted if names is None else None)
    limits = Limits(call_timeout_s=policy.limits.call_timeout_s, retries=policy.limits.retries)
    with (
        stop_when_asked(log) as stop,
        Progress(sys.stderr) if log is None else LoggedProgress(log) as progress,
    ):
        record = run_scan(
            inputs,
            settings=run_settings(out, policy, model_name, wanted=wanted, names=names),
            policy=policy,
            model_id=hears_by.model_id,
            detector_id=hears_by.detector_id,
            manifest=manifest,
            options=RunOptions(workers or most, rescan, retry_failed, limits, endings, make_workers),
            watcher=progress,
            stop=stop,
            ended=tell,
        )
    if log is None:
        _print_summary(record, out)
    ctx.exit(exit_code(record, fail_on))


def engine_for(name: str, ray_address: str | None, wanted: Wanted | None) -> tuple[Engine, int]:
    """(where it runs, how many workers suit that); `wanted` is None when nothing is heard. Raises ModelError.

    A GPU is kept busy by one process, which has models of its own there; a cluster says itself how many it has room for.
    """
    from scanner.asr.hardware import find_hardware, visible_gpus  # noqa: PLC0415 - as above
    from scanner.batch.processes import WorkerProcesses  # noqa: PLC0415
    from scanner.batch.ray_batch import RayWorkers  # noqa: PLC0415

    if name == "ray":
        return partial(RayWorkers, address=ray_address, device=wanted.device if wanted is not None else "cpu"), 0
    if wanted is None or find_hardware(wanted).device == "cpu":
        return WorkerProcesses, cores()
    gpus = visible_gpus()
    return partial(WorkerProcesses, gpus=gpus), len(gpus)


def exit_code(record: RunRecord, fail_on: str | None) -> int:
    """What the run amounts to; that something was found outranks that something failed, if one asked for it."""
    if record.state == "stopped":
        return _STOPPED
    worse = {"violation": ("violation",), "needs_review": ("violation", "needs_review")}
    if fail_on is not None and any(record.verdicts[v] for v in worse[fail_on]):  # type: ignore[index]
        return 1
    return 2 if record.failed else 0


def _print_summary(record: RunRecord, out: str) -> None:
    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.report import sections, summarize  # noqa: PLC0415

    counts = [f"{record.scanned} scanned"]
    counts += [f"{record.judged_again} judged again"] if record.judged_again else []
    counts += [f"{record.done_before} done before"] if record.done_before else []
    counts += [f"{record.purged_before} purged before"] if record.purged_before else []
    counts += [f"{record.left} left for the next run"] if record.left else []
    stopped = "stopped; " if record.state == "stopped" else ""
    failed = f"; {record.failed} failed" if record.failed else ""
    took = f"{record.audio_s / 3600:.2f} h of audio in {record.elapsed_s:.0f} s"
    click.echo(f"{stopped}{record.found} recordings: {', '.join(counts)}{failed} ({took}) → {out}")
    if record.outside:
        click.echo(f"{record.outside} recordings of the manifest lie outside the inputs and were not looked at")
    for uri, reason in record.failed_calls[:_MOST_FAILED_SHOWN]:
        click.echo(f"failed: {reason if uri in reason else f'{uri}: {reason}'}", err=True)
    if len(record.failed_calls) > _MOST_FAILED_SHOWN:
        click.echo(f"failed: {len(record.failed_calls) - _MOST_FAILED_SHOWN} more; see the column error", err=True)
    print_sections([s for s in sections(summarize(open_store(out))) if s.heading in {"Verdicts", "Rules"}])


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def stop_when_asked(log: JsonLog | None = None) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or a termination signal came; the second one ends at once."""
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        if log is not None:
            log.say("warning", "stopping")
        else:
            click.echo("stopping: writing what is done (once more to end at once)", err=True)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
