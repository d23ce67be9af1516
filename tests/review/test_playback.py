import wave
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from archives import SCAN, card_finding, failed_call, finding, heard_call, name_observation, sha256_of, tone
from hypothesis import given
from hypothesis import strategies as st

from scanner.asr.transcriber import SAMPLE_RATE
from scanner.detections import MaskedText
from scanner.errors import MissingRecording
from scanner.masking import MaskedTurn
from scanner.review.playback import (
    ChangedRecording,
    ForeignScheme,
    Player,
    Sound,
    UnknownContent,
    outline,
    peaks,
    wav_file,
)
from scanner.review.silence import silent_spans
from scanner.transcript import Span


def samples_of(data):
    with wave.open(BytesIO(data)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, file.getnchannels())
        return file.getframerate(), frames


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    path = tone(tmp_path_factory.mktemp("rec") / "a.wav")
    return heard_call(
        path, sha256=sha256_of(path), findings=(card_finding((20.0, 26.0)), name_observation((14.0, 15.0)))
    )


def whole(file):
    return b"".join(file.read(0, file.size))


def test_what_is_played_is_a_wav_file_of_the_whole_call(recorded):
    """Any browser plays it: 16 bit, both channels, as long as the call."""
    rate, frames = samples_of(whole(Player().wav(recorded, masked=False)))
    assert rate == SAMPLE_RATE
    assert frames.shape == (40 * SAMPLE_RATE, 2)


def test_nothing_is_left_of_personal_data(recorded):
    """Every sample of every channel is zero while a value is spoken, with a margin; the rest is as it was."""
    player = Player()
    _, masked = samples_of(whole(player.wav(recorded, masked=True)))
    _, clear = samples_of(whole(player.wav(recorded, masked=False)))
    for start, end in ((20.0, 26.0), (14.0, 15.0)):
        a, b = int((start - 0.25) * SAMPLE_RATE), int((end + 0.25) * SAMPLE_RATE)
        assert not masked[a:b].any()
        assert clear[a:b].any()
    assert (masked[: 13 * SAMPLE_RATE] == clear[: 13 * SAMPLE_RATE]).all()
    assert (masked[27 * SAMPLE_RATE :] == clear[27 * SAMPLE_RATE :]).all()


@given(cuts=st.lists(st.integers(0, 44 + 4000), min_size=1, max_size=6), channels=st.integers(1, 3))
def test_ranges_put_together_are_the_file(cuts, channels):
    """However a player cuts its requests, the same bytes come back."""
    sound = Sound(tuple(np.arange(1000, dtype=np.int16) + 1000 * c for c in range(channels)))
    file = wav_file(sound, silenced=[Span(0.01, 0.02)])
    bounds = sorted({0, *(min(c, file.size) for c in cuts), file.size})
    pieces = [b"".join(file.read(a, b)) for a, b in pairwise(bounds)]
    assert b"".join(pieces) == whole(file)
    assert len(whole(file)) == file.size


def test_channels_of_different_length_end_in_silence():
    """A channel that stops early does not shift the other."""
    sound = Sound((np.full(100, 5, np.int16), np.full(60, 7, np.int16)))
    _, frames = samples_of(whole(wav_file(sound, silenced=())))
    assert frames[:, 0].tolist() == [5] * 100
    assert frames[:, 1].tolist() == [7] * 60 + [0] * 40


def test_a_clip_is_silenced_as_the_whole_is(recorded):
    """Silence is on the call's clock, not on the clip's."""
    player = Player()
    _, clip = samples_of(whole(player.wav(recorded, masked=True, span=Span(18.0, 28.0))))
    _, full = samples_of(whole(player.wav(recorded, masked=True)))
    assert (clip == full[18 * SAMPLE_RATE : 28 * SAMPLE_RATE]).all()


def test_the_waveform_shows_no_silenced_sound(recorded):
    """Spoken digits could be counted in it."""
    channel = Player().sound(recorded).channels[0]
    drawn = peaks(channel, columns=400, silenced=silent_spans(recorded))
    assert drawn[200:260].max() == 0
    assert drawn[:40].min() > 0.2
    assert outline(drawn).startswith("M0 50.0 L0 ")


def test_an_empty_channel_is_drawn_as_a_line():
    """No samples, no peaks, no error."""
    assert peaks(np.zeros(0, np.int16), columns=10, silenced=()).tolist() == [0] * 10


def test_a_number_that_only_masking_caught_is_silenced_where_it_probably_is():
    """Its seconds are not stored: half of the turn is before it, so the middle of the turn goes."""
    turn = MaskedTurn(
        "customer", 10.0, 30.0, MaskedText("so let me see here it is now [NUMBER] and that was all of it I think")
    )
    spans = silent_spans(heard_call("/x.wav", turns=(turn,)))
    assert len(spans) == 1
    assert 14 < spans[0].start_s < 20 < spans[0].end_s < 25


def test_a_masked_value_with_known_seconds_is_silenced_once():
    """The label in the transcript and the value are the same thing."""
    spans = silent_spans(
        heard_call(
            "/x.wav",
            findings=(card_finding((19.5, 24.0)),),
            turns=(
                MaskedTurn(
                    "customer",
                    18.0,
                    27.0,
                    MaskedText("And my card is [CREDIT_CARD ending 1111] and it expires next spring."),
                ),
            ),
        )
    )
    assert spans == (Span(19.25, 24.25),)


def test_a_call_without_personal_data_is_not_silenced():
    """Square brackets that mask nothing are not labels."""
    turn = MaskedTurn("agent", 0.0, 9.0, MaskedText("press [star] or see note [a] please"))
    assert silent_spans(heard_call("/x.wav", findings=(finding(),), turns=(turn,))) == ()


def test_a_call_that_was_not_understood_is_not_played_as_if_it_were_masked(tmp_path):
    """In another language, or not scanned at all: nobody knows where a card number is read out."""
    path = tone(tmp_path / "a.wav", seconds=1)
    foreign = finding("unsupported_language", status="needs_review", severity="low")
    for call in (heard_call(path, sha256=sha256_of(path), findings=(foreign,)), failed_call(path)):
        with pytest.raises(UnknownContent):
            Player().wav(call, masked=True)
    assert Player().wav(heard_call(path, sha256=sha256_of(path), findings=(foreign,)), masked=False).size > 44


def test_only_the_recording_that_was_scanned_is_played(tmp_path):
    """Gone, changed, or somewhere this page does not read from."""
    path = tone(tmp_path / "a.wav", seconds=1)
    player = Player()
    with pytest.raises(ChangedRecording):
        player.sound(heard_call(path, sha256="0" * 64))
    with pytest.raises(MissingRecording):
        player.sound(heard_call(tmp_path / "gone.wav"))
    for uri in ("http://169.254.169.254/latest/x.wav", "https://x/y.wav", "ftp://x/y.wav", "memory://x.wav"):
        with pytest.raises(ForeignScheme):
            player.sound(heard_call(uri, scan=SCAN))


def test_recordings_in_memory_have_a_limit(tmp_path):
    """The last ones are kept, whatever their number."""
    calls = []
    for i in range(4):
        path = tone(tmp_path / f"{i}.wav", seconds=2, seed=i)
        calls.append(heard_call(path, sha256=sha256_of(path)))
    player = Player(cache_bytes=300_000)  # two sounds of 2 s in two channels
    for call in calls:
        player.sound(call)
    assert len(player._sounds) == 2
    assert player.sound(calls[-1]) is player.sound(calls[-1])


def test_the_page_plays_ranges_of_the_masked_recording(rita):
    """As media players ask for them: parts, open ends, the tail, nonsense, nothing."""
    key = rita.key_of("call-1")
    whole_file = rita.get(f"/calls/{key}/audio")
    size = len(whole_file.content)
    assert whole_file.status_code == 200
    assert whole_file.headers["content-type"] == "audio/wav"
    for asked, first, last in (
        ("bytes=0-99", 0, 99),
        ("bytes=1000-", 1000, size - 1),
        ("bytes=-10", size - 10, size - 1),
        (f"bytes=5-{size * 2}", 5, size - 1),
    ):
        answer = rita.get(f"/calls/{key}/audio", headers={"range": asked})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert answer.content == whole_file.content[first : last + 1]
    beyond = rita.get(f"/calls/{key}/audio", headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for odd in ("bytes=a-b", "bytes=9-5-", "chunks=0-1", "bytes=-", "bytes=0-1,5-6"):
        assert rita.get(f"/calls/{key}/audio", headers={"range": odd}).status_code == 200
    _, frames = samples_of(whole_file.content)
    assert not frames[20 * SAMPLE_RATE : 26 * SAMPLE_RATE].any()


def test_a_recording_that_is_gone_is_said_to_be(rita):
    """The findings stay to be seen; only the sound is missing."""
    key = rita.key_of("call-4")
    assert rita.get(f"/calls/{key}").status_code == 200
    answer = rita.get(f"/calls/{key}/waveform")
    assert answer.status_code == 409
    assert "no longer where it was" in answer.text
    broken = rita.key_of("call-broken")
    assert rita.get(f"/calls/{broken}").status_code == 200
    assert rita.get(f"/calls/{broken}/waveform").status_code == 409
    assert rita.get(f"/calls/{broken}/audio").status_code == 409


def test_marks_stand_on_the_channel_of_who_spoke(rita):
    """The agent's denial on the agent's channel, the customer's card on the customer's."""
    import re

    page = rita.get(f"/calls/{rita.key_of('call-1')}/waveform").text
    agent, customer = page.split('<div class="wave">')[1:3]
    assert re.findall(r"<title>([A-Z][a-z ]+)", agent) == ["Recording denied "]
    assert re.findall(r"<title>([A-Z][a-z ]+)", customer) == ["Personal data recorded ", "Card number recorded "]
