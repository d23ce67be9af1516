"""scanner runs: what was run into an output folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from scanner.cli.options import open_store

if TYPE_CHECKING:
    from scanner.batch.runs import PastRun
    from scanner.report import Section

_COUNTS = ("found", "scanned", "judged_again", "done_before", "failed", "left")
_UNKNOWN = "–"


@click.command()
@click.argument("out")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole records as JSON.")
def runs(out: str, *, last: int | None, as_json: bool) -> None:
    """List the runs into the folder OUT, the oldest first: what each found, scanned, left alone and failed on.

    \b
    Example:
        scanner runs out/ --last 7
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.batch.runs import read_runs  # noqa: PLC0415 - tables only for who needs them
    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.errors import OutputError  # noqa: PLC0415

    past = read_runs(open_store(out))
    if not past:
        raise OutputError(f"{out}: nothing was scanned into this folder")
    shown = past[-last:] if last else past
    if as_json:
        click.echo(json.dumps([{**run.content, "state": run.state} for run in shown], indent=1, ensure_ascii=False))
        return
    print_sections([s for s in (_runs(shown), _failures(shown)) if s.rows])


def _runs(past: list[PastRun]) -> Section:
    from scanner.report import Section  # noqa: PLC0415 - as above

    rows = []
    for run in past:
        began = f"{run.started_at:%Y-%m-%d %H:%M}" if run.started_at else _UNKNOWN
        counts = (run.count(name) for name in _COUNTS)
        took = run.content.get("elapsed_s")
        rows.append(
            (
                began,
                str(run.content.get("kind", "scan")),
                run.state,
                *(_UNKNOWN if count is None else str(count) for count in counts),
                f"{took:.0f}" if isinstance(took, int | float) and run.state not in {"running", "killed"} else _UNKNOWN,
                str(run.content.get("policy_id")),
                str(run.content.get("scanner_version")),
                str(run.content.get("host")),
            )
        )
    names = tuple(name.replace("_", " ") for name in _COUNTS)
    columns = ("started (UTC)", "run", "state", *names, "seconds", "policy", "version", "host")
    return Section("Runs", columns, tuple(rows))


def _failures(past: list[PastRun]) -> Section:
    """What failed in the newest of them, by reason."""
    from scanner.report import Section  # noqa: PLC0415 - as above

    found = past[-1].content.get("failures") or {}
    return Section("Failures of the last run", ("reason", "calls"), tuple((k, str(n)) for k, n in found.items()))
