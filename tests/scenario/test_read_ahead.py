"""How much of what people said a model has read before they finished, with the real recogniser on recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio.endpoint import Endpointer, EndpointOptions, SpeechEnded
from audio.files import read_sound
from audio.frames import SAMPLE_RATE, split_frames
from audio.ring import Ring
from models.asr import Heard, Partial
from models.llama_session import LlamaSession, SessionOptions
from models.pocketsphinx_asr import PocketsphinxRecogniser
from models.prefill import ReadAhead, Tally
from models.random_gguf import write_random_gguf
from models.silero_vad import SileroVad
from tests.scenario.test_pocketsphinx import RECORDINGS, SENTENCES

LEAST_READ = 0.7
"""Of the wearer's tokens, before the last sound of the last word."""
MOST_WASTED = 0.2
"""Of the tokens that were read."""


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> LlamaSession:
    path = tmp_path_factory.mktemp("llm") / "pocket.gguf"
    write_random_gguf(path, "pocket")
    return LlamaSession(path, SessionOptions(threads=1, context_tokens=256))


def in_a_room(pcm: bytes) -> bytes:
    """Put a recording between pauses, in a room that is never quite silent."""
    pause = np.zeros(SAMPLE_RATE)
    sound = np.concatenate([pause, np.frombuffer(pcm, "<i2"), pause])
    sound += np.random.default_rng(1).normal(0, 8, len(sound))
    return sound.clip(-32768, 32767).astype("<i2").tobytes()


def heard(recogniser: PocketsphinxRecogniser, vad: SileroVad, pcm: bytes) -> Iterator[tuple[int, Partial | Heard]]:
    """Give what the ear hears, each with the sample at which it does; the whole comes with the last voiced one."""
    endpointer, ring = Endpointer(EndpointOptions()), Ring()
    recogniser.start()
    vad.reset()
    for frame in split_frames(pcm):
        boundary = endpointer.take(frame.start, vad.probability(frame.pcm))
        ring.push(frame)
        if endpointer.in_speech or boundary is not None:
            partial = recogniser.feed(b"".join(held.pcm for held in ring.take()))
            if partial is not None:
                yield frame.end, partial
        if isinstance(boundary, SpeechEnded):
            yield boundary.last_voiced, recogniser.finish()
            return


def test_most_words_are_read_before_they_are_all_said_and_few_in_vain(tmp_path: Path, tokenizer: LlamaSession) -> None:
    recogniser, vad = PocketsphinxRecogniser(SENTENCES, [], tmp_path), SileroVad()
    said = read = wasted = evaluated = 0
    for recording in sorted(RECORDINGS.glob("*.flac")):
        *partials, (end, whole) = heard(recogniser, vad, in_a_room(read_sound(recording)))
        assert isinstance(whole, Heard)
        assert whole.text.replace(" ", "_") == recording.stem
        policy, tally = ReadAhead(), Tally()
        for sample, partial in partials:
            assert isinstance(partial, Partial)
            if sample <= end and (words := policy.hear(partial)) is not None:
                tally.read(tokenizer.tokenize(words))
        tokens = tokenizer.tokenize(whole.text)
        read += tally.finish(tokens)
        said += len(tokens)
        wasted += tally.wasted
        evaluated += tally.evaluated
    assert said > 100
    assert read / said >= LEAST_READ
    assert wasted / evaluated <= MOST_WASTED
