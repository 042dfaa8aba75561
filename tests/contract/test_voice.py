"""What every voice keeps to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from models.espeak_tts import EspeakVoice
from models.piper_tts import PiperVoiceEngine
from models.spoken import spoken_for
from models.tts import Voice
from tests.tiny_piper import write_tiny_piper

SENTENCE = "Your timer is set for five minutes."
HOSTILE = [
    "<speak><break time='10s'/>hello</speak>",
    "\x01+50r hello \x00\x02\x1b[31m there",
    "[[h@l'oU]] hello",
    "hello \ud800 \U0001f600 \u200d \ufffe there",
    "你好, hello, مرحبا",
    "%s %n {0} $(reboot) `hello`",
    "a" * 500,
    "hello " * 200,
]
SILENT = ["", " ", "\n\t", "...", "!?", "\U0001f600\U0001f389", "\x01\x02", "--- ***"]


def espeak(_folder: Path) -> Voice:
    return EspeakVoice()


def piper(folder: Path) -> Voice:
    return PiperVoiceEngine(write_tiny_piper(folder), threads=1)


@pytest.fixture(params=[espeak, piper], ids=lambda make: make.__name__, scope="module")
def voice(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Voice:
    make: Callable[[Path], Voice] = request.param
    return make(tmp_path_factory.mktemp("voice"))


def test_a_sentence_gives_sound(voice: Voice) -> None:
    chunks = list(voice.speak(SENTENCE))
    assert all(chunks)
    assert all(len(chunk) % 2 == 0 for chunk in chunks)
    assert 0.3 < len(b"".join(chunks)) / 32000 < 10
    assert np.abs(np.frombuffer(b"".join(chunks), "<i2").astype(int)).max() > 1000


def test_sound_comes_in_chunks_of_less_than_a_quarter_second(voice: Voice) -> None:
    assert max(map(len, voice.speak(SENTENCE))) < 8000


def test_a_longer_sentence_is_a_longer_sound(voice: Voice) -> None:
    assert len(b"".join(voice.speak(SENTENCE))) < len(b"".join(voice.speak(SENTENCE + " " + SENTENCE)))


@pytest.mark.parametrize("text", SILENT, ids=ascii)
def test_nothing_to_say_is_no_sound(voice: Voice, text: str) -> None:
    assert list(voice.speak(text)) == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_text_is_data(voice: Voice, text: str) -> None:
    sound = b"".join(voice.speak(text))
    assert 0 < len(sound) / 32000 < 0.5 * len(text) + 1


def test_markup_makes_no_pause(voice: Voice) -> None:
    said = np.frombuffer(b"".join(voice.speak("<break time='10s'/>hello")), "<i2").astype(int)
    windows = np.abs(said[: len(said) // 3200 * 3200]).reshape(-1, 3200).max(axis=1)
    quiet = "".join("." if window < 200 else "x" for window in windows)
    assert "." * 15 not in quiet


def test_a_page_is_spoken_without_waiting_for_its_end(voice: Voice) -> None:
    assert next(iter(voice.speak("hello there, " * 800)))
    voice.interrupt()


def test_interrupt_ends_the_sound_at_the_next_chunk(voice: Voice) -> None:
    sound = voice.speak(SENTENCE)
    next(sound)
    voice.interrupt()
    assert list(sound) == []


def test_interrupt_before_the_first_chunk_counts(voice: Voice) -> None:
    sound = voice.speak(SENTENCE)
    voice.interrupt()
    assert list(sound) == []


def test_the_next_sentence_after_an_interrupt_is_whole(voice: Voice) -> None:
    whole = len(b"".join(voice.speak(SENTENCE)))
    cut = voice.speak(SENTENCE)
    next(cut)
    voice.interrupt()
    list(cut)
    assert len(b"".join(voice.speak(SENTENCE))) == pytest.approx(whole, rel=0.05)


def test_an_abandoned_sentence_does_not_leak_into_the_next(voice: Voice) -> None:
    whole = len(b"".join(voice.speak(SENTENCE)))
    next(voice.speak("Something quite different."))
    assert len(b"".join(voice.speak(SENTENCE))) == pytest.approx(whole, rel=0.05)


def test_interrupt_from_another_thread_stops_a_page(voice: Voice) -> None:
    def first_then_rest(sound: Iterator[bytes]) -> int:
        return sum(1 for _ in sound)

    with ThreadPoolExecutor(1) as thread:
        sound = voice.speak("hello there, " * 2000)
        next(sound)
        counted = thread.submit(first_then_rest, sound)
        voice.interrupt()
        assert counted.result(timeout=5) < 2000


def test_two_voices_in_one_process_keep_their_own(tmp_path: Path) -> None:
    english, german, tiny = EspeakVoice("en-us"), EspeakVoice("de", words_per_minute=300), piper(tmp_path)
    alone = b"".join(english.speak(SENTENCE))
    list(german.speak("Guten Morgen."))
    list(tiny.speak("Good morning."))
    # A voice that was not used for a while begins with its dictionary loaded anew, and its first pause differs.
    assert len(b"".join(english.speak(SENTENCE))) == pytest.approx(len(alone), rel=0.1)


@pytest.fixture(scope="module")
def mandarin() -> Voice:
    return EspeakVoice("zh-CN")


def picture(voice: Voice, text: str) -> np.ndarray:
    """Give which pitch sounds when, as a vector of length 1; espeak gives no two times the same samples."""
    sound = np.trim_zeros(np.frombuffer(b"".join(voice.speak(text)), "<i2").astype(float))[:20_000]
    frames = np.pad(sound, (0, 20_000 - len(sound))).reshape(-1, 400) * np.hanning(400)
    pitches = np.sqrt(np.abs(np.fft.rfft(frames, axis=1)))
    return np.asarray((pitches / np.linalg.norm(pitches)).ravel())


@pytest.mark.parametrize(("one", "other"), [("任务完成", "闹钟停了"), ("九点三十分", "九点四十分"), ("妈", "马")])
def test_other_words_and_other_tones_are_other_sounds_in_mandarin(mandarin: Voice, one: str, other: str) -> None:
    assert picture(mandarin, one) @ picture(mandarin, one) > 0.97
    assert picture(mandarin, one) @ picture(mandarin, other) < 0.9


def test_mandarin_makes_sound(mandarin: Voice) -> None:
    done = b"".join(mandarin.speak("任务完成"))
    assert 0.5 < len(done) / 32000 < 5
    assert np.abs(np.frombuffer(done, "<i2").astype(int)).max() > 1000
    assert picture(mandarin, "任务完成") @ picture(EspeakVoice(), "任务完成") < 0.9


@pytest.mark.parametrize("text", ["hello there", "OK", "25", "https://example.com", "Привет"])
def test_the_mandarin_voice_speaks_what_is_not_chinese(mandarin: Voice, text: str) -> None:
    assert len(b"".join(mandarin.speak(text))) > 3200


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_text_is_data_in_mandarin(mandarin: Voice, text: str) -> None:
    assert 0 < len(b"".join(mandarin.speak(text))) / 32000 < 0.9 * len(text) + 1


def test_numbers_written_and_said_are_one_sound_in_mandarin(mandarin: Voice) -> None:
    assert picture(mandarin, spoken_for("zh-CN")("9:30")) @ picture(mandarin, "九点三十分") > 0.97


def test_faster_mandarin_is_shorter() -> None:
    slow, fast = EspeakVoice("zh-CN", words_per_minute=120), EspeakVoice("zh-CN", words_per_minute=300)
    assert len(b"".join(fast.speak("任务完成"))) < len(b"".join(slow.speak("任务完成")))
