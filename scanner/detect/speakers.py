"""Who speaks each word: by channel where there are two, else by what is said and in what order.

No voice is measured: speakers are told apart by channel, words and times alone, and nothing of a voice is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import exp
from typing import Literal

from scanner.detect.crosstalk import carry_same_sound, without_echoes
from scanner.detect.turn_taking import Side, Voices, voices_of
from scanner.detect.utterances import Utterance, utterances_of
from scanner.transcript import Speaker, Transcript, Word

AgentChannelSource = Literal["metadata", "words", "unknown"]

_LEAST_CONFIDENCE = 0.6
"""Below this a word's speaker is `unknown`."""
_SIDE_CONFIDENCE = 0.8
"""Below this a channel's side is: a whole channel wrongly named would be wrong in everything."""
_SURE = 0.9
_LEAST_SHARE = 0.2
_FIT_BELIEVED = 0.5
"""How much of the difference in fit counts: cues of one utterance lean on each other."""
_MOST_COMPARED = 4
"""Up to so many channels every way of taking sides is weighed; of more, each channel by itself."""


@dataclass(frozen=True, slots=True)
class SpeakerAssignment:
    """The words with their speakers, echoes dropped; the agent's channel (None in mono or when unknown) and whence it is known."""

    transcript: Transcript
    agent_channel: int | None
    agent_channel_source: AgentChannelSource


def assign_speakers(transcript: Transcript, *, channels: int, agent_channel: int | None) -> SpeakerAssignment:
    """Say who speaks each word, and how sure.

    `channels` is how many different sounds the recording has: 1 for mono, and for two channels that carry the same
    sound. `agent_channel` is the metadata's; a channel that the recording does not have counts as not known. On the
    company's channel machines are told from humans; a word whose side stays open is `unknown`, with its probability.
    """
    if agent_channel is not None and not 0 <= agent_channel < channels:
        agent_channel = None
    words = transcript.words
    spoken = sorted({w.channel for w in words})
    if len(spoken) == 2 and carry_same_sound(words, spoken[0], spoken[1]):
        words = tuple(w for w in words if w.channel == spoken[0])
        return _mono(transcript, words)
    if channels == 1 or not words:
        return _mono(transcript, words, agent_channel if channels > 1 else None)
    words = without_echoes(words)
    utterances = utterances_of(words)
    spoken = sorted({u.channel for u in utterances})
    if len(spoken) == 1:
        mixed = _mono(transcript, words, agent_channel)
        if agent_channel is None or _both_sides_speak(mixed.transcript.words):
            return mixed
    believed, certainty = _sides(utterances, spoken, agent_channel)
    voices = voices_of(utterances, sides=believed)
    named = _named(words, utterances, voices, certainty)
    if agent_channel is not None:
        return SpeakerAssignment(replace(transcript, words=named), agent_channel, "metadata")
    found = _busiest_company_channel(named)
    return SpeakerAssignment(replace(transcript, words=named), found, "unknown" if found is None else "words")


def assign_beside(
    transcript: Transcript, *, sides: Mapping[int, Side], mixed: frozenset[int] = frozenset()
) -> Transcript:
    """Say who speaks the words that are `unknown`, beside those of whom it has been told, which stay as they are.

    `sides`: of the channels whose side has been told. `mixed`: channels that may carry anybody's words; of each other
    channel all words are of one side.
    """
    words = transcript.words
    if all(w.speaker != "unknown" for w in words):
        return transcript
    utterances = utterances_of(words)
    spoken = sorted({u.channel for u in utterances} - mixed)
    found, certainty = _believed(_company_odds(utterances, spoken, sides)) if spoken else ({}, {})
    named = _named(words, utterances, voices_of(utterances, sides={**found, **sides}), certainty)
    kept = (told if told.speaker != "unknown" else guess for told, guess in zip(words, named, strict=True))
    return replace(transcript, words=tuple(kept))


def _mono(transcript: Transcript, words: Sequence[Word], agent_channel: int | None = None) -> SpeakerAssignment:
    utterances = utterances_of(words)
    named = _named(words, utterances, voices_of(utterances, sides={}), {})
    return SpeakerAssignment(
        replace(transcript, words=named), agent_channel, "unknown" if agent_channel is None else "metadata"
    )


def _both_sides_speak(words: Sequence[Word]) -> bool:
    """Whether the one channel with words carries a whole conversation: the other one is a dead line then, not a side."""
    sure = [w.speaker for w in words if w.speaker_confidence >= _SURE]
    customer = sure.count("customer")
    return min(customer, len(sure) - customer) >= _LEAST_SHARE * len(words)


def _sides(
    utterances: Sequence[Utterance], spoken: Sequence[int], agent_channel: int | None
) -> tuple[dict[int, Side], dict[int, float]]:
    """The likeliest side of each channel, and how sure."""
    if agent_channel is not None and len(spoken) <= 2:
        sides: dict[int, Side] = {c: "company" if c == agent_channel else "customer" for c in spoken}
        return sides, dict.fromkeys(spoken, 1.0)
    return _believed(_company_odds(utterances, spoken, {} if agent_channel is None else {agent_channel: "company"}))


def _believed(company: Mapping[int, float]) -> tuple[dict[int, Side], dict[int, float]]:
    sides: dict[int, Side] = {c: "company" if odds > 0 else "customer" for c, odds in company.items()}
    return sides, {c: 1.0 / (1.0 + exp(-min(50.0, abs(odds)))) for c, odds in company.items()}


def _company_odds(
    utterances: Sequence[Utterance], spoken: Sequence[int], known: Mapping[int, Side]
) -> dict[int, float]:
    """Log-odds of each channel being the company's, from what is said on all of them; `known` sides are not asked about."""
    if len(spoken) > _MOST_COMPARED:
        sums = {c: sum(u.company for u in utterances if u.channel == c) * _FIT_BELIEVED for c in spoken}
        return {c: {"company": 50.0, "customer": -50.0}[known[c]] if c in known else odds for c, odds in sums.items()}
    fits: list[tuple[Mapping[int, Side], float]] = []
    options: tuple[Side, Side] = ("company", "customer")
    for choice in product(options, repeat=len(spoken)):
        sides = dict(zip(spoken, choice, strict=True))
        both = len(set(choice)) == 2 or len(spoken) == 1  # somebody calls and somebody answers
        if both and all(sides.get(c, side) == side for c, side in known.items()):
            fits.append((sides, voices_of(utterances, sides=sides).fit))
    odds: dict[int, float] = {}
    for channel in spoken:
        best = {side: max((f for s, f in fits if s[channel] == side), default=-100.0) for side in options}
        odds[channel] = (best["company"] - best["customer"]) * _FIT_BELIEVED
    return odds


def _named(
    words: Sequence[Word], utterances: Sequence[Utterance], voices: Voices, certainty: Mapping[int, float]
) -> tuple[Word, ...]:
    named = list(words)
    for n, utterance in enumerate(utterances):
        speaker, confidence = _speaker(voices.agent[n], voices.machine[n], voices.customer[n])
        sure = certainty.get(utterance.channel)
        if sure is not None:
            confidence = sure
            speaker = speaker if sure >= _SIDE_CONFIDENCE else "unknown"
        for i in utterance.indices:
            named[i] = replace(named[i], speaker=speaker, speaker_confidence=round(confidence, 4))
    return tuple(named)


def _speaker(agent: float, machine: float, customer: float) -> tuple[Speaker, float]:
    """The likeliest side first, then machine or human: who discloses matters, by which voice hardly."""
    confidence = max(customer, agent + machine)
    if confidence < _LEAST_CONFIDENCE:
        return "unknown", confidence
    if customer > 0.5:
        return "customer", confidence
    return ("system" if machine > agent else "agent"), confidence


def _busiest_company_channel(words: Sequence[Word]) -> int | None:
    counts: dict[int, int] = {}
    for word in words:
        if word.speaker in ("agent", "system"):
            counts[word.channel] = counts.get(word.channel, 0) + (100 if word.speaker == "agent" else 1)
    return max(counts, key=lambda c: (counts[c], -c)) if counts else None
