"""Tables and lines for people at a terminal, and the same as plain text where the output is piped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from scanner.report import Section

_COLORS = {
    "violation": "red",
    "critical": "red",
    "high": "red",
    "failed": "magenta",
    "needs_review": "yellow",
    "medium": "yellow",
    "compliant": "green",
}


def colored(word: str, text: str | None = None) -> str:
    """A verdict or severity in its color; click takes the color out again where the output is piped."""
    shown = word if text is None else text
    color = _COLORS.get(word)
    return click.style(shown, fg=color, bold=word in {"violation", "critical"}) if color else shown


def print_sections(sections: Sequence[Section]) -> None:
    """Print tables: framed by rich at a terminal, plain columns elsewhere."""
    if not sys.stdout.isatty():
        for section in sections:
            click.echo(f"\n{section.heading}")
            for line in plain_table(section):
                click.echo(f"  {line}")
        return
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - as the next
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that piped output need not pay
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    for section in sections:
        table = Table(
            title=section.heading, title_justify="left", title_style="bold", header_style="dim", box=SIMPLE_HEAD
        )
        for i, column in enumerate(section.columns):
            table.add_column(column, justify="right" if _is_number(section, i) else "left")
        for row in section.rows:
            table.add_row(*(Text(cell, style=_COLORS.get(cell, "")) for cell in row))
        console.print(table)


def plain_table(section: Section) -> list[str]:
    """The lines of a table in columns of spaces, numbers to the right."""
    rows = [section.columns, *section.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(section.columns))]
    right = [_is_number(section, i) for i in range(len(section.columns))]
    return [
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in rows
    ]


def _is_number(section: Section, column: int) -> bool:
    return all(row[column].removesuffix(" %").replace(".", "").isdigit() for row in section.rows)


def clock(seconds: float | None) -> str:
    """Seconds as M:SS or H:MM:SS, as people name a place in a recording; a dash for never."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
