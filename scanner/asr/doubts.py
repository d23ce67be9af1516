"""What makes one doubt that heard words were said: loops, inventions, too few or too many of them. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.asr.voice_activity import Stretch
from scanner.transcript import Span, Word

_MOST_WORDS_PER_S = 7.0
"""The fastest speakers reach five, reading digits six."""
_HOLE_S = 1.6
"""Voice without a word for longer is a dropped sentence; the slowest digits come one a second."""
_FAINT_PROBABILITY = 0.35
_GUESSED = 0.06
_SURE_NUMBER = 0.5
_SHORTEST_NUMBER, _WORDS_BETWEEN = 3, 2
_VOICE_S = 0.25
_SURE_WITH_VOICE, _SURE_WITHOUT_VOICE = 0.15, 0.4

_INVENTIONS = (
    "thank you for watching",
    "thanks for watching",
    "thank you so much for watching",
    "please subscribe",
    "like and subscribe",
    "subscribe to my channel",
    "subscribe to the channel",
    "see you in the next video",
    "see you next video",
    "subtitles by",
    "subtitled by",
    "captions by",
    "captioned by",
    "transcribed by",
    "transcription by",
    "translated by",
    "amara org",
    "www",
)
"""What the model learnt from subtitles and says over silence, music and noise. No call needs these words, but for web
addresses, which are only doubted when nothing else is said."""

_PLAIN = re.compile(r"[^\w' ]+")


@dataclass(frozen=True, slots=True)
class Loop:
    """Words first to end (exclusive) repeat what stands before them."""

    first: int
    end: int


def plain(text: str) -> str:
    """Lower case, without punctuation."""
    return " ".join(_PLAIN.sub(" ", text.lower()).split())


def find_loops(words: Sequence[Word]) -> tuple[Loop, ...]:
    """Runs in which the model repeats itself, as people do not, without their first round.

    Digits are repeated in earnest ("1111 1111 1111"), so they need far more rounds; so do short words, and anything that
    takes its time, since a loop is written in no time at all.
    """
    keys = [plain(w.text) for w in words]
    loops: list[Loop] = []
    i = 0
    while i < len(keys):
        best: Loop | None = None
        for size in range(1, min(12, (len(keys) - i) // 2) + 1):
            rounds = 1
            while keys[i : i + size] == keys[i + rounds * size : i + (rounds + 1) * size]:
                rounds += 1
            end = i + rounds * size
            if rounds > 1 and _is_loop(keys[i : i + size], words[i:end], rounds) and (best is None or end > best.end):
                best = Loop(i + size, end)
        if best is None:
            i += 1
        else:
            loops.append(best)
            i = best.end
    return tuple(loops)


def _is_loop(keys: Sequence[str], words: Sequence[Word], rounds: int) -> bool:
    digits = all(is_number(k) for k in keys)
    enough = 18 if digits else {1: 6, 2: 5}.get(len(keys), 4 if len(keys) < 5 else 3)
    seconds = max(w.end_s for w in words) - words[0].start_s
    hasty = len(words) > _MOST_WORDS_PER_S * seconds
    return rounds >= enough or (hasty and not digits and rounds >= max(3, enough - 2))


_NUMBER_WORDS = {w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine".split())} | {
    "oh": "0"
}


def without(words: Sequence[Word], loops: Sequence[Loop]) -> tuple[Word, ...]:
    """The words without the looped rounds."""
    gone = {i for loop in loops for i in range(loop.first, loop.end)}
    return tuple(w for i, w in enumerate(words) if i not in gone)


def confidence(words: Sequence[Word]) -> float:
    """Mean probability of the words; 0 when there are none."""
    return sum(w.probability for w in words) / len(words) if words else 0.0


def weakest_link(words: Sequence[Word]) -> float:
    """Geometric mean of the probabilities: over noise the model doubts how to begin, and then goes on as films do."""
    return math.exp(sum(math.log(max(w.probability, 1e-4)) for w in words) / len(words)) if words else 0.0


def is_invented(words: Sequence[Word], stretch: Stretch) -> bool:
    """Whether a stretch's words are more likely the model's than anybody's."""
    text = plain(" ".join(w.text for w in words))
    if any(phrase in text for phrase in _INVENTIONS[:-1]) or text.startswith(_INVENTIONS[-1]):
        return len(words) <= 14 or confidence(words) < 0.5
    return weakest_link(words) < (_SURE_WITHOUT_VOICE if is_voiceless(stretch) else _SURE_WITH_VOICE)


def is_voiceless(stretch: Stretch) -> bool:
    """Whether hardly a voice is heard in a stretch: a soft answer, or ringing, music and noise."""
    return stretch.voiced_s < _VOICE_S


def longest_s(text: str) -> float:
    """Seconds that a word can take at most; "$84.12" is one word, too, and takes as long as its digits."""
    digits = sum(c.isdigit() for c in text)
    return 0.6 + 0.09 * len(text) + 0.5 * digits


def holes(words: Sequence[Word], core: Span) -> tuple[Span, ...]:
    """Pieces of a stretch of speech before, between and after its words that are long enough to hold some.

    A word that the recogniser had to put somewhere hides none.
    """
    found: list[Span] = []
    at_s = core.start_s
    heard = ((w.start_s, w.end_s) for w in words if not is_guess(w))
    for start_s, end_s in [*heard, (core.end_s, core.end_s)]:
        if start_s - at_s > _HOLE_S:
            found.append(Span(at_s, start_s))
        at_s = max(at_s, end_s)
    return tuple(found)


def is_guess(word: Word) -> bool:
    """Whether the recogniser gave a word hardly a chance, and wrote it where it had to write something."""
    return word.probability < _GUESSED


def is_too_dense(words: Sequence[Word], stretch: Stretch) -> bool:
    """Whether there are more words than anybody says in that time."""
    return len(words) > 3 + _MOST_WORDS_PER_S * max(0.3, stretch.core.duration_s)


def is_faint(words: Sequence[Word]) -> bool:
    """Whether the recogniser itself hardly believes the words."""
    return bool(words) and confidence(words) < _FAINT_PROBABILITY


def has_doubtful_number(words: Sequence[Word]) -> bool:
    """Whether a number of three digits and more has one that the recogniser is not sure of: it cannot be guessed from others.

    Shorter ones are quantities, of which another hearing settles nothing ("two phones", "to phones"), unless hardly anything
    else is said: digits may be read with a pause after each.
    """
    return any(
        any(w.probability < _SURE_NUMBER for w in number)
        and (sum(len(_digits(w.text)) for w in number) >= _SHORTEST_NUMBER or 2 * len(number) >= len(words))
        for number in _numbers(words)
    )


def _numbers(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of each number, which a few others may part: "the 4th of March, '85"."""
    number: list[Word] = []
    others = 0
    for word in words:
        if is_number(word.text):
            number.append(word)
            others = 0
        elif (others := others + 1) > _WORDS_BETWEEN and number:
            yield number
            number = []
    if number:
        yield number


def is_number(text: str) -> bool:
    """Whether a word has digits or names one."""
    return any(c.isdigit() for c in text) or plain(text) in _NUMBER_WORDS


def repeats_digits(words: Sequence[Word]) -> bool:
    """Whether digits go round and round, as in "4242 4242 4242": the model loses count of them."""
    run = ""
    for word in (*words, None):
        if word is not None and is_number(word.text):
            run += _digits(word.text)
        elif _goes_round(run):
            return True
        else:
            run = ""
    return False


def _digits(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return digits or _NUMBER_WORDS.get(plain(text), "")


def _goes_round(digits: str) -> bool:
    return any(
        digits[i : i + size] * (length // size) == digits[i : i + length]
        for size, length in ((1, 6), (2, 6), (3, 9), (4, 12))
        for i in range(len(digits) - length + 1)
    )
