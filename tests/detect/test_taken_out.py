"""Marks that stand for what somebody took out of a transcript."""

import pytest

from scanner.calls import CallInfo
from scanner.detect.taken_out import taken_out
from scanner.dialogue import parse_dialogue
from scanner.masking import HashKey, mask_transcript, masked_facts
from scanner.policy import load_policy
from scanner.scan import CallFile, Detectors, HeardWords, judged_call


class Nothing:
    def detect(self, transcript):
        return ()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("0:01 customer: It is [CREDIT_DEBIT_NUMBER].", ["CREDIT_CARD"]),
        ("0:01 customer: It is <CREDIT_CARD>", ["CREDIT_CARD"]),
        ("0:01 customer: It is [SSN].", ["US_SSN"]),
        ("0:01 agent: The card number?\n0:05 customer: [PII] [PII] [PII] [PII]", ["CREDIT_CARD"]),
        ("0:01 agent: And the security code of the card?\n0:05 customer: It is [PII].", ["CREDIT_CARD_CVV"]),
        ("0:01 agent: Your card, please.\n0:05 customer: It is **** **** ****", ["CREDIT_CARD"]),
        ("0:01 agent: Hi, this is [PII] speaking.", []),
        ("0:01 agent: Your card will arrive soon.\n1:05 customer: My name is [PII].", []),
        ("0:01 customer: I was on [HOLD] with a card.", []),
    ],
)
def test_marks(said, found):
    """A type that is named is believed; one that is not is a card only where cards are spoken of."""
    assert [v.entity_type for v in taken_out(parse_dialogue(said))] == found


def test_a_redacted_card_needs_review():
    """Neither is the call cleared because its number was taken out, nor is it said that the number was complete."""
    transcript = parse_dialogue(
        """
        0:00 agent: Hi, this is Priya with Harbor Dental, this call is recorded. How can I help?
        0:07 customer: I would like to pay by card, please.
        0:11 agent: Sure, what is the number?
        0:14 customer: It is [PII].
        """
    )
    heard = HeardWords(transcript, taken_out(transcript), (), None, "unknown")
    detectors = Detectors(Nothing(), HashKey(b"0" * 16))
    file = CallFile("x", "0" * 64, 20.0, "transcript:srt")
    judged = judged_call(
        file, heard, CallInfo(caller_state="US-TX"), policy=load_policy(), detectors=detectors
    ).judgement
    assert judged.verdict == "needs_review"
    assert [(f.rule, f.status) for f in judged.findings] == [("card_number_recorded", "needs_review")]


def test_a_value_that_nobody_knows_has_no_hash():
    """Else all of them would seem to be the same number."""
    transcript = parse_dialogue("0:01 customer: It is [SSN].")
    values = taken_out(transcript)
    masked = mask_transcript(transcript, values)
    assert [f.value_hmac for f in masked_facts(masked, values, HashKey(b"0" * 16))] == [None]
    assert masked.turns()[0].text == "It is [SSN]."
