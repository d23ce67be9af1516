# ruff: noqa: T201 - a script that says what it measured
"""What a nightly run over a large archive costs when little or nothing in it is new: seconds, CPU seconds, memory.

    python -m tests.benchmarks.archive_runs FOLDER [--calls 100000]

The recordings are tiny text files and the hearing is a stand-in, so that what is measured is all else: finding, skipping,
judging and writing. Four runs, each in a process of its own: the first one, one over the unchanged archive, one with a
hundred new recordings, and one under another policy, which judges all calls again from their stored facts.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from scanner.batch import RunOptions
from tests.batch_fakes import POLICY, STRICT, Archive
from tests.benchmarks.measuring import measure

STEPS = ("first run", "unchanged", "100 new", "another policy")
NEW = 100
_FOLDER_OF = 1000


def add(archive: Archive, numbers: range) -> None:
    """Recordings that differ, changed long enough ago to be whole."""
    then = time.time() - 1000
    for number in numbers:
        folder = archive.calls / f"{number // _FOLDER_OF:04}"
        folder.mkdir(exist_ok=True)
        path = folder / f"{number:07}.wav"
        path.write_text(f"{'silence' if number % 3 else 'disclosed'} {number}")
        os.utime(path, (then, then))


def opened(folder: Path) -> Archive:
    """An archive that is there already."""
    archive = Archive.__new__(Archive)
    archive.calls, archive.out, archive.log, archive.runs = folder / "calls", folder / "out", folder / "heard.log", 0
    return archive


def step(folder: Path, name: str, workers: int) -> None:
    """One run, as this process."""
    policy = STRICT if name == "another policy" else POLICY
    record = opened(folder).scan(
        options=RunOptions(workers=workers), policy=policy, changes={"scan_id": name.replace(" ", "-")}
    )
    print(f"{record.scanned} heard, {record.judged_again} judged again, {record.done_before} done before")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="an empty folder, or one that does not exist")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options.folder, options.step, options.workers)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    archive = Archive(options.folder)
    add(archive, range(options.calls))
    print(f"{options.calls} recordings, {options.workers} workers")
    print(f"{'':16}{'wall s':>8}{'CPU s':>8}{'MB':>7}")
    for name in STEPS:
        if name == "100 new":
            add(archive, range(options.calls, options.calls + NEW))
        log = options.folder / "step.log"
        command = [sys.executable, "-m", "tests.benchmarks.archive_runs", str(options.folder), "--step", name]
        cost = measure([*command, "--workers", str(options.workers)], environment=os.environ, log=log)
        said = log.read_text().splitlines()[-1]
        print(f"{name:16}{cost.wall_s:8.1f}{cost.cpu_s:8.1f}{cost.peak_mb:7.0f}  {said}", flush=True)


if __name__ == "__main__":
    main()
