"""Payment card numbers: who issues which, the check digit, and what a recogniser may have made of one."""

from __future__ import annotations

import re

CARD_START = re.compile(r"[3-6]|2[2-7]")
_LONGEST_STUTTER, _LONGEST_REPEAT = 22, 6
_MOST_LETTERS, _MISHEARD = 2, 0.6

_CARD_RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    # First and last of the leading four digits, lengths (ISO/IEC 7812 issuers' published ranges).
    (4000, 4999, frozenset((13, 16, 19))),  # Visa
    (5100, 5599, frozenset((16,))),  # Mastercard
    (2221, 2720, frozenset((16,))),  # Mastercard, since 2017
    (3400, 3499, frozenset((15,))),  # American Express
    (3700, 3799, frozenset((15,))),
    (3000, 3059, frozenset((14, 16, 17, 18, 19))),  # Diners Club
    (3095, 3095, frozenset((14, 16, 17, 18, 19))),
    (3600, 3699, frozenset((14, 16, 17, 18, 19))),
    (3800, 3999, frozenset((14, 16, 17, 18, 19))),
    (6011, 6011, frozenset((16, 17, 18, 19))),  # Discover
    (6440, 6599, frozenset((16, 17, 18, 19))),
    (6220, 6229, frozenset((16, 17, 18, 19))),  # UnionPay, shared with Discover
    (6200, 6299, frozenset((16, 17, 18, 19))),
    (8100, 8171, frozenset((16, 17, 18, 19))),
    (3528, 3589, frozenset((16, 17, 18, 19))),  # JCB
    (5000, 5099, frozenset((12, 13, 14, 15, 16, 17, 18, 19))),  # Maestro
    (5600, 5899, frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    (6300, 6399, frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    (6700, 6799, frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    (2200, 2204, frozenset((16, 17, 18, 19))),  # Mir
)


def luhn(digits: str) -> bool:
    """Does the check digit of a card number fit?"""
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (1 + i % 2)
        total += d - 9 if d > 9 else d
    return total % 10 == 0


def card_lengths(digits: str) -> frozenset[int]:
    """The lengths that cards with these first four digits have; empty where nobody issues such cards."""
    first = int(digits[:4]) if len(digits) >= 4 else -1
    return frozenset().union(*(lengths for low, high, lengths in _CARD_RANGES if low <= first <= high))


def card_within(text: str) -> str | None:
    """A whole card number in digits with up to three strays around it: "it is four…" is heard as "114…"."""
    if not text.isdigit():
        return None
    for strays in range(1, 4):
        for head in range(strays + 1):
            inner = text[head : len(text) - (strays - head)]
            if len(inner) in card_lengths(inner) and len(inner) >= 14 and luhn(inner):
                return inner
    return None


def card_stuttered(text: str) -> str | None:
    """A whole card number some digits of which were written twice: "6011 011 0009…" for "6011 0009…"."""
    if not text.isdigit() or not 16 <= len(text) <= _LONGEST_STUTTER:
        return None
    for size in range(1, _LONGEST_REPEAT + 1):
        for i in range(len(text) - 2 * size + 1):
            inner = text[:i] + text[i + size :]
            if (
                text[i : i + size] == text[i + size : i + 2 * size]
                and len(inner) in (15, 16)
                and luhn(inner)
                and len(inner) in card_lengths(inner)
            ):
                return inner
    return None


def _is_misheard(text: str) -> bool:
    """Is it a card number one or two digits of which were heard as letters: "5536 L314 2991 5694"?"""
    letters = sum(c.isalpha() for c in text)
    return letters <= _MOST_LETTERS and text[:4].isdigit() and len(text) in card_lengths(text[:4]) & {15, 16}


def card_likelihood(text: str) -> float:
    """How likely digits that are read as a card number are one, 0 to 1."""
    if not text.isdigit():
        return _MISHEARD if _is_misheard(text) else 0.0
    lengths, passes = card_lengths(text), luhn(text)
    if passes and len(text) in lengths:
        return 0.99
    if passes and 13 <= len(text) <= 19:
        return 0.85
    # A recogniser mishears a digit in a hundred: one wrong, one lost or one too many is still a card that was read out.
    if len(text) in lengths and len(text) >= 13:
        return 0.7
    if len(text) in (15, 16) or any(abs(len(text) - n) <= 1 for n in lengths if n in (14, 15, 16)):
        return 0.6
    return 0.55 if 13 <= len(text) <= 19 else 0.0
