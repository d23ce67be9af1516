import ast
import subprocess
import sys
from pathlib import Path

import pytest

import scanner

PACKAGE = Path(scanner.__file__).parent
HEAVY = ("faster_whisper", "ctranslate2", "av", "presidio_analyzer", "spacy", "pyarrow", "numpy", "onnxruntime", "ray")
MAKES_MASKED_TEXT = {"masking.py", "store.py"}  # the one door, and what reads its rows back


def test_the_command_line_loads_no_model():
    """`scanner --help` pays for no library that it does not need."""
    program = f"import scanner.cli, sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_who_hands_out_work_loads_no_detector():
    """The process that starts the workers knows by what they hear, without loading what hears."""
    program = (
        "import sys; from scanner.batch.engines import ear, LoadHearing; from scanner.batch.run import run_scan;"
        "from scanner.policy import load_policy; print(ear('base', load_policy()).detector_id);"
        "print(*[m for m in ('scanner.scan', 'scanner.detect.disclosures', 'ctranslate2', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    detector, *loaded = done.stdout.split()
    assert "+" in detector
    assert loaded == []


def makes_masked_text(path):
    calls = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call))
    return any(
        isinstance(c.func, ast.Name) and c.func.id == "MaskedText" and not (c.args and ast.unparse(c.args[0]) == "''")
        for c in calls
    )


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_masking_makes_masked_text(path):
    """No other module may declare words masked; the empty text hides nothing and is free."""
    relative = path.relative_to(PACKAGE)
    if relative.name in MAKES_MASKED_TEXT or relative.parts[0] == "store":
        return
    assert not makes_masked_text(path)


def test_imports_point_down_only():
    """Facts know no law, and law knows no models."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
