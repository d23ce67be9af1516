"""States, numbers and whose law holds."""

from datetime import UTC, date, datetime

import pytest

from scanner.calls import CallInfo
from scanner.jurisdiction import jurisdiction_of, region_of_number, region_of_state
from scanner.policy import Policy, load_policy

US = load_policy()


def policy(**changes):
    return Policy.model_validate({**US.model_dump(by_alias=True), **changes})


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("CA", "US-CA"),
        ("ca", "US-CA"),
        ("US-CA", "US-CA"),
        ("us_ca", "US-CA"),
        ("California", "US-CA"),
        (" new  york ", "US-NY"),
        ("Washington", "US-WA"),
        ("Washington State", "US-WA"),
        ("Washington, D.C.", "US-DC"),
        ("D.C.", "US-DC"),
        ("West Virginia", "US-WV"),
        ("PR", "US-PR"),
        ("CA-ON", "CA-ON"),
        ("GB-ENG", "GB-ENG"),
        ("US", "US"),
        ("XX", None),
        ("US-XX", None),
        ("Ontario", None),
        ("California dreaming", None),
        ("94103", None),
        ("", None),
    ],
)
def test_state_as_people_write_it(text, region):
    """Abbreviation, name and ISO code are one state; anything else is none."""
    assert region_of_state(text) == region


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+14155550145", "US-CA"),
        ("(305) 555-0188", "US-FL"),
        ("1-206-555-0148", "US-WA"),
        ("+12025550100", "US-DC"),
        ("+13125550155", "US-IL"),
        ("+14455550100", "US-PA"),
        ("+17875550100", "US-PR"),
        ("+14165550100", "CA"),
        ("+442079460000", "GB"),
        ("+18005550100", None),
        ("555-0145", None),
        ("911", None),
        ("not a number", None),
        ("", None),
    ],
)
def test_area_code(number, region):
    """The area code tells the state; toll-free, short and unreadable numbers tell nothing."""
    assert region_of_number(number) == region


def test_no_state_is_taken_for_another_one():
    """Every all-party state's name is its own code, and its abbreviation too."""
    for code, jurisdiction in US.jurisdictions.items():
        assert region_of_state(jurisdiction.name) == code
        assert region_of_state(code[3:]) == code


@pytest.mark.parametrize(
    ("state", "number", "code", "source", "regime"),
    [
        ("CA", None, "US-CA", "metadata", "all_party"),
        ("TX", None, "US-TX", "metadata", "one_party"),
        ("OR", "+14155550123", "US-OR", "metadata", "one_party"),
        ("CA", "+12145550123", "US-CA", "metadata", "all_party"),
        (None, "+14155550123", "US-CA", "phone_number", "all_party"),
        (None, "+12145550123", "US", "default", "all_party"),
        (None, "+18005550123", "US", "default", "all_party"),
        (None, "+442079460000", "US", "default", "all_party"),
        (None, None, "US", "default", "all_party"),
        ("US", "+14155550123", "US-CA", "phone_number", "all_party"),
        ("PR", None, "US-PR", "metadata", "all_party"),
        ("CA-ON", None, "CA-ON", "metadata", "all_party"),
    ],
)
def test_whose_law(state, number, code, source, regime):
    """The stated state decides, else an all-party area code; an area code never makes a call one-party."""
    found = jurisdiction_of(CallInfo(caller_state=state, caller_number=number), US)
    assert (found.code, found.source, found.regime) == (code, source, regime)


def test_stored_region_stands_for_the_number():
    """A stored call has the area code's region and no number, and is judged alike."""
    assert jurisdiction_of(CallInfo(caller_region="US-FL"), US).code == "US-FL"
    assert jurisdiction_of(CallInfo(caller_region="US-TX"), US).regime == "all_party"


def test_area_code_may_raise_by_policy():
    """Where the policy says so, an all-party area code makes a call from a one-party state all-party, never the reverse."""
    raising = policy(area_code_raises=True)
    found = jurisdiction_of(CallInfo(caller_state="TX", caller_number="+14155550123"), raising)
    assert (found.code, found.source, found.regime) == ("US-CA", "phone_number", "all_party")
    assert jurisdiction_of(CallInfo(caller_state="CA", caller_number="+12145550123"), raising).code == "US-CA"
    assert jurisdiction_of(CallInfo(caller_state="TX", caller_number="+12125550123"), raising).code == "US-TX"


@pytest.mark.parametrize(
    ("company", "caller", "code", "source"),
    [
        (["US-CA"], "TX", "US-CA", "default"),
        (["US-TX"], "CA", "US-CA", "metadata"),
        (["US-TX"], "NY", "US-NY", "metadata"),
        (["US-CA"], "FL", "US-FL", "metadata"),
        (["US-CA"], None, "US-CA", "default"),
        (["US-TX"], None, "US", "default"),
        (["US-TX", "US-WA"], "NY", "US-WA", "default"),
    ],
)
def test_strictest_of_the_parties(company, caller, code, source):
    """The strictest law among the caller's and the company's states holds (Kearney)."""
    found = jurisdiction_of(CallInfo(caller_state=caller), policy(operates_from=company))
    assert (found.code, found.source) == (code, source)


@pytest.mark.parametrize(
    ("day", "regime", "statute"),
    [
        (date(1999, 12, 31), "all_party", US.unknown_jurisdiction.statute),
        (date(2000, 1, 1), "one_party", "old"),
        (date(2019, 12, 31), "one_party", "old"),
        (date(2020, 1, 1), "all_party", "new"),
        (date(2030, 6, 1), "one_party", "newest"),
        (None, "all_party", "new"),
    ],
)
def test_law_in_force_on_the_day_of_the_call(day, regime, statute):
    """The newest version in force counts; before the first one, and on an unknown day, the strictest assumption."""
    laws = [
        {"consent": "all_party", "statute": "new", "effective": "2020-01-01"},
        {"consent": "one_party", "statute": "old", "effective": "2000-01-01"},
        {"consent": "one_party", "statute": "newest", "effective": "2030-06-01"},
    ]
    versions = policy(jurisdictions={"US-TX": {"name": "Texas", "laws": laws}})
    started_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    found = jurisdiction_of(CallInfo(caller_state="TX", started_at=started_at), versions)
    assert (found.regime, found.statute) == (regime, statute)


def test_state_that_the_policy_does_not_know_is_strict():
    """A state without an entry is judged as an unknown one, under its own code."""
    only_texas = policy(jurisdictions={"US-TX": US.jurisdictions["US-TX"].model_dump()})
    found = jurisdiction_of(CallInfo(caller_state="NY"), only_texas)
    assert (found.code, found.regime) == ("US-NY", "all_party")
