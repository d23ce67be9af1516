"""The plots of a report as SVG that takes its colors, and so light or dark, from the page it stands in."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scanner.report_figures import Count, Rate

_NAMES = (
    "ink", "faint", "line", "violation", "needs_review", "failed", "compliant", "critical", "high", "medium", "low", "plain", "panel",
)  # fmt: skip
COLORS = {name: f"#0102{i:02x}" for i, name in enumerate(_NAMES, 1)}
"""Stand-ins that no plot uses by chance: each becomes the page's own variable."""
_STYLE: dict[Any, Any] = {  # matplotlib lists the keys as literals, version by version
    "text.parse_math": False,  # a queue may be called "$"
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "svg.hashsalt": "call-compliance-scanner",  # the same figures give the same bytes
    "font.size": 9.5,
    "text.color": COLORS["ink"],
    "axes.edgecolor": COLORS["line"],
    "axes.labelcolor": COLORS["faint"],
    "xtick.color": COLORS["line"],
    "ytick.color": COLORS["line"],
    "xtick.labelcolor": COLORS["faint"],
    "ytick.labelcolor": COLORS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.frameon": False,
    "legend.labelcolor": COLORS["ink"],
}
_WIDE, _HALF = 12.2, 6.0
"""Inches: so that text comes out at the size of the page's in a wide and in a half column."""


def stacked_days(counts: Sequence[Count], *, names: Mapping[str, str], order: Sequence[str]) -> str:
    """Calls of each day, by verdict; many days are put together into weeks or months by the caller."""
    days = sorted({c.name for c in counts})
    with rc_context(_STYLE):
        figure, axes = _figure(2.6, _WIDE)
        below = [0] * len(days)
        for verdict in order:
            found = {c.name: c.calls for c in counts if c.by == verdict}
            heights = [found.get(d, 0) for d in days]
            if any(heights):
                axes.bar(
                    range(len(days)), heights, bottom=below, color=COLORS[verdict], width=0.82, label=names[verdict]
                )
            below = [b + h for b, h in zip(below, heights, strict=True)]
        step = max(1, -(-len(days) // 10))
        axes.set_xticks(range(0, len(days), step), [days[i] for i in range(0, len(days), step)], fontsize=8)
        axes.set_xlim(-0.7, max(len(days), 8) - 0.3)
        _finish(axes, "y", "calls")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, handlelength=1, handleheight=1, borderaxespad=0)
        return _svg(figure, "days", f"Calls by day and verdict, {days[0]} to {days[-1]}" if days else "No calls")


def bars(
    counts: Sequence[Count],
    *,
    plot: str,
    title: str,
    names: Mapping[str, str],
    order: Sequence[str] = (),
    most: int = 16,
) -> str:
    """Horizontal bars, the longest on top, stacked by the breakdown in `order`; one color without."""
    totals: dict[str, int] = {}
    for c in counts:
        totals[c.name] = totals.get(c.name, 0) + c.calls
    shown = sorted(totals, key=lambda n: -totals[n])[:most]
    with rc_context(_STYLE):
        labels = [textwrap.fill(names.get(n, n), 36) for n in shown]
        longest = max((text.count("\n") + 1 for text in labels), default=1)
        figure, axes = _figure(0.55 + (0.12 + 0.15 * longest) * max(1, len(shown)) + (0.3 if order else 0))
        left = [0] * len(shown)
        for by in order or ("",):
            found = {c.name: c.calls for c in counts if c.by == by or not order}
            widths = [found.get(n, 0) for n in shown]
            if any(widths):
                axes.barh(
                    range(len(shown)),
                    widths,
                    left=left,
                    color=COLORS[by or "plain"],
                    height=0.68,
                    label=names.get(by, by),
                )
            left = [a + b for a, b in zip(left, widths, strict=True)]
        for at, total in enumerate(left):
            axes.annotate(
                f"{total:,}",
                (total, at),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=COLORS["faint"],
                fontsize=8.5,
            )
        axes.set_yticks(range(len(shown)), labels)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(0, max([*left, 1]) * 1.1)
        _finish(axes, "x", None)
        if order:
            axes.legend(
                loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, handlelength=1, handleheight=1, borderaxespad=0
            )
        return _svg(figure, plot, title)


def histogram(counts: Sequence[Count], *, deadline_s: int | None, title: str) -> str:
    """Upright bars in the order given; those that begin before the deadline are calm, the others are not."""
    with rc_context(_STYLE):
        figure, axes = _figure(2.4)
        starts = [int(c.name.split()[0]) for c in counts]
        colors = [COLORS["compliant" if deadline_s is None or s < deadline_s else "high"] for s in starts]
        axes.bar(range(len(counts)), [c.calls for c in counts], color=colors, width=0.85)
        axes.set_xticks(range(len(counts)), [f"{s} s" for s in starts], fontsize=8.5)
        if deadline_s in starts:
            axes.axvline(starts.index(deadline_s) - 0.5, color=COLORS["ink"], linewidth=1, linestyle=(0, (3, 3)))
        _finish(axes, "y", "calls")
        return _svg(figure, "times", title)


def heat_map(rates: Sequence[Rate], *, plot: str, title: str, names: Mapping[str, str], wide: bool = False) -> str:
    """Rules by groups: the darker, the larger the share of the group's calls."""
    rules, groups = list(dict.fromkeys(r.rule for r in rates)), list(dict.fromkeys(r.group for r in rates))
    shares = {(r.rule, r.group): r.calls / r.of if r.of else 0.0 for r in rates}
    top = max([*shares.values(), 0.01])
    with rc_context(_STYLE):
        figure, axes = _figure(0.7 + 0.3 * len(rules), _WIDE if wide else _HALF)
        for y, rule in enumerate(rules):
            for x, group in enumerate(groups):
                share = shares.get((rule, group), 0.0)
                strength = share / top
                axes.bar(
                    x, 0.9, width=0.94, bottom=y - 0.45, color=COLORS["high"], alpha=round(0.06 + 0.74 * strength, 2)
                )
                if share:
                    axes.text(x, y, _percent(share), ha="center", va="center", fontsize=8, color=COLORS["ink"])
        axes.set_yticks(range(len(rules)), [names.get(r, r) for r in rules])
        axes.set_xticks(
            range(len(groups)), [_short(g) for g in groups], fontsize=8, rotation=0 if wide or len(groups) < 7 else 30
        )
        axes.set_xlim(-0.5, len(groups) - 0.5)
        axes.set_ylim(len(rules) - 0.5, -0.5)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return _svg(figure, plot, title)


def _percent(share: float) -> str:
    return f"{share * 100:.0f}" if share >= 0.0095 else "<1"


def _short(name: str) -> str:
    return name if len(name) <= 14 else name[:13] + "…"


def _figure(height: float, width: float = _HALF) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def _finish(axes: Axes, grid: str, label: str | None) -> None:
    axes.set_axisbelow(True)
    axes.grid(axis="x" if grid == "x" else "y", color=COLORS["line"], linewidth=0.6)
    axes.tick_params(length=0)
    axes.spines["left" if grid == "y" else "bottom"].set_visible(False)
    axis = axes.yaxis if grid == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axis.set_tick_params(labelcolor=COLORS["faint"])
    if label:
        axes.set_ylabel(label)


def _svg(figure: Figure, plot: str, title: str) -> str:
    """The figure as an SVG element: named for those who hear it, colored by the page, its ids its own."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<svg [^>]*viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" role="img" aria-label="@@">', svg, count=1)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{plot}-\1"', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\1{plot}-", svg).replace("xlink:href", "href")
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    for name, color in COLORS.items():
        svg = svg.replace(color, f"var(--{name.replace('_', '-')})")
    return svg.replace("@@", _escaped(title)).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
