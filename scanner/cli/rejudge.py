"""scanner rejudge: an archive under another policy."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from scanner.cli.options import new_run_id, policy_option, utc_now
from scanner.cli.scan import cores, stop_when_asked
from scanner.cli.telling import metrics_option, teller

if TYPE_CHECKING:
    from scanner.batch import RunRecord
    from scanner.report import Section

_STOPPED = 130
_SAY_EVERY_S = 0.2
_SAY_EVERY_S_IN_A_LOG = 30.0


@click.command()
@click.argument("out")
@policy_option
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes.  [default: one for each core]")
@metrics_option
@click.pass_context
def rejudge(
    ctx: click.Context, out: str, *, policy_name: str | None, workers: int | None, metrics_file: Path | None
) -> None:
    """Judge all calls in the folder OUT again by another policy, from what was heard.

    No recording is opened and no model is loaded: the facts of each call are in its row. New rows are written and the
    newest count, as after a scan; decisions of people stay. A run that was ended is completed by the next.

    Exit code: 0 all judged, 2 it could not be done, 130 when stopped.

    \b
    Example:
        scanner rejudge out/ --policy cases/linkedin
        scanner rejudge out/ --policy acme.yaml --metrics /var/lib/node_exporter/rejudge.prom
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner import __version__  # noqa: PLC0415 - tables only for who needs them
    from scanner.batch.rejudge import Rejudging  # noqa: PLC0415
    from scanner.batch.rejudge import rejudge as judge_again  # noqa: PLC0415
    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.detect import detector_id  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.store import load_parquet_key  # noqa: PLC0415

    now, policy = utc_now(), load_policy(policy_name)
    rejudging = Rejudging(
        scan_id=new_run_id(now),
        scan_date=now.date(),
        scanner_version=__version__,
        policy=policy,
        now=utc_now,
        detector_id=detector_id(policy.vocabulary_sha256),
        workers=workers or cores(),
        parquet_key=load_parquet_key(os.environ),
    )
    with stop_when_asked() as stop:
        record = judge_again(out, rejudging, stop=stop, progress=told_on(sys.stderr), ended=teller(metrics_file))
    for line in summary_lines(record):
        click.echo(line)
    print_sections(changes(record))
    ctx.exit(_STOPPED if record.state == "stopped" else 0)


def told_on(stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Says how far it is: on one line of a terminal, else a line now and then."""
    live = stream.isatty()
    began = said = clock()

    def tell(done: int, total: int) -> None:
        nonlocal said
        now = clock()
        if done < total and now - said < (_SAY_EVERY_S if live else _SAY_EVERY_S_IN_A_LOG):
            return
        said = now
        text = f"{done} of {total} calls, {done / max(now - began, 1e-3):.0f} a second"
        if live:
            stream.write(f"\r\x1b[K{text}" if done < total else "\r\x1b[K")
        elif done < total:
            stream.write(text + "\n")
        stream.flush()

    return tell


def summary_lines(record: RunRecord) -> list[str]:
    """What was done, and what the numbers do not say by themselves."""
    stopped = "stopped; " if record.state == "stopped" else ""
    done = f"{record.judged_again} judged again, {record.done_before} left as they are"
    lines = [f"{stopped}{done}, in {record.elapsed_s:.0f} s, by {record.policy_id}"]
    if record.failed:
        lines.append(f"{record.failed} of these could not be scanned: there are no facts to judge")
    if record.left:
        lines.append(f"{record.left} are not judged yet: run it again")
    if record.heard_otherwise:
        lines.append(
            f"{record.heard_otherwise} were heard by another ear than a scan by this policy has (its vocabulary or the"
            " detectors changed since), and are judged by what was heard then: scan them again to hear by it"
        )
    return lines


def changes(record: RunRecord) -> list[Section]:
    """How verdicts, and what may train AI, went from one to another."""
    from scanner.report import Section  # noqa: PLC0415 - as above

    verdicts = [
        (*(v.replace("_", " ") for v in pair), str(n)) for pair, n in record.changes.most_common() if pair[0] != pair[1]
    ]
    words = {True: "eligible", False: "not eligible"}
    training = [
        (words[before], words[after], str(n))
        for (before, after), n in record.training_changes.most_common()
        if before != after
    ]
    same = sum(n for (before, after), n in record.changes.items() if before == after)
    made = [
        Section("Verdicts", ("before", "now", "calls"), (*verdicts, ("unchanged", "", str(same)))),
        Section("AI training", ("before", "now", "calls"), tuple(training)),
    ]
    return [s for s in made if s.rows] if record.judged_again else []
