"""Whose law holds for a call: from the caller's state, else the number's area code, else nothing known.

Regions are ISO 3166-2 codes (`US-CA`) or, where only the country is known, its code (`US`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import phonenumbers

from scanner.calls import CallInfo
from scanner.policy import Policy
from scanner.policy_schema import Regime, Where

JurisdictionSource = Literal["metadata", "phone_number", "default"]

_STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
    "PR": "Puerto Rico",
    "GU": "Guam",
    "VI": "Virgin Islands",
    "AS": "American Samoa",
    "MP": "Northern Mariana Islands",
}
_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP"})
"""phonenumbers gives these as countries of their own; their ISO 3166-2 codes lie under US."""

_BY_NAME = {name.casefold(): code for code, name in _STATES.items()} | {
    "washington state": "WA",
    "washington dc": "DC",
    "washington d c": "DC",
    "d c": "DC",
}


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose law holds for one call: region, how it is known, what it asks for and where that is written."""

    code: str
    source: JurisdictionSource
    regime: Regime
    name: str
    statute: str

    @property
    def demand(self) -> str:
        """What it asks for, as half a sentence: `California asks for the consent of all parties`."""
        if self.source == "default" and "-" not in self.code:
            return "the caller's state is unknown, and the strictest state laws ask for the consent of all parties"
        parties = "all parties" if self.regime == "all_party" else "one party"
        return f"{self.name} asks for the consent of {parties}"

    def applies(self, where: Where) -> bool:
        """Whether an obligation that holds there holds for this call."""
        return where == "everywhere" or (where == "all_party" and self.regime == "all_party")


def region_of_state(text: str) -> str | None:
    """The ISO 3166-2 code of a state as people write it: `CA`, `us-ca`, `California`, `Washington, D.C.`; None if none.

    A code of another country (`GB-ENG`, `CA-ON`) or a bare `US` is taken as it is. `CA` is California, not Canada.
    """
    plain = " ".join(re.sub(r"[.,]", " ", text).split())
    code = plain.upper().replace("_", "-").replace(" ", "-") if len(plain) <= 6 else ""
    bare = code.removeprefix("US-")
    if bare in _STATES:
        return f"US-{bare}"
    name = _BY_NAME.get(plain.casefold())
    if name is not None:
        return f"US-{name}"
    if plain.upper() in {"US", "USA"}:
        return "US"
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code) and not code.startswith("US-"):
        return code
    return None


def phone_number(text: str) -> phonenumbers.PhoneNumber | None:
    """The number as the library reads it, American unless it says otherwise; None when it cannot be one."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


@lru_cache(maxsize=4096)
def region_of_number(text: str) -> str | None:
    """The region of a number's area code (`US-CA`, `CA-ON`), or its country; None for toll-free and unreadable numbers.

    Source: the geographic tables of the phonenumbers library. A hint only: mobile numbers move with their owners.
    """
    number = phone_number(text)
    if number is None or number.country_code is None:
        return None
    country = phonenumbers.region_code_for_country_code(number.country_code)
    if country != "US":  # not a number of the North American plan
        return None if country in {"ZZ", "001"} else country
    exact = phonenumbers.region_code_for_number(number)
    if exact in _TERRITORIES:
        return f"US-{exact}"
    from phonenumbers import geocoder  # noqa: PLC0415  # its tables take half a second to load

    place = geocoder.description_for_valid_number(number, "en")
    state = _state_in(place)
    if state is not None:
        return f"US-{state}"
    return exact if exact not in {None, "US"} else None


def _state_in(place: str) -> str | None:
    """The state in `California`, `San Francisco, CA`, `Washington State` or `Washington D.C.`."""
    region = region_of_state(place) or region_of_state(place.rpartition(",")[2])
    return region.removeprefix("US-") if region is not None and region.startswith("US-") else None


def jurisdiction_of(info: CallInfo, policy: Policy) -> Jurisdiction:
    """Whose law holds for the call under the policy: the strictest of the parties', unknown being strict.

    An area code is only asked when the metadata names no state, and then never makes a call one-party.
    """
    day = info.started_at.date() if info.started_at is not None else None
    return _strictest(list(_candidates(info, policy, day)))


def _candidates(info: CallInfo, policy: Policy, day: date | None) -> Iterator[Jurisdiction]:
    """What each party brings, the caller first."""
    stated = region_of_state(info.caller_state) if info.caller_state else None
    hinted = info.caller_region or (region_of_number(info.caller_number) if info.caller_number else None)
    hint = _law_of(hinted, "phone_number", policy, day) if hinted is not None else None
    if stated is not None and "-" in stated:
        yield _law_of(stated, "metadata", policy, day)
        if policy.area_code_raises and hint is not None:
            yield hint
    elif hint is not None and hint.regime == "all_party" and "-" in hint.code:
        yield hint
    else:
        unknown = policy.unknown_jurisdiction
        yield Jurisdiction(unknown.country, "default", unknown.consent, unknown.name, unknown.statute)
    for state in policy.operates_from:
        yield _law_of(state, "default", policy, day)


def _strictest(candidates: list[Jurisdiction]) -> Jurisdiction:
    """The first all-party one, a known state before the assumption about unknown ones; else the first."""
    strict = [c for c in candidates if c.regime == "all_party"]
    return next((c for c in strict if "-" in c.code), (strict or candidates)[0])


def _law_of(code: str, source: JurisdictionSource, policy: Policy, day: date | None) -> Jurisdiction:
    """The law of a region on a day; on an unknown day the strictest version; without any, what is assumed of unknowns."""
    entry = policy.jurisdictions.get(code)
    unknown = policy.unknown_jurisdiction
    if entry is None:
        return Jurisdiction(code, source, unknown.consent, code, unknown.statute)
    if day is None:
        law = next((v for v in entry.laws if v.consent == "all_party"), entry.laws[0])
        return Jurisdiction(code, source, law.consent, entry.name, law.statute)
    in_force = [v for v in entry.laws if v.effective is None or v.effective <= day]
    if not in_force:
        return Jurisdiction(code, source, unknown.consent, entry.name, unknown.statute)
    newest = max(in_force, key=lambda v: v.effective or date.min)
    return Jurisdiction(code, source, newest.consent, entry.name, newest.statute)
