"""scanner rejudge: an archive under another policy."""

from __future__ import annotations

import secrets

import click

from scanner.cli.options import policy_option, utc_now


@click.command()
@click.argument("out")
@policy_option
def rejudge(out: str, policy_name: str | None) -> None:
    """Judge all calls in the folder OUT again by another policy, from what was heard.

    No recording is opened and no model is loaded: the facts of each call are in its row.

    \b
    Example:
        scanner rejudge out/ --policy cases/linkedin
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner import __version__  # noqa: PLC0415 - tables only for who needs them
    from scanner.batch.rejudge import Rejudging  # noqa: PLC0415
    from scanner.batch.rejudge import rejudge as judge_again  # noqa: PLC0415
    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.report import sections, summarize  # noqa: PLC0415
    from scanner.store import Store  # noqa: PLC0415

    now = utc_now()
    scan_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    record = judge_again(out, Rejudging(scan_id, now.date(), __version__, load_policy(policy_name), utc_now))
    click.echo(
        f"{record.judged_again} judged again, {record.done_before} left as they are, in {record.elapsed_s:.0f} s"
    )
    print_sections([s for s in sections(summarize(Store(out))) if s.heading in {"Verdicts", "Rules"}])
