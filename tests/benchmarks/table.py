"""The comparison as one table: a line for each figure, a column for each system. Pure."""

from collections.abc import Callable, Mapping, Sequence

from .measuring import Spread

Named = Mapping[str, Spread]


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _count(value: float) -> str:
    return f"{value:.0f}"


def _share(value: float) -> str:
    return f"{value:.2f}"


def _rate(value: float) -> str:
    return f"{value:.3f}"


def _ratio(value: float) -> str:
    return f"{value:.2f} ×"


_LINES: tuple[tuple[str, tuple[str, ...], Callable[[float], str]], ...] = (
    ("CPU seconds", ("cpu_s",), _seconds),
    ("CPU seconds per audio hour", ("cpu_s_per_hour",), _seconds),
    ("of the encoder alone", ("times_floor",), _ratio),
    ("wall seconds", ("wall_s",), _seconds),
    ("peak memory, MB", ("peak_mb",), _count),
    ("word error rate", ("word_error_rate",), _rate),
    ("the same, numbers as written", ("word_error_rate_as_written",), _rate),
    ("spoken numbers heard", ("numbers_heard", "numbers"), _count),
    ("verdicts right", ("verdicts_right", "labelled"), _count),
    ("violating called compliant", ("violating_called_compliant", "violating"), _count),
    ("compliant called violating", ("compliant_called_violation",), _count),
    ("calls that need review", ("needs_review",), _count),
    ("rules, F1", ("rules_f1",), _share),
    ("disclosures, precision", ("disclosures_precision",), _share),
    ("disclosures, recall", ("disclosures_recall",), _share),
    ("personal data, precision", ("personal_data_precision",), _share),
    ("personal data, recall", ("personal_data_recall",), _share),
)


def rows(systems: Mapping[str, Named], titles: Mapping[str, str]) -> list[list[str]]:
    """The table's cells, headings first; a figure that no system has is left out."""
    made = [["", *(titles[s] for s in systems)]]
    for label, names, shown in _LINES:
        cells = [_cell(named, names, shown) for named in systems.values()]
        if any(cells):
            made.append([label, *(c or "-" for c in cells)])
    return made


def _cell(named: Named, names: Sequence[str], shown: Callable[[float], str]) -> str:
    if names[0] not in named:
        return ""
    spread = named[names[0]]
    text = shown(spread.median)
    least, most = shown(spread.least), shown(spread.most)
    if least != most:
        text += f" ({least}-{most})"
    return text + "".join(f" of {shown(named[n].median)}" for n in names[1:])


def plain(cells: Sequence[Sequence[str]]) -> str:
    """For a terminal: columns of equal width, figures to the right."""
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = (
        "  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def markdown(cells: Sequence[Sequence[str]]) -> str:
    """For a README."""
    head, *body = (f"| {' | '.join(row)} |" for row in cells)
    return "\n".join([head, f"|{' --- |' * len(cells[0])}", *body])
