"""Denials: of this call by the company, or of a device, another place, other people."""

from __future__ import annotations

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.learned import COUNTED
from scanner.dialogue import parse_dialogue


def denials(dialogue: str) -> list[float]:
    heard = hear_disclosures(parse_dialogue(dialogue.replace(" / ", "\n"))).disclosures
    return [d.confidence for d in heard if d.kind == "recording_denied"]


@pytest.mark.parametrize(
    "call",
    [
        "customer: The baby cam shows a red dot. / agent: Red means it isn't recording.",
        "customer: My dash cam died. / agent: So it wasn't plugged in? Then it isn't recording.",
        "customer: Our camera quit last night. / agent: And the lens? / customer: Dirty. / agent: That one is not recording then.",
        "customer: Is this a recording? / agent: No, it's really me.",
        "customer: Is this one of those recorded announcements? / agent: No ma'am, I'm a person.",
        "agent: We're taped, and AI learns from it. / customer: Not my call, no AI for me. / agent: I've switched that off.",
        "agent: Ask the Elm Street store, they don't have recordings.",
        "agent: Weekend calls are not recorded, that is the owner's own phone.",
        "agent: The warehouse doesn't record, nobody answers over there anyway.",
    ],
)
def test_what_others_and_devices_do_not_record_is_no_denial(call):
    """It says nothing of this call."""
    assert denials(call) == []


@pytest.mark.parametrize(
    "call",
    [
        "agent: You could stop by the shop instead, where nothing is recorded.",
        "agent: They scan the letters at the branch and we don't keep the films.",
        "customer: Is this recorded? / agent: No, the video is, but the phone isn't.",
    ],
)
def test_a_denial_that_may_be_of_something_else_is_a_perhaps(call):
    """A person must listen; it accuses nobody."""
    assert all(confidence < COUNTED for confidence in denials(call))


@pytest.mark.parametrize(
    "call",
    [
        "customer: My camera broke. / agent: Oh no. / customer: And is this call recorded? / agent: No, it isn't.",
        "customer: Your doorbell films me, and you tape me too? / agent: We don't tape our calls.",
        "agent: They tape everything over in billing, we don't record our calls at all.",
        "agent: AI learns from our calls. / customer: No AI for me. / agent: Sure, and the recording is off too.",
        "customer: Are you recording this? / agent: No sir, nobody is recording.",
    ],
)
def test_a_denial_beside_other_things_is_one(call):
    """Whoever asked about this call, and whoever speaks of "us", means this call."""
    assert [c for c in denials(call) if c >= COUNTED]
