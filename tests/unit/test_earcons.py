"""Facts about the three sounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from audio import earcons
from audio.frames import SAMPLE_RATE


@pytest.mark.parametrize("earcon", [earcons.listening, earcons.done, earcons.problem])
def test_an_earcon_is_short_and_starts_and_ends_softly(earcon: Callable[[], bytes]) -> None:
    sound = np.frombuffer(earcon(), "<i2").astype(int)
    assert 0.1 < len(sound) / SAMPLE_RATE < 0.25
    assert 3000 < np.abs(sound).max() < 10000
    assert np.abs(sound[:8]).max() < 500
    assert np.abs(sound[-8:]).max() < 500


def test_the_three_differ() -> None:
    assert len({earcons.listening(), earcons.done(), earcons.problem()}) == 3
