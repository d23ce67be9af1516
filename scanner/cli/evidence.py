"""scanner evidence: packages for one call; scanner audit: whether the log of the review page holds."""

from __future__ import annotations

import os
from pathlib import Path

import click

NOT_INTACT = 1

_database = click.option(
    "--db", "database_url", metavar="URL", help="Review database.  [default: SQLite in OUT/review]"
)


@click.group()
def evidence() -> None:
    """Make and check evidence packages: one call, masked, with decisions, hashes and versions."""


@evidence.command()
@click.argument("out")
@click.argument("call_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_database
def make(*, out: str, call_id: str, file: Path, database_url: str | None) -> None:
    """Write the evidence package of the call CALL_ID in OUT to FILE.

    \b
    Example:
        scanner evidence make out/ call-17 evidence.zip
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.cli.options import utc_now  # noqa: PLC0415 - each command pays for its own libraries
    from scanner.cli.review import open_review_database  # noqa: PLC0415
    from scanner.errors import OutputError, UserError  # noqa: PLC0415
    from scanner.evidence import package_of  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.review.listening import local_name  # noqa: PLC0415
    from scanner.store import load_parquet_key  # noqa: PLC0415

    engine = open_review_database(out, database_url)
    key = load_hash_key(os.environ)
    package = package_of(
        out,
        call_id,
        engine=engine,
        key=key,
        made_at=utc_now(),
        made_by=local_name(),
        parquet_key=load_parquet_key(os.environ),
    )
    if package is None:
        raise UserError(f"{out}: there is no call with the id that was given")
    try:
        file.write_bytes(package.content)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror})") from None
    click.echo(f"{file}: {len(package.content) / 1e6:.1f} MB, sha256 {package.sha256}")


@evidence.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--recording", type=click.Path(dir_okay=False, path_type=Path), help="Check that it is about this recording."
)
@click.pass_context
def verify(ctx: click.Context, *, file: Path, recording: Path | None) -> None:
    """Check that nothing in the package FILE was changed since it was made.

    The seal is checked too when this environment's key is the one that made it (SCANNER_HMAC_KEY). Exit code 0 when the
    package holds, 1 when it does not, 2 when it cannot be read.

    \b
    Example:
        scanner evidence verify evidence.zip --recording call-17.wav
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.evidence import verify_package  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415

    found = verify_package(file, key=load_hash_key(os.environ), recording=recording)
    for problem in found.problems:
        click.echo(f"{file}: {problem}", err=True)
    if not found.holds:
        ctx.exit(NOT_INTACT)
    seal = f"sealed by key {found.sealed_by}" if found.seal else f"seal not checked: key {found.sealed_by} is not here"
    click.echo(
        f"{file}: holds: {found.files} files about recording {found.recording_sha256[:16]}…, made {found.made_at}; {seal}"
    )


@click.group()
def audit() -> None:
    """Check the audit log of the review page."""


@audit.command("verify")
@click.argument("out")
@click.option("--head", metavar="HEAD", help="A head noted earlier, which must still be in the log.")
@click.option(
    "--old-key-file",
    "old_key_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="A key that was in use before, when the key was changed; may be given again.",
)
@_database
@click.pass_context
def verify_log(
    ctx: click.Context, *, out: str, head: str | None, old_key_files: tuple[str, ...], database_url: str | None
) -> None:
    """Check that no entry of the audit log, no decision and no example was changed, removed or put in.

    It prints the head of the log: note it down elsewhere, and give it with --head the next time, so that putting an old
    copy of the database in place is found as well. Exit code 0 when the log holds, 1 when it does not.

    \b
    Example:
        scanner audit verify out/
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.cli.review import open_review_database  # noqa: PLC0415
    from scanner.masking import KEY_FILE_VARIABLE, load_hash_key  # noqa: PLC0415
    from scanner.review.audit import AuditLog  # noqa: PLC0415

    old_keys = [load_hash_key({KEY_FILE_VARIABLE: f}) for f in old_key_files]
    log = AuditLog(load_hash_key(os.environ), old_keys=old_keys)
    state = log.verify(open_review_database(out, database_url), noted_head=head)
    if state.problem is not None:
        click.echo(
            f"the audit log does not hold: {state.problem} ({state.entries} entries before that are good)", err=True
        )
        ctx.exit(NOT_INTACT)
    click.echo(f"{state.entries} entries hold; head {state.head}")
