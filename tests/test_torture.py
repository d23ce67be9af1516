import random
import shutil

import pytest
from torture import Torture, faults, torture

from scanner.store import Store

TABLES = ("calls", "findings")


def test_kills_and_a_full_disk_lose_and_double_nothing(tmp_path):
    """A short round of what `python tests/torture.py` does for as long as one likes."""
    assert torture(tmp_path / "torture", calls=24, kills=5, seed=3, every_s=0.8, personal_data=False) == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    one = Torture(tmp_path_factory.mktemp("torture"), call_s=0, personal_data=False, workers=1)
    one.make_archive(8, random.Random(1))
    one.scan(one.folder / "undisturbed")
    return one


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lambda out, part: (out / "calls" / part).unlink(), "calls: 4 are missing"),
        (lambda out, part: (out / "findings" / part).unlink(), "findings without calls, or calls without findings"),
        (
            lambda out, part: [shutil.copy(out / t / part, out / t / part.replace("part-", "part-x")) for t in TABLES],
            "twice",
        ),
        (lambda out, part: (out / "_writing" / "1").touch(), "half-written files"),
    ],
    ids=["calls lost", "findings lost", "calls doubled", "half written"],
)
def test_a_loss_would_be_seen(undisturbed, tmp_path, harm, fault):
    """A comparison that finds nothing says something only if it can find."""
    out = tmp_path / "out"
    shutil.copytree(undisturbed.folder / "undisturbed", out)
    assert faults(out, undisturbed.folder / "undisturbed") == []
    harm(out, Store(str(out)).parts("calls")[0].key)
    assert any(fault in found for found in faults(out, undisturbed.folder / "undisturbed"))
