"""scanner policy learn: what reviewers gave as examples, as a piece of policy."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.argument("out")
@click.option(
    "--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write here.  [default: standard output]"
)
@click.option("--yes", is_flag=True, help="Take all examples without asking for each.")
@click.option("--db", "database_url", metavar="URL", help="Review database.  [default: SQLite in OUT/review]")
def learn(*, out: str, file: Path | None, yes: bool, database_url: str | None) -> None:
    """Write the wording that reviewers of OUT gave as examples, as the vocabulary of a policy.

    Only what its reviewer agreed to is offered, and you are asked for each. The words are masked. Try the result with
    `scanner policy check` before a scan uses it.

    \b
    Example:
        scanner policy learn out/ --to learned.yaml
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.cli.options import utc_now  # noqa: PLC0415 - each command pays for its own libraries
    from scanner.cli.review import open_review_database  # noqa: PLC0415
    from scanner.errors import OutputError  # noqa: PLC0415
    from scanner.masking import load_hash_key  # noqa: PLC0415
    from scanner.review.audit import AuditLog  # noqa: PLC0415
    from scanner.review.database import writing  # noqa: PLC0415
    from scanner.review.examples import standing_examples  # noqa: PLC0415
    from scanner.review.labels import label  # noqa: PLC0415
    from scanner.review.learning import as_policy  # noqa: PLC0415
    from scanner.review.listening import local_name  # noqa: PLC0415

    engine = open_review_database(out, database_url)
    with engine.connect() as connection:
        offered = standing_examples(connection)
    taken = [
        e
        for e in offered
        if yes
        or click.confirm(
            f"{e.actor}: {'is' if e.discloses else 'is not'} {label(e.kind).lower()}:\n  {e.text}\nTake it?", err=True
        )
    ]
    if not taken:
        click.echo(f"No examples {'taken' if offered else 'yet'}.", err=True)
        return
    text = as_policy(taken)
    if file is None:
        click.echo(text, nl=False)
    else:
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{file}: cannot be written ({error.strerror})") from None
        click.echo(f"{file}: {len(taken)} example{'' if len(taken) == 1 else 's'}", err=True)
    log = AuditLog(load_hash_key(os.environ))
    with writing(engine) as connection:
        log.append(
            connection, at=utc_now(), actor=local_name(), action="exported_examples", detail={"count": len(taken)}
        )
