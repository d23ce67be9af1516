"""How often people and machine agree, and the examples that people gave."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scanner.review.agreement import by_confidence, by_rule, standing
from scanner.review.audit import record_digest
from scanner.review.decisions import all_decisions
from scanner.review.examples import standing_examples, withdraw_example
from scanner.review.visit import Refusal, Visit, guarded

_MONTHS = 12


def agreement_page(visit: Visit) -> Response:
    """Per rule and per confidence, with intervals; below it the examples for the policy."""
    with visit.site.engine.connect() as connection:
        decisions = standing(all_decisions(connection))
        examples = standing_examples(connection)
    visit.audit("viewed_agreement")
    months = sorted({d.at[:7] for d in decisions})[-_MONTHS:]
    return visit.page(
        "agreement.html",
        rules=by_rule(decisions),
        confidences=by_confidence(decisions),
        months=months,
        decided=len(decisions),
        examples=examples,
    )


def withdraw(visit: Visit) -> Response:
    """Take back the consent to an example: one's own, or anybody's for an admin."""
    number = int(visit.request.path_params["number"])
    with visit.site.writing() as connection:
        found = next((e for e in standing_examples(connection) if e.id == number), None)
        if found is None:
            raise Refusal(404, "There is no such example.")
        user = visit.session.user
        if found.actor != user.name and not user.may("admin"):
            raise Refusal(403, "Only who gave an example, or an administrator, takes it back.")
        made = withdraw_example(connection, found, at=visit.at, actor=user.name)
        record = {"id": made.id, "withdraws": number, "sha256": record_digest(asdict(made))}
        visit.audit_in(connection, "withdrew_example", str(number), **record)
    return RedirectResponse("/agreement", status_code=303)


ROUTES = [
    Route("/agreement", guarded(agreement_page), methods=["GET"]),
    Route("/examples/{number:int}/withdraw", guarded(withdraw, role="reviewer"), methods=["POST"]),
]
