"""Words as a recogniser writes them, made plain: lower case, contractions opened, common mishearings undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.transcript import Word


@dataclass(frozen=True, slots=True)
class Token:
    """One plain word; `word` is the index of the word it comes from, `mark` the punctuation after it ('' if none).

    `guess`: the recogniser wrote another word that sounds like this one.
    """

    text: str
    word: int
    mark: str = ""
    name_like: bool = False
    guess: bool = False


_OPENED = {
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "ain't": "is not",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "lemme": "let me",
    "gimme": "give me",
    "let's": "let us",
    "y'all": "you all",
    "ok": "okay",
    "o.k": "okay",
    "k": "okay",
    "a.i": "ai",
    "ais": "ai",
    "ai's": "ai",
    "voicebot": "voice bot",
    "voicebots": "voice bots",
    "notetaker": "note taker",
    "'em": "them",
    "im": "i am",
    "dont": "do not",
    "doesnt": "does not",
    "isnt": "is not",
    "cant": "can not",
    "wont": "will not",
    "wouldnt": "would not",
    "didnt": "did not",
    "youre": "you are",
    "analyse": "analyze",
    "analyses": "analyzes",
    "analysed": "analyzed",
    "analysing": "analyzing",
    "summarise": "summarize",
    "summarises": "summarizes",
    "summarised": "summarized",
    "summarising": "summarizing",
    "recoded": "recorded",
    "recored": "recorded",
    "recordered": "recorded",
    "reccorded": "recorded",
    "accorded": "recorded",
    "yep": "yes",
    "yup": "yes",
    "yeah": "yes",
    "yea": "yes",
    "ya": "yes",
    "nope": "no",
    "nah": "no",
    "nay": "no",
    "mm-hmm": "mhm",
    "mm-hm": "mhm",
    "mmhmm": "mhm",
    "uh-huh": "mhm",
    "uhuh": "mhm",
    "mhmm": "mhm",
    "uh-uh": "no",
}
_SUFFIXES = {"'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
_IS_AFTER = frozenset(
    """it he she that this there here what who where how everything nobody nothing everyone somebody one
    call line conversation phone tape recording recorder audio name which software system assistant""".split()
)
"""After these, 's is "is"; after others ("the branch's line") it is a possessive and is dropped."""

_FILLERS = frozenset("um uh er erm uhm hmm hm eh".split())
_AI_NEXT = frozenset(
    """tool tools system systems assistant assistants model models note notes software technology generated powered
    training agent agents bot bots analysis listening transcribes transcribing product products stuff""".split()
)
_AI_BEFORE = frozenset(
    "an our the any no use uses using our of by with and for train training my your an teach".split()
)
_PARTICIPLES = frozenset(
    """recorded monitored moderated taped used transcribed analyzed shared recorder recording being subject captured
    stored reviewed""".split()
)
_MERGED: dict[tuple[str, ...], str] = {
    ("all", "right"): "alright",
    ("artificial", "intelligence"): "ai",
    ("artificial", "intelligent"): "ai",
    ("machine", "learning"): "ai",
    ("tape", "record"): "record",
    ("tape", "recorded"): "recorded",
    ("no", "one"): "nobody",
    ("chat", "bot"): "chatbot",
    ("chat", "bots"): "chatbots",
    ("chat", "box"): "chatbot",
    ("voice", "mail"): "voicemail",
    ("recording", "device"): "recorder",
    ("recording", "devices"): "recorder",
    ("un", "recorded"): "unrecorded",
    ("non", "recorded"): "unrecorded",
    ("any", "more"): "anymore",
    ("uh", "huh"): "mhm",
    ("mm", "hmm"): "mhm",
    ("mm", "hm"): "mhm",
    ("uh", "uh"): "no",
}
_EDGE = re.compile(r"^[^\w']+|[^\w']+$")
_MARK = re.compile(r"[.?!,;:…]")


def fold(text: str) -> str:
    """Lower case without accents, with plain apostrophes."""
    text = text.lower().replace("’", "'").replace("‘", "'")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _opened(word: str) -> list[str]:
    """One plain word as the words it stands for."""
    if word in _OPENED:
        return _OPENED[word].split()
    if word.endswith("n't") and len(word) > 3:
        return [word[:-3], "not"]
    for suffix, full in _SUFFIXES.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            return [word[: -len(suffix)], full]
    if word.endswith("'s") and len(word) > 2:
        return [word[:-2], "is"] if word[:-2] in _IS_AFTER else [word[:-2]]
    return [word.strip("'")] if word.strip("'") else []


def tokens_of(words: Sequence[Word], indices: Sequence[int]) -> list[Token]:
    """The plain tokens of words[i] for i in indices, in that order; fillers are left out."""
    found: list[Token] = []
    for i in indices:
        raw = words[i].text
        tail = raw.rstrip("\"')]}»”")
        mark = tail[-1] if tail and _MARK.match(tail[-1]) else ""
        bare = _EDGE.sub("", fold(raw))
        name_like = raw[:1].isupper() and not raw.startswith("I'") and raw != "I"
        parts = (
            [p for piece in re.split(r"[-/–—]", bare) for p in _opened(piece)] if bare not in _OPENED else _opened(bare)
        )
        parts = [p for p in parts if p not in _FILLERS]
        if not parts:
            if found and mark:
                found[-1] = Token(found[-1].text, found[-1].word, mark, found[-1].name_like)
            continue
        found += [Token(p, i, "", name_like) for p in parts[:-1]]
        found.append(Token(parts[-1], i, mark, name_like))
    return _mended(found)


def _mended(tokens: list[Token]) -> list[Token]:
    """Undoes what recognisers do to the words that matter: "maybe recorded", "this calls being", "a eye", "Al"."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        after = tokens[i + 1].text if i + 1 < len(tokens) and not token.mark else ""
        beyond = tokens[i + 2].text if i + 2 < len(tokens) else ""
        before = out[-1].text if out else ""
        pair = _MERGED.get((token.text, after)) if after else None
        spelled = token.text == "a" and (
            (after == "i" and tokens[i + 1].name_like is False and beyond not in _NOT_AI_AFTER)
            or (after in {"eye", "aye"} and beyond not in {"doctor", "exam", "appointment"})
        )
        if pair or spelled:
            nxt = tokens[i + 1]
            out.append(Token(pair or "ai", token.word, nxt.mark, token.name_like))
            i += 2
            continue
        if token.text == "maybe" and after in _PARTICIPLES:
            out += [Token("may", token.word), Token("be", token.word)]
        elif token.text in _LIKE_RECORDED and _may_be_recorded(out):
            out.append(Token("recorded", token.word, token.mark, guess=True))
        elif token.text == "take" and after in _TAPED and _may_be_asked(out, after):
            out.append(Token("tape", token.word, token.mark, guess=True))
        elif token.text in _LIKE_RECORD and _may_be_asked(out, after):
            out.append(Token("record", token.word, token.mark, guess=True))
        elif token.text == "maybe" and after in {"i", "we"} and beyond in {"record", "tape", "recorded"}:
            out.append(Token("may", token.word, guess=True))
        elif token.text == "human" and after == "being" and beyond in {"recorded", "taped"}:
            out.append(Token("mind", token.word, guess=True))
        elif (
            token.text in {"write", "right"} and after in {"by", "with"} and [t.text for t in out[-2:]] == ["i", "will"]
        ):
            out[-2:] = [Token("alright", token.word, token.mark, guess=True)]
        elif (
            token.text in _LIKE_CALL
            and before in {"this", "your"}
            and after in {"may", "is", "will", "might", "being"}
            and _monitoring(tokens, i)
        ):
            out.append(Token("call", token.word, token.mark, guess=True))
        elif token.text == "reporting" and after in {"may", "is", "will"} and beyond == "be":
            out.append(Token("recording", token.word, token.mark, guess=True))
        elif token.text == "calls" and before in {"this", "the", "your"} and after in {"being", "getting"}:
            out += [Token("call", token.word), Token("is", token.word)]
        elif token.text == "your" and after in {"being", "getting"} and beyond in _PARTICIPLES:
            out += [Token("you", token.word), Token("are", token.word)]
        elif token.text == "recorders" and after in _RUNNING and (after != "on" or not beyond or tokens[i + 1].mark):
            out += [Token("recorder", token.word), Token("is", token.word)]
        elif (
            token.text == "were"
            and after in {"recording", "taping"}
            and (not out or before in _NO_SUBJECTS or out[-1].mark)
        ):
            out += [Token("we", token.word, guess=True), Token("are", token.word)]
        elif token.text == "al" and after != "from" and (before in _AI_BEFORE or after in _AI_NEXT):
            out.append(Token("ai", token.word, token.mark))
        else:
            out.append(token)
        i += 1
    return out


_RUNNING = frozenset("going on running rolling".split())
_NO_SUBJECTS = frozenset("and so but know that because sure well okay yes now today".split())
"""After these "were recording" lacks its subject: it was "we're recording"."""
_LIKE_RECORDED = frozenset(
    "reported retarded regarded rewarded recorder records record recovered awarded resorted retorted recording guarded courted".split()
)
_LIKE_RECORD = frozenset(
    "recall recon accord rickard retort retorts retorted retarded regarded rewarded accorded resorted guarded courted".split()
)
"""What else stands for "record" in "may I record?"; to report and to request are things of their own."""
_TAPED = frozenset({"", "us"})
"""“Okay if we take?”: nothing is taken, so that it is tape."""
_ASKS = frozenset("if may can could shall might mind".split())
_ASKED_OF = frozenset("this us you it our the my your today for so that call".split())
_LIKE_CALL = frozenset("tall hall cal col cold ball fall car care called cost core cause kall coal".split())
_CALLS = frozenset("call calls line lines conversation conversations".split())
_CHAIN = frozenset("may be is are being might will also or and monitored moderated can could as getting get".split())
_BE = frozenset("be is are being getting".split())


def _may_be_recorded(before: list[Token]) -> bool:
    """Whether "this call may be" or "monitored or" stands before a word that sounds like "recorded"."""
    k = len(before)
    chain: set[str] = set()
    while k and len(before) - k < 7 and before[k - 1].text in _CHAIN:
        chain.add(before[k - 1].text)
        k -= 1
    if chain & {"monitored", "moderated"} and chain & {"or", "and"}:
        return True
    return (
        bool(chain & _BE)
        and k >= 1
        and before[k - 1].text in _CALLS
        and (k < 2 or before[k - 2].text in {"this", "your", "all", "our", "the", "phone"})
    )


def _may_be_asked(before: list[Token], after: str) -> bool:
    """Whether "may I" or "mind if we" stands before a word that sounds like "record", and the call or nothing after it."""
    if len(before) < 2 or (after and after not in _ASKED_OF):
        return False
    return before[-1].text in {"i", "we"} and before[-2].text in _ASKS


def _monitoring(tokens: list[Token], i: int) -> bool:
    return any(t.text in {"monitored", "moderated", "recorded", "taped"} for t in tokens[i + 1 : i + 8])


_NOT_AI_AFTER = frozenset("am have will would was think need want can do did could just see had".split())
