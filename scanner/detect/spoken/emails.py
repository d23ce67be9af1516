"""E-mail addresses as people dictate them: "j dot smith at gmail dot com", "S as in Sam, N O W A K, at outlook dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import Cue
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.spelling import SPELLING_WORDS

PROVIDERS = frozenset(
    (
        "gmail googlemail yahoo hotmail outlook icloud aol msn live comcast verizon att sbcglobal bellsouth cox charter earthlink "
        "protonmail proton me mac mail ymail rocketmail optonline frontier roadrunner juno zoho gmx fastmail hey windstream "
        "centurylink spectrum"
    ).split()
)  # fmt: skip
_SURE_PROVIDERS = PROVIDERS - {
    "me",
    "mac",
    "mail",
    "live",
    "cox",
    "charter",
    "frontier",
    "hey",
    "spectrum",
    "proton",
    "att",
}
_TLDS = frozenset("com net org edu gov io co us uk ca info biz me mil tv app dev ai".split())
_MISHEARD_TLDS = {"calm": "com", "come": "com", "comm": "com", "kom": "com", "con": "com", "nett": "net"}
_DOTS = frozenset(("dot", "period", "point", "doc"))
_SIGNS = {
    "dot": ".", "period": ".", "point": ".", "doc": ".", "underscore": "_", "underline": "_", "dash": "-", "hyphen": "-",
    "minus": "-", "plus": "+", "_": "_", "+": "+",
}  # fmt: skip
_AT = frozenset(("at", "@"))
_SIGN = frozenset(("sign", "symbol"))
_MISHEARD_AT = frozenset("ad add et adds app hat".split())
_GLUED_AT = re.compile(r"(?:add|ad|at|et)(?=[a-z]{3})")
_SPELLING_LINKS = frozenset("as in is and an a the like for oh".split())
_SMALL_WORDS = frozenset(
    (
        "is it's its that's thats my the email mail e address be to as of on for and so yes yeah okay sure i'm have uh um er it "
        "would should can you use reach me send name with just then id you're this was account right correct contact like "
        "email's at@ via website site webpage online page visit portal store store's spelled spell spelling"
    ).split()
)  # fmt: skip
_LEADS_IN = frozenset("is it's that's email mail address to".split())
_ASIDE = re.compile(r"^(?:all|one|word|lower|lowercase|case|together|no|spaces|caps|small|letters|in|the)$")
_SPELLING_LEADS = frozenset("that's thats that is it's spelled with and so the".split())
_MOST_LINKS, _SHORTEST_SPELLING = 3, 3
_LONGEST_LOCAL = 30
_LONGEST_ANSWER = 30


def find_emails(line: int, statement: Statement, cues: Sequence[Cue], *, asked: bool = False) -> tuple[Hit, ...]:
    """The e-mail addresses of a statement; `asked`: the other side has just asked for one."""
    tokens = statement.tokens
    runs = {i: r for r in statement.runs for i in range(r.first, r.last + 1)}
    cued = asked or any(c.entity == "EMAIL_ADDRESS" for c in cues)
    found: list[Hit] = []
    reached = 0
    for at in range(len(tokens)):
        domain = _domain_at(tokens, at, cued=cued) if at >= reached else None
        if domain is None:
            continue
        name, last = domain
        local, first = _local(tokens, at - 1, runs, reached, cued=cued)
        bare = "." not in name and not cued  # "my friend at Verizon"
        if not local or (bare and local.isalpha()):
            continue
        confidence = 0.85 if "." not in name else 0.96 if tokens[at].norm in _AT else 0.8
        last = _with_spelling(tokens, last, runs, local)
        found.append(Hit("EMAIL_ADDRESS", line, first, last, f"{local}@{name}", confidence))
        reached = last + 1
    if asked and not found:
        found += _run_together(line, tokens)
    return tuple(found)


def _with_spelling(tokens: Sequence[Token], last: int, runs: dict[int, Run], local: str) -> int:
    """The last token of the spelling that repeats part of an address after it: "… at hotmail.com, B, E, X, L, E, Y"."""
    for k in range(last + 1, min(len(tokens), last + 2 + _MOST_LINKS)):
        if k in runs and not runs[k].has_digit:
            spelled = runs[k].readings()[0].lower()
            return runs[k].last if len(spelled) >= _SHORTEST_SPELLING and spelled in local else last
        if tokens[k].norm not in _SPELLING_LEADS:
            return last
    return last


def _domain_at(tokens: Sequence[Token], at: int, *, cued: bool) -> tuple[str, int] | None:
    """The domain after an at sign at token `at`, and its last token; the sign may be misheard or glued to the domain."""
    norm = tokens[at].norm
    if norm in _AT:
        return _domain(tokens, at + 1, sure=cued or norm == "@")
    if norm in _MISHEARD_AT:
        domain = _domain(tokens, at + 1, sure=cued)
        return domain if domain is not None and _is_certain(domain[0], cued=cued) else None
    glued = _GLUED_AT.match(norm)
    if glued is None or (at and tokens[at - 1].norm in _AT):
        return None
    domain = _domain(tokens, at, sure=True)
    if domain is None:
        return None
    name = domain[0][glued.end() :]
    return (name, domain[1]) if _is_certain(name, cued=cued) else None


def _is_certain(domain: str, *, cued: bool) -> bool:
    """Is it a whole domain, of a known provider unless an address is expected?"""
    labels = domain.split(".")
    return len(labels) > 1 and len(labels[0]) > 1 and (labels[0] in _SURE_PROVIDERS or cued)


def _run_together(line: int, tokens: Sequence[Token]) -> Iterator[Hit]:
    """An answer that ends in a domain, its "at" lost in the words around it ("smithatkmal.com"): all of it."""
    for i in range(1, len(tokens)):
        dotted = tokens[i].glued_mark or tokens[i - 1].norm == "dot"
        if dotted and tokens[i].norm in _TLDS:
            start = max((k + 1 for k in range(i - 1) if tokens[k].norm in _LEADS_IN), default=0)
            while start < i - 1 and (tokens[start].norm in _SMALL_WORDS - {"a"} or tokens[start].norm in FILLERS):
                start += 1
            start -= start > 0 and tokens[start].norm in _SIGNS  # "like dot harm": the word before it is a name's
            if i - start > _LONGEST_ANSWER:
                return
            said = "".join(t.norm for t in tokens[start : i - 1] if t.norm not in _SIGNS)
            dot = "" if tokens[i - 1].norm == "dot" else tokens[i - 1].norm
            yield Hit("EMAIL_ADDRESS", line, start, i, f"{said}{dot}.{tokens[i].norm}", 0.7)
            return


def _domain(tokens: Sequence[Token], i: int, *, sure: bool) -> tuple[str, int] | None:
    """The domain that starts at token i and its last token: "gmail dot com", "outlook.com", "big sky dot co dot uk"."""
    labels: list[str] = [""]
    k = i
    while k < len(tokens) and k - i < 16:
        token = tokens[k]
        dotted = k > i and token.glued_mark and "." in token.lead
        if token.norm in _AT and any(labels):
            return None  # the first one was no sign: "email us at help at copper dot com"
        if token.norm in _DOTS and k > i:
            labels.append("")
        elif token.norm in ("dash", "hyphen"):
            labels[-1] += "-"
        elif token.norm in FILLERS or _ASIDE.match(token.norm) or (k == i and token.norm in _SIGN):
            pass
        else:
            if k > i and token.break_before == 2 and not dotted and labels[-1]:
                break
            if dotted:
                labels.append("")
            word = _MISHEARD_TLDS.get(token.norm, token.norm) if len(labels) > 1 else token.norm
            labels[-1] += word if token.text.isalnum() else ""
            if len(labels) > 1 and labels[-1] in _TLDS:
                after = tokens[k + 1].norm if k + 1 < len(tokens) else ""
                if after not in _DOTS or labels[-1] not in ("co", "ac"):
                    return _joined(labels), k
        k += 1
    first = tokens[i].norm if i < len(tokens) else ""
    pair = first + (tokens[i + 1].norm if i + 1 < len(tokens) else "")
    if first in _SURE_PROVIDERS or (sure and first in PROVIDERS):
        return first, i
    return (pair, i + 1) if pair in _SURE_PROVIDERS else None


def _joined(labels: Sequence[str]) -> str:
    return ".".join(label for label in labels if label)


def _local(tokens: Sequence[Token], i: int, runs: dict[int, Run], floor: int, *, cued: bool) -> tuple[str, int]:
    """The part before the at sign, which ends at token i, and its first token."""
    start = _local_start(tokens, i, runs, floor, cued=cued)
    local = ""
    k = start
    while k <= i:
        token = tokens[k]
        if k > start and token.glued_mark and token.lead in (".", "-", "_") and k not in runs:
            local += token.lead
        if k in runs and runs[k].first == k:
            local += runs[k].readings()[0].lower()
            k = runs[k].last
        elif token.norm in _SIGNS and k > start:
            local += _SIGNS[token.norm]
        elif not _skipped(tokens, k):
            local += re.sub(r"[^\w]", "", token.norm)
        k += 1
    return local.strip("-._+"), start


def _local_start(tokens: Sequence[Token], i: int, runs: dict[int, Run], floor: int, *, cued: bool) -> int:
    """Where the local part begins: letters, digits and signs as far as they go, and few plain words."""
    start, k, plain, signed = i + 1, i, 0, False
    while k >= floor and i - k < _LONGEST_LOCAL:
        token = tokens[k]
        linked = start <= i and (
            tokens[start].norm in _SIGNS or (tokens[start].glued_mark and tokens[start].lead in ".-_")
        )
        if _skipped(tokens, k):
            k -= 1
            continue
        if k in runs:
            if runs[k].first < floor:
                break
            start = k = runs[k].first
        elif token.norm in _SIGNS:
            start, signed = k, True
        elif (len(token.norm) == 1 and token.norm.isalnum() and token.norm not in "ai") or linked:
            start = k
        else:
            if token.norm in _SMALL_WORDS | _AT or signed or plain >= (3 if cued else 1):
                break
            start, plain = k, plain + 1
        if tokens[start].break_before and not tokens[start].glued_mark and not _goes_on_before(tokens, start, runs):
            break
        k -= 1
    if cued:
        start = _spelled_before(tokens, start, runs, floor)
    while start <= i and (tokens[start].norm in _SIGNS or _skipped(tokens, start)):
        start += 1
    return start


def _spelled_before(tokens: Sequence[Token], start: int, runs: dict[int, Run], floor: int) -> int:
    """Where the spelling begins that a local part ends, garbled as it may be: "S.S. and Sam, and is a Nancy. Oh, W-A-K"."""
    begin, k = start, start - 1
    while k >= floor and start - k < _LONGEST_LOCAL:
        norm = tokens[k].norm
        letter = len(norm) == 1 and norm.isalpha() and norm != "a"
        if letter or (k in runs and runs[k].first >= floor):
            begin = k
        elif norm not in SPELLING_WORDS and norm not in _SPELLING_LINKS:
            break
        k -= 1
    return begin


def _goes_on_before(tokens: Sequence[Token], start: int, runs: dict[int, Run]) -> bool:
    """Does the local part go on before a comma or pause: is there a letter, a digit or a sign on one side of it?"""
    if not start:
        return False
    sign = tokens[start].norm in _SIGNS or tokens[start - 1].norm in _SIGNS
    return sign or (start - 1 in runs) or (start in runs and tokens[start].break_before < 2)


def _skipped(tokens: Sequence[Token], k: int) -> bool:
    """Is it a filler, or part of "all one word", "all lower case"?"""
    norm = tokens[k].norm
    if norm in FILLERS:
        return True
    if norm not in ("all", "one", "word", "lower", "lowercase", "case"):
        return False
    norms = [t.norm for t in tokens[max(0, k - 2) : k + 3]]
    return any(
        a in ("all", "one", "lower") and b in ("one", "word", "lower", "lowercase", "case") for a, b in pairwise(norms)
    )
