"""What the customer answers to "may I record?" and "do you mind?", and what he objects to right after a notice."""

from __future__ import annotations

import re
from typing import Literal

from scanner.detect.hearing.customer import names_device
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

Answer = Literal["yes", "no", ""]
_LEAD = re.compile(
    r"^(?:(?:oh|well|so|actually|look|listen|please|sorry|if it is all the same(?: to you)?|i mean|honestly|and|but|you know|hey|hi|hello|uh|ah|ha|i am sorry|i am afraid|okay so|alright so|now|i guess|like|sir|ma'am)(?: |$))+"
)
_NO = re.compile(
    rx(
        "no|absolutely not|definitely not|certainly not|of course not|not really|not at all|never|no way|i (?:do|would|will|am|can) not|i do not think so|i (?:would )?(?:really |just |much |honestly )?(?:rather|prefer)|it is not|that is not|rather not|rather you|prefer not|i refuse|i object|i decline|not okay|not comfortable|please do not|negative|not having|not (?:today|now|this time|interested|with me|on your life|a chance|in a million)|let us (?:not|skip|leave|drop|pass|do without|go without|forget)|(?:please )?skip (?:that|it|the)|(?:please )?leave (?:that|it) (?:out|off)|my answer (?:is|would be) (?:a )?no|(?:that|it) (?:is|would be) a no|then no|(?:i will )?pass|i will pass|you may not|under no|over my|no chance|hell no|nothing doing|thanks but no|i am not|hard no|i am afraid not|do not|not okay|not cool|not alright|(?:i am )?(?:going to|gonna|have to|will have to) (?:say no|decline|pass)|(?:i )?do not (?:go along|hold) with|you may not|you can not|you do not"
    ).pattern
)
_YES = re.compile(
    rx(
        "yes|right yes|right|sure|(?:just )?(?:let|leave|keep) (?:it|that|her|the tape|the recorder) (?:run|on|running|rolling|roll|going)|roll (?:it|tape)|confirmed|permission granted|you (?:may|sure (?:may|can))|fire away|(?:if it )?(?:that |it )?(?:works|work) for me|have at it|ok(?:ey|ie) dok(?:ey|ie)|you (?:got it|bet|are good|are fine)|(?:that is|it is) a yes|(?:it )?(?:makes|does not make|make) (?:no|any) (?:odds|difference)|(?:i have )?(?:got )?nothing to hide|if it (?:helps|makes)|i have no (?:objections?|problem|issue)|no objections?|carry on|crack on|fire away|all yours|go (?:right )?(?:ahead|for it)|(?:i am|we are|all) (?:good|cool|set)|cool|okay|fine|of course|absolutely|certainly|definitely|go ahead|no problem|not a problem|by all means|correct|granted|please do|"
        "(?:that|it|this) (?:is|will be|would be|works|should be) (?:<~2>)(?:<fine>|okay)|that works|sounds (?:good|fine)|i (?:do|consent|agree|accept|suppose|am (?:fine|okay|good))|you (?:do|can|may|have my)|alright|mhm|"
        "i do not (?:mind|care|see why not)|suppose|(?:fine|find|okay|good|cool) (?:by|with|bye|buy) (?:me|us)|you (?:mail|male)$|whatever|one|1|be my guest|all good|why not|if you (?:must|have to|want|need to|like)|knock yourself out|do what you|no issues?|feel free|it does not (?:bother|matter)|affirmative|i guess|okay by me|that is okay|good|perfect|si|claro|esta bien|de acuerdo|por supuesto|adelante"
    ).pattern
)
_NO_BUT_FINE = rx(
    "no (?:problem|worries|objections?|issue|trouble)|not a problem|no (?:<~3>)(?:that is|it is|i am|you are)? ?(?:<fine>)(?: with that)?(?! enough)|no (?:<~1>)go ahead|i do not mind|do not care|no i do not mind|i do not have (?:a|any) (?:problem|objection)"
)
_DO_MIND = rx(
    "i (?:sure |certainly |definitely |really )?do$|i do yes|it (?:would|does|will)(?! not)|i am (?:opposed|against)|(?:yes )?i (?:do )?have (?:a|some|an) (?:problem|issue|objection)|i do mind|yes i (?:do|would|mind)|yes actually|rather you|rather not|prefer (?:you|not)|i would mind|i (?:kind of|kinda|sort of) (?:do|would|mind)|(?:it|that) (?:<~1>)(?:bothers|bugs|troubles) me|(?:kind of|kinda|sort of|a (?:little|bit|little bit|lot)|somewhat|it does|it would) (?:yes|actually|honestly)?$|as a matter of fact|i do actually|not okay|do not want|actually yes"
)
_NOT_MINDING = re.compile(
    any_of(
        "(?:no |nope )*(?:of course|certainly|why would i|heavens|goodness|god|lord|gosh|course) ?not?(?! (?:mind )?(?:record|okay))",
        "(?:no |nope )*(?:i )?(?:would|do|did|will) not(?: (?:no|at all|mind|object|care))*$|(?:i )?(?:am not|not) opposed|no please (?:do|go)|(?:no )+(?:please do|be my guest|you are (?:good|fine|okay)|it is (?:fine|okay)|go)",
        "(?:no |nope )*(?:it|that|this) (?:will|would|does|do) not$",
        "not (?:in the )?(?:least|slightest|remotely)|no i am (?:good|okay|fine|cool)|no (?:it|that) is (?:fine|okay|alright|cool|good)",
    ).pattern
)
"""A "no" to "do you mind?" that lets it be."""
_STRONG_NO = re.compile(rx("(?:no )?(?:absolutely|definitely|most certainly) not|no way|never").pattern)
"""To "do you mind?" this is meant either way."""
_UNRELATED_AFTER = re.compile(
    rx(
        "(?:no|yes) (?:this is|i was|i am calling|i just|i want to|i need to|i have|i would like|my|it is (?:for|about|in|the)|her|his|i called|he|she|the)"
    ).pattern
)
_FINE_TAIL = rx("<fine>|problem|mind|record|recorded|recording|that|consent|agree")


_GARBLED = re.compile(
    r"^(?!(?:not|no|if|what|think|whether)\b)[a-z]+ (?="
    + rx("(?:that|it|this) is (?:<~1>)<fine> (?:with|by|for) me").pattern
    + ")"
)
"""A first word that was misheard, before an answer that is plain without it."""


_NOTHING_AGAINST = re.compile(
    any_of(
        "(?:i )?(?:do not|can not|could not|did not) (?:see|think of) (?:<~1>)(?:why not|reason not|(?:a|any|the|no) (?:<~1>)(?:problem|issue|harm|trouble|objection|reason)|problem|harm)",
        "(?:i )?(?:do not|can not) see (?:why|how|what) (?:<~1>)(?:would|could|should|will|matter|it)",
        "(?:i )?(?:could|can) not care less",
        "(?:i |it |that )?(?:do|does|did|would|will|can|could) not (?:bother|hurt|matter|harm|trouble|faze)",
        "no (?:skin off|harm|bother|sweat|quarrel|complaints?|concerns?)|nothing (?:against|wrong with)|i have (?:nothing|no(?:thing| objections?| quarrel| complaints?)) ",
    ).pattern
)
"""A "not" with which people agree."""


def answer_of(sentence: Sentence, *, minding: bool) -> tuple[Answer, float]:
    """A sentence as the answer to "may I record?" (or, `minding`, to "do you mind if I record?"); '' if it is none."""
    text = _LEAD.sub("", sentence.text) or sentence.text
    text = _GARBLED.sub("", text)
    if len(text.split()) > 16:
        text = " ".join(text.split()[:16])
    if _UNRELATED_AFTER.match(text) and not _FINE_TAIL.search(text):
        return ("yes", 0.5) if text.startswith("yes") and not minding else ("", 0.0)
    short = len(text.split()) <= 7
    if minding:
        if _NOT_MINDING.match(text):
            return "yes", 0.85
        if _STRONG_NO.match(text):
            return "no", 0.5
        if _DO_MIND.search(text):
            return "no", 0.85
        if _NO_BUT_FINE.match(text) or re.match(
            r"(?:no|not at all|nope|none|not in the|not one bit|not (?:really|particularly|especially|much|so much|that i|a bit|a one|for me|with me|from me|here)|never mind|go right|be my|fine)\b",
            text,
        ):
            return "yes", 0.9 if short else 0.75
        if re.match(r"yes\b$", text):
            return "no", 0.45
        if _NO.match(text):
            return "no", 0.8
        if re.match(r"yes (?:it|i|that|we) (?:is|do|does|would|will)\b", text):
            return "no", 0.8
        return ("yes", 0.75) if _YES.match(text) else ("", 0.0)
    if _NOTHING_AGAINST.match(text):
        return "yes", 0.85
    if re.match(r"(?:no|not a) (?:problem|worries|objection)|i (?:do not|would not) mind", text) or rx(
        "i do not (?:care|have a problem)"
    ).match(text):
        return "yes", 0.9
    if _NO.match(text):
        return "no", 0.92 if short else 0.75
    if re.match(r"(?:i am|i'm) (?:not|un)", text):
        return "no", 0.85
    if _YES.match(text):
        if rx("(?:yes|okay|well|fine) (?:but|no) (?:<~2>)(?:not|no|do not|never)").match(text):
            return "no", 0.5
        weak = re.match(r"(?:mhm|okay|suppose|good|one|1)\b", text)
        return "yes", (0.75 if weak else 0.92) if short else 0.75
    return "", 0.0


_OBJECTS = any_of(
    "(?:not|never) (?:<~1>)(?:comfortable|okay|fine|happy|alright|good|agree|consent|agreeing|consenting|accept|want|like|cool|approve|allow)(?: (?:with|to))?(?: (?:that|this|it|any of that|all that))?(?: (?:with|by|for) me)?(?: one (?:bit|little bit)| at all| please| thank you)?(?= (?:and|so|then|please|turn|stop|at|thank|i|can)|$)",
    "not having (?:any of )?(?:that|this|it)$|^(?:<~2>)not with me(?: you do not)?$|^(?:<~2>)(?:i am|we are) (?:<~1>)(?:not talking|done talking|hanging up|done here)$|(?:did not|never) (?:agree|consent|sign up|ask)(?: to| for) (?:that|this|any of that)",
    "i (?:object|refuse|decline)(?: to (?:that|this))?",
    "(?:then |please |can you |just |you can )?(?:turn|switch|shut|take) (?:it|that|this) off",
    "i (?:would )?(?:rather|prefer) (?:you )?(?:do |did )?not",
)
_TURN_OFF = rx("(?:turn|switch|shut) (?:it|that|this|that thing) off")
_CONSENTS = any_of(
    "i (?:do )?(?:consent|agree)(?! (?:to|with) )",
    "you have my (?:permission|consent)(?! to)",
    "i give (?:you )?my (?:permission|consent)(?! (?:to|for) )",
)
_OUT = rx("opt (?:me )?out|opt-out|opting out|nine")


_TO_ANYTHING = rx("not (?:<~1>)(?:want|like|happy|good|cool)")


def objection_of(sentence: Sentence, *, at_once: bool) -> tuple[bool, bool, float]:
    """An objection that names nothing, for the moments after a notice: (objects, and wants it off, how surely).

    Unless it comes `at_once`, "I don't want that" is about what was said since.
    """
    text = sentence.text
    if not _OBJECTS.search(text) or names_device(text):
        return False, False, 0.0
    if not at_once and _TO_ANYTHING.search(text):
        return False, False, 0.0
    return True, bool(_TURN_OFF.search(text)), 0.8


def consents_plainly(sentence: Sentence) -> bool:
    """“You have my permission”, with nothing said about what for."""
    return bool(_CONSENTS.search(sentence.text)) and not re.search(r"\b(?:not|never|do i|if|did)\b", sentence.text)


def opts_out_plainly(sentence: Sentence) -> bool:
    """“Opt out”, “how do I opt out?”, with nothing said about of what."""
    return bool(_OUT.search(sentence.text)) and not re.search(
        r"\b(?:paper|emails?|texts?|marketing|mail|form|newsletter)\b", sentence.text
    )
