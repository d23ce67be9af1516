"""What a policy file may say: every key with its meaning, its unit and its default.

Parameters live in these files, logic lives in `scanner.rules`. A key that is not here is refused.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from scanner.detections import AudioProblemKind, DisclosureKind, Sensitivity
from scanner.findings import RULES, RuleName

Regime = Literal["all_party", "one_party"]
"""`all_party`: everybody in the call must know of the recording. `one_party`: one of them is enough."""

Where = Literal["all_party", "everywhere", "nowhere"]
"""Where an obligation holds: only under all-party law, in every state, or not at all."""

FindingSeverity = Literal["low", "medium", "high", "critical"]
NoticeKind = Literal["recording", "third_party", "ai_analysis", "ai_training"]
ProcessingKind = Literal["third_party", "ai_analysis", "ai_training"]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
EntityType = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Law(_Part):
    """One version of a state's law on recording telephone calls.

    `effective`: the first day on which it is in force; None when no source states the day, and then it is taken to have
    been in force for every call. `source`: where the entry was read. `notes`: what counsel should know.
    """

    consent: Regime
    statute: Text
    effective: date | None = None
    source: str = ""
    notes: str = ""


class Jurisdiction(_Part):
    """A state (or country) and the versions of its law."""

    name: Text
    laws: tuple[Law, ...] = Field(min_length=1)


class UnknownJurisdiction(_Part):
    """What is assumed when the caller's state, or its law on the day of the call, is not known."""

    country: RegionCode = "US"
    name: Text = "a caller whose state is unknown"
    consent: Regime = "all_party"
    statute: Text = "the strictest state laws (the caller's state is unknown)"


class RecordingDisclosure(_Part):
    """When the company must say that the call is recorded.

    `deadline_s`: seconds of speech, of all speakers, that may pass before it. `before_personal_data`: it must also come
    before the caller's personal data. `company_may_say`: types that are excused from that when the company's side says
    them, since "Hello, am I speaking with Ms. Lee?" comes first, and the town of an office is nobody's secret.
    """

    where: Where = "all_party"
    deadline_s: Seconds = 30.0
    before_personal_data: bool = True
    company_may_say: tuple[EntityType, ...] = ("PERSON", "LOCATION")
    reference: str = ""


class ProcessingDisclosure(_Part):
    """When the company must say that somebody or something else hears the call.

    `when`: `metadata` if the call's metadata says that it is so processed, `always` for every call, `never`.
    """

    where: Where = "all_party"
    when: Literal["metadata", "always", "never"] = "metadata"
    reference: str = ""


class RequiredDisclosures(_Part):
    """The disclosures beside that of the recording."""

    third_party: ProcessingDisclosure = ProcessingDisclosure()
    ai_analysis: ProcessingDisclosure = ProcessingDisclosure()
    ai_training: ProcessingDisclosure = ProcessingDisclosure()


class VirtualAgent(_Part):
    """When a machine that talks with the caller must say that it is one.

    `status` of the finding where it is not heard to; `nothing` asks for none. `turns`: it talks with the caller when it takes
    at least so many turns after the caller spoke; fewer are a menu's.
    """

    where: Where = "all_party"
    status: Literal["nothing", "observation", "needs_review", "violation"] = "observation"
    turns: Annotated[int, Field(ge=1)] = 2
    reference: str = ""


class Transfer(_Part):
    """What must be said again when another person or company joins.

    `redisclose`: kinds that must be said after the transfer. `same_transfer_s`: an announcement and the newcomer's own
    words are one transfer when no more speech than this lies between them. `arrival_s`: with less speech of the company
    than this after it, nobody arrived in this recording, and the question cannot be answered here.
    """

    where: Where = "all_party"
    redisclose: tuple[NoticeKind, ...] = ("recording",)
    same_transfer_s: Seconds = 15.0
    arrival_s: Seconds = 5.0
    reference: str = ""


class Refusal(_Part):
    """When a call counts as having gone on after the caller refused to be recorded (seconds of speech).

    `tolerated_s`: so much may follow in any case. `react_within_s`: so soon the agent must end the call or stop the
    recording. `wrap_up_s`: so much may follow that announcement. `cure_within_s`: so soon a new "yes" to a new question
    heals the refusal. `answer_within_s`: a caller who is asked for consent and says something within so much, in which
    neither a yes nor a no is made out, is for a person to hear.
    """

    where: Where = "all_party"
    tolerated_s: Seconds = 8.0
    react_within_s: Seconds = 12.0
    wrap_up_s: Seconds = 25.0
    cure_within_s: Seconds = 30.0
    answer_within_s: Seconds = 6.0
    reference: str = ""


class Denial(_Part):
    """When the company's word that a call is not recorded is false.

    `wrap_up_s`: "I have switched it off" is true when no more speech than this follows and the recording ends.
    """

    where: Where = "everywhere"
    wrap_up_s: Seconds = 8.0
    reference: str = ""


class Confidence(_Part):
    """From which confidence on something counts (0 to 1).

    `heard`: counts. From `uncertain` to `heard`: a person must listen. Below: disregarded. `speaker`: with a less certain
    speaker than this, it is open who said it, and a person must listen.
    """

    heard: Share = 0.6
    uncertain: Share = 0.35
    speaker: Share = 0.5

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.uncertain > self.heard:
            raise ValueError("uncertain must not exceed heard")
        return self


class Entity(_Part):
    """What a spoken value of one type of personal data means.

    `status`: `violation`, or `observation` (a fact to know, no fault). `sensitivity`: how private a matter it shows.
    """

    status: Literal["violation", "observation"] = "observation"
    severity: FindingSeverity = "low"
    sensitivity: Sensitivity = "contact"
    reference: str = ""


class PersonalDataRules(_Part):
    """Which personal data is looked for, and from which confidence on it counts.

    From `uncertain` to `heard`, what would be a violation needs review; below `uncertain` it is disregarded.
    """

    heard: Share = 0.5
    uncertain: Share = 0.3
    entities: dict[EntityType, Entity]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.uncertain > self.heard:
            raise ValueError("uncertain must not exceed heard")
        return self


class Severities(_Part):
    """How serious a finding is: what the rule weighs by itself, raised by what it concerns.

    `raised_by_sensitivity`: by the most private matter spoken about meanwhile. `raised_by_uncovered_s`: from so many
    seconds on that the caller spoke without the notice.
    """

    rules: dict[RuleName, FindingSeverity]
    raised_by_sensitivity: dict[Sensitivity, FindingSeverity] = {}
    raised_by_uncovered_s: dict[FindingSeverity, Seconds] = {}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [rule for rule in RULES if rule not in self.rules]
        if missing:
            raise ValueError(f"no severity for {', '.join(missing)}")
        return self


class CoverageRules(_Part):
    """When a recording cannot show whether something was said.

    `partial`: what it means that the recording starts mid-call or the announcement is elsewhere. `hiding`: audio problems
    behind which words may be lost, and `hidden_notice_s`: how much of them could hide a notice.
    """

    partial: Literal["needs_review", "judge"] = "needs_review"
    hiding: tuple[AudioProblemKind, ...] = ("damaged", "truncated", "unclear_speech", "repetition")
    hidden_notice_s: Seconds = 1.5


class Quality(_Part):
    """When the scanner does not vouch for its own reading.

    `language_confidence`: from which confidence on a foreign language is believed. `poor_audio`: for each problem, the
    share of the recording from which on a person must listen (a problem that is not named never asks for it).
    """

    language_confidence: Share = 0.5
    poor_audio: dict[AudioProblemKind, Annotated[float, Field(gt=0, le=1)]] = {}


class Training(_Part):
    """What makes a recording eligible for training AI models, beside the fixed demands of the output contract.

    `effective`: the day the company's terms began to allow it; earlier calls are never eligible (a policy changed later
    covers no earlier call). `express_consent`: the caller's own yes must be heard or be on file. `opt_out_offered`: a way
    out must be offered in the call or be on file. `dated_consent`: consent on file counts only with a date before the call.
    """

    effective: date | None = None
    express_consent: bool = False
    opt_out_offered: bool = False
    dated_consent: bool = False


class Retention(_Part):
    """What may be kept. `unmasked_words`: `none` is the only answer so far; words are masked before any write."""

    unmasked_words: Literal["none"] = "none"


class Limits(_Part):
    """How long one call may take to scan, in seconds, and how often a failed one is tried again."""

    call_timeout_s: Annotated[float, Field(gt=0)] = 3600.0
    retries: Annotated[int, Field(ge=0, le=10)] = 1


class VocabularyRules(_Part):
    """Names and wording of the company: see `scanner.detect.vocabulary.Vocabulary`."""

    vendors: tuple[Text, ...] = ()
    ai_products: tuple[Text, ...] = ()
    scripts: dict[DisclosureKind, tuple[Text, ...]] = {}
    examples: dict[DisclosureKind, tuple[Text, ...]] = {}
    counter_examples: dict[DisclosureKind, tuple[Text, ...]] = {}


class PolicyContent(_Part):
    """A whole policy, as its file and the files it extends say."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    title: Text
    as_of: date
    operates_from: tuple[RegionCode, ...] = ()
    area_code_raises: bool = False
    unknown_jurisdiction: UnknownJurisdiction = UnknownJurisdiction()
    jurisdictions: dict[RegionCode, Jurisdiction] = Field(min_length=1)
    recording_disclosure: RecordingDisclosure = RecordingDisclosure()
    required_disclosures: RequiredDisclosures = RequiredDisclosures()
    virtual_agent: VirtualAgent = VirtualAgent()
    transfer: Transfer = Transfer()
    refusal: Refusal = Refusal()
    denial: Denial = Denial()
    confidence: Confidence = Confidence()
    personal_data: PersonalDataRules
    severity: Severities
    coverage: CoverageRules = CoverageRules()
    languages: tuple[LanguageCode, ...] = Field(default=("en",), min_length=1)
    quality: Quality = Quality()
    training: Training = Training()
    retention: Retention = Retention()
    limits: Limits = Limits()
    vocabulary_rules: VocabularyRules = Field(default=VocabularyRules(), alias="vocabulary")
