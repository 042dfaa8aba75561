"""Loads the engines that the settings name, each on the thread that will own it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from edge.config import Config
from edge.corpus_cache import cached_corpus
from edge.fast_path import FastPath
from edge.mind import Templates
from edge.worker import Worker
from models import registry
from models.asr import Recogniser
from models.llm import LanguageModel
from models.tts import Voice
from models.vad import VoiceActivity

_CORPUS_SIZE = 60_000
"""Sentences for the recogniser's language model. Of 300 commands by three synthetic voices 20,000 give 92% right calls,
60,000 give 96%, and 120,000 no more. They cost two seconds once, and nothing at run time."""
_CORPUS_SEED = 1


@dataclass(frozen=True, slots=True)
class Engines:
    """What hears, understands and speaks."""

    vad: VoiceActivity
    recogniser: Recogniser
    voice: Voice
    model: LanguageModel | None
    templates: Templates


@dataclass(frozen=True, slots=True)
class Workers:
    """The threads: one for each engine, one for whatever waits for the disk."""

    detect: Worker
    asr: Worker
    llm: Worker
    tts: Worker
    disk: Worker


@contextmanager
def open_workers() -> Iterator[Workers]:
    """Start the threads; leaving joins them."""
    with ExitStack() as stack:
        yield Workers(*(stack.enter_context(Worker(name)) for name in ("detect", "asr", "llm", "tts", "disk")))


async def load_engines(config: Config, workers: Workers) -> Engines:
    """Load every engine, all at once. Raises EngineError, in an ExceptionGroup, and ValueError."""
    async with asyncio.TaskGroup() as tasks:
        vad = tasks.create_task(workers.detect.call(registry.open_vad, "silero"))
        recogniser = tasks.create_task(workers.asr.call(_recogniser, config))
        voice = tasks.create_task(workers.tts.call(_voice, config))
        model = tasks.create_task(workers.llm.call(_model, config))
        templates = tasks.create_task(workers.disk.call(_templates, config))
    return Engines(vad.result(), recogniser.result(), voice.result(), model.result(), templates.result())


def _recogniser(config: Config) -> Recogniser:
    if config.hearing.recogniser == "faster-whisper":
        return registry.open_recogniser("faster-whisper", model=config.hearing.whisper_model)
    cache = platformdirs.user_cache_path("earrand")
    wearable = config.wearable
    lexicon = cached_corpus(wearable.language, wearable.people, wearable.lists, _CORPUS_SIZE, _CORPUS_SEED, cache)
    return registry.open_recogniser(
        config.hearing.recogniser,
        sentences=lexicon.sentences,
        vocabulary=lexicon.vocabulary,
        cache_dir=cache,
    )


def _voice(config: Config) -> Voice:
    model = Path(config.speaking.piper_model).expanduser() if config.speaking.piper_model else None
    return registry.open_voice(config.speaking.voice, model=model, words_per_minute=config.speaking.words_per_minute)


def _model(config: Config) -> LanguageModel | None:
    if not config.understanding.model:
        return None
    path = Path(config.understanding.model).expanduser()
    return registry.open_language_model("llama.cpp", path, context_tokens=config.understanding.context_tokens)


def _templates(config: Config) -> FastPath:
    return FastPath(config.wearable.language, config.wearable.people, config.wearable.lists)


def names(config: Config, engines: Engines) -> dict[str, str]:
    """Give the engines' names for the timeline."""
    return {
        "hears": config.hearing.recogniser,
        "understands": "fast-path" + (f", {engines.model.name}" if engines.model else ""),
        "speaks": config.speaking.voice,
    }
