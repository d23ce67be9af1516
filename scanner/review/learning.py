"""Examples from reviewers as a policy file that extends the default one."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from scanner.review.examples import Example


def as_policy(examples: Sequence[Example], *, extends: str = "us") -> str:
    """A policy in YAML whose vocabulary holds the examples, each once, by kind; to be used, or copied from."""
    vocabulary: dict[str, dict[str, list[str]]] = {"examples": {}, "counter_examples": {}}
    for example in examples:
        of_kind = vocabulary["examples" if example.discloses else "counter_examples"].setdefault(example.kind, [])
        if example.text not in of_kind:
            of_kind.append(example.text)
    content = {"id": "learned", "extends": extends, "vocabulary": {k: v for k, v in vocabulary.items() if v}}
    names = ", ".join(sorted({e.actor for e in examples}))
    head = f"# From reviewers ({names}); each agreed that this wording, masked, is written here.\n"
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
