"""The audit log, for administrators."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from scanner.review.audit import newest
from scanner.review.visit import Visit, guarded

_SHOWN = 100


def audit_page(visit: Visit) -> Response:
    """The newest entries; on request, whether the chain holds, which reads all of them."""
    text = visit.request.query_params.get("before", "")
    before = int(text) if text.isdecimal() and len(text) < 12 else None
    check = visit.request.query_params.get("check") == "yes"
    state = visit.site.audit.verify(visit.site.engine) if check else None
    entries = newest(visit.site.engine, limit=_SHOWN, before=before)
    visit.audit("viewed_audit")
    return visit.page(
        "audit.html", entries=entries, state=state, older=entries[-1].number if len(entries) == _SHOWN else None
    )


ROUTES = [Route("/audit", guarded(audit_page, role="admin"), methods=["GET"])]
