"""What sits an exam: the fast path, the pocket model, one after the other, and the baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from edge.exam.questions import Answer
from edge.fast_path import FastPath
from edge.frame_tools import frame_tool
from edge.interpreter import PocketModel, likeliest
from models.pocket import understand
from models.pocket.baselines import LinearWords, Nearest
from models.pocket.frames import Call
from models.pocket.lessons import Lesson
from models.pocket.words import normalise


class Engine(Protocol):
    """Understands sentences."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    @property
    def gives_arguments(self) -> bool:
        """Whether its arguments are words of the sentence, so that they can be compared."""
        ...

    def answer(self, readings: Sequence[str]) -> Answer:
        """Answer a sentence, of which there may be several readings, the likeliest first."""
        ...


class Templates:
    """The fast path. Its arguments are minutes and dates, so that only the tool can be compared."""

    name = "fast-path"
    gives_arguments = False

    def __init__(self, fast_path: FastPath) -> None:
        self._fast_path = fast_path

    def answer(self, readings: Sequence[str]) -> Answer:
        """Give the first reading that a template matches."""
        for text in readings:
            call = self._fast_path.match(text)
            if call is not None:
                return Answer((Call(frame_tool(call.tool)),), 1.0)
        return Answer((), 0.0)


class Pocket:
    """The pocket model."""

    name = "pocket"
    gives_arguments = True

    def __init__(self, model: PocketModel) -> None:
        self._model = model

    def answer(self, readings: Sequence[str]) -> Answer:
        """Give the model's best reading, chosen as the wearable does."""
        meant = likeliest(self._model, readings)
        if meant is None:
            return Answer((), 0.0)
        return Answer(meant.calls, meant.confidence, meant.effort.batches, meant.effort.tokens)


class Both:
    """The fast path, and for what it does not know the pocket model."""

    name = "fast-path, then pocket"
    gives_arguments = False

    def __init__(self, first: Engine, second: Engine) -> None:
        self._first = first
        self._second = second

    def answer(self, readings: Sequence[str]) -> Answer:
        """Give the first engine's answer, or else the second's."""
        first = self._first.answer(readings)
        return first if first.calls else self._second.answer(readings)


class Neighbour:
    """The TF-IDF nearest neighbour. It is always sure."""

    name = "nearest neighbour"
    gives_arguments = True

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._nearest = Nearest(one.example for one in lessons)

    def answer(self, readings: Sequence[str]) -> Answer:
        """Give the call of the sentence most similar to the first reading."""
        return Answer((self._nearest.call(normalise(readings[0])),), 1.0)


class Linear:
    """The linear classifier, which knows no arguments. It is always sure."""

    name = "linear classifier"
    gives_arguments = False

    def __init__(self, lessons: Sequence[Lesson], told: Callable[[float], None]) -> None:
        self._words = LinearWords(lessons, 1, told)

    def answer(self, readings: Sequence[str]) -> Answer:
        """Give the likeliest tool of the first reading."""
        return Answer((Call(self._words.tool(normalise(readings[0]))),), 1.0)


def open_pocket(folder: Path) -> PocketModel:
    """Open the pocket model whose three files are in a folder. Raises EngineError."""
    return understand.PocketModel(folder / "pocket.gguf", folder / "votes.npz", folder / "confidence.json")
