# ruff: noqa: T201 - a table is printed
"""The scanner beside what one would use instead, on the same calls, model and machine.

    python -m tests.benchmarks.side_by_side sample_audio --manifest sample_audio/manifest.csv
    python -m tests.benchmarks.side_by_side labelled/ --runs 3 --json figures.json --markdown

Each run is a process of its own, the systems take turns, and a figure is the median of its runs, with the least and the most
beside it. All hear with the same Whisper base in int8. What is compared (--systems):

    scanner              `scanner scan` with everything: decoding, hearing, detectors, rules, Parquet
    hearing              its ears alone
    batched              faster-whisper's BatchedInferencePipeline, Presidio as it comes, a search for phrases
    whisper-ctranslate2  with --batched True, words only
    sequential           faster-whisper's transcribe with its defaults, words only
    floor                Whisper's encoder alone on the fewest full 30 s windows that hold the speech

CPU seconds are user and system time, children included. The peers are given each channel as a WAV file, and its making does not
count. Words are compared as they sound, with digits one by one ("453" is "four five three"), and as they are written; a number
is three digits or more that one turn says in one go, and heard when each of them is. The table is printed, progress goes to
standard error, and no word of a call is kept.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner import __version__
from scanner.errors import ScannerError

from .figures import Run, add_floor, figures, spreads
from .measuring import Failed, machine
from .systems import SYSTEMS, run
from .table import markdown, plain, rows
from .task import Task, prepare
from .truth import Truth, read_truth


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write JSON if asked to."""
    options = _options(arguments)
    try:
        truth = _truth(options)
        with tempfile.TemporaryDirectory() as folder:
            task = prepare(
                [str(options.folder)], folder=Path(folder), manifest=_manifest(options), threads=options.threads,
                language=options.language, limit=options.limit,
            )  # fmt: skip
            if not task.calls:
                sys.exit(f"{options.folder}: no recordings in it")
            if truth is not None:
                truth = truth.only([c.call_id for c in task.calls])
            report = _measured(task, truth, options)
    except (ScannerError, Failed) as error:
        sys.exit(str(error))
    runs = [Run(r["system"], r["figures"]) for r in report["runs"]]
    cells = rows(spreads(add_floor(runs)), {n: s.title for n, s in SYSTEMS.items()})
    print(markdown(cells) if options.markdown else plain(cells))
    print(f"\n{_caption(report)}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}.side_by_side", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("folder", type=Path, help="recordings")
    parser.add_argument("--manifest", help="their metadata [default: manifest.csv in the folder, if there is one]")
    parser.add_argument("--truth", type=Path, help="folder with *.truth.json [default: the recordings' folder]")
    parser.add_argument("--runs", type=int, default=3, help="of each system [default: 3]")
    parser.add_argument("--systems", type=_names, default=list(SYSTEMS), help=f"[default: {','.join(SYSTEMS)}]")
    parser.add_argument("--threads", type=int, default=1, help="of each peer, processes of the scanner [default: 1]")
    parser.add_argument("--language", help="tell the peers; otherwise each finds it out, as the scanner does")
    parser.add_argument("--limit", type=int, help="only so many recordings")
    parser.add_argument("--json", type=Path, help="write every run's figures to this file")
    parser.add_argument(
        "--earlier", type=Path, action="append", default=[], metavar="JSON", help="add the systems not measured now"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [n for n in names if n not in SYSTEMS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]}: not one of {', '.join(SYSTEMS)}")
    return names


def _manifest(options: argparse.Namespace) -> str | None:
    beside = options.folder / "manifest.csv"
    return options.manifest or (str(beside) if beside.is_file() else None)


def _truth(options: argparse.Namespace) -> Truth | None:
    if options.truth is None and next(options.folder.rglob("*.truth.json"), None) is None:
        return None
    return read_truth(options.truth or options.folder)


def _available(names: Sequence[str]) -> list[str]:
    for name in names:
        if missing := SYSTEMS[name].missing():
            print(f"{name}: left out, it is not installed; {missing}", file=sys.stderr)
    return [n for n in names if not SYSTEMS[n].missing()]


def _measured(task: Task, truth: Truth | None, options: argparse.Namespace) -> dict[str, Any]:
    """The report with all runs; it is written after each of them, since they take their time."""
    names = _available(options.systems)
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scanner_version": __version__,
        "machine": machine(),
        "calls": len(task.calls),
        "channels": sum(len(c.channels) for c in task.calls),
        "audio_s": round(task.audio_s, 2),
        "threads": task.threads,
        "language": task.language,
        "runs": _earlier(options.earlier, task, names),
    }
    began = time.perf_counter()
    for i in range(options.runs):
        for name in names:
            print(f"{time.perf_counter() - began:5.0f} s  run {i + 1} of {options.runs}: {name}", file=sys.stderr)
            cost, outcome = run(SYSTEMS[name], task, Path(task.folder) / "run")
            known = figures(cost, outcome, audio_s=task.audio_s, truth=truth)
            report["runs"].append({"system": name, "load": os.getloadavg()[0], "figures": known})
            report["runs"].sort(key=lambda r: list(SYSTEMS).index(r["system"]))
            if options.json:
                options.json.write_text(json.dumps(report, indent=1) + "\n")
    return report


def _earlier(files: Sequence[Path], task: Task, names: Sequence[str]) -> list[dict[str, Any]]:
    """The runs of other reports, but for the systems that are measured now."""
    runs: list[dict[str, Any]] = []
    for path in files:
        report = json.loads(path.read_text())
        if (report["calls"], report["audio_s"], report["threads"]) != (
            len(task.calls),
            round(task.audio_s, 2),
            task.threads,
        ):
            sys.exit(f"{path}: measured on other calls or with another number of threads")
        runs += [r for r in report["runs"] if r["system"] not in names]
    return runs


def _caption(report: dict[str, Any]) -> str:
    measured = report["machine"]
    times = Counter(r["system"] for r in report["runs"])
    loads = [r["load"] for r in report["runs"]]
    return (
        f"{report['calls']} calls, {report['channels']} channels, {report['audio_s'] / 3600:.2f} h of audio, heard with "
        f"{report['threads']} thread{'s' if report['threads'] > 1 else ''}; {measured['processor']}, {measured['cores']} "
        f"cores, load {min(loads):.0f} to {max(loads):.0f}; runs: {', '.join(f'{s} {n}' for s, n in times.items())}"
    )


if __name__ == "__main__":
    main()
