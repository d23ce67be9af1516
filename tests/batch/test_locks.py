"""One run at a time on an output folder."""

import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from batch_fakes import all_rows, rows, scan_in_process

from scanner.batch import remote_lock
from scanner.batch.holder import Holder
from scanner.batch.lock import hold
from scanner.errors import OutputError
from scanner.store import Store


def test_a_second_run_says_who_holds_the_folder(archive):
    """And starts as soon as that one has ended, however it ended."""
    for i in range(6):
        archive.add(f"{i:02}.wav", "slow")
    process = multiprocessing.get_context("spawn").Process(target=scan_in_process, args=(archive.calls.parent,))
    process.start()
    while not archive.heard():
        time.sleep(0.05)
    with pytest.raises(OutputError, match=f"is being written by process {process.pid} on "):
        archive.scan()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert archive.scan().state == "finished"
    assert len(all_rows(archive)) == len(rows(archive)) == 6


@pytest.fixture
def remote_store():
    """An output folder where no kernel holds a lock; its locks by number, as they were written."""
    import fsspec

    memory = fsspec.filesystem("memory")
    if memory.exists("/out"):
        memory.rm("/out", recursive=True)
    return Store("memory://out")


AT = datetime(2026, 3, 1, tzinfo=UTC)
ELSEWHERE = Holder("other", "elsewhere", "", 1, "1", "then")


def put_lock(store, number, holder=ELSEWHERE, **more):
    content = holder.as_bytes(**{"renewed_at": AT.isoformat()} | more)
    store.folder.write_bytes(store.folder.path("_locks", f"{number:06}.json"), content)


def locks(store):
    paths = [i.path.rpartition("/")[2] for i in store.folder.files("_locks")]
    return {int(p.partition(".")[0]): json.loads(store.folder.read("_locks", p)) for p in paths}


def test_a_lock_in_object_storage_is_held_by_one(remote_store):
    """Who holds it is said; the next run takes the next number, and no number is used twice."""
    put_lock(remote_store, 7)
    with (
        pytest.raises(OutputError, match="process 1 on elsewhere since then"),
        hold(remote_store, scan_id="mine", now=AT),
    ):
        pass
    put_lock(remote_store, 7, ended_at=AT.isoformat())
    with hold(remote_store, scan_id="mine", now=AT):
        assert {n: known["scan_id"] for n, known in locks(remote_store).items()} == {8: "mine"}
    assert "ended_at" in locks(remote_store)[8]
    with hold(remote_store, scan_id="next", now=AT):
        assert list(locks(remote_store)) == [9]


def test_a_lock_of_a_dead_process_in_object_storage_is_nobodys(remote_store):
    """A process of this machine that is gone holds nothing, nor does one that was not heard of for ten minutes."""
    dead = replace(Holder.this_process("other", AT), pid=2**22 + 1)
    put_lock(remote_store, 1, dead)
    with hold(remote_store, scan_id="mine", now=AT):
        pass
    put_lock(remote_store, 3)
    with hold(remote_store, scan_id="mine", now=AT + timedelta(minutes=11)):
        pass
    put_lock(remote_store, 5, replace(dead, machine="another container on a host of this name"))
    with pytest.raises(OutputError, match="is being written"), hold(remote_store, scan_id="mine", now=AT):
        pass


def test_of_two_who_find_a_lock_free_one_gets_it(remote_store, monkeypatch):
    """Both saw that nobody held it; the storage lets one of them make the next number."""
    looked = remote_lock._newest

    def newest_then_overtaken(store):
        monkeypatch.setattr(remote_lock, "_newest", looked)
        seen = looked(store)
        put_lock(remote_store, 1)
        return seen

    monkeypatch.setattr(remote_lock, "_newest", newest_then_overtaken)
    with pytest.raises(OutputError, match="process 1 on elsewhere"), hold(remote_store, scan_id="mine", now=AT):
        pass
    assert locks(remote_store)[1]["scan_id"] == "other"


def test_a_run_that_was_taken_for_dead_learns_it(remote_store, monkeypatch):
    """It ends, and leaves the lock of the run that took over alone."""
    monkeypatch.setattr("scanner.batch.remote_lock.RENEWED_EVERY_S", 0.02)
    with hold(remote_store, scan_id="mine", now=AT) as lock:
        renewed = locks(remote_store)[1]["renewed_at"]
        lock.check()
        wait_until(lambda: locks(remote_store)[1]["renewed_at"] > renewed)
        put_lock(remote_store, 2)
        with pytest.raises(OutputError, match="another run took it over"):
            wait_until(lock.check)
    assert "ended_at" not in locks(remote_store)[2]


def wait_until(true):
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
