from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from audio.endpoint import SpeechEnded, SpeechStarted
from audio.frames import FRAME_SAMPLES, Frame
from edge.detector import Woken
from edge.intake import Begin, Finish, Forget, Intake, Take

LAG = 5 * FRAME_SAMPLES


@dataclass
class Heard:
    """One step of a random evening."""

    loud: bool
    woke: bool
    listens: bool


evenings = st.lists(
    st.builds(Heard, st.booleans(), st.sampled_from([False] * 9 + [True]), st.booleans()), min_size=1, max_size=120
)


def play(evening: list[Heard], intake: Intake) -> list[tuple[int, Heard, list[object]]]:
    """Run an evening; every stretch of loud frames is speech from its first frame on, and over one frame later."""
    told: list[tuple[int, Heard, list[object]]] = []
    start: int | None = None
    for number, one in enumerate(evening):
        frame = Frame(number * FRAME_SAMPLES, number.to_bytes(4, "little") * (FRAME_SAMPLES // 2))
        boundary: SpeechStarted | SpeechEnded | None = None
        if one.loud and start is None:
            start = frame.start
            boundary = SpeechStarted(start)
        elif not one.loud and start is not None:
            boundary = SpeechEnded(start, frame.end, frame.start)
        woke = Woken("okay nabu", LAG) if one.woke else None
        steps = intake.take(frame, boundary, in_speech=start is not None, silent=0, woke=woke, listens=one.listens)
        if isinstance(boundary, SpeechEnded):
            start = None
        told.append((number, one, list(steps)))
    return told


def numbers(pcm: bytes) -> list[int]:
    return [int.from_bytes(pcm[at : at + 4], "little") for at in range(0, len(pcm), 2 * FRAME_SAMPLES)]


@given(evenings)
def test_nothing_reaches_the_recogniser_while_nobody_is_listened_to(evening: list[Heard]) -> None:
    for one in evening:
        one.listens = False
    steps = [step for _, _, steps in play(evening, Intake()) for step in steps]
    assert all(isinstance(step, Forget) for step in steps)


@given(evenings)
def test_an_utterance_is_begun_then_taken_then_finished_or_forgotten(evening: list[Heard]) -> None:
    begun = False
    for _, _, steps in play(evening, Intake()):
        for step in steps:
            match step:
                case Begin():
                    begun = True
                case Take():
                    assert begun
                case Finish():
                    assert begun
                    begun = False
                case Forget():
                    begun = False


@given(evenings)
def test_no_sound_is_taken_twice_in_an_utterance_or_out_of_order_or_from_before_the_wake_word(
    evening: list[Heard],
) -> None:
    taken: list[int] = []
    woke_at = 0
    for number, one, steps in play(evening, Intake()):
        if one.woke:
            woke_at = (number + 1) * FRAME_SAMPLES - LAG
        for step in steps:
            match step:
                case Begin():
                    taken = []
                case Take(pcm):
                    taken += numbers(pcm)
                    assert taken == sorted(set(taken))
                    assert not pcm or numbers(pcm)[0] * FRAME_SAMPLES >= woke_at or woke_at > number * FRAME_SAMPLES
                case Finish(ended):
                    assert ended.start < ended.last_voiced <= ended.end
                case Forget():
                    pass
        if any(isinstance(step, (Finish, Forget)) for step in steps):
            woke_at = 0


def test_the_command_in_the_breath_of_the_wake_word_is_an_utterance_and_the_word_alone_is_not() -> None:
    def evening(after: int) -> list[Heard]:
        loud = [Heard(True, False, False)] * 20 + [Heard(True, True, True)] + [Heard(True, False, True)] * after
        return [*loud, Heard(False, False, True)]

    alone = [step for _, _, steps in play(evening(0), Intake()) for step in steps]
    assert isinstance(alone[-1], Forget)
    assert alone[-1].only_woke
    with_command = [step for _, _, steps in play(evening(30), Intake()) for step in steps]
    assert isinstance(with_command[-1], Finish)
    assert with_command[-1].after_wake
    first = next(step for step in with_command if isinstance(step, Take))
    assert numbers(first.pcm)[0] == 21 - LAG // FRAME_SAMPLES
