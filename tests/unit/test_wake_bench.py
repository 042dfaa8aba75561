"""The benches of wake words and of the detect path count rightly."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from rich.console import Console

from audio.files import write_wav
from audio.frames import FRAME_BYTES, SAMPLE_RATE
from edge.benches.detect_cost import CannotCount, StageCost, instructions_a_second
from edge.benches.detect_cost import Report as DetectReport
from edge.benches.detect_cost import show as show_detect
from edge.benches.detect_stages import feed
from edge.benches.hearing_clips import Clip
from edge.benches.room import pcm
from edge.benches.wake import FalseAccepts, Missed, Report, _missed, _Tally, _Trial, show
from edge.benches.wake_sounds import Places
from edge.benches.wake_talk import Recordings, Talk, scene, talk

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


def recordings(folder: Path) -> Recordings:
    """Two clips, of which one has a phrase, a noise and music."""
    dice = np.random.default_rng(1)
    for name in ("clips", "noise"):
        (folder / name).mkdir()
    for name in ("clips/phrase.flac", "clips/other.flac", "noise/hiss.flac", "noise/music.flac"):
        write_wav(folder / name, pcm(dice.standard_normal(2 * SAMPLE_RATE) * 0.1))
    clips = [Clip(f"clips/{name}.flac", text, "s", "read", "here") for name, text in CLIPS]
    return Recordings(folder, clips, ["alexa"])


CLIPS = (("phrase", "One Alexa two"), ("other", "good morning"))


def test_talk_has_none_of_the_phrases(tmp_path: Path) -> None:
    known = recordings(tmp_path)
    assert (len(known.people), known.texts) == (1, ["good morning"])
    assert known.minutes == pytest.approx(6 / 60)


def test_talk_is_first_what_was_recorded_and_then_mixed_and_never_repeats(tmp_path: Path) -> None:
    known = recordings(tmp_path)
    pieces = list(talk(known, 6 + 3 * 30 - 1))
    kinds = [piece.kind for piece in pieces]
    assert kinds == ["people", "noise", "noise", "mixed talk", "mixed talk", "mixed music"]
    assert len({piece.pcm for piece in pieces}) == len(pieces)
    assert [piece.pcm for piece in talk(known, 6 + 3 * 30 - 1)] == [piece.pcm for piece in pieces]


def test_a_scene_of_talk_has_people_and_its_noise(tmp_path: Path) -> None:
    known = recordings(tmp_path)
    heard = 0
    for seed in range(20):
        mixed = scene(known, "mixed talk", Random(seed))
        assert len(mixed) == 30 * SAMPLE_RATE
        seconds = mixed.reshape(30, -1).std(1)
        assert seconds.min() > 10 ** (-61 / 20)
        heard += seconds.max() > seconds.min() * 1.1
    # The others have a noise that drowns them.
    assert heard > 10


def test_without_recordings_synthetic_voices_read_sentences_of_ours() -> None:
    pieces = list(islice(talk(Recordings(None, [], ["alexa"]), 1e9), 3))
    assert {piece.kind for piece in pieces} == {"synthetic talk"}
    assert len({piece.pcm for piece in pieces}) == 3


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
            33.7,
            [FalseAccepts("us", 4, "all", 1.0, 2, ["alexa", "alexa"], 2.0, 6.3, 17.0)],
        ),
        console,
    )
    stages = [StageCost("echo canceller", 12.5, 7_000_000), StageCost("stop word", None, None, "not there")]
    show_detect(DetectReport("a machine", 60, stages, 61.0, None, 50.0), console)
    text = console.export_text()
    for word in ("alexa 2", "33.7 minutes", "42%", "6.3", "12.50", "7.0", "not there", "OVER"):
        assert word in text
