"""Sentences of one speaker, healed where a recogniser's full stop or the other side's "hello?" cut them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.detect.hearing.tokens import Token, tokens_of
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript, Word

PAUSE_S = 1.2
"""A longer silence ends a sentence, unless the sentence is plainly unfinished."""
UNFINISHED_PAUSE_S = 6.0
LONGEST_WORD_S = 1.6
_UNFINISHED = frozenset(
    """may might will would could can be is are am being been the a an this our your my their these all every for of and or by
    with that if on in to from not we i as into about at into using please""".split()
)
_MAY_BE_LAST = frozenset("that in on to with from about into all please".split())
"""With these a question may end ("fine with that"), if somebody answers."""
_NEVER_LAST = frozenset("may might be being is are am the a an our your my their every of and or by".split())
"""After these even a full stop is the recogniser's invention."""
_RESTARTS = frozenset("but and so because however although though please or then".split())
_SUBJECTS = frozenset("i we you they he she it this that there nobody everything".split())


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A run of tokens of one speaker. `text` joins them by single spaces; times are of its words."""

    speaker: Speaker
    channel: int
    tokens: tuple[Token, ...]
    start_s: float
    end_s: float
    question: bool
    speaker_confidence: float
    probability: float
    times: tuple[tuple[float, float], ...] = field(repr=False)
    text: str = field(repr=False, default="")
    offsets: tuple[int, ...] = field(repr=False, default=())

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, i: int) -> str:
        """The text of token i; '' outside."""
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def range_of(self, match: re.Match[str]) -> tuple[int, int]:
        """The tokens [i, j) that a match in `text` covers."""
        start, end = match.span()
        while end > start and self.text[end - 1] == " ":
            end -= 1
        while start < end and self.text[start] == " ":
            start += 1
        first = max(0, bisect_right(self.offsets, start) - 1)
        return first, max(first + 1, bisect_right(self.offsets, max(start, end - 1)))

    def left(self, i: int, width: int = 12) -> str:
        """The text of up to `width` tokens before token i."""
        return " ".join(t.text for t in self.tokens[max(0, i - width) : i])

    def right(self, j: int, width: int = 12) -> str:
        """The text of up to `width` tokens from token j on."""
        return " ".join(t.text for t in self.tokens[j : j + width])

    def clause_start(self, i: int, *, width: int = 14) -> int:
        """Where the clause that holds token i begins: after punctuation, or at a conjunction before a new subject."""
        for k in range(i, max(0, i - width), -1):
            if self.tokens[k - 1].mark:
                return k
            if k < i and (
                self.tokens[k].text == "but" or (self.tokens[k].text in _RESTARTS and self.word(k + 1) in _SUBJECTS)
            ):
                return k
        return max(0, i - width)

    def clause_end(self, j: int, *, width: int = 10) -> int:
        """One past the last token of the clause that holds token j - 1."""
        for k in range(j - 1, min(len(self.tokens), j + width)):
            if self.tokens[k].mark:
                return k + 1
            if k >= j and self.tokens[k].text in _RESTARTS and self.word(k + 1) in _SUBJECTS:
                return k
        return min(len(self.tokens), j + width)


ANSWER_GAP_S = 0.5
ANSWER_OVERLAP_S = 0.3
"""A reply of the other side fits into such a gap, with so much overlap."""


def _start_s(word: Word) -> float:
    """Where a word starts: recognisers start the word after a silence seconds too early, never that late."""
    return word.start_s if word.end_s - word.start_s <= LONGEST_WORD_S else word.end_s - LONGEST_WORD_S / 2


def _sentence(transcript: Transcript, indices: list[int], speaker: Speaker, channel: int) -> Sentence | None:
    words = transcript.words
    tokens = tuple(tokens_of(words, indices))
    if not tokens:
        return None
    offsets: list[int] = []
    at = 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text) + 1
    spoken = [words[i] for i in indices]
    return Sentence(
        speaker=speaker,
        channel=channel,
        tokens=tokens,
        start_s=min(_start_s(w) for w in spoken),
        end_s=max(w.end_s for w in spoken),
        question=tokens[-1].mark == "?",
        speaker_confidence=sum(w.speaker_confidence for w in spoken) / len(spoken),
        probability=sum(w.probability for w in spoken) / len(spoken),
        times=tuple((_start_s(words[t.word]), words[t.word].end_s) for t in tokens),
        text=" ".join(t.text for t in tokens),
        offsets=tuple(offsets),
    )


_ENDS = re.compile(r"[.?!…][\"')\]»”]*$")
_ASKS = re.compile(
    r"(?:how (?:may|can) (?:i|we)|how (?:are|were) (?:you|things)|how (?:is|has|was) (?:your|the|everything)"
    r"|what (?:can|could) (?:i|we)|what (?:is|was) your|who am i|(?:can|may|could) i (?:please )?(?:get|have|ask|start))"
)
"""A recogniser that loses the full stop goes on with the question that follows: "it's recording how has your week been"."""
_SHORT_ANSWER = re.compile(r"(?:(?:yes|yeah|no|sure|oh|well|okay) )+(?:you|it|i|we|they) (?:may|might|are|am|is)$")
"""“Yes, you may.” has nothing to come."""
_LEADS_ON = frozenset(
    "know tell me see ask wonder about of on and or is if that exactly you so just but understand explain".split()
)
"""After these such words are no new sentence: "tell me how can I"."""
_BARE = re.compile(r"[^\w']+")


def sentences_of(transcript: Transcript, *, max_words: int = 60) -> tuple[Sentence, ...]:
    """All sentences of a call, ordered by start."""
    # Agent and machine are one side: a sentence is not cut where a mono call leaves open which of the two goes on.
    runs: dict[tuple[str, int], list[int]] = {}
    for i, word in enumerate(transcript.words):
        side = "company" if word.speaker in COMPANY_SIDE else word.speaker
        runs.setdefault((side, word.channel), []).append(i)
    found: list[Sentence] = []
    for (_, channel), indices in runs.items():
        for piece in _pieces(transcript, indices, max_words):
            speaker = Counter(transcript.words[i].speaker for i in piece).most_common(1)[0][0]
            sentence = _sentence(transcript, piece, speaker, channel)
            if sentence:
                found.append(sentence)
    return tuple(sorted(found, key=lambda s: (s.start_s, s.end_s, s.channel)))


def _pieces(transcript: Transcript, indices: list[int], max_words: int) -> Iterator[list[int]]:
    words = transcript.words
    piece: list[int] = []
    for n, i in enumerate(indices):
        if piece:
            last = words[piece[-1]]
            gap_s = _start_s(words[i]) - last.end_s
            bare = _BARE.sub("", last.text.lower())
            ends = bool(_ENDS.search(last.text))
            # Where a recogniser wrote no capital at the beginning, the lack of one says nothing.
            anew = words[i].text[:1].isupper() or words[piece[0]].text[:1].islower()
            answered = anew and _answered_between(words, piece[-1], i, gap_s)
            open_words = _NEVER_LAST if ends else _UNFINISHED - _MAY_BE_LAST if answered else _UNFINISHED
            unfinished = bare in open_words and not last.text.endswith("?")
            if ends and _SHORT_ANSWER.match(" ".join(_BARE.sub("", words[k].text.lower()) for k in piece[:6])):
                unfinished = False
            # On one channel, many words of somebody else in between end a sentence sooner than silence does.
            others = sum(1 for k in range(piece[-1] + 1, i) if words[k].channel == last.channel)
            asks = bare not in _LEADS_ON and _ASKS.match(
                " ".join(_BARE.sub("", words[k].text.lower()) for k in indices[n : n + 4])
            )
            if len(piece) >= max_words or (
                gap_s > UNFINISHED_PAUSE_S
                if unfinished
                else ends or asks or gap_s > PAUSE_S or others > 3 or (others > 0 and gap_s > PAUSE_S / 2) or answered
            ):
                yield piece
                piece = []
        piece.append(i)
    if piece:
        yield piece


def _answered_between(words: Sequence[Word], last: int, i: int, gap_s: float) -> bool:
    """Whether the other side spoke between two words of a channel; a capital after it begins anew, marked or not."""
    if gap_s < ANSWER_GAP_S:
        return False
    start_s, end_s = words[last].end_s - ANSWER_OVERLAP_S, words[i].start_s + ANSWER_OVERLAP_S
    return any(w.channel != words[i].channel and start_s <= w.start_s and w.end_s <= end_s for w in words[last + 1 : i])
