"""What a number may be by its length, digits and checksum, and how sure that is when something asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.detect.spoken.card_numbers import card_lengths, card_likelihood, card_stuttered, card_within, luhn
from scanner.detect.spoken.dates import birth_date, expiry_date
from scanner.detect.spoken.number_runs import Run


@dataclass(frozen=True, slots=True)
class Fit:
    """A reading of a run as some entity, 0 to 1 sure."""

    value: str = field(repr=False)
    confidence: float


_SURE_PHONE = 0.9
_PHONE_GROUPS = ((3, 3, 4), (3, 3, 2, 2), (1, 3, 3, 4), (3, 7), (6, 4), (10,))
TOLL_FREE = frozenset(("800", "888", "877", "866", "855", "844", "833", "822"))
_TOLL_FREE_LENGTH = 8
_LEAST_TWICE = 3
_SHORT_ABA = 7
EXACT = 0.8
"""Fits from here on have the right length, and the right checksum where there is one."""
_BIRTH_WITHOUT_DAY = re.compile(r"(?:0?[1-9]|1[0-2])(?:19\d\d|200\d|201\d)")
_CARD_YEAR = re.compile(r"20(?:2[4-9]|3\d|4[0-5])")
_SMALL_WORDS = "42"
"""For, to."""


def _cvv(text: str) -> float:
    return 0.95 if text.isdigit() and len(text) in (3, 4) else 0.0


def _ssn(text: str) -> float:
    if not text.isdigit():
        return 0.0
    if len(text) == 9:
        issuable = text[:3] not in ("000", "666") and text[0] != "9" and text[3:5] != "00" and text[5:] != "0000"
        return 0.97 if issuable else 0.7
    if len(text) == 4:
        return 0.9
    return 0.55 if len(text) in (8, 10) else 0.0


def _itin(text: str) -> float:
    if text.isdigit() and len(text) == 9:
        return 0.95 if text[0] == "9" and text[3] in "56789" else 0.6
    if text.isdigit() and len(text) in (8, 10) and text[0] == "9":
        return 0.55
    return 0.0


def _phone(text: str) -> float:
    if not text.isdigit():
        return 0.0
    number = text[1:] if len(text) == 11 and text[0] == "1" else text
    if number[:3] in TOLL_FREE and len(number) >= _TOLL_FREE_LENGTH:
        return 0.0
    if len(number) == 10:
        plain = all(number[i] in "23456789" and number[i + 1 : i + 3] != "11" for i in (0, 3))
        return 0.96 if plain else 0.7
    if len(number) == 7:
        return 0.85 if number[0] in "23456789" else 0.6
    return 0.6 if 8 <= len(number) <= 15 else 0.0


def aba_valid(text: str) -> bool:
    """Does the checksum of a routing number fit?"""
    return (
        len(text) == 9
        and text.isdigit()
        and sum(int(c) * w for c, w in zip(text, (3, 7, 1) * 3, strict=True)) % 10 == 0
    )


def _aba(text: str) -> float:
    if aba_valid(text) and text != "0" * 9:
        return 0.98
    if text.isdigit() and len(text) == _SHORT_ABA:
        return 0.5
    return 0.6 if text.isdigit() and len(text) in (8, 9, 10) else 0.0


def _bank(text: str) -> float:
    if not text.isdigit() or not 5 <= len(text) <= 17:
        return 0.0
    return 0.92 if len(text) >= 6 else 0.6


def _letters_then_digits(low: int, high: int, least_digits: int) -> Callable[[str], float]:
    def shape(text: str) -> float:
        digits = sum(c.isdigit() for c in text)
        return 0.92 if text.isalnum() and low <= len(text) <= high and digits >= least_digits else 0.0

    return shape


def _passport(text: str) -> float:
    if re.fullmatch(r"[A-Z]?\d{8,9}", text):
        return 0.95
    return 0.75 if text.isalnum() and 6 <= len(text) <= 10 and sum(c.isdigit() for c in text) >= 5 else 0.0


_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y]{2}\d{2}"
)


def is_mbi(text: str) -> bool:
    """Is it built as a Medicare Beneficiary Identifier is?"""
    return _MBI.fullmatch(text) is not None


def _mbi(text: str) -> float:
    if is_mbi(text.replace("O", "0")):  # no letter O is ever issued
        return 0.98
    return 0.7 if text.isalnum() and 9 <= len(text) <= 12 and sum(c.isdigit() for c in text) >= 4 else 0.0


def iban_valid(text: str) -> bool:
    """Do country, length and check digits of an IBAN fit (ISO 13616, modulo 97)?"""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _iban(text: str) -> float:
    if iban_valid(text):
        return 0.99
    return 0.7 if len(text) >= 15 and sum(c.isdigit() for c in text) >= 8 else 0.0


def _pin(text: str) -> float:
    if not text.isalnum() or not 3 <= len(text) <= 10 or sum(c.isdigit() for c in text) < 3:
        return 0.0
    return 0.9 if len(text) in (4, 5, 6, 8) else 0.6


SHAPES: dict[str, Callable[[str], float]] = {
    "CREDIT_CARD": card_likelihood,
    "CREDIT_CARD_CVV": _cvv,
    "US_SSN": _ssn,
    "US_ITIN": _itin,
    "PHONE_NUMBER": _phone,
    "ABA_ROUTING_NUMBER": _aba,
    "US_BANK_NUMBER": _bank,
    "ACCOUNT_NUMBER": _letters_then_digits(5, 20, 3),
    "US_DRIVER_LICENSE": _letters_then_digits(5, 16, 4),
    "US_PASSPORT": _passport,
    "MEDICAL_RECORD_NUMBER": _letters_then_digits(4, 14, 4),
    "US_MBI": _mbi,
    "IBAN_CODE": _iban,
    "CREDENTIAL": _pin,
}


def _misheard_expiry(run: Run) -> Fit | None:
    """Five digits of which one is too many: "08827"; or a small word before month and year: "for five twenty-nine"."""
    text = run.readings()[0]
    if len(text) == 4 and text[0] in _SMALL_WORDS and text[1] in "123456789" and 24 <= int(text[2:]) <= 40:
        return Fit(f"0{text[1]}/{text[2:]}", EXACT)
    if (
        len(text) == 6
        and text.isdigit()
        and text[0] in _SMALL_WORDS
        and text[2:4] == "20"
        and 24 <= int(text[4:]) <= 40
    ):
        return Fit(f"0{text[1]}/{text[4:]}", EXACT) if text[1] != "0" else None
    if len(text) != 5 or not text.isdigit():
        return None
    for i in range(5):
        month, year = (text[:i] + text[i + 1 :])[:2], (text[:i] + text[i + 1 :])[2:]
        if 1 <= int(month) <= 12 and 24 <= int(year) <= 40:
            return Fit(f"{month}/{year}", 0.6)
    return None


def fit(entity: str, run: Run) -> Fit | None:
    """The best reading of a run as an entity; None where it cannot be one."""
    found = _fit(entity, run)
    if found is not None and found.confidence >= EXACT:
        return found
    half = _said_twice(run)
    again = _fit(entity, half) if half is not None else None
    return again if again is not None and (found is None or again.confidence >= EXACT) else found


def _said_twice(run: Run) -> Run | None:
    """The half of a run that says one thing twice, as a recogniser writes that goes back: "072357. 072357."."""
    for cut in range(1, len(run.chunks)):
        half = run.part(cut, len(run.chunks))
        said = "".join(c.text for c in run.chunks[:cut])
        if half.chunks[0].break_before and half.size >= _LEAST_TWICE and said == "".join(c.text for c in half.chunks):
            return half
    return None


def _fit(entity: str, run: Run) -> Fit | None:
    if entity == "DATE_OF_BIRTH":
        date = birth_date(run)
        if date:
            return Fit(date, 0.93)
        return Fit(run.readings()[0], 0.55) if _BIRTH_WITHOUT_DAY.fullmatch(run.readings()[0]) else None
    if entity == "CREDIT_CARD_EXPIRATION":
        date = expiry_date(run)
        if date:
            return Fit(date, 0.94)
        if _CARD_YEAR.fullmatch(run.readings()[0]) and len(run.groups) == 1:
            return Fit(run.readings()[0], EXACT)  # "good through the end of 2028"
        return _misheard_expiry(run)
    shape = SHAPES.get(entity)
    if shape is None:
        return None
    best: Fit | None = None
    for text in run.readings():
        confidence = shape(text)
        if confidence and (best is None or confidence > best.confidence):
            best = Fit(
                text[1:] if entity == "PHONE_NUMBER" and len(text) == 11 and text[0] == "1" else text, confidence
            )
    if entity == "CREDIT_CARD" and (best is None or best.confidence < EXACT):
        inner = next(
            (c for find in (card_within, card_stuttered) for c in map(find, run.readings()) if c is not None), None
        )
        return Fit(inner, 0.9) if inner is not None else best
    return best


def is_phone(run: Run) -> bool:
    """Has a run the digits and the groups of a telephone number?"""
    text, sizes = run.readings()[0], tuple(len(g) for g in run.groups)
    return _phone(text) > _SURE_PHONE and (sizes in _PHONE_GROUPS)


def unasked(run: Run) -> tuple[str, Fit] | None:
    """What a run is by itself, nobody having said what it is; None where only a question could tell."""
    for text in run.readings()[:1]:
        if text.isdigit() and len(text) in card_lengths(text) and luhn(text) and len(text) >= 13:
            return "CREDIT_CARD", Fit(text, 0.9)
        if text.isdigit() and len(text) == 16 and 16 in card_lengths(text):
            return "CREDIT_CARD", Fit(text, 0.55)
        if text.isdigit() and 15 <= len(text) <= 17 and card_lengths(text) & {15, 16}:
            return "CREDIT_CARD", Fit(text, 0.4)
        if iban_valid(text):
            return "IBAN_CODE", Fit(text, 0.95)
        if is_mbi(text):
            return "US_MBI", Fit(text, 0.9)
        sizes = tuple(len(g) for g in run.groups)
        if sizes == (3, 2, 4) and text.isdigit() and _ssn(text) > EXACT:
            return "US_SSN", Fit(text, 0.65)
        if is_phone(run):
            return "PHONE_NUMBER", Fit(text[-10:], 0.7 if len(sizes) > 2 else 0.55)
    return None
