"""A report as one HTML file: no scripts, nothing from elsewhere, light or dark, on paper or on a phone."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import jinja2
from markupsafe import Markup

from scanner import __version__
from scanner.findings import SEVERITIES
from scanner.report_figures import VERDICTS, Count, Figures
from scanner.review.labels import label, percent

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_DAYS = 62
DEADLINE_S = 30
"""Where the distribution draws its line: the default policy's deadline, in seconds of the recording."""


def render_report(figures: Figures) -> str:
    """The report as HTML."""
    from scanner import report_plots as plots  # noqa: PLC0415 - matplotlib is slow to import

    names = _names(figures)
    days = by_weeks(figures.by_day) if len({c.name for c in figures.by_day}) > _MOST_DAYS else figures.by_day
    severities = tuple(s for s in reversed(SEVERITIES) if s != "none")
    drawn = {
        "days": days and plots.stacked_days(days, names=names, order=VERDICTS),
        "rules": figures.rules
        and plots.bars(
            figures.rules, plot="rules", title="Findings by rule and severity", names=names, order=severities
        ),
        "queues": figures.by_queue
        and plots.heat_map(
            figures.by_queue, plot="queues", title="Share of calls with each rule, by queue", names=names
        ),
        "agents": figures.by_agent
        and plots.heat_map(
            figures.by_agent, plot="agents", title="Share of calls with each rule, by agent", names=names, wide=True
        ),
        "states": figures.jurisdictions
        and plots.bars(
            figures.jurisdictions,
            plot="states",
            title="Calls by law and verdict",
            names=names,
            order=VERDICTS,
            most=20,
        ),
        "times": plots.histogram(
            figures.time_to_disclosure,
            deadline_s=DEADLINE_S,
            title="Calls by when the recording notice was first heard",
        ),
        "data": figures.personal_data
        and plots.bars(figures.personal_data, plot="data", title="Personal data by type", names=names),
        "training": figures.training_reasons
        and plots.bars(
            figures.training_reasons, plot="training", title="Why calls may not train AI models", names=names
        ),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({"label": label, "percent": percent})
    return environment.get_template("report.html").render(
        figures=figures,
        plots={name: Markup(svg) for name, svg in drawn.items() if svg},  # noqa: S704 - matplotlib escapes what it is given
        weekly=days is not figures.by_day,
        names=names,
        verdicts={v: sum(c.calls for c in figures.verdicts if c.name == v) for v in VERDICTS},
        version=__version__,
        deadline_s=DEADLINE_S,
    )


def by_weeks(counts: tuple[Count, ...]) -> tuple[Count, ...]:
    """Counts by day as counts by the Monday of their week."""
    weeks: Counter[tuple[str, str]] = Counter()
    for c in counts:
        day = date.fromisoformat(c.name)
        weeks[str(day - timedelta(days=day.weekday())), c.by] += c.calls
    return tuple(Count(name, by, n) for (name, by), n in sorted(weeks.items()))


def _names(figures: Figures) -> dict[str, str]:
    """What people read instead of the names in the tables."""
    used = {c.name for c in (*figures.rules, *figures.personal_data, *figures.training_reasons, *figures.jurisdictions)}
    used |= {r.rule for r in (*figures.by_queue, *figures.by_agent)} | set(VERDICTS) | set(SEVERITIES)
    shown = {n: label(n) for n in used}
    shown |= {c.name: c.name.replace("_", " ").capitalize() for c in figures.personal_data if c.name.isupper()}
    return shown
