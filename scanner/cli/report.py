"""scanner report: an output folder in numbers."""

from __future__ import annotations

from typing import Any

import click

from scanner.cli.options import open_store
from scanner.cli.report_files import report_file_options, write_report_files


@click.command()
@click.argument("out")
@report_file_options
def report(out: str, **files: Any) -> None:
    """Summarize what was scanned into the folder OUT.

    Counts the newest state of each recording by verdict, rule, jurisdiction and agent; --html, --csv and --json write the
    whole report instead.

    \b
    Example:
        scanner report out/
        scanner report out/ --html report.html --from 2026-01-01
    """  # noqa: D301 - \b keeps click from folding the example
    if write_report_files(out, **files):
        return
    from scanner.cli.printing import print_sections  # noqa: PLC0415 - tables only for who needs them
    from scanner.errors import OutputError  # noqa: PLC0415
    from scanner.report import sections, summarize  # noqa: PLC0415

    store = open_store(out)
    if not store.exists():
        raise OutputError(f"{out}: nothing was scanned into this folder")
    summary = summarize(store)
    click.echo(
        f"{summary.calls} calls, {summary.audio_s / 3600:.2f} h of audio; {summary.training_eligible} may train AI models"
    )
    print_sections(sections(summary))
