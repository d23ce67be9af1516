"""What `scanner report` can write: HTML, CSV and JSON of the same figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])

_FILE = click.Path(dir_okay=False, path_type=Path, allow_dash=True)
_DAY = click.DateTime(["%Y-%m-%d"])
_OPTIONS = (
    click.option("--html", type=_FILE, metavar="FILE", help="Write a report of one self-contained page."),
    click.option("--csv", type=_FILE, metavar="FILE", help="Write the report's figures as CSV; - is standard output."),
    click.option(
        "--json", type=_FILE, metavar="FILE", help="Write the report's figures as JSON; - is standard output."
    ),
    click.option("--from", "since", type=_DAY, metavar="DAY", help="Only calls of this day (2026-01-31) and later."),
    click.option("--to", "until", type=_DAY, metavar="DAY", help="Only calls of this day and earlier."),
    click.option("--queue", metavar="NAME", help="Only calls of this queue."),
    click.option("--agent", metavar="ID", help="Only calls of this agent."),
    click.option("--policy", metavar="ID", help="Only calls judged by the policy with this id."),
)


def report_file_options(command: F) -> F:
    """The options that name files and narrow the calls; hand them all to `write_report_files`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def write_report_files(
    out: str,
    *,
    html: Path | None,
    csv: Path | None,
    json: Path | None,
    since: datetime | None,
    until: datetime | None,
    queue: str | None,
    agent: str | None,
    policy: str | None,
) -> bool:
    """Write what was asked for; False when that is nothing. Raises UserError and OutputError."""
    narrowed = any((since, until, queue, agent, policy))
    if not (html or csv or json):
        if narrowed:
            raise click.UsageError("--from, --to, --queue, --agent and --policy are for --html, --csv and --json")
        return False
    from scanner.cli.options import open_store, utc_now  # noqa: PLC0415 - only who writes files pays for it
    from scanner.errors import OutputError, UserError  # noqa: PLC0415
    from scanner.report_figures import ReportFilter, as_csv, as_json, collect  # noqa: PLC0415

    store = open_store(out)
    if not store.exists():
        raise OutputError(f"{out}: nothing was scanned into this folder")
    wanted = ReportFilter(since.date() if since else None, until.date() if until else None, queue, agent, policy)
    figures = collect(store, wanted, made_at=utc_now())
    if html:
        try:
            from scanner.report_html import render_report  # noqa: PLC0415

            page = render_report(figures)  # the plots are imported when they are drawn
        except ModuleNotFoundError as error:
            raise UserError(f"--html needs {error.name}: pip install 'call-compliance-scanner[review]'") from None
        _write(html, page)
    makers: tuple[tuple[Path | None, Callable[[Any], str]], ...] = ((csv, as_csv), (json, as_json))
    for file, made in makers:
        if file:
            _write(file, made(figures))
    return True


def _write(file: Path, text: str) -> None:
    from scanner.errors import OutputError  # noqa: PLC0415

    if str(file) == "-":
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror})") from None
    click.echo(f"{file}: written", err=True)
