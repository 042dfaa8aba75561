from __future__ import annotations

import pytest

from edge.phrasebook import Phrases
from edge.tools import BadArguments, SoundTools
from tests.wearable_fakes import FakeMixer, FakeTime, FakeVoice


def sound(mixer: FakeMixer, voice: FakeVoice | None = None) -> SoundTools:
    """Give sound tools on these."""
    return SoundTools(mixer, voice or FakeVoice(), Phrases(FakeTime().now))


def test_louder_and_quieter_stay_in_range() -> None:
    mixer = FakeMixer(95)
    assert sound(mixer).change_volume("up").say == "The volume is at one hundred percent."
    assert sound(mixer).change_volume("down").say == "The volume is at ninety percent."
    mixer.percent = 5
    assert sound(mixer).change_volume("down").say == "The volume is at zero percent."


def test_the_volume_that_is_told_is_the_one_that_the_mixer_took() -> None:
    assert sound(FakeMixer(grain=25)).set_volume(60).say == "The volume is at fifty percent."


@pytest.mark.parametrize("percent", [-1, 101])
def test_no_such_volume(percent: int) -> None:
    with pytest.raises(BadArguments):
        sound(FakeMixer()).set_volume(percent)


def test_without_a_mixer_nothing_is_claimed() -> None:
    tools = sound(FakeMixer(None))
    assert tools.set_volume(5).say == tools.change_volume("up").say == "I cannot change the volume from here."


def test_again_and_stop() -> None:
    voice = FakeVoice("It is noon.")
    assert sound(FakeMixer(), voice).repeat().say == "It is noon."
    assert sound(FakeMixer()).repeat().say == "I have not said anything yet."
    assert sound(FakeMixer(), voice).stop().say == ""
    assert voice.hushed
