"""Amazon Transcribe: batch jobs (plain, by channel, by speaker), Call Analytics, and Connect's Contact Lens.

Formats as in https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-it-works-output, channel-id.html,
diarization.html, call-analytics-batch.html and https://docs.aws.amazon.com/connect/latest/adminguide/
contact-lens-example-output-files.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.transcripts.fields import number_of, object_of, objects_of, probability_of, seconds_of, text_of
from scanner.transcripts.given import Cue, GivenTranscript, GivenWord, words_of
from scanner.transcripts.language import language_code

_MS = 1000.0


def is_transcribe_job(content: object) -> bool:
    """Whether it is what a batch job of Amazon Transcribe writes."""
    results = object_of(object_of(content).get("results"))
    return isinstance(results.get("items"), list) or "channel_labels" in results


def read_transcribe_job(content: Mapping[str, Any]) -> GivenTranscript:
    """A batch job's output, by channel where it has channel labels, else by its speaker labels."""
    results = object_of(content.get("results"))
    channels = objects_of(object_of(results.get("channel_labels")).get("channels"))
    if channels:
        runs = [_runs(objects_of(c.get("items")), lambda _item, c=c: text_of(c.get("channel_label"))) for c in channels]
        cues = tuple(cue for run in runs for cue in run)
    else:
        speakers = _speakers_by_start(objects_of(object_of(results.get("speaker_labels")).get("segments")))
        cues = tuple(
            _runs(
                objects_of(results.get("items")),
                lambda i: text_of(i.get("speaker_label")) or speakers.get(str(i.get("start_time"))),
            )
        )
    language, confidence = _language(results)
    return GivenTranscript("amazon-transcribe", cues, language, confidence, by_channel=bool(channels))


def is_call_analytics(content: object) -> bool:
    """Whether it is a transcript of Call Analytics or Contact Lens: turns with their participants."""
    turns = objects_of(object_of(content).get("Transcript"))
    return bool(turns) and any("ParticipantRole" in t or "ParticipantId" in t for t in turns)


def read_call_analytics(content: Mapping[str, Any]) -> GivenTranscript:
    """A post-call transcript: turns of AGENT and CUSTOMER, with times of words where it has items."""
    roles = {
        text_of(p.get("ParticipantId")): text_of(p.get("ParticipantRole"))
        for p in objects_of(content.get("Participants"))
    }
    cues = []
    for turn in objects_of(content.get("Transcript")):
        identity = text_of(turn.get("ParticipantId"))
        items = objects_of(turn.get("Items"))
        words = tuple(
            _words(items, content="Content", start="BeginOffsetMillis", end="EndOffsetMillis", per_second=_MS)
        )
        cues.append(
            Cue(
                label=text_of(turn.get("ParticipantRole")) or roles.get(identity) or identity,
                start_s=seconds_of(turn.get("BeginOffsetMillis"), per_second=_MS),
                end_s=seconds_of(turn.get("EndOffsetMillis"), per_second=_MS),
                words=words or words_of(text_of(turn.get("Content")) or ""),
            )
        )
    talk = object_of(content.get("ConversationCharacteristics"))
    return GivenTranscript(
        "amazon-contact-lens" if "Participants" in content else "amazon-call-analytics",
        tuple(cues),
        language_code(text_of(content.get("LanguageCode"))),
        duration_s=seconds_of(talk.get("TotalConversationDurationMillis"), per_second=_MS),
    )


def _runs(items: Iterable[Mapping[str, Any]], label_of: Any) -> Iterator[Cue]:
    """Items in order, those of one voice together; a punctuation mark goes with the word before it."""
    label: str | None = None
    run: list[Mapping[str, Any]] = []
    for item in items:
        mine = label if run and _is_mark(item) else label_of(item)
        if run and mine != label:
            yield _cue(label, run)
            run = []
        label = mine
        run.append(item)
    if run:
        yield _cue(label, run)


def _cue(label: str | None, items: Iterable[Mapping[str, Any]]) -> Cue:
    words = tuple(_words(items, content="content", start="start_time", end="end_time"))
    starts = [w.start_s for w in words if w.start_s is not None]
    ends = [w.end_s for w in words if w.end_s is not None]
    return Cue(label, min(starts, default=None), max(ends, default=None), words)


def _words(
    items: Iterable[Mapping[str, Any]], *, content: str, start: str, end: str, per_second: float = 1.0
) -> Iterator[GivenWord]:
    word: GivenWord | None = None
    for item in items:
        said = next(iter(objects_of(item.get("alternatives"))), item)
        text = text_of(said.get(content))
        if text is None:
            continue
        if _is_mark(item) and word is not None:
            word = GivenWord(word.text + text.strip(), word.start_s, word.end_s, word.probability)
            continue
        if word is not None:
            yield word
        sure = probability_of(said.get("confidence", said.get("Confidence")))
        start_s, end_s = (seconds_of(item.get(key), per_second=per_second) for key in (start, end))
        word = GivenWord(text.strip(), start_s, end_s, sure)
    if word is not None:
        yield word


def _is_mark(item: Mapping[str, Any]) -> bool:
    return (item.get("type") or item.get("Type")) == "punctuation"


def _speakers_by_start(segments: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who speaks the item that starts then: older jobs say it beside the items only."""
    found: dict[str, str] = {}
    for segment in segments:
        for item in objects_of(segment.get("items")):
            speaker = text_of(item.get("speaker_label")) or text_of(segment.get("speaker_label"))
            if speaker is not None:
                found[str(item.get("start_time"))] = speaker
    return found


def _language(results: Mapping[str, Any]) -> tuple[str | None, float]:
    """The language that the job was told, or the likeliest that it identified, with its score."""
    scores = {
        text_of(g.get("code")) or "": number_of(g.get("score")) or 0.0
        for g in objects_of(results.get("language_identification"))
    }
    code = text_of(results.get("language_code")) or max(scores, key=lambda c: scores[c], default=None)
    return language_code(code), scores.get(code or "", 1.0)
