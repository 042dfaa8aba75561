"""The peer of the latency bench: its environment, which takes seconds to make, its commands, and pipecat itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from audio.frames import SAMPLE_RATE
from edge.benches.first_sound import VOICED
from edge.benches.latency_clips import hesitating_clips, plain_clips
from edge.benches.peer import VARIANTS, measure_peer
from edge.benches.peer_environment import PeerMissing, interpreter, is_made, make, peer_folder
from edge.config import Config
from edge.fast_path import FastPath


def test_without_a_network_it_says_that_one_is_needed_and_counts_for_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lines: list[str] = []
    with pytest.raises(PeerMissing, match="a network is needed once"):
        make(tmp_path, lines.append)
    assert lines
    assert not is_made(tmp_path)


def test_where_no_folder_can_be_made_it_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PeerMissing, match="can be made in"):
        make(tmp_path / "file" / "pipecat", print)


def test_the_commands_with_a_hesitation_are_sound_that_is_quiet_in_the_middle_and_at_the_end() -> None:
    config = Config()
    templates = FastPath(config.wearable.language, config.wearable.people, config.wearable.lists)
    [clip] = hesitating_clips(1, config, templates)
    voiced = np.flatnonzero(np.abs(np.frombuffer(clip, "<i2").astype(int)) >= VOICED)
    assert max(np.diff(voiced)) >= 0.2 * SAMPLE_RATE
    assert len(clip) // 2 - voiced[-1] >= 1.5 * SAMPLE_RATE


@pytest.mark.skipif(not is_made(peer_folder()), reason="no pipecat: made by earrand bench latency --peer")
def test_pipecat_answers_a_command_in_each_variant() -> None:
    sides = measure_peer(
        interpreter(peer_folder()), plain_clips()[:1], [], ["Hello."], Config(), Progress(disable=True)
    )
    assert [side.name for side in sides] == [one.name for one in VARIANTS]
    assert [side.turns + side.cut_off for side in sides] == [1, 1, 1]
    assert all(row.p50_ms > 100 for side in sides for row in side.rows[:1])
