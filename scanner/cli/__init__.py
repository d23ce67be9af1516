"""The command line: each command opens, calls the library, prints, and ends with a code that a script can rely on.

0 all well; 1 what was asked to fail on was found; 2 it could not be done, or not for all; 3 a person must look.
"""

from __future__ import annotations

from typing import Any

import click

from scanner import __version__
from scanner.cli.check import check
from scanner.cli.compact import compact
from scanner.cli.evaluate import evaluate
from scanner.cli.evidence import audit, evidence
from scanner.cli.learn import learn
from scanner.cli.log import say_error
from scanner.cli.models import models
from scanner.cli.options import utc_now
from scanner.cli.policy import policy
from scanner.cli.purge import purge
from scanner.cli.redact import redact
from scanner.cli.rejudge import rejudge
from scanner.cli.report import report
from scanner.cli.review import review, reviewers
from scanner.cli.runs import runs
from scanner.cli.scan import scan
from scanner.cli.training import training
from scanner.errors import ScannerError

COULD_NOT = 2


class _Commands(click.Group):
    """Commands whose errors are one clear line and a code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)  # commands end by ctx.exit() with their code
        except ScannerError as error:
            say_error(ctx, str(error), utc_now)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            from scanner.batch.worker import where_it_went_wrong  # noqa: PLC0415 - only when it did

            say_error(ctx, where_it_went_wrong(error), utc_now)
        return ctx.exit(COULD_NOT)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="scanner", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, hidden=True, help="Show the traceback of a mistake; it may quote the call.")
def cli(debug: bool) -> None:
    """Scan contact-center recordings for missing consent disclosures and spoken personal data.

    Nothing leaves this machine, recordings are only read, and personal data is masked in all that is kept or shown.
    """


for command in (
    check,
    scan,
    report,
    rejudge,
    runs,
    compact,
    purge,
    training,
    policy,
    models,
    redact,
    evaluate,
    review,
    reviewers,
    audit,
    evidence,
):
    cli.add_command(command)
policy.add_command(learn)


def main() -> None:
    """The entry point of the `scanner` command."""
    cli(prog_name="scanner")
