"""What happens in a call beside disclosures: endings, a stopped recorder, automated voices, holds."""

from __future__ import annotations

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.dialogue import parse_dialogue


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("agent: I'll have to end the call then.", "call_ending"),
        ("agent: I can't continue without it, have a nice day, goodbye.", "call_ending"),
        ("agent: I'll call you back from a line that isn't recorded.", "call_ending"),
        ("agent: Fair enough, let's leave it there, and you write to us.", "call_ending"),
        ("agent: We're hanging up then.", "call_ending"),
        ("agent: I see, so we can't continue any further on this line.", "call_ending"),
        ("agent: I've stopped the recording.", "recording_stopped"),
        ("agent: Okay, the recording is off.", "recording_stopped"),
        ("agent: I've paused the recording, go ahead with the card.", "recording_stopped"),
        ("system: Hi, I'm Nova, a virtual assistant.", "virtual_agent"),
        ("system: You're speaking with an automated agent.", "virtual_agent"),
        ("agent: Please hold while I check.", "hold"),
    ],
)
def test_events(line, event):
    """Endings, a stopped recorder, automated voices and holds are events."""
    assert event in [e.kind for e in hear_disclosures(parse_dialogue(line)).events]


def test_a_call_back_after_a_refusal_ends_the_call():
    """Of any other call back nobody can tell when it will be."""
    call_back = "agent: Then let me call you right back."
    assert [e.kind for e in hear_disclosures(parse_dialogue(call_back)).events] == []
    refused = f"system: Calls are recorded.\ncustomer: Please stop the recording.\n{call_back}"
    assert [e.kind for e in hear_disclosures(parse_dialogue(refused)).events] == ["call_ending"]


@pytest.mark.parametrize(
    "line",
    [
        "agent: I can stop the recording if you like.",
        "agent: Would you like me to end the call?",
        "agent: My assistant will help you.",
        "agent: Thanks for holding.",
        "agent: We can't turn the recording off.",
        "agent: If you hang up we'll call the first number.",
        "agent: Let's stop the leak first.",
        "agent: Our website has a virtual assistant.",
        "customer: I'm a robot before coffee.",
        "customer: Goodbye.",
        "agent: I am not a robot.",
        "agent: The camera's recording is off.",
        "agent: How can I help you today?",
    ],
)
def test_no_events(line):
    """Offers, other people's assistants and thanks are no events; only the company's side makes them."""
    assert hear_disclosures(parse_dialogue(line)).events == ()


def test_switched_off_is_a_denial_and_an_event():
    """ "I've stopped the recording" is heard as both; which counts is for the judge."""
    heard = hear_disclosures(parse_dialogue("agent: I've stopped the recording."))
    assert [d.kind for d in heard.disclosures] == ["recording_denied"]
    assert [e.kind for e in heard.events] == ["recording_stopped"]
