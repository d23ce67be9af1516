"""Law on facts: what a call's metadata and what was heard in it amount to under a policy.

Pure: no clock, file, model or text. The stored facts of a call give the same judgement as the scan that found them.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.calls import CallInfo
from scanner.detections import DisclosureKind, RecordingFacts
from scanner.findings import SEVERITIES, Finding, Judgement, Verdict
from scanner.jurisdiction import jurisdiction_of
from scanner.policy import Policy
from scanner.rules import RULE_FUNCTIONS, CallContext
from scanner.rules.context import end_of, on_file, said, sensitivity_between, speech_between

_OBJECTIONS: dict[DisclosureKind, str] = {"consent_refused": "refused consent", "opt_out_requested": "asked to opt out"}


def judge(info: CallInfo, facts: RecordingFacts, policy: Policy) -> Judgement:
    """The judgement of one call: findings in the order of the rules, verdict, severity, training eligibility."""
    call = CallContext(info, jurisdiction_of(info, policy), facts)
    findings = tuple(f for rule in RULE_FUNCTIONS.values() for f in rule(call, policy))
    reasons = tuple(training_ineligible_reasons(call, policy))
    return Judgement(
        verdict=_verdict(findings),
        severity=max((f.severity for f in findings), key=SEVERITIES.index, default="none"),
        findings=findings,
        jurisdiction=call.jurisdiction.code,
        jurisdiction_source=call.jurisdiction.source,
        uncovered_s=round(uncovered_s(call, policy), 3),
        sensitivity=sensitivity_between(call, policy, 0.0, end_of(call) + 1.0),
        training_eligible=not reasons,
        training_ineligible_reasons=reasons,
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    statuses = {f.status for f in findings}
    if "violation" in statuses:
        return "violation"
    return "needs_review" if "needs_review" in statuses else "compliant"


def uncovered_s(call: CallContext, policy: Policy) -> float:
    """Seconds the customer spoke before the recording notice ended; all when there was none, none when it is on file."""
    if on_file(call.info, "recording"):
        return 0.0
    heard = said(call, policy, "recording", by="company").sure
    return speech_between(call, 0.0, heard[0].end_s if heard else end_of(call) + 1.0, "customer")


def training_ineligible_reasons(call: CallContext, policy: Policy) -> Iterator[str]:
    """Why the recording may not train AI models; nothing when it may.

    What is uncertain counts against it: a model that learned from a call cannot unlearn it.
    """
    info, rules = call.info, policy.training
    in_call = bool(said(call, policy, "ai_training", by="company").sure)
    if rules.effective is not None and (info.started_at is None or info.started_at.date() < rules.effective):
        yield f"the terms that allow training are in force from {rules.effective} only"
    if not in_call and not _filed(call, policy, "ai_training"):
        yield "AI training was neither heard to be disclosed nor is it on file before the call"
    if rules.express_consent and not (
        said(call, policy, "consent_granted", by="customer").sure or _filed(call, policy, "consent_granted")
    ):
        yield "the caller was not heard to agree"
    if rules.opt_out_offered and not (
        said(call, policy, "opt_out_offered", by="company").sure or _filed(call, policy, "opt_out_offered")
    ):
        yield "no way to opt out was heard to be offered"
    for kind, words in _OBJECTIONS.items():
        heard = said(call, policy, kind, by="customer")
        if heard.sure or heard.perhaps:
            yield f"the caller {words} in the call" if heard.sure else f"the caller may have {words} in the call"
        if kind in info.consent_on_file:
            yield f"the caller {words} before the call"
    if info.opted_out_at is not None and (info.started_at is None or info.opted_out_at <= info.started_at):
        yield "the caller opted out before the call"
    held = {d.entity_type for d in call.facts.personal_data if d.confidence >= policy.personal_data.uncertain}
    if "CREDIT_CARD" in held:
        yield "a full card number is recorded"
    if "CREDIT_CARD_CVV" in held:
        yield "a card security code is recorded"


def _filed(call: CallContext, policy: Policy, kind: DisclosureKind) -> bool:
    """Whether it is on file in a way that the policy accepts for training."""
    dated = call.info.consent_on_file_at is not None
    return on_file(call.info, kind) is True and (dated or not policy.training.dated_consent)
