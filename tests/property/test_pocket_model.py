"""The pocket model, whatever its weights are and whatever is said."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine import EngineFailed
from models.pocket.frames import SEVERAL, TOOLS, Understanding
from models.pocket.understand import PocketModel
from models.pocket.votes import Votes
from models.pocket.words import normalise
from tests.fuzz_pocket import check, random_text
from tests.tiny_pocket import open_tiny_pocket, write_tiny_pocket

_SENTENCE = "add oat milk to the camping list and tell anna that i am late"
_TRIES = 10_000
"""So often may an interruption come between two batches; the first try nearly always has it within one."""
_SURE = 0.8

_spoken = st.integers().map(lambda seed: random_text(random.Random(seed)))
_texts = st.one_of(st.text(max_size=200), _spoken)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[PocketModel]:
    folder = tmp_path_factory.mktemp("pocket")
    return [open_tiny_pocket(write_tiny_pocket(folder / str(seed), seed)) for seed in range(4)]


@settings(max_examples=60, deadline=None)
@given(text=_texts, asked=st.booleans(), known=st.lists(_texts, max_size=2), which=st.integers(0, 3))
def test_random_weights_make_calls_of_known_tools_with_pieces_of_the_utterance(
    models: list[PocketModel], text: str, asked: bool, known: list[str], which: int
) -> None:
    meant = models[which].understand(text, asked=asked, known=known)
    if meant is None:
        assert not normalise(text)
    else:
        check(text, meant)


def test_what_was_said_before_changes_nothing(models: list[PocketModel]) -> None:
    dice = random.Random(2)
    texts = [text for text in (random_text(dice) for _ in range(40)) if normalise(text)]
    forwards = {text: models[0].understand(text) for text in texts}
    backwards = {text: models[0].understand(text) for text in reversed(texts)}
    # What is held of the text before makes other batches, and other batches other last digits: no near ties.
    sure = [text for text, meant in forwards.items() if meant and len(meant.calls) == 1 and meant.confidence > _SURE]
    assert len(sure) > len(texts) / 5
    assert [_tools(backwards[text]) for text in sure] == [_tools(forwards[text]) for text in sure]


def test_nothing_said_means_nothing(models: list[PocketModel]) -> None:
    assert [models[0].understand(text) for text in ("", " \n", "?!", "<>")] == [None] * 4


def test_no_vote_however_sure_makes_one_call_of_several_commands(tmp_path: Path) -> None:
    folder = write_tiny_pocket(tmp_path)
    votes = Votes.load(folder / "votes.npz")
    votes.tools.bias[list(TOOLS).index(SEVERAL)] = 1000
    votes.save(folder / "votes.npz")
    model, dice = open_tiny_pocket(folder), random.Random(1)
    found = [model.understand(random_text(dice)) for _ in range(50)]
    assert SEVERAL not in {call.tool for meant in found if meant for call in meant.calls}


def test_an_interruption_from_another_thread_ends_it_and_the_next_text_is_understood(tmp_path: Path) -> None:
    model = open_tiny_pocket(write_tiny_pocket(tmp_path))
    before = model.understand(_SENTENCE)
    assert before
    enough = threading.Event()

    def interrupt() -> None:
        while not enough.is_set():
            model.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        found = any(model.understand(f"{_SENTENCE} {number}") is None for number in range(_TRIES))
    finally:
        enough.set()
        thread.join()
    assert found
    assert _tools(model.understand(_SENTENCE)) == _tools(before)


def test_a_file_for_other_tools_is_refused(tmp_path: Path) -> None:
    folder = write_tiny_pocket(tmp_path)
    path = folder / "pocket.gguf"
    path.write_bytes(path.read_bytes().replace(b"<take_photo>", b"<make_photo>"))
    with pytest.raises(EngineFailed, match="take_photo"):
        open_tiny_pocket(folder)


def _tools(meant: Understanding | None) -> list[str]:
    return [call.tool for call in meant.calls] if meant else []
