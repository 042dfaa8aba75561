"""Facts about what we do when somebody may be speaking into our speech."""

from __future__ import annotations

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.interruption import Decision, Interruption, InterruptionOptions, Pause, Resume, Yield

OPTIONS = InterruptionOptions()
SPEECH, QUIET, OUR_ECHO = (0.9, -25.0), (0.0, -80.0), (0.9, -48.0)


class Stage:
    """Feeds frames, each a speech probability and a level, and counts their samples."""

    def __init__(self) -> None:
        self.interruption = Interruption()
        self.interruption.begin()
        self._now = 0

    def hear(self, frame: tuple[float, float], seconds: float) -> list[Decision]:
        found = []
        for _ in range(round(seconds * SAMPLE_RATE / FRAME_SAMPLES)):
            self._now += FRAME_SAMPLES
            probability, level_db = frame
            masked = self.interruption.masks(level_db)
            found.append(self.interruption.frame(self._now, 0.0 if masked else probability, level_db, 0.0))
        return [decision for decision in found if decision is not None]


def test_speech_makes_us_hold_at_once_and_give_way_when_it_lasts() -> None:
    stage = Stage()
    assert stage.hear(SPEECH, 0.02 * OPTIONS.frames) == [Pause()]
    assert stage.hear(SPEECH, 0.5) == []
    assert stage.hear(SPEECH, 0.5) == [Yield()]
    assert stage.hear(SPEECH, 1.0) == []
    stage.interruption.begin()
    assert stage.hear(SPEECH, 0.02 * OPTIONS.frames) == [Pause()]


def test_a_blip_makes_us_go_on_after_a_quarter_of_a_second() -> None:
    stage = Stage()
    assert stage.hear(SPEECH, 0.1) == [Pause()]
    assert stage.hear(QUIET, 0.22) == []
    assert stage.hear(QUIET, 0.06) == [Resume()]


def test_a_word_is_waited_for_and_if_nothing_comes_of_it_we_go_on() -> None:
    stage = Stage()
    stage.hear(SPEECH, 0.4)
    assert stage.hear(QUIET, 1.4) == []
    assert stage.hear(QUIET, 0.2) == [Resume()]


def test_a_word_makes_us_give_way_and_a_sign_of_listening_does_not() -> None:
    stage = Stage()
    stage.hear(SPEECH, 0.3)
    assert stage.interruption.words("") is None
    assert stage.interruption.words("mhm") is None
    assert stage.interruption.words("yeah okay") is None
    assert stage.interruption.words("okay louder") == Yield()
    assert not stage.interruption.paused


def test_the_end_of_the_utterance_decides() -> None:
    for understood, decided in ((True, Yield()), (False, Resume())):
        stage = Stage()
        stage.hear(SPEECH, 0.3)
        assert stage.interruption.ended(understood=understood) == decided
        assert stage.interruption.ended(understood=understood) is None


def test_what_repeats_itself_as_a_vowel_does_makes_us_hold_although_the_detector_hesitates() -> None:
    interruption = Interruption()
    interruption.begin()
    hiss, vowel = 0.3, 0.9
    found = [
        interruption.frame(number * FRAME_SAMPLES, 0.08, -25.0, repeats)
        for number, repeats in enumerate([hiss, vowel, hiss, vowel, vowel], 1)
    ]
    assert found == [None, None, None, None, Pause()]


def test_a_vowel_as_soft_as_the_rest_of_our_echo_does_not() -> None:
    interruption = Interruption()
    interruption.begin()
    found = [interruption.frame(number * FRAME_SAMPLES, 0.08, -58.0, 0.9) for number in range(1, 50)]
    assert found == [None] * 49


def test_a_loud_noise_does_not_make_us_hold() -> None:
    assert Stage().hear((0.01, -10.0), 3.0) == []


def test_the_rest_of_our_own_voice_does_not_make_us_hold_and_the_wearer_over_it_does() -> None:
    stage = Stage()
    lessons = 0
    while stage.hear(OUR_ECHO, 0.04) == [Pause()]:
        # Holding on takes our voice out of the room.
        assert stage.hear(QUIET, 1.0) == [Resume()]
        lessons += 1
    assert 0 < lessons <= 3
    assert stage.hear(OUR_ECHO, 5.0) == []
    assert stage.hear(SPEECH, 0.02 * OPTIONS.frames) == [Pause()]


def test_the_detector_gets_silence_for_soft_sound_but_not_right_after_loud_sound() -> None:
    interruption = Interruption()
    assert not interruption.masks(-60.0)
    interruption.begin()
    assert interruption.masks(-60.0)
    assert not interruption.masks(-25.0)
    soft = [interruption.masks(-60.0) for _ in range(20)]
    assert soft == [False] * 14 + [True] * 6


def test_a_cough_does_not_make_us_deaf() -> None:
    stage = Stage()
    for _ in range(10):
        stage.hear((0.9, -5.0), 0.06)
        stage.hear(QUIET, 0.3)
    assert stage.hear(SPEECH, 0.02 * OPTIONS.frames) == [Pause()]
