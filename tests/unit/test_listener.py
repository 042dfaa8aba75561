"""Facts about Listener: in a pause after words that are no command it takes a closer look."""

from __future__ import annotations

from collections import deque

import pytest

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.completeness import Endings, Judge
from edge.listener import Listener
from edge.turn_end import TurnEnd, TurnEndOptions
from models.asr import Heard, Partial
from models.llm import ToolCall

OPTIONS = TurnEndOptions()
COMMAND = "what time is it"
FRAME = bytes(2 * FRAME_SAMPLES)
PAUSE_S = (0.0, 0.1, 0.2, 0.3, 0.4)


class Templates:
    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        return ToolCall("tell_time", {}) if text == COMMAND else None


class Told:
    """A Recogniser that is told what it hears."""

    def __init__(self, words: list[str], rereads: list[str]) -> None:
        self.words = deque(words)
        self.rereads = deque(rereads)
        self.looks = 0
        self.sensible: str | None = None

    def start(self) -> None:
        """Begin an utterance."""

    def feed(self, pcm: bytes) -> Partial | None:
        return Partial("", self.words.popleft()) if self.words else None

    def reread(self) -> str:
        self.looks += 1
        return self.rereads.popleft()

    def finish(self, sensible: str = "") -> Heard:
        self.sensible = sensible
        return Heard("", 0.0)


def listener(told: Told) -> Listener:
    return Listener(told, Judge(Templates(), Endings({})), TurnEnd(OPTIONS))


def pause(one: Listener) -> list[int]:
    """Say nothing for 0.4 s; give the silences that would have ended the utterance."""
    return [one.hear(FRAME, round(silent * SAMPLE_RATE))[1] for silent in PAUSE_S]


def test_a_misheard_command_is_read_again_in_the_pause_and_then_waited_for_as_one() -> None:
    told = Told(["what i miss it"], [COMMAND])
    complete, unknown = OPTIONS.turn.complete, OPTIONS.turn.unknown
    assert pause(listener(told)) == [unknown, unknown, complete, complete, complete]
    assert told.looks == 1


def test_a_command_is_not_read_again() -> None:
    told = Told([COMMAND], [])
    assert set(pause(listener(told))) == {OPTIONS.turn.complete}
    assert told.looks == 0


def test_what_no_look_can_read_is_waited_for_and_looked_at_once_a_pause() -> None:
    told = Told(["other people's talk"], [""])
    assert set(pause(listener(told))) == {OPTIONS.turn.unknown}
    assert told.looks == 1


def test_who_goes_on_after_the_pause_has_not_said_what_was_read_in_it() -> None:
    told = Told(["what i miss it"], [COMMAND, ""])
    one = listener(told)
    assert pause(one)[-1] == OPTIONS.turn.complete
    assert pause(one)[0] == OPTIONS.turn.unknown


def test_words_that_become_no_command_in_a_later_pause_are_not_those_of_the_earlier_one() -> None:
    told = Told(["what i miss it"], [COMMAND, ""])
    one = listener(told)
    pause(one)
    told.words.append(COMMAND)
    assert pause(one)[0] == OPTIONS.turn.complete
    told.words.append("what i miss it")
    assert one.hear(FRAME, SAMPLE_RATE // 2)[1] == OPTIONS.turn.unknown


def test_an_utterance_is_looked_at_twice_at_most_and_the_next_one_anew() -> None:
    told = Told([], [""] * 3)
    one = listener(told)
    for _ in range(5):
        pause(one)
    assert told.looks == 2
    one.start()
    pause(one)
    assert told.looks == 3


@pytest.mark.parametrize("asking", [True, False])
def test_an_answer_to_our_question_has_its_own_patience(asking: bool) -> None:
    one = listener(Told(["what i miss it"], [COMMAND]))
    patience = OPTIONS.answer if asking else OPTIONS.turn
    assert one.hear(FRAME, SAMPLE_RATE // 2, asking=asking)[1] == patience.complete


@pytest.mark.parametrize(("said", "sensible"), [(COMMAND, COMMAND), ("what i miss it", ""), ("", "")])
def test_the_recogniser_is_told_in_the_end_that_its_words_are_a_command(said: str, sensible: str) -> None:
    told = Told([said], [])
    one = listener(told)
    one.hear(FRAME, silent=0)
    one.finish()
    assert told.sensible == sensible
