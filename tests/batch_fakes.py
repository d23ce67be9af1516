"""A stand-in for the models: recordings are text files that say what happens to whoever scans them."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scanner.batch import Limits, RunOptions, RunSettings, run_scan
from scanner.calls import CallInfo
from scanner.detections import Disclosure, RecordingFacts, SpeechSpan
from scanner.errors import ModelError, OutputError, UndecodableRecording, UnreadableRecording
from scanner.fetching import opened
from scanner.findings import Judgement
from scanner.judge import judge
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.store import Store

KEY = HashKey(b"0123456789abcdef")
POLICY = load_policy()
STRICT = load_policy("cases/linkedin")


@dataclass(frozen=True)
class Scanned:
    """What scan_recording gives, as far as the batch looks at it."""

    info: CallInfo
    recording_sha256: str
    facts: RecordingFacts
    judgement: Judgement
    model_id: str = "fake-1"
    model_compute: str = "fake int1"
    channels: int = 1
    sample_rate: int = 8000
    speech_s: float = 5.0
    transcript: tuple = ()
    agent_channel: int | None = None
    agent_channel_source: str = "unknown"
    detector_id: str = "detector-1"
    value_hmac_key_id: str = KEY.key_id
    caller_hmac: str | None = None


@dataclass(frozen=True)
class FakeLoad:
    """Loads a hearing that does as each recording says, and notes each hearing in `log`."""

    log: str
    policy_name: str | None = None
    model_id: str = "fake-1"
    broken: str = ""
    compute: str = "fake int1"

    def __call__(self):
        if self.broken == "no model":
            raise ModelError("there is no such model")
        if self.broken == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        policy = load_policy(self.policy_name)
        return lambda item: self.hear(item, policy)

    def hear(self, item, policy):
        with opened(item.uri) as file:
            content = file.read()
        with Path(self.log).open("a") as log:
            log.write(f"{os.getpid()} {Path(item.uri).name}\n")
        said = content.decode().split()[0]
        if said == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if said == "die-once" and Path(self.log).read_text().count(Path(item.uri).name) < 2:
            os.kill(os.getpid(), signal.SIGKILL)
        if said == "abort":
            os.abort()
        if said == "hang":
            time.sleep(1000)
        if said == "slow":
            time.sleep(0.3)
        gpu = os.environ.get("CUDA_VISIBLE_DEVICES", "")
        if said == "on-each-gpu":
            until_two_gpus_hear(Path(self.log).with_suffix(".gpus"), gpu)
        if said == "undecodable":
            raise UndecodableRecording(f"{item.uri}: no audio in it")
        if said == "unreadable":
            raise UnreadableRecording(f"{item.uri}: permission denied")
        if said == "bug":
            raise ValueError("my card number is four one one one")
        if said == "memory":
            raise MemoryError
        if said == "full":
            raise OutputError("out: cannot be written (No space left on device)")
        if said == "grow":
            with Path(item.uri).open("ab") as file:
                file.write(b"more")
        speech = (SpeechSpan("agent", 0.0, 40.0), SpeechSpan("customer", 40.0, 80.0))
        facts = RecordingFacts(80.0, speech, "en", 1.0, "complete", disclosures(said))
        sha256 = hashlib.sha256(content).hexdigest()
        number = item.info.caller_number
        judgement = judge(item.info, facts, policy)
        hashed = KEY.hash(number) if number else None
        compute = f"gpu {gpu}" if said.endswith("-gpu") else self.compute
        return Scanned(item.info, sha256, facts, judgement, self.model_id, compute, caller_hmac=hashed)


def disclosures(said):
    if said == "disclosed":
        return (Disclosure("recording", "agent", 0.5, 1.0, 0.95),)
    return ()


class Archive:
    """A folder of recordings and the output folder of their scans."""

    def __init__(self, folder):
        self.calls = folder / "calls"
        self.out = folder / "out"
        self.log = folder / "heard.log"
        self.calls.mkdir()
        self.runs = 0

    def add(self, name, content="disclosed", *, age_s=1000):
        path = self.calls / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content)
        if age_s:
            then = time.time() - age_s
            os.utime(path, (then, then))
        return path

    def settings(self, **changes):
        self.runs += 1
        settings = RunSettings(
            out=str(self.out),
            scan_id=f"scan-{self.runs}",
            scan_date=datetime(2026, 3, 1, tzinfo=UTC).date(),
            scanner_version="1",
            policy_id=POLICY.id,
            policy_sha256=POLICY.sha256,
            key=KEY,
            load=FakeLoad(str(self.log)),
            now=now,
        )
        return replace(settings, **changes)

    def scan(
        self, *inputs, options=None, policy=POLICY, model_id="fake-1", detector_id="detector-1", changes=None, **more
    ):
        name = None if policy is POLICY else policy.id
        changes = {"load": FakeLoad(str(self.log), name, model_id)} | (changes or {})
        settings = self.settings(policy_id=policy.id, policy_sha256=policy.sha256, **changes)
        return run_scan(
            [str(i) for i in inputs] or [str(self.calls)],
            settings=settings,
            policy=policy,
            model_id=model_id,
            detector_id=detector_id,
            options=options or RunOptions(workers=1, limits=Limits(call_timeout_s=60, stop_s=5)),
            **more,
        )

    def heard(self):
        """Names of recordings in the order in which they were heard."""
        if not self.log.exists():
            return []
        return [line.partition(" ")[2] for line in self.log.read_text().splitlines()]


def until_two_gpus_hear(seen, gpu, *, within_s=120):
    """Waits for a process on another GPU: those on the first would else be done before another has started."""
    with seen.open("a") as lines:
        lines.write(f"{gpu}\n")
    ends_at = time.monotonic() + within_s
    while len(set(seen.read_text().splitlines())) < 2 and time.monotonic() < ends_at:
        time.sleep(0.02)


def now():
    return datetime.now(UTC)


COLUMNS = ["recording_uri", "call_id", "verdict", "failure", "error"]


def rows(archive, *columns):
    """The newest row of each recording by its file name."""
    table = Store(str(archive.out)).calls([*COLUMNS, *columns]).to_pylist()
    return {Path(r["recording_uri"]).name: r for r in table}


def all_rows(archive):
    store = Store(str(archive.out))
    return [r for p in store.parts("calls") for r in store._read_part(p, "calls", COLUMNS).to_pylist()]


def options(**limits):
    settled = {"call_timeout_s": 60.0, "stop_s": 5.0} | limits
    return RunOptions(
        workers=limits.pop("workers", 1), limits=Limits(**{k: v for k, v in settled.items() if k != "workers"})
    )


def scan_in_process(folder):
    archive = Archive.__new__(Archive)
    archive.calls, archive.out, archive.log, archive.runs = folder / "calls", folder / "out", folder / "heard.log", 0
    archive.scan(options=RunOptions(workers=2, limits=Limits(part_calls=3)), changes={"scan_id": f"scan-{os.getpid()}"})


def start_scanner(archive, *arguments):
    """The command line in a process of its own, with fakes for models."""
    program = (
        "import sys\n"
        "from scanner.batch import engines; from batch_fakes import FakeLoad; log = sys.argv[1]\n"
        "engines.ear = lambda model, policy: engines.Ear('fake-1', 'detector-1')\n"
        "engines.LoadHearing = lambda model, policy, key, _wanted: FakeLoad(log, policy.id)\n"
        "from scanner.cli import cli\n"
        "if __name__ == '__main__': cli(sys.argv[2:])\n"
    )
    path = archive.calls.parent / "run.py"
    path.write_text(program)
    here = Path(__file__).parent
    return subprocess.Popen(
        [sys.executable, path, archive.log, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": f"{here.parent}:{here}"},
    )
