from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.announcements import STALE_S, TOLD, merge
from firmware_bridge.errands import TERMINAL, Errand, State

NOW = 1_000_000.0


@st.composite
def waiting(draw: st.DrawFn) -> list[Errand]:
    ages = draw(st.lists(st.floats(0, 3 * STALE_S), max_size=12))
    states = st.sampled_from(sorted(TERMINAL))
    return [
        Errand(f"{number:032x}", "notes.take_note", {}, NOW - age, draw(states))
        for number, age in enumerate(sorted(ages, reverse=True))
    ]


@given(waiting())
def test_every_errand_is_in_an_announcement_exactly_once_and_in_order(ended: list[Errand]) -> None:
    said = merge(ended, NOW)
    assert sorted([*said.told, *said.counted], key=lambda errand: errand.id) == ended
    assert [errand for errand in ended if errand in said.told] == list(said.told)


@given(waiting())
def test_what_did_not_go_well_is_told_and_never_only_counted(ended: list[Errand]) -> None:
    said = merge(ended, NOW)
    assert all(errand.state is State.COMPLETED for errand in said.counted)


@given(waiting())
def test_few_are_told_but_never_none(ended: list[Errand]) -> None:
    said = merge(ended, NOW)
    bad = sum(errand.state is not State.COMPLETED for errand in ended)
    assert len(said.told) <= max(TOLD, bad)
    assert bool(said.told) == bool(ended)


def test_old_news_is_counted_when_there_is_newer() -> None:
    old = Errand("0" * 32, "notes.take_note", {}, NOW - STALE_S - 1, State.COMPLETED)
    new = Errand("1" * 32, "notes.take_note", {}, NOW, State.COMPLETED)
    assert merge([old, new], NOW).told == (new,)
    assert merge([old, new], NOW).counted == (old,)
    assert merge([old], NOW).told == (old,)
