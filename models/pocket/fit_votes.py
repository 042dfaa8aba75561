"""Fits the linear classifiers of votes.py to the lessons (logistic regression, scikit-learn)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from models.pocket.annotated import Example
from models.pocket.augment import Augmenter
from models.pocket.frames import LABELS, NOTHING, SEVERAL, TOOLS, labels_of
from models.pocket.lessons import Lesson
from models.pocket.linear import Linear
from models.pocket.votes import (
    LABEL_BUCKETS,
    TOOL_BUCKETS,
    Votes,
    label_features,
    tool_buckets,
    tool_features,
)
from models.pocket.words import joined

_TOOL_STRENGTH, _LABEL_STRENGTH = 3.0, 10.0
"""Inverse of the regularisation; for tools 10 was worse on one dev set and equal on the other."""
_TOOL_ONLY = 0.5
"""Rows that teach the tool alone are long sentences, and not from people at home: here they count less."""
_VARIED_WEIGHT = 0.7
"""Weight of an example with other values beside the one that was written."""
_COMPOUNDS = 0.3
_RARELY = 5.0
"""How many words of a tool weigh as much as what all tools together say about what follows what."""
_TOOLS = list(TOOLS)


def fit_votes(lessons: Sequence[Lesson], seed: int = 3) -> Votes:
    """Fit, which takes some minutes on one core for 40,000 lessons."""
    # Whether an utterance has two parts, or no sense, is a question of order: the network's alone.
    singles = [one for one in lessons if one.example.frame.tool not in (SEVERAL, NOTHING)]
    rarity = _rarity(singles)
    return Votes(_tools(singles, rarity), rarity, _labels(lessons, random.Random(seed)), follows(lessons))


def follows(lessons: Sequence[Lesson]) -> NDArray[np.float32]:
    """Count which label follows which, against how frequent it is anyway."""
    count = len(LABELS)
    seen = np.zeros((len(TOOLS), count + 1, count))
    for lesson in lessons:
        example = lesson.example
        if not example.tool_only and len(labels_of(example.frame.tool)) > 1:
            labels = labels_in(example)
            tool = _TOOLS.index(example.frame.tool)
            np.add.at(seen[tool], ([count, *labels[:-1]], labels), lesson.weight)
    overall = seen.sum(0) + 0.1
    allowed = np.array([[label in labels_of(tool) for label in LABELS] for tool in TOOLS])
    # Within a tool only its own labels can follow.
    general = np.where(allowed[:, None, :], overall, 0)
    general /= general.sum(-1, keepdims=True)
    smooth = seen + _RARELY * general
    after = smooth / smooth.sum(-1, keepdims=True)
    usual = np.where(allowed, seen.sum(1) + 1, 0)
    usual /= usual.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.log(after) - np.log(usual)[:, None, :]
    return np.where(allowed[:, None, :], table, 0).astype(np.float32)


def labels_in(example: Example) -> list[int]:
    """Give the number of each word's label."""
    labels = [0] * len(example.words)
    for span in joined(example.words, example.spans):
        labels[span.start : span.end] = [LABELS.index(span.argument)] * (span.end - span.start)
    return labels


def _tools(lessons: Sequence[Lesson], rarity: NDArray[np.float32]) -> Linear:
    rows = [tool_features(one.example.words, rarity) for one in lessons]
    table = _table([places for places, _ in rows], [values for _, values in rows], TOOL_BUCKETS)
    answers = [_TOOLS.index(one.example.frame.tool) for one in lessons]
    weights = [one.weight * (_TOOL_ONLY if one.example.tool_only else 1.0) for one in lessons]
    return _fit(table, answers, weights, len(TOOLS), _TOOL_STRENGTH)


def _labels(lessons: Sequence[Lesson], dice: random.Random) -> Linear:
    augmenter = Augmenter([one.example for one in lessons], dice)
    rows: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float32]] = []
    answers: list[int] = []
    weights: list[float] = []
    for example, weight in _varied(lessons, augmenter, dice):
        places, value = label_features(example.words, example.frame.tool)
        rows += list(places)
        values += list(value)
        answers += labels_in(example)
        weights += [weight] * len(example.words)
    table = _table(rows, values, LABEL_BUCKETS)
    return _fit(table, answers, weights, len(LABELS), _LABEL_STRENGTH)


def _varied(lessons: Sequence[Lesson], augmenter: Augmenter, dice: random.Random) -> Iterator[tuple[Example, float]]:
    """Give each example whose words have labels, and those with values once more with other values."""
    for lesson in lessons:
        example = lesson.example
        if example.tool_only or len(labels_of(example.frame.tool)) == 1:
            continue
        if example.frame.tool == SEVERAL and dice.random() > _COMPOUNDS:
            continue
        yield example, lesson.weight
        if example.spans:
            yield augmenter.vary(example).example, lesson.weight * _VARIED_WEIGHT


def _table(places: Sequence[NDArray[np.int64]], values: Sequence[NDArray[np.float32]], buckets: int) -> Any:
    ends = np.cumsum([0, *map(len, places)])
    return csr_matrix((np.concatenate(values), np.concatenate(places), ends), shape=(len(places), buckets))


def _fit(table: Any, answers: Sequence[int], weights: Sequence[float], classes: int, strength: float) -> Linear:
    model = LogisticRegression(C=strength, max_iter=60, tol=1e-3)
    model.fit(table, np.array(answers), sample_weight=np.array(weights))
    all_weights = np.zeros((table.shape[1], classes), np.float32)
    bias = np.full(classes, -20.0, np.float32)
    all_weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return Linear.rounded(all_weights, bias)


def _rarity(lessons: Sequence[Lesson]) -> NDArray[np.float32]:
    seen = np.zeros(TOOL_BUCKETS)
    for one in lessons:
        whole, pieces = tool_buckets(one.example.words)
        seen[list({*whole, *pieces})] += 1
    return (np.log(len(lessons) / (seen + 1)) + 1).astype(np.float32)
