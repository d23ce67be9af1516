"""No personal data in clear, anywhere that a scan writes or prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sample_calls import SAMPLES, SampleScan

DIGITS = "zero one two three four five six seven eight nine".split()


def true_values() -> Iterator[tuple[str, str]]:
    """Every value of the sample calls that may not be kept: its type, and how it was written and said."""
    for path in sorted((SAMPLES / "truth").glob("*.truth.json")):
        for item in json.loads(path.read_text(encoding="utf-8"))["personal_data"]:
            if not item["optional"]:
                yield item["entity_type"], item["value"]
                yield item["entity_type"], item["spoken"]


def plain(text: str) -> str:
    """Lower case, words and digits only, single spaces: a value hides behind no comma."""
    return " ".join(re.findall(r"[a-z0-9@]+", text.lower()))


def leaks(text: str) -> list[str]:
    """The types of the values that are in a text, as written, as digits alone, or in spoken digits."""
    words, digits = plain(text), re.sub(r"(?<=\d)[\s,.\-]+(?=\d)", "", text)
    found = []
    for entity, value in true_values():
        number = re.sub(r"\D", "", value)
        spoken = " ".join(DIGITS[int(d)] for d in number)
        if (
            f" {plain(value)} " in f" {words} "
            or (len(number) >= 5 and (number in digits or spoken in words))
            or (3 <= len(number) < 5 and re.search(rf"(?<![\d.:-]){number}(?![\d.:])", text))
        ):
            found.append(entity)
    return found


def decoded(path: Path) -> str:
    """All texts of a Parquet file, however deep; of any other file its bytes as text."""
    if path.suffix != ".parquet":
        return path.read_bytes().decode("utf-8", "replace")

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    rows = pq.ParquetFile(path).read()
    hashes = [name for name in rows.column_names if name.endswith(("sha256", "hmac", "_id"))]
    return "\n".join(t for row in rows.drop_columns(hashes).to_pylist() for t in texts(without_hashes(row)))


def without_hashes(value: object) -> object:
    """Hexadecimal digests hold any short number by chance; they are looked for by their length elsewhere."""
    if isinstance(value, dict):
        return {k: without_hashes(v) for k, v in value.items() if not k.endswith(("hmac", "sha256"))}
    return [without_hashes(v) for v in value] if isinstance(value, list) else value


def test_the_search_finds_what_is_not_masked() -> None:
    """The leak test can fail: a value is found as written, as digits and in spoken digits."""
    cards = [value for entity, value in true_values() if entity == "CREDIT_CARD" and value[0].isdigit()]
    number = re.sub(r"\D", "", cards[0])
    for text in (
        cards[0],
        number,
        ", ".join(number),
        " ".join(DIGITS[int(d)] for d in number),
        f"x {number[:4]} {number[4:]}",
    ):
        assert "CREDIT_CARD" in leaks(text)
    assert leaks("[CREDIT_CARD ending 4242] at 10:30 on Monday") == []


@pytest.mark.slow
def test_nothing_that_a_scan_leaves_behind_holds_a_value(sample_scan: SampleScan) -> None:
    """Tables, run records, temporary files and the key's folder are searched for every value that was spoken."""
    files = [p for folder in (sample_scan.out, *sample_scan.leftovers) for p in folder.rglob("*") if p.is_file()]
    assert any(p.suffix == ".parquet" for p in files)
    assert {str(p): found for p in files if (found := leaks(decoded(p)))} == {}


@pytest.mark.slow
def test_nothing_that_a_scan_prints_holds_a_value(sample_scan: SampleScan) -> None:
    """Progress, summary and errors name no value."""
    assert sample_scan.printed
    assert leaks(sample_scan.printed) == []
