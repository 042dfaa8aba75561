"""The likeliest row of labels, against trying all of them; calibration; hashed classifiers."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.pocket.confidence import Confidence, calibrated
from models.pocket.labelling import best_path
from models.pocket.linear import Linear, logs


@given(st.integers(1, 5), st.integers(2, 3), st.integers(0, 10_000))
def test_the_best_path_is_the_best_of_all_paths(words: int, labels: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores, follows = dice.standard_normal((words, labels)), dice.standard_normal((labels + 1, labels))

    def total(path: tuple[int, ...]) -> float:
        steps = zip((labels, *path), path, strict=False)
        return float(
            sum(row[label] for row, label in zip(scores, path, strict=True)) + sum(follows[a, b] for a, b in steps)
        )

    every = itertools.product(range(labels), repeat=words)
    assert np.isclose(total(tuple(best_path(scores, follows))), max(map(total, every)))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_calibrated_confidence_is_a_share_and_never_falls(rows: list[tuple[float, bool]]) -> None:
    table = calibrated([share for share, _ in rows], [right for _, right in rows])
    confidence = Confidence(table)
    values = [confidence.of(share) for share in np.linspace(0, 1, 21)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)
    assert table.raw == sorted(table.raw)


def test_calibration_gives_how_often_such_a_share_was_right() -> None:
    table = calibrated([0.2] * 10 + [0.9] * 10, [True] * 3 + [False] * 7 + [True] * 9 + [False])
    confidence = Confidence(table)
    assert np.isclose(confidence.of(0.2), 0.3)
    assert np.isclose(confidence.of(0.9), 0.9)


@given(st.integers(0, 10_000))
def test_rounding_to_a_byte_keeps_the_scores(seed: int) -> None:
    dice = np.random.default_rng(seed)
    weights = dice.standard_normal((64, 5)).astype(np.float32)
    linear = Linear.rounded(weights, np.zeros(5, np.float32))
    places, values = dice.integers(0, 64, 8), np.full(8, 0.3, np.float32)
    exact = values @ weights[places]
    assert np.allclose(linear.scores(places, values), exact, atol=8 * 0.3 * float(np.abs(weights).max()) / 127)


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=9))
def test_logs_are_those_of_probabilities(scores: list[float]) -> None:
    assert np.isclose(np.exp(logs(np.array(scores))).sum(), 1.0)
