"""What a company adds to the scanner's ear: its vendors, products, scripts and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.detections import DisclosureKind


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names and wording of one company, from its policy.

    `vendors`: outside companies that handle its calls. `ai_products`: names of software that analyses calls.
    `scripts`: approved disclosure sentences by kind, heard even when a recogniser garbles a few words.
    `examples` and `counter_examples`: sentences that do and do not disclose a kind, for hearing by meaning.
    """

    vendors: tuple[str, ...] = ()
    ai_products: tuple[str, ...] = ()
    scripts: Mapping[DisclosureKind, tuple[str, ...]] = field(default_factory=dict)
    examples: Mapping[DisclosureKind, tuple[str, ...]] = field(default_factory=dict)
    counter_examples: Mapping[DisclosureKind, tuple[str, ...]] = field(default_factory=dict)
