import json

from click.testing import CliRunner

from scanner.cli import cli
from scanner.evaluate import LabelledCall, evaluate
from scanner.evaluation_report import as_plain, headline, sections

TRUTH = [LabelledCall(c, "violation", frozenset({"card_number_recorded"}), False, (), ()) for c in ("a", "b")]
RESULT = evaluate(TRUTH, {"a": TRUTH[0]})


def test_the_headline_names_what_was_not_looked_at():
    """Absent calls are named, and a share has its interval."""
    lines = headline(RESULT)
    assert "verdicts right               1 of 2 (0.09-0.91)" in lines
    assert "failed or not scanned        1  b" in lines


def test_tables_carry_shares_with_intervals():
    """A recall of one in two is shown with how little that says."""
    rules = sections(RESULT)[0]
    assert rules.rows[0][:3] == ("card_number_recorded", "1.00 (0.21-1.00)", "0.50 (0.09-0.91)")


def test_programs_get_the_same_figures():
    """The JSON has counts, shares and intervals, and is JSON."""
    plain = json.loads(json.dumps(as_plain(RESULT)))
    assert plain["rules"]["all"]["recall"] == 0.5
    assert plain["wrong"][0]["call_id"] == "b"


def test_a_folder_that_was_never_scanned_is_refused(tmp_path):
    """Nothing scanned is an error with one clear line."""
    done = CliRunner().invoke(cli, ["evaluate", str(tmp_path / "out"), str(tmp_path)])
    assert done.exit_code == 2
    assert "nothing was scanned" in done.output
