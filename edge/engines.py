"""Loads the engines that the settings name, each on the thread that will own it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from edge.completeness import Endings
from edge.config import Config
from edge.corpus import Corpus
from edge.detector import Detector
from edge.fast_path import FastPath
from edge.interpreter import PocketModel
from edge.lexicon import lexicon
from edge.meant import Templates
from edge.worker import Worker
from models import registry
from models.asr import Recogniser
from models.catalog import ModelError, load_catalog
from models.engine import EngineFailed, EngineMissing
from models.llm import LanguageModel
from models.store import Store
from models.tts import Voice


@dataclass(frozen=True, slots=True)
class Engines:
    """What hears, understands and speaks."""

    detector: Detector
    recogniser: Recogniser
    voice: Voice
    model: LanguageModel | None
    templates: Templates
    endings: Endings
    """How sentences end, by which the end of an utterance is told."""
    pocket: PocketModel | None = None
    """Understands what no template knows; none for languages other than its own."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The threads: one for each engine, one for whatever waits for the disk."""

    detect: Worker
    asr: Worker
    llm: Worker
    pocket: Worker
    tts: Worker
    disk: Worker


@contextmanager
def open_workers() -> Iterator[Workers]:
    """Start the threads; leaving joins them."""
    with ExitStack() as stack:
        yield Workers(
            *(stack.enter_context(Worker(name)) for name in ("detect", "asr", "llm", "pocket", "tts", "disk"))
        )


async def load_engines(config: Config, workers: Workers, *, echoes: bool) -> Engines:
    """Load every engine, all at once; `echoes` says that the microphone may hear the loudspeaker.

    Raises EngineError and EchoError, in an ExceptionGroup, and ValueError.
    """
    known = await workers.disk.call(known_sentences, config)
    async with asyncio.TaskGroup() as tasks:
        detector = tasks.create_task(workers.detect.call(_detector, config, echoes))
        recogniser = tasks.create_task(workers.asr.call(open_recogniser, config, known))
        voice = tasks.create_task(workers.tts.call(_voice, config))
        model = tasks.create_task(workers.llm.call(_model, config))
        templates = tasks.create_task(workers.disk.call(_templates, config))
        pocket = tasks.create_task(workers.pocket.call(_pocket, config))
    return Engines(
        detector.result(),
        recogniser.result(),
        voice.result(),
        model.result(),
        templates.result(),
        Endings(known.endings),
        pocket.result(),
    )


def spare_from_collection() -> None:
    """Hide all that is loaded from Python's garbage collector; once, when it is loaded for good.

    A whole collection goes through 147,000 objects, 98 ms on x86-64 in which no thread of Python runs, and the driver
    holds 60 ms of sound. With them frozen it takes 0.03 ms.
    """
    gc.collect()
    gc.freeze()


def _detector(config: Config, echoes: bool) -> Detector:
    cancels = echoes and config.audio.barge_in and config.audio.echo_canceller != "none"
    wakes = config.hearing.attention == "wake" and config.hearing.wake_words
    return Detector(
        registry.open_vad("silero"),
        canceller=registry.open_echo_canceller(config.audio.echo_canceller) if cancels else None,
        wake=registry.open_wake_words(config.hearing.wake_words, config.hearing.wake_sensitivity) if wakes else None,
        stop=registry.open_stop_word() if config.language == "en" else None,
    )


def known_sentences(config: Config) -> Corpus:
    """Give what a wearer with these settings may say; nothing for a language that we have no corpus of."""
    if config.language != "en":
        return Corpus((), (), {})
    return lexicon(config.wearable, platformdirs.user_cache_path("earrand"))


def open_recogniser(config: Config, known: Corpus) -> Recogniser:
    """Open the recogniser of the settings, for these sentences. Raises EngineError."""
    if config.hearing.recogniser == "faster-whisper":
        return registry.open_recogniser("faster-whisper", model=config.hearing.whisper_model, language=config.language)
    if config.language != "en":
        raise EngineMissing(
            f"pocketsphinx hears English only; for {config.language} set [hearing] recogniser to faster-whisper"
        )
    return registry.open_recogniser(
        config.hearing.recogniser,
        sentences=known.sentences,
        vocabulary=known.vocabulary,
        cache_dir=platformdirs.user_cache_path("earrand"),
    )


def _voice(config: Config) -> Voice:
    model = Path(config.speaking.piper_model).expanduser() if config.speaking.piper_model else None
    return registry.open_voice(
        config.speaking.voice,
        language=config.language,
        model=model,
        words_per_minute=config.speaking.words_per_minute,
    )


def _model(config: Config) -> LanguageModel | None:
    if not config.understanding.model:
        return None
    path = Path(config.understanding.model).expanduser()
    return registry.open_language_model(
        "llama.cpp",
        path,
        context_tokens=config.understanding.context_tokens,
        sha256=_pinned(path),
        cache_dir=platformdirs.user_cache_path("earrand") / "prefix",
    )


def _pinned(model: Path) -> str | None:
    """Give the SHA-256 of a model that was pulled, as it was then. Raises EngineFailed when that cannot be read."""
    try:
        return Store().expected(load_catalog(), model)
    except ModelError as exc:
        raise EngineFailed(f"it cannot be known whether {model} is the file that was pulled: {exc}") from exc


def _pocket(config: Config) -> PocketModel | None:
    is_ours = config.understanding.pocket_model and config.language == "en"
    return registry.open_pocket_model() if is_ours else None


def _templates(config: Config) -> FastPath:
    return FastPath(config.language, config.wearable.people, config.wearable.lists)


def names(config: Config, engines: Engines) -> dict[str, str]:
    """Give the engines' names for the timeline."""
    return {
        "wakes": ", ".join(config.hearing.wake_words) if config.hearing.attention == "wake" else "always",
        "hears": config.hearing.recogniser,
        "understands": ", ".join(["fast-path", *(one.name for one in (engines.pocket, engines.model) if one)]),
        "speaks": config.speaking.voice,
    }
