"""Small recordings of typed calls, scanned by scripts instead of a speech model, to be judged again."""

import os
import re
import time
import wave
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from scanner.asr import ScriptedTranscriber
from scanner.batch import Item, RunSettings
from scanner.batch.rejudge import Rejudging
from scanner.batch.worker import scan_item
from scanner.detect import detector_id
from scanner.detect.spoken_value import SpokenValue
from scanner.dialogue import parse_dialogue
from scanner.manifest import call_info
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.scan import Engines, scan_recording
from scanner.store import Store

KEY = HashKey(b"0123456789abcdef")
DAY = date(2026, 3, 1)
NAMES = ["us", "cases/linkedin", "cases/patagonia-talkdesk", "cases/talkdesk-legalshield"]
POLICIES = {
    name: load_policy(name).model_copy(update={"vocabulary_rules": load_policy().vocabulary_rules}) for name in NAMES
}
"""With one vocabulary: with another one, a rescan hears with another ear."""
CALLS_SAID = {
    "all-said": (
        {"caller_state": "CA", "third_party": "Callvane", "ai_analysis": True, "ai_training": True},
        """
        0:01 agent: Hi, this is Ana, this call is recorded, and our vendor Callvane uses AI to analyze it.
        0:12 agent: Recordings are used to train our AI models, you can opt out at any time.
        0:20 customer: Okay, that's fine.
        """,
    ),
    "late": (
        {"caller_state": "US-FL", "caller_number": "+14155550123"},
        """
        0:01 agent: Hi, this is Ana, how can I help?
        0:05 customer: I want to know when you are open, my number is 415-555-0123 by the way.
        0:50 agent: And by the way this call is recorded.
        """,
    ),
    "card": (
        {"caller_state": "TX", "ai_training": True, "started_at": "2026-02-01T10:00:00Z"},
        """
        0:01 agent: This call may be recorded and used to train our AI models.
        0:09 customer: Sure, my card is 4111111111111111 and again 4111111111111111.
        """,
    ),
    "refused": (
        {"caller_state": "WA", "opted_out_at": "2026-01-01"},
        """
        0:01 agent: This call is recorded, is that okay?
        0:06 customer: No, I do not want to be recorded.
        0:10 agent: Now what is the order about, and what did it say on the invoice that you got from us last week?
        0:25 customer: It says that I owe forty dollars, and I have been to the doctor because of it all.
        """,
    ),
    "transferred": (
        {"caller_state": "PA", "agent_channel": 0},
        """
        0:01 system: This call may be recorded for quality and training purposes.
        0:08 agent: Let me transfer you to our billing partner, one moment.
        0:30 agent: Hello, this is Sam with billing, how can I help you today with your invoice?
        0:40 customer: I have a question about my account.
        """,
    ),
    "on-file": (
        {
            "caller_state": "CA",
            "consent_on_file": "recording;ai_training;opt_out_offered",
            "consent_on_file_at": "2025-06-01",
            "started_at": "2025-09-01T12:00:00Z",
        },
        "0:01 agent: Hi, how can I help?\n0:05 customer: I would like to cancel my plan please.",
    ),
    "hours": (
        {"caller_state": "TX", "call_id": "call-17"},
        "0:01 agent: Hi, this call is recorded, how can I help?\n0:05 customer: When do you close today?",
    ),
    "silent": ({}, None),
    "unreadable": ({"caller_state": "CA"}, "not a recording"),
}


class Values:
    """Hears card and telephone numbers that are written as digits."""

    def detect(self, transcript):
        types = {r"\d{16}": "CREDIT_CARD", r"\d{3}-\d{3}-\d{4}": "PHONE_NUMBER"}
        return tuple(
            SpokenValue(entity, w.text, w.speaker, (i,), (w.span,), 0.95)
            for i, w in enumerate(transcript.words)
            for pattern, entity in types.items()
            if re.fullmatch(pattern, w.text)
        )


class Clock:
    """A second later each time it is asked."""

    def __init__(self, start=datetime(2026, 3, 1, tzinfo=UTC)):
        self.at = start

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


CLOCK = Clock()


def write_recordings(folder):
    """Two channels of noise each, different in each file, so that each has bytes of its own."""
    for n, (name, (_, said)) in enumerate(CALLS_SAID.items()):
        path = folder / f"{name}.wav"
        if said == "not a recording":
            path.write_text(said)
            continue
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(8000)
            noise = np.random.default_rng(n).integers(-3000, 3000, (70 * 8000, 2), dtype=np.int16)
            file.writeframes((noise if said else noise * 0).tobytes())
        old = time.time() - 1000
        os.utime(path, (old, old))


def scan_all(folder, out, policy, *, scan_id, version="1"):
    """The archive as a scan with this policy leaves it, heard by scripts instead of a speech model."""

    def hear(item):
        said = CALLS_SAID[Path(item.uri).stem][1]
        words = parse_dialogue(said).words if said and ":" in said else ()
        script = {c: [w for w in words if w.channel == c] for c in (0, 1)}
        return scan_recording(
            item.uri, item.info, policy=policy, engines=Engines(ScriptedTranscriber(script), Values(), KEY)
        )

    settings = RunSettings(str(out), scan_id, DAY, version, policy.id, policy.sha256, KEY, lambda: hear, CLOCK)
    store = Store(str(out))
    store.prepare()
    items = [
        Item(str(folder / f"{name}.wav"), call_info(fields, where="test"), 1, 1)
        for name, (fields, _) in CALLS_SAID.items()
    ]
    for number, part in enumerate((items[:3], items[3:])):
        calls = [scan_item(item, hear, settings=settings) for item in part]
        store.write_part(calls, name=f"{scan_id}-{number}", scan_date=DAY)


def rejudging(policy, *, scan_id="again", version="1", workers=1, detector="as scanned"):
    heard_by = detector_id(policy.vocabulary_sha256) if detector == "as scanned" else detector
    return Rejudging(scan_id, DAY, version, policy, CLOCK, heard_by, workers)


def state(out):
    """Newest rows of both tables, without when and as what they were written."""
    own = {"scan_id", "scanned_at"}
    store = Store(str(out))
    calls = {r["recording_uri"]: {k: v for k, v in r.items() if k not in own} for r in store.calls().to_pylist()}
    found = [{k: v for k, v in r.items() if k not in own} for r in store.findings().to_pylist()]
    return calls, found


def all_rows(out, table="calls"):
    store = Store(str(out))
    return sum(len(store._read_part(p, table, ["call_id"])) for p in store.parts(table))
