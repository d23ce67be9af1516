"""Calls whose facts are stated in a typed dialogue, so that law is tested without hearing, models or audio.

    caller_state: CA                      a line `key: value` is metadata, or a fact about the whole recording
    0:01 agent: Hi, {recording: this call is recorded.}
    0:07 customer: It is [PHONE_NUMBER: 415 555 0123].
    0:12 agent: <call_ending: I will hang up now.> <talk 40>

`{kind+kind: words}` are disclosures, `[TYPE: words]` personal data, `<event: words>` an event, a private matter (its
sensitivity) or an audio problem, behind which the words are lost. `<talk 40>` stands for 40 seconds of talk. After a name,
`@0.5` is the confidence, `~` heard by meaning only, `?0.4` how sure the speaker is: `{recording@0.5~: …}`.
"""

import re
from typing import get_args

from scanner.calls import CallInfo
from scanner.detections import (
    AudioProblem,
    AudioProblemKind,
    CallEvent,
    Disclosure,
    EventKind,
    PersonalData,
    RecordingFacts,
    SensitiveMatter,
    Sensitivity,
    SpeechSpan,
)
from scanner.dialogue import SECONDS_PER_WORD, parse_dialogue
from scanner.manifest import COLUMNS, call_info
from scanner.transcript import Transcript

_HEADER = re.compile(r"^([a-z_]+):\s+(.*)$")
_ABOUT_RECORDING = {"language", "language_confidence", "duration_s", "coverage", "caller_region"}
_NAME = r"([A-Za-z_+]+)(?:@([\d.]+))?(~)?(?:\?([\d.]+))?"
_MARK = re.compile(rf"\{{{_NAME}: ([^}}]*)\}}|\[{_NAME}: ([^\]]*)\]|<{_NAME}: ([^>]*)>")
_TALK = re.compile(r"<talk (\d+)>")
_OPEN, _CLOSE = "\u27e6{}\u27e7", "\u27e6/{}\u27e7"


def stated_call(text):
    """(CallInfo, RecordingFacts) of a dialogue with its facts."""
    fields, about, lines, marks = {}, {}, [], []
    for raw in filter(None, map(str.strip, text.strip().splitlines())):
        header = _HEADER.match(raw)
        if header and (header[1] in COLUMNS or header[1] in _ABOUT_RECORDING):
            (fields if header[1] in COLUMNS else about)[header[1]] = header[2]
            continue
        line = _TALK.sub(lambda m: " ".join(["word"] * round(int(m[1]) / SECONDS_PER_WORD)), raw)
        lines.append(_MARK.sub(lambda m: _marked(m, marks), line))
    transcript = parse_dialogue("\n".join(lines), language=about.get("language", "en")) if lines else Transcript()
    info = call_info(fields, where="stated call")
    if "caller_region" in about:
        info = CallInfo(caller_region=about["caller_region"])
    return info, _facts(transcript, marks, about)


def _marked(match, marks):
    groups = [g for g in (match.groups()[:5], match.groups()[5:10], match.groups()[10:]) if g[0]]
    name, confidence, meaning, speaker, words = groups[0]
    marks.append((match[0][0], name, float(confidence or 0.95), bool(meaning), float(speaker or 1.0)))
    n = len(marks) - 1
    return _OPEN.format(n) + words + _CLOSE.format(n)


def _facts(transcript, marks, about):
    found = {"{": [], "[": [], "<": []}
    events, matters, problems, lost = [], [], [], set()
    for n, (bracket, name, confidence, meaning, speaker_confidence) in enumerate(marks):
        first = next(i for i, w in enumerate(transcript.words) if _OPEN.format(n) in w.text)
        last = next(i for i, w in enumerate(transcript.words) if _CLOSE.format(n) in w.text)
        start_s, end_s = transcript.words[first].start_s, transcript.words[last].end_s
        speaker = transcript.words[first].speaker
        if bracket == "{":
            basis = "meaning" if meaning else "wording"
            found["{"] += [
                Disclosure(kind, speaker, start_s, end_s, confidence, basis, speaker_confidence)
                for kind in name.split("+")
            ]
        elif bracket == "[":
            found["["].append(PersonalData(name, speaker, start_s, end_s, confidence, value_hmac=f"hmac-{n}"))
        elif name in get_args(EventKind):
            events.append(CallEvent(name, speaker, start_s, end_s, confidence))
        elif name in get_args(Sensitivity):
            matters.append(SensitiveMatter(name, speaker, start_s, end_s, confidence))
        elif name in get_args(AudioProblemKind):
            problems.append(AudioProblem(name, start_s, end_s))
            lost |= {i for i in range(first, last + 1) if transcript.words[i].speaker == speaker}
        else:
            raise ValueError(f"{name}: neither event, sensitivity nor audio problem")
    heard = Transcript(tuple(w for i, w in enumerate(transcript.words) if i not in lost))
    end_s = max((w.end_s for w in transcript.words), default=0.0)
    return RecordingFacts(
        duration_s=float(about.get("duration_s", end_s)),
        speech=tuple(SpeechSpan(t.speaker, t.start_s, t.end_s) for t in heard.turns(max_gap_s=0.8)),
        language=about.get("language", "en"),
        language_confidence=float(about.get("language_confidence", 1.0)),
        coverage=about.get("coverage", "unknown"),
        disclosures=tuple(found["{"]),
        events=tuple(events),
        personal_data=tuple(found["["]),
        matters=tuple(matters),
        audio_problems=tuple(problems),
    )
