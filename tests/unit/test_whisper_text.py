"""What comes out of Whisper is made plain, and its doubts into a confidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalog import find, load_catalog
from models.engine import EngineFailed, EngineMissing
from models.hallucination import Doubts, confidence
from models.transcript import plain
from models.whisper_asr import WhisperRecogniser
from models.whisper_weights import MANY_LANGUAGES
from tests.tiny_whisper import write_tiny_whisper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Set a timer, for 10 minutes!", "set a timer for 10 minutes"),
        ("What\u2019s \u201cthe time\u201d?", "what's the time"),
        ("'Hello' she said...", "hello she said"),
        ("打开灯。", "打开灯"),
        ("打 开 灯", "打开灯"),
        ("打开WiFi\uff0c吧。", "打开wifi吧"),
        ("हिन्दी में बोलो।", "हिन्दी में बोलो"),
        ("สวัสดีครับ", "สวัสดีครับ"),
        ("안녕 하세요!", "안녕 하세요"),
        ("[ _ ] ... '", ""),
    ],
)
def test_a_transcript_becomes_plain_words(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize("doubts", [(-1.0, 0.0, 1.0), (-0.1, 0.6, 1.0), (-0.1, 0.0, 2.4)])
def test_each_threshold_of_the_paper_is_the_operating_point(doubts: tuple[float, float, float]) -> None:
    assert confidence(Doubts(*doubts)) == pytest.approx(0.5, abs=0.01)


def test_a_clear_sentence_is_believed_and_a_doubtful_one_is_not() -> None:
    assert confidence(Doubts(-0.2, 0.05, 1.2)) > 0.9
    for doubts in ((-2.0, 0.05, 1.2), (-0.2, 0.95, 1.2), (-0.2, 0.05, 4.0), (float("-inf"), 1.0, 99.0)):
        assert confidence(Doubts(*doubts)) < 0.1


@pytest.mark.parametrize("name", ["tiny", "no such model", "nobody/no-such-model"])
def test_weights_that_are_not_there_are_not_downloaded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineMissing, match="earrand models pull"):
        WhisperRecogniser(name)


def test_a_folder_without_tokenizer_is_incomplete(tmp_path: Path) -> None:
    """faster-whisper would download one."""
    write_tiny_whisper(tmp_path).joinpath("tokenizer.json").unlink()
    with pytest.raises(EngineMissing, match=r"lacks tokenizer\.json"):
        WhisperRecogniser(tmp_path)


def test_broken_weights_are_our_own_error(tmp_path: Path) -> None:
    write_tiny_whisper(tmp_path).joinpath("model.bin").write_bytes(b"no weights")
    with pytest.raises(EngineFailed, match="cannot load"):
        WhisperRecogniser(tmp_path)


def test_english_weights_say_which_others_know_chinese(tmp_path: Path) -> None:
    """faster-whisper would go on in English."""
    with pytest.raises(EngineMissing, match=f"English only, not 'zh-CN'.*earrand models pull {MANY_LANGUAGES}`"):
        WhisperRecogniser(write_tiny_whisper(tmp_path), "zh-CN")
    assert "zh" in find(load_catalog(), MANY_LANGUAGES).languages


@pytest.mark.parametrize("language", ["klingon", "fr"])
def test_a_language_that_no_weights_know_is_said_at_once(language: str, tmp_path: Path) -> None:
    """The tiny model has no token for French, as older real ones have none for Cantonese."""
    with pytest.raises(EngineMissing, match=f"do not know the language '{language}'"):
        WhisperRecogniser(write_tiny_whisper(tmp_path, multilingual=True), language)
