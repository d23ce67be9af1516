from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from test_store import DAY, NOON, make_call, make_failed

from scanner.findings import Finding
from scanner.report import Summary, sections, summarize
from scanner.store import Store


def judged(uri, verdict, *findings, agent=None, state="US-CA", at=NOON, scan_id="scan-1"):
    call = make_call(uri, verdict=verdict, at=at, scan_id=scan_id)
    judgement = replace(call.judgement, findings=findings, jurisdiction=state)
    return replace(call, judgement=judgement, info=replace(call.info, agent_id=agent))


def finding(rule="missing_recording_disclosure", status="violation", severity="high"):
    return Finding(rule, "consent", status, severity, 0.9, "Not heard.", "statute")


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path))
    made.prepare()
    return made


def test_calls_and_findings_are_counted_in_their_newest_state(store):
    """A call judged again counts once, with the findings of its newest row alone."""
    before = judged("/a.wav", "violation", finding(), finding("card_number_recorded", severity="critical"), agent="ana")
    later = judged("/a.wav", "compliant", agent="ana", at=NOON + timedelta(days=1), scan_id="scan-2")
    other = judged("/b.wav", "violation", finding(severity="medium"), finding(severity="high"), state="US-TX")
    store.write_part([before, other, make_failed("/c.wav")], name="1", scan_date=DAY)
    assert summarize(store).verdicts == {"violation": 2, "failed": 1}
    store.write_part([later], name="2", scan_date=DAY)
    found = summarize(store)
    assert (found.calls, found.audio_s) == (3, 4.0)
    assert found.verdicts == {"compliant": 1, "violation": 1, "failed": 1}
    assert [(r.rule, r.severity, r.findings, r.calls) for r in found.rules] == [
        ("missing_recording_disclosure", "high", 2, 1)
    ]
    assert found.jurisdictions == {
        "US-CA": Counter(compliant=1),
        "US-TX": Counter(violation=1),
        "not judged": Counter(failed=1),
    }
    assert found.agents == {"ana": Counter(compliant=1), "unknown": Counter(violation=1, failed=1)}
    assert found.failures == {"killed": 1}


def test_what_must_be_looked_at_comes_first(store):
    """Rules by status and severity; agents by violations, and the rest in one row."""
    calls = [judged(f"/{i}.wav", "violation", finding(), agent=f"agent-{i:02}") for i in range(25)]
    worst = judged(
        "/x.wav",
        "violation",
        finding("personal_data_recorded", "observation", "low"),
        finding("no_speech", "needs_review", "critical"),
        finding("card_number_recorded", severity="critical"),
        agent="zoe",
    )
    more = judged("/y.wav", "violation", agent="zoe")
    store.write_part([*calls, worst, more], name="1", scan_date=DAY)
    shown = {s.heading: s for s in sections(summarize(store))}
    assert [r[:2] for r in shown["Rules"].rows] == [
        ("card_number_recorded", "violation"),
        ("missing_recording_disclosure", "violation"),
        ("no_speech", "needs_review"),
        ("personal_data_recorded", "observation"),
    ]
    agents = shown["Agents"].rows
    assert (len(agents), agents[0][:3], agents[-1][:3]) == (21, ("zoe", "2", "2"), ("6 more", "6", "6"))
    assert shown["Verdicts"].rows == (("violation", "27", "100.0 %"),)
    assert "Failures" not in shown


def test_an_empty_folder_has_nothing_to_show(store):
    """No division by no calls."""
    found = summarize(store)
    assert found == Summary(0, 0.0, 0, Counter(), (), {}, {}, Counter())
    assert sections(found) == ()
