"""What every recogniser keeps to."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio.frames import SAMPLE_RATE
from models.asr import Heard, Partial, Recogniser
from models.pocketsphinx_asr import PocketsphinxRecogniser
from models.transcript import plain_words
from models.whisper_asr import WhisperOptions, WhisperRecogniser
from tests.spoken import spoken
from tests.tiny_whisper import write_tiny_whisper

SENTENCES = ["set a timer for ten minutes", "what time is it", "turn on the light in the kitchen", "call anna", "stop"]
NOTHING = Heard("", 0.0)
QUARTER_SECOND = SAMPLE_RATE // 2


def pocketsphinx(folder: Path) -> Recogniser:
    return PocketsphinxRecogniser(SENTENCES, ["pineapple"], folder)


def whisper(folder: Path) -> Recogniser:
    """Recites a sentence whatever it hears: its manners are those of the real one."""
    weights = write_tiny_whisper(folder, recites="set a timer for ten minutes")
    return WhisperRecogniser(weights, options=WhisperOptions(partial_every_s=0.5, beam_size=1))


def chinese_whisper(folder: Path) -> Recogniser:
    weights = write_tiny_whisper(folder, recites="打开厨房的灯", multilingual=True)
    return WhisperRecogniser(weights, "zh-CN", WhisperOptions(partial_every_s=0.5, beam_size=2, short_windows=True))


@pytest.fixture(scope="module", params=[pocketsphinx, whisper, chinese_whisper], ids=lambda make: make.__name__)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    make: Callable[[Path], Recogniser] = request.param
    return make(tmp_path_factory.mktemp("recogniser"))


@pytest.fixture
def recogniser(loaded: Recogniser) -> Recogniser:
    loaded.start()
    return loaded


@pytest.fixture(scope="module")
def speech() -> bytes:
    return spoken("set a timer for ten minutes") + bytes(QUARTER_SECOND)


def listen(recogniser: Recogniser, pcm: bytes, step: int = 640) -> tuple[list[Partial], Heard]:
    """Feed it all in frames and finish."""
    told = [recogniser.feed(pcm[place : place + step]) for place in range(0, len(pcm), step)]
    return [partial for partial in told if partial is not None], recogniser.finish()


def test_no_sound_has_no_words(recogniser: Recogniser) -> None:
    assert recogniser.finish() == NOTHING


def test_an_empty_chunk_is_no_sound(recogniser: Recogniser) -> None:
    assert recogniser.feed(b"") is None
    assert recogniser.finish() == NOTHING


@pytest.mark.parametrize("samples", [1, 7, 159, 320, 500])
def test_a_click_is_not_believed(recogniser: Recogniser, samples: int) -> None:
    assert recogniser.feed(b"\x00\x20" * samples) is None
    assert recogniser.finish().confidence < 0.5


def test_silence_has_no_words(recogniser: Recogniser) -> None:
    partials, heard = listen(recogniser, bytes(2 * 2 * SAMPLE_RATE))
    assert [one for one in partials if one.committed] == []
    assert heard.confidence < 0.5


def test_fifteen_seconds_of_noise_are_not_believed(recogniser: Recogniser) -> None:
    noise = np.random.default_rng(3).normal(0, 800, 15 * SAMPLE_RATE).astype("<i2").tobytes()
    _, heard = listen(recogniser, noise, step=3200)
    assert heard.confidence < 0.5


def test_fifteen_seconds_of_speech_are_heard_to_the_end(recogniser: Recogniser, speech: bytes) -> None:
    long = (speech * 12)[: 15 * 2 * SAMPLE_RATE]
    partials, heard = listen(recogniser, long, step=3200)
    assert partials
    assert heard.text


def test_committed_words_never_change_and_begin_the_final_text(recogniser: Recogniser, speech: bytes) -> None:
    listen(recogniser, speech)  # the first utterance of a wearer may well commit nothing
    partials, heard = listen(recogniser, speech * 3)
    committed: list[str] = []
    for partial in partials:
        assert plain_words(partial.committed)[: len(committed)] == committed
        committed = plain_words(partial.committed)
    assert committed, "the test would prove nothing"
    assert plain_words(heard.text)[: len(committed)] == committed


def test_partials_are_told_when_they_change(recogniser: Recogniser, speech: bytes) -> None:
    partials, _ = listen(recogniser, speech)
    assert partials
    assert all(one != other for one, other in itertools.pairwise(partials))


def test_text_is_lower_case_without_punctuation_and_confidence_a_share(recogniser: Recogniser, speech: bytes) -> None:
    _, heard = listen(recogniser, speech)
    assert heard.text == " ".join(heard.text.lower().split())
    assert all(letter.isalnum() or letter in " '" for letter in heard.text)
    assert 0.0 <= heard.confidence <= 1.0


@pytest.mark.parametrize("step", [2, 6400, 1_000_000])
def test_the_size_of_the_chunks_does_not_matter(recogniser: Recogniser, speech: bytes, step: int) -> None:
    piece = speech[: SAMPLE_RATE * 3]
    whole = [listen(recogniser, piece, 640)[1].text for _ in range(2)][-1]
    assert listen(recogniser, piece, step)[1].text == whole


def test_it_can_be_used_again_after_finish_without_start(recogniser: Recogniser, speech: bytes) -> None:
    first = listen(recogniser, speech)[1]
    second = listen(recogniser, speech)[1]
    assert first.text.split()[:4] == second.text.split()[:4]
    assert recogniser.finish() == NOTHING


def test_two_utterances_in_a_row_do_not_mix(recogniser: Recogniser, speech: bytes) -> None:
    alone = [listen(recogniser, speech)[1].text for _ in range(2)][-1]
    recogniser.start()
    listen(recogniser, bytes(SAMPLE_RATE))
    recogniser.start()
    assert listen(recogniser, speech)[1].text == alone


def test_start_forgets_an_unfinished_utterance(recogniser: Recogniser, speech: bytes) -> None:
    recogniser.feed(speech)
    recogniser.start()
    assert recogniser.finish() == NOTHING
    recogniser.feed(speech)
    recogniser.start()
    recogniser.start()
    assert listen(recogniser, speech)[1].text == listen(recogniser, speech)[1].text


def test_a_closer_look_in_a_pause_leaves_the_utterance_as_it_is(recogniser: Recogniser, speech: bytes) -> None:
    alone = [listen(recogniser, speech)[1].text for _ in range(2)][-1]
    recogniser.feed(speech[: len(speech) // 4 * 2])
    assert recogniser.reread() == recogniser.reread()
    recogniser.feed(speech[len(speech) // 4 * 2 :])
    assert recogniser.finish().text == alone


def test_without_sound_a_closer_look_finds_nothing(recogniser: Recogniser) -> None:
    assert recogniser.reread() == ""
    assert recogniser.finish() == NOTHING


def test_nothing_is_printed(recogniser: Recogniser, speech: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    listen(recogniser, speech)
    listen(recogniser, bytes(64))
    assert capfd.readouterr() == ("", "")
