"""Evidence packages: one call with its masked page and clips, findings, decisions, hashes and versions, in a sealed zip.

Whoever receives one can check without the scanner's tables that nothing in it was changed since it was made
(`manifest.json` lists a SHA-256 of every file); whoever holds the company's key can check that the company made it
(`seal.json` is a keyed hash of the manifest).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import __version__
from scanner.errors import OutputError, RecordingError
from scanner.masking import HashKey
from scanner.review.archive import Archive, CallDetail
from scanner.review.audit import Entry
from scanner.review.decisions import Decision, in_force
from scanner.review.playback import Player
from scanner.review.silence import silent_spans
from scanner.store import ParquetKey, StoredCall
from scanner.transcript import Span, merge_spans

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

FORMAT = 1
CLIP_LEAD_S = 3.0
OPENING_S = 35.0
MANIFEST, SEAL = "manifest.json", "seal.json"
_LARGEST_FILE = 1 << 30
_MOST_FILES = 1000
_TEMPLATES = Path(__file__).parent / "review" / "templates"


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package and the digest of its bytes, by which the audit log remembers it."""

    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A masked stretch of the recording: the name of its file in the package."""

    name: str
    span: Span
    wav: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a package found; `sealed_by` is the key's id, `seal` whether that key was at hand and fits."""

    problems: tuple[str, ...]
    files: int
    call_id: str
    recording_sha256: str
    made_at: str
    sealed_by: str
    seal: bool | None

    @property
    def holds(self) -> bool:
        return not self.problems


def make_package(
    detail: CallDetail,
    *,
    decisions: Mapping[str, Sequence[Decision]],
    audit: Sequence[Entry],
    player: Player,
    key: HashKey,
    made_at: datetime,
    made_by: str,
) -> Package:
    """The evidence package of one call; without clips, and saying so, when the recording cannot be heard any more."""
    call = detail.call
    clips, clips_missing = _clips(call, player)
    histories = [d for entries in decisions.values() for d in entries]
    files: dict[str, bytes] = {
        "findings.json": _json([{"finding_id": i, **asdict(f)} for i, f in detail.findings]),
        "decisions.json": _json([asdict(d) for d in sorted(histories, key=lambda d: d.id)]),
        "audit.json": _json([asdict(e) for e in sorted(audit, key=lambda e: e.number)]),
        "call.json": _json(_about(call)),
        **{c.name: c.wav for c in clips},
    }
    stamped = made_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    files["report.html"] = _page(
        detail, decisions=decisions, clips=clips, clips_missing=clips_missing, made_at=stamped, made_by=made_by
    ).encode()
    manifest = _json(
        {
            "format": FORMAT,
            "made_at": made_at.isoformat(),
            "made_by": made_by,
            "made_with": f"call-compliance-scanner {__version__}",
            "call_id": call.call_id,
            "recording_sha256": call.recording.sha256,
            "policy_id": call.scan.policy_id,
            "policy_sha256": call.scan.policy_sha256,
            "model_id": call.heard.model_id if call.heard else None,
            "model_compute": call.heard.model_compute if call.heard else None,
            "detector_id": call.heard.detector_id if call.heard else None,
            "scanner_version": call.scan.scanner_version,
            "scan_id": call.scan.scan_id,
            "scanned_at": call.scan.scanned_at.isoformat(),
            "clips_missing": clips_missing,
            "files": {n: {"sha256": hashlib.sha256(b).hexdigest(), "size": len(b)} for n, b in sorted(files.items())},
        }
    )
    seal = _json({"key_id": key.key_id, "algorithm": "HMAC-SHA256 of manifest.json", "seal": _seal(key, manifest)})
    content = _zip({**files, MANIFEST: manifest, SEAL: seal})
    return Package(content, hashlib.sha256(content).hexdigest())


def verify_package(path: Path, *, key: HashKey | None = None, recording: Path | None = None) -> Verification:
    """Check every file of a package against its manifest, the manifest against its seal, and the recording if given.

    Nothing is unpacked. Raises OutputError when the file is no package at all.
    """
    problems: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > _MOST_FILES or any(i.file_size > _LARGEST_FILE for i in infos):
                raise OutputError(f"{path}: larger than any evidence package")
            content = {i.filename: archive.read(i) for i in infos}
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        if isinstance(error, FileNotFoundError):
            raise OutputError(f"{path}: there is no such file") from None
        raise OutputError(f"{path}: not a readable zip file, or damaged") from None
    if len(content) != len(infos):
        problems.append("a file is in the package twice")
    try:
        manifest: dict[str, Any] = json.loads(content[MANIFEST])
        seal: dict[str, str] = json.loads(content[SEAL])
        listed: dict[str, dict[str, Any]] = manifest["files"]
    except (KeyError, ValueError, TypeError):
        raise OutputError(f"{path}: not an evidence package (no readable {MANIFEST} or {SEAL})") from None
    problems += [f"{n}: is missing" for n in sorted(set(listed) - set(content))]
    problems += [f"{n}: is not in the manifest" for n in sorted(set(content) - set(listed) - {MANIFEST, SEAL})]
    for name in sorted(set(listed) & set(content)):
        if hashlib.sha256(content[name]).hexdigest() != listed[name].get("sha256"):
            problems.append(f"{name}: was changed")
    sealed: bool | None = None
    if key is not None and key.key_id == seal.get("key_id"):
        sealed = hmac.compare_digest(_seal(key, content[MANIFEST]), str(seal.get("seal")))
        if not sealed:
            problems.append(f"{MANIFEST}: was changed, or not made with this key")
    if recording is not None and _sha256_of(recording) != manifest.get("recording_sha256"):
        problems.append("the recording is not the one that the package is about")
    return Verification(
        problems=tuple(problems),
        files=len(listed),
        call_id=str(manifest.get("call_id")),
        recording_sha256=str(manifest.get("recording_sha256")),
        made_at=str(manifest.get("made_at")),
        sealed_by=str(seal.get("key_id")),
        seal=sealed,
    )


def _clips(call: StoredCall, player: Player) -> tuple[list[Clip], str | None]:
    """Masked stretches around everything found; those that touch are one clip."""
    if call.judgement is None or call.heard is None:
        return [], "the call was not scanned"
    if not call.heard.has_sound:
        return [], "the call was read in a transcript, and no recording was heard"
    spans = [Span(0.0, OPENING_S)] if any(f.start_s is None for f in call.judgement.findings) else []
    spans += [
        Span(max(0.0, f.start_s - CLIP_LEAD_S), (f.end_s or f.start_s) + CLIP_LEAD_S)
        for f in call.judgement.findings
        if f.start_s is not None and f.status != "observation"
    ]
    clips = []
    for number, span in enumerate(merge_spans(spans), 1):
        try:
            wav = player.wav(call, masked=True, span=span)
        except RecordingError as error:
            return [], f"the recording could not be heard ({type(error).__name__})"
        clips.append(Clip(f"clips/{number:02d}-at-{int(span.start_s)}s.wav", span, b"".join(wav.read(0, wav.size))))
    return clips, None


def _about(call: StoredCall) -> dict[str, Any]:
    """All facts and the judgement; not the metadata's numbers, and not the place where the recording lies."""
    return {
        "call_id": call.call_id,
        "recording_sha256": call.recording.sha256,
        "started_at": call.info.started_at,
        "agent_id": call.info.agent_id,
        "queue": call.info.queue,
        "heard": asdict(call.heard) if call.heard else None,
        "judgement": asdict(call.judgement) if call.judgement else None,
        "failure": asdict(call.failure) if call.failure else None,
        "scan": asdict(call.scan),
        "silenced": [asdict(s) for s in silent_spans(call)],
    }


def _page(detail: CallDetail, *, decisions: Mapping[str, Sequence[Decision]], **context: Any) -> str:
    import jinja2  # noqa: PLC0415 - only making a package needs it

    from scanner.review.labels import clock, label, percent, when  # noqa: PLC0415

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters.update({"label": label, "clock": clock, "when": when, "percent": percent})
    rows = [(i, f, in_force(decisions.get(i, ())), decisions.get(i, ())) for i, f in detail.findings]
    template = environment.get_template("evidence.html")
    return template.render(
        call=detail.call, rows=rows, silenced=silent_spans(detail.call), version=__version__, **context
    )


def _zip(files: Mapping[str, bytes]) -> bytes:
    """The files by name with one fixed time: the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written")


def _seal(key: HashKey, manifest: bytes) -> str:
    return hmac.new(bytes.fromhex(key.hash("call-compliance-scanner evidence")), manifest, hashlib.sha256).hexdigest()


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror})") from None
    return digest.hexdigest()


def package_of(
    out: str,
    call_id: str,
    *,
    engine: Engine,
    key: HashKey,
    made_at: datetime,
    made_by: str,
    parquet_key: ParquetKey | None = None,
) -> Package | None:
    """The package of the call with an id, noted in the audit log; None when there is no such call."""
    from scanner.review.audit import AuditLog, newest  # noqa: PLC0415 - the database only for who makes packages
    from scanner.review.database import secret, writing  # noqa: PLC0415
    from scanner.review.decisions import decisions_about  # noqa: PLC0415

    site_secret = bytes.fromhex(secret(engine, "site", fresh=secrets.token_hex(32)))
    archive = Archive(out, secret=site_secret, parquet_key=parquet_key)
    snapshot = archive.snapshot()
    ids = snapshot.table["call_id"].to_pylist()
    if call_id not in ids:
        return None
    row = ids.index(call_id)
    detail = archive.call(snapshot, row)
    with engine.connect() as connection:
        decisions = decisions_about(connection, detail.finding_ids)
    package = make_package(
        detail,
        decisions=decisions,
        audit=newest(engine, limit=1000, subject=snapshot.keys[row]),
        player=Player(),
        key=key,
        made_at=made_at,
        made_by=made_by,
    )
    with writing(engine) as connection:
        AuditLog(key).append(
            connection,
            at=made_at,
            actor=made_by,
            action="exported_evidence",
            subject=snapshot.keys[row],
            detail={"package_sha256": package.sha256},
        )
    return package
