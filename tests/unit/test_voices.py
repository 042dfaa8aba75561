"""Voices: what their files and settings may be, and what of a text is spoken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.engine import EngineFailed, EngineMissing
from models.espeak_tts import EspeakVoice
from models.piper_tts import PiperVoiceEngine
from models.speakable import LONGEST_PIECE, pieces, speakable
from models.voices import espeak_names, family
from tests.tiny_piper import write_tiny_piper


def test_faster_speech_is_shorter() -> None:
    slow, fast = EspeakVoice(words_per_minute=120), EspeakVoice(words_per_minute=300)
    assert len(b"".join(fast.speak("Good morning."))) < len(b"".join(slow.speak("Good morning.")))


def test_an_unknown_language_says_which_there_are() -> None:
    with pytest.raises(EngineMissing, match="en-us"):
        EspeakVoice("klingon-of-the-west")


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "en-us"), ("en-GB", "en-gb"), ("en_US", "en-us"), ("zh-CN", "zh-cn"), ("zh", "cmn"), ("cmn", "cmn")],
)
def test_a_language_tag_names_a_voice_of_espeak(language: str, name: str) -> None:
    assert espeak_names(language)[0] == name


def test_a_country_that_espeak_does_not_know_leaves_the_language() -> None:
    assert espeak_names("zh-CN")[-1] == espeak_names("zh-Hans-CN")[-1] == "cmn"
    assert espeak_names("de-AT") == ("de-at", "de")
    assert list(EspeakVoice("de-AT").speak("Guten Tag"))


def test_a_piper_voice_of_another_language_is_refused(tmp_path: Path) -> None:
    path = write_tiny_piper(tmp_path)
    with pytest.raises(EngineMissing, match=r"speaks en-us, not zh-CN"):
        PiperVoiceEngine(path, language="zh-CN")
    assert list(PiperVoiceEngine(path, language="en").speak("hello"))
    assert list(PiperVoiceEngine(path, language="en-GB").speak("hello"))
    assert [family(tag) for tag in ("cmn", "zh-CN", "zh_CN", "en-us")] == ["zh", "zh", "zh", "en"]


def test_a_slower_piper_voice_tells_its_network_so(tmp_path: Path) -> None:
    slow = PiperVoiceEngine(write_tiny_piper(tmp_path), slowness=2.0)
    assert slow._synthesis.length_scale == 2.0


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="not 5"):
        EspeakVoice(words_per_minute=5)
    with pytest.raises(ValueError, match="not 100"):
        EspeakVoice(pitch=100)


def test_a_voice_without_its_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match=r"nobody\.onnx"):
        PiperVoiceEngine(tmp_path / "nobody.onnx")


def test_a_voice_without_its_description_is_missing(tmp_path: Path) -> None:
    path = write_tiny_piper(tmp_path)
    path.with_name("tiny.onnx.json").unlink()
    with pytest.raises(EngineMissing, match=r"tiny\.onnx\.json"):
        PiperVoiceEngine(path)


@pytest.mark.parametrize("data", [b"", b"not a network", b"\x08\x08" * 20])
def test_a_broken_network_is_named(tmp_path: Path, data: bytes) -> None:
    path = write_tiny_piper(tmp_path)
    path.write_bytes(data)
    with pytest.raises(EngineFailed, match=r"tiny\.onnx"):
        PiperVoiceEngine(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", json.dumps({"num_symbols": 1, "num_speakers": 1, "audio": 5})])
def test_a_broken_description_is_named(tmp_path: Path, text: str) -> None:
    path = write_tiny_piper(tmp_path)
    path.with_name("tiny.onnx.json").write_text(text)
    with pytest.raises(EngineFailed, match=r"tiny\.onnx\.json"):
        PiperVoiceEngine(path)


def test_a_voice_that_would_fetch_its_phonemes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="pinyin"):
        PiperVoiceEngine(write_tiny_piper(tmp_path, phoneme_type="pinyin"))


def test_what_nobody_says_is_left_out() -> None:
    assert speakable("Done \U0001f44d\U0001f3fd!\x01\n 20\N{DEGREE SIGN}") == "Done ! 20\N{DEGREE SIGN}"
    assert speakable("[[x]] is a list") == "[ [x]] is a list"
    assert speakable("\U0001f44d !?") == ""


def test_a_long_text_is_cut_at_sentences_and_nothing_is_lost() -> None:
    text = "One two three. " * 60
    cut = list(pieces(text))
    assert "".join(cut) == text
    assert all(len(piece) <= LONGEST_PIECE for piece in cut)
    assert all(piece.rstrip().endswith(".") for piece in cut)


def test_a_word_without_end_is_cut_too() -> None:
    assert [len(piece) for piece in pieces("a" * (2 * LONGEST_PIECE + 1))] == [LONGEST_PIECE, LONGEST_PIECE, 1]
