"""What listens for one phrase must do."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest

from audio.files import read_sound
from audio.frames import FRAME_BYTES, SAMPLE_RATE
from models.engine import EngineFailed, EngineMissing
from models.micro_wake import MicroWakeWords, bundled_wake_words
from models.stop_word import PocketsphinxStopWord
from tests.spoken import spoken

PEOPLE = Path(__file__).parents[2].parent / "shared" / "data" / "speech"
SECOND = bytes(2 * SAMPLE_RATE)
BUNDLED = ("alexa", "hey jarvis", "hey mycroft", "okay nabu")
SAID = [
    ("okay nabu", "espeak"),
    ("alexa", "espeak"),
    ("hey mycroft", "awb"),
    ("hey jarvis", "rms"),
    ("okay nabu", "rms"),
]


def said(sentence: str, voice: str, folder: Path) -> bytes:
    """Say it between two seconds of a room that is never quite silent."""
    if voice == "espeak":
        pcm = spoken(sentence)
    elif shutil.which("flite") is None:
        pytest.skip("needs flite for voices that sound like people")
    else:
        file = folder / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(file)], check=True, timeout=60)
        pcm = read_sound(file)
    return in_a_room(SECOND + pcm + SECOND + SECOND)


def in_a_room(pcm: bytes, level: float = 0.6) -> bytes:
    sound = np.frombuffer(pcm, "<i2") * level
    hiss = np.random.default_rng(1).normal(0, 15, len(sound))
    return (sound + hiss).clip(-32768, 32767).astype("<i2").tobytes()


def noise(seconds: float, level: float) -> bytes:
    wave = np.random.default_rng(2).normal(0, level * 32767, round(seconds * SAMPLE_RATE))
    return wave.clip(-32768, 32767).astype("<i2").tobytes()


def noticed(wake: MicroWakeWords, pcm: bytes, step: int = FRAME_BYTES) -> list[str]:
    told = [wake.detect(pcm[place : place + step]) for place in range(0, len(pcm), step)]
    return [name for name in told if name is not None]


def stops(stop: PocketsphinxStopWord, pcm: bytes, step: int = FRAME_BYTES) -> int:
    stop.reset()
    return sum(stop.heard(pcm[place : place + step]) for place in range(0, len(pcm), step))


@pytest.fixture(scope="module")
def every_word() -> MicroWakeWords:
    return MicroWakeWords(BUNDLED)


@pytest.fixture
def wake(every_word: MicroWakeWords) -> MicroWakeWords:
    every_word.reset()
    return every_word


@pytest.fixture(scope="module")
def stop() -> PocketsphinxStopWord:
    return PocketsphinxStopWord()


@pytest.mark.parametrize(("phrase", "voice"), SAID, ids=[" by ".join(one) for one in SAID])
def test_a_phrase_is_noticed_once_among_several(wake: MicroWakeWords, phrase: str, voice: str, tmp_path: Path) -> None:
    assert noticed(wake, said(phrase, voice, tmp_path)) == [phrase]


def test_a_person_is_noticed(wake: MicroWakeWords) -> None:
    file = PEOPLE / "clips" / "v2j_hey_mycroft.flac"
    if not file.exists():
        pytest.skip(f"the recordings of people are not in {PEOPLE}")
    assert noticed(wake, read_sound(file) + SECOND) == ["hey mycroft"]


@pytest.mark.parametrize("sound", [SECOND * 10, noise(10, 0.01), noise(10, 0.2)], ids=["silence", "soft", "loud"])
def test_silence_and_noise_are_no_phrase(wake: MicroWakeWords, sound: bytes) -> None:
    assert noticed(wake, sound) == []


def test_commands_are_no_phrase(wake: MicroWakeWords) -> None:
    assert noticed(wake, in_a_room(spoken("Set a timer for ten minutes, and tell Anna that I am late.") + SECOND)) == []


@pytest.mark.parametrize("step", [2, 322, 6400, 1_000_000])
def test_the_size_of_the_chunks_does_not_matter(wake: MicroWakeWords, step: int, tmp_path: Path) -> None:
    assert noticed(wake, said("okay nabu", "espeak", tmp_path), step) == ["okay nabu"]


def test_a_phrase_that_is_said_again_is_noticed_again(wake: MicroWakeWords, tmp_path: Path) -> None:
    once = said("okay nabu", "espeak", tmp_path)
    assert noticed(wake, once + once) == ["okay nabu"] * 2


def test_the_lag_is_that_of_the_phrase_told_last(wake: MicroWakeWords, tmp_path: Path) -> None:
    noticed(wake, said("okay nabu", "espeak", tmp_path))
    of_nabu = wake.lag
    noticed(wake, said("alexa", "espeak", tmp_path))
    assert 0 < of_nabu < wake.lag < SAMPLE_RATE // 2


def test_reset_forgets(wake: MicroWakeWords, tmp_path: Path) -> None:
    pcm = said("okay nabu", "espeak", tmp_path)
    half = len(SECOND) + 14_000
    noticed(wake, pcm[:half])
    wake.reset()
    assert noticed(wake, pcm[half:]) == []
    wake.reset()
    assert noticed(wake, pcm) == ["okay nabu"]


def test_a_higher_sensitivity_notices_what_a_lower_one_does_not(tmp_path: Path) -> None:
    pcm = said("okay nabu", "slt", tmp_path)
    found = [noticed(MicroWakeWords(["okay nabu"], one), pcm) for one in (0.0, 1.0)]
    assert found == [[], ["okay nabu"]]


def test_names_are_phrases_and_may_be_written_either_way() -> None:
    assert bundled_wake_words() == BUNDLED
    assert MicroWakeWords(["okay_nabu", "Alexa"]).names == ("okay nabu", "alexa")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(EngineMissing, match="alexa, hey jarvis, hey mycroft, okay nabu"):
        MicroWakeWords(["computer"])


def own_model(folder: Path, network: bytes | None = None, **changes: object) -> str:
    """Make a model of one's own from a bundled one."""
    bundled = Path(pymicro_wakeword.__file__).parent / "models"
    described = json.loads((bundled / "alexa.json").read_text()) | {"model": "own.tflite", "wake_word": "My Own"}
    (folder / "own.json").write_text(json.dumps(described | changes))
    (folder / "own.tflite").write_bytes((bundled / "alexa.tflite").read_bytes() if network is None else network)
    return str(folder / "own.json")


def test_a_model_of_ones_own_is_noticed_by_its_own_name(tmp_path: Path) -> None:
    wake = MicroWakeWords([own_model(tmp_path)])
    assert noticed(wake, said("alexa", "espeak", tmp_path)) == ["my own"]


@pytest.mark.parametrize("network", [b"", b"TFL3", bytes(100), b"\x20\0\0\0TFL3" + bytes(50_000)])
def test_a_broken_network_is_a_failed_engine_and_not_the_end(tmp_path: Path, network: bytes) -> None:
    with pytest.raises(EngineFailed, match=r"own\.tflite"):
        MicroWakeWords([own_model(tmp_path, network)])


def test_a_broken_description_is_a_failed_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match=r"own\.json"):
        MicroWakeWords([own_model(tmp_path, micro={"probability_cutoff": 2, "sliding_window_size": 5})])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match=r"none\.json"):
        MicroWakeWords([str(tmp_path / "none.json")])


def test_half_a_sample_is_refused(wake: MicroWakeWords, stop: PocketsphinxStopWord) -> None:
    for take in (wake.detect, stop.heard):
        with pytest.raises(EngineFailed, match="even"):
            take(b"\0")


@pytest.mark.parametrize("voice", ["espeak", "slt", "rms", "awb"])
def test_stop_is_heard_once(stop: PocketsphinxStopWord, voice: str, tmp_path: Path) -> None:
    assert stops(stop, said("stop", voice, tmp_path)) == 1


@pytest.mark.parametrize("step", [2000, 1_000_000])
def test_stop_is_heard_in_chunks_of_any_size(stop: PocketsphinxStopWord, step: int, tmp_path: Path) -> None:
    assert stops(stop, said("stop", "espeak", tmp_path), step) == 1


def test_stop_that_is_said_again_is_heard_again(stop: PocketsphinxStopWord, tmp_path: Path) -> None:
    assert stops(stop, said("stop", "espeak", tmp_path) * 2) == 2


@pytest.mark.parametrize("word", ["start", "up", "what time is it", "tell me about the shop at the corner"])
def test_other_words_are_not_stop(stop: PocketsphinxStopWord, word: str, tmp_path: Path) -> None:
    assert stops(stop, said(word, "espeak", tmp_path)) == 0


@pytest.mark.parametrize("sound", [SECOND * 5, noise(5, 0.01), noise(5, 0.2)], ids=["silence", "soft", "loud"])
def test_silence_and_noise_are_not_stop(stop: PocketsphinxStopWord, sound: bytes) -> None:
    assert stops(stop, sound) == 0


OURS = "The weather tomorrow will be sunny. You have three reminders, and a timer that stops at ten. Goodbye."


def test_what_is_left_of_our_own_voice_is_not_stop_and_stop_is_heard_above_it(
    stop: PocketsphinxStopWord, tmp_path: Path
) -> None:
    ours = np.frombuffer(spoken(OURS), "<i2") * 10 ** (-25 / 20)
    assert stops(stop, in_a_room(ours.astype("<i2").tobytes())) == 0
    near = np.frombuffer(said("stop", "espeak", tmp_path), "<i2").astype(float)
    near[: len(ours)] += ours[: len(near)] if len(near) < len(ours) else ours
    assert stops(stop, near.clip(-32768, 32767).astype("<i2").tobytes()) == 1
