"""What a recogniser makes of values that are read out: digits lost, figures written as money, letters garbled, voices mixed up.

Each function takes a value and yields it as it may be written down; `recorded` mixes the voices of a whole dialogue.
"""

import random
import re
from dataclasses import replace

from spoken_sentences import Example, Heard, Truth
from spoken_ways import (
    AS_IN,
    FIRST,
    LAST,
    MONTHS,
    NATO,
    ONES,
    ORDINALS,
    OTHERS,
    TEENS,
    digit_words,
    say_birth,
    say_name,
    two_digits,
)

from scanner.detect.speakers import assign_speakers
from scanner.transcript import Word

HOMOPHONES = {
    "two": ("to", "too"),
    "four": ("for",),
    "eight": ("ate",),
    "one": ("won",),
    "zero": ("0", "oh"),
    "oh": ("Oh,", "o"),
}
_DROPPED, _CHANGED, _DOUBLED = 0.022, 0.015, 0.006
_WORDS_CHANGED = 0.03
_SHORTEST_TWICE = 4
_CUE_CHANGED, _WRITTEN_TWICE = 0.25, 0.03
_CUES = {
    ("date", "of", "birth"): ("the data first", "a data birth", "date of first", "your data bird"),
    ("expiration", "date"): ("exploration date", "explanation date"),
    ("checking", "account", "number"): ("checking out number", "checking count number"),
    ("mm-hm",): ("Emma.", "Hmm."),
    ("uh-huh",): ("Aha.", "Oh,"),
}
"""What a recogniser makes of the words that ask for a value or nod to it."""
_STRAY = "it's the and a to so is of I've that well just in know".split()


def misheard(text: str, rng: random.Random) -> str:
    """The digits and letters with now and then one lost, wrong or twice; never all."""
    out = ""
    for c in text:
        odd = rng.random()
        if odd < _DROPPED:
            continue
        heard = rng.choice("0123456789") if odd < _DROPPED + _CHANGED and c.isdigit() else c
        out += heard * 2 if odd > 1 - _DOUBLED else heard
    return out or text


def number(groups: list[str], rng: random.Random) -> list[str]:
    """A number as it is written down; one piece for each part that would be said in a breath."""
    heard = [g for g in (misheard(g, rng) for g in groups) if g]
    text = "".join(heard)
    letters = re.match(r"[A-Z]*", text)[0]
    if not all(c.isdigit() for c in text[len(letters) :]):
        return heard if rng.random() < 0.5 else [" ".join(g) for g in heard]
    digits = text[len(letters) :]
    way = rng.choice(
        ("pairs", "money", "commas", "long", "hyphens", "mixed", "words", "words", "odd", "spaced", "stops", "plain")
    )
    if way == "money" and (len(digits) < 8 or letters):
        way = "stops"
    said = _digits_as(way, digits, heard if not letters else [], rng)
    if rng.random() < _WRITTEN_TWICE and not letters and len(digits) > _SHORTEST_TWICE:
        return [f"{digits}. {digits}"]
    if letters:
        glue = rng.choice(("-", " ", ", ", ""))
        said = [rng.choice((letters, "-".join(letters), " ".join(letters))) + glue + said[0], *said[1:]]
    return said


def _digits_as(way: str, digits: str, groups: list[str], rng: random.Random) -> list[str]:
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    uneven = _uneven(digits, rng)
    if way == "pairs":
        glue = rng.choice((", ", ". ", ". ", " "))
        return [p + (glue.rstrip() if i + 1 < len(pairs) else "") for i, p in enumerate(pairs)]
    if way == "money":
        out = []
        for i in range(0, len(pairs), 2):
            amount = ".".join(pairs[i : i + 2])
            if rng.random() < 0.2 and len(amount) == 5:
                amount = f"{amount[0]},{amount[1]}{amount[3:]}"
            out.append(f"{'$' if i < rng.choice((2, 4, 8)) else ''}{amount}{rng.choice(('.', ',', '.'))}")
        return out
    if way == "commas":
        return [g + "," for g in (groups or uneven)]
    if way == "long":
        return [digits]
    if way == "hyphens":
        return ["-".join(uneven)]
    if way == "mixed":
        cut = rng.randint(1, max(1, len(digits) - 1))
        return [f"{digit_words(digits[:cut], rng, 'zero', doubles=False)} {', '.join(digits[cut:])}".strip(" ,")]
    if way == "words":
        words = digit_words(digits, rng, rng.choice(("zero", "oh")), doubles=False).split()
        inner = range(1, len(words) - 1)
        words = [
            rng.choice(HOMOPHONES[w]) if i in inner and w in HOMOPHONES and rng.random() < 0.12 else w
            for i, w in enumerate(words)
        ]
        words = [w + rng.choice(("", "", "", ",", ",", ".")) if w[-1] != "," else w for w in words]
        return [" ".join(words)]
    if way == "odd":
        return [g + rng.choice(("", ",", ".", "-")) for g in uneven]
    if way == "spaced":
        return [" ".join(digits)]
    if way == "stops":
        return [g + "." for g in (groups or uneven)]
    return groups or [digits]


def _uneven(digits: str, rng: random.Random) -> list[str]:
    out = []
    while digits:
        size = rng.choice((1, 2, 3, 3, 4, 4, 5))
        out.append(digits[:size])
        digits = digits[size:]
    return out


def expiry(rng: random.Random) -> list[str]:
    """Month and year of a card."""
    month, year = rng.randint(1, 12), rng.randint(26, 33)
    name = MONTHS[month - 1]
    tail = {"1": "st", "2": "nd", "3": "rd"}.get(str(year)[1], "th")
    return [
        rng.choice(
            (
                f"{name} 20th, {year}{tail}",
                f"{name} 20{year}",
                f"{name} {year}{tail}",
                f"{name}, {year}",
                f"{name} {ORDINALS[year] if year < 32 else year}",
                f"0{month}{year}"
                if month > 9
                else f"{month:02d}{str(year)[0]}{year}"
                if rng.random() < 0.2
                else f"{month:02d}{year}",
                f"{month}-{year}",
                f"{month}.{year}",
                f"${month}.{year}",
                f"{month:02d}. {year}",
                f"{month}, 20{year}",
                f"Oh, {ONES[month]} {two_digits(str(year), rng)}"
                if month < 10
                else f"{TEENS[month - 10]}. {two_digits(str(year), rng)}",
                f"{ONES[month]} {year}" if month < 10 else f"{TEENS[month - 10]}, {year}",
                f"{month:02d}, 2020{year}"[:6] + f"{year}",
            )
        )
    ]


def spelled(word: str, rng: random.Random) -> str:
    """A word spelled out and garbled: "S as in Sam" becomes "S and Sam", "N, is a Nancy"."""
    out = []
    for c in word.upper():
        odd = rng.random()
        example = rng.choice((AS_IN[ord(c) - 65], NATO[ord(c) - 65])).capitalize()
        if odd < 0.2:
            out.append(
                f"{c}{rng.choice((' as in', ' is in', ' and', ' as a', ', as in', ' is a', ' as an'))} {example}"
            )
        else:
            out.append(c if c != "O" or odd < 0.8 else "Oh")
    return rng.choice((", ", " ", "-", ". ", ", ")).join(out)


def email(rng: random.Random) -> list[str]:
    """An address, its at sign and its end often lost in the words around."""
    first, last = rng.choice(FIRST).lower(), rng.choice(LAST).lower()[:7]
    local = rng.choice(
        (
            spelled(last, rng),
            f"{spelled(first[0] + last, rng)}",
            f"{first}{last}",
            f"{first} dot {last}",
            f"{first}.{last}",
            f"{first[0].upper()} {last.capitalize()}",
            f"{first} {rng.randint(10, 99)}",
        )
    )
    domain, tld = rng.choice(
        (("gmail", "com"), ("yahoo", "com"), ("outlook", "com"), ("comcast", "net"), ("lakeview", "org"))
    )
    tail = rng.choice((f"{domain}.{tld}", f"{domain} dot {tld}", f"{domain}.{tld}"))
    at = rng.choice((" at ", " at ", "@", " at", " ad ", " add ", " et ", ". Ad", ". At", " Add", ", at "))
    if at == "@" and " " in local:
        at = " at "
    return [local + at + tail]


def name(rng: random.Random) -> list[str]:
    """A name, its rarer half not known to the recogniser."""
    if rng.random() < 0.5:
        return say_name(rng)
    first, last = rng.choice(FIRST), rng.choice(LAST)
    k = rng.randrange(1, len(last) - 1)
    odd = rng.choice((last[:k] + last[k + 1 :], last[:k] + rng.choice("aeioulnr") + last[k + 1 :], last))
    return [f"{first} {odd}"]


MAKERS = OTHERS | {
    "EXP": ("CREDIT_CARD_EXPIRATION", expiry),
    "EMAIL": ("EMAIL_ADDRESS", email),
    "NAME": ("PERSON", name),
    "DOB": ("DATE_OF_BIRTH", say_birth),
}


# ------------------------------------------------------------------ whole dialogues


def recorded(example: Example, rng: random.Random) -> Example:
    """The dialogue with words garbled beside the values, on two channels that overlap or on one with the voices told by guess."""
    example = _garbled(example, rng)
    if rng.random() < 0.5:
        return _overlapping(example, rng)
    words = tuple(replace(w, channel=0, speaker="unknown") for w in example.transcript.words)
    heard = assign_speakers(replace(example.transcript, words=words), channels=1, agent_channel=None).transcript
    return replace(example, transcript=heard)


def _garbled(example: Example, rng: random.Random) -> Example:
    valued = frozenset().union(*(t.words for t in example.truths)) if example.truths else frozenset()
    words = [
        replace(w, text=rng.choice(_STRAY))
        if i not in valued and w.text.isalpha() and rng.random() < _WORDS_CHANGED
        else w
        for i, w in enumerate(example.transcript.words)
    ]
    words = _with_cues_changed(words, valued, rng)
    return replace(example, transcript=replace(example.transcript, words=tuple(words)))


def _with_cues_changed(words: list[Word], valued: frozenset[int], rng: random.Random) -> list[Word]:
    changed = list(words)
    bare = [w.text.lower().strip(".,?!") for w in words]
    for cue, slips in _CUES.items():
        for i in range(len(words) - len(cue) + 1):
            place = range(i, i + len(cue))
            if tuple(bare[i : i + len(cue)]) != cue or valued & set(place) or rng.random() >= _CUE_CHANGED:
                continue
            slip = rng.choice(slips).split()
            end = words[place[-1]].text[len(bare[place[-1]]) :]
            for k, text in zip(place, [*slip, *[""] * len(cue)], strict=False):
                changed[k] = replace(changed[k], text=text + end if k == place[-1] and text[-1:].isalpha() else text)
    return [w if w.text else replace(w, text="uh") for w in changed]


def _overlapping(example: Example, rng: random.Random) -> Example:
    """The company's next words begin before the customer has done, as far as word times tell."""
    words = list(example.transcript.words)
    shift = 0.0
    moved: list[Word] = []
    for i, w in enumerate(words):
        if i and w.channel != words[i - 1].channel:
            shift = rng.uniform(0.6, 1.6) if w.channel == 0 and rng.random() < 0.4 else 0.0
        moved.append(replace(w, start_s=max(0.0, w.start_s - shift), end_s=w.end_s - min(shift, w.start_s)))
    order = sorted(range(len(moved)), key=lambda i: (moved[i].start_s, moved[i].end_s, moved[i].channel))
    place = {old: new for new, old in enumerate(order)}
    truths = tuple(Truth(t.entity, frozenset(place[i] for i in t.words)) for t in example.truths)
    transcript = replace(example.transcript, words=tuple(moved[i] for i in order))
    return replace(example, transcript=transcript, truths=truths)


RECOGNISER = Heard(number, MAKERS, recorded)
