"""What a worker holds after many calls: `python -m tests.benchmarks.worker_memory RECORDING COUNTS models|scripted`.

One process scans the same short recording again and again, as a worker of `scanner scan` does, and prints as JSON the megabytes
that it holds after each of the counts. `scripted`: the words come from a script, the detectors are the real ones.
"""

import json
import sys
from dataclasses import replace
from functools import partial

from scanner.asr import ScriptedTranscriber
from scanner.batch.engines import load_engines
from scanner.batch.processes import memory_in_use
from scanner.calls import CallInfo
from scanner.dialogue import parse_dialogue
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.scan import Engines, scan_recording

_CALL = """
0:01 agent: Thank you for calling, this call may be recorded for quality and training purposes, my name is Ana.
0:09 customer: Hi, this is {name}, I would like to pay with card four five three two zero one five one one two eight three zero three six six.
0:24 agent: Thank you {name}, and a number to reach you?
0:28 customer: It is four one five five five five oh one {digits}, and my mail is {name} at example dot com.
"""
_NAMES = "Alba Bruno Celia Dario Elena Fabio Greta Hugo Irma Jonas Karla Leon Marta Nino Olga Pablo".split()
_DIGITS = "one two three four five six seven eight nine zero".split()


def scripted(engines: Engines, number: int) -> Engines:
    """The engines with a transcriber that hears a call of its own each time: other names, other numbers."""
    name = f"{_NAMES[number % 16]} {_NAMES[number // 16 % 16]}sson"
    digits = f"{_DIGITS[number // 10 % 10]} {_DIGITS[number % 10]}"
    words = parse_dialogue(_CALL.format(name=name, digits=digits)).words
    by_channel = {c: [w for w in words if w.channel == c] for c in (0, 1)}
    return replace(engines, transcriber=ScriptedTranscriber(by_channel), listeners=())


def main() -> None:
    """Scan, and print the memory held at each count."""
    recording, counts, kind = sys.argv[1:]
    wanted = [int(n) for n in counts.split(",")]
    engines = load_engines(None, key=HashKey(b"a key for no longer than this"))
    scan = partial(scan_recording, recording, CallInfo(caller_state="US-CA", agent_channel=0), policy=load_policy())
    held: dict[int, float] = {0: memory_in_use() / 1e6}
    for number in range(1, max(wanted) + 1):
        scan(engines=scripted(engines, number) if kind == "scripted" else engines)
        if number in wanted:
            held[number] = memory_in_use() / 1e6
    print(json.dumps(held))  # noqa: T201


if __name__ == "__main__":
    main()
