# ruff: noqa: T201 - progress and a table are printed
"""Whether cost grows with the length of calls, with workers and with the number of calls, and how much memory it takes.

    python -m tests.benchmarks.scale sample_audio --json scale.json --plot scale.png

Calls of each length are made from a folder's two-channel calls, one after the other with pauses, and scanned with 1 and 2
workers; what loading the models costs is measured apart, with a second of silence, and taken off the processor time. One worker
then scans a short call 1,000 times, and as often with words from a script. Progress goes to standard error.
"""

import argparse
import json
import os
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner import __version__

from .long_calls import RATE, stereo_calls, write_call
from .measuring import Cost, Failed, machine, measure
from .systems import ANY_KEY, THREAD_VARIABLES

_SHORT_S = 6
_RINGING_S = 10
"""Into a call, so that a short one begins with somebody speaking."""


@dataclass(frozen=True, slots=True)
class Point:
    """Calls of one length, scanned by so many workers; `start_cpu_s` is what the workers spend before the first call."""

    call_s: float
    calls: int
    workers: int
    cpu_s: float
    start_cpu_s: float
    wall_s: float
    peak_mb: float

    @property
    def cpu_s_per_hour(self) -> float:
        return (self.cpu_s - self.start_cpu_s) * 3600 / (self.call_s * self.calls)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, write JSON and plot, print a table."""
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = _report(options, Path(folder))
    except Failed as error:
        sys.exit(str(error))
    if options.plot:
        from .scale_plot import draw

        draw(report, options.plot)
    print("call s  calls  workers  CPU s per audio hour  peak MB")
    for p in report["points"]:
        print(f"{p['call_s']:6.0f}  {p['calls']:5}  {p['workers']:7}  {p['cpu_s_per_hour']:20.0f}  {p['peak_mb']:7.0f}")
    for kind, held in report["worker_mb"].items():
        print(f"a worker, {kind}: " + ", ".join(f"{mb:.0f} MB after {n}" for n, mb in held.items()))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="two-channel recordings to make longer ones of")
    parser.add_argument("--lengths", type=_numbers, default=[30, 120, 600, 1800, 7200], help="of calls, in seconds")
    parser.add_argument("--workers", type=_numbers, default=[1, 2])
    parser.add_argument("--audio", type=float, default=600.0, help="least seconds of audio for each worker")
    parser.add_argument("--longest-shared", type=float, default=7200.0, help="longest calls for more than one worker")
    parser.add_argument("--counts", type=_numbers, default=[1, 10, 100, 1000], help="calls after which memory is read")
    parser.add_argument("--counts-scripted", type=_numbers, default=[1, 10, 100, 1000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path, help="PNG or SVG")
    return parser.parse_args(arguments)


def _numbers(text: str) -> list[int]:
    return [int(n) for n in text.split(",")] if text else []


def _report(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All measurements; what is known is written after each of them, since they take their time."""
    calls = stereo_calls(options.folder)
    silence, short = folder / "silence.wav", folder / "short.wav"
    _write_silence(silence)
    write_call(short, [tuple(c[_RINGING_S * RATE :] for c in call) for call in calls], seconds=_SHORT_S, number=0)
    report: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scanner_version": __version__,
        "machine": machine(),
        "start_cpu_s": _scan([silence], 1, folder).cpu_s,
        "points": [],
        "worker_mb": {},
    }
    for length, workers in ((n, w) for n in options.lengths for w in options.workers):
        if workers > 1 and length > options.longest_shared:
            continue
        paths = [folder / f"call-{i}.wav" for i in range(workers * max(1, round(options.audio / length)))]
        for i, path in enumerate(paths):
            write_call(path, calls, seconds=length, number=i * 7)
        cost = _scan(paths, workers, folder)
        for path in paths:
            path.unlink()
        start_s = report["start_cpu_s"] * workers
        point = Point(length, len(paths), workers, cost.cpu_s, start_s, cost.wall_s, cost.peak_mb)
        report["points"].append(asdict(point) | {"cpu_s_per_hour": point.cpu_s_per_hour, "load": os.getloadavg()[0]})
        _write(report, options.json, f"{length} s, {workers} workers: {point.cpu_s_per_hour:.0f} CPU s per audio hour")
    for kind, counts in (("models", options.counts), ("scripted", options.counts_scripted)):
        if counts:
            report["worker_mb"][kind] = _worker_memory(short, counts, kind, folder)
            _write(report, options.json, f"a worker, {kind}: {report['worker_mb'][kind]}")
    return report


def _write(report: dict[str, Any], path: Path | None, news: str) -> None:
    print(news, file=sys.stderr, flush=True)
    if path:
        path.write_text(json.dumps(report, indent=1) + "\n")


def _write_silence(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(bytes(2 * RATE))


def _environment() -> dict[str, str]:
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1"), "SCANNER_HMAC_KEY": ANY_KEY}


def _scan(paths: Sequence[Path], workers: int, folder: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, "-m", "scanner", "scan", *map(str, paths), "--out", f"{out}/out"]
        command += ["--workers", str(workers)]
        return measure(command, environment=_environment(), log=folder / "log.txt")


def _worker_memory(recording: Path, counts: Sequence[int], kind: str, folder: Path) -> dict[str, float]:
    log = folder / "log.txt"
    command = [sys.executable, "-m", f"{__package__}.worker_memory", str(recording), ",".join(map(str, counts)), kind]
    measure(command, environment=_environment(), log=log)
    held: dict[str, float] = json.loads(log.read_text().splitlines()[-1])
    return held


if __name__ == "__main__":
    main()
