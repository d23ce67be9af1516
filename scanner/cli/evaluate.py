"""scanner evaluate: how right a scan is on labelled calls."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli.options import open_store


@click.command()
@click.argument("out")
@click.argument("truth_dir", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all counts, shares and intervals as JSON.")
def evaluate(out: str, truth_dir: Path, *, as_json: bool) -> None:
    """Compare the scan in OUT with labelled calls, the *.truth.json files under TRUTH_DIR.

    Precision and recall of rules, disclosures and personal data with their 95 % intervals, and the calls that were judged
    wrongly. README.md describes the truth format, for labelling calls of your own.

    \b
    Example:
        scanner evaluate out/ sample_audio/truth
    """  # noqa: D301 - \b keeps click from folding the example
    import json  # noqa: PLC0415 - tables only for who needs them

    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.errors import OutputError  # noqa: PLC0415
    from scanner.evaluate import CALL_COLUMNS, FINDING_COLUMNS, read_truths, scanned_calls  # noqa: PLC0415
    from scanner.evaluate import evaluate as compare  # noqa: PLC0415
    from scanner.evaluation_report import as_plain, headline, sections  # noqa: PLC0415

    store = open_store(out)
    if not store.exists():
        raise OutputError(f"{out}: nothing was scanned into this folder")
    result = compare(
        read_truths(truth_dir),
        scanned_calls(store.calls(CALL_COLUMNS).to_pylist(), store.findings(FINDING_COLUMNS).to_pylist()),
    )
    if as_json:
        click.echo(json.dumps(as_plain(result), indent=1))
        return
    for line in headline(result):
        click.echo(line)
    print_sections(sections(result))
