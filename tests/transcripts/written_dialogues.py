"""A typed dialogue written out as others would have transcribed it: one function for each format."""

import json

from scanner.transcript import Transcript

NAMES = {"agent": "Agent", "customer": "Customer", "system": "System", "unknown": "Speaker 9"}


def turns_of(transcript: Transcript):
    """Its lines, a pause within a line and all, in order."""
    return transcript.turns(max_gap_s=0.01)


def clock(seconds, *, mark=".", hours=True):
    milliseconds = round(seconds * 1000)
    h, rest = divmod(milliseconds, 3_600_000)
    m, rest = divmod(rest, 60_000)
    return (f"{h:02}:" if hours or h else "") + f"{m:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def webvtt(transcript, names=None):
    names = names or NAMES
    cues = [
        f"{clock(t.start_s, hours=False)} --> {clock(t.end_s, hours=False)}\n<v {names[t.speaker]}>{t.text}\n"
        for t in turns_of(transcript)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def webvtt_with_moments(transcript):
    """Each word behind the moment at which it begins, as captions have it."""
    cues = [
        f"{clock(t.start_s)} --> {clock(t.end_s)}\n<v {NAMES[t.speaker]}>"
        + " ".join(f"<{clock(w.start_s)}>{w.text}" for w in t.words)
        + "\n"
        for t in turns_of(transcript)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def srt(transcript, form="{}: {}"):
    cues = [
        f"{n}\n{clock(t.start_s, mark=',')} --> {clock(t.end_s, mark=',')}\n{form.format(NAMES[t.speaker], t.text)}\n"
        for n, t in enumerate(turns_of(transcript), 1)
    ]
    return "\n".join(cues)


def srt_brackets(transcript):
    return srt(transcript, "[{}] {}")


def _items(words, **more):
    for word in words:
        text = word.text.rstrip(".,?!")
        sure = {"alternatives": [{"confidence": "1.0", "content": text or word.text}]}
        yield {
            "type": "pronunciation",
            "start_time": f"{word.start_s:.3f}",
            "end_time": f"{word.end_s:.3f}",
            **sure,
            **more,
        }
        for mark in word.text[len(text) :] if text else "":
            yield {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": mark}], **more}


def transcribe_channels(transcript):
    channels = [
        {"channel_label": f"ch_{c}", "items": list(_items([w for w in transcript.words if w.channel == c]))}
        for c in (0, 1)
    ]
    results = {"transcripts": [{"transcript": ""}], "channel_labels": {"number_of_channels": 2, "channels": channels}}
    return json.dumps({"jobName": "job", "accountId": "1", "status": "COMPLETED", "results": results})


def transcribe_speakers(transcript):
    """As older jobs have it: the speakers stand beside the items, and are found by when they start."""
    labels, items, segments = {}, [], []
    for turn in turns_of(transcript):
        label = labels.setdefault(turn.speaker, f"spk_{len(labels)}")
        mine = list(_items(turn.words))
        items += mine
        told = [
            {"start_time": i["start_time"], "end_time": i["end_time"], "speaker_label": label}
            for i in mine
            if "start_time" in i
        ]
        segments.append(
            {"start_time": f"{turn.start_s}", "end_time": f"{turn.end_s}", "speaker_label": label, "items": told}
        )
    speakers = {"speakers": len(labels), "segments": segments}
    results = {"language_code": "en-US", "transcripts": [], "speaker_labels": speakers, "items": items}
    return json.dumps({"jobName": "job", "status": "COMPLETED", "results": results})


def call_analytics(transcript, *, items=True):
    turns = []
    for turn in turns_of(transcript):
        written = {
            "Content": turn.text,
            "BeginOffsetMillis": round(turn.start_s * 1000),
            "EndOffsetMillis": round(turn.end_s * 1000),
            "ParticipantRole": "CUSTOMER" if turn.speaker == "customer" else "AGENT",
            "Sentiment": "NEUTRAL",
        }
        if items:
            written["Items"] = [
                {
                    "Type": i["type"],
                    "Content": i["alternatives"][0]["content"],
                    "Confidence": float(i["alternatives"][0]["confidence"]),
                    **({"BeginOffsetMillis": round(float(i["start_time"]) * 1000)} if "start_time" in i else {}),
                    **({"EndOffsetMillis": round(float(i["end_time"]) * 1000)} if "end_time" in i else {}),
                }
                for i in _items(turn.words)
            ]
        turns.append(written)
    return json.dumps({"JobStatus": "COMPLETED", "LanguageCode": "en-US", "Channel": "VOICE", "Transcript": turns})


def contact_lens(transcript):
    """Turns without items, whose participants are named elsewhere."""
    content = json.loads(call_analytics(transcript, items=False))
    for turn in content["Transcript"]:
        turn["ParticipantId"] = {"AGENT": "p-1", "CUSTOMER": "p-2"}[turn.pop("ParticipantRole")]
    content["Participants"] = [
        {"ParticipantId": "p-1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p-2", "ParticipantRole": "CUSTOMER"},
    ]
    return json.dumps(content)


def whisper(transcript, *, words=True):
    segments = []
    for number, turn in enumerate(turns_of(transcript)):
        segment = {"id": number, "start": turn.start_s, "end": turn.end_s, "text": " " + turn.text}
        if words:
            segment["words"] = [
                {"word": " " + w.text, "start": w.start_s, "end": w.end_s, "probability": w.probability}
                for w in turn.words
            ]
        segments.append(segment)
    return json.dumps({"text": "", "language": "en", "segments": segments})


def whisperx(transcript):
    """Words with digits have no times, since the aligner knows no sound for them."""
    labels, segments = {}, []
    for turn in turns_of(transcript):
        label = labels.setdefault(turn.speaker, f"SPEAKER_{len(labels):02}")
        words = [
            {"word": w.text}
            if any(c.isdigit() for c in w.text)
            else {"word": w.text, "start": w.start_s, "end": w.end_s, "score": 0.8, "speaker": label}
            for w in turn.words
        ]
        segments.append({"start": turn.start_s, "end": turn.end_s, "text": turn.text, "speaker": label, "words": words})
    return json.dumps({"segments": segments, "word_segments": [], "language": "en"})
