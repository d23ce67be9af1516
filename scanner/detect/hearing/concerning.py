"""Whether what a customer says concerns the recording of the call or AI, for what only the learned ear hears in it.

That ear adds up words, so that "no, nothing like that" to "any leaks?" sounds to it like a refusal. What it alone hears
needs words of recording or AI, the request that it answers, or the notice that it follows at once.
"""

from __future__ import annotations

from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.floor import ANSWER_S, EARLY_S, NOTICE_S, Floor
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

_OWN_CONCEPTS = frozenset({"RECORD", "AI"})
_OWN_WORDS = frozenset(
    """software machine machines computer computers algorithm model models analytics transcript transcription transcribe
    transcribed transcribing training listening analyzed opt opting permission consent consenting voice""".split()
)
_OTHER_RECORDS = any_of(
    "<device>|vcr|tape deck|tape measure|security system|alarm|dash|deed|title|medical|health|criminal|driving|court|police",
    "(?:my|your|his|her|the|for|any|on|school) records?|no record of|(?:has|have|had) (?:<~1>)been recorded (?:that|as)|record(?:ed)? (?:that|as|the payment|my payment)",
    "(?:packing|duct|masking|scotch|red|caution|adhesive) tape|tape (?:it|the|them|that) (?:up|down|together|shut|on|over)",
)
GOES_ON = (
    "(?:and|so|but|or|please|at|for|to|with|by|from|in|on|is|are|was|does|do|did|would|will|can|could|if|when|then|now|here"
    "|either|anyway|though|thank|thanks|i|you|we|sir|maam|one|ones|part|bit|thing|stuff|happen|happens|happening|being|be|not"
    "|okay|right|optional|mandatory|required|necessary|first|stuff|program|training)(?![a-z])"
)
"""What may follow a "that" which stands for what was noticed: "that old vacuum" does not."""
_IT = "(?<!would )(?<!will )(?<!does )(?<!did )(?<!is )(?<!was )(?<!can )it(?! (?:costs?|takes?|is|was|will|would|has|had)(?![a-z]))"
"""“What would it cost?” speaks of the caller's matter."""
_POINTS = rx(
    f"(?:that|this|those|these)(?= {GOES_ON}|$)|{_IT}|them|any of|part|thing|stuff|in there|mine|my calls?|mark me|left out|talk(?:ing)? to you|(?:wish|rather|prefer) you|please do not|i (?:<~2>)(?:mind|object|refuse|decline)"
)
_POLAR = rx(
    "<neg>|yes|okay|sure|fine|alright|good|go ahead|rather|prefer|pass|mind|bothers?|problem|out|off|stop|delete|object|refuse|excluded?|skip|skipped|whatever|guess"
)
_A_FEW_WORDS = 7
_UNWILLING = rx("<neg>|rather|mind|bothers?|out|off|stop|without|object|refuse|decline|avoid|skip|skipped|excluded?")


def has_own_word(sentence: Sentence, words: frozenset[str]) -> bool:
    """Whether a sentence has one of some words, or any word of recording or AI."""
    return any(t.text in words or _OWN_CONCEPTS & set(CONCEPTS.get(t.text, ())) for t in sentence.tokens)


def names_our_own(sentence: Sentence) -> bool:
    """Whether a sentence has words of recording or AI, in another sense than that of a camera or a patient's records."""
    return has_own_word(sentence, _OWN_WORDS) and not _OTHER_RECORDS.search(sentence.text)


def may_concern_us(sentence: Sentence, floor: Floor) -> bool:
    """Whether a customer's sentence plausibly speaks of the recording or of AI, by itself or by what it follows."""
    if names_our_own(sentence):
        return True
    if -2 * EARLY_S <= sentence.start_s - floor.asked_s <= ANSWER_S:
        return True
    if not _follows_notice(sentence, floor):
        return False
    return bool(_POINTS.search(sentence.text)) or (
        floor.at_once
        and floor.matter_told_s <= floor.notice_s
        and is_short(sentence)
        and bool(_POLAR.search(sentence.text))
    )


def is_short(sentence: Sentence) -> bool:
    """Whether a sentence is no longer than an answer; a longer one tells what the customer calls about."""
    return len(sentence) <= _A_FEW_WORDS


def may_object_to_us(sentence: Sentence, floor: Floor) -> bool:
    """The same, for what the learned ear finds only a little likely: unwilling words, of ours or of what was just noticed."""
    if not _UNWILLING.search(sentence.text):
        return False
    return names_our_own(sentence) or (_follows_notice(sentence, floor) and bool(_POINTS.search(sentence.text)))


def _follows_notice(sentence: Sentence, floor: Floor) -> bool:
    """Whether the company has asked nothing about the matter of the call since a notice or a way out."""
    noticed_s = max(floor.notice_s, floor.offered_s)
    return sentence.start_s - noticed_s <= NOTICE_S and floor.matter_asked_s <= noticed_s
