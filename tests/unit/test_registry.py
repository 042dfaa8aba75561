"""Engines by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import registry
from models.engine import EngineMissing
from models.espeak_tts import EspeakVoice
from models.llama_cpp_llm import LlamaCppModel
from models.piper_tts import PiperVoiceEngine
from tests.tiny_gguf import write_tiny_gguf
from tests.tiny_piper import write_tiny_piper


def test_engines_open_by_name(tmp_path: Path) -> None:
    assert isinstance(registry.open_voice("espeak", language="de"), EspeakVoice)
    assert isinstance(registry.open_voice("piper", model=write_tiny_piper(tmp_path)), PiperVoiceEngine)
    model = registry.open_language_model("llama.cpp", write_tiny_gguf(tmp_path / "tiny.gguf"), context_tokens=512)
    assert isinstance(model, LlamaCppModel)
    assert 0 <= registry.open_vad("silero").probability(bytes(640)) <= 1


def test_every_named_engine_is_there() -> None:
    for engines in (registry.VOICES, registry.RECOGNISERS, registry.VADS, registry.LANGUAGE_MODELS):
        for name in engines:
            assert registry._engine(engines, "engine", name)


def test_an_unknown_name_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="'festival'; there is espeak, piper"):
        registry.open_voice("festival")
    with pytest.raises(EngineMissing, match="faster-whisper, pocketsphinx"):
        registry.open_recogniser("siri")
    with pytest.raises(EngineMissing, match="silero"):
        registry.open_vad("ears")
    with pytest.raises(EngineMissing, match=r"llama\.cpp"):
        registry.open_language_model("oracle", tmp_path)


def test_an_engine_without_its_file_asks_for_it() -> None:
    with pytest.raises(EngineMissing, match="voice piper needs a file"):
        registry.open_voice("piper")
    with pytest.raises(EngineMissing, match="recogniser faster-whisper needs"):
        registry.open_recogniser("faster-whisper")
    with pytest.raises(EngineMissing, match="recogniser pocketsphinx needs"):
        registry.open_recogniser("pocketsphinx")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.VOICES, "ghost", ("no_such_package_at_all.voice", "Ghost"))
    with pytest.raises(EngineMissing, match="no_such_package_at_all"):
        registry.open_voice("ghost")
