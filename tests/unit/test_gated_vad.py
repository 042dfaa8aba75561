"""Facts about keeping frames from the speech detector."""

from __future__ import annotations

from audio.frames import FRAME_BYTES
from models.gated_vad import GatedVad

LOUD, SOFT = b"\x00\x10" * (FRAME_BYTES // 2), b"\x00\x01" * (FRAME_BYTES // 2)
WINDOW_BYTES = 1024
"""Silero judges 512 samples at a time."""


class Notebook:
    """A VoiceActivity that remembers the bytes that it got since it was told to forget."""

    def __init__(self) -> None:
        self.heard = b""
        self.forgot = 0

    def probability(self, pcm: bytes) -> float:
        self.heard += pcm
        return 0.7

    def reset(self) -> None:
        self.heard = b""
        self.forgot += 1


def test_a_masked_frame_is_no_speech_and_never_reaches_the_detector() -> None:
    notebook = Notebook()
    gated = GatedVad(notebook)
    assert [gated.probability(LOUD, masked=True) for _ in range(5)] == [0.0] * 5
    assert notebook.heard == b""


def test_without_masks_the_detector_is_left_alone() -> None:
    notebook = Notebook()
    gated = GatedVad(notebook)
    assert [gated.probability(frame, masked=False) for frame in (SOFT, LOUD)] == [0.7, 0.7]
    assert (notebook.heard, notebook.forgot) == (SOFT + LOUD, 0)


def test_the_first_frame_after_masked_ones_is_judged_afresh_and_at_once() -> None:
    notebook = Notebook()
    gated = GatedVad(notebook)
    gated.probability(LOUD, masked=False)
    gated.probability(SOFT, masked=True)
    assert gated.probability(LOUD, masked=False) == 0.7
    assert notebook.forgot == 1
    assert notebook.heard == SOFT[: WINDOW_BYTES - FRAME_BYTES] + LOUD
    gated.probability(LOUD, masked=False)
    assert notebook.forgot == 1
