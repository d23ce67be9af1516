"""Whether the recording holds the call's beginning, where a notice would have been.

Wrongly saying `partial` excuses a missing notice, so it takes words that cannot open a call; a plain opening is
`complete`, and what shows neither is `unknown`.
"""

from __future__ import annotations

import re

from scanner.detect.plain_words import SENTENCE_END, normalised, patterns
from scanner.detect.speech_acts import DIGIT_WORDS
from scanner.detect.utterances import ends_sentence
from scanner.detections import Coverage
from scanner.transcript import Transcript, Turn

_OPENING_S = 20.0
"""Openings are looked for in so many seconds from the first word."""
_ARRIVAL_WORDS = 8
"""Thanks for holding come first, after a hello or a name at most."""


# How a call begins: somebody greets, says a name, offers help, asks who is there, or a machine announces.
_OPENING = patterns(r"""
    (hi|hello|welcome|greetings|good (morning|afternoon|evening|day)|morning|afternoon|evening)
    thank you for (calling|contacting|choosing|phoning|getting in touch)
    you have reached
    (this|it) is (?!not|a |an |the |my |your |all |just |so |too |very |still |really |that |what |fine |okay )\w+
    (my name is|i am \w+ (from|with|at|in)|\w+ speaking|speaking (to|with)|you are (through|on)( to)?)
    (how|what) (can|may|could|would|do) (i|we|you) (help|do|assist|direct|need)
    what is (going on|up|your emergency|the (problem|trouble|issue|matter))
    what (seems|appears) to be
    (am i|may i|can i|could i) (speaking|speak|talk|talking) (to|with)
    (who is|who am i) (this|calling|speaking)
    (calls?|line|conversations?) (is|are|may|will|might|can|maybe|being|gets)
    (we|i) (record|am recording|are recording)
    recorded line
    (can|could|will|would) you (please )?hold|please hold
    (calling|phoning) (from|about|to|you|because|regarding|on behalf)
    (press|say|dial) (one|two|yes|\d)
    i (would like|need|want|have a question)
    (gracias por|buenos|buenas|hola|bienvenido|habla|le atiende|en qu. puedo|bueno|d.game)
    """)  # fmt: skip

# Where a company answers, in its first words; later ones may speak of a line that went dead, or of what you have got.
_DESK = patterns(r"""
    ^you have got
    (department|desk|office|line|support|service|services|sales|billing|claims|reservations|pharmacy|clinic|center|centre)
    """)
_FIRST_WORDS = 12

# What says that this recording's first voice is not the call's first: a queue or another person came before.
_ARRIVAL = patterns(r"""
    thank you (so much |very much )?for (holding|waiting|your patience|staying on the line|being so patient)
    (i )?appreciate (you|your) (holding|waiting|patience)
    you (have been|were|are being) (transferred|connected|put through|sent over) (to|here|over)
    i (see|understand|hear) (that )?you (were|have been|got) (transferred|speaking (to|with)|talking (to|with)|sent over|sent to)
    my (colleague|coworker|associate|supervisor) (just |has |already |has just )*(told|filled|transferred|explained|passed|briefed|sent|brought)
    i have (the|your|our|a) (customer|caller|member|patient|client|policyholder)( \w+)? (here |with me )?on the (line|phone)
    gracias por (esperar|su paciencia)
    """)  # fmt: skip

# What goes on and cannot begin: answers, dictation, second halves of sentences.
_MIDST = re.compile(
    r"(?:and|but|or|because|so|then|which|that\s+is\s+(?:right|correct|fine|it|all)|yes|yeah|yep|no|nope|correct|right|"
    r"exactly|okay|mmhm|sure|got\s+it|perfect|great|as\s+(?:i|you|we)|like\s+i|i\s+said|it\s+is|to|of|with|for|in|on|at|from|the\s+\w+\s+of)"
    r"(?![\w'])"
)

_REFERS_BACK = patterns(r"""
    (as|like) i (said|say|mentioned|told you|was saying|explained)
    """)
"""What was said before is not in here, if nothing was."""

_JOINS_ON = re.compile(
    r"(?:and|but|or|because|which|nor)(?![\w'])(?! (?:hi|hello|good|welcome|who|how|what|you are|this is))"
)
"""With these nobody begins a call; where nothing else opens it, they are sign enough."""


def coverage_of(transcript: Transcript) -> Coverage:
    """Whether the call's beginning is in the recording: `complete`, `partial`, or `unknown` where nothing tells."""
    if not transcript.words or transcript.language not in (None, "en", "es"):
        return "unknown"
    if _arrives_from_elsewhere(transcript):
        return "partial"
    opening = _opening_text(transcript)
    first_words = " ".join(_first_of_company(transcript).split()[:_FIRST_WORDS])
    if _OPENING.search(opening) or _DESK.search(first_words):
        return "complete"
    return "partial" if _begins_in_the_midst(transcript, opening) else "unknown"


def _arrives_from_elsewhere(transcript: Transcript) -> bool:
    """The company's first words thank for holding, or say that the caller was handed on; no machine spoke before."""
    text = _first_of_company(transcript)
    match = _ARRIVAL.search(text)
    if match is None:
        return False
    before = text[: match.start()].split()
    return len(before) <= _ARRIVAL_WORDS and "hold" not in before  # who asks to hold here was on the line here


def _opening_text(transcript: Transcript) -> str:
    until_s = transcript.words[0].start_s + _OPENING_S
    return f" {SENTENCE_END} ".join(_text(t) for t in transcript.turns() if t.start_s < until_s)


def _first_of_company(transcript: Transcript) -> str:
    """What the company's side says first, if that is in the opening."""
    first = next((t for t in transcript.turns() if t.speaker != "customer"), None)
    near = first is not None and first.start_s - transcript.words[0].start_s <= _OPENING_S
    return _text(first) if first is not None and near else ""


def _begins_in_the_midst(transcript: Transcript, opening: str) -> bool:
    """Two signs: words that go on or refer back, a recording that starts inside a word or sentence, digits read out at once."""
    first = transcript.words[0]
    goes_on = _MIDST.match(opening) is not None
    cut = first.start_s < 0.1 or first.text[:1].islower()
    dictates = sum(w in DIGIT_WORDS or w.isdigit() for w in opening.split()[:8]) >= 4
    refers_back = _REFERS_BACK.search(opening) is not None
    return goes_on + cut + dictates + refers_back >= 2 or _JOINS_ON.match(opening) is not None


def _text(turn: Turn) -> str:
    parts = (normalised(w.text) + (f" {SENTENCE_END}" if ends_sentence(w.text) else "") for w in turn.words)
    return " ".join(" ".join(parts).split())
