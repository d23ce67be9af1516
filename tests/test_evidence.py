import json
import sys
import wave
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "review"))
from archives import card_finding, denial_finding, failed_call, finding, heard_call, sha256_of, tone

from scanner.errors import OutputError
from scanner.evidence import make_package, verify_package
from scanner.findings import finding_ids
from scanner.masking import HashKey
from scanner.review.archive import CallDetail
from scanner.review.decisions import Decision
from scanner.review.playback import Player

KEY = HashKey(b"a key for tests only, long enough")
NOW = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return tone(tmp_path_factory.mktemp("rec") / "call-5551234567.wav")


@pytest.fixture(scope="module")
def detail(recording):
    findings = (finding(), denial_finding(), card_finding())
    call = heard_call(recording, sha256=sha256_of(recording), findings=findings)
    return CallDetail(call, finding_ids(call.recording.sha256, findings))


def package(detail, decisions=None):
    return make_package(
        detail, decisions=decisions or {}, audit=(), player=Player(), key=KEY, made_at=NOW, made_by="rita"
    )


@pytest.fixture(scope="module")
def made(detail, tmp_path_factory):
    decided = Decision(
        **{
            **dict.fromkeys(Decision.__slots__, ""),
            "id": 1,
            "at": "2026-04-02T08:59:00.000000Z",
            "finding_id": detail.finding_ids[1],
            "decision": "confirmed",
            "note": "heard it",
            "actor": "rita",
            "undoes": None,
        }
    )
    path = tmp_path_factory.mktemp("package") / "evidence.zip"
    path.write_bytes(package(detail, {detail.finding_ids[1]: [decided]}).content)
    return path


def rewritten(made, path, change):
    """The package with some files changed: content in, content or None out."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return path


def test_a_package_holds_as_it_was_made(made, recording):
    """Its files, its seal, and the recording it is about."""
    found = verify_package(made, key=KEY, recording=recording)
    assert found.holds
    assert found.seal is True
    assert found.recording_sha256 == sha256_of(recording)


def test_without_the_key_the_files_are_checked_and_the_seal_is_not(made):
    """Whoever receives it can check it; "not checked" is not "fits"."""
    for key in (None, HashKey(b"the key of somebody else, also long")):
        found = verify_package(made, key=key)
        assert found.holds
        assert found.seal is None


NAMES = [
    "report.html",
    "findings.json",
    "decisions.json",
    "audit.json",
    "call.json",
    "clips/01-at-0s.wav",
    "manifest.json",
    "seal.json",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_change_is_found(made, tmp_path, name):
    """One byte of any file."""
    with zipfile.ZipFile(made) as archive:
        assert sorted(archive.namelist()) == sorted(NAMES)
    swap = {"manifest.json": (b'"made_by": "rita"', b'"made_by": "rota"'), "seal.json": (b'"seal": "', b'"seal": "0')}
    old, new = swap.get(name, (b"", b" "))
    changed = rewritten(made, tmp_path / "x.zip", lambda n, c: c.replace(old, new, 1) if n == name else c)
    assert not verify_package(changed, key=KEY).holds


@pytest.mark.parametrize("name", NAMES[:6])
def test_a_missing_file_is_found(made, tmp_path, name):
    """Nothing is left out."""
    changed = rewritten(made, tmp_path / "x.zip", lambda n, c: None if n == name else c)
    assert any("is missing" in p for p in verify_package(changed, key=KEY).problems)


def test_a_file_that_was_put_in_is_found(made, tmp_path):
    """Nothing is added, not under another name and not under the same one."""
    for name in ("extra.txt", "report.html"):
        path = tmp_path / f"{name}.zip"
        path.write_bytes(made.read_bytes())
        with (
            pytest.warns(UserWarning, match="Duplicate") if name == "report.html" else _nothing(),
            zipfile.ZipFile(path, "a") as archive,
        ):
            archive.writestr(name, "more")
        assert not verify_package(path, key=KEY).holds


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_a_forged_manifest_is_found_with_the_key(made, tmp_path):
    """Somebody who changes a file and its digest in the manifest cannot seal it again."""
    import hashlib

    with zipfile.ZipFile(made) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    forged = b"[]"
    manifest["files"]["decisions.json"]["sha256"] = hashlib.sha256(forged).hexdigest()
    swap = {"decisions.json": forged, "manifest.json": json.dumps(manifest).encode()}
    changed = rewritten(made, tmp_path / "x.zip", swap.get)
    assert verify_package(changed, key=None).holds  # what the files alone can tell
    assert verify_package(changed, key=KEY).problems == ("manifest.json: was changed, or not made with this key",)


def test_another_recording_is_not_the_one(made, tmp_path):
    """A package is about one recording, byte for byte."""
    other = tone(tmp_path / "other.wav", seed=9)
    assert not verify_package(made, recording=other).holds


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_said_to_be_none(tmp_path, content):
    """ "Could not look" is not "holds"."""
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(OutputError):
        verify_package(path)
    with pytest.raises(OutputError, match="no such file"):
        verify_package(tmp_path / "gone.zip")


def test_clips_are_around_what_was_found_and_masked(made, detail):
    """The opening, where no notice was heard, and each finding with some seconds around; the card is silence."""
    with zipfile.ZipFile(made) as archive:
        (name,) = (n for n in archive.namelist() if n.startswith("clips/"))  # they touch, so it is one
        with archive.open(name) as file, wave.open(file) as clip:
            assert clip.getnframes() == 35 * 16000
            frames = np.frombuffer(clip.readframes(clip.getnframes()), "<i2").reshape(-1, 2)
    assert not frames[20 * 16000 : 26 * 16000].any()
    assert frames[8 * 16000 : 11 * 16000].any()


def test_the_page_says_what_was_found_and_decided_and_loads_nothing(made):
    """Findings, decision, versions and hashes; no script, and only its own clips."""
    import re

    with zipfile.ZipFile(made) as archive:
        page = archive.read("report.html").decode()
    for text in (
        "Recording denied",
        "Confirmed",
        "by rita",
        "heard it",
        "whisper-base@1234",
        "[CREDIT_CARD ending 1111]",
    ):
        assert text in page
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == ["clips/01-at-0s.wav"]


def test_a_package_tells_no_place_and_no_number(made):
    """The recording's path often holds the caller's number: the digest names it instead."""
    with zipfile.ZipFile(made) as archive:
        for name in archive.namelist():
            assert b"5551234567" not in archive.read(name)


def test_the_same_call_gives_the_same_package(detail):
    """Byte for byte, so that two exports can be compared."""
    assert package(detail).sha256 == package(detail).sha256


def test_a_recording_that_is_gone_is_said_to_be(tmp_path):
    """The package has no clips, says why, and holds."""
    call = heard_call(tmp_path / "gone.wav", findings=(denial_finding(),))
    path = tmp_path / "x.zip"
    path.write_bytes(package(CallDetail(call, ("1" * 32,))).content)
    assert verify_package(path, key=KEY).holds
    with zipfile.ZipFile(path) as archive:
        assert "could not be heard" in json.loads(archive.read("manifest.json"))["clips_missing"]


def test_a_call_that_could_not_be_scanned_has_a_package_too(tmp_path):
    """With the reason, and nothing made up."""
    path = tmp_path / "x.zip"
    path.write_bytes(package(CallDetail(failed_call("/x.wav"), ())).content)
    assert verify_package(path, key=KEY).holds
    with zipfile.ZipFile(path) as archive:
        assert "no audio could be decoded" in archive.read("report.html").decode()
