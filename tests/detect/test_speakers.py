"""Who speaks, by channel: the company's channel from metadata or words, machines on it, echoes of the other side."""

from dataclasses import replace

import pytest

from scanner.detect.speakers import assign_speakers
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import Transcript, Word

PHARMACY = """
0:01 system: Thank you for calling Birchwood Pharmacy. For refills, press one. Please stay on the line.
0:09 agent: Pharmacy, this is Lou, how can I help you?
0:13 customer: Hi, I need to refill my prescription.
0:17 agent: Sure. Can I get your date of birth?
0:20 customer: March third, nineteen eighty.
0:24 agent: Thank you. It will be ready at five.
0:27 customer: Great, thanks.
"""
OUTBOUND = """
0:01 customer: Hello?
0:02 agent: Good afternoon, this is Priya calling from Larkspur Solar. Am I speaking with the homeowner?
0:08 customer: Yeah, that's me.
0:10 agent: I'm calling about your quote. Do you have a minute?
0:14 customer: I guess so. How much is it?
"""


def swapped(transcript):
    return replace(transcript, words=tuple(replace(w, channel=1 - w.channel) for w in transcript.words))


def speakers_by_channel(transcript):
    return {c: {w.speaker for w in transcript.words if w.channel == c} for c in {w.channel for w in transcript.words}}


def echoed(transcript, *, source, onto, delay_s, probability, first=0, last=None):
    """The transcript with words of one channel heard faintly on the other, too."""
    said = [w for w in transcript.words if w.channel == source][first:last]
    faint = [
        replace(w, channel=onto, start_s=w.start_s + delay_s, end_s=w.end_s + delay_s, probability=probability)
        for w in said
    ]
    return Transcript.of([*transcript.words, *faint])


def text_of(transcript, channel):
    return " ".join(w.text for w in transcript.words if w.channel == channel)


@pytest.mark.parametrize("dialogue", [PHARMACY, OUTBOUND])
@pytest.mark.parametrize("swap", [False, True])
def test_words_tell_the_channels_apart(dialogue, swap):
    """Without metadata the agent's channel is found from what is said, whichever it is."""
    truth = parse_dialogue(dialogue)
    truth = swapped(truth) if swap else truth
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=None)
    assert (found.agent_channel, found.agent_channel_source) == (int(swap), "words")
    assert [w.speaker == "customer" for w in found.transcript.words] == [w.speaker == "customer" for w in truth.words]


def test_metadata_outweighs_words():
    """The agent's channel is the metadata's even where the words suggest the other."""
    truth = swapped(parse_dialogue(PHARMACY))
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0)
    assert (found.agent_channel, found.agent_channel_source) == (0, "metadata")
    assert speakers_by_channel(found.transcript)[0] == {"agent"}


def test_a_channel_that_is_not_there_is_not_believed():
    """Metadata that names a third channel of two counts as no metadata."""
    found = assign_speakers(without_speakers(parse_dialogue(PHARMACY)), channels=2, agent_channel=2)
    assert (found.agent_channel, found.agent_channel_source) == (0, "words")


def test_nothing_telling_leaves_both_unknown():
    """Two channels that say nothing telling have no speakers, and say so."""
    found = assign_speakers(
        without_speakers(parse_dialogue("0:01 agent: Tuesday afternoon.\n0:04 customer: Tuesday evening.")),
        channels=2,
        agent_channel=None,
    )
    assert found.agent_channel is None
    assert found.agent_channel_source == "unknown"
    assert {w.speaker for w in found.transcript.words} == {"unknown"}
    assert all(w.speaker_confidence < 0.8 for w in found.transcript.words)


def test_no_words_no_speakers():
    """A call without words has no agent's channel."""
    found = assign_speakers(Transcript(), channels=2, agent_channel=None)
    assert (found.transcript.words, found.agent_channel, found.agent_channel_source) == ((), None, "unknown")


def test_a_machine_on_the_companys_channel_is_system():
    """Menus and queue announcements are system, the person after them agent."""
    found = assign_speakers(without_speakers(parse_dialogue(PHARMACY)), channels=2, agent_channel=0)
    turns = [(t.speaker, t.words[0].text) for t in found.transcript.turns() if t.channel == 0]
    assert turns[0] == ("system", "Thank")
    assert {speaker for speaker, _ in turns[1:]} == {"agent"}


def test_a_person_who_mentions_the_recording_is_no_machine():
    """A human greeting with a recording notice stays agent."""
    truth = parse_dialogue("""
    0:01 agent: Thanks for calling Ridgeway Tires, this call is recorded, my name is Ben, how can I help?
    0:08 customer: I need two winter tires.
    """)
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0)
    assert speakers_by_channel(found.transcript) == {0: {"agent"}, 1: {"customer"}}


def test_a_second_agent_is_an_agent():
    """Whoever picks up after a transfer is agent too."""
    truth = parse_dialogue("""
    0:01 agent: Ridgeway Tires, Ben speaking. Let me transfer you to our warehouse.
    0:06 customer: Okay.
    0:12 agent: Hello, this is Sofia in the warehouse. What tire size do you need?
    """)
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0)
    assert speakers_by_channel(found.transcript) == {0: {"agent"}, 1: {"customer"}}


@pytest.mark.parametrize("delay_s", [0.025, 0.1, 0.2])
@pytest.mark.parametrize("probability", [0.3, 0.7])
def test_an_echo_on_the_customers_channel_is_dropped(delay_s, probability):
    """The agent's words heard faintly on the customer's channel are not the customer's."""
    truth = parse_dialogue(PHARMACY)
    noisy = echoed(truth, source=0, onto=1, delay_s=delay_s, probability=probability, first=0, last=15)
    found = assign_speakers(without_speakers(noisy), channels=2, agent_channel=0)
    assert text_of(found.transcript, 1) == text_of(truth, 1)
    assert text_of(found.transcript, 0) == text_of(truth, 0)


def test_an_echo_of_the_customer_on_the_agents_channel_is_dropped():
    """An echo is dropped in either direction, garbled words in its middle included."""
    truth = parse_dialogue(PHARMACY)
    noisy = echoed(truth, source=1, onto=0, delay_s=0.1, probability=0.5, first=0, last=8)
    garbled = tuple(
        replace(w, text="feel") if w.channel == 0 and w.text == "refill" and w.probability == 0.5 else w
        for w in noisy.words
    )
    found = assign_speakers(without_speakers(replace(noisy, words=garbled)), channels=2, agent_channel=0)
    assert text_of(found.transcript, 0) == text_of(truth, 0)


@pytest.mark.parametrize(
    "dialogue",
    [
        pytest.param(
            "0:01 customer: four one one one two two\n0:03.2 agent: four one one one two two", id="read back after it"
        ),
        pytest.param("0:01 agent: Okay.\n0:01 customer: Okay.", id="both say okay at once"),
        pytest.param("0:01 agent: Bye bye.\n0:01.1 customer: Bye bye.", id="both say bye at once"),
        pytest.param(
            "0:01 agent: So the total is ten dollars today.\n0:01.2 customer: Sorry what is the total again please.",
            id="different words at once",
        ),
        pytest.param(
            "0:01 agent: nine nine nine nine nine\n0:03 customer: nine nine nine nine nine", id="same digits later"
        ),
    ],
)
def test_what_both_really_say_is_kept(dialogue):
    """A read-back, a courtesy said by both at once and talking over each other are no echoes."""
    truth = parse_dialogue(dialogue)
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0)
    assert len(found.transcript.words) == len(truth.words)


def test_two_channels_of_one_sound_are_mono():
    """Where both channels carry everything, each word is kept once and speakers are found from the words."""
    truth = parse_dialogue(PHARMACY, mono=True)
    doubled = Transcript.of([*truth.words, *(replace(w, channel=1) for w in truth.words)])
    found = assign_speakers(without_speakers(doubled), channels=2, agent_channel=0)
    assert len(found.transcript.words) == len(truth.words)
    assert {w.speaker for w in found.transcript.words} >= {"agent", "customer"}


def test_a_conversation_on_one_of_two_channels_is_mono():
    """Where one channel is dead and the other carries both voices, metadata does not make all of it the agent's."""
    truth = parse_dialogue(PHARMACY, mono=True)
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0)
    assert {w.speaker for w in found.transcript.words} >= {"agent", "customer"}


def test_one_side_on_one_of_two_channels_stays_that_side():
    """Where only the agent's channel has words, and they are an agent's, all of them are the company's."""
    truth = parse_dialogue(PHARMACY)
    agent_only = replace(truth, words=tuple(w for w in truth.words if w.channel == 0))
    found = assign_speakers(without_speakers(agent_only), channels=2, agent_channel=0)
    assert {w.speaker for w in found.transcript.words} <= {"agent", "system"}
    assert (found.agent_channel, found.agent_channel_source) == (0, "metadata")


def test_more_than_two_channels_are_each_judged():
    """Of three channels the known agent's is the company's, a second company voice is found by its words."""
    truth = parse_dialogue(PHARMACY)
    third = [
        Word(w.text, w.start_s + 30, w.end_s + 30, 1.0, 2)
        for w in parse_dialogue(
            "0:01 agent: Hi, this is Dana in billing, thank you for holding. How can I help you?\n"
            "0:08 agent: I see a balance on your account. Would you like me to waive it?"
        ).words
    ]
    found = assign_speakers(without_speakers(Transcript.of([*truth.words, *third])), channels=3, agent_channel=0)
    by_channel = speakers_by_channel(found.transcript)
    assert by_channel[1] == {"customer"}
    assert by_channel[2] == {"agent"}
    assert found.agent_channel == 0


def test_no_word_is_lost_or_moved():
    """Assignment changes speakers and nothing else."""
    truth = parse_dialogue(PHARMACY)
    found = assign_speakers(without_speakers(truth), channels=2, agent_channel=0).transcript
    assert [(w.text, w.start_s, w.channel) for w in found.words] == [
        (w.text, w.start_s, w.channel) for w in truth.words
    ]


def test_same_words_same_speakers():
    """The same transcript is assigned the same way twice."""
    given = without_speakers(parse_dialogue(PHARMACY, mono=True))
    assert assign_speakers(given, channels=1, agent_channel=None) == assign_speakers(
        given, channels=1, agent_channel=None
    )
