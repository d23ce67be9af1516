"""Personal data that whoever made a transcript took out of it: the recording still holds it, and nobody can read it here.

A mark that names its type is believed to be of that type. One that does not ("[PII]") may be a card where cards are spoken
of: a person must listen, since a transcript without its numbers would clear any call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.detect.spoken_value import SpokenValue
from scanner.transcript import Transcript, Word

_MARK = re.compile(
    r"[\[<{](?P<type>[A-Z][A-Z0-9_]+)(?:[-_]?\d+)?[\]>}]|\[(?:redacted|masked|removed)\]|\*{4,}|#{4,}", re.IGNORECASE
)
_TYPES = {
    "CREDIT_DEBIT_NUMBER": "CREDIT_CARD",
    "CREDIT_CARD_NUMBER": "CREDIT_CARD",
    "CREDIT_CARD": "CREDIT_CARD",
    "CARD_NUMBER": "CREDIT_CARD",
    "CREDIT_DEBIT_CVV": "CREDIT_CARD_CVV",
    "CREDIT_CARD_CVV": "CREDIT_CARD_CVV",
    "CVV": "CREDIT_CARD_CVV",
    "CREDIT_DEBIT_EXPIRY": "CREDIT_CARD_EXPIRATION",
    "CREDIT_CARD_EXPIRATION": "CREDIT_CARD_EXPIRATION",
    "SSN": "US_SSN",
    "US_SSN": "US_SSN",
    "BANK_ACCOUNT_NUMBER": "US_BANK_NUMBER",
    "BANK_ROUTING": "ABA_ROUTING_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "ADDRESS": "LOCATION",
    "NAME": "PERSON",
    "PERSON": "PERSON",
}
"""Names that Amazon (https://docs.aws.amazon.com/transcribe/latest/dg/pii-redaction.html) and Presidio give, and ours."""
_UNTYPED = frozenset("PII REDACTED MASKED REMOVED SENSITIVE NUMBER PCI".split())
_CARD_TALK = re.compile(r"cards?|visa|mastercard|amex|discover|debit|expir\w*|cvv|cvc", re.IGNORECASE)
_CODE_TALK = re.compile(r"cvv|cvc|code|digits|back", re.IGNORECASE)
_TALK_WITHIN_S = 30.0
_WORDS_OF_A_QUESTION = 12

_NAMED = 0.8
_PERHAPS = 0.4
"""What a card's mark hides cannot be checked: whether it was the full number, a listener must say."""


def taken_out(transcript: Transcript) -> tuple[SpokenValue, ...]:
    """The values behind marks: without a value, and without words of their own, since the marks may stay as they are."""
    return tuple(_values(transcript.words))


def _values(words: tuple[Word, ...]) -> Iterator[SpokenValue]:
    before: Word | None = None
    for i, word in enumerate(words):
        match = _MARK.search(word.text)
        if match is None:
            continue
        mark = (match["type"] or "REDACTED").upper()
        entity = _TYPES.get(mark)
        if entity is None and mark in _UNTYPED:
            entity = _by_talk(words, i)
        goes_on = before is not None and before.speaker == word.speaker and word.start_s - before.end_s < 1.0
        before = word
        if entity is None or goes_on:
            continue
        confidence = _PERHAPS if entity in {"CREDIT_CARD", "CREDIT_CARD_CVV"} else _NAMED
        yield SpokenValue(entity, "", word.speaker, (), (word.span,), confidence)


def _by_talk(words: tuple[Word, ...], at: int) -> str | None:
    """A card's number or code, where cards are spoken of before the mark; who just asked for a code is given one."""
    near = [w for w in words[:at] if words[at].start_s - w.end_s <= _TALK_WITHIN_S]
    plain = [w.text.strip(".,?!") for w in near]
    if not any(_CARD_TALK.fullmatch(w) for w in plain):
        return None
    asked = any(_CODE_TALK.fullmatch(w) for w in plain[-_WORDS_OF_A_QUESTION:])
    return "CREDIT_CARD_CVV" if asked else "CREDIT_CARD"
