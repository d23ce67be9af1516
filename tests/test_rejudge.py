"""An archive judged again from its rows is as if it had been scanned by the new policy."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from test_store import facts, infos, make_call, make_failed

from scanner.asr import ScriptedTranscriber
from scanner.batch import Item, RunSettings
from scanner.batch.lock import hold
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.batch.worker import scan_item
from scanner.cli.rejudge import changes, summary_lines, told_on
from scanner.detect.spoken_value import SpokenValue
from scanner.dialogue import parse_dialogue
from scanner.errors import OutputError, UserError
from scanner.judge import judge
from scanner.manifest import call_info
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.scan import Engines, detector_id, scan_recording
from scanner.store import (
    CALLS,
    FINDINGS,
    Store,
    call_row,
    facts_in,
    finding_rows,
    finding_rows_of,
    judged_rows,
)
from scanner.store import Scan as ScanDone

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
    heard_by = detector_id(policy) if detector == "as scanned" else detector
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


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    write_recordings(folder)
    return folder


@pytest.fixture
def scanned(recordings, tmp_path):
    """The archive as `us` judges it."""
    scan_all(recordings, tmp_path / "out", load_policy(), scan_id="first")
    return tmp_path / "out"


# --- what a rescan would give


@pytest.mark.parametrize("after", POLICIES)
@pytest.mark.parametrize("before", POLICIES)
def test_rejudged_is_as_scanned(recordings, tmp_path, before, after):
    """Every column of both tables: verdicts, findings with their ids, eligibility, excerpts, transcripts."""
    scan_all(recordings, tmp_path / "one", POLICIES[before], scan_id="first")
    rejudge(str(tmp_path / "one"), rejudging(POLICIES[after]))
    scan_all(recordings, tmp_path / "two", POLICIES[after], scan_id="fresh")
    calls, found = state(tmp_path / "one")
    calls_scanned, found_scanned = state(tmp_path / "two")
    failed = next(uri for uri in calls if uri.endswith("unreadable.wav"))
    kept = ("policy_id", "policy_sha256")  # a call without facts stays what it was
    assert {k: calls[failed][k] for k in kept} == {"policy_id": before, "policy_sha256": POLICIES[before].sha256}
    for row in (calls[failed], calls_scanned[failed]):
        for k in kept:
            row.pop(k)
    assert calls == calls_scanned
    assert found == found_scanned
    assert len({f["finding_id"] for f in found}) == len(found)


def test_the_policies_differ(recordings, tmp_path):
    """The calls above are judged differently by each policy, or the comparison would show nothing."""
    seen = set()
    for name, policy in POLICIES.items():
        scan_all(recordings, tmp_path / name, policy, scan_id="first")
        calls, found = state(tmp_path / name)
        seen.add(json.dumps([sorted(f["rule"] for f in found), sorted(c["training_eligible"] for c in calls.values())]))
        assert {c["failure"] for c in calls.values() if c["verdict"] == "failed"} == {"undecodable"}
    assert len(seen) == len(POLICIES)


@given(infos, facts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_facts_come_back_from_the_columns(info, heard):
    """Whatever was heard is judged as it was when it was heard."""
    policy = load_policy("cases/linkedin")
    call = make_call()
    call = replace(call, call_id="call-1", info=info, heard=replace(call.heard, facts=heard))
    other = make_call("/calls/other.wav")
    table = pa.Table.from_pylist([call_row(other), call_row(call), call_row(other)], schema=CALLS)
    (read_info, read_facts) = list(facts_in(table))[1]
    assert (read_info, read_facts) == (info, heard)
    judgements = [judge(i, f, policy) for i, f in facts_in(table)]
    done = ScanDone("again", datetime(2027, 1, 1, tzinfo=UTC), "2", policy.id, policy.sha256)
    wanted = replace(call, judgement=judge(info, heard, policy), scan=done)
    assert judged_rows(table, judgements, done).slice(1, 1).to_pylist() == (
        pa.Table.from_pylist([call_row(wanted)], schema=CALLS).to_pylist()
    )
    rows = finding_rows_of(table, judgements, done).to_pylist()
    mine = [r for r in rows if r["recording_uri"] == call.recording.uri]
    assert mine == pa.Table.from_pylist(finding_rows(wanted), schema=FINDINGS).to_pylist()


# --- what stays


def test_what_is_judged_already_stays(scanned):
    """The same policy by the same version changes nothing and writes nothing; a newer version judges again."""
    before = all_rows(scanned)
    record = rejudge(str(scanned), rejudging(load_policy()))
    assert (record.judged_again, record.done_before, record.failed) == (0, len(CALLS_SAID), 1)
    assert record.verdicts.total() == record.found == len(CALLS_SAID)
    assert all_rows(scanned) == before
    assert changes(record) == []
    record = rejudge(str(scanned), rejudging(load_policy(), version="2"))
    assert (record.judged_again, record.done_before) == (len(CALLS_SAID) - 1, 1)
    assert all(before == after for before, after in record.changes)


def test_old_rows_stay_as_they_are(scanned):
    """The tables only grow: what was judged before can still be shown."""
    before = [(p.key, Path(p.path).read_bytes()) for p in Store(str(scanned)).parts("calls")]
    rejudge(str(scanned), rejudging(load_policy("cases/linkedin")))
    for key, content in before:
        assert (scanned / "calls" / key).read_bytes() == content


def test_another_ear_is_told(scanned):
    """Calls whose facts were heard without the new policy's vocabulary are judged, and counted."""
    record = rejudge(str(scanned), rejudging(load_policy("cases/linkedin"), detector="1+other"))
    assert record.judged_again == record.heard_otherwise == len(CALLS_SAID) - 1
    assert any("another ear" in line for line in summary_lines(record))
    record = rejudge(str(scanned), rejudging(load_policy(), scan_id="third"))
    assert record.heard_otherwise == 0
    assert not any("another ear" in line for line in summary_lines(record))


def test_nothing_scanned_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="nothing was scanned"):
        rejudge(str(tmp_path), rejudging(load_policy()))


def test_one_run_at_a_time(scanned):
    """While a scan holds the folder, nothing is judged."""
    with hold(Store(str(scanned)), scan_id="scan", now=CLOCK()), pytest.raises(OutputError, match="being written by"):
        rejudge(str(scanned), rejudging(load_policy("cases/linkedin")))


# --- many, and interrupted


@pytest.fixture
def large(tmp_path):
    """2,600 calls in parts of 130, and one that failed in each."""
    store = Store(str(tmp_path / "large"))
    store.prepare()
    for n in range(20):
        calls = [make_call(f"/calls/{n}-{i}.wav") for i in range(130)]
        store.write_part([*calls, make_failed(f"/calls/{n}-x.wav")], name=f"scan-{n:02}", scan_date=DAY)
    return tmp_path / "large"


def test_processes_give_what_one_gives(large, tmp_path):
    """Judged by two processes or by one: the same rows, some parts together in one new part."""
    told = []
    record = rejudge(
        str(large), rejudging(load_policy("cases/linkedin"), workers=2), progress=lambda *at: told.append(at)
    )
    assert (record.judged_again, record.done_before, record.found) == (2600, 20, 2620)
    assert told[-1] == (2620, 2620)
    assert all_rows(large) == 2620 + 2600
    assert len(Store(str(large)).parts("calls")) <= 20 + 3
    by_two = state(large)
    for p in (large / "calls").rglob("*again*"):
        p.unlink()
    rejudge(str(large), rejudging(load_policy("cases/linkedin")))
    assert state(large) == by_two


def test_stopped_is_completed_by_the_next_run(large):
    """What is judged stays judged; the next run does the rest and nothing twice."""
    policy = load_policy("cases/linkedin")
    asked = iter([False, True, True, True])
    record = rejudge(str(large), rejudging(policy), stop=lambda: next(asked))
    assert record.state == "stopped"
    assert 0 < record.judged_again < 2600
    assert record.left == 2600 + 20 - record.judged_again - record.done_before > 0
    assert any("run it again" in line for line in summary_lines(record))
    rest = rejudge(str(large), rejudging(policy, scan_id="rest"))
    assert rest.judged_again == 2600 - record.judged_again
    assert all_rows(large) == 2620 + 2600
    assert set(Store(str(large)).calls(["policy_id", "verdict"]).to_pylist()[0]) == {"policy_id", "verdict"}


def test_killed_is_completed_by_the_next_run(large, monkeypatch):
    """Killed between findings and calls: no call shows it, and the next run leaves no trace of it."""
    policy = load_policy("cases/linkedin")
    script = (
        "import os, signal, sys\n"
        "sys.path[:0] = ['tests', '.']\n"
        "import scanner.store.tables as tables\n"
        "from test_rejudge import *\n"
        "write, written = tables.Folder.write, []\n"
        "def dying(self, path, make):\n"
        "    if '/calls/' in path and len(written) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    written.append(path) if '/calls/' in path else None\n"
        "    write(self, path, make)\n"
        "tables.Folder.write = dying\n"
        f"rejudge({str(large)!r}, rejudging(load_policy('cases/linkedin')))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False)
    assert ended.returncode == -signal.SIGKILL
    store = Store(str(large))
    assert len(store.parts("findings")) == len(store.parts("calls")) + 1
    half = all_rows(large)
    assert 2620 < half < 2620 + 2600
    record = rejudge(str(large), rejudging(policy, scan_id="rest"))
    assert record.judged_again == 2620 + 2600 - half
    assert {p.key for p in store.parts("findings")} == {p.key for p in store.parts("calls")}
    assert {r["policy_id"] for r in store.calls(["policy_id", "verdict"]).to_pylist() if r["verdict"] != "failed"} == {
        policy.id
    }


def test_a_killed_process_ends_the_run_clearly(large):
    """No call is lost without a word: what to do is said, and the next run completes it."""

    policy = load_policy("cases/linkedin")
    told = rejudging(policy, workers=2)
    with pytest.raises(UserError, match="run it again"):
        rejudge(str(large), replace(told, now=Dying(told.now)))
    assert rejudge(str(large), rejudging(policy, scan_id="rest")).left == 0


class Dying:
    """A clock that ends the process that it is sent to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now()

    def __reduce__(self):
        return (os._exit, (9,))


# --- what is told


class Stream:
    def __init__(self, *, live):
        self.live, self.text = live, ""

    def isatty(self):
        return self.live

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress_is_told_now_and_then():
    """A terminal's line is kept up; a log gets a line each half minute."""
    at = [0.0]
    for live, lines in ((True, 3), (False, 1)):
        stream, at[0] = Stream(live=live), 0.0
        tell = told_on(stream, clock=lambda: at[0])
        for done in range(1, 41):
            at[0] = done
            tell(done * 1000, 40000)
        assert ("40000 calls, 1000 a second" in stream.text) is True
        assert stream.text.count("of 40000") == (39 if live else lines)


def test_changes_are_counted_from_verdict_to_verdict(scanned):
    """What the new policy finds compliant no more, and what may train AI no more."""
    before = {
        r["call_id"]: r for r in Store(str(scanned)).calls(["call_id", "verdict", "training_eligible"]).to_pylist()
    }
    record = rejudge(str(scanned), rejudging(load_policy("cases/linkedin")))
    after = {
        r["call_id"]: r for r in Store(str(scanned)).calls(["call_id", "verdict", "training_eligible"]).to_pylist()
    }
    moved = [(before[c]["verdict"], after[c]["verdict"]) for c in before if before[c]["verdict"] != "failed"]
    assert record.changes == {pair: moved.count(pair) for pair in moved}
    assert any(a != b for a, b in moved)
    shown = changes(record)[0]
    assert shown.rows[-1] == ("unchanged", "", str(sum(a == b for a, b in moved)))
    assert sum(int(r[2]) for r in shown.rows) == len(moved)
