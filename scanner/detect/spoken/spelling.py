"""Letters as people say them: "N as in Nancy", "Bravo", "A-G as in apple George", "double u"."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.spoken.speech_tokens import Token

SPELLING_WORDS = frozenset(
    (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec "
        "romeo sierra tango uniform victor whiskey whisky xray yankee zulu "
        "adam apple boy baker cat charles dog david easy edward eddie elephant frank fox george girl henry harry ida igloo "
        "john jack king larry lincoln love mary mother nancy nora ocean paul peter queen robert roger sam sugar steve tom thomas "
        "union uncle umbrella vincent violet william young yellow zebra zero"
    ).split()
) - {"zero", "love", "young", "uncle", "mother", "easy"}
"""Words that stand for their first letter between letters; digits and everyday words are left out."""

LETTER_WORDS = {
    "be": "B", "bee": "B", "see": "C", "sea": "C", "dee": "D", "gee": "G", "jay": "J", "kay": "K", "okay": "K", "el": "L",
    "ell": "L", "em": "M", "en": "N", "pee": "P", "pea": "P", "queue": "Q", "cue": "Q", "are": "R", "ar": "R", "ess": "S",
    "tea": "T", "tee": "T", "you": "U", "vee": "V", "ex": "X", "why": "Y", "zee": "Z", "zed": "Z", "aye": "I", "eye": "I",
    "oh": "O", "aitch": "H", "eff": "F",
}  # fmt: skip
"""What a recogniser writes for a letter."""

FUNCTION_WORD_LETTERS = frozenset("be see you are why okay oh".split())
"""Those that are everyday words as well: letters only between letters."""

_AS_IN = (
    ("as", "in"),
    ("is", "in"),
    ("as", "an"),
    ("is", "an"),
    ("as", "and"),
    ("as", "a"),
    ("as", "the"),
    ("is", "for"),
)
_AS_IN_SHORT = frozenset(("as", "like", "for", "and", "in"))
_LONGEST_GROUP = 4


def initial_of(word: str) -> str:
    """The letter that a spelling word stands for."""
    return "X" if word in ("xray", "x-ray") else word[0].upper()


def as_in_length(tokens: Sequence[Token], i: int, letter: str) -> int:
    """How many tokens after the letter at i explain it: 3 for "N as in Nancy", 0 for none.

    "As in" is believed whatever follows, shorter links only before a word with that letter. In "A-G as in apple George"
    the words for both letters follow the second.
    """
    norms = [t.norm for t in tokens[i + 1 : i + 4 + _LONGEST_GROUP]]
    if tuple(norms[:2]) in _AS_IN and len(norms) > 2:
        sure = tuple(norms[:2]) in _AS_IN[:2]
        back = 0
        while back < _LONGEST_GROUP and i - back - 1 >= 0 and len(tokens[i - back - 1].text) == 1:
            back += 1
        for group in range(back, 0, -1):
            wanted = [tokens[i - k].norm for k in range(group, -1, -1)]
            if [n[0] for n in norms[2 : 3 + group]] == wanted:
                return 3 + group
        if norms[2].startswith(letter) or (sure and len(norms[2]) > 1 and norms[2].isalpha()):
            return 3
        return 0
    if len(norms) > 1 and norms[0] in _AS_IN_SHORT and norms[1].startswith(letter) and len(norms[1]) > 2:
        return 2
    if norms and norms[0] in SPELLING_WORDS and norms[0].startswith(letter):
        return 1  # "N Nancy, O Oscar"
    return 0
