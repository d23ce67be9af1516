"""The language of a transcript: as its file names it, else by its commonest words."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNDETERMINED = "und"
"""Of ISO 639-2: there are words enough, and they are of no language that is known here."""

_NAMES = {
    "english": "en", "spanish": "es", "castilian": "es", "french": "fr", "german": "de", "portuguese": "pt", "italian": "it",
    "dutch": "nl", "polish": "pl", "russian": "ru", "ukrainian": "uk", "arabic": "ar", "hebrew": "he", "hindi": "hi",
    "chinese": "zh", "mandarin": "zh", "japanese": "ja", "korean": "ko", "vietnamese": "vi", "tagalog": "tl", "turkish": "tr",
    "haitian creole": "ht",
}  # fmt: skip

# The commonest words of each, without those that both have ("me", "no").
_COMMON = {
    "en": frozenset(
        """the a an and or but of to in on for with at by from is are was were be been am do does did have has had i you he she
        it we they my your our his her their this that these those what how when where who which can could will would may should
        not don't i'm it's that's yes okay hi hello thanks thank please so if just there here right call calling number name zero one two three four five
        six seven eight nine""".split()
    ),
    "es": frozenset(
        """el la los las un una y o pero de del en con por para es son está están era ser estar soy yo usted ustedes ella nosotros
        mi su sus este esta esto ese esa eso qué cómo cuándo dónde quién puede puedo gracias sí hola buenos buenas días tardes
        favor muy más que se le lo les nos al como si bueno llamada número nombre tiene tengo hay
        uno dos tres cuatro cinco seis siete ocho nueve cero""".split()
    ),
}
_LEAST_SHARE = 0.12
_ENOUGH_WORDS = 12


def language_code(name: str | None) -> str | None:
    """`en-US`, `en_US`, `eng` or `english` as ISO 639-1; None for nothing, and `und` for what is no name of a language."""
    if name is None:
        return None
    plain = name.strip().lower().replace("_", "-")
    if plain in _NAMES:
        return _NAMES[plain]
    first = plain.partition("-")[0]
    if first in {"eng", "spa"}:
        return {"eng": "en", "spa": "es"}[first]
    return first if re.fullmatch(r"[a-z]{2,3}", first) else UNDETERMINED


def language_by_words(words: Iterable[str]) -> tuple[str | None, float]:
    """(language, confidence) by the commonest words; None when there are too few words to tell."""
    plain = [re.sub(r"[^\w']+", "", w.lower().replace("’", "'")) for w in words]
    plain = [w for w in plain if w and not w.isdigit()]
    if not plain:
        return None, 0.0
    shares = {code: sum(w in common for w in plain) / len(plain) for code, common in _COMMON.items()}
    likeliest = max(shares, key=lambda code: shares[code])
    if shares[likeliest] >= _LEAST_SHARE:
        return likeliest, round(min(1.0, 0.5 + shares[likeliest]), 2)
    return (UNDETERMINED, 0.9) if len(plain) >= _ENOUGH_WORDS else (None, 0.0)
