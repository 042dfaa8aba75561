from __future__ import annotations

from audio.wav_device import FileSpeaker
from edge.detector import Detected
from edge.interruption import Interruption
from edge.reflex import Reflex

LOUD = Detected(bytes(640), 1.0, -20.0)


class HeldSpeaker(FileSpeaker):
    """A FileSpeaker that tells whether it is held."""

    def __init__(self) -> None:
        super().__init__()
        self.held = False

    def pause(self) -> None:
        self.held = True

    def resume(self) -> None:
        self.held = False


def test_who_goes_deaf_while_holding_on_lets_go() -> None:
    speaker = HeldSpeaker()
    reflex = Reflex(speaker, Interruption())
    reflex.begin()
    for frame in range(1, 10):
        reflex.masks(LOUD.level_db)
        reflex.frame(frame * 320, LOUD, deaf=False)
    assert speaker.held
    assert not reflex.frame(3200, LOUD, deaf=True)
    assert not speaker.held


def test_the_deaf_never_hold_on() -> None:
    speaker = HeldSpeaker()
    reflex = Reflex(speaker, Interruption())
    reflex.begin()
    for frame in range(1, 50):
        reflex.masks(LOUD.level_db)
        assert not reflex.frame(frame * 320, LOUD, deaf=True)
    assert not speaker.held
