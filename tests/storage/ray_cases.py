"""Many machines: Ray nodes in processes, with actors and nodes that die; run by test_ray.py, each in a process of its own."""

import os
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from batch_fakes import Archive

from scanner.batch import Limits, RunOptions
from scanner.batch.ray_batch import RayWorkers
from scanner.errors import ModelError, UserError
from scanner.store import Store

pytestmark = pytest.mark.slow  # a cluster

DIFFERING = {"recording_uri", "scan_id", "scanned_at", "file_mtime_ns", "error"}
LIMITS = Limits(call_timeout_s=20, part_calls=3, start_s=180)


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
    assert tables(there) == tables(here)
    assert len(all_rows(there)) == len(all_rows(here)) == len(contents)
    assert (record.state, record.workers, record.verdicts["failed"]) == ("finished", 2, 2)


def test_a_call_that_hangs_and_a_model_that_is_not_there(cluster, tmp_path):
    """The limit holds for each call; what no actor can do without ends the run with its own message."""
    archive = archive_in(tmp_path / "a", {"hangs.wav": "hang", "fine.wav": "disclosed"})
    options = RunOptions(
        limits=Limits(call_timeout_s=4, retries=0), engine=partial(RayWorkers, address=cluster.address)
    )
    record = archive.scan(options=options)
    assert record.failed_calls == [(f"{archive.calls}/hangs.wav", "not scanned within 4 s")]
    assert record.verdicts == {"compliant": 1, "failed": 1}
    from batch_fakes import FakeLoad

    with pytest.raises(ModelError, match="no such model"):
        archive.scan(options=on(cluster), changes={"load": FakeLoad(str(archive.log), broken="no model")}, model_id="b")


def test_no_cluster_at_the_address_is_an_error(tmp_path):
    """At once, and nothing is heard."""
    archive = archive_in(tmp_path / "a", {"a.wav": "disclosed"})
    with pytest.raises(UserError, match=r"--ray-address 127.0.0.1:9: no cluster answers there"):
        archive.scan(options=RunOptions(engine=partial(RayWorkers, address="127.0.0.1:9")))
    assert archive.heard() == []
