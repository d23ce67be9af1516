"""scanner policy: what calls are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.detect.hearing.meaning import SentenceMeaning
    from scanner.policy_trial import Trial
    from scanner.report import Section

_NOT_AS_WANTED = 1


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


@policy.command("test")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print how each text is heard as JSON.")
@click.pass_context
def try_out(ctx: click.Context, file: str, *, as_json: bool) -> None:
    """Show how the scanner hears each script, example and name in the vocabulary of the policy FILE.

    A script must be heard as its kind, so that it counts. An example must at least have a person listen, since what is
    heard by meaning never counts. A counter-example must not be heard as its kind. Names are tried in a plain sentence.

    Exit code: 0 all are heard as wanted, 1 some are not, 2 it could not be done.

    \b
    Example:
        scanner policy test our-policy.yaml
    """  # noqa: D301 - \b keeps click from folding the example
    import json  # noqa: PLC0415 - as above

    from scanner.cli.printing import print_sections  # noqa: PLC0415
    from scanner.policy import load_policy  # noqa: PLC0415
    from scanner.policy_trial import try_out as trials_of  # noqa: PLC0415

    loaded = load_policy(file)
    meaning = _meaning()
    trials = trials_of(loaded, meaning)
    wrong = sum(not t.as_wanted for t in trials)
    if as_json:
        click.echo(json.dumps([_plain(t) for t in trials], indent=1, ensure_ascii=False))
    elif trials:
        print_sections([_section(trials)])
        click.echo(f"\n{len(trials) - wrong} of {len(trials)} are heard as wanted")
    else:
        click.echo(f"{file}: its vocabulary is empty: there is nothing to hear")
    ctx.exit(_NOT_AS_WANTED if wrong else 0)


def _meaning() -> SentenceMeaning | None:
    """What hears by meaning; where its model is not installed, that is said, since examples are then heard by wording only."""
    from scanner.asr.models import sentence_model_path  # noqa: PLC0415 - as above
    from scanner.detect.hearing.meaning import SentenceMeaning, installed_tokenizer  # noqa: PLC0415
    from scanner.errors import ModelError  # noqa: PLC0415

    try:
        return SentenceMeaning(sentence_model_path(), installed_tokenizer())
    except ModelError as error:
        click.echo(f"scanner: nothing is heard by meaning: {error}", err=True)
        return None


def _section(trials: Sequence[Trial]) -> Section:
    from scanner.report import Section  # noqa: PLC0415 - as above

    rows = []
    for t in trials:
        wanted = f"not {t.kind}" if t.source == "counter_examples" else t.kind
        heard = ", ".join(f"{h.kind} {h.confidence:.2f} by {h.basis}" for h in t.heard) or "nothing"
        rows.append(("as wanted" if t.as_wanted else "NOT AS WANTED", t.source, wanted, heard, t.text))
    return Section("Vocabulary", ("", "key", "wanted", "heard", "text"), tuple(rows))


def _plain(trial: Trial) -> dict[str, object]:
    heard = [{"kind": h.kind, "confidence": h.confidence, "basis": h.basis, "counts": h.counts} for h in trial.heard]
    return {
        "source": trial.source,
        "kind": trial.kind,
        "text": trial.text,
        "heard": heard,
        "as_wanted": trial.as_wanted,
    }
