"""Makes dialogues in which somebody says personal data, and others full of numbers and names that are none.

Templates are scripts of a few lines. `{CARD}` is a value spoken in one go, `{CARD:1/2}` its first half where it is read in
pieces, `{=CARD}` somebody repeating it (a finding of its own), `{AGENT}` and other lower-case slots are fill-ins that are no
personal data. `[a|b]` is one of two wordings. Each value is spoken in one of the ways that people and recognizers have.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from spoken_numbers import NUMBERS, lettered, number, phone, split
from spoken_ways import MONTHS, ONES, ORDINALS, OTHERS, TEENS, say_groups, say_number, say_year, two_digits

from scanner.transcript import Transcript, Word

AGENTS = "Todd Monica Brent Ivy Laura Curtis Nadine Omar Phil Gina Seth Tess Marla Andre".split()


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
