"""What several test modules share."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sample_calls import SAMPLES, SampleScan


@pytest.fixture(scope="session")
def sample_scan(tmp_path_factory: pytest.TempPathFactory) -> SampleScan:
    """The README's command, run once."""
    folder = tmp_path_factory.mktemp("samples")
    out, temporary, config = folder / "out", folder / "tmp", folder / "config"
    temporary.mkdir()
    command = ["scan", str(SAMPLES), "--manifest", str(SAMPLES / "manifest.csv"), "--out", str(out), "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "scanner", *command],
        env={**os.environ, "TMPDIR": str(temporary), "XDG_CONFIG_HOME": str(config), "SCANNER_HMAC_KEY": "0" * 64},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return SampleScan(out, done.stdout + done.stderr, (temporary, config))
