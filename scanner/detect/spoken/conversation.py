"""A call as statements: what one speaker says, its pieces joined over the other side's "mm-hm", "go ahead" and read-backs.

People give a long number in pieces. The pieces are one value only if the statement that holds them is put together
again, and the question that says what the number is stands before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from scanner.detect.spoken.cues import find_cues
from scanner.detect.spoken.number_chunks import read_chunk
from scanner.detect.spoken.number_runs import Run, find_runs
from scanner.detect.spoken.number_words import FILLERS, UNITS
from scanner.detect.spoken.speech_tokens import Token, tokenize
from scanner.detect.spoken.spelling import SPELLING_WORDS
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript, Word

PAUSE_IN_STATEMENT_S = 4.0
"""A speaker who pauses for longer, with nobody speaking, has finished."""
PAUSE_OVER_BACKCHANNEL_S = 9.0
PAUSE_OF_UNKNOWN_S = 0.7
"""Where nobody knows who speaks, a question or a pause like this may end a turn."""
_LONGEST_WORD_S = 1.0
_SAME_START = 3
_SPELLING_LINKS = frozenset("as in is and an a oh at dot ad add".split())
_MOST_LINKS = 4
_BEFORE_COUNT = frozenset("last first final next".split())
_LONGEST_NOISE = 2
_DIGIT_S = 0.4
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
        first = self.words[0]
        digits = sum(c.isdigit() for c in first.text)
        if digits > 1:  # a word that holds a whole number may count in the question before it
            return max(first.start_s, first.end_s - _LONGEST_WORD_S - _DIGIT_S * (digits - 1))
        return _settled(first).start_s

    @property
    def end_s(self) -> float:
        return max(w.end_s for w in self.words)

    def in_question(self, token: int) -> bool:
        """Does the sentence that holds a token end in a question mark?"""
        ends = (t.lead for t in self.tokens[token + 1 :] if t.ends_sentence_before)
        return "?" in next(ends, self.words[-1].text)

    @property
    def by_company(self) -> bool:
        return self.speaker in COMPANY_SIDE


def join(one: Statement, other: Statement) -> Statement:
    """Two statements as one, by the speaker of the first; `other`'s tokens follow `one`'s."""
    shifted = tuple(replace(t, word=t.word + len(one.words), lead=t.lead or " ") for t in other.tokens)
    tokens = (*one.tokens, *shifted)
    return Statement(one.speaker, (*one.words, *other.words), (*one.indices, *other.indices), tokens, find_runs(tokens))


def statements(transcript: Transcript) -> tuple[Statement, ...]:
    """The statements of a call, ordered by start; every word is in exactly one."""
    words = _one_voice(transcript.words)
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


def _one_voice(words: Sequence[Word]) -> Sequence[Word]:
    """The words, each number or spelling that goes on without a pause with one speaker where voices were told by guess."""
    by_channel: dict[int, list[int]] = {}
    for i, word in enumerate(words):
        by_channel.setdefault(word.channel, []).append(i)
    changed: dict[int, Word] = {}
    for stream in by_channel.values():
        if len({words[i].speaker for i in stream}) < 2:
            continue
        for stretch in _code_stretches(words, stream):
            votes = Counter(words[i].speaker for i in stretch if words[i].speaker != "unknown")
            if len({words[i].speaker for i in stretch}) < 2 or not votes or _is_repeated(words, stretch):
                continue
            speaker = max(votes, key=lambda s: (votes[s], s == "customer"))
            changed |= {i: replace(words[i], speaker=speaker) for i in stretch if words[i].speaker != speaker}
    return [changed.get(i, w) for i, w in enumerate(words)] if changed else words


def _code_stretches(words: Sequence[Word], stream: Sequence[int]) -> Iterator[list[int]]:
    """Words of one channel that are digits and letters, and what explains letters, without a pause between."""
    tokens = tokenize([words[i] for i in stream])
    kinds: dict[int, set[str]] = {}
    for k, token in enumerate(tokens):
        kinds.setdefault(token.word, set()).add(_kind(tokens, k))
    stretch: list[int] = []
    at = last = -1
    for k, i in enumerate([*stream, -1]):
        kind = kinds.get(k, set()) if i >= 0 else {"plain"}
        paused = bool(stretch) and i >= 0 and words[i].start_s - words[stretch[-1]].end_s > PAUSE_OF_UNKNOWN_S
        if "plain" in kind or paused or (stretch and k - last > _MOST_LINKS):
            if at > 1:
                yield stretch[: stretch.index(stream[last]) + 1]
            stretch, at = [], 0
        if kind and "plain" not in kind and (stretch or "code" in kind):
            stretch.append(i)
            at = max(at, 0) + ("code" in kind)
            last = k if kind & {"code", "spelling"} else last


def _kind(tokens: Sequence[Token], k: int) -> str:
    """What a token is within a number or a spelling."""
    norm = tokens[k].norm
    if k and tokens[k - 1].norm in _BEFORE_COUNT and norm in UNITS:
        return "plain"  # the four of "your last four?"
    if _is_code(tokens, k) and norm != "a":
        return "code"
    domain = (tokens[k].glued_mark and k > 0) or (k + 1 < len(tokens) and tokens[k + 1].glued_mark)
    if norm in SPELLING_WORDS or (domain and norm.isalpha()):
        return "spelling"
    return "link" if norm in _SPELLING_LINKS else "plain"


def _is_repeated(words: Sequence[Word], stretch: Sequence[int]) -> bool:
    """Does one speaker say again what the other has said?"""
    said: list[str] = []
    for k, i in enumerate(stretch):
        text = "".join(c for c in words[i].text.lower() if c.isalnum())
        if k and words[i].speaker == words[stretch[k - 1]].speaker:
            said[-1] += text
        else:
            said.append(text)
    return any(len(a) > _SAME_START and a[:_SAME_START] == b[:_SAME_START] for a, b in pairwise(said))


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
    if spoken and _is_noise(between, floor.between(words[turn[-1]], next_word)):
        return True
    return spoken and all(_is_code(between, k) for k in said)


def _is_noise(tokens: Sequence[Token], words: Sequence[Word]) -> bool:
    """Is it only a word or two that mean nothing here, as a recogniser makes of "uh-huh": "Emma."?"""
    asks = any("?" in w.text for w in words)
    return len(tokens) <= _LONGEST_NOISE and not asks and not find_cues(tokens)


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
