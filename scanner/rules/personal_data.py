"""Personal data that was recorded: each value of a type that the policy lists."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.findings import Finding, RuleName
from scanner.policy import Policy
from scanner.rules.context import CallContext, clock, finding, personal_data

_OWN_RULE: dict[str, RuleName] = {
    "CREDIT_CARD": "card_number_recorded",
    "CREDIT_CARD_CVV": "card_security_code_recorded",
}


def card_number_recorded(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """A full payment card number is in the recording. Source: PCI DSS v4.0.1, 3.5.1.

    Bad:
        0:01 customer: It is [CREDIT_CARD: 4111 1111 1111 1111].

    Good:
        0:01 customer: It ends in 1111.
    """
    yield from _recorded(call, policy, "card_number_recorded", "A full payment card number")


def card_security_code_recorded(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """A card security code is in the recording; it may never be stored. Source: PCI DSS v4.0.1, 3.3.1.

    Bad:
        0:01 agent: And the three digits on the back?
        0:04 customer: [CREDIT_CARD_CVV: 123].

    Good:
        0:01 agent: Please type in the three digits on the back now.
        0:04 customer: Okay, done.
    """
    yield from _recorded(call, policy, "card_security_code_recorded", "A card security code")


def personal_data_recorded(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """Personal data of any other type that the policy lists is in the recording; an observation unless it says otherwise.

    Bad:
        0:01 customer: My social is [US_SSN: 536 22 8417].

    Good:
        0:01 customer: My order is 536 22 8417.
    """
    yield from _recorded(call, policy, "personal_data_recorded", "Personal data")


def _recorded(call: CallContext, policy: Policy, rule: RuleName, what: str) -> Iterator[Finding]:
    ours = (d for d in call.facts.personal_data if _OWN_RULE.get(d.entity_type, "personal_data_recorded") == rule)
    for d in personal_data(ours, policy, at_least=policy.personal_data.uncertain):
        entity = policy.personal_data.entities[d.entity_type]
        uncertain = entity.status == "violation" and d.confidence < policy.personal_data.heard
        named = f" ({d.entity_type})" if rule == "personal_data_recorded" else ""
        yield finding(
            call,
            policy,
            rule,
            "personal_data",
            status="needs_review" if uncertain else entity.status,
            explanation=f"{what}{named} {'may have been' if uncertain else 'was'} spoken at {clock(d.start_s)} and is recorded.",
            confidence=d.confidence,
            reference=entity.reference,
            at=d,
            severity=entity.severity,
            entity_type=d.entity_type,
        )
