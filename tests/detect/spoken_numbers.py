"""Numbers that people give away, in the groups in which they say them, made up anew for each dialogue."""

import random


def luhn_digit(digits: str) -> str:
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (2 - i % 2)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


def number(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def split(text: str, *sizes: int) -> list[str]:
    out, at = [], 0
    for size in sizes:
        out.append(text[at : at + size])
        at += size
    return [g for g in [*out, text[at:]] if g]


def card(rng: random.Random) -> list[str]:
    start, size = rng.choice(
        [
            ("4", 16),
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("2221", 16),
            ("2720", 16),
            ("37", 15),
            ("6011", 16),
            ("3530", 16),
        ]
    )
    body = start + number(rng, size - len(start) - 1)
    text = body + luhn_digit(body)
    return split(text, 4, 6, 5) if size == 15 else split(text, 4, 4, 4, 4)


def ssn(rng: random.Random) -> list[str]:
    area = rng.choice([f"{n:03d}" for n in range(1, 899) if n != 666])
    return [area, f"{rng.randint(1, 99):02d}", f"{rng.randint(1, 9999):04d}"]


def phone(rng: random.Random) -> list[str]:
    area = rng.choice("206 313 415 503 602 713 813 919 212 305 617 702".split())
    return [area, f"{rng.randint(2, 9)}{number(rng, 2)}", number(rng, 4)]


def routing(rng: random.Random) -> list[str]:
    while True:
        text = rng.choice("01 02 03 06 11 12 21 31".split()) + number(rng, 7)
        if sum(int(c) * w for c, w in zip(text, (3, 7, 1) * 3, strict=True)) % 10 == 0:
            return rng.choice([[text], split(text, 3, 3, 3), split(text, 4, 4, 1)])


def grouped(rng: random.Random, low: int, high: int) -> list[str]:
    text = number(rng, rng.randint(low, high))
    return rng.choice([[text], split(text, 4, 4, 4, 4), split(text, 3, 3, 3, 3, 3)])


MBI = "C A AN N A AN N A A N N".split()


def mbi(rng: random.Random) -> list[str]:
    letters = "ACDEFGHJKMNPQRTUVWXY"
    pick = {"C": "123456789", "A": letters, "N": "0123456789", "AN": letters + "0123456789"}
    text = "".join(rng.choice(pick[k]) for k in MBI)
    return split(text, 4, 3, 4)


def iban(rng: random.Random) -> list[str]:
    country, bank = rng.choice(
        [("DE", number(rng, 18)), ("GB", "NWBK" + number(rng, 14)), ("NL", "ABNA" + number(rng, 10))]
    )
    check = 98 - int("".join(str(int(c, 36)) for c in bank + country + "00")) % 97
    text = f"{country}{check:02d}{bank}"
    return [text[i : i + 4] for i in range(0, len(text), 4)]


def lettered(rng: random.Random, letters: int, digits: int) -> list[str]:
    return ["".join(rng.choice("BCDFGHJKLMNPQRSTVWXYZ") for _ in range(letters)) + number(rng, digits)]


NUMBERS = {
    "CARD": ("CREDIT_CARD", card),
    "CVV": ("CREDIT_CARD_CVV", lambda r: [number(r, r.choice((3, 3, 3, 4)))]),
    "SSN": ("US_SSN", ssn),
    "SSN4": ("US_SSN", lambda r: [number(r, 4)]),
    "ITIN": ("US_ITIN", lambda r: [f"9{number(r, 2)}", f"7{number(r, 1)}", number(r, 4)]),
    "PHONE": ("PHONE_NUMBER", phone),
    "ROUTING": ("ABA_ROUTING_NUMBER", routing),
    "BANK": ("US_BANK_NUMBER", lambda r: grouped(r, 8, 12)),
    "ACCOUNT": (
        "ACCOUNT_NUMBER",
        lambda r: r.choice([grouped(r, 6, 11), lettered(r, r.randint(1, 3), r.randint(5, 8))]),
    ),
    "LICENSE": ("US_DRIVER_LICENSE", lambda r: lettered(r, 1, r.choice((7, 8, 12)))),
    "PASSPORT": ("US_PASSPORT", lambda r: r.choice([[number(r, 9)], lettered(r, 1, 8)])),
    "MRN": ("MEDICAL_RECORD_NUMBER", lambda r: grouped(r, 6, 9)),
    "MBI": ("US_MBI", mbi),
    "IBAN": ("IBAN_CODE", iban),
    "PIN": ("CREDENTIAL", lambda r: [number(r, r.choice((4, 4, 6)))]),
    "OTP": ("CREDENTIAL", lambda r: [number(r, 6)]),
}
