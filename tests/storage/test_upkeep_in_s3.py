"""Tables in object storage, folded, purged and encrypted: as on disk, whatever the server does meanwhile."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from batch_fakes import KEY
from test_compact import fill
from test_purge import LONG_AGO, NOON, call_of, purging

from scanner.batch.compact import compact
from scanner.batch.purge import purge
from scanner.errors import OutputError
from scanner.store import ParquetKey, Store, read_purges

SECRET = ParquetKey(bytes(range(32)))


def view(store):
    """What a reader sees who comes anew."""
    reader = Store(store.out, store.key)
    calls = sorted(reader.calls().to_pylist(), key=lambda r: r["recording_uri"])
    findings = sorted(reader.findings().to_pylist(), key=lambda r: (r["recording_uri"], r["finding_id"]))
    history = sorted(r["scan_id"] for t in reader.history(["scan_id"]) for r in t.to_pylist())
    return calls, findings, history


def now():
    return datetime.now(UTC)


@pytest.fixture(params=[None, SECRET], ids=["plain", "encrypted"])
def store(s3, request):
    made = Store(s3.uri("out"), request.param)
    made.prepare()
    return made


def test_small_objects_become_large_ones(s3, store):
    """One for each day and table, with the same rows; with a key, nothing is plain."""
    fill(store)
    before = view(store)
    folded, rows = compact(store, run_id="one", now=now)
    assert (folded.before, folded.after, rows) == (6, 2, 24)
    assert view(store) == before
    parts = [key for key in s3.keys("out") if key.endswith(".parquet")]
    assert len(parts) == 4
    assert {s3.get(key)[-4:] for key in parts} == {b"PAR1" if store.key is None else b"PARE"}


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "PUT", "key": "out/findings"},
        {"method": "PUT", "key": "out/calls"},
        {"method": "GET", "key": "out/calls/.*part-scan-3"},
        {"method": "GET", "key": "out/findings/.*part-scan-3"},
        {"method": "DELETE", "key": "out/calls/.*part-scan-2"},
        {"method": "DELETE", "key": "out/findings/.*part-scan-2"},
    ],
    ids=lambda fault: f"{fault['method']} {fault['key']}",
)
def test_a_server_that_fails_at_any_step_leaves_what_was(s3, store, fault):
    """The run ends with an error or gets by; a reader sees the same, and the next run ends the work."""
    fill(store, parts=4, days=1)
    before = view(store)
    s3.faults({**fault, "status": 500, "times": 1000})
    # how a client asks for deletion, and so whether this one is met, is its own affair
    with suppress(OutputError) if fault["method"] == "DELETE" else pytest.raises(OutputError):
        compact(Store(store.out, store.key), run_id="one", now=now)
    s3.faults()
    assert view(store) == before
    compact(Store(store.out, store.key), run_id="two", now=now)
    assert view(store) == before
    assert len([key for key in s3.keys("out") if key.endswith(".parquet")]) == 2


def test_old_calls_go_from_a_bucket_as_well(s3, store):
    """The log is an object beside the tables."""
    old = [call_of(f"/calls/{n}.wav", started=LONG_AGO if n % 2 else NOON, at=NOON) for n in range(6)]
    store.write_part(old[:3], name="1", scan_date=NOON.date())
    store.write_part(old[3:], name="2", scan_date=(NOON + timedelta(days=1)).date())
    done = purge(store, purging(), at_least=0.5)
    assert (done.recordings, done.findings) == (3, 3)
    assert [c["recording_uri"] for c in view(store)[0]] == ["/calls/0.wav", "/calls/2.wav", "/calls/4.wav"]
    (log,) = read_purges(Store(store.out, store.key))
    assert (log.state, log.key_id, len(log.recordings)) == ("finished", KEY.key_id, 3)
    assert list(s3.keys("out/purges")) == [f"out/purges/{log.name}"]
