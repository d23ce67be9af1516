"""The judge as a whole: verdicts, severities, coverage by a notice, training; and what must hold for any call."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stated_calls import stated_call

from scanner.calls import CallInfo
from scanner.detections import DISCLOSURE_KINDS, Disclosure, PersonalData, RecordingFacts, SensitiveMatter, SpeechSpan
from scanner.findings import RULES, SEVERITIES, finding_ids
from scanner.judge import judge
from scanner.policy import Policy, configs_folder, load_policy

US = load_policy()
LINKEDIN = load_policy("cases/linkedin")


def judged(text, policy=US):
    return judge(*stated_call(text), policy)


def policy(**changes):
    return Policy.model_validate({**US.model_dump(by_alias=True), **changes})


# ------------------------------------------------------------------ verdict


def test_violation_beats_review_beats_compliant():
    """One violation makes a violation; else one open question makes a review; else the call is compliant."""
    card, mumble = "[CREDIT_CARD: one two]", "<unclear_speech: mumble mumble mumble mumble>"
    assert judged(f"caller_state: TX\n0:01 customer: {card} {mumble}").verdict == "violation"
    assert judged(f"caller_state: TX\n0:01 customer: hi {mumble}").verdict == "needs_review"
    assert judged("caller_state: TX\n0:01 customer: It is [US_SSN: five three six].").verdict == "compliant"


def test_findings_come_in_the_order_of_the_rules():
    """Findings are listed by rule, in the order of the contract."""
    judgement = judged(
        "third_party: Talkdesk\nai_training: true\n0:01 customer: [CREDIT_CARD: one two] [PERSON: Carla] <talk 40>\n"
        "0:50 agent: {recording_denied: Nobody records.} {recording: This call is recorded.}"
    )
    rules = [f.rule for f in judgement.findings]
    assert rules == sorted(rules, key=RULES.index)
    assert set(rules) >= {"late_recording_disclosure", "missing_third_party_disclosure", "card_number_recorded"}
    assert judgement.severity == "high"


def test_late_on_both_counts_gives_both_rules():
    """Too late by the clock and after personal data are two findings."""
    judgement = judged(
        "0:01 customer: It is [PHONE_NUMBER: 415 555 0123]. <talk 40>\n0:55 agent: {recording: This call is recorded.}"
    )
    violations = [f.rule for f in judgement.findings if f.status == "violation"]
    assert violations == ["late_recording_disclosure", "personal_data_before_disclosure"]


def test_private_matters_rank_missing_notices():
    """A missing notice before a diagnosis or a card number ranks above one before store hours."""

    def severity(matter):
        found = judged(f"caller_state: CA\n0:01 agent: Hello.\n0:03 customer: {matter}").findings
        return SEVERITIES.index(next(f.severity for f in found if f.rule == "missing_recording_disclosure"))

    hours, card = severity("When do you close?"), severity("It is [CREDIT_CARD: one two].")
    assert hours < card < severity("<health: I was told it is cancer.>") == severity("<legal: I am being sued.>")


def test_explanations_never_call_anything_illegal():
    """A recording proves that a notice was given, seldom that none was."""
    judgement = judged(
        "third_party: X\nai_analysis: true\nai_training: true\n0:01 agent: {recording_denied: Nobody records this.}\n"
        "0:05 customer: {consent_refused: I refuse.} [CREDIT_CARD: one]\n0:09 agent: {transfer: My boss comes.} <talk 40>"
    )
    assert len({f.rule for f in judgement.findings}) >= 7
    for f in judgement.findings:
        assert not {"illegal", "unlawful", "violates"} & set(f.explanation.lower().split())
        assert f.reference
        assert "recording" in f.explanation or "recorded" in f.explanation


# ------------------------------------------------------------------ attributes of the call


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:01 agent: {recording: This call is recorded.}\n0:05 customer: <talk 9>", 0.0),
        ("0:01 customer: <talk 6>\n0:10 agent: {recording: This call is recorded.}\n0:20 customer: <talk 9>", 6.0),
        ("0:01 customer: <talk 6>\n0:10 agent: Hello.", 6.0),
        ("0:01 customer: {recording: It is recorded} <talk 6>", 6.9),
        ("consent_on_file: recording\n0:01 customer: <talk 6>", 0.0),
        ("0:01 agent: <talk 6>", 0.0),
        ("0:01 customer: <talk 6>\n0:02 agent: {recording: This call is recorded.}", 2.2),
        ("0:01 customer: <talk 6>\n0:10 agent: {recording~: We keep what is said.}\n0:20 customer: <talk 3>", 9.0),
    ],
)
def test_uncovered_seconds(text, seconds):
    """Seconds the customer spoke before the notice ended: all without one, none with one on file."""
    assert judged(text).uncovered_s == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize(
    ("words", "sensitivity"),
    [
        ("Nothing.", "none"),
        ("[PHONE_NUMBER: 415]", "contact"),
        ("[CREDIT_CARD: 4111] [PHONE_NUMBER: 415]", "financial"),
        ("<financial: a debt> <health: a stroke>", "health"),
        ("[MEDICAL_RECORD_NUMBER: 12]", "health"),
        ("<legal: sued> <health: a stroke>", "legal"),
        ("[CREDIT_CARD_CVV: 123] <legal: sued>", "credentials"),
        ("<health@0.2: stroke of luck>", "none"),
        ("[US_SSN@0.2: five] [DATE_TIME: nine]", "none"),
    ],
)
def test_sensitivity_is_the_most_private_matter(words, sensitivity):
    """Matters and personal data count alike, uncertain ones do not."""
    assert judged(f"0:01 customer: {words} Bye.").sensitivity == sensitivity


# ------------------------------------------------------------------ training

DISCLOSED = "0:01 system: {recording: This call is recorded} {ai_training: and may train our AI.}\n0:09 customer: Fine."


@pytest.mark.parametrize(
    "text",
    [
        DISCLOSED,
        "caller_state: TX\n" + DISCLOSED,
        "consent_on_file: ai_training\n0:01 customer: Hello.",
        "started_at: 2026-05-02\nconsent_on_file: ai_training\nconsent_on_file_at: 2026-05-01\n0:01 customer: Hello.",
        "started_at: 2026-05-01T10:00:00Z\nopted_out_at: 2026-05-01T10:00:01Z\n" + DISCLOSED,
        DISCLOSED + "\n0:20 customer: It ends in 1111. [US_SSN: five three six]",
        DISCLOSED + "\n0:20 customer: {consent_granted: Yes, I consent.}",
        DISCLOSED + "\n0:20 agent: {opt_out_offered: Say no AI if you would rather not.}",
        DISCLOSED + "\n0:20 agent: {opt_out_requested: You want to opt out.}",
        DISCLOSED + "\n0:20 customer: {opt_out_requested@0.1: Oh, opt.}",
    ],
)
def test_may_train(text):
    """Disclosed in the call or on file before it, with nothing against it: eligible, and no reasons."""
    judgement = judged(text)
    assert judgement.training_eligible
    assert judgement.training_ineligible_reasons == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0:01 system: {recording: For quality and training purposes.}", "neither heard"),
        ("0:01 customer: {ai_training: I bet it trains your AI.}", "neither heard"),
        ("0:01 system: {ai_training~: It makes our helper clever.}", "neither heard"),
        ("0:01 system: {ai_training@0.5: It trains a eye.}", "neither heard"),
        ("consent_on_file: recording;ai_analysis\n0:01 customer: Hello.", "neither heard"),
        (
            "started_at: 2024-08-01\nconsent_on_file: ai_training\nconsent_on_file_at: 2024-09-18\n0:01 customer: Hi.",
            "neither",
        ),
        ("consent_on_file: ai_training\nconsent_on_file_at: 2024-09-18\n0:01 customer: Hi.", "neither heard"),
        (DISCLOSED + "\n0:20 customer: {consent_refused: I refuse.}", "refused consent in the call"),
        (DISCLOSED + "\n0:20 customer: {opt_out_requested: No AI please.}", "asked to opt out in the call"),
        (DISCLOSED + "\n0:20 customer: {opt_out_requested@0.5: No eye please.}", "may have asked to opt out"),
        (DISCLOSED + "\n0:20 unknown: {opt_out_requested: No AI please.}", "may have asked to opt out"),
        ("consent_on_file: ai_training;consent_refused\n0:01 customer: Hi.", "refused consent before the call"),
        ("consent_on_file: ai_training;opt_out_requested\n0:01 customer: Hi.", "asked to opt out before the call"),
        ("started_at: 2026-05-04\nopted_out_at: 2026-05-03\n" + DISCLOSED, "opted out before the call"),
        ("started_at: 2026-05-04\nopted_out_at: 2026-05-04\n" + DISCLOSED, "opted out before the call"),
        ("opted_out_at: 2026-05-04\n" + DISCLOSED, "opted out before the call"),
        (DISCLOSED + "\n0:20 customer: [CREDIT_CARD: one two]", "a full card number is recorded"),
        (DISCLOSED + "\n0:20 customer: [CREDIT_CARD_CVV: one two]", "a card security code is recorded"),
        (DISCLOSED + "\n0:20 customer: [CREDIT_CARD@0.4: one two]", "a full card number is recorded"),
    ],
)
def test_may_not_train(text, reason):
    """What is not shown, objected to or holds card data is not eligible, and the reason is told."""
    judgement = judged(text)
    assert not judgement.training_eligible
    assert len(judgement.training_ineligible_reasons) == 1
    assert reason in judgement.training_ineligible_reasons[0]


@pytest.mark.parametrize(
    ("started_at", "eligible"), [("2026-02-28", False), ("2026-03-01", True), ("2027-01-01", True), (None, False)]
)
def test_terms_changed_later_cover_no_earlier_call(started_at, eligible):
    """With terms in force from a day on, earlier calls and calls of unknown date are not eligible."""
    dated = policy(training={"effective": "2026-03-01"})
    text = DISCLOSED if started_at is None else f"started_at: {started_at}\n{DISCLOSED}"
    assert judged(text, dated).training_eligible is eligible


def test_express_consent_by_policy():
    """Where the policy asks for the caller's own yes, silence is none."""
    express = policy(training={"express_consent": True})
    assert not judged(DISCLOSED, express).training_eligible
    assert judged(DISCLOSED + "\n0:20 customer: {consent_granted: Yes.}", express).training_eligible
    assert judged("consent_on_file: consent_granted\n" + DISCLOSED, express).training_eligible
    assert not judged(DISCLOSED + "\n0:20 agent: {consent_granted: Yes.}", express).training_eligible


def test_linkedin_asks_for_a_way_out_and_dated_terms():
    """Under the LinkedIn policy a way out must be offered, and terms on file count only with a date before the call."""
    offered = DISCLOSED + "\n0:12 system: {opt_out_offered: Say no AI if you would rather not.}"
    assert not judged(DISCLOSED, LINKEDIN).training_eligible
    assert judged(offered, LINKEDIN).training_eligible
    filed = "started_at: 2024-08-20\nconsent_on_file: recording;ai_training;opt_out_offered\n0:01 customer: Hello."
    assert not judged(filed, LINKEDIN).training_eligible
    assert judged("consent_on_file_at: 2024-08-01\n" + filed, LINKEDIN).training_eligible
    assert not judged("consent_on_file_at: 2024-09-18\n" + filed, LINKEDIN).training_eligible


# ------------------------------------------------------------------ the cases


@pytest.mark.parametrize("name", ["patagonia-talkdesk", "talkdesk-legalshield", "linkedin"])
def test_case_policy_finds_what_its_file_says(name):
    """The call in a case policy's comment gives the findings named below it, and may train no AI; by default it gives fewer."""
    text = (configs_folder() / "cases" / f"{name}.yaml").read_text(encoding="utf-8")
    call = "\n".join(re.findall(r"^#     (.*)$", text, flags=re.MULTILINE))
    named = re.search(r"^# found: (.*)$", text, flags=re.MULTILINE)[1].split(", ")
    judgement = judged(call, load_policy(f"cases/{name}"))
    assert [f.rule for f in judgement.findings if f.status == "violation"] == named
    assert not judgement.training_eligible
    assert len([f for f in judged(call).findings if f.status == "violation"]) < len(named)


# ------------------------------------------------------------------ for any call

moments = st.floats(0, 120).map(lambda s: round(s, 1))
sure = st.sampled_from([0.1, 0.4, 0.5, 0.7, 0.95])
speakers = st.sampled_from(["agent", "customer", "system", "unknown"])


disclosures = st.builds(
    lambda kind, who, at, c, basis, sc: Disclosure(kind, who, at, at + 2.0, c, basis, sc),
    st.sampled_from(DISCLOSURE_KINDS),
    speakers,
    moments,
    sure,
    st.sampled_from(["wording", "meaning"]),
    sure,
)
values = st.builds(
    lambda kind, who, at, c: PersonalData(kind, who, at, at + 3.0, c),
    st.sampled_from(["CREDIT_CARD", "CREDIT_CARD_CVV", "PERSON", "US_SSN", "URL"]),
    speakers,
    moments,
    sure,
)
matters = st.builds(
    lambda kind, who, at, c: SensitiveMatter(kind, who, at, at + 3.0, c),
    st.sampled_from(["financial", "health"]),
    speakers,
    moments,
    sure,
)
speech = st.lists(
    st.builds(lambda who, at, long: SpeechSpan(who, at, at + long), speakers, moments, st.floats(0.2, 30)), max_size=8
)
facts = st.builds(
    lambda s, d, p, m, coverage: RecordingFacts(
        130.0, tuple(s), "en", 1.0, coverage, disclosures=tuple(d), personal_data=tuple(p), matters=tuple(m)
    ),
    speech,
    st.lists(disclosures, max_size=8),
    st.lists(values, max_size=4),
    st.lists(matters, max_size=2),
    st.sampled_from(["complete", "partial", "unknown"]),
)
infos = st.builds(
    CallInfo,
    caller_state=st.sampled_from([None, "CA", "TX", "US-OR"]),
    third_party=st.sampled_from([None, "Talkdesk"]),
    ai_analysis=st.sampled_from([None, True, False]),
    ai_training=st.sampled_from([None, True, False]),
    consent_on_file=st.frozensets(st.sampled_from(DISCLOSURE_KINDS), max_size=2),
    started_at=st.sampled_from([None, datetime(2026, 5, 1, tzinfo=UTC)]),
)


def rules_found(judgement, *statuses):
    return {f.rule for f in judgement.findings if f.status in statuses}


@given(infos, facts)
@settings(max_examples=300, deadline=None)
def test_verdict_and_severity_follow_from_the_findings(info, heard):
    """Verdict and severity are those of the findings, confidences lie in 0 to 1, and ids are all different."""
    judgement = judge(info, heard, US)
    statuses = {f.status for f in judgement.findings}
    expected = "violation" if "violation" in statuses else "needs_review" if "needs_review" in statuses else "compliant"
    assert judgement.verdict == expected
    assert judgement.severity == max((f.severity for f in judgement.findings), key=SEVERITIES.index, default="none")
    assert all(0 <= f.confidence <= 1 and f.severity != "none" and f.explanation for f in judgement.findings)
    assert all((f.start_s is None) == (f.end_s is None) for f in judgement.findings)
    assert judgement.training_eligible == (not judgement.training_ineligible_reasons)
    ids = finding_ids("0" * 64, judgement.findings)
    assert len(set(ids)) == len(ids)


@given(infos, facts, st.sampled_from(["recording", "third_party", "ai_analysis", "ai_training"]), moments)
@settings(max_examples=300, deadline=None)
def test_a_notice_never_adds_a_missing_one(info, heard, kind, at):
    """A further sure notice removes the finding of its kind and adds no finding that one is missing."""
    more = replace(heard, disclosures=(*heard.disclosures, Disclosure(kind, "agent", at, at + 2.0, 0.95)))
    before = {r for r in rules_found(judge(info, heard, US), "violation", "needs_review") if r.startswith("missing")}
    after = {r for r in rules_found(judge(info, more, US), "violation", "needs_review") if r.startswith("missing")}
    assert after <= before
    assert f"missing_{kind}_disclosure" not in after


@given(infos, facts, disclosures)
@settings(max_examples=300, deadline=None)
def test_what_is_only_near_in_meaning_clears_nothing(info, heard, near):
    """A disclosure heard by meaning only never turns a call that was not compliant into a compliant one."""
    more = replace(heard, disclosures=(*heard.disclosures, replace(near, basis="meaning")))
    if judge(info, heard, US).verdict != "compliant":
        assert judge(info, more, US).verdict != "compliant"


@given(infos, facts)
@settings(max_examples=200, deadline=None)
def test_one_party_state_has_no_findings_of_absence(info, heard):
    """Under one-party law nothing is missing, late or to be said again, and no refusal counts."""
    judgement = judge(replace(info, caller_state="TX"), heard, US)
    consent = {f.rule for f in judgement.findings if f.category == "consent"}
    assert consent <= {"false_denial_of_recording"}


@given(infos, facts)
@settings(max_examples=200, deadline=None)
def test_all_party_law_finds_no_less_than_one_party_law(info, heard):
    """The stricter law never finds less."""
    strict = judge(replace(info, caller_state="CA"), heard, US)
    lenient = judge(replace(info, caller_state="TX"), heard, US)
    assert {f.rule for f in lenient.findings} <= {f.rule for f in strict.findings}


@given(infos, facts)
@settings(max_examples=200, deadline=None)
def test_partial_coverage_never_finds_a_missing_notice_for_sure(info, heard):
    """Where the opening is not in the recording, no notice of it is missing for sure."""
    judgement = judge(info, replace(heard, coverage="partial"), US)
    sure_rules = rules_found(judgement, "violation")
    assert not {r for r in sure_rules if r.startswith("missing") and "transfer" not in r}
    assert not sure_rules & {"late_recording_disclosure", "personal_data_before_disclosure"}


@given(infos, facts, st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_order_of_facts_does_not_matter(info, heard, random):
    """Facts in another order give the same findings."""
    shuffled = replace(
        heard,
        disclosures=tuple(random.sample(heard.disclosures, len(heard.disclosures))),
        speech=tuple(random.sample(heard.speech, len(heard.speech))),
        matters=tuple(random.sample(heard.matters, len(heard.matters))),
    )
    one, other = judge(info, heard, US), judge(info, shuffled, US)
    assert {(f.rule, f.status, f.start_s) for f in one.findings} == {
        (f.rule, f.status, f.start_s) for f in other.findings
    }
    assert one.uncovered_s == other.uncovered_s


@given(infos, facts)
@settings(max_examples=200, deadline=None)
def test_more_consent_on_file_never_finds_more(info, heard):
    """With everything on file, no notice is missing; what is in the recording stays."""
    filed = replace(info, consent_on_file=frozenset({"recording", "third_party", "ai_analysis", "ai_training"}))
    judgement = judge(filed, heard, US)
    notices = {"late_recording_disclosure", "personal_data_before_disclosure"}
    found = {f.rule for f in judgement.findings}
    assert not {r for r in found if r.startswith("missing") and "transfer" not in r}
    assert not found & notices


def test_long_talk_without_a_notice_weighs_more():
    """The more the caller said without the notice, the more a missing one weighs; after it, talk weighs nothing."""

    def severity(text, rule):
        return next(f.severity for f in judged(text).findings if f.rule == rule)

    short = severity("0:01 agent: Hi.\n0:02 customer: <talk 60>", "missing_recording_disclosure")
    long = severity("0:01 agent: Hi.\n0:02 customer: <talk 190>", "missing_recording_disclosure")
    assert (short, long) == ("medium", "high")
    agents = severity("0:01 customer: Hi.\n0:02 agent: <talk 190>", "missing_recording_disclosure")
    late = "0:01 agent: <talk 40>\n0:45 agent: {recording: This call is recorded.}\n0:50 customer: <talk 190>"
    assert (agents, severity(late, "late_recording_disclosure")) == ("medium", "medium")
