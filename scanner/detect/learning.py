"""Learns the weights of the wide ear from tables of phrasings.

    python -m scanner.detect.learning tests/cases

A table of `phrasings/` is a YAML file with `kind`, `speaker`, `hits` and `misses`: lines of a dialogue, of which the last
one says the kinds that are listed after it. The calls of `talks/` are noted whole: what is said, and nothing else. Those of
`speakers/` and `personal_data/` are ordinary talk: what the grammar does not hear in them is not there. Files named `*held_out` are only measured. The same tables give the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from scanner.detect.disclosures import follow, named_sentences
from scanner.detect.fitting import Lessons, fit_bag, fit_network, fit_sums
from scanner.detect.hearing.floor import Floor
from scanner.detect.hearing.learned import COMPANY_KINDS, KINDS, WEIGHTS, Likelihoods, Sums, Weights, write
from scanner.detect.hearing.readings import Reading, reading_of, windows
from scanner.detect.hearing.sentences import Sentence
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import DisclosureKind
from scanner.dialogue import parse_dialogue
from scanner.transcript import COMPANY_SIDE

SPEAKERS = ("agent", "customer", "system", "unknown")


@dataclass(frozen=True)
class Phrasing:
    """The last line of a dialogue and what it says: surely, or perhaps (then neither is right or wrong)."""

    table: str
    dialogue: tuple[str, ...]
    kinds: frozenset[str]
    perhaps: frozenset[str]
    vocabulary: Vocabulary


def read_phrasings(folder: Path) -> list[Phrasing]:
    """All phrasings of the tables under a folder; raises KeyError where a table lacks a key."""
    found: list[Phrasing] = []
    for path in sorted(folder.rglob("*.yaml")):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        vocabulary = Vocabulary(tuple(table.get("vendors", ())), tuple(table.get("ai_products", ())))
        for section, default in (("hits", [table["kind"]]), ("misses", [])):
            for entry in table[section]:
                text, *kinds = [entry, *default] if isinstance(entry, str) else entry
                found.append(
                    Phrasing(
                        path.relative_to(folder).with_suffix("").as_posix(),
                        tuple(
                            line if line.split(": ")[0] in SPEAKERS else f"{table['speaker']}: {line}"
                            for line in text.split(" >> ")
                        ),
                        frozenset(k for k in kinds if not k.endswith("?")),
                        frozenset(k[:-1] for k in kinds if k.endswith("?")),
                        vocabulary,
                    )
                )
    return found


@dataclass(frozen=True)
class _Instance:
    """A reading of a sentence; which kinds it says and which of them are to be learned from it."""

    reading: Reading
    says: npt.NDArray[np.float32]
    counts: npt.NDArray[np.float32]


def _sentences(phrasing: Phrasing) -> Iterator[tuple[Sentence, frozenset[str]]]:
    """The sentences of the last line, each with what went before."""
    heard: dict[int, tuple[Sentence, frozenset[str]]] = {}

    def ear(sentence: Sentence, *, context: frozenset[str], kinds: Sequence[DisclosureKind]) -> Likelihoods:  # noqa: ARG001
        heard[id(sentence)] = (sentence, context)
        return {}

    transcript = parse_dialogue("\n".join(phrasing.dialogue))
    sentences = named_sentences(transcript, phrasing.vocabulary)
    if len(sentences) == 1:
        return iter([(sentences[0], Floor().context(sentences[0]))])
    before = phrasing.dialogue[:-1]
    last_line_s = parse_dialogue("\n".join(before)).words[-1].end_s if before else -1.0
    follow(sentences, phrasing.vocabulary, ear)
    return ((s, context) for s, context in heard.values() if s.end_s > last_line_s)


_Pieces = list[tuple[Sentence, Reading]]


def _pieces(phrasing: Phrasing) -> _Pieces:
    return [(s, reading_of(s, at, context)) for s, context in _sentences(phrasing) for at in windows(s)]


def _instances(heard: Sequence[tuple[Phrasing, _Pieces]], first: Sums | None) -> list[_Instance]:
    """Of a line of several sentences, each kind belongs to the one that says it most by the `first` weights.

    Without these only lines of one sentence, and those that say nothing, are learned from.
    """
    found: list[_Instance] = []
    for phrasing, pieces in heard:
        says = np.array([k in phrasing.kinds for k in KINDS], dtype=np.float32)
        if len(pieces) > 1 and phrasing.kinds and first is None:
            continue
        several = first is not None and len(pieces) > 1
        likeliest = np.array([first.odds(r) for _, r in pieces]).argmax(axis=0) if first and several else None
        for i, (sentence, reading) in enumerate(pieces):
            open_kinds = np.array([k in phrasing.perhaps for k in KINDS])
            mine = says * (likeliest == i) if likeliest is not None else says
            found.append(_Instance(reading, mine.astype(np.float32), _own_side(sentence) * ~open_kinds))
    return found


def _joined(phrasings: Sequence[Phrasing]) -> list[Phrasing]:
    """Pairs of the company's lines as one sentence, since notices come in one breath with each other and with small talk."""
    single = [
        p
        for p in phrasings
        if len(p.dialogue) == 1
        and p.dialogue[0].startswith("agent: ")
        and not p.dialogue[0].endswith("?")
        and not p.perhaps
    ]
    telling = [p for p in single if p.kinds & _NOTICES]
    order = np.random.default_rng(1)
    found: list[Phrasing] = []
    for one, pool in ((p, pool) for p in telling for pool in (telling, single)):
        other = pool[int(order.integers(len(pool)))]
        first, second = (one, other) if order.integers(2) else (other, one)
        start, rest = first.dialogue[0].rstrip(".,!"), second.dialogue[0].removeprefix("agent: ")
        found.append(
            replace(one, dialogue=(f"{start} and {rest[0].lower()}{rest[1:]}",), kinds=one.kinds | other.kinds)
        )
    return found


_NOTICES = frozenset({"recording", "third_party", "ai_analysis", "ai_training"})


_NEXT = (
    "How can I help you today?",
    "What can I do for you?",
    "Who am I speaking with, please?",
    "Is this about your order?",
)


def _after_questions(phrasings: Sequence[Phrasing]) -> list[Phrasing]:
    """What a customer says to a notice, said after the question with which the company mostly goes on."""
    return [
        replace(p, dialogue=(f"{p.dialogue[0]} {_NEXT[i % len(_NEXT)]}", p.dialogue[1]))
        for i, p in enumerate(phrasings)
        if len(p.dialogue) == 2
        and p.dialogue[0].endswith(".")
        and p.dialogue[1].startswith("customer: ")
        and len(p.dialogue[1].split()) > 4
    ]


_MISHEARD = {
    "recorded": ("recorder", "recording", "record", "accorded"),
    "recording": ("recorded", "record"),
    "record": ("record it", "recall"),
    "taped": ("tapped", "tape"),
    "taping": ("typing", "tape in"),
    "tape": ("tap", "take"),
    "call": ("car", "cold"),
    "calls": ("cause", "call"),
    "ai": ("a", "eye"),
    "vendor": ("vender", "ventor"),
    "consent": ("content",),
    "transcribed": ("prescribed", "transcribe"),
    "train": ("trained", "trane"),
    "okay": ("kay",),
    "opt": ("op", "up"),
    "bot": ("bought", "bar"),
    "chatbot": ("chat box", "chat about"),
    "recorder": ("record", "order"),
}
"""What a recogniser makes of the words that matter, beside what the ear undoes by itself."""
_LOST = 0.35
"""In so many of the noisy copies a word is lost, and in as many the last mark."""


def _noisy(phrasings: Sequence[Phrasing]) -> list[Phrasing]:
    """Each last line once more as a recogniser might write it: in lower case, with a word lost, misheard, or no mark."""
    order = np.random.default_rng(2)
    found: list[Phrasing] = []
    for phrasing in phrasings:
        speaker, _, said = phrasing.dialogue[-1].partition(": ")
        words = said.lower().split()
        if len(words) > _LONG_ENOUGH and order.random() < _LOST:
            del words[int(order.integers(len(words)))]
        known = [i for i, w in enumerate(words) if w.strip(".,?!") in _MISHEARD]
        if known and order.random() < _LOST:
            i = known[int(order.integers(len(known)))]
            ways = _MISHEARD[words[i].strip(".,?!")]
            words[i] = ways[int(order.integers(len(ways)))]
        line = " ".join(words)
        if order.random() < _LOST:
            line = line.rstrip(".?!")
        if line:
            found.append(replace(phrasing, dialogue=(*phrasing.dialogue[:-1], f"{speaker}: {line}")))
    return found


_LONG_ENOUGH = 5


@dataclass(frozen=True)
class Talk:
    """A typed call, and the kinds that its words say, by those words; None where that was not looked at."""

    call: str
    says: tuple[tuple[str, str], ...] | None = None


def read_talks(folder: Path) -> list[Talk]:
    """The calls of a folder's files: cases by name of which nobody noted what is said, or a list with `says`."""
    tables = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml")) if _learned(path)
    ]
    cases = [case for table in tables for case in (table.values() if isinstance(table, dict) else table)]
    return [
        Talk(case["call"], tuple((kind, words) for kind, words in case["says"]) if "says" in case else None)
        for case in cases
        if isinstance(case, dict) and "call" in case
    ]


def _learned(path: Path) -> bool:
    return not path.stem.endswith("held_out")


def _talk_instances(talk: Talk) -> list[_Instance]:
    """All sentences of a call, each as saying what is noted of it.

    Where nothing is noted they say nothing, but for what the grammar hears: of that nothing is learned.
    """
    heard: dict[int, tuple[Sentence, frozenset[str]]] = {}

    def ear(sentence: Sentence, *, context: frozenset[str], kinds: Sequence[DisclosureKind]) -> Likelihoods:  # noqa: ARG001
        heard[id(sentence)] = (sentence, context)
        return {}

    floor, _ = follow(named_sentences(parse_dialogue(talk.call), Vocabulary()), Vocabulary(), ear)
    by_grammar = {(id(s.sentence), s.kind) for s in floor.said}
    noted = [(kind, _plain(words)) for kind, words in talk.says or ()]
    found: list[_Instance] = []
    for key, (sentence, context) in heard.items():
        mine = {kind for kind, words in noted if words in sentence.text or sentence.text in words}
        says = np.array([k in mine for k in KINDS], dtype=np.float32)
        known = np.array(
            [f"{k}?" not in mine if talk.says is not None else (key, k) not in by_grammar for k in KINDS],
            dtype=np.float32,
        )
        counts = _own_side(sentence) * known
        for before in (context, *(() if mine else _after_a_notice(sentence, context))):
            found += [_Instance(reading_of(sentence, at, before), says, counts) for at in windows(sentence)]
    return found


def _plain(words: str) -> str:
    """Words as a sentence has them."""
    return " ".join(s.text for s in named_sentences(parse_dialogue(f"agent: {words}"), Vocabulary()))


def _after_a_notice(sentence: Sentence, context: frozenset[str]) -> list[frozenset[str]]:
    """What a customer says of his own matter is no answer either when it comes right after a notice or a request.

    What answers another question is none, however short it is.
    """
    if sentence.speaker != "customer" or (len(sentence) < _LONG_ENOUGH and "matter asked" not in context):
        return []
    noticed = context | {"noticed recording", "after RECORD", "after CALL"}
    learns = context | {"noticed recording", "noticed ai"}
    if "matter asked" in context:
        return [noticed - {"after RECORD", "after CALL"}, learns]
    return [noticed, noticed | {"asked recording"}, learns]


def _own_side(sentence: Sentence) -> npt.NDArray[np.float32]:
    """1 for each kind that the speaker's side can say."""
    company = np.array([k in COMPANY_KINDS for k in KINDS])
    if sentence.speaker == "unknown":
        return np.ones(len(KINDS), dtype=np.float32)
    return (company if sentence.speaker in COMPANY_SIDE else ~company).astype(np.float32)


def lessons(phrasings: Sequence[Phrasing], talks: Sequence[Talk] = ()) -> Lessons:
    """What is to be learned from phrasings and ordinary talk; a first ear, from lines of one sentence, tells who says what."""
    ordinary = [i for talk in talks for i in _talk_instances(talk)]
    phrasings = [*phrasings, *_after_questions(phrasings)]
    heard = [(p, _pieces(p)) for p in phrasings]
    first = fit_sums(_together([*_instances(heard, None), *ordinary]), rounds=_FIRST_ROUNDS)
    heard += [(p, _pieces(p)) for p in (*_joined(phrasings), *_noisy(phrasings))]
    return _together([*_instances(heard, first), *ordinary])


_FIRST_ROUNDS = 12


def _together(instances: Sequence[_Instance]) -> Lessons:
    return Lessons(
        [i.reading for i in instances], np.stack([i.says for i in instances]), np.stack([i.counts for i in instances])
    )


def lessons_of(cases: Path) -> Lessons:
    """What all tables under a folder of cases teach."""
    talks = [talk for folder in ("speakers", "personal_data", "talks") for talk in read_talks(cases / folder)]
    return lessons([p for p in read_phrasings(cases / "phrasings") if not p.table.endswith("held_out")], talks)


if __name__ == "__main__":
    taught = lessons_of(Path(sys.argv[1]))
    write(
        Weights(fit_sums(taught), fit_bag(taught), fit_network(taught)), Path(__file__).with_name("hearing") / WEIGHTS
    )
