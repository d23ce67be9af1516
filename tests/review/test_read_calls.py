"""Calls whose words were read in a transcript: there is nothing to play, and the page says so."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from archives import card_finding, finding, heard_call, name_observation

from scanner.review.playback import NoRecording, Player
from scanner.store import Store


def read_call(uri):
    call = heard_call(uri, call_id="read", findings=(finding(), card_finding(), name_observation()))
    heard = replace(call.heard, channels=None, sample_rate=None, agent_channel=None, model_id="transcript:webvtt")
    return replace(call, heard=heard)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """One call, read in a transcript that is still there."""
    folder = tmp_path_factory.mktemp("archive")
    path = folder / "read.vtt"
    path.write_text("WEBVTT\n")
    call = read_call(path)
    Store(str(folder / "out")).write_part([call], name="a", scan_date=date(2026, 4, 1))
    return folder / "out", [call]


def test_the_page_shows_it_without_a_player(rita):
    """Findings, words and where they came from; no button that would play, and no waveform."""
    page = rita.get(f"/calls/{rita.key_of('read')}").text
    assert "transcript:webvtt" in page
    assert "there is no recording to play" in page
    assert "[CREDIT_CARD ending 1111]" in page
    assert "Words from" in page
    assert not any(
        mark in page for mark in ("<audio", "data-play", "data-seek", "/waveform", "None Hz", "None channel")
    )


@pytest.mark.parametrize("part", ["waveform", "audio"])
def test_its_sound_is_refused_with_the_reason(rita, part):
    """Who asks for it all the same is told, and nothing breaks."""
    answer = rita.get(f"/calls/{rita.key_of('read')}/{part}")
    assert answer.status_code == 409
    assert "read in a transcript" in answer.text


def test_it_can_be_decided_and_exported(rita):
    """A decision needs no sound, and the package says why it has no clips."""
    key = rita.key_of("read")
    assert rita.get(f"/calls/{key}/states").status_code == 200
    answer = rita.post(f"/calls/{key}/evidence")
    assert answer.status_code == 200
    with zipfile.ZipFile(BytesIO(answer.content)) as package:
        assert "read in a transcript" in json.loads(package.read("manifest.json"))["clips_missing"]
        report = package.read("report.html").decode()
        assert "Transcript SHA-256" in report
        assert "Words from" in report


def test_the_player_opens_nothing_for_it(tmp_path):
    """Whatever lies where the transcript was is not decoded."""
    with pytest.raises(NoRecording):
        Player().sound(read_call(tmp_path / "x.wav"))
