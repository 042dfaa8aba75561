"""What holds for exact confidence bounds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.benches.bounds import rate_bound, share_bound


def test_nothing_in_three_hours_is_the_rule_of_three() -> None:
    assert rate_bound(0, 3) == pytest.approx(-math.log(0.05) / 3)


@pytest.mark.parametrize(("events", "bound"), [(1, 4.743865), (5, 10.513035), (10, 16.962219)])
def test_rates_are_those_of_garwoods_table(events: int, bound: float) -> None:
    assert rate_bound(events, 1) == pytest.approx(bound, abs=1e-5)


def test_no_failure_has_a_closed_form() -> None:
    assert share_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))


def test_one_in_two_has_a_closed_form() -> None:
    assert share_bound(1, 2) == pytest.approx(math.sqrt(0.95))


@given(st.integers(0, 200), st.floats(0.01, 1000))
def test_the_bound_of_a_rate_is_over_the_rate_and_falls_with_the_hours(events: int, hours: float) -> None:
    assert rate_bound(events, hours) > events / hours
    assert rate_bound(events, 2 * hours) == pytest.approx(rate_bound(events, hours) / 2)
    assert rate_bound(events + 1, hours) > rate_bound(events, hours)


@given(st.integers(1, 300), st.data())
def test_the_bound_of_a_share_lies_between_the_share_and_1(trials: int, data: st.DataObject) -> None:
    failures = data.draw(st.integers(0, trials))
    bound = share_bound(failures, trials)
    assert failures / trials <= bound <= 1
    if failures < trials:
        assert bound > failures / trials


def test_what_cannot_be_is_refused() -> None:
    for failures, trials in ((1, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="failures"):
            share_bound(failures, trials)
    with pytest.raises(ValueError, match="hours"):
        rate_bound(0, 0)
