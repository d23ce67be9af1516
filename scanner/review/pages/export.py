"""What is taken along: the evidence package of one call."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from scanner.evidence import make_package
from scanner.review.audit import newest
from scanner.review.decisions import decisions_about
from scanner.review.visit import Visit, guarded

_ENTRIES = 1000


def evidence(visit: Visit) -> Response:
    """Make the package, note its digest in the log, hand it over."""
    snapshot, row, detail = visit.call()
    key = snapshot.keys[row]
    with visit.site.engine.connect() as connection:
        decisions = decisions_about(connection, detail.finding_ids)
    package = make_package(
        detail,
        decisions=decisions,
        audit=newest(visit.site.engine, limit=_ENTRIES, subject=key),
        player=visit.site.player,
        key=visit.site.key,
        made_at=visit.at,
        made_by=visit.session.user.name,
    )
    visit.audit("exported_evidence", key, package_sha256=package.sha256)
    name = f"evidence-{(detail.call.recording.sha256 or key)[:12]}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(package.content, media_type="application/zip", headers=headers)


ROUTES = [Route("/calls/{key}/evidence", guarded(evidence, role="reviewer"), methods=["POST"])]
