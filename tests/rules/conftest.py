import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # stated_calls.py serves tests of rules and of the judge alike
