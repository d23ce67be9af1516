"""Who is told what a run did, besides whoever started it: a metrics file, an address, a log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from scanner.batch import RunRecord
    from scanner.cli.log import JsonLog

F = TypeVar("F", bound=Callable[..., object])


def metrics_option(command: F) -> F:
    """Where the run's counts go, for whoever scrapes them."""
    return click.option(
        "--metrics",
        "metrics_file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the run's counts there, for Prometheus (text format).",
    )(command)


def telling_options(command: F) -> F:
    """The options of a run that nobody watches."""
    options = (
        metrics_option,
        click.option(
            "--notify-url",
            metavar="URL",
            envvar="SCANNER_NOTIFY_URL",
            help="Post the run's counts there as JSON, no names of calls; tried for a minute, never fails the run."
            "  [env: SCANNER_NOTIFY_URL]",
        ),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            help="How standard error reads; with json it holds the summary too, and standard output is empty."
            "  [default: text]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def teller(
    metrics_file: Path | None, notify_url: str | None = None, log: JsonLog | None = None
) -> Callable[[RunRecord], None]:
    """What is done with the record of a run that has ended; a run does not fail by it. Raises UserError for a bad URL."""
    from scanner.batch.metrics import write_metrics  # noqa: PLC0415 - only for who scans
    from scanner.batch.notify import check_url, post_summary  # noqa: PLC0415
    from scanner.errors import OutputError  # noqa: PLC0415

    url = check_url(notify_url) if notify_url else None

    def warn(event: str, message: str) -> None:
        if log is not None:
            log.say("warning", event, message=message)
        else:
            click.echo(f"scanner: {message}", err=True)

    def tell(record: RunRecord) -> None:
        if log is not None:
            log.say("info" if record.state == "finished" else "warning", "run_ended", **record.counts())
        if metrics_file is not None:
            try:
                write_metrics(metrics_file, record)
            except OutputError as error:
                warn("metrics_not_written", f"--metrics: {error}")
        if url is not None and (why := post_summary(url, record)) is not None:
            warn("not_notified", f"--notify-url: the summary was not taken ({why})")

    return tell
