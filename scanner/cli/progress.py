"""How a run gets on: a bar for people at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TextIO

from scanner.cli.printing import clock

if TYPE_CHECKING:
    from scanner.batch import Outcome
    from scanner.batch.plan import Plan

LINE_EVERY_S = 30.0


class Progress:
    """Watches a run; time left is told by the length of what is left, since calls differ in length."""

    def __init__(self, stream: TextIO, *, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._now = now
        self._bar: Any = None
        self._expected: dict[str, float] = {}
        self._total = self._done = 0
        self._left_s = self._done_s = self._audio_s = 0.0
        self._began = self._said = now()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def planned(self, plan: Plan) -> None:
        """Say what is to be done."""
        self._expected = {i.uri: i.expected_s for i in plan.hear}
        self._left_s = sum(self._expected.values())
        self._total = len(plan.hear)
        self._began = self._said = self._now()
        parts = [f"{len(plan.hear)} to scan"]
        parts += [f"{len(plan.again)} to judge again"] if plan.again else []
        parts += [f"{len(plan.done)} done before"] if plan.done else []
        parts += [f"{len(plan.purged)} purged before"] if plan.purged else []
        self._say(", ".join(parts))
        if self._total and self._stream.isatty():
            self._start_bar()

    def judged_again(self, count: int) -> None:
        """Nothing to say: some thousand calls a second."""

    def finished(self, outcome: Outcome) -> None:
        """One more."""
        expected_s = self._expected.pop(outcome.uri, 0.0)
        self._left_s -= expected_s
        self._done_s += expected_s
        self._audio_s += outcome.duration_s
        self._done += 1
        self.tick()

    def tick(self) -> None:
        """Show how it stands, if it is time to."""
        if self._bar is not None:
            self._bar.update(0, completed=self._done, rates=self._rates())
        elif self._now() - self._said >= LINE_EVERY_S:
            self._said = self._now()
            self._say(f"{self._done} of {self._total} calls, {self._rates()}")

    def _rates(self) -> str:
        elapsed_s = max(self._now() - self._began, 1e-3)
        if not self._done:
            return "loading the models"
        rate = f"{self._audio_s / elapsed_s:.1f} h of audio per hour"
        if not self._done_s:
            return rate
        return f"{rate}, {clock(elapsed_s * max(self._left_s, 0.0) / self._done_s)} left"

    def _say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def _start_bar(self) -> None:
        from rich import progress  # noqa: PLC0415 - only for people
        from rich.console import Console  # noqa: PLC0415

        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.TextColumn("{task.completed} of {task.total} calls, {task.fields[rates]}"),
            console=Console(file=self._stream),
            transient=True,
        )
        self._bar.add_task("scan", total=self._total, rates=self._rates())
        self._bar.start()
