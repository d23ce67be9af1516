from dataclasses import replace

from scanner.findings import Finding, finding_ids

CARD = Finding(
    "card_number_recorded",
    "personal_data",
    "violation",
    "critical",
    0.9,
    "heard",
    "PCI DSS",
    "customer",
    10.0,
    14.0,
    "CREDIT_CARD",
    "aa",
)
OTHER = replace(CARD, start_s=20.0, end_s=25.0, value_hmac="bb")


def test_a_finding_keeps_its_id_when_its_seconds_move():
    """Another speech model moves times, and the finding is still the same."""
    moved = replace(CARD, start_s=10.4, end_s=14.9, confidence=0.7, explanation="other words")
    assert finding_ids("f00", (CARD, OTHER)) == finding_ids("f00", (moved, OTHER))


def test_order_of_findings_does_not_matter():
    """The same findings in another order have the same ids."""
    assert finding_ids("f00", (CARD, OTHER)) == finding_ids("f00", (OTHER, CARD))[::-1]


def test_the_same_value_twice_is_two_findings():
    """A number said twice has two ids, in the order of time."""
    again = replace(CARD, start_s=40.0, end_s=44.0)
    first, second = finding_ids("f00", (CARD, again))
    assert first != second
    assert finding_ids("f00", (CARD,)) == (first,)


def test_other_recordings_rules_and_types_have_other_ids():
    """The recording, the rule and the type each make another finding."""
    variants = [
        ("f00", CARD),
        ("f01", CARD),
        ("f00", replace(CARD, rule="personal_data_recorded")),
        ("f00", replace(CARD, entity_type="US_SSN")),
    ]
    assert len({finding_ids(sha, (f,))[0] for sha, f in variants}) == len(variants)
