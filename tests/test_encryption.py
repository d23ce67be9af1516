"""Tables that are encrypted at rest: read by whoever has the key, by nobody else, beside plain ones of before."""

import base64
import json
import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from batch_fakes import Archive, now
from click.testing import CliRunner
from test_compact import in_the_readme
from test_store import make_call

from scanner.batch import RunOptions
from scanner.batch.compact import compact
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.cli import cli
from scanner.errors import OutputError, UserError
from scanner.policy import load_policy
from scanner.review.archive import Archive as ReviewArchive
from scanner.store import CALLS, FINDINGS, ParquetKey, Store, load_parquet_key

DAY = date(2026, 3, 1)
KEY = ParquetKey(bytes(range(32)))
OTHER = ParquetKey(bytes(range(1, 33)))
TEXT = base64.b64encode(KEY.secret).decode()


def parts_of(out):
    return sorted(Path(out).rglob("part-*.parquet"))


def encrypted(out):
    return [path.read_bytes()[-4:] == b"PARE" for path in parts_of(out)]


def write(store, *uris, name="1", **more):
    store.write_part([make_call(uri, **more) for uri in uris], name=name, scan_date=DAY)


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path / "out"), KEY)
    made.prepare()
    return made


@pytest.mark.parametrize("size", [16, 32])
def test_what_is_written_with_a_key_is_read_with_it_and_says_nothing_without(tmp_path, size):
    """Nothing of a row is in the file, not even a column's name; the review page reads one call of it."""
    out, key = str(tmp_path / "out"), ParquetKey(bytes(range(size)))
    plain = Store(str(tmp_path / "plain"))
    store = Store(out, key)
    for made in (store, plain):
        made.prepare()
        write(made, "/calls/415-555-0123.wav", "/calls/b.wav")
    assert encrypted(out) == [True, True]
    content = b"".join(path.read_bytes() for path in parts_of(out))
    for telling in (b"555-0123", b"recording_uri", b"no_speech", b"violation"):
        assert telling not in content
        assert telling in b"".join(path.read_bytes() for path in parts_of(plain.out))
    assert store.calls().equals(plain.calls())
    assert store.findings().equals(plain.findings())
    assert list(store.stored_calls()) == list(plain.stored_calls())
    archive = ReviewArchive(out, secret=b"x" * 32, parquet_key=key)
    snapshot = archive.snapshot()
    details = [archive.call(snapshot, row) for row in range(2)]
    assert sorted(d.call.recording.uri for d in details) == ["/calls/415-555-0123.wav", "/calls/b.wav"]
    assert all(len(d.findings) == 1 for d in details)


def test_without_the_key_or_with_another_it_says_what_to_set(store):
    """Each reader names the file and the two variables, and no key."""
    write(store, "/calls/a.wav")
    for key, says in ((None, "is encrypted: set SCANNER_PARQUET_KEY"), (OTHER, f"this environment .{OTHER.key_id}.")):
        reader = Store(store.out, key)
        for read in (
            reader.calls,
            reader.findings,
            lambda r=reader: list(r.stored_calls()),
            lambda r=reader: list(r.history(["verdict"])),
        ):
            with pytest.raises(
                OutputError, match=rf"part-1\.parquet: cannot be read \(it is encrypted.*{says[12:]}"
            ) as raised:
                read()
            assert "SCANNER_PARQUET_KEY_COMMAND" in str(raised.value)
            assert base64.b64encode(OTHER.secret).decode() not in str(raised.value)


def test_a_damaged_plain_part_is_not_called_encrypted(store):
    """Only what says of itself that it is encrypted is."""
    write(store, "/calls/a.wav")
    parts_of(store.out)[0].write_bytes(b"half a file")
    with pytest.raises(OutputError) as raised:
        store.calls()
    assert "encrypted" not in str(raised.value)


def test_plain_parts_of_before_are_read_beside_encrypted_ones_and_compacting_encrypts_them(store):
    """A key can be set at any time; what is then folded is encrypted, and large plain parts are too."""
    write(Store(store.out), "/calls/a.wav", "/calls/b.wav", name="plain")
    write(store, "/calls/c.wav", name="encrypted")
    assert encrypted(store.out) == [True, False, True, False]
    before = view_of(store)
    assert len(before[0]) == 3
    assert compact(store, run_id="one", now=now, rows_at_most=2)[0].after == 2
    assert encrypted(store.out) == [True] * 4
    assert view_of(store) == before
    assert compact(store, run_id="two", now=now)[0].after == 1
    assert view_of(store) == before


def view_of(store):
    return store.calls().sort_by("recording_uri").to_pylist(), store.findings().sort_by("recording_uri").to_pylist()


def test_a_scan_its_rerun_and_a_judgement_write_nothing_plain(tmp_path):
    """Workers in processes of their own and the parent alike; a killed worker's call too."""
    archive = Archive(tmp_path)
    for name, content in (("a.wav", "disclosed"), ("b.wav", "undisclosed"), ("c.wav", "die"), ("d.wav", "undecodable")):
        archive.add(name, content)
    changes = {"parquet_key": KEY}
    record = archive.scan(changes=changes, options=RunOptions(workers=2))
    assert (record.scanned, record.failed) == (4, 2)
    archive.add("e.wav", "disclosed")
    assert archive.scan(changes=changes).done_before == 3
    told = Rejudging("again", DAY, "1", load_policy("cases/linkedin"), now, parquet_key=KEY)
    assert rejudge(str(archive.out), told).judged_again == 3
    assert len(Store(str(archive.out), KEY).calls()) == 5
    assert all(encrypted(archive.out))
    with pytest.raises(OutputError, match="set SCANNER_PARQUET_KEY"):
        archive.scan()


def test_the_key_comes_from_the_environment_or_a_command(tmp_path):
    """Base64 of 16 or 32 bytes; the command is no shell's."""
    assert load_parquet_key({}) is None
    assert load_parquet_key({"SCANNER_PARQUET_KEY": TEXT + "\n"}) == KEY
    script = tmp_path / "key"
    script.write_text(f"#!/bin/sh\necho {TEXT}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert load_parquet_key({"SCANNER_PARQUET_KEY_COMMAND": str(script)}) == KEY
    assert repr(KEY) == "ParquetKey()"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"SCANNER_PARQUET_KEY": "c2VjcmV0"}, "SCANNER_PARQUET_KEY: not base64 of 16 or 32 bytes"),
        ({"SCANNER_PARQUET_KEY": "s3cret!"}, "SCANNER_PARQUET_KEY: not base64"),
        ({"SCANNER_PARQUET_KEY": TEXT, "SCANNER_PARQUET_KEY_COMMAND": "x"}, "not both"),
        ({"SCANNER_PARQUET_KEY_COMMAND": "/nowhere/to/be/found"}, "cannot be run .No such file"),
        ({"SCANNER_PARQUET_KEY_COMMAND": "'"}, "not a command"),
        ({"SCANNER_PARQUET_KEY_COMMAND": "false"}, "ended with code 1"),
        ({"SCANNER_PARQUET_KEY_COMMAND": "echo s3cret"}, "SCANNER_PARQUET_KEY_COMMAND: not base64"),
    ],
)
def test_a_key_that_is_none_is_refused_without_being_repeated(environment, says):
    """The message names the variable."""
    with pytest.raises(UserError, match=says) as raised:
        load_parquet_key(environment)
    assert "c2VjcmV0" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_all_commands_read_it_with_the_key_and_none_without(store, monkeypatch):
    """report, training, rejudge, compact and purge; runs needs none; the key is in none of their output."""
    monkeypatch.setenv("SCANNER_HMAC_KEY", "0" * 64)
    write(store, "/calls/a.wav", "/calls/b.wav")
    write(store, "/calls/c.wav", name="2")
    (Path(store.out) / "runs").mkdir()
    (Path(store.out) / "runs" / "x.json").write_text(json.dumps({"state": "finished"}))
    for words in (
        ["report", store.out],
        ["report", store.out, "--json", "-"],
        ["training", "list", store.out],
        ["rejudge", store.out, "--workers", "1"],
        ["compact", store.out],
        ["purge", store.out, "--older-than", "9999d"],
    ):
        monkeypatch.delenv("SCANNER_PARQUET_KEY", raising=False)
        done = CliRunner().invoke(cli, words)
        assert (done.exit_code, "set SCANNER_PARQUET_KEY" in done.stderr) == (2, True), (words, done.output)
        monkeypatch.setenv("SCANNER_PARQUET_KEY", TEXT)
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, (words, done.output)
        assert TEXT not in done.output
    assert all(encrypted(store.out))
    assert CliRunner().invoke(cli, ["runs", store.out]).exit_code == 0


def test_the_scan_command_encrypts_by_its_environment(tmp_path):
    """The key reaches the worker processes and is printed by nobody."""
    recording = tmp_path / "a.wav"
    recording.write_text("no audio")
    os.utime(recording, (1, 1))
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "scan", recording, "--out", out, "--workers", "1", "--log-format", "json"],
        env={**os.environ, "SCANNER_HMAC_KEY": "0" * 64, "SCANNER_PARQUET_KEY_COMMAND": f"echo {TEXT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert encrypted(out) == [True, True]
    assert TEXT not in done.stdout + done.stderr
    assert all(TEXT not in path.read_text() for path in (out / "runs").iterdir())


def duck(store, *, key=KEY):
    database = duckdb.connect()
    database.execute(f"PRAGMA add_parquet_key('scanner', '{base64.b64encode(key.secret).decode()}')")
    return database


def test_duckdb_reads_it_with_a_key_of_256_bits(store):
    """As the README says: all findings, and of calls every column that is not a list."""
    for n in range(3):
        write(store, *(f"/calls/{n}-{i}.wav" for i in range(700)), name=str(n))
    compact(store, run_id="one", now=now)
    text = in_the_readme("## Encryption at rest").replace("'out/", f"'{store.out}/")
    database = duckdb.connect()
    database.execute(text.replace("…", TEXT))
    assert database.sql("select count(*), count(distinct recording_uri) from findings").fetchall() == [(2100, 2100)]
    columns = ", ".join(f'max("{name}")' for name in FINDINGS.names)
    database.sql(f"select {columns} from findings").fetchall()
    flat = [f.name for f in CALLS if not str(f.type).startswith("list")]
    expected = store.calls(flat).sort_by("recording_uri").to_pylist()
    found = database.sql(f"select {', '.join(flat)} from calls order by recording_uri").fetchall()
    assert [row[flat.index("recording_uri")] for row in found] == [r["recording_uri"] for r in expected]
    assert [row[flat.index("error")] for row in found] == [r["error"] for r in expected]
    assert [row[flat.index("moved_from")] for row in found] == [None] * 2100
    assert [row[flat.index("policy_id")] for row in found] == ["us"] * 2100
    with pytest.raises(duckdb.Error):
        duck(store, key=OTHER).sql(
            f"select call_id from read_parquet('{store.out}/calls/**/*.parquet', encryption_config = {{footer_key: 'scanner'}})"
        ).fetchall()


def test_what_duckdb_cannot_read_is_what_the_readme_says(store):
    """Lists in calls, keys of 128 bits: when a newer DuckDB reads them, the README should say so."""
    write(store, "/calls/a.wav")
    calls = f"read_parquet('{store.out}/calls/**/*.parquet', encryption_config = {{footer_key: 'scanner'}})"
    with pytest.raises(duckdb.Error, match="AES tag"):
        duck(store).sql(f"select transcript, training_ineligible_reasons from {calls}").fetchall()
    short = ParquetKey(bytes(range(16)))
    write(Store(store.out + "-short", short), "/calls/a.wav")
    with pytest.raises(duckdb.Error):
        duck(store, key=short).sql(f"select call_id from {calls.replace('out/', 'out-short/')}").fetchall()


def test_pyarrow_alone_reads_all_of_it(store):
    """Who has the key needs nothing of the scanner."""
    import pyarrow.parquet.encryption as pe

    write(store, "/calls/a.wav")
    (part,) = store.parts("calls")
    properties = pe.create_decryption_properties(KEY.secret)
    assert pq.read_table(part.path, decryption_properties=properties, partitioning=None).schema.equals(CALLS)
