import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UserError
from scanner.evaluate import LabelledCall, LabelledSpan, Score, evaluate, read_truths, scanned_call, wilson
from scanner.transcript import Span

TRUTH = LabelledCall(
    "c1",
    "violation",
    frozenset({"card_number_recorded"}),
    False,
    (LabelledSpan("recording", "company", Span(5, 7)),),
    (
        LabelledSpan("CREDIT_CARD", "customer", Span(30, 40)),
        LabelledSpan("PERSON", "company", Span(1, 2), optional=True),
    ),
)


def scored(**changes):
    return evaluate([TRUTH], {"c1": replace(TRUTH, **changes)})


def test_a_scan_that_says_the_truth_is_right_in_everything():
    """The truth compared with itself has no error."""
    result = scored()
    assert result.verdicts_right == result.training_right == 1
    assert result.wrong == ()
    assert result.disclosures["recording"] == Score(1, 1, 1, 1)
    assert result.personal_data == {"CREDIT_CARD": Score(1, 1, 1, 1)}


def test_a_violating_call_called_compliant_is_named():
    """The worst error is listed by call."""
    result = scored(verdict="compliant", violations=frozenset())
    assert result.violating_called_compliant == ("c1",)
    assert result.wrong[0].missed_rules == ("card_number_recorded",)
    assert result.rules["card_number_recorded"] == Score(1, 0, 0, 0)


@pytest.mark.parametrize(
    ("heard", "score"),
    [
        (LabelledSpan("recording", "company", Span(8.9, 10)), Score(1, 1, 1, 1)),  # within two seconds
        (LabelledSpan("recording", "company", Span(9.1, 10)), Score(1, 0, 1, 0)),  # too late
        (LabelledSpan("recording", "customer", Span(5, 7)), Score(1, 0, 1, 0)),  # the other side
    ],
)
def test_a_disclosure_is_matched_by_kind_side_and_time(heard, score):
    """Kind, side and time must all agree."""
    assert scored(disclosures=(heard,)).disclosures["recording"] == score


@pytest.mark.parametrize(
    ("spans", "score"),
    [
        ([Span(30, 34.4)], Score(1, 0, 1, 1)),  # right, but covers less than half
        ([Span(30, 33), Span(36, 40)], Score(1, 1, 2, 2)),  # two pieces together
        ([Span(50, 60)], Score(1, 0, 1, 0)),
        ([], Score(1, 0, 0, 0)),
    ],
)
def test_a_value_is_found_when_half_of_it_is_covered(spans, score):
    """Pieces of a value count together."""
    seen = tuple(LabelledSpan("CREDIT_CARD", "customer", s) for s in spans)
    assert scored(personal_data=seen).personal_data["CREDIT_CARD"] == score


def test_an_optional_value_is_neither_missed_nor_false():
    """An agent's own name may be found or not."""
    assert "PERSON" not in scored(personal_data=TRUTH.personal_data).personal_data


def test_a_call_that_was_not_scanned_is_absent_and_counts_as_missed():
    """What was not looked at is not right."""
    result = evaluate([TRUTH], {})
    assert result.absent == ("c1",)
    assert result.verdicts_right == 0
    assert result.rules["card_number_recorded"].recall == 0


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(right, more):
    """A confidence interval lies in 0 to 1 and around its share."""
    total = right + more
    low, high = wilson(right, total)
    assert 0 <= low <= right / total <= high <= 1


def test_an_interval_is_the_published_one():
    """Wilson's interval for 9 of 10, as statistics texts print it."""
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(0, 0) is None


def test_rows_become_what_a_scan_says():
    """Observations are found data but no violation, and a value reported by two rules counts once."""
    row = {"call_id": "c1", "verdict": "compliant", "training_eligible": True, "disclosures": None}
    card = {
        "category": "personal_data",
        "entity_type": "CREDIT_CARD",
        "speaker": "customer",
        "start_s": 1.0,
        "end_s": 2.0,
    }
    said = scanned_call(
        row,
        [
            {**card, "rule": "personal_data_recorded", "status": "observation"},
            {**card, "rule": "x", "status": "violation"},
        ],
    )
    assert said.violations == {"x"}
    assert len(said.personal_data) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("{}", "expected: missing"), ('{"call_id": "c", "expected": 3}', "truth format")],
)
def test_a_bad_truth_names_its_file(tmp_path, text, message):
    """A person can find and mend the file."""
    (tmp_path / "x.truth.json").write_text(text)
    with pytest.raises(UserError, match=rf"x\.truth\.json: .*{message}"):
        read_truths(tmp_path)


def test_truths_are_read(tmp_path):
    """Agents and IVR are one side; optional items are kept as such."""
    raw = {
        "call_id": "c1",
        "expected": {"verdict": "compliant", "violations": [], "training_eligible": False},
        "disclosures": [{"kind": "recording", "speaker": "agent2", "start_s": 1, "end_s": 2}],
        "personal_data": [{"entity_type": "PERSON", "speaker": "agent", "start_s": 1, "end_s": 2, "optional": True}],
    }
    (tmp_path / "c1.truth.json").write_text(json.dumps(raw))
    (truth,) = read_truths(tmp_path)
    assert truth.disclosures == (LabelledSpan("recording", "company", Span(1, 2)),)
    assert truth.personal_data[0].optional


def test_a_folder_without_truths_is_refused(tmp_path):
    """Nothing to compare with is an error, not a perfect score."""
    with pytest.raises(UserError, match=r"no \*\.truth\.json"):
        read_truths(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        read_truths(tmp_path / "nowhere")
