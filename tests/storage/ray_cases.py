"""Many machines: Ray nodes in processes, with actors and nodes that die; run by test_ray.py, each in a process of its own."""

import os
import signal
import threading
import time
from collections import defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from batch_fakes import Archive, start_scanner

from scanner.batch import Limits, RunOptions
from scanner.batch.ray_batch import RayWorkers
from scanner.errors import ModelError, UserError
from scanner.store import Store

pytestmark = pytest.mark.slow  # a cluster

DIFFERING = {"recording_uri", "scan_id", "scanned_at", "file_mtime_ns", "error"}
LIMITS = Limits(call_timeout_s=300, retries=2, part_calls=3, start_s=300)
"""A call dies of itself, and once more with a node that is killed; a busy machine takes its time to start an actor anew."""


def tables(archive):
    """Calls and findings without what tells one run from another."""
    store = Store(str(archive.out))
    found = (store.calls().to_pylist(), store.findings().to_pylist())
    return [sorted(({k: v for k, v in r.items() if k not in DIFFERING} for r in rows), key=str) for rows in found]


def all_rows(archive):
    return [r for t in Store(str(archive.out)).history(["recording_uri"]) for r in t.to_pylist()]


@pytest.fixture
def cluster(monkeypatch):
    """A head without cores of its own and two nodes of one core, on this machine."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_ENABLE_AUTO_CONNECT", "0")
    import ray
    from ray.cluster_utils import Cluster

    here = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]))
    small = {"object_store_memory": 80 << 20}
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **small})
    made.nodes = [made.add_node(num_cpus=1, **small) for _ in range(2)]
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def on(cluster):
    engine = partial(RayWorkers, address=cluster.address)
    return RunOptions(workers=0, limits=LIMITS, engine=engine)


def archive_in(folder, contents):
    folder.mkdir()
    archive = Archive(folder)
    for name, content in contents.items():
        archive.add(name, content)
    return archive


def test_a_cluster_gives_the_tables_of_one_machine_also_when_a_node_dies(cluster, tmp_path):
    """Calls that kill their actor, fail or are heard at the second try, and a node that is killed: the same rows, each once."""
    contents = {f"{i}.wav": "slow" if i % 2 else "disclosed" for i in range(12)}
    contents |= {"bad.wav": "undecodable", "deadly.wav": "die", "once.wav": "die-once"}
    here, there = archive_in(tmp_path / "here", contents), archive_in(tmp_path / "there", contents)

    def kill_a_node():
        until = time.monotonic() + 120
        while len(there.heard()) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        cluster.remove_node(cluster.nodes[0], allow_graceful=False)

    killer = threading.Thread(target=kill_a_node)
    killer.start()
    record = there.scan(options=on(cluster))
    killer.join()
    here.scan(options=RunOptions(workers=2, limits=LIMITS))
    for found, expected in zip(tables(there), tables(here), strict=True):
        assert [r for r in found if r not in expected] == []
        assert [r for r in expected if r not in found] == []
        assert len(found) == len(expected)
    assert len(all_rows(there)) == len(all_rows(here)) == len(contents)
    assert (record.state, record.workers, record.verdicts["failed"]) == ("finished", 2, 2)


def test_a_call_that_hangs_and_a_model_or_gpu_that_is_not_there(cluster, tmp_path):
    """The limit holds for each call; what no actor can do without ends the run with its own message."""
    archive = archive_in(tmp_path / "a", {"hangs.wav": "hang", "fine.wav": "disclosed"})
    options = RunOptions(
        limits=Limits(call_timeout_s=8, retries=0), engine=partial(RayWorkers, address=cluster.address)
    )
    record = archive.scan(options=options)
    assert record.failed_calls == [(f"{archive.calls}/hangs.wav", "not scanned within 8 s")]
    assert record.verdicts == {"compliant": 1, "failed": 1}
    from batch_fakes import FakeLoad

    with pytest.raises(ModelError, match="no such model"):
        archive.scan(options=on(cluster), changes={"load": FakeLoad(str(archive.log), broken="no model")}, model_id="b")
    with pytest.raises(UserError, match="--device cuda: no machine of the cluster has a GPU"):
        archive.scan(options=RunOptions(engine=partial(RayWorkers, address=cluster.address, device="cuda")))


def test_an_actor_that_holds_too_much_memory_is_replaced(cluster, tmp_path):
    """By the limit that local processes have, between two parts; deaths are counted as ever, and each call is heard once."""
    contents = {f"{i}.wav": "disclosed" for i in range(8)} | {"deadly.wav": "die" + " " * 500}
    archive = archive_in(tmp_path / "a", {n: f"{c} {n}" for n, c in contents.items()})
    limits = replace(LIMITS, memory_bytes=1, retries=1, part_calls=2)
    record = archive.scan(options=replace(on(cluster), limits=limits))
    assert record.verdicts == {"compliant": 8, "failed": 1}
    assert record.failed_calls[0][1].endswith("(its actor or machine died), 2 times")
    heard = [line.split() for line in Path(archive.log).read_text().splitlines()]
    of_process = defaultdict(set)
    for process, name in heard:
        of_process[process].add(name)
    assert all(len(names) <= limits.part_calls for names in of_process.values())
    assert sorted(n for _, n in heard if n != "deadly.wav") == sorted(set(contents) - {"deadly.wav"})


def test_actors_ask_for_gpus_where_the_cluster_has_some(cluster, tmp_path):
    """One each, so that no two share one; what each computes on is for the machine to say that it is on."""
    cluster.add_node(num_cpus=2, num_gpus=2, object_store_memory=80 << 20)
    cpus = archive_in(tmp_path / "cpus", {f"{i}.wav": f"on-a-gpu {i}" for i in range(6)})
    gpus = archive_in(tmp_path / "gpus", {f"{i}.wav": f"on-each-gpu {i}" for i in range(6)})
    limits = replace(LIMITS, part_calls=1)
    for archive, device in ((gpus, "auto"), (cpus, "cpu")):
        engine = partial(RayWorkers, address=cluster.address, device=device)
        record = archive.scan(options=RunOptions(workers=0, limits=limits, engine=engine))
        assert record.verdicts == {"violation": 6}
        if device == "auto":
            assert (record.workers, set(record.compute)) == (2, {"gpu 0", "gpu 1"})
        else:
            assert record.workers == 4
            assert not set(record.compute) & {"gpu 0", "gpu 1"}


def test_ctrl_c_ends_within_seconds_and_keeps_what_is_done(tmp_path):
    """As without a cluster: the same exit code, nothing lost or doubled, and no process of Ray is left behind."""
    archive = archive_in(tmp_path / "a", {f"{i:02}.wav": f"slow {i}" for i in range(60)})
    process = start_scanner(archive, "scan", archive.calls, "--out", archive.out, "--engine", "ray", "--workers", 2)
    while len(archive.heard()) < 6:
        time.sleep(0.05)
        assert process.poll() is None, process.stderr.read()
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # a terminal's, to Ray and its actors as well
    out, err = process.communicate(timeout=120)
    assert time.monotonic() - began < 60  # of a machine that has much else to do
    assert process.returncode == 130, err
    assert "Traceback" not in err
    kept = len(all_rows(archive))
    assert out.startswith("stopped; 60 recordings: ")
    assert f"{kept} scanned, {60 - kept} left for the next run" in out
    assert 0 < kept < 60
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    again = start_scanner(archive, "scan", archive.calls, "--out", archive.out, "--workers", 2)  # of the same version
    assert again.communicate(timeout=120)[0].startswith(f"60 recordings: {60 - kept} scanned, {kept} done before")
    assert len(all_rows(archive)) == 60


def test_no_cluster_at_the_address_is_an_error(tmp_path):
    """At once, and nothing is heard."""
    archive = archive_in(tmp_path / "a", {"a.wav": "disclosed"})
    with pytest.raises(UserError, match=r"--ray-address 127.0.0.1:9: no cluster answers there"):
        archive.scan(options=RunOptions(engine=partial(RayWorkers, address="127.0.0.1:9")))
    assert archive.heard() == []
