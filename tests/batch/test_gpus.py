"""Processes on the GPUs of one machine; that there are any is only claimed."""

import os
from collections import defaultdict
from functools import partial
from pathlib import Path

import pytest
from batch_fakes import rows

from scanner.batch import Limits, RunOptions
from scanner.batch.processes import WorkerProcesses


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_are_spread_over_the_gpus(archive, workers):
    """Each sees one GPU alone; who takes the place of a dead process takes its GPU, and the parent sees what it saw."""
    for i in range(20):
        archive.add(f"{i:02}.wav", "on-each-gpu")
    archive.add("deadly.wav", "die" + " " * 500)
    before = os.environ.get("CUDA_VISIBLE_DEVICES")
    limits = Limits(call_timeout_s=300, stop_s=5, part_calls=2, retries=1)
    engine = partial(WorkerProcesses, gpus=("3", "GPU-8932f937"))
    record = archive.scan(options=RunOptions(workers=workers, limits=limits, engine=engine))
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == before
    assert set(record.compute) == {"gpu 3", "gpu GPU-8932f937"}
    assert record.compute.total() == 20
    of_process = defaultdict(set)
    compute = {n: r["model_compute"] for n, r in rows(archive, "model_compute").items()}
    for line in Path(archive.log).read_text().splitlines():
        process, name = line.split()
        of_process[process].add(compute[name])
    assert all(len(seen - {None}) <= 1 for seen in of_process.values())
