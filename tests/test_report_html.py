import csv
import io
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "review"))
from archives import SCAN, card_finding, failed_call, finding, heard_call, name_observation, random_calls

import scanner
from scanner.calls import CallInfo
from scanner.cli.report_files import report_file_options, write_report_files
from scanner.detections import Disclosure
from scanner.errors import UserError
from scanner.report_figures import ReportFilter, as_csv, as_json, collect
from scanner.report_html import render_report
from scanner.store import Store

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def calls():
    return list(random_calls(400))


@pytest.fixture(scope="module")
def store(tmp_path_factory, calls):
    made = Store(str(tmp_path_factory.mktemp("report")))
    made.write_part(calls, name="a", scan_date=date(2026, 4, 1))
    return made


@pytest.fixture(scope="module")
def figures(store):
    return collect(store, ReportFilter(), made_at=NOW)


def total(counts, **wanted):
    return sum(c.calls for c in counts if all(getattr(c, k) == v for k, v in wanted.items()))


def test_coverage_adds_up(figures, calls):
    """What was found is what was scanned and what failed; a denominator that can be defended."""
    c = figures.coverage
    assert c.calls == len(calls) == c.scanned + c.failed
    assert c.failed == sum(x.failure is not None for x in calls)
    assert total(figures.verdicts) == c.calls
    assert total(figures.by_day) == c.calls
    assert total(figures.jurisdictions) == c.scanned
    assert total(figures.time_to_disclosure) + figures.without_disclosure == c.scanned


def test_what_the_verdicts_rest_on_is_told(figures):
    """Also on what the speech model computed: a page over calls heard on several devices does not hide it."""
    scanned = figures.coverage.scanned
    assert total(figures.rests_on, name="computed on", by="cpu int8_float32") == scanned
    assert total(figures.rests_on, name="speech model", by="whisper-base@1234") == scanned


def test_rules_are_counted_as_they_were_found(figures, calls):
    """Every finding that asks for something, by severity; observations are no violations."""
    for rule in ("card_number_recorded", "poor_audio", "missing_recording_disclosure"):
        expected = sum(f.rule == rule for c in calls if c.judgement for f in c.judgement.findings)
        assert total(figures.rules, name=rule) == expected
    assert total(figures.rules, name="personal_data_recorded") == 0
    assert total(figures.personal_data, name="PERSON") > 0


def test_rates_are_of_the_groups_calls(figures, calls):
    """A call with two findings of one rule counts once, and the base is the queue's scanned calls."""
    rate = next(r for r in figures.by_queue if r.rule == "poor_audio" and r.group == "claims")
    of_queue = [c for c in calls if c.info.queue == "claims" and c.judgement]
    assert rate.of == len(of_queue)
    assert rate.calls == sum(any(f.rule == "poor_audio" for f in c.judgement.findings) for c in of_queue)


def test_the_first_calls_weigh_severity_and_matter(figures):
    """A critical finding about credentials comes before one about nothing private."""
    order = ("none", "low", "medium", "high", "critical")
    matters = ("none", "contact", "financial", "health", "legal", "credentials")
    weights = [order.index(c.severity) * (1 + matters.index(c.sensitivity)) for c in figures.first_calls]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == 25


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (ReportFilter(queue="claims"), lambda c: c.info.queue == "claims"),
        (ReportFilter(agent="agent-010"), lambda c: c.info.agent_id == "agent-010"),
        (ReportFilter(since=date(2026, 4, 1)), lambda c: c.info.started_at.date() >= date(2026, 4, 1)),
        (ReportFilter(until=date(2026, 3, 15)), lambda c: c.info.started_at.date() <= date(2026, 3, 15)),
        (ReportFilter(policy="us"), lambda c: True),
        (ReportFilter(policy="other"), lambda c: False),
        (ReportFilter(queue="no such"), lambda c: False),
    ],
)
def test_a_filter_narrows_all_figures(store, calls, wanted, fits):
    """No figure is about other calls than the rest; nothing left is a report too."""
    found = collect(store, wanted, made_at=NOW)
    assert found.coverage.calls == total(found.verdicts) == sum(map(fits, calls))
    assert "<h1>" in render_report(found)


class Outline(HTMLParser):
    """Collects what a page loads and runs."""

    def __init__(self):
        super().__init__()
        self.loads, self.tags, self.labels = [], [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.loads += [
            v
            for k, v in values.items()
            if k in {"src", "href", "xlink:href", "action"} and not (v or "").startswith("#")
        ]
        if values.get("role") == "img":
            self.labels.append(values.get("aria-label"))


def test_the_report_is_one_file_without_scripts(figures):
    """Nothing is loaded from anywhere, nothing runs, every plot has a name for those who do not see it."""
    page = render_report(figures)
    outline = Outline()
    outline.feed(page)
    assert outline.loads == []
    assert "script" not in outline.tags
    assert not re.search(r"url\((?!#)|@import", page)
    assert len(outline.labels) == 8
    assert all(outline.labels)


def test_plots_take_their_colors_from_the_page(figures):
    """So that they are readable in the dark; and ids are not used twice."""
    page = render_report(figures)
    assert "#0102" not in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for reference in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page):
        assert "".join(reference) in ids


def test_the_same_figures_give_the_same_page(figures):
    """A report can be made again and compared."""
    assert render_report(figures) == render_report(figures)


def test_json_and_csv_say_the_same(figures):
    """Every count of one is in the other."""
    content = json.loads(as_json(figures))
    rows = list(csv.DictReader(io.StringIO(as_csv(figures))))
    for section in ("verdicts", "rules", "jurisdictions", "personal_data"):
        expected = {(c["name"], c["by"], str(c["calls"])) for c in content[section]}
        assert {(r["name"], r["by"], r["value"]) for r in rows if r["section"] == section} == expected
    assert {r["name"]: r["value"] for r in rows if r["section"] == "coverage"}["calls"] == "400"


HOSTILE = '=HYPERLINK("http://evil")<script>alert(1)</script>'


def test_names_from_metadata_are_only_text(tmp_path):
    """Neither a browser nor a spreadsheet takes them for something to run."""
    store = Store(str(tmp_path))
    info = CallInfo(call_id=HOSTILE, agent_id=HOSTILE, queue=HOSTILE)
    store.write_part(
        [heard_call("/a.wav", call_id=HOSTILE, findings=(finding(),), info=info)], name="a", scan_date=date(2026, 4, 1)
    )
    figures = collect(store, ReportFilter(), made_at=NOW)
    assert "<script" not in render_report(figures)
    cells = [cell for row in csv.reader(io.StringIO(as_csv(figures))) for cell in row]
    assert any("HYPERLINK" in c for c in cells)
    assert not any(c.startswith("=") for c in cells)


def test_the_notice_is_timed_by_its_first_mention(tmp_path):
    """Other disclosures do not count, nor does a second notice."""
    said = tuple(
        Disclosure(k, "agent", s, s + 2, 0.9)
        for k, s in (("ai_training", 1.0), ("recording", 31.0), ("recording", 4.0))
    )
    store = Store(str(tmp_path))
    calls = [
        heard_call("/a.wav", disclosures=said),
        heard_call("/b.wav", disclosures=said[:1]),
        heard_call("/c.wav", disclosures=said[1:2]),
        failed_call("/d.wav"),
    ]
    store.write_part(calls, name="a", scan_date=date(2026, 4, 1))
    figures = collect(store, ReportFilter(), made_at=NOW)
    times = {c.name: c.calls for c in figures.time_to_disclosure if c.calls}
    assert times == {"0 to 5 s": 1, "30 to 45 s": 1}
    assert figures.without_disclosure == 1


def test_what_the_last_run_found_is_the_denominator(tmp_path):
    """A run that is still going on is not asked."""
    store = Store(str(tmp_path))
    store.write_part(
        [heard_call("/a.wav", findings=(card_finding(), name_observation()))], name="a", scan_date=date(2026, 4, 1)
    )
    for name, record in (
        ("1", {"state": "finished", "found": 7, "left": 2, "outside": 0, "started_at": "2026-04-01T01:00:00+00:00"}),
        ("2", {"state": "running", "found": 99}),
    ):
        store.folder.write_bytes(store.folder.path("runs", f"{name}.json"), json.dumps(record).encode())
    coverage = collect(store, ReportFilter(), made_at=NOW).coverage
    assert (coverage.found, coverage.left, coverage.calls) == (7, 2, 1)
    assert ">7<" in render_report(collect(store, ReportFilter(), made_at=NOW))


def test_the_newest_state_is_reported(tmp_path):
    """A rescan takes the place of the scan before."""
    store = Store(str(tmp_path))
    store.write_part([heard_call("/a.wav", findings=(finding(),))], name="a", scan_date=date(2026, 4, 1))
    later = replace(SCAN, scan_id="scan-2", scanned_at=SCAN.scanned_at.replace(year=2027))
    store.write_part([heard_call("/a.wav", scan=later)], name="b", scan_date=date(2026, 4, 2))
    figures = collect(store, ReportFilter(), made_at=NOW)
    assert [(c.name, c.calls) for c in figures.verdicts] == [("compliant", 1)]
    assert figures.rules == ()


@click.command()
@click.argument("out")
@report_file_options
def report(out, **files):
    if not write_report_files(out, **files):
        click.echo("terminal")


def test_files_are_written_where_they_are_asked_for(store, tmp_path):
    """Each alone or all together; none of them leaves the terminal report; a filter alone is a mistake."""
    run = CliRunner().invoke
    page, table = tmp_path / "r.html", tmp_path / "r.csv"
    done = run(report, [store.out, "--html", str(page), "--csv", str(table), "--json", "-", "--from", "2026-03-10"])
    assert done.exit_code == 0, done.output
    assert page.read_text().startswith("<!doctype html>")
    assert table.read_text().startswith("section,name,by,value")
    assert json.loads(done.stdout)["filter"] == {"since": "2026-03-10"}
    assert run(report, [store.out]).stdout == "terminal\n"
    assert run(report, [store.out, "--queue", "claims"]).exit_code == 2


@pytest.mark.parametrize("missing", ["matplotlib", "jinja2"])
def test_a_report_that_cannot_be_drawn_says_what_to_install(store, tmp_path, monkeypatch, missing):
    """Plots and page come from an extra, and nothing is left where the page was to be."""
    for module in ("report_html", "report_plots"):
        monkeypatch.delitem(sys.modules, f"scanner.{module}", raising=False)
        monkeypatch.delattr(scanner, module, raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    page = tmp_path / "r.html"
    done = CliRunner().invoke(report, [store.out, "--html", str(page)])
    assert isinstance(done.exception, UserError)
    assert str(done.exception) == f"--html needs {missing}: pip install 'call-compliance-scanner[review]'"
    assert not page.exists()
