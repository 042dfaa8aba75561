"""Opens an engine by its name in the settings. The only module that imports lazily: each engine pulls in a lot."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.echo import EchoCanceller
from models.asr import Recogniser
from models.engine import EngineMissing
from models.llm import LanguageModel
from models.tts import Voice
from models.vad import VoiceActivity
from models.wake import StopWord, WakeWords

if TYPE_CHECKING:
    from models.pocket.understand import PocketModel

VOICES = {
    "espeak": ("models.espeak_tts", "EspeakVoice"),
    "piper": ("models.piper_tts", "PiperVoiceEngine"),
}
RECOGNISERS = {
    "pocketsphinx": ("models.pocketsphinx_asr", "PocketsphinxRecogniser"),
    "faster-whisper": ("models.whisper_asr", "WhisperRecogniser"),
}
WAKE_WORDS = {"micro": ("models.micro_wake", "MicroWakeWords")}
STOP_WORDS = {"pocketsphinx": ("models.stop_word", "PocketsphinxStopWord")}
ECHO_CANCELLERS = {"webrtc": ("audio.webrtc", "WebRtcEchoCanceller")}
VADS = {"silero": ("models.silero_vad", "SileroVad")}
LANGUAGE_MODELS = {"llama.cpp": ("models.llama_cpp_llm", "LlamaCppModel")}
POCKET_MODELS = {"pocket": ("models.pocket.understand", "PocketModel")}


def open_voice(name: str, *, language: str = "en", model: Path | None = None, words_per_minute: int = 170) -> Voice:
    """Open a voice for a language (a BCP 47 tag): espeak's, or "piper", the voice in the file `model`.

    Raises EngineError, also when that voice speaks another language.

    A Piper voice has a pace of its own, taken for 170 words a minute.
    """
    engine = _engine(VOICES, "voice", name)
    voice: Voice
    if name == "espeak":
        voice = engine(language, words_per_minute=words_per_minute)
    else:
        voice = engine(_needed(model, "voice", name), language=language, slowness=170 / words_per_minute)
    return voice


def open_recogniser(
    name: str,
    *,
    sentences: Sequence[str] = (),
    vocabulary: Iterable[str] = (),
    cache_dir: Path | None = None,
    model: str | Path | None = None,
    language: str = "en",
) -> Recogniser:
    """Open a speech recogniser. Raises EngineError.

    "pocketsphinx" knows the words of `sentences` and `vocabulary` and keeps what it made of them in `cache_dir`;
    "faster-whisper" is the folder or the name `model` and hears `language`.
    """
    engine = _engine(RECOGNISERS, "recogniser", name)
    recogniser: Recogniser
    if name == "pocketsphinx":
        recogniser = engine(sentences, vocabulary, _needed(cache_dir, "recogniser", name))
    else:
        recogniser = engine(_needed(model, "recogniser", name), language)
    return recogniser


def open_wake_words(names: Sequence[str], sensitivity: float = 0.5) -> WakeWords:
    """Open a detector of these phrases, or of models at these paths; 0.5 is as ready as they were made to be.

    Raises EngineError.
    """
    words: WakeWords = _engine(WAKE_WORDS, "wake word detector", "micro")(names, sensitivity)
    return words


def open_stop_word() -> StopWord:
    """Open a detector of "stop". Raises EngineError."""
    word: StopWord = _engine(STOP_WORDS, "stop word detector", "pocketsphinx")()
    return word


def open_echo_canceller(name: str) -> EchoCanceller:
    """Open an echo canceller. Raises EngineMissing, EchoError."""
    canceller: EchoCanceller = _engine(ECHO_CANCELLERS, "echo canceller", name)()
    return canceller


def open_vad(name: str) -> VoiceActivity:
    """Open a voice activity detector. Raises EngineError."""
    vad: VoiceActivity = _engine(VADS, "voice activity detector", name)()
    return vad


def open_language_model(
    name: str,
    model: Path,
    *,
    threads: int | None = None,
    context_tokens: int = 6144,
    temperature: float = 0.0,
    cache_dir: Path | None = None,
    sha256: str | None = None,
) -> LanguageModel:
    """Open the language model in the file `model`; `threads` of None takes all cores but one. Raises EngineError.

    In `cache_dir` it may keep what it computed of the system text and the tools; `sha256` is what the file must have,
    where it is known.
    """
    engine = _engine(LANGUAGE_MODELS, "language model", name)
    language_model: LanguageModel = engine(
        model,
        threads=threads,
        context_tokens=context_tokens,
        temperature=temperature,
        cache_dir=cache_dir,
        sha256=sha256,
    )
    return language_model


def open_pocket_model() -> PocketModel:
    """Open the small model that ships. Raises EngineError."""
    pocket: PocketModel = _engine(POCKET_MODELS, "pocket model", "pocket")()
    return pocket


def _engine(engines: dict[str, tuple[str, str]], role: str, name: str) -> Any:
    """Import the class of an engine. What comes back is checked by the contract tests, not by the type checker."""
    if name not in engines:
        raise EngineMissing(f"there is no {role} called {name!r}; there is {', '.join(sorted(engines))}")
    module, attribute = engines[name]
    try:
        return getattr(importlib.import_module(module), attribute)
    except ImportError as exc:
        package = exc.name or "a package"
        raise EngineMissing(f"the {role} {name} needs {package}, which is not installed ({exc})") from exc


def _needed(value: str | Path | None, role: str, name: str) -> Any:
    if value is None:
        raise EngineMissing(f"the {role} {name} needs a file or folder: set one")
    return value
