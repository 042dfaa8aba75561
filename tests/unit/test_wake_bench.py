"""The benches of wake words and of the detect path count rightly."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from audio.frames import FRAME_BYTES, SAMPLE_RATE
from edge.benches.detect_cost import CannotCount, StageCost, instructions_a_second
from edge.benches.detect_cost import Report as DetectReport
from edge.benches.detect_cost import show as show_detect
from edge.benches.detect_stages import feed
from edge.benches.hearing_clips import Clip
from edge.benches.wake import FalseAccepts, Missed, Report, _missed, _Tally, _Trial, show
from edge.benches.wake_sounds import Places, Talk, talk

SECOND = bytes(2 * SAMPLE_RATE)


class EverySecond:
    """Notices something once in each second of sound."""

    name = "every second"
    phrases: tuple[str, ...] = ("a", "b")

    def noticed(self, pcm: bytes) -> list[str]:
        return ["a"] * (len(pcm) // len(SECOND))


def test_false_accepts_are_counted_by_kind_and_together() -> None:
    tally = _Tally(EverySecond())
    tally.listen(Talk("noise", SECOND * 3))
    tally.listen(Talk("people", SECOND * 6))
    rows = {row.sound: row for row in tally.rows()}
    assert list(rows) == ["noise", "people", "all"]
    assert [rows[kind].accepts for kind in rows] == [3, 6, 9]
    assert rows["all"].hours == pytest.approx(9 / 3600)
    assert rows["people"].an_hour == pytest.approx(3600)
    assert rows["all"].bound_an_hour > 3600


def test_misses_are_counted_by_place_and_by_voice() -> None:
    trials = [_Trial("us", "alexa", voice, place, voice == "x") for voice in "xy" for place in ("quiet", "noisy")]
    by_place = {row.where: (row.missed, row.said) for row in _missed(trials, "place")}
    by_voice = {row.where: (row.missed, row.said) for row in _missed(trials, "voice")}
    assert by_place == {"quiet": (1, 2), "noisy": (1, 2)}
    assert by_voice == {"x": (2, 2), "y": (0, 2)}


def test_a_quiet_place_is_the_only_one_without_recordings() -> None:
    assert Places(None).names() == ["quiet"]


def test_a_place_is_the_same_each_time_and_leaves_room_around_the_phrase() -> None:
    said = np.full(8000, 8000, "<i2").tobytes()
    places = Places(None)
    assert places.put(said, "quiet", 3) == places.put(said, "quiet", 3) != places.put(said, "quiet", 4)
    assert len(places.put(said, "quiet", 3)) == len(said) + 3 * len(SECOND)


def test_talk_has_none_of_the_phrases_and_never_repeats() -> None:
    clips = [Clip("none.flac", text, "s", "read", "here") for text in ("one alexa two", "good morning", "good night")]
    pieces = list(islice(talk(None, [], ["alexa"], 1e9), 6))
    assert len({piece.pcm for piece in pieces}) == len(pieces)
    with pytest.raises(Exception, match=r"none\.flac"):
        next(talk(Path("/nowhere"), clips, ["alexa"], 1))
    assert [piece.kind for piece in talk(Path("/nowhere"), clips[:1], ["alexa"], 0.5)] == ["synthetic talk"]


def test_a_stage_is_fed_so_much_sound_again_from_the_beginning() -> None:
    taken: list[bytes] = []
    feed(taken.append, bytes(FRAME_BYTES) + b"\1" * FRAME_BYTES, 0.1)
    assert [frame[0] for frame in taken] == [0, 1, 0, 1, 0]


def test_without_valgrind_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotCount, match="not installed"):
        instructions_a_second("nothing", SECOND)


def test_the_tables_show_what_was_measured() -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    show(
        Report(
            "a machine",
            "none",
            1,
            [Missed("us", "alexa", "quiet", 1, 9, 42.0)],
            [],
            [FalseAccepts("us", 4, "all", 1.0, 2, 2.0, 6.3, 17.0)],
        ),
        console,
    )
    stages = [StageCost("echo canceller", 12.5, 7_000_000), StageCost("stop word", None, None, "not there")]
    show_detect(DetectReport("a machine", 60, stages, 61.0, None, 50.0), console)
    text = console.export_text()
    for word in ("alexa", "42%", "6.3", "12.50", "7.0", "not there", "OVER"):
        assert word in text
