"""An archive judged again from its rows is as if it had been scanned by the new policy."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from rejudged import CALLS_SAID, CLOCK, POLICIES, all_rows, rejudging, scan_all, state, write_recordings
from test_store import facts, infos, make_call

from scanner.batch.lock import hold
from scanner.batch.rejudge import rejudge
from scanner.cli.rejudge import changes, summary_lines, told_on
from scanner.errors import OutputError
from scanner.judge import judge
from scanner.policy import load_policy
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
