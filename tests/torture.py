"""Kill the scan of an archive again and again, and compare what is left with an undisturbed run.

    python tests/torture.py --calls 300 --kills 200

Real WAV files, whole, damaged, empty and not audio at all, are decoded, heard (by a transcriber that says what a script
says, so that a scan takes milliseconds), judged and written, by the parent and the worker processes of a real run. Parent
and workers are killed (SIGKILL) at random moments; as root, on Linux, the disk is filled up at random moments too. After each
round one run is left alone. Its tables must then be those of the undisturbed run: the same calls, findings and verdicts,
none missing, none doubled, no findings without calls and no file half written.
"""

# ruff: noqa: T201 - a script that says what it found

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow as pa
from audio_files import clicks, encode

from scanner.asr import ScriptedTranscriber
from scanner.batch import Hearing, Item, Limits, RunOptions, RunSettings, run_scan
from scanner.detect import detector_id
from scanner.dialogue import parse_dialogue
from scanner.errors import ScannerError, UserError
from scanner.masking import HashKey
from scanner.policy import Policy, load_policy
from scanner.scan import Engines, ScannedCall, scan_recording
from scanner.store import Store
from scanner.transcript import Transcript

KEY = HashKey(b"0123456789abcdef")
DIALOGUES = (
    "agent: Hi, this is Ana, this call is recorded.\ncustomer: Where is my order?",
    "agent: Hello, how can I help?\ncustomer: What time do you close?",
    "agent: This call is recorded.\ncustomer: My card is four one one one one one one one one one one one one one one one.",
    "agent: We do not record calls here.\ncustomer: Good, then my email is joe at example dot com.",
    "agent: This call is being recorded.\ncustomer: I do not want to be recorded.\nagent: Okay. What is your order number?",
)
_RERUN_OF = {"scan_id", "scanned_at"}
"""What differs between two runs that found the same."""


def _now() -> datetime:
    return datetime.now(UTC)


class _NoNumbersHeard:
    """Stands for the personal-data engine in short runs: its models take seconds to load in each process that starts."""

    def detect(self, transcript: Transcript) -> tuple[()]:
        return ()


@dataclass(frozen=True)
class ScriptedLoad:
    """Loads a hearing in which each recording says the dialogue of its number; `call_s`: seconds it takes besides."""

    policy: Policy
    call_s: float
    personal_data: bool

    def __call__(self) -> Hearing:
        detector: Any = _NoNumbersHeard()
        if self.personal_data:
            from scanner.detect.personal_data import PersonalDataDetector

            detector = PersonalDataDetector()
        return lambda item: self._hear(item, detector)

    def _hear(self, item: Item, detector: Any) -> ScannedCall:
        time.sleep(self.call_s)
        said = parse_dialogue(DIALOGUES[int(Path(item.uri).stem) % len(DIALOGUES)])
        channels = {c: [w for w in said.words if w.channel == c] for c in (0, 1)}
        engines = Engines(ScriptedTranscriber(channels, model_id="scripted"), detector, KEY)
        return scan_recording(item.uri, item.info, policy=self.policy, engines=engines)


@dataclass(frozen=True)
class Torture:
    """One archive, scanned by runs that are killed."""

    folder: Path
    call_s: float = 0.05
    personal_data: bool = False
    workers: int = 2

    @property
    def calls(self) -> Path:
        return self.folder / "calls"

    @cached_property
    def policy(self) -> Policy:
        return load_policy()

    def make_archive(self, calls: int, chance: random.Random) -> None:
        """Short two-channel recordings; one in eight is damaged, empty or no audio."""
        self.calls.mkdir(parents=True)
        for number in range(calls):
            path = self.calls / f"{number:04}.wav"
            sound = clicks(8000, 4 + chance.random() * 4, seed=number)
            encode(path, sound, sound[::-1].copy(), codec="pcm_mulaw", rate=8000)
            if number % 8 == 7:
                whole = path.read_bytes()
                path.write_bytes(
                    chance.choice([b"", f"no audio {number}".encode(), whole[: len(whole) // 2], whole[:20]])
                )
            then = time.time() - 1000 - number
            os.utime(path, (then, then))

    def scan(self, out: Path) -> None:
        """One run to its end; OutputError when the disk is full."""
        now = datetime.now(UTC)
        settings = RunSettings(
            out=str(out),
            scan_id=f"{now:%H%M%S%f}-{os.getpid()}",
            scan_date=date(2026, 3, 1),
            scanner_version="1",
            policy_id=self.policy.id,
            policy_sha256=self.policy.sha256,
            key=KEY,
            load=ScriptedLoad(self.policy, self.call_s, self.personal_data),
            now=_now,
        )
        limits = Limits(call_timeout_s=60, part_calls=4, stop_s=5, retries=3)
        run_scan(
            [str(self.calls)],
            settings=settings,
            policy=self.policy,
            model_id="scripted",
            detector_id=detector_id(self.policy.vocabulary_sha256),
            options=RunOptions(workers=self.workers, limits=limits),
        )

    def _scan_or_say_why_not(self, out: Path) -> None:
        try:
            self.scan(out)
        except (
            UserError
        ) as error:  # the disk is full, or workers were killed one after the other before they could start
            print(f"a run ended: {error}", file=sys.stderr)
            sys.exit(2)

    def start(self, out: Path) -> BaseProcess:
        """One run in a process of its own, which can be killed."""
        process = multiprocessing.get_context("spawn").Process(target=self._scan_or_say_why_not, args=(out,))
        process.start()
        return process

    def round(self, out: Path, *, kills: int, every_s: float, chance: random.Random, disk: Disk | None) -> int:
        """Runs until one has come to its end, killed and short of room up to `kills` times; returns how often that was."""
        done = 0
        while True:
            process = self.start(out)
            while process.is_alive() and done < kills:
                process.join(chance.expovariate(1 / every_s))
                if not process.is_alive():
                    break
                if disk is not None and chance.random() < 0.1:
                    disk.fill()
                    process.join(1.0)
                    disk.clear()
                done += _kill(process, chance)
            process.join()
            if process.exitcode == 0 or done >= kills:
                return done


@dataclass(frozen=True)
class Disk:
    """A small disk of its own, which can be full."""

    place: Path

    def fill(self) -> None:
        with suppress(OSError), (self.place / "filler").open("wb") as file:
            while True:
                file.write(b"\0" * 65536)
                file.flush()

    def clear(self) -> None:
        (self.place / "filler").unlink(missing_ok=True)


@contextmanager
def small_disk(place: Path) -> Iterator[Disk | None]:
    """A file system in memory; None where nobody may mount one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    mounted = sys.platform == "linux" and shutil.which("mount") is not None
    mounted = mounted and subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield Disk(place) if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=False)


def _kill(parent: BaseProcess, chance: random.Random) -> int:
    """Kill the parent or one of its workers; how many were killed."""
    children = _children(parent.pid or 0)
    victim = parent.pid if not children or chance.random() < 0.3 else chance.choice(children)
    try:
        os.kill(victim or 0, signal.SIGKILL)
    except ProcessLookupError:  # ended by itself meanwhile
        return 0
    if victim == parent.pid:
        parent.join()
    return 1


def _children(pid: int) -> list[int]:
    """The processes that a process has started; not the helper that multiprocessing starts beside them."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], check=False, capture_output=True, text=True)
    lines = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return [int(pid) for pid, command in lines if "resource_tracker" not in command]


def _texts(table: pa.Table) -> list[str]:
    return sorted(repr({k: v for k, v in row.items() if k not in _RERUN_OF}) for row in table.to_pylist())


def tables(out: Path) -> tuple[list[str], list[str]]:
    """What a reader sees, calls and findings, without what names the run."""
    store = Store(str(out))
    return _texts(store.calls()), _texts(store.findings())


def faults(out: Path, undisturbed: Path) -> list[str]:
    """How the tables of a disturbed archive differ from those of an undisturbed one; none when all is well."""
    store = Store(str(out))
    found = []
    if {p.key for p in store.parts("calls")} != {p.key for p in store.parts("findings")}:
        found.append("findings without calls, or calls without findings")
    if store.folder.files("_writing"):
        found.append("half-written files are left")
    rows = [r for t in store.history(["recording_uri", "verdict"]) for r in t.to_pylist() if r["verdict"] != "failed"]
    if len(rows) != len({r["recording_uri"] for r in rows}):
        found.append("calls: some were written twice")
    try:
        read = tables(out)
    except ScannerError as error:
        return [*found, str(error)]
    for name, here, there in zip(("calls", "findings"), read, tables(undisturbed), strict=True):
        missing, more = len(set(there) - set(here)), len(set(here) - set(there))
        if missing or more:
            found.append(f"{name}: {missing} are missing and {more} are others")
        if len(here) != len(set(here)):
            found.append(f"{name}: {len(here) - len(set(here))} are there twice")
    return found


def torture(folder: Path, *, calls: int, kills: int, seed: int, every_s: float = 2.0, personal_data: bool) -> list[str]:
    """Torture an archive until there were so many kills; returns the faults found."""
    chance = random.Random(seed)
    one = Torture(folder, personal_data=personal_data)
    one.make_archive(calls, chance)
    one.scan(folder / "undisturbed")
    found: list[str] = []
    done = rounds = 0
    with small_disk(folder / "disk") as disk:
        while done < kills:
            rounds += 1
            out = folder / "disk" / f"out-{rounds}"
            done += one.round(out, kills=kills - done, every_s=every_s, chance=chance, disk=disk)
            one.scan(out)
            found += [f"round {rounds}: {fault}" for fault in faults(out, folder / "undisturbed")]
            shutil.rmtree(out)
            print(f"round {rounds}: {done} of {kills} kills, {len(found)} faults", file=sys.stderr, flush=True)
        print("disk full: " + ("tried at random" if disk else "not tried, no right to mount"), file=sys.stderr)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300, help="recordings in the archive")
    parser.add_argument("--kills", type=int, default=200, help="processes killed, over all rounds")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two kills, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", action="store_true", help="look for personal data too: processes start slowly then")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = torture(
            Path(folder, "torture"),
            calls=options.calls,
            kills=options.kills,
            seed=options.seed,
            every_s=options.every,
            personal_data=options.models,
        )
    print("\n".join(found) or f"no fault: {options.kills} kills over {options.calls} recordings")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
