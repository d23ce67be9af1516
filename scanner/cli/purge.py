"""scanner purge: rows of calls that are past their time."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scanner.cli.options import new_run_id, open_store, utc_now


@click.command()
@click.argument("out")
@click.option(
    "--older-than", required=True, metavar="AGE", help="Days, such as 400d, or a date: calls that began before it."
)
@click.option(
    "--keep-legal-hold",
    "hold_file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Calls to keep: call_ids or SHA-256 of recordings, one a line; # begins a comment.",
)
@click.option("--allow-unknown-holds", is_flag=True, help="Purge also when something on hold is not in OUT.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def purge(out: str, *, older_than: str, hold_file: Path | None, allow_unknown_holds: bool, dry_run: bool) -> None:
    """Remove the rows of old calls, and of their findings, from OUT.

    A call's age counts from its start as the metadata says it, else from its first scan; all its rows go, those of its
    copies too. Recordings are never touched, nor are people's decisions, the audit log and evidence packages. OUT/purges
    keeps by hashes what was purged: a scan does not hear it anew where it still lies (--rescan does), `scanner training
    withdraw` still names what was eligible, and an opt-out that a purged call held still counts.

    \b
    Example:
        scanner purge out/ --older-than 400d --keep-legal-hold holds.txt --dry-run
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner import __version__  # noqa: PLC0415 - tables only for who needs them
    from scanner.batch.purge import Purging  # noqa: PLC0415
    from scanner.batch.purge import purge as remove  # noqa: PLC0415
    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.policy_schema import Confidence  # noqa: PLC0415
    from scanner.report import Section  # noqa: PLC0415
    from scanner.retention import moment_before  # noqa: PLC0415

    now = utc_now()
    purging = Purging(
        purge_id=new_run_id(now),
        before=moment_before(older_than, now=now),
        scanner_version=__version__,
        key=load_hash_key(os.environ),
        now=utc_now,
        held=frozenset(_held(hold_file)) if hold_file else frozenset(),
        unknown_may_be_held=allow_unknown_holds,
        only_say=dry_run,
    )
    done = remove(open_store(out), purging, at_least=Confidence().heard)
    for name in done.unknown:
        click.echo(f"scanner: on hold, but not in {out}: {name}", err=True)
    removed = "would remove" if dry_run else "removed"
    click.echo(
        f"{removed} {done.recordings} calls that began before {purging.before:%Y-%m-%d %H:%M} UTC: {done.calls} rows and"
        f" {done.findings} findings; {done.on_hold} kept on legal hold"
    )
    if done.log:
        click.echo(f"written down in {done.log}")
    months = tuple((month, str(count)) for month, count in sorted(done.months.items()))
    print_sections([s for s in [Section("By month", ("began", "calls"), months)] if s.rows])


def _held(file: Path) -> list[str]:
    from scanner.errors import UserError  # noqa: PLC0415 - as above

    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read as text") from error
    names = (line.split("#", 1)[0].strip() for line in lines)
    return [name.lower() if _is_sha256(name) else name for name in names if name]


def _is_sha256(name: str) -> bool:
    return len(name) == 64 and all(c in "0123456789abcdefABCDEF" for c in name)
