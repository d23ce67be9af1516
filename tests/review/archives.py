"""Archives for the tests: calls as a scan would store them, a few with a real recording, or a hundred thousand."""

import hashlib
import random
import wave
from datetime import UTC, date, datetime, timedelta

import numpy as np

from scanner.calls import CallInfo
from scanner.detections import AudioProblem, Disclosure, MaskedText, PersonalData, RecordingFacts, SpeechSpan
from scanner.findings import Finding, Judgement
from scanner.masking import MaskedTurn
from scanner.store import Failure, Heard, RecordingFile, Scan, Store, StoredCall
from scanner.transcript import Span

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STATES = ("US-CA", "US-WA", "US-FL", "US-IL", "US-PA", "US-TX", "US-NY", "US")
QUEUES = ("support", "billing", "orders", "claims", "retention")
SCAN = Scan("scan-1", START + timedelta(days=30), "0.1.0", "us", "c" * 64)


def tone(path, *, seconds=40.0, rate=8000, channels=2, seed=1):
    """A recording: on each channel a tone of its own that comes and goes, so that silence is told from sound."""
    t = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(seed).integers(-40, 40, (len(t), channels))
    sound = np.stack(
        [
            np.where((t / 4 + c).astype(int) % 2 == 0, 9000, 700) * np.sin(2 * np.pi * (300 + 170 * c) * t)
            for c in range(channels)
        ],
        axis=1,
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound + noise).astype("<i2").tobytes())
    return path


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def finding(rule="missing_recording_disclosure", *, status="violation", severity="high", at=None, **more):
    category = "personal_data" if "card" in rule or rule == "personal_data_recorded" else "consent"
    start, end = at or (None, None)
    said = "No notice of recording was heard in this recording; California asks for one in the first 30 s of speech."
    defaults = {"explanation": said, "reference": "Cal. Penal Code § 632.7", "confidence": 0.9}
    return Finding(rule, category, status, severity, **{**defaults, **more}, start_s=start, end_s=end)


def card_finding(at=(20.0, 26.0)):
    return finding(
        "card_number_recorded",
        severity="critical",
        at=at,
        speaker="customer",
        entity_type="CREDIT_CARD",
        value_hmac="ab" * 32,
        excerpt=MaskedText("my card is [CREDIT_CARD ending 1111] and it"),
        explanation="The customer read a full card number aloud at 0:20, and the recording holds it.",
        reference="PCI DSS v4.0.1, 3.5.1",
    )


def denial_finding(at=(8.0, 11.0)):
    return finding(
        "false_denial_of_recording",
        severity="high",
        at=at,
        speaker="agent",
        excerpt=MaskedText("no we never record these calls"),
        explanation="At 0:08 the agent says that the call is not recorded, and the recording goes on.",
        confidence=0.82,
    )


def name_observation(at=(14.0, 15.0)):
    return finding(
        "personal_data_recorded",
        status="observation",
        severity="low",
        at=at,
        speaker="customer",
        entity_type="PERSON",
        value_hmac="cd" * 32,
        excerpt=MaskedText("yes this is [PERSON] speaking"),
        explanation="A name was said.",
        reference="policy us",
    )


def transcript(duration=40.0):
    lines = [
        ("agent", 0.5, 4.0, "Thank you for calling the outdoor shop, how can I help you today?"),
        ("customer", 4.2, 7.5, "Hi, before we start, is this call being recorded?"),
        ("agent", 8.0, 11.0, "No, we never record these calls."),
        ("customer", 12.0, 16.0, "Good, yes, this is [PERSON] speaking."),
        ("customer", 18.0, 27.0, "And my card is [CREDIT_CARD ending 1111] and it expires next spring."),
        ("agent", 28.0, 33.0, "Thank you, one moment while I place that order for you."),
    ]
    return tuple(MaskedTurn(s, a, b, MaskedText(t)) for s, a, b, t in lines if b <= duration)


def heard_call(
    uri,
    *,
    findings=(),
    call_id="call-1",
    sha256=None,
    verdict=None,
    duration=40.0,
    info=None,
    jurisdiction="US-CA",
    sensitivity="financial",
    scan=SCAN,
    turns=None,
    problems=(),
    disclosures=None,
    personal_data=None,
):
    """A call as a scan stores it; verdict and severity follow from its findings unless said."""
    order = ("none", "low", "medium", "high", "critical")
    statuses = {f.status for f in findings}
    verdict = verdict or next((s for s in ("violation", "needs_review") if s in statuses), "compliant")
    severity = max((f.severity for f in findings if f.status != "observation"), key=order.index, default="none")
    if personal_data is None:
        personal_data = tuple(
            PersonalData(
                f.entity_type,
                f.speaker,
                f.start_s,
                f.end_s,
                f.confidence,
                (Span(f.start_s, f.end_s),),
                f.value_hmac,
                f.excerpt,
            )
            for f in findings
            if f.entity_type
        )
    if disclosures is None:
        disclosures = (
            ()
            if "missing_recording_disclosure" in {f.rule for f in findings}
            else (Disclosure("recording", "agent", 1.0, 3.0, 0.97, excerpt=MaskedText("this call is recorded")),)
        )
    facts = RecordingFacts(
        duration_s=duration,
        speech=(SpeechSpan("agent", 0.5, 4.0), SpeechSpan("customer", 4.2, 27.0)),
        language="en",
        language_confidence=0.99,
        coverage="complete",
        disclosures=disclosures,
        personal_data=personal_data,
        audio_problems=problems,
    )
    return StoredCall(
        call_id=call_id,
        recording=RecordingFile(str(uri), sha256 or hashlib.sha256(str(uri).encode()).hexdigest(), 1000, 1),
        info=info or CallInfo(call_id=call_id, started_at=START, agent_id="agent-7", queue="support"),
        scan=scan,
        heard=Heard(
            channels=2,
            sample_rate=8000,
            speech_s=26.0,
            facts=facts,
            transcript=transcript(duration) if turns is None else turns,
            agent_channel=0,
            agent_channel_source="metadata",
            model_id="whisper-base@1234",
            detector_id="1+abcdef",
            value_hmac_key_id="0123456789ab",
            model_compute="cpu int8_float32",
        ),
        judgement=Judgement(
            verdict=verdict,
            severity=severity,
            findings=tuple(findings),
            jurisdiction=jurisdiction,
            jurisdiction_source="metadata",
            uncovered_s=12.0,
            sensitivity=sensitivity,
            training_eligible=verdict == "compliant",
            training_ineligible_reasons=() if verdict == "compliant" else ("no_ai_training_disclosure",),
        ),
    )


def failed_call(uri, call_id="call-broken"):
    return StoredCall(
        call_id=call_id,
        recording=RecordingFile(str(uri), "f" * 64),
        info=CallInfo(call_id=call_id, started_at=START, agent_id="agent-9", queue="billing"),
        scan=SCAN,
        failure=Failure("undecodable", "no audio could be decoded"),
    )


def small_archive(out, recordings):
    """Six calls, three of them with a real recording: the archive that most tests look at."""
    recordings.mkdir(exist_ok=True)
    first = tone(recordings / "call-5551234567.wav")
    second = tone(recordings / "second.wav", seed=2)
    third = tone(recordings / "mono.wav", channels=1, seed=3)
    at = lambda days: START + timedelta(days=days)  # noqa: E731
    calls = [
        heard_call(
            first,
            call_id="call-1",
            sha256=sha256_of(first),
            findings=(finding(), denial_finding(), name_observation(), card_finding()),
        ),
        heard_call(
            second,
            call_id="call-2",
            sha256=sha256_of(second),
            findings=(finding("late_recording_disclosure", severity="medium", at=(33.0, 36.0)),),
            info=CallInfo(call_id="call-2", started_at=at(1), agent_id="agent-8", queue="orders"),
            jurisdiction="US-WA",
            sensitivity="none",
        ),
        heard_call(
            third,
            call_id="call-3",
            sha256=sha256_of(third),
            findings=(finding("poor_audio", status="needs_review", severity="low", explanation="Speech is unclear."),),
            info=CallInfo(call_id="call-3", started_at=at(2), agent_id="agent-7", queue="claims"),
            problems=(AudioProblem("noisy", 0.0, 20.0),),
            sensitivity="health",
        ),
        heard_call("/nowhere/gone.wav", call_id="call-4", findings=(finding(severity="medium"),), sensitivity="legal"),
        heard_call("/nowhere/fine.wav", call_id="call-5", jurisdiction="US-TX", sensitivity="none"),
        failed_call(recordings / "broken.wav"),
    ]
    Store(str(out)).write_part(calls, name="a", scan_date=date(2026, 4, 1))
    return calls


RULE_MIX = (
    ("missing_recording_disclosure", "violation", "high"),
    ("late_recording_disclosure", "violation", "medium"),
    ("personal_data_before_disclosure", "violation", "medium"),
    ("missing_third_party_disclosure", "violation", "high"),
    ("missing_ai_training_disclosure", "violation", "medium"),
    ("card_number_recorded", "violation", "critical"),
    ("consent_refused_recording_continued", "violation", "critical"),
    ("poor_audio", "needs_review", "low"),
    ("missing_redisclosure_after_transfer", "needs_review", "medium"),
)


def random_calls(number, *, seed=7):
    """Calls of ninety days, most of them compliant; the same for the same seed."""
    dice = random.Random(seed)
    for i in range(number):
        findings = []
        if dice.random() < 0.35:
            for rule, status, severity in dice.sample(RULE_MIX, dice.choice((1, 1, 1, 2, 3))):
                at = round(dice.uniform(5, 200), 2)
                more = {}
                if rule == "card_number_recorded":
                    more = {"entity_type": "CREDIT_CARD", "value_hmac": f"{i:064x}", "speaker": "customer"}
                times = None if rule.startswith("missing") else (at, at + 3)
                findings.append(finding(rule, status=status, severity=severity, at=times, **more))
        if dice.random() < 0.5:
            findings.append(name_observation((12.0, 13.0)))
        said = dice.expovariate(1 / 14)
        name = f"call-{i:06d}"
        if dice.random() < 0.01:
            yield failed_call(f"/archive/{name}.wav", name)
            continue
        yield heard_call(
            f"/archive/{name}.wav",
            call_id=name,
            findings=findings,
            duration=300.0,
            jurisdiction=dice.choice(STATES),
            sensitivity=dice.choice(
                ("none", "none", "contact", "contact", "financial", "health", "legal", "credentials")
            ),
            info=CallInfo(
                call_id=name,
                started_at=START + timedelta(minutes=dice.randrange(90 * 1440)),
                agent_id=f"agent-{int(dice.triangular(1, 120, 5)):03d}",
                queue=dice.choice(QUEUES),
            ),
            disclosures=(
                Disclosure("recording", "agent", said, said + 2, 0.95, excerpt=MaskedText("this call is recorded")),
            )
            if not any(f.rule == "missing_recording_disclosure" for f in findings)
            else (),
        )


def large_archive(out, number=100_000, *, per_part=1000):
    """A whole archive of random calls, written part by part as a scan does."""
    store = Store(str(out))
    batch, part = [], 0
    for call in random_calls(number):
        batch.append(call)
        if len(batch) == per_part:
            store.write_part(batch, name=f"{part:05d}", scan_date=date(2026, 4, 1))
            batch, part = [], part + 1
    if batch:
        store.write_part(batch, name=f"{part:05d}", scan_date=date(2026, 4, 1))


if __name__ == "__main__":
    import sys

    large_archive(sys.argv[1], int(sys.argv[2]))
