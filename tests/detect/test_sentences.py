"""Where one sentence of a speaker ends and the next begins, as the recogniser writes or fails to write it."""

from __future__ import annotations

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.sentences import sentences_of
from scanner.dialogue import parse_dialogue


def said_by(speaker: str, dialogue: str) -> list[str]:
    return [s.text for s in sentences_of(parse_dialogue(dialogue)) if s.speaker == speaker]


@pytest.mark.parametrize("question", ["could i have your policy number please", "would you be all right with that"])
def test_without_capitals_an_answer_ends_the_question(question):
    """Neither mark nor capital tells that the sentence is over; the other side's answer does."""
    call = f"""
        0:01 agent: {question}
        0:05 customer: it is seven two two nine oh one
        0:10 agent: thanks and just so you know this call is recorded
    """
    assert len(said_by("agent", call)) == 2
    notice = next(d for d in hear_disclosures(parse_dialogue(call)).disclosures if d.kind == "recording")
    assert notice.start_s >= 10.0


def test_a_short_word_of_the_other_side_cuts_no_sentence():
    """“This call is – hello? – recorded” is one notice."""
    call = """
        0:01 agent: just so you know this call is
        0:03 customer: hello
        0:05 agent: recorded for quality
    """
    assert len(said_by("agent", call)) == 1
