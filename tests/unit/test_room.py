"""Facts about the rooms in which echo is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.files import write_wav
from edge.benches.room import Room, RoomOptions, ear, pcm, rooms_of, without_noise


def test_each_response_is_a_room_across_which_we_speak_and_one_in_which_we_are_worn(tmp_path: Path) -> None:
    decay = np.random.default_rng(1).standard_normal(8000) * 0.5 ** (np.arange(8000) / 800) * 0.2
    write_wav(tmp_path / "hall.flac", pcm(decay))
    rooms = rooms_of(tmp_path)
    assert list(rooms) == ["ear", "worn in hall", "across hall"]
    direct, after = rooms["worn in hall"][:96], rooms["worn in hall"][96:]
    assert 10 * np.log10((direct @ direct) / (after @ after)) == pytest.approx(15, abs=1)


def test_a_response_ends_where_it_sinks_into_the_noise_of_its_recording() -> None:
    dice = np.random.default_rng(1)
    noise = dice.standard_normal(16_000) * 0.001
    decay = dice.standard_normal(16_000) * 0.5 ** (np.arange(16_000) / 400)
    assert 3000 < len(without_noise(decay + noise)) < 5000
    assert len(without_noise(ear())) == len(ear())


def test_the_same_seed_is_the_same_noise_and_another_is_not() -> None:
    def heard(seed: int) -> bytes:
        return pcm(Room(ear(), RoomOptions(noise_db=-40, seed=seed)).hear(np.zeros(1000)))

    assert heard(1) == heard(1) != heard(2)
