"""One token is chosen among those that are allowed, and it is known how sure the choice was."""

from __future__ import annotations

import numpy as np
import pytest

from models.engine import EngineFailed
from models.token_choice import choose

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.04, 0.01], np.float32))


def test_the_likeliest_of_the_allowed_is_chosen_and_its_share_is_among_them_only() -> None:
    chosen = choose(LOGITS, np.array([1, 2, 4]), 0.0, np.random.default_rng(0))
    assert chosen.token == 1
    assert chosen.probability == pytest.approx(0.3 / 0.46)


def test_an_only_way_is_certain() -> None:
    assert choose(LOGITS, np.array([4]), 0.0, np.random.default_rng(0)).probability == 1.0


def test_drawn_tokens_come_as_often_as_they_are_likely_and_hopeless_ones_never() -> None:
    random = np.random.default_rng(0)
    drawn = [choose(LOGITS, np.arange(5), 1.0, random) for _ in range(4000)]
    counts = np.bincount([chosen.token for chosen in drawn], minlength=5)
    assert counts / 4000 == pytest.approx([0.5 / 0.99, 0.3 / 0.99, 0.15 / 0.99, 0.04 / 0.99, 0], abs=0.03)
    assert counts[4] == 0
    assert {round(chosen.probability, 2) for chosen in drawn} == {0.5, 0.3, 0.15, 0.04}


@pytest.mark.parametrize("logit", [np.nan, -np.inf, np.inf])
def test_a_model_that_gives_no_token_a_chance_is_broken(logit: float) -> None:
    with pytest.raises(EngineFailed, match="broken"):
        choose(np.full(3, logit, np.float32), np.arange(3), 0.0, np.random.default_rng(0))
