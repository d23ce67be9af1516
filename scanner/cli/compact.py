"""scanner compact: few large files in place of many small ones."""

from __future__ import annotations

import click

from scanner.cli.options import new_run_id, open_store, utc_now


@click.command()
@click.argument("out")
@click.option("--rows", type=click.IntRange(2), metavar="N", help="Rows that a file holds at most.  [default: 50000]")
def compact(out: str, *, rows: int | None) -> None:
    """Fold the many small files of each day in OUT into few large ones.

    Nobody who reads OUT by the scanner sees a difference, at any moment: all rows stay, old ones too, and the large file
    takes the place of the small ones at once. Whoever reads the files themselves may see rows twice for the moments until
    the small ones are deleted; README.md has the query that does not mind. If it is killed, the next run clears up.

    \b
    Example:
        scanner compact out/
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.batch.compact import compact as fold_parts  # noqa: PLC0415 - tables only for who needs them
    from scanner.store import ROWS_AT_MOST  # noqa: PLC0415

    now = utc_now()
    folded, kept = fold_parts(open_store(out), run_id=new_run_id(now), now=utc_now, rows_at_most=rows or ROWS_AT_MOST)
    click.echo(f"{folded.before} parts are now {folded.after}, with {kept} rows → {out}")
    if folded.left:
        click.echo(f"scanner: {folded.left} parts were written by a newer scanner, and stay as they are", err=True)
