"""Makes dialogues in which somebody says personal data, and others full of numbers and names that are none.

Templates are scripts of a few lines. `{CARD}` is a value spoken in one go, `{CARD:1/2}` its first half where it is read in
pieces, `{=CARD}` somebody repeating it (a finding of its own), `{AGENT}` and other lower-case slots are fill-ins that are no
personal data. `[a|b]` is one of two wordings. Each value is spoken in one of the ways that people and recognizers have.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scanner.transcript import Transcript, Word

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = "January February March April May June July August September October November December".split()
ORDINALS = (
    "_ first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
FIRST = (
    "Caroline Marcus Priya Wendell Aisha Tobias Yolanda Gregory Mei Santiago Ruth Dwayne Ingrid Hector Olga Terrence Bianca Amir Lucille "
    "Fernando Gwen Rashid Phoebe Leland Noor Desmond Ximena Arthur Keiko Bradley Svetlana Jamal Harriet Enrique Fiona Walter"
).split()
LAST = (
    "Foster Whitfield Ramanathan Okafor Lindqvist Bautista Haverford Nguyen Castellano Drummond Kowalczyk Espinoza Abernathy Tran Mercer "
    "Goldberg Yamamoto Pettigrew Vasquez Sorensen Mbeki Holloway Ferreira Quigley Osborne Delgado Hutchins Petrov Lockhart Ibanez Weaver "
    "Stone King Rivers Bishop Park Young Long"
).split()
AGENTS = "Todd Monica Brent Ivy Laura Curtis Nadine Omar Phil Gina Seth Tess Marla Andre".split()
STREETS = (
    "Willow Creek Road;Maple Avenue;Sunset Boulevard;Old Mill Lane;Cedar Street;Harbor View Drive;Lexington Court;Fifth Avenue;"
    "Peachtree Street;Northwest Birch Terrace;County Line Road;Magnolia Parkway;South Elm Street;Ridgeview Circle;Country Club Drive"
).split(";")
TOWNS = (
    "Tampa, Florida, 33602;Portland, Oregon, 97209;Austin, Texas, 78704;Columbus, Ohio, 43215;Santa Rosa, California, 95401;"
    "Baton Rouge, Louisiana, 70802;Fargo, North Dakota, 58102;Salem, New Hampshire, 03079;Boise, Idaho, 83702"
).split(";")
NATO = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango "
    "uniform victor whiskey x-ray yankee zulu"
).split()
AS_IN = (
    "apple boy cat David Edward Frank George Henry igloo John king Larry Mary Nancy Oscar Peter queen Robert Sam Tom umbrella Victor "
    "William x-ray yellow zebra"
).split()
PETS = "Biscuit Pepper Rascal Daisy Waffles Moose".split()
PASSWORDS = ("blue giraffe", "sunshine", "purple mountain", "tango", "rosebud", "maple syrup")


@dataclass(frozen=True)
class Truth:
    entity: str
    words: frozenset[int]


@dataclass(frozen=True)
class Example:
    transcript: Transcript
    truths: tuple[Truth, ...]
    kinds: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Heard:
    """What a recogniser makes of numbers, of other values, and of a whole dialogue."""

    number: Callable[[list[str], random.Random], list[str]]
    makers: Mapping[str, tuple[str, Callable[[random.Random], list[str]]]]
    recorded: Callable[[Example, random.Random], Example]


# ------------------------------------------------------------------ values


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


# ------------------------------------------------------------------ ways of speaking


def two_digits(text: str, rng: random.Random) -> str:
    n = int(text)
    if text[0] == "0":
        return f"{rng.choice(('oh', 'zero'))} {ONES[n]}" if n else rng.choice(("double oh", "zero zero", "double zero"))
    if n < 20:
        return TEENS[n - 10]
    return TENS[n // 10] + (rng.choice((" ", "-")) + ONES[n % 10] if n % 10 else "")


def letter(c: str, rng: random.Random) -> str:
    way = rng.random()
    if way < 0.3:
        return f"{c} as in {AS_IN[ord(c) - 65]}"
    return NATO[ord(c) - 65].capitalize() if way < 0.4 and c not in "AX" else c


def digit_words(group: str, rng: random.Random, zero: str, *, doubles: bool) -> str:
    out, i = [], 0
    while i < len(group):
        c = group[i]
        repeat = len(group[i:]) - len(group[i:].lstrip(c))
        if doubles and repeat >= 2 and c.isdigit():
            times = 3 if repeat >= 3 else 2
            out.append(f"{'triple' if times == 3 else 'double'} {zero if c == '0' else ONES[int(c)]}")
            i += times
            continue
        out.append((zero if c == "0" else ONES[int(c)]) if c.isdigit() else letter(c, rng))
        i += 1
    return " ".join(out)


def say_groups(groups: list[str], rng: random.Random) -> list[str]:
    """Each group of a number in one manner of speaking or of writing down what was spoken."""
    pure = all(g.isdigit() for g in groups)
    ways = ["words"] * 4 + ["doubles", "figures", "figures", "spaced", "dashed"]
    if pure and all(len(g) % 2 == 0 for g in groups):
        ways += ["pairs", "pairs"]
    if not pure:
        ways = ["words", "words", "doubles", "code", "dashed"]
    way = rng.choice(ways)
    zero = rng.choice(("zero", "oh", "zero"))
    if way in ("words", "doubles"):
        return [digit_words(g, rng, zero, doubles=way == "doubles") for g in groups]
    if way == "spaced":
        return [" ".join(g) for g in groups]
    if way == "dashed":
        return ["-".join(g) for g in groups]
    if way == "pairs":
        return [" ".join(two_digits(g[i : i + 2], rng) for i in range(0, len(g), 2)) for g in groups]
    return list(groups)


def say_number(groups: list[str], rng: random.Random) -> list[str]:
    """The spoken groups, with now and then a filler or a correction."""
    said = say_groups(groups, rng)
    joint = rng.choice((",", ",", "", "", "."))
    said = [s + (joint if i + 1 < len(said) else "") for i, s in enumerate(said)]
    odd = rng.random()
    at = rng.randrange(len(said))
    if odd < 0.07:
        said[at] = f"{rng.choice(('uh', 'um'))} {said[at]}"
    elif odd < 0.14 and len(groups) > 2 and groups[at].isdigit() and len(groups[at]) > 1:
        k = rng.randrange(len(groups[at]))
        slip = groups[at][:k] + str((int(groups[at][k]) + rng.randint(1, 8)) % 10) + groups[at][k + 1 :]
        wrong = digit_words(slip, rng, "zero", doubles=False) if not said[at][0].isdigit() else slip
        said[at] = (
            f"{wrong}, {rng.choice(('no sorry', 'sorry', 'no wait', 'I mean', 'correction', 'scratch that'))}, {said[at]}"
        )
    return said


def say_year(year: int, rng: random.Random) -> str:
    if year >= 2000:
        spoken = (
            f"two thousand {ONES[year % 100]}"
            if 0 < year % 100 < 10
            else f"twenty {two_digits(f'{year % 100:02d}', rng)}"
        )
        return rng.choice((spoken if year % 100 else "two thousand", str(year)))
    return rng.choice(
        (f"nineteen {two_digits(f'{year % 100:02d}', rng)}", str(year), two_digits(f"{year % 100:02d}", rng))
    )


def say_birth(rng: random.Random) -> list[str]:
    month, day, year = rng.randint(1, 12), rng.randint(1, 28), rng.randint(1930, 2006)
    said_day = rng.choice(
        (ORDINALS[day], f"{day}{ {1: 'st', 2: 'nd', 3: 'rd', 21: 'st', 22: 'nd', 23: 'rd'}.get(day, 'th') }", str(day))
    )
    way = rng.randrange(5)
    if way <= 1:
        return [f"{MONTHS[month - 1]} {said_day}{rng.choice((',', ''))} {say_year(year, rng)}"]
    if way == 2:
        return [f"the {ORDINALS[day]} of {MONTHS[month - 1]} {say_year(year, rng)}"]
    if way == 3:
        return [
            rng.choice(
                (f"{month}/{day}/{year}", f"{month:02d}-{day:02d}-{year}", f"{month:02d}/{day:02d}/{year % 100:02d}")
            )
        ]
    return [f"{two_digits(f'{month:02d}', rng)} {two_digits(f'{day:02d}', rng)} {say_year(year, rng)}"]


def say_expiry(rng: random.Random) -> list[str]:
    month, year = rng.randint(1, 12), rng.randint(25, 33)
    return [
        rng.choice(
            (
                f"{two_digits(f'{month:02d}', rng)}{rng.choice((',', ' slash', ''))} {two_digits(str(year), rng)}",
                f"{ONES[month] if month < 10 else TEENS[month - 10]} twenty {two_digits(str(year), rng)}",
                f"{MONTHS[month - 1]} {rng.choice(('', 'of '))}twenty {two_digits(str(year), rng)}",
                f"{MONTHS[month - 1]} 20{year}",
                f"{month:02d}/{year}",
                f"{month}/{year}",
                f"{month:02d}{year}",
                f"{month:02d} {year}",
                f"{month:02d}, {year}",
            )
        )
    ]


def say_email(rng: random.Random) -> list[str]:
    first, last = rng.choice(FIRST).lower(), rng.choice(LAST).lower()
    digits = digit_words(number(rng, 2), rng, "zero", doubles=False)
    local = rng.choice(
        (
            f"{first} dot {last}",
            f"{first[0]} dot {last}",
            f"{first[0].upper()} {last}",
            f"{first} underscore {last}",
            f"{first} {digits}",
            f"{first} {last} {digits}, all one word,",
            ", ".join(letter(c.upper(), rng) for c in last[:5]) + ",",
            f"{first}.{last}",
            "-".join(last.upper()),
        )
    )
    domain = rng.choice(("gmail", "yahoo", "outlook", "hotmail", "icloud", "comcast", "lakeview"))
    tld = {"comcast": "net", "lakeview": "org"}.get(domain, "com")
    if "." in local and rng.random() < 0.5:
        return [f"{local}@{domain}.{tld}"]
    return [f"{local} at {domain}{rng.choice((f' dot {tld}', f'.{tld}'))}"]


def say_name(rng: random.Random) -> list[str]:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    way = rng.random()
    if way < 0.7:
        return [f"{first} {last}"]
    if way < 0.85:
        return [f"{first} {last}, {', '.join(last.upper())}"]
    return [f"{first} {last}, {'-'.join(last.upper())}"]


def say_last(rng: random.Random) -> list[str]:
    last = rng.choice(LAST)
    return [
        rng.choice(
            (last, f"{last}, {', '.join(letter(c, rng) for c in last.upper())}", f"{last}. {'-'.join(last.upper())}")
        )
    ]


def say_address(rng: random.Random) -> list[str]:
    house = str(rng.choice((rng.randint(100, 999), rng.randint(1000, 9999), rng.randint(10, 99))))
    said = rng.choice(
        (house, two_digits(house, rng) if len(house) == 2 else digit_words(house, rng, "oh", doubles=False))
    )
    if len(house) == 4 and house[2] != "0" and rng.random() < 0.5:
        said = f"{two_digits(house[:2], rng)} {two_digits(house[2:], rng)}"
    town, state, code = rng.choice(TOWNS).split(", ")
    said_zip = rng.choice((code, digit_words(code, rng, "oh", doubles=False)))
    flat = rng.choice(("", "", f", apartment {rng.choice('2B 4 12 3C'.split())}", f", unit {rng.randint(1, 40)}"))
    return [f"{said} {rng.choice(STREETS)}{flat}", f", {town}, {state}{rng.choice((',', ''))} {said_zip}"]


OTHERS = {
    "DOB": ("DATE_OF_BIRTH", say_birth),
    "EXP": ("CREDIT_CARD_EXPIRATION", say_expiry),
    "EMAIL": ("EMAIL_ADDRESS", say_email),
    "NAME": ("PERSON", say_name),
    "LAST": ("PERSON", say_last),
    "FIRST": ("PERSON", lambda r: [r.choice(FIRST)]),
    "ADDRESS": ("LOCATION", say_address),
    "PET": ("CREDENTIAL", lambda r: [r.choice(PETS)]),
    "PASSWORD": ("CREDENTIAL", lambda r: [r.choice(PASSWORDS)]),
}


def fill_in(slot: str, rng: random.Random, say: Callable[[list[str], random.Random], list[str]] = say_groups) -> str:
    """Words and numbers that are nobody's personal data."""
    if slot == "agent":
        return rng.choice(AGENTS)
    if slot == "company":
        return rng.choice(
            (
                "Harbor Home Insurance",
                "Keystone Auto",
                "Northwind Energy",
                "Cascade Mobile",
                "Lakeshore Bank",
                "Delta Dental",
            )
        )
    if slot == "code":
        return " ".join(
            say(rng.choice([split(number(rng, 8), 4, 4), split(number(rng, 6), 3, 3), lettered(rng, 2, 6)]), rng)
        )
    if slot == "price":
        return rng.choice(
            (
                f"${rng.randint(5, 900)}.{rng.randint(0, 99):02d}",
                f"{two_digits(str(rng.randint(10, 99)), rng)} dollars",
                f"{rng.randint(20, 900)} dollars",
            )
        )
    if slot == "time":
        return rng.choice(
            (
                f"{rng.randint(1, 12)}:{rng.choice(('00', '15', '30'))}",
                f"{ONES[rng.randint(1, 9)]} thirty",
                f"{ONES[rng.randint(1, 9)]} o'clock",
            )
        )
    if slot == "small":
        return rng.choice((ONES[rng.randint(2, 9)], str(rng.randint(2, 40)), TEENS[rng.randint(0, 9)]))
    if slot == "year":
        return say_year(rng.randint(2001, 2025), rng)
    if slot == "day":
        return f"{rng.choice(MONTHS)} {rng.choice(ORDINALS[1:])}"
    if slot == "tollfree":
        return " ".join(say([rng.choice(("800", "888", "877")), number(rng, 3), number(rng, 4)], rng))
    if slot == "store":
        return " ".join(say(phone(rng), rng))
    if slot == "city":
        return rng.choice("Denver Dallas Phoenix Seattle Boston Miami".split())
    if slot == "four":
        return say([number(rng, 4)], rng)[0]
    raise KeyError(slot)


# ------------------------------------------------------------------ from templates to transcripts

_SLOT = re.compile(r"\{(=?)([A-Z0-9]+|[a-z]+)(?::(\d)/(\d))?\}")


def make(template: str, rng: random.Random, heard: Heard | None = None) -> Example:
    """One dialogue of a template; `heard`: as a recogniser writes it down."""
    say_value, say_again = (heard.number, heard.number) if heard else (say_number, say_groups)
    makers = NUMBERS | (heard.makers if heard else OTHERS)
    while re.search(r"\[[^\[\]]*\]", template):
        template = re.sub(r"\[([^\[\]]*)\]", lambda m: rng.choice(m[1].split("|")), template, count=1)
    values: dict[str, list[str]] = {}
    raw: dict[str, list[str]] = {}
    marks: dict[tuple[str, str], set[int]] = {}
    kinds: list[str] = []
    words: list[Word] = []
    bare = rng.random() < 0.25
    at_s = 0.5
    agent = ""
    for line in template.strip().splitlines():
        who, text = line.strip().split(": ", 1)
        speaker = {"A": "agent", "C": "customer", "S": "system"}[who]
        position = 0
        pieces: list[tuple[str, tuple[str, str] | None]] = []
        for m in _SLOT.finditer(text):
            pieces.append((text[position : m.start()], None))
            position = m.end()
            slot = m[2]
            if slot.islower():
                filled = fill_in(slot, rng, say_again)
                if slot == "agent" and rng.random() < 0.8:
                    filled = agent = agent or filled  # now and then the customer gets the name wrong
                pieces.append((filled, None))
                continue
            entity, maker = makers[slot]
            if slot not in values:
                raw[slot] = maker(rng)
                values[slot] = say_value(raw[slot], rng) if slot in NUMBERS else raw[slot]
                kinds.append(entity)
            said = values[slot]
            if m[1] and slot in NUMBERS:
                said = say_again(raw[slot], rng)
            if m[3]:
                part, of = int(m[3]), int(m[4])
                cut = [round(len(said) * k / of) for k in range(of + 1)]
                said = said[cut[part - 1] : cut[part]]
            glue = "" if slot in OTHERS else " "
            pieces.append((glue.join(said).rstrip(",") if said else "", (entity, f"{m[1]}{slot}")))
        pieces.append((text[position:], None))
        for said_text, mark in pieces:
            tokens = said_text.split()
            if (
                said_text
                and words
                and tokens
                and not said_text[0].isspace()
                and re.match(r"^[.,?!]", tokens[0])
                and pieces[0][0] != said_text
            ):
                last = words[-1]
                words[-1] = Word(last.text + tokens[0], last.start_s, last.end_s, 1.0, last.channel, last.speaker)
                tokens = tokens[1:]
            for token in tokens:
                clean = re.sub(r"[.,?!](?=\s|$)", "", token.lower()) if bare else token
                if not clean:
                    continue
                if mark:
                    marks.setdefault(mark, set()).add(len(words))
                words.append(
                    Word(clean, round(at_s, 2), round(at_s + 0.28, 2), 1.0, 1 if speaker == "customer" else 0, speaker)
                )
                at_s += 0.3
        at_s += rng.choice((0.4, 0.8, 1.5))
    truths = tuple(Truth(entity, frozenset(found)) for (entity, _), found in marks.items())
    transcript = Transcript(tuple(words), "en", 1.0)
    return Example(transcript, truths, tuple(kinds), " ".join(w.text for w in words))


def examples(templates: dict[str, str], count: int, *, seed: int, heard: Heard | None = None) -> Iterator[Example]:
    """`count` dialogues, the templates (scripts between lines of ---, by topic) in turn; the same for the same seed."""
    rng = random.Random(seed)
    scripts = [s for block in templates.values() for s in re.split(r"(?m)^\s*---\s*$", block) if s.strip()]
    for i in range(count):
        example = make(scripts[i % len(scripts)], rng, heard)
        yield heard.recorded(example, rng) if heard else example
