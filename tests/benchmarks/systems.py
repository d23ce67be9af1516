"""The systems that are compared: how each is started, and how its outcome is read."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.evaluate import CALL_COLUMNS, FINDING_COLUMNS, scanned_calls
from scanner.store import Store

from .measuring import Cost, measure
from .outcome import Outcome
from .peers import COMPUTE_TYPE
from .task import Task

THREAD_VARIABLES = "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS".split()
ANY_KEY = "0123456789abcdef" * 4
"""Hashes of a benchmark are thrown away; no key file is made for them."""


@dataclass(frozen=True, slots=True)
class System:
    """`start`: the command for a task and a folder to write to; `read`: what it made of the calls."""

    title: str
    start: Callable[[Task, Path], list[str]]
    read: Callable[[Task, Path], Outcome]
    missing: Callable[[], str] = lambda: ""
    """What must be installed for it; nothing, when it is there."""


def run(system: System, task: Task, folder: Path) -> tuple[Cost, Outcome]:
    """One run in a fresh process. Raises measuring.Failed."""
    folder.mkdir()
    cost = measure(system.start(task, folder), environment=_environment(task), log=folder / "log.txt")
    outcome = system.read(task, folder)
    shutil.rmtree(folder)
    return cost, outcome


def _environment(task: Task) -> Mapping[str, str]:
    return {
        **os.environ,
        **dict.fromkeys(THREAD_VARIABLES, str(task.threads)),
        "HF_HUB_OFFLINE": "1",
        "SCANNER_HMAC_KEY": ANY_KEY,
    }


def _scan(task: Task, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "scanner", "scan", *(c.uri for c in task.calls), "--out", str(folder / "out")]
    command += ["--workers", str(task.threads)]  # a process for each core is how the scanner uses several
    return [*command, "--manifest", task.manifest] if task.manifest else command


def _read_scan(_task: Task, folder: Path) -> Outcome:
    store = Store(str(folder / "out"))
    rows, findings = store.calls(CALL_COLUMNS).to_pylist(), store.findings(FINDING_COLUMNS).to_pylist()
    return Outcome(judged=scanned_calls(rows, findings))


def _peer(name: str, title: str) -> System:
    def start(task: Task, folder: Path) -> list[str]:
        command = [sys.executable, "-m", f"{__package__}.peers", name, str(task.save())]
        return [*command, str(folder / "outcome.json")]

    return System(title, start, lambda _task, folder: Outcome.load(folder / "outcome.json"))


def _whisper_ctranslate2() -> Path | None:
    beside = Path(sys.executable).with_name("whisper-ctranslate2")
    found = str(beside) if beside.exists() else shutil.which("whisper-ctranslate2")
    return Path(found) if found else None


def _start_whisper_ctranslate2(task: Task, folder: Path) -> list[str]:
    command = [str(_whisper_ctranslate2()), *(path for c in task.calls for path in c.channels)]
    command += ["--model_directory", task.model, "--local_files_only", "True", "--device", "cpu"]
    command += ["--compute_type", COMPUTE_TYPE, "--threads", str(task.threads), "--batched", "True"]
    command += ["--output_format", "json", "--output_dir", str(folder), "--verbose", "False"]
    return [*command, "--language", task.language] if task.language else command


def _read_whisper_ctranslate2(task: Task, folder: Path) -> Outcome:
    def text(path: str) -> str:
        return str(json.loads((folder / Path(path).with_suffix(".json").name).read_text())["text"])

    return Outcome({c.call_id: tuple(map(text, c.channels)) for c in task.calls})


SYSTEMS: Mapping[str, System] = {
    "scanner": System("scanner, end to end", _scan, _read_scan),
    "hearing": _peer("hearing", "scanner, hearing only"),
    "batched": _peer("batched", "batched + Presidio + phrases"),
    "whisper-ctranslate2": System(
        "whisper-ctranslate2 --batched",
        _start_whisper_ctranslate2,
        _read_whisper_ctranslate2,
        lambda: "" if _whisper_ctranslate2() else "pip install '.[bench]'",
    ),
    "sequential": _peer("sequential", "faster-whisper, sequential"),
    "floor": _peer("floor", "encoder alone"),
}
