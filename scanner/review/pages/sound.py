"""The sound of a call: its waveform, its bytes by ranges, and a record of what was played."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scanner.review.access import unmasking_of
from scanner.review.playback import outline, peaks
from scanner.review.silence import silent_spans
from scanner.review.visit import Refusal, Visit, guarded

COLUMNS = 900
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")
_OPENED_ANEW = timedelta(minutes=5)
_REMEMBERED = 10_000


class _Opened:
    """Which session has which recording open: one entry in the log for an opening, not one for each range."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    def is_new(self, session: str, key: str, grant: str, *, at: datetime) -> bool:
        with self._lock:
            last = self._last.get((session, key, grant))
            self._last[session, key, grant] = at
            self._last.move_to_end((session, key, grant))
            while len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)
            return last is None or at - last > _OPENED_ANEW


_OPENED = _Opened()


def waveform(visit: Visit) -> Response:
    """Each channel's outline as SVG, in columns; nothing is drawn where personal data is silenced."""
    _, _, detail = visit.call()
    if detail.call.heard is None or detail.call.judgement is None:
        raise Refusal(409, "This call was not scanned.")
    sound = visit.site.player.sound(detail.call)
    silenced = silent_spans(detail.call)
    heard = detail.call.heard
    paths = [outline(peaks(c, columns=COLUMNS, silenced=silenced)) for c in sound.channels]
    agent = heard.agent_channel
    named = [_channel(i, agent, len(paths)) for i in range(len(paths))]
    return visit.page(
        "_waveform.html",
        channels=[(name, path, speakers) for (name, speakers), path in zip(named, paths, strict=True)],
        columns=COLUMNS,
        silenced=silenced,
        duration_s=sound.duration_s,
        call=detail.call,
    )


def audio(visit: Visit) -> Response:
    """The recording as WAV, whole or by range; personal data is silenced unless the URL names this session's grant."""
    snapshot, row, detail = visit.call()
    key, grant = snapshot.keys[row], visit.request.path_params.get("grant", "")
    if grant:
        with visit.site.engine.connect() as connection:
            valid = unmasking_of(connection, visit.session, key, at=visit.at)
        if valid != grant:
            visit.audit("refused", key, why="unmasked sound without a grant")
            raise Refusal(403, "This call is not unmasked for you, or no longer.")
    file = visit.site.player.wav(detail.call, masked=not grant)
    start, stop, partial = _wanted(visit.request.headers.get("range"), file.size)
    headers = {"accept-ranges": "bytes", "content-length": str(max(0, stop - start)), "content-disposition": "inline"}
    if stop <= start:
        return Response(status_code=416, headers={"content-range": f"bytes */{file.size}"})
    if _OPENED.is_new(visit.session.id, key, grant, at=visit.at):
        visit.audit("opened_recording", key, masked=not grant)
    if partial:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{file.size}"
    status = 206 if partial else 200
    if visit.request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type="audio/wav")
    return StreamingResponse(file.read(start, stop), status_code=status, headers=headers, media_type="audio/wav")


def played(visit: Visit) -> Response:
    """Note which seconds somebody listened to; the player says so when it stops."""
    snapshot, row, detail = visit.call()
    try:
        start_s, end_s = (round(float(visit.form.get(n, "")), 1) for n in ("start_s", "end_s"))
    except ValueError:
        raise Refusal(400, "Not seconds.") from None
    if not 0 <= start_s <= end_s < 1_000_000:
        raise Refusal(400, "Not seconds.")
    finding = visit.form.get("finding", "")
    about = finding if finding in detail.finding_ids else ""
    masked = visit.form.get("masked") != "no"
    visit.audit("played", snapshot.keys[row], start_s=start_s, end_s=end_s, finding=about, masked=masked)
    return Response(status_code=204)


def _wanted(header: str | None, size: int) -> tuple[int, int, bool]:
    """(start, stop, whether it is a part) of the one range that a player asks for; several ranges get the whole."""
    match = _RANGE.match(header.strip()) if header else None
    if match is None or (not match[1] and not match[2]):
        return 0, size, False
    if not match[1]:  # the last so many bytes
        return max(0, size - int(match[2])), size, True
    start = int(match[1])
    return start, min(size, int(match[2]) + 1) if match[2] else size, True


def _channel(channel: int, agent: int | None, channels: int) -> tuple[str, frozenset[str]]:
    """(what a channel is called, whose words are marked on it); all words where it is not known who speaks there."""
    everybody = frozenset({"agent", "system", "customer", "unknown"})
    if channels == 1:
        return "Both", everybody
    if agent is None or channels > 2:
        return f"Channel {channel + 1}", everybody
    if channel == agent:
        return "Agent", everybody - {"customer"}
    return "Customer", frozenset({"customer", "unknown"})


ROUTES = [
    Route("/calls/{key}/waveform", guarded(waveform), methods=["GET"]),
    Route("/calls/{key}/audio", guarded(audio), methods=["GET", "HEAD"]),
    Route("/calls/{key}/audio/{grant}", guarded(audio), methods=["GET", "HEAD"]),
    Route("/calls/{key}/played", guarded(played), methods=["POST"]),
]
