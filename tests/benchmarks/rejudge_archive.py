# ruff: noqa: T201 - a script that says what it measured
"""How fast an archive is judged again: a synthetic archive of 100,000 calls, calls a second and memory.

    python tests/benchmarks/rejudge_archive.py FOLDER [--calls 100000] [--workers 2]

A call has 60 turns of 14 words, 90 stretches of speech, six disclosures, five values of personal data and three private
matters: about what a call of six minutes leaves. Parts are as small as a scan writes them.
"""

import argparse
import random
import resource
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from scanner.batch.rejudge import Rejudging, rejudge
from scanner.calls import CallInfo
from scanner.detections import (
    DISCLOSURE_KINDS,
    Disclosure,
    MaskedText,
    PersonalData,
    RecordingFacts,
    SensitiveMatter,
    SpeechSpan,
)
from scanner.judge import judge
from scanner.masking import MaskedTurn
from scanner.policy import load_policy
from scanner.store import CALLS, Heard, RecordingFile, Scan, Store, StoredCall, call_row, finding_rows
from scanner.store.schema import FINDINGS

DISTINCT = 400
PART = 50
WORDS = "okay so let me see what the account says about your bill and when it was last paid please hold on".split()
STATES = ["US-CA", "US-TX", "US-FL", "US-NY", None]
DAY = date(2026, 3, 1)


def made_call(rng, number, policy):
    """One call with facts of a usual number and kind."""
    spans, at = [], 0.5
    for _ in range(90):
        length = rng.uniform(0.6, 6.0)
        spans.append(SpeechSpan(rng.choice(["agent", "customer"]), at, at + length))
        at += length + rng.uniform(0.2, 1.0)

    def heard(latest=at):
        start = rng.uniform(0.0, latest)
        return start, start + rng.uniform(0.5, 4.0), rng.choice([0.5, 0.9, 0.95])

    excerpt = MaskedText("this call may be recorded for [PERSON] and so on")
    facts = RecordingFacts(
        duration_s=at,
        speech=tuple(spans),
        language="en",
        language_confidence=1.0,
        coverage="complete",
        disclosures=tuple(
            Disclosure(rng.choice(DISCLOSURE_KINDS), rng.choice(["agent", "customer"]), *heard(at / 4), excerpt=excerpt)
            for _ in range(6)
        ),
        personal_data=tuple(
            PersonalData(
                rng.choice(["PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "CREDIT_CARD", "US_SSN"]),
                "customer",
                *heard(),
                value_hmac=f"{rng.getrandbits(256):064x}",
                excerpt=excerpt,
            )
            for _ in range(5)
        ),
        matters=tuple(SensitiveMatter(rng.choice(["health", "financial"]), "customer", *heard()) for _ in range(3)),
    )
    turns = tuple(
        MaskedTurn(
            "agent" if i % 2 else "customer", i * 6.0, i * 6.0 + 5, MaskedText(" ".join(rng.choices(WORDS, k=14)))
        )
        for i in range(60)
    )
    info = CallInfo(
        call_id=f"call-{number}",
        started_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        agent_id=f"agent-{number % 300}",
        caller_state=rng.choice(STATES),
        third_party=rng.choice([None, "Vendor"]),
        ai_analysis=rng.choice([None, True]),
    )
    return StoredCall(
        call_id=f"call-{number}",
        recording=RecordingFile(f"/archive/{number}.wav", f"{number:064x}", 1, 1),
        info=info,
        scan=Scan("scan-0", datetime(2026, 3, 1, tzinfo=UTC), "1", policy.id, policy.sha256),
        heard=Heard(2, 8000, at * 0.8, facts, turns, 0, "words", "base@sha256:0", "1+0", "key", None),
        judgement=judge(info, facts, policy),
    )


def make_archive(out, count, policy):
    """An archive of `count` calls: some hundred distinct ones again and again, under names of their own."""
    rng = random.Random(7)
    calls = [made_call(rng, n, policy) for n in range(DISTINCT)]
    parts = [calls[i : i + PART] for i in range(0, DISTINCT, PART)]
    tables = [
        (
            pa.Table.from_pylist([call_row(c) for c in part], schema=CALLS),
            pa.Table.from_pylist([f for c in part for f in finding_rows(c)], schema=FINDINGS),
        )
        for part in parts
    ]
    store = Store(str(out))
    store.prepare()
    for number in range(-(-count // PART)):
        rows, findings = tables[number % len(tables)]
        size = min(PART, count - number * PART)
        names = [f"{number * PART + i}" for i in range(size)]
        changed = {
            "call_id": [f"call-{n}" for n in names],
            "recording_uri": [f"/archive/{n}.wav" for n in names],
            "recording_sha256": [f"{int(n):064x}" for n in names],
        }
        rows = rows.slice(0, size)
        for name, values in changed.items():
            rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values))
        store.write_rows(rows, findings, name=f"scan-0-{number:06}", scan_date=DAY)


def memory_of(pids, field="VmHWM"):
    return sum(
        int(line.split()[1])
        for pid in pids
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(field)
    )


def watch_children(peak, ended):
    """The most memory that this process and its children hold together, in kB."""
    own = Path("/proc/self/task")
    while not ended.wait(0.2):
        try:
            children = [p for t in own.iterdir() for p in (t / "children").read_text().split()]
            peak.append(memory_of(["self", *children], "VmRSS"))
        except OSError:
            continue  # one of them has just ended


def utc_now():
    return datetime.now(UTC)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    out = options.folder / f"archive-{options.calls}"
    if not Store(str(out)).exists():
        began = time.perf_counter()
        make_archive(out, options.calls, load_policy())
        print(f"made {options.calls} calls in {time.perf_counter() - began:.0f} s")
    size = sum(p.stat().st_size for p in (out / "calls").rglob("*.parquet"))
    now = datetime.now(UTC)
    rejudging = Rejudging(
        f"again-{now:%Y%m%dT%H%M%S}", now.date(), f"benchmark {now}", load_policy("cases/linkedin"),
        utc_now, workers=options.workers,
    )  # fmt: skip
    peak, ended = [memory_of(["self"], "VmRSS")], threading.Event()
    watcher = threading.Thread(target=watch_children, args=(peak, ended))
    watcher.start()
    began = time.perf_counter()
    record = rejudge(str(out), rejudging)
    took = time.perf_counter() - began
    ended.set()
    watcher.join()
    cpu = sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    print(
        f"{record.judged_again} calls ({size / 1e6:.0f} MB of Parquet) judged again by {options.workers} in {took:.1f} s: "
        f"{record.judged_again / took:.0f} a second; {cpu:.0f} s of processor time; at most {max(peak) / 1e3:.0f} MB of "
        f"memory in all processes together, {memory_of(['self']) / 1e3:.0f} MB in the first"
    )
    for (before, after), count in record.changes.most_common():
        print(f"  {before} -> {after}: {count}")


if __name__ == "__main__":
    main()
