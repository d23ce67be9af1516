"""What may train AI models, and what must be taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scanner.detections import Disclosure
from scanner.training import OptOut, TrainingRecord, eligible_now, opt_outs_heard, withdrawals


def day(n):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n)


def record(call="a", *, caller="anna", on=10, judged=11, eligible=True):
    return TrainingRecord(call, f"sha-{call}", caller, None if on is None else day(on), day(judged), eligible, "us")


ANNA_OUT = OptOut("anna", day(20))


def test_eligible_without_opt_out():
    """Eligible calls are listed; ineligible ones, and calls by those who opted out, are not."""
    records = [record("a"), record("b", caller="ben"), record("c", eligible=False), record("d", caller=None)]
    assert [e.record.call_id for e in eligible_now(records)] == ["a", "b", "d"]
    assert [e.record.call_id for e in eligible_now(records, [ANNA_OUT])] == ["b", "d"]


def test_only_the_newest_judgement_counts():
    """A call judged again is what its newest judgement says, in whichever order the rows come."""
    records = [record(judged=30, eligible=False), record(judged=11)]
    assert eligible_now(records) == ()
    (found,) = eligible_now([replace(records[0], eligible=True), replace(records[1], eligible=False)])
    assert found.record.judged_at == found.eligible_from == day(30)


def test_call_before_the_opt_out_is_taken_back():
    """What was eligible before the opt-out is listed, with from when and that it still is."""
    (found,) = withdrawals([record(on=10, judged=11)], [ANNA_OUT])
    assert (found.eligible_from, found.eligible_until, found.before_opt_out) == (day(11), None, True)


def test_call_that_is_no_longer_eligible_is_still_taken_back():
    """A model may have learned from it while it was: the end of that time is told."""
    history = [
        record(judged=11),
        record(judged=15),
        record(judged=25, eligible=False),
        record(judged=30, eligible=False),
    ]
    (found,) = withdrawals(history, [ANNA_OUT])
    assert (found.eligible_from, found.eligible_until) == (day(11), day(25))
    assert found.record.judged_at == day(30)


def test_call_after_the_opt_out_should_never_have_been_eligible():
    """A call after the opt-out that was judged without knowing of it is listed as such; an undated one is left open."""
    assert withdrawals([record(on=21)], [ANNA_OUT])[0].before_opt_out is False
    assert withdrawals([record(on=20)], [ANNA_OUT])[0].before_opt_out is False
    assert withdrawals([record(on=None)], [ANNA_OUT])[0].before_opt_out is None


def test_nobody_elses_call_is_taken_back():
    """Other callers, unknown callers and calls that never were eligible stay out of the list."""
    records = [record("b", caller="ben"), record("c", caller=None), record("d", eligible=False)]
    assert withdrawals(records, [ANNA_OUT]) == ()
    assert withdrawals([record()], []) == ()


def test_earliest_opt_out_counts():
    """A caller who opted out twice did so the first time."""
    outs = [OptOut("anna", day(20)), OptOut("anna", day(5), "call"), OptOut("anna", day(9))]
    (found,) = withdrawals([record(on=10)], outs)
    assert (found.opt_out.at, found.before_opt_out) == (day(5), False)


def test_eligible_since_the_last_break():
    """Not since the first time, when it was ineligible in between."""
    history = [record(judged=11), record(judged=12, eligible=False), record(judged=15), record(judged=20)]
    assert eligible_now(history)[0].eligible_from == day(15)


def judged(day_, policy, *, eligible, heard_as="1"):
    return replace(record(judged=day_, eligible=eligible), policy_sha256=policy, heard_as=heard_as)


def test_a_policy_changed_later_covers_no_earlier_call():
    """Eligible on the same facts only because another policy replaced the first: marked. Nothing else is."""
    changed = [judged(11, "old", eligible=False), judged(20, "new", eligible=True)]
    assert eligible_now(changed)[0].later_policy
    assert eligible_now([*changed, judged(30, "newer", eligible=True)])[0].later_policy
    for unmarked in (
        [judged(11, "old", eligible=True)],
        [judged(11, "old", eligible=True), judged(20, "new", eligible=True)],
        [judged(11, "old", eligible=True), judged(20, "strict", eligible=False), judged(30, "old", eligible=True)],
        [judged(11, "old", eligible=False), judged(20, "old", eligible=True)],  # a mistake of the scanner was mended
        [judged(11, "old", eligible=False), judged(20, "new", eligible=True, heard_as="2")],  # or heard better
    ):
        assert not eligible_now(unmarked)[0].later_policy


def test_a_failed_rescan_does_not_hide_whose_it_is():
    """What is known of a recording outlives a row that knows nothing; the newest that knows something counts."""
    history = [record(judged=11), replace(record(judged=30, eligible=False), caller=None, started_at=None)]
    (found,) = withdrawals(history, [ANNA_OUT])
    assert (found.before_opt_out, found.eligible_until) == (True, day(30))
    corrected = [record(judged=11), record(judged=12, caller="ben")]
    assert withdrawals(corrected, [ANNA_OUT]) == ()
    assert len(withdrawals(corrected, [OptOut("ben", day(20))])) == 1


def test_a_copy_without_metadata_is_taken_back_too():
    """The same bytes are the same recording, wherever they lie."""
    copy = replace(record("b", caller=None), recording_sha256="sha-a", recording_uri="/copies/b.wav")
    assert [w.record.call_id for w in withdrawals([record(), copy], [ANNA_OUT])] == ["a", "b"]
    assert eligible_now([record(), copy], [ANNA_OUT]) == ()
    other = replace(copy, recording_sha256="sha-b")
    assert [w.record.call_id for w in withdrawals([record(), other], [ANNA_OUT])] == ["a"]


def said(kind="opt_out_requested", speaker="customer", confidence=0.9):
    return Disclosure(kind, speaker, 30.0, 33.0, confidence)


def test_opt_outs_that_a_call_shows():
    """A call's metadata and the caller's own words in it are dated opt-outs."""
    found = list(opt_outs_heard("anna", day(3), day(1), [said()], at_least=0.6))
    assert found == [OptOut("anna", day(1), "metadata"), OptOut("anna", day(3) + timedelta(seconds=30), "call")]


def test_opt_outs_that_a_call_does_not_show():
    """The agent's words, offers, uncertain hearings, unknown callers and undated calls are none."""
    quiet = [said(speaker="agent"), said("opt_out_offered", "agent"), said(confidence=0.4), said("consent_granted")]
    assert list(opt_outs_heard("anna", day(3), None, quiet, at_least=0.6)) == []
    assert list(opt_outs_heard(None, day(3), day(1), [said()], at_least=0.6)) == []
    assert list(opt_outs_heard("anna", None, None, [said()], at_least=0.6)) == []


records = st.builds(
    record,
    st.sampled_from("abc"),
    caller=st.sampled_from(["anna", "ben", None]),
    on=st.sampled_from([None, 1, 15, 25]),
    judged=st.integers(1, 40),
    eligible=st.booleans(),
)


@given(st.lists(records, max_size=12), st.lists(st.builds(OptOut, st.sampled_from(["anna", "ben"]), st.just(day(20)))))
def test_nothing_is_both_listed_and_taken_back(history, outs):
    """What is to be taken back is not on the list, and what leaves the list by an opt-out is taken back."""
    listed = {(e.record.call_id, e.record.recording_sha256) for e in eligible_now(history, outs)}
    back = {(w.record.call_id, w.record.recording_sha256) for w in withdrawals(history, outs)}
    assert not listed & back
    assert {(e.record.call_id, e.record.recording_sha256) for e in eligible_now(history)} <= listed | back
