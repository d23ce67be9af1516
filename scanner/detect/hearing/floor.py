"""What the talk has come to: what was noticed, asked and offered, so that the next sentence can be understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.detect.hearing import learned
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.heard import Said
from scanner.detect.hearing.sentences import Sentence

ANSWER_S = 12.0
"""A request is answered within this time, or not at all."""
QUESTION_S = 8.0
"""So long after the customer's "is this recorded?" the agent's "yes, it is" is its answer."""
NOTICE_S = 15.0
"""So long after a notice "I'm not comfortable with that" is about the notice."""
CARRY_S = 5.0
"""So long after a notice "them" and "it" may be the calls and the recording."""
ELSEWHERE_S = 10.0
"""So long after another phone was named a denial may be of that phone."""
REFUSED_S = 20.0
"""So long after a refusal an agent who names another way to reach the company ends this call."""
EARLY_S = 0.7
"""People answer before a question ends, and word times are not exact."""
A_FEW_WORDS = 3
"""So many words of the company begin a call."""
NEVER = -1e9
_CARRIED = frozenset("RECORD KEEP CALL MACHINE AI LEARN OUTSIDE LISTEN STUDY WRITE AGREE OTHER".split())
"""What a sentence is about that the next one may go on about."""
REPLY_S = 8.0
"""So long after one side spoke the other side's words may be a reply."""
_REPLIED_TO = _CARRIED | frozenset("NOT MIND OFF OUT WIPE WANT SHARE SOUND STAFF PEOPLE DESK MOVE".split())
"""What a sentence is about that the other side may reply to."""


@dataclass(slots=True)
class Floor:
    """What the talk has come to: what was noticed, asked and offered, and when."""

    notice: frozenset[str] = frozenset()
    notice_s: float = NEVER
    near_notice_s: float = NEVER
    """When something was last heard that only sounds like a notice."""
    asked: frozenset[str] = frozenset()
    asked_s: float = NEVER
    asked_how_surely: float = 1.0
    minding: bool = False
    replies: int = 0
    offered_s: float = NEVER
    calls_s: float = NEVER
    """When the company last spoke of its calls: so long after that, "they" may be these."""
    taped: Said | None = None
    """What the company said last that may speak of tape."""
    stop_s: float = NEVER
    stop_of_ai: bool = False
    """What the caller wanted stopped last is the use for AI: the recording may go on."""
    question_s: float = NEVER
    question_denies: bool = False
    elsewhere_s: float = NEVER
    """When another phone or another way of talking was last named by the company."""
    device_s: float = NEVER
    """When something was last named that records by itself: a camera, a doorbell."""
    other_thing_s: float = NEVER
    """When the company last spoke of something else that people opt out of: surveys, paper, observers."""
    other_leave_s: float = NEVER
    """When the company last asked for leave to do something else than record or use AI."""
    topic_s: float = NEVER
    other_question_s: float = NEVER
    matter_asked_s: float = NEVER
    """When the company last asked about the matter of the call; "how can I help?" leaves open what is spoken of."""
    matter_told_s: float = NEVER
    """When the customer last spoke at length, and of neither the recording nor AI: what follows goes on with that."""
    at_once: bool = True
    """Nothing of the company came after the notice."""
    said: list[Said] = field(default_factory=list)
    joins: dict[int, learned.Likely] = field(default_factory=dict)
    """How likely the learned ear finds it that a sentence, by its identity, is that of a join."""
    before: frozenset[str] = frozenset()
    """The concepts of what the company's side said last, and when that was."""
    before_s: float = NEVER
    replied_to: frozenset[str] = frozenset()
    """What the last sentence was about, and whether it asked; and who spoke it, until when."""
    replied_to_s: float = NEVER
    replied_to_customer: bool = False
    customer_spoke: bool = False
    company_words: int = 0

    def context(self, sentence: Sentence) -> frozenset[str]:
        """What went before a sentence, as the flags that the learned ear knows."""
        start_s = sentence.start_s
        flags: set[str] = set()
        if start_s - self.notice_s <= NOTICE_S:
            flags |= {f"noticed {topic}" for topic in self.notice}
        if -2 * EARLY_S <= start_s - self.asked_s <= ANSWER_S:
            flags |= {f"asked {topic}" for topic in self.asked} | ({"minding"} if self.minding else set())
        near = (
            ("questioned", self.question_s, QUESTION_S),
            ("stop wanted", self.stop_s, REFUSED_S),
            ("offered", self.offered_s, REFUSED_S),
            ("other question", self.other_question_s, ANSWER_S),
            ("matter asked", self.matter_asked_s, ANSWER_S),
        )
        flags |= {flag for flag, at_s, within_s in near if start_s - at_s <= within_s}
        if start_s - self.before_s <= CARRY_S:
            flags |= {f"after {concept}" for concept in self.before}
        if start_s - self.replied_to_s <= REPLY_S and self.replied_to_customer != (sentence.speaker == "customer"):
            flags |= {f"to {concept}" for concept in self.replied_to}
        if self.customer_spoke:
            flags.add("customer spoke")
        if self.company_words <= A_FEW_WORDS:
            flags.add("opening")
        return frozenset(flags)

    def goes_on(self, sentence: Sentence) -> None:
        """Takes note of who spoke, and of what the company's side spoke."""
        about = {c for t in sentence.tokens for c in CONCEPTS.get(t.text, ())}
        self.replied_to = (_REPLIED_TO & about) | ({"question"} if sentence.question else set())
        self.replied_to_s, self.replied_to_customer = sentence.end_s, sentence.speaker == "customer"
        if sentence.speaker == "customer":
            self.customer_spoke = True
            return
        self.before = _CARRIED & about
        self.before_s = sentence.end_s
        self.company_words += len(sentence) if sentence.speaker != "system" else 0
