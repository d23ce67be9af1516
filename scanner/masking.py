"""The only door through which spoken words reach a row: masks personal data and hashes its values with a key."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scanner.detect.spoken_value import SpokenValue
from scanner.detections import MaskedText, PersonalData
from scanner.errors import UserError
from scanner.transcript import Span, Speaker, Transcript

KEY_VARIABLE = "SCANNER_HMAC_KEY"
KEY_FILE_VARIABLE = "SCANNER_HMAC_KEY_FILE"
MIN_KEY_BYTES = 16

NEVER_HASHED = frozenset({"CREDIT_CARD_CVV", "CREDENTIAL"})
"""Sensitive authentication data may not be kept in any form (PCI DSS 3.3.1), and a thousand tries undo a hash of a
security code for whoever holds the key."""

_CONTEXT_WORDS = 6
_RESIDUAL_DIGITS = 5
_NEAR_S = 3.0
_DIGIT_WORDS = {
    **{w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())},
    **{w: str(13 + i) for i, w in enumerate("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())},
    **{w: str(20 + 10 * i) for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())},
    "oh": "0",
    "o": "0",
    "hundred": "00",
}
_JOINS = {"double": 2, "triple": 3, "dash": 1, "hyphen": 1}
"""Words inside a number, and how often they say the digit after them."""


@dataclass(frozen=True, slots=True)
class HashKey:
    """The secret that value hashes are keyed with; `key_id` names it in rows without telling it."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        return hmac.new(self.secret, b"call-compliance-scanner key id", hashlib.sha256).hexdigest()[:12]

    def hash(self, value: str) -> str:
        """HMAC-SHA256 of a normalised value, as hex."""
        return hmac.new(self.secret, value.encode(), hashlib.sha256).hexdigest()


def load_hash_key(environment: Mapping[str, str]) -> HashKey:
    """The key from the variable SCANNER_HMAC_KEY, else from the key file, which is made at first use with mode 0600.

    The file is SCANNER_HMAC_KEY_FILE, or `call-compliance-scanner/hmac.key` in the user's configuration folder.
    Raises UserError when the key is too short, or the file cannot be made or may be read by others.
    """
    if given := environment.get(KEY_VARIABLE):
        if len(given.encode()) < MIN_KEY_BYTES:
            raise UserError(f"{KEY_VARIABLE}: a key needs at least {MIN_KEY_BYTES} bytes")
        return HashKey(given.encode())
    if named := environment.get(KEY_FILE_VARIABLE):
        path = Path(named)
    else:
        base = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or Path.home(), ".config")
        path = Path(base, "call-compliance-scanner", "hmac.key")
    try:
        if not path.exists():
            _make_key_file(path)
        if path.stat().st_mode & 0o077:
            raise UserError(f"{path}: the key file may be read by others; run: chmod 600 {path}")
        secret = path.read_bytes().strip()
    except OSError as error:
        raise UserError(f"{path}: cannot make or read the key file ({error.strerror}); set {KEY_VARIABLE}") from error
    if len(secret) < MIN_KEY_BYTES:
        raise UserError(f"{path}: a key needs at least {MIN_KEY_BYTES} bytes")
    return HashKey(secret)


def _make_key_file(path: Path) -> None:
    """Write a new key aside and link it into place: of two first runs at once, one wins and both use its key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()


@dataclass(frozen=True, slots=True)
class MaskedTurn:
    """A turn of the call with personal data masked."""

    speaker: Speaker
    start_s: float
    end_s: float
    text: MaskedText


@dataclass(frozen=True, slots=True)
class MaskedTranscript:
    """A transcript of which every word is masked or harmless.

    `texts[i]` stands for word i of the transcript: its own text, a label such as ``[US_SSN]`` where a value starts, or
    nothing where one goes on.
    """

    words: Transcript
    texts: tuple[MaskedText, ...]

    def turns(self) -> tuple[MaskedTurn, ...]:
        """The turns of the call, ordered by start."""
        at = {id(word): i for i, word in enumerate(self.words.words)}
        return tuple(
            MaskedTurn(t.speaker, t.start_s, t.end_s, _join(self.texts[at[id(w)]] for w in t.words))
            for t in self.words.turns()
        )

    def excerpt(self, span: Span, speaker: Speaker, *, context_words: int = 0) -> MaskedText:
        """The words of one speaker that lie in a span, with some of the same speaker's words around them."""
        mine = [i for i, w in enumerate(self.words.words) if w.speaker == speaker]
        inside = [k for k, i in enumerate(mine) if self._middle_in(i, span)]
        if not inside:
            return MaskedText("")
        chosen = mine[max(0, inside[0] - context_words) : inside[-1] + 1 + context_words]
        return _join(self.texts[i] for i in chosen)

    def _middle_in(self, index: int, span: Span) -> bool:
        word = self.words.words[index]
        return span.start_s <= (word.start_s + word.end_s) / 2 <= span.end_s


def mask_transcript(transcript: Transcript, values: Sequence[SpokenValue]) -> MaskedTranscript:
    """Mask every value found, and what looks like a piece or a repetition of one that was not.

    Hearing too little is the risk here, not masking too much: number words near a value, runs of five digits or more,
    repeated pieces of a value and repeated names are masked whether or not a recognizer claimed them.
    """
    labels: dict[int, str] = {}
    continued: set[int] = set()
    for value in sorted(values, key=lambda v: (v.start_s, -len(v.word_indices))):
        _label(labels, continued, value.word_indices, _label_of(value))
    labels |= dict(_left_over(transcript, values, frozenset(labels) | continued))
    texts: list[MaskedText] = []
    for i, word in enumerate(transcript.words):
        ending = m[0] if (m := re.search(r"[.,?!]+$", word.text)) else ""
        if i in labels:
            texts.append(MaskedText(labels[i] + ending))
        elif i in continued:
            texts.append(MaskedText(""))
        else:
            texts.append(MaskedText(word.text))
    return MaskedTranscript(transcript, tuple(texts))


def masked_facts(masked: MaskedTranscript, values: Iterable[SpokenValue], key: HashKey) -> tuple[PersonalData, ...]:
    """The values as facts that may be stored: no value, its keyed hash, and the masked words around it."""
    return tuple(
        PersonalData(
            entity_type=v.entity_type,
            speaker=_speaker_of(v, masked.words),
            start_s=v.start_s,
            end_s=v.end_s,
            confidence=v.confidence,
            parts=v.parts,
            value_hmac=None if v.entity_type in NEVER_HASHED or not v.value else key.hash(v.value),
            excerpt=masked.excerpt(Span(v.start_s, v.end_s), v.speaker, context_words=_CONTEXT_WORDS),
        )
        for v in sorted(values, key=lambda v: (v.start_s, v.end_s, v.entity_type))
    )


_SURE_SPEAKER = 0.85
"""In a mono recording a name that the agent says about as likely as the customer may be the customer's own."""


def _speaker_of(value: SpokenValue, words: Transcript) -> Speaker:
    """Who said a value; `unknown` where most of its words are of a speaker who is not quite sure."""
    sure = sum(words.words[i].speaker_confidence >= _SURE_SPEAKER for i in value.word_indices)
    return value.speaker if 2 * sure >= len(value.word_indices) else "unknown"


def _label_of(value: SpokenValue) -> str:
    """What stands for a value: for a card its last four digits at most (PCI DSS 3.4.1), else its type alone."""
    if value.entity_type == "CREDIT_CARD" and len(value.value) >= 13:
        return f"[CREDIT_CARD ending {value.value[-4:]}]"
    return f"[{value.entity_type}]"


def _label(labels: dict[int, str], continued: set[int], indices: Sequence[int], label: str) -> None:
    """Put the label on the first word of each unbroken stretch of a value."""
    previous = None
    for index in indices:
        if index in labels or index in continued:
            previous = index
            continue
        if previous is not None and index == previous + 1:
            continued.add(index)
        else:
            labels[index] = label
        previous = index


def _left_over(
    transcript: Transcript, values: Sequence[SpokenValue], taken: frozenset[int]
) -> Iterable[tuple[int, str]]:
    """Words that no recognizer claimed and that may still carry a value, each with its label."""
    numeric_values = [re.sub(r"\D", "", v.value) for v in values if sum(c.isdigit() for c in v.value) >= 3]
    near = [
        (transcript.words[v.word_indices[0]].channel, p)
        for v in values
        if any(c.isdigit() for c in v.value)
        for p in v.parts
    ]
    names = {n for v in values if v.entity_type == "PERSON" for n in re.findall(r"[a-z']{3,}", v.value.lower())}
    for run in _number_runs(transcript, taken):
        digits = _digits_of_run([transcript.words[i].text for i in run])
        first, last = transcript.words[run[0]], transcript.words[run[-1]]
        close = any(
            channel == first.channel and first.start_s - part.end_s <= _NEAR_S and part.start_s - last.end_s <= _NEAR_S
            for channel, part in near
        )
        repeated = len(digits) >= 3 and any(digits in known for known in numeric_values)
        if len(digits) >= _RESIDUAL_DIGITS or repeated or close:
            yield from ((i, "[NUMBER]") for i in run)
    for i, word in enumerate(transcript.words):
        plain = re.sub(r"('s)?[^\w']*$", "", word.text)
        if i not in taken and plain[:1].isupper() and plain.lower() in names:
            yield i, "[PERSON]"


def _number_runs(transcript: Transcript, taken: frozenset[int]) -> Iterable[list[int]]:
    """Runs of unclaimed number words of one channel, in order; money is not counted."""
    runs: dict[int, list[int]] = {}
    for i, word in enumerate(transcript.words):
        run = runs.setdefault(word.channel, [])
        numeric = i not in taken and bool(_digits(word.text)) and not word.text.startswith(("$", "€", "£"))
        joins = i not in taken and _bare(word.text) in _JOINS
        if numeric or joins:
            run.append(i)
        elif run:
            yield run
            runs[word.channel] = []
    yield from (run for run in runs.values() if run)


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text.lower())


def _digits(text: str) -> str:
    if any(c.isdigit() for c in text):
        return re.sub(r"\D", "", text)
    return "".join(_DIGIT_WORDS.get(part, "") for part in re.split(r"[^a-z]+", text.lower()))


def _digits_of_run(texts: Iterable[str]) -> str:
    digits, times = "", 1
    for text in texts:
        said = _digits(text)
        digits += said[:1] * (times - 1) + said
        times = _JOINS.get(_bare(text), 1)
    return digits


def _join(texts: Iterable[MaskedText]) -> MaskedText:
    return MaskedText(" ".join(t for t in texts if t))
