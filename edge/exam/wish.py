"""What somebody wishes to have measured, and the sentences that it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from edge.config import WearableSection
from edge.exam.heard import can_be_said
from edge.exam.questions import Exam, our_exam, out_of_scope, read_exam, sample

EngineName = Literal["fast-path", "pocket", "both"]
_CLINC = "clinc_train.jsonl"
_TRAINING = ("nlu_train.jsonl", "snips_train.jsonl", _CLINC, "hass_sentences.jsonl")
"""What the baselines learn from, with our own sentences: the same as the pocket model."""
_SPOKEN_ROWS = 100
"""With --asr and no --limit."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure."""

    engine: EngineName
    weights: Path
    """Folder of the pocket model's files."""
    least_confidence: float
    data: Path | None = None
    """Annotated sentences; none for our own."""
    train: Path | None = None
    """Folder of training data for the baselines; else that of `data`."""
    idle: Path | None = None
    """Sentences of which only those count that ask for nothing; else the CLINC rows in the folder of `data`."""
    limit: int | None = None
    asr: bool = False
    copying: bool = False


def chosen_exam(wish: Wish, wearable: WearableSection) -> Exam:
    """Give the questions: those of the file, else of our own templates. Raises ValueError, and OSError for the file."""
    exam = our_exam(wearable.people, wearable.lists) if wish.data is None else read_exam(wish.data)
    if not exam.questions:
        raise ValueError(f"{wish.data}: the table knows none of its intents")
    questions = tuple(one for one in exam.questions if can_be_said(one)) if wish.asr else exam.questions
    return replace(exam, questions=sample(questions, wish.limit or (_SPOKEN_ROWS if wish.asr else None)))


def idle_exam(wish: Wish) -> Exam | None:
    """Give the questions that ask for nothing, if there are any. Raises ValueError, and OSError for the file."""
    path = wish.idle or (wish.data.with_name(_CLINC) if wish.data else None)
    if path is None or (wish.idle is None and not path.exists()):
        return None
    exam = out_of_scope(read_exam(path))
    if not exam.questions:
        raise ValueError(f"{path}: each of its sentences asks for something")
    return replace(exam, questions=sample(exam.questions, wish.limit))


def training_folder(wish: Wish) -> tuple[Path | None, list[str]]:
    """Give the folder that the baselines learn from, or a note why there is none. Raises ValueError."""
    folder = wish.train or (wish.data.parent if wish.data else None)
    if folder is None:
        return None, []
    missing = [name for name in _TRAINING if not (folder / name).exists()]
    if not missing:
        return folder, []
    if wish.train is not None:
        raise ValueError(f"{folder} has no {', '.join(missing)}")
    return None, [f"No baselines, for {folder} has no {', '.join(missing)}: give --train."]
