"""A typed dialogue, written out in each format, is the same call."""

import pytest
from written_dialogues import (
    call_analytics,
    contact_lens,
    srt,
    srt_brackets,
    transcribe_channels,
    transcribe_speakers,
    webvtt,
    webvtt_with_moments,
    whisper,
    whisperx,
)

from scanner.calls import CallInfo
from scanner.detect.personal_data import PersonalDataDetector
from scanner.dialogue import parse_dialogue
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.scan import CallFile, Detectors, HeardWords, judged_call
from scanner.scan_transcript import scan_transcript

POLICY = load_policy()
CALIFORNIA = CallInfo(caller_state="US-CA", third_party="Callvane", ai_analysis=True, agent_channel=0)

CALLS = {
    "violating": """
        0:00 system: Thank you for calling Harbor Dental.
        0:04 agent: Hi, this is Priya, how can I help you today?
        0:08 customer: Hello, I would like to pay my bill with a card, please.
        0:13 agent: Sure. What is the card number?
        0:16 customer: It is 4532 0151 1283 0366.
        0:21 agent: Thank you. And the three digits on the back?
        0:25 customer: 737.
        0:28 agent: Before we go on, this call is recorded. Is there anything else?
        0:34 customer: No, that is all, thank you.
        """,
    "compliant": """
        0:00 system: Thank you for calling Harbor Dental. This call is recorded, and our partner Callvane listens with software that analyzes it.
        0:10 agent: Hi, this is Priya, how can I help you today?
        0:14 customer: Hello, I am calling about the opening hours on Friday.
        0:19 agent: We are open from nine to five on Friday. Is there anything else I can do for you?
        0:25 customer: No, thank you, goodbye.
        """,
    "refused": """
        0:00 agent: Good morning, Harbor Dental, this is Priya on a recorded line. May I record this call?
        0:07 customer: No, I do not want to be recorded.
        0:11 agent: All right. Let us look at your bill then. What is your date of birth?
        0:16 customer: March third, nineteen eighty one.
        0:20 agent: Thank you, I see a balance of forty dollars on the account.
        0:25 customer: I will pay that next week.
        """,
}  # fmt: skip
TELL_WHO = {
    "webvtt": webvtt,
    "webvtt-moments": webvtt_with_moments,
    "srt": srt,
    "srt-brackets": srt_brackets,
    "call-analytics": call_analytics,
    "contact-lens": contact_lens,
    "channels": transcribe_channels,
}
BY_CONTENT = {"speakers": transcribe_speakers, "whisperx": whisperx}


@pytest.fixture(scope="module")
def detectors():
    return Detectors(PersonalDataDetector(), HashKey(b"0" * 16))


def typed(call, detectors):
    transcript = parse_dialogue(CALLS[call])
    heard = HeardWords(transcript, tuple(detectors.personal_data.detect(transcript)), (), None, "unknown")
    file = CallFile("typed", "0" * 64, max(w.end_s for w in transcript.words), "typed")
    return judged_call(file, heard, CALIFORNIA, policy=POLICY, detectors=detectors)


def written(text, folder, detectors):
    path = folder / "call.dat"
    path.write_text(text, encoding="utf-8")
    return scan_transcript(str(path), CALIFORNIA, policy=POLICY, detectors=detectors)


def side(speaker):
    return "company" if speaker in {"agent", "system"} else speaker


def findings(scanned):
    return sorted(
        (f.rule, f.status, f.severity, f.entity_type or "", side(f.speaker), f.value_hmac or "", f.excerpt)
        for f in scanned.judgement.findings
    )


def disclosures(scanned):
    return sorted((d.kind, side(d.speaker), d.basis, d.excerpt) for d in scanned.facts.disclosures)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("form", TELL_WHO | BY_CONTENT)
def test_the_same_call_gives_the_same_findings(form, call, detectors, tmp_path):
    """Verdict, findings, disclosures, masked words: whatever the words were written down in."""
    expected = typed(call, detectors)
    scanned = written((TELL_WHO | BY_CONTENT)[form](parse_dialogue(CALLS[call])), tmp_path, detectors)
    assert scanned.judgement.verdict == expected.judgement.verdict
    assert findings(scanned) == findings(expected)
    assert disclosures(scanned) == disclosures(expected)
    assert " ".join(t.text for t in scanned.transcript) == " ".join(t.text for t in expected.transcript)


@pytest.mark.parametrize(
    "form", [whisper, lambda t: whisper(t, words=False), lambda t: webvtt(t).replace("<v ", "<i ")]
)
@pytest.mark.parametrize("call", CALLS)
def test_without_speakers_they_are_found_by_what_is_said(call, form, detectors, tmp_path):
    """One voice for all is a mono recording: the same rules are broken."""
    expected = typed(call, detectors)
    scanned = written(form(parse_dialogue(CALLS[call])), tmp_path, detectors)
    assert scanned.judgement.verdict == expected.judgement.verdict
    assert {f.rule for f in scanned.judgement.findings} == {f.rule for f in expected.judgement.findings}


def test_times_stay_within_the_cue(detectors, tmp_path):
    """Words without times share their cue's: a finding lies inside the cue that it was read in."""
    scanned = written(srt(parse_dialogue(CALLS["violating"])), tmp_path, detectors)
    card = next(f for f in scanned.judgement.findings if f.rule == "card_number_recorded")
    assert 16.0 <= card.start_s < card.end_s <= 17.81


def test_the_row_says_what_it_is_and_what_it_is_not(detectors, tmp_path):
    """A transcript knows no channels and no sample rate, and says where its words came from."""
    scanned = written(webvtt(parse_dialogue(CALLS["violating"])), tmp_path, detectors)
    assert (scanned.channels, scanned.sample_rate, scanned.facts.audio_problems) == (None, None, ())
    assert scanned.model_id == "transcript:webvtt"
    assert scanned.facts.duration_s == pytest.approx(35.8)
    assert 0 < scanned.speech_s < 36
    assert "4532" not in repr(scanned)
