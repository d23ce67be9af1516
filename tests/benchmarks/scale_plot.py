"""The measurements of `scale` as a plot: one panel each for cost, memory of a scan, and memory of a worker over many calls."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_COLOURS = {1: "#1f6fb2", 2: "#d9822b"}
_KINDS = {"models": ("hearing them", "#1f6fb2"), "scripted": ("words from a script", "#7a7a7a")}


def draw(report: Mapping[str, Any], path: Path) -> None:
    """Write the plot, PNG or SVG by its ending."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, (cost, memory, worker) = plt.subplots(1, 3, figsize=(10, 2.9), layout="constrained", facecolor="white")
    for workers in sorted({p["workers"] for p in report["points"]}):
        points = [p for p in report["points"] if p["workers"] == workers]
        lengths = [p["call_s"] for p in points]
        label = f"{workers} worker{'s' if workers > 1 else ''}"
        style = {"marker": "o", "markersize": 4, "color": _COLOURS.get(workers, "#555555"), "label": label}
        cost.plot(lengths, [p["cpu_s_per_hour"] for p in points], **style)
        memory.plot(lengths, [p["peak_mb"] for p in points], **style)
    for axes, title in ((cost, "CPU seconds per audio hour"), (memory, "peak memory of a scan, MB")):
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xscale("log")
        ticks = sorted({p["call_s"] for p in report["points"]})
        axes.set_xticks(ticks, [_duration(t) for t in ticks])
        axes.minorticks_off()
        axes.set_xlabel("length of a call")
        axes.legend(frameon=False, loc="lower left")
    for kind, held in report["worker_mb"].items():
        counts = [int(n) for n in held if int(n)]
        label, colour = _KINDS[kind]
        worker.plot(counts, [held[str(n)] for n in counts], marker="o", markersize=4, color=colour, label=label)
    worker.set_title("memory of one worker, MB", loc="left", fontsize=9)
    worker.set_xscale("log")
    ticks = sorted({int(n) for held in report["worker_mb"].values() for n in held if int(n)})
    worker.set_xticks(ticks, [f"{n:,}" for n in ticks])
    worker.minorticks_off()
    worker.set_xlabel("calls scanned before")
    worker.legend(frameon=False, loc="lower left")
    for axes in (cost, memory, worker):
        axes.set_ylim(0, axes.get_ylim()[1] * 1.15)
        axes.grid(axis="y", color="#e6e6e6")
    figure.savefig(path, dpi=110)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.0f} h"
