"""Which language a call is in: windows vote, because one of them may hold a name, a greeting or noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scanner.asr.transcriber import LanguageGuess

Vote = Mapping[str, float]
"""Probability by language (ISO 639-1), as one window has it."""

_SURE = 0.85
FEW = 2
"""So many windows, at least, end the vote; more are asked only when these do not."""


def elect(votes: Iterable[tuple[Vote, int]]) -> LanguageGuess:
    """The language with the highest mean probability; two windows that are sure and agree end the vote.

    `votes`: of each window, with its length. Without windows nobody speaks, and the language is None.
    """
    cast: list[tuple[Vote, int]] = []
    for vote in votes:
        cast.append(vote)
        best = {max(v, key=v.__getitem__) for v, _ in cast}
        if len(cast) >= FEW and len(best) == 1 and all(max(v.values()) >= _SURE for v, _ in cast):
            break
    return _mean(cast)


def _mean(votes: Sequence[tuple[Vote, int]]) -> LanguageGuess:
    if not votes:
        return LanguageGuess(None, 0.0)
    weight = sum(n for _, n in votes)
    languages = sorted({language for v, _ in votes for language in v})
    shares = {language: sum(v.get(language, 0.0) * n for v, n in votes) / weight for language in languages}
    best = max(languages, key=shares.__getitem__)
    return LanguageGuess(best, min(1.0, shares[best]))
