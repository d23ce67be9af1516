from datetime import date

import numpy as np
import pytest
from archives import SCAN, card_finding, finding, heard_call, random_calls

from scanner.review.archive import Archive
from scanner.review.queue import Progress, QueueFilter, neighbours, select
from scanner.store import Store

SECRET = b"s" * 32
RULES = ("card_number_recorded", "poor_audio", "missing_recording_disclosure")


@pytest.fixture(scope="module")
def calls():
    return list(random_calls(600))


@pytest.fixture(scope="module")
def many(tmp_path_factory, calls):
    out = tmp_path_factory.mktemp("queue")
    for part in range(3):
        Store(str(out)).write_part(calls[part * 200 : (part + 1) * 200], name=str(part), scan_date=date(2026, 4, 1))
    return Archive(str(out), secret=SECRET)


def ids(many, decisions=None, **wanted):
    snapshot = many.snapshot()
    codes = np.zeros(len(snapshot.findings.ids), dtype=np.int32) if decisions is None else decisions
    rows = select(snapshot, codes, Progress.of(snapshot, codes), QueueFilter(**wanted))
    return snapshot.table["call_id"].take(rows.tolist()).to_pylist() if len(rows) else []


def asks(call):
    return [f for f in call.judgement.findings if f.status != "observation"] if call.judgement else []


def test_the_most_serious_call_comes_first(many, calls):
    """Severity, then how private the matter was, then the newest."""
    by_id = {c.call_id: c for c in calls}
    severities = ("none", "low", "medium", "high", "critical")
    matters = ("none", "contact", "financial", "health", "legal", "credentials")
    order = [by_id[i] for i in ids(many)]
    assert len(order) == 600
    judged = [
        (severities.index(c.judgement.severity), matters.index(c.judgement.sensitivity)) for c in order if c.judgement
    ]
    assert judged == sorted(judged, reverse=True)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"verdict": "violation"}, lambda c: c.judgement and c.judgement.verdict == "violation"),
        ({"verdict": "failed"}, lambda c: c.failure is not None),
        ({"severity": "critical"}, lambda c: c.judgement and c.judgement.severity == "critical"),
        ({"state": "US-CA"}, lambda c: c.judgement and c.judgement.jurisdiction == "US-CA"),
        ({"agent": "agent-010"}, lambda c: c.info.agent_id == "agent-010"),
        ({"queue": "claims"}, lambda c: c.info.queue == "claims"),
        *[({"rule": r}, lambda c, r=r: c.judgement and r in {f.rule for f in c.judgement.findings}) for r in RULES],
        ({"since": "2026-04-01"}, lambda c: c.info.started_at.date() >= date(2026, 4, 1)),
        ({"until": "2026-03-15"}, lambda c: c.info.started_at.date() <= date(2026, 3, 15)),
        ({"decision": "open"}, asks),
        ({"decision": "decided"}, lambda c: False),
        ({"decision": "confirmed"}, lambda c: False),
        ({"agent": "nobody"}, lambda c: False),
        ({"rule": "no_such_rule"}, lambda c: False),
        ({"decision": "no such"}, lambda c: False),
        ({"rule": "poor_audio", "state": "US-WA"}, lambda c: c.judgement and c.judgement.jurisdiction == "US-WA" and "poor_audio" in {f.rule for f in c.judgement.findings}),
    ],
)  # fmt: skip
def test_a_filter_lets_through_what_it_names(many, calls, wanted, fits):
    """No call more, no call less; a value that occurs nowhere gives nothing, not everything."""
    assert sorted(ids(many, **wanted)) == sorted(c.call_id for c in calls if fits(c))


def test_a_decided_finding_leaves_the_open_queue_when_all_are_decided(many, calls):
    """A call with three findings stays until the third is decided; observations ask for nothing."""
    snapshot = many.snapshot()
    call = next(c for c in calls if len(asks(c)) == 3)
    row = snapshot.table["call_id"].to_pylist().index(call.call_id)
    codes = np.zeros(len(snapshot.findings.ids), dtype=np.int32)
    waiting = [f for f in snapshot.findings.of_call(row) if snapshot.findings.asks[f]]
    assert len(waiting) == 3
    for f in waiting[:2]:
        codes[f] = 1
    assert call.call_id in ids(many, codes, decision="open")
    assert call.call_id not in ids(many, codes, decision="decided")
    codes[waiting[2]] = 2
    assert call.call_id not in ids(many, codes, decision="open")
    assert ids(many, codes, decision="decided") == [call.call_id]
    assert ids(many, codes, decision="false_alarm") == [call.call_id]
    rule = snapshot.findings.rule[waiting[0]]
    assert call.call_id not in ids(many, codes, decision="open", rule=rule)


def test_next_and_previous_follow_the_filter(many):
    """Also from a call that has just left it because it was decided."""
    snapshot = many.snapshot()
    codes = np.zeros(len(snapshot.findings.ids), dtype=np.int32)
    rows = select(snapshot, codes, Progress.of(snapshot, codes), QueueFilter(verdict="violation")).tolist()
    for i in (0, 5, len(rows) - 1):
        before, after, at = neighbours(snapshot, np.array(rows, np.int32), rows[i])
        assert at == i
        assert before == (rows[i - 1] if i else None)
        assert after == (rows[i + 1] if i + 1 < len(rows) else None)
    without = np.array(rows[:5] + rows[6:], np.int32)
    assert neighbours(snapshot, without, rows[5]) == (rows[4], rows[6], 5)
    assert neighbours(snapshot, np.zeros(0, np.int32), rows[5]) == (None, None, 0)


def test_a_filter_is_what_its_url_says():
    """There and back again; what is no date or number is left out."""
    wanted = QueueFilter(verdict="violation", agent="a b&c=d", since="2026-03-01", page=3)
    from urllib.parse import parse_qsl

    assert QueueFilter.of(dict(parse_qsl(wanted.query(page=3)))) == wanted
    assert wanted.query() == "verdict=violation&agent=a+b%26c%3Dd&since=2026-03-01"
    odd = {"since": "yesterday", "page": "-1", "until": "2026-02-30", "other": "x"}
    assert QueueFilter.of(odd) == QueueFilter()
    assert QueueFilter.of({"page": "9" * 50}) == QueueFilter()


def test_every_call_is_read_back_with_its_own_facts(many, calls):
    """The row in its part, the findings of its own, from whichever part."""
    snapshot = many.snapshot()
    by_id = {c.call_id: c for c in calls}
    for row in range(0, 600, 37):
        detail = many.call(snapshot, row)
        expected = by_id[snapshot.table["call_id"][row].as_py()]
        assert detail.call.recording.uri == expected.recording.uri
        kept = detail.call.judgement.findings if detail.call.judgement else ()
        assert [f.rule for f in kept] == [f.rule for f in (expected.judgement.findings if expected.judgement else ())]
        of_call = snapshot.findings.of_call(row)
        assert sorted(detail.finding_ids) == sorted(snapshot.findings.ids[of_call.start : of_call.stop].to_pylist())


def test_a_rescan_is_seen_without_a_restart(tmp_path, monkeypatch):
    """The newest row of a recording takes the place of the old one, and a call's key stays the same."""
    store = Store(str(tmp_path))
    store.write_part([heard_call("/a.wav", findings=(finding(),))], name="1", scan_date=date(2026, 4, 1))
    archive = Archive(str(tmp_path), secret=SECRET)
    old = archive.snapshot()
    from dataclasses import replace
    from datetime import timedelta

    later = replace(SCAN, scan_id="scan-2", scanned_at=SCAN.scanned_at + timedelta(days=1))
    again = heard_call("/a.wav", findings=(finding(), card_finding()), scan=later)
    store.write_part([again], name="2", scan_date=date(2026, 4, 2))
    monkeypatch.setattr(archive, "_looked_at", -100.0)
    new = archive.snapshot()
    assert len(new) == 1
    assert new.keys == old.keys
    assert set(old.findings.ids.to_pylist()) < set(new.findings.ids.to_pylist())
    assert archive.call(new, 0).call.scan.scan_id == "scan-2"


def test_keys_tell_nothing_of_file_names(many):
    """Another database has other keys: they cannot be made from a number by whoever knows the naming."""
    other = Archive(many.store.out, secret=b"o" * 32)
    assert not set(many.snapshot().keys) & set(other.snapshot().keys)


def test_a_call_is_found_after_its_part_was_folded_into_another(tmp_path, browser_of, app):
    """A compaction while somebody works does not stop them."""
    store = Store(str(tmp_path / "own"))
    call = heard_call("/a.wav", findings=(finding(),))
    store.write_part([call], name="small", scan_date=date(2026, 4, 1))
    site = app.state.site
    object.__setattr__(site, "archive", Archive(str(tmp_path / "own"), secret=SECRET))
    rita = browser_of("rita")
    key = rita.key_of("call-1")
    store.write_part([call], name="large", scan_date=date(2026, 4, 1))
    for table in ("calls", "findings"):
        (tmp_path / "own" / table / "scan_date=2026-04-01" / "part-small.parquet").unlink()
    answer = rita.get(f"/calls/{key}")
    assert answer.status_code == 200
    assert "Recording notice not heard" in answer.text
