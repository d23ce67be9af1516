"""scanner models: what hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.asr.models import ModelStatus


@click.group()
def models() -> None:
    """List and verify the models that come with the scanner."""


@models.command("list")
def list_() -> None:
    """List the models by name, with what they are for and whether they are installed.

    \b
    Example:
        scanner models list
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.asr.models import list_models  # noqa: PLC0415 - only for who needs it

    _print(list_models(), good="installed")


@models.command()
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Compare each installed model with the SHA-256 that it must have.

    Exit code: 0 all as they must be, 2 one is missing or is not.

    \b
    Example:
        scanner models verify
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.asr.models import verify_models  # noqa: PLC0415 - only for who needs it

    found = verify_models()
    _print(found, good="verified")
    ctx.exit(2 if any(m.problem for m in found) else 0)


def _print(found: Iterable[ModelStatus], *, good: str) -> None:
    from scanner.cli.printing import print_sections  # noqa: PLC0415 - as above
    from scanner.report import Section  # noqa: PLC0415

    rows = [(m.name, m.kind, f"{m.size / 1e6:.0f} MB", m.digest[:16], m.problem or good) for m in found]
    print_sections([Section("Models", ("model", "for", "size", "sha256", "state"), tuple(rows))])
