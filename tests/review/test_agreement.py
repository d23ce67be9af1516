from dataclasses import replace

import pytest
from test_decisions import entry

from scanner.review.agreement import by_confidence, by_rule, standing


def decided(number, choice, *, rule="poor_audio", month="2026-03", confidence=0.9, undoes=None):
    made = entry(number, choice, undoes)
    return replace(
        made, finding_id=f"f{number}", rule=rule, at=f"{month}-05T00:00:00.000000Z", machine_confidence=confidence
    )


def test_only_the_decision_in_force_counts():
    """One for each finding: not the one that was taken back, not the one before it."""
    first = decided(1, "confirmed")
    entries = [
        first,
        replace(decided(2, "false_alarm"), finding_id="f1"),
        replace(decided(3, "undone", undoes=2), finding_id="f1"),
    ]
    assert [d.id for d in standing(entries)] == [1]


@pytest.mark.parametrize(
    ("choices", "right", "wrong", "share"),
    [
        ([], None, None, None),
        (["confirmed"], 1, 0, 1.0),
        (["fixed", "false_alarm"], 1, 1, 0.5),  # what was mended was real
        (["needs_legal"], 0, 0, None),  # says nothing yet
        (["confirmed", "needs_legal", "false_alarm", "false_alarm", "confirmed"], 2, 2, 0.5),
    ],
)
def test_agreement_is_the_share_of_real_among_judged(choices, right, wrong, share):
    """Open questions are neither right nor wrong."""
    found = by_rule([decided(i, c) for i, c in enumerate(choices)])
    if right is None:
        assert found == []
    else:
        assert (found[0].right, found[0].wrong, found[0].share) == (right, wrong, share)


@pytest.mark.parametrize(
    ("right", "wrong", "low", "high"),
    [(1, 0, 0.207, 1.0), (0, 1, 0.0, 0.793), (8, 2, 0.490, 0.943), (90, 10, 0.826, 0.945)],
)
def test_few_decisions_allow_to_say_little(right, wrong, low, high):
    """Wilson's interval, as in its textbook tables."""
    choices = ["confirmed"] * right + ["false_alarm"] * wrong
    interval = by_rule([decided(i, c) for i, c in enumerate(choices)])[0].interval
    assert interval == pytest.approx((low, high), abs=0.001)


def test_change_over_time_is_by_month():
    """In order, with what was right and wrong in each."""
    entries = [
        decided(1, "false_alarm", month="2026-01"),
        decided(2, "confirmed", month="2026-03"),
        decided(3, "confirmed", month="2026-01"),
    ]
    assert by_rule(entries)[0].by_month == (("2026-01", 1, 1), ("2026-03", 1, 0))


def test_confidence_is_held_to_what_it_promises():
    """Of what is marked 0.9, nine in ten should be real: the ranges show whether they are."""
    entries = [
        decided(i, "confirmed" if i % 4 else "false_alarm", confidence=c)
        for i, c in enumerate((0.95, 0.9, 0.7, 0.899, 0.3, 1.0))
    ]
    assert {a.name: a.judged for a in by_confidence(entries)} == {"0.0 to 0.5": 1, "0.7 to 0.9": 2, "0.9 to 1.0": 3}


def test_the_page_shows_it(browser_of):
    """After a decision its rule is there, for viewers as well."""
    from test_attacks import finding_of

    rita = browser_of("rita")
    assert "Nothing has been decided yet" in rita.get("/agreement").text
    key = rita.key_of("call-1")
    rita.post(f"/calls/{key}/decide", {"finding": finding_of(rita, key), "choice": "false_alarm", "seen": "0"})
    page = browser_of("vera").get("/agreement").text
    assert "Recording denied" in page
    assert "0 of 1" in page
