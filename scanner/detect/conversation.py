"""A call as statements: what one speaker says, its pieces joined over the other side's "mm-hm", "go ahead" and read-backs.

People give a long number in pieces. The pieces are one value only if the statement that holds them is put together
again, and the question that says what the number is stands before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scanner.detect.number_words import FILLERS
from scanner.detect.speech_tokens import Token, tokenize
from scanner.detect.spoken_numbers import Run, find_runs, read_chunk
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript, Word

PAUSE_IN_STATEMENT_S = 4.0
"""A speaker who pauses for longer, with nobody speaking, has finished."""
PAUSE_OVER_BACKCHANNEL_S = 9.0
PAUSE_OF_UNKNOWN_S = 0.7
"""Where nobody knows who speaks, a question or a pause like this may end a turn."""
_LONGEST_WORD_S = 1.0
SURE_SPEAKER = 0.85
"""Below this confidence it is open who speaks."""

_BACKCHANNEL = frozenset(
    (
        "okay ok k mm hm hmm mhm mmhmm mmhm uh huh yes yeah yep yup right alright all sure got it go ahead on and perfect great "
        "thank you thanks continue next i see take your time whenever you're ready no problem of course i'm listening keep "
        "going good correct please cool fine then um er ah so far with with me that's keep it"
    ).split()
)  # fmt: skip
_OPENERS = frozenset("yes yeah yep okay ok right and then so it's its that's uh um er no sorry oh correct".split())


@dataclass(frozen=True, slots=True)
class Statement:
    """What one speaker says until somebody else has the floor; `indices[i]` is the place of `words[i]` in the transcript.

    `speaker` is `unknown` where it is too unsure who speaks. `runs` are its digits and letters.
    """

    speaker: Speaker
    words: tuple[Word, ...]
    indices: tuple[int, ...]
    tokens: tuple[Token, ...] = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return max(w.end_s for w in self.words)

    @property
    def by_company(self) -> bool:
        return self.speaker in COMPANY_SIDE


def statements(transcript: Transcript) -> tuple[Statement, ...]:
    """The statements of a call, ordered by start; every word is in exactly one."""
    words = transcript.words
    streams: dict[tuple[Speaker, int], list[int]] = {}
    for i, word in enumerate(words):
        streams.setdefault((word.speaker, word.channel), []).append(i)
    floor = _Floor(words)
    found: list[Statement] = []
    for stream in streams.values():
        turns = _turns(words, stream, floor)
        joined: list[list[int]] = []
        for turn in turns:
            if joined and _continues(words, joined[-1], turn, floor):
                joined[-1] = joined[-1] + turn
            else:
                joined.append(turn)
        found += [_statement(words, indices) for indices in joined]
    return tuple(sorted(found, key=lambda s: (s.start_s, s.indices[0])))


class _Floor:
    """Who else speaks between two moments."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        order = sorted(range(len(words)), key=lambda i: words[i].start_s + words[i].end_s)
        self._order = order
        self._middles = [(words[i].start_s + words[i].end_s) / 2 for i in order]

    def between(self, after: Word, before: Word) -> list[Word]:
        """Words of other speakers whose middle lies between the end of one word and the start of another."""
        low = bisect_left(self._middles, after.end_s)
        high = bisect_left(self._middles, before.start_s)
        own = (after.speaker, after.channel)
        return [w for w in (self._words[i] for i in self._order[low:high]) if (w.speaker, w.channel) != own]


def _turns(words: Sequence[Word], stream: Sequence[int], floor: _Floor) -> list[list[int]]:
    """A speaker's words, cut at long pauses and wherever somebody else speaks in a pause."""
    turns: list[list[int]] = []
    for i in stream:
        last = words[turns[-1][-1]] if turns else None
        word = _settled(words[i])
        gap_s = word.start_s - last.end_s if last else 0.0
        ends = (
            last is not None and last.speaker == "unknown" and (last.text.endswith("?") or gap_s > PAUSE_OF_UNKNOWN_S)
        )
        if last is None or ends or gap_s > PAUSE_IN_STATEMENT_S or (gap_s > 0 and floor.between(last, word)):
            turns.append([i])
        else:
            turns[-1].append(i)
    return turns


def _settled(word: Word) -> Word:
    """The word without the silence before it, which recognisers count in after a pause; a word may hold a whole number."""
    longest_s = _LONGEST_WORD_S * max(1, sum(c.isdigit() for c in word.text))
    return replace(word, start_s=max(word.start_s, word.end_s - longest_s))


def _continues(words: Sequence[Word], turn: Sequence[int], after: Sequence[int], floor: _Floor) -> bool:
    """Does the speaker go on with the same statement: do the words in between only nod or repeat?"""
    next_word = _settled(words[after[0]])
    gap_s = next_word.start_s - words[turn[-1]].end_s
    if gap_s > PAUSE_OVER_BACKCHANNEL_S:
        return False
    between = tokenize(floor.between(words[turn[-1]], next_word))
    if not between and next_word.speaker != "unknown":
        return gap_s <= PAUSE_IN_STATEMENT_S
    first = list(tokenize([words[i] for i in turn[-12:]]))
    while first and (first[-1].norm in FILLERS or first[-1].norm in _BACKCHANNEL):
        first.pop()
    second = list(tokenize([words[i] for i in after[:12]]))
    while second and (second[0].norm in FILLERS or second[0].norm in _OPENERS or second[0].norm in _BACKCHANNEL):
        second.pop(0)
    spoken = bool(first) and bool(second) and _is_code(first, len(first) - 1) and _is_code(second, 0)
    said = [k for k, t in enumerate(between) if t.norm not in _BACKCHANNEL]
    if not said:
        return spoken or (bool(between) and gap_s <= PAUSE_IN_STATEMENT_S)
    return spoken and all(_is_code(between, k) for k in said)


def _is_code(tokens: Sequence[Token], i: int) -> bool:
    """Is the token a digit, a number or a letter?"""
    token = tokens[i]
    if token.is_figure or (len(token.text) == 1 and token.text.isalpha()):
        return True
    if read_chunk(tokens, i, ()) is not None or token.norm in ("hundred", "thousand"):
        return True
    return i >= 2 and tokens[i - 1].norm == "in" and tokens[i - 2].norm in ("as", "is")  # the word of "N as in Nancy"


def _statement(words: Sequence[Word], indices: Sequence[int]) -> Statement:
    mine = tuple(words[i] for i in indices)
    unsure = sum(w.speaker_confidence < SURE_SPEAKER for w in mine) * 2 > len(mine)
    tokens = tokenize(mine)
    speaker: Speaker = "unknown" if unsure else mine[0].speaker
    return Statement(speaker, mine, tuple(indices), tokens, find_runs(tokens))
