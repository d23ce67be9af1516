"""What a run says on standard error: lines for people, or one JSON object a line for whatever collects logs.

No line carries a word of a call. A recording is named only where it failed, as people must find it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self, TextIO

import click

if TYPE_CHECKING:
    from scanner.batch import Outcome
    from scanner.batch.plan import Plan

LogFormat = Literal["text", "json"]
Level = Literal["info", "warning", "error"]
SAY_EVERY_S = 30.0
_FORMAT = "scanner.log_format"


def set_log_format(ctx: click.Context, log_format: LogFormat) -> None:
    """Say how this command's errors are to be told as well."""
    ctx.meta[_FORMAT] = log_format


def say_error(ctx: click.Context, message: str, now: Callable[[], datetime]) -> None:
    """The error that a command ends with."""
    if ctx.meta.get(_FORMAT) == "json":
        JsonLog(sys.stderr, now).say("error", "command_failed", message=message)
        return
    for line in message.splitlines():
        click.echo(f"scanner: {line}", err=True)


class JsonLog:
    """Writes events, one JSON object a line: `at`, `level`, `event`, and what belongs to it."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime]) -> None:
        self._stream = stream
        self._now = now

    def say(self, level: Level, event: str, **told: Any) -> None:
        """One event."""
        line = {"at": self._now().isoformat(timespec="milliseconds"), "level": level, "event": event, **told}
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()


class LoggedProgress:
    """Watches a run as `Progress` does, for a log: what is planned, what fails, and now and then how far it is."""

    def __init__(self, log: JsonLog, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._began = self._said = clock()
        self._total = self._done = 0
        self._audio_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to put away."""

    def planned(self, plan: Plan) -> None:
        """Say what is to be done."""
        self._began = self._said = self._clock()
        self._total = len(plan.hear)
        self._log.say(
            "info",
            "planned",
            to_scan=len(plan.hear),
            to_judge_again=len(plan.again),
            done_before=len(plan.done),
            purged_before=len(plan.purged),
        )

    def judged_again(self, count: int) -> None:
        """Some hundred calls judged from stored facts."""
        self._log.say("info", "judged_again", calls=count)

    def finished(self, outcome: Outcome) -> None:
        """One more; a failure is told at once."""
        self._done += 1
        self._audio_s += outcome.duration_s
        if outcome.verdict == "failed":
            told = {"recording": outcome.uri, "kind": outcome.kind, "reason": outcome.reason}
            self._log.say("warning", "call_failed", **told)
        self.tick()

    def tick(self) -> None:
        """Say how far it is, if it is time to."""
        now = self._clock()
        if now - self._said < SAY_EVERY_S:
            return
        self._said = now
        self._log.say(
            "info",
            "progress",
            done=self._done,
            to_scan=self._total,
            audio_s=round(self._audio_s, 1),
            elapsed_s=round(now - self._began, 1),
        )
