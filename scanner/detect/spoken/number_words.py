"""Words that numbers are made of, words that may stand within one, and words that take one back."""

from __future__ import annotations

from scanner.detect.spoken.spelling import SPELLING_WORDS

UNITS = {w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)}
TEENS = {
    w: n
    for n, w in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10)
}
TENS = {w: n * 10 for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
TENS["fourty"] = 40
ZEROS = {"zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "zeroes": "0", "nil": "0"}
DIGITS = ZEROS | {w: str(n) for w, n in UNITS.items()} | {"niner": "9", "fife": "5"}
PLURALS = {"zeros": "0", "zeroes": "0", "ohs": "0", "sixes": "6"} | {
    w + "s": str(n) for w, n in UNITS.items() if w != "six"
}
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}

HOMOPHONES = {
    "to": "2", "too": "2", "tu": "2", "for": "4", "fore": "4", "ate": "8", "won": "1", "wan": "1", "tree": "3",
    "free": "3", "nein": "9", "nigh": "9", "sex": "6", "sicks": "6", "sic": "6", "fine": "5", "fie": "5", "heaven": "7",
    "owe": "0", "ow": "0",
}  # fmt: skip
"""What a recogniser writes for a digit; a digit only with digits on both sides."""

EVERYDAY_HOMOPHONES = frozenset("to too for fine free heaven wan".split())

FILLERS = frozenset("uh um er ah erm hm hmm mm mhm uhm umm huh".split())
JOINERS = FILLERS | frozenset("and then dash hyphen minus slash slosh slush space yes yeah yep okay ok right".split())
LONG_JOINERS = (
    ("let's", "see"),
    ("let", "me", "see"),
    ("you", "know"),
    ("followed", "by"),
    ("and", "then"),
    ("the", "number"),
    ("the", "letter"),
)
CORRECTIONS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "no sorry", "no wait", "no i mean", "no no", "no it's", "no that's", "oh sorry", "oh no", "oh wait", "wait no", "sorry no",
        "sorry i mean", "i'm sorry", "sorry that's", "sorry it's", "sorry", "no", "wait", "i mean", "actually", "correction",
        "scratch that", "strike that", "make that", "rather", "excuse me", "pardon me", "pardon", "my mistake", "my bad",
        "oops", "whoops", "let me start over", "let me start again", "start over", "start again", "let me try again",
        "let me try that again", "or no", "nope", "or wait", "no wait a second", "no wait a minute", "let me repeat that", "i'll start again", "hold on", "that's wrong", "that's not right", "that's not it", "not that",
    )
)  # fmt: skip
"""What somebody says who takes back the digits before."""

AFTER_CORRECTION = frozenset(
    "it's its that's thats it is should be the last part was i mean sorry no wait uh um so".split()
)
LONGEST_CORRECTION = max(len(c) for c in CORRECTIONS) + 3

NO_CODE = frozenset("st nd rd th am pm usa us uk est pst cst tv id pin cvv zip".split())
NAMES_THAT_SPELL = frozenset(
    w for w in SPELLING_WORDS if w not in frozenset("bravo foxtrot tango sierra yankee zulu".split())
)
