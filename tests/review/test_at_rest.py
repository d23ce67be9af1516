"""The review page and evidence packages of tables that are encrypted at rest."""

import base64
import os
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from archives import small_archive

from scanner.store import ParquetKey, Store

KEY = ParquetKey(bytes(range(32)))
TEXT = base64.b64encode(KEY.secret).decode()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The archive of six calls, encrypted: its rows are read plain and written again with a key."""
    folder = tmp_path_factory.mktemp("encrypted")
    small_archive(folder / "plain", folder / "recordings")
    plain, store = Store(str(folder / "plain")), Store(str(folder / "out"), KEY)
    store.prepare()
    for number, part in enumerate(plain.parts("calls")):
        calls, findings = plain.read(part, "calls"), plain.read(plain.findings_of(part), "findings")
        day = calls["scanned_at"][0].as_py().date()
        store.write_rows(calls, findings, name=str(number), scan_date=day)
    return Path(store.out)


def scanner(*arguments, key=TEXT):
    environment = {k: v for k, v in os.environ.items() if k != "SCANNER_PARQUET_KEY"} | {"SCANNER_HMAC_KEY": "0" * 64}
    return subprocess.Popen(
        [sys.executable, "-m", "scanner", *map(str, arguments)],
        env=environment | ({"SCANNER_PARQUET_KEY": key} if key else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_review_page_shows_encrypted_calls(out):
    """As its command starts it: with the key the queue names the calls to decide, and a call opens."""
    process = scanner("review", out, "--port", "0")
    try:
        link = next(line.strip() for line in process.stdout if "/enter?token=" in line)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(link, timeout=20).read().decode()
        base = link.split("/enter")[0]
        paths = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/calls/")]
        call = browser.open(base + paths[0].replace("&amp;", "&"), timeout=20).read().decode()
    finally:
        process.terminate()
        said = process.communicate(timeout=20)
    calls = Store(str(out), KEY).calls(["call_id", "verdict"]).to_pylist()
    assert len(set(paths)) == sum(c["verdict"] in {"violation", "needs_review"} for c in calls)
    assert any(c["call_id"] in call for c in calls)
    assert TEXT not in page + call + "".join(said)


def test_an_evidence_package_is_made_of_an_encrypted_call(out, tmp_path):
    """The package itself is plain: it is meant for others."""
    call_id = Store(str(out), KEY).calls(["call_id"])["call_id"][0].as_py()
    process = scanner("evidence", "make", out, call_id, tmp_path / "evidence.zip")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert (tmp_path / "evidence.zip").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("command", ["review", "evidence"])
def test_without_the_key_both_say_what_to_set(out, tmp_path, command):
    """One line, and no traceback."""
    arguments = (
        ("review", out, "--port", "0") if command == "review" else ("evidence", "make", out, "x", tmp_path / "x.zip")
    )
    process = scanner(*arguments, key=None)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2, errors
    assert "set SCANNER_PARQUET_KEY" in errors
    assert "Traceback" not in errors
