"""The ways in which people say numbers, dates, names and addresses, and in which recognizers write them down."""

import random

from spoken_numbers import number

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
