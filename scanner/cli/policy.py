"""scanner policy: what calls are judged by."""

from __future__ import annotations

import click


@click.group()
def policy() -> None:
    """Check and show policies: the rules that calls are judged by."""


@policy.command()
@click.argument("file")
def check(file: str) -> None:
    """Check that FILE is a policy: every key known, every value of its kind.

    \b
    Example:
        scanner policy check our-policy.yaml
    """  # noqa: D301 - \b keeps click from folding the example
    from scanner.policy import load_policy  # noqa: PLC0415 - pydantic only for who needs it

    loaded = load_policy(file)
    click.echo(f"{file}: good: {loaded.id}, {loaded.title} (sha256 {loaded.sha256[:12]})")


@policy.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Show the policy NAME (a file, or one that ships with the scanner) with all that it extends and all defaults.

    \b
    Example:
        scanner policy show cases/linkedin
    """  # noqa: D301 - \b keeps click from folding the example
    import yaml  # noqa: PLC0415 - as above

    from scanner.policy import load_policy, policy_names  # noqa: PLC0415

    loaded = load_policy(name)
    click.echo(f"# sha256 {loaded.sha256}; shipped policies: {', '.join(policy_names())}")
    content = loaded.model_dump(mode="json", by_alias=True)
    click.echo(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120), nl=False)
