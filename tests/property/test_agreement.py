"""Committed words never change, however the hypotheses jump."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.agreement import Agreement
from models.asr import Partial

WORDS = st.lists(st.sampled_from(["turn", "on", "off", "the", "light"]), max_size=7)
HYPOTHESES = st.lists(WORDS, max_size=12)


def last_words(partial: Partial) -> list[str]:
    return f"{partial.committed} {partial.tentative}".split()


@given(HYPOTHESES, WORDS, st.integers(1, 4), st.integers(0, 3))
def test_what_was_committed_stays_and_begins_the_final_text(
    hypotheses: list[list[str]], final: list[str], agree: int, hold_back: int
) -> None:
    agreement = Agreement(agree, hold_back)
    committed: list[str] = []
    for hypothesis in hypotheses:
        partial = agreement.add(hypothesis)
        if partial is not None:
            assert partial.committed.split()[: len(committed)] == committed
            committed = partial.committed.split()
        assert list(agreement.committed) == committed
    assert list(agreement.settle(final))[: len(committed)] == committed


@given(HYPOTHESES, st.integers(1, 4), st.integers(0, 3))
def test_only_changes_are_told(hypotheses: list[list[str]], agree: int, hold_back: int) -> None:
    agreement = Agreement(agree, hold_back)
    told = [partial for hypothesis in hypotheses if (partial := agreement.add(hypothesis))]
    assert all(one != other for one, other in itertools.pairwise(told))


@given(WORDS, st.integers(1, 4), st.integers(0, 3))
def test_a_hypothesis_that_only_grows_is_told_as_it_is(words: list[str], agree: int, hold_back: int) -> None:
    agreement = Agreement(agree, hold_back)
    for length in range(1, len(words) + 1):
        partial = agreement.add(words[:length])
        assert partial is not None
        assert last_words(partial) == words[:length]
        assert len(partial.committed.split()) == max(0, length - agree + 1 - hold_back)
    assert list(agreement.settle(words)) == words


@given(WORDS, st.data(), st.integers(0, 3))
def test_words_are_committed_up_to_one_that_was_foreseen_like_the_next(
    words: list[str], data: st.DataObject, hold_back: int
) -> None:
    foreseen = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    agreement = Agreement(1, hold_back)
    agreement.add(words, foreseen)
    count = len(agreement.committed)
    assert agreement.committed == tuple(words[:count])
    assert all(foreseen[max(0, count - 1) : count + 1] if count else ())
    longer = range(count + 1, max(0, len(words) - hold_back) + 1)
    assert not any(all(foreseen[place - 1 : place + 1]) for place in longer)


def test_a_word_that_nothing_foresaw_waits() -> None:
    agreement = Agreement(agree=1)
    assert agreement.add(["turn", "of", "half"], [True, False, False]) == Partial("", "turn of half")
    assert agreement.add(["turn", "off", "the"], [True, True, True]) == Partial("turn off the", "")


@given(HYPOTHESES)
def test_a_hypothesis_that_agrees_is_settled_as_it_is(hypotheses: list[list[str]]) -> None:
    agreement = Agreement(2)
    for hypothesis in hypotheses:
        agreement.add(hypothesis)
    final = [*agreement.committed, "now"]
    assert list(agreement.settle(final)) == final


def test_two_hypotheses_commit_what_they_share() -> None:
    agreement = Agreement(agree=2)
    assert agreement.add(["turn", "of"]) == Partial("", "turn of")
    assert agreement.add(["turn", "off", "the"]) == Partial("turn", "off the")
    assert agreement.add(["turn", "off", "the", "light"]) == Partial("turn off the", "light")


@pytest.mark.parametrize(
    ("final", "settled"),
    [
        ("the lights in the kitchen", "the light in the kitchen"),
        ("light in the kitchen", "the light in the kitchen"),
        ("the old light in", "the light in"),
        ("", "the light"),
    ],
)
def test_the_final_words_after_the_committed_ones_are_kept(final: str, settled: str) -> None:
    agreement = Agreement(agree=1)
    agreement.add(["the", "light"])
    assert " ".join(agreement.settle(final.split())) == settled


@given(HYPOTHESES, HYPOTHESES, st.integers(1, 3), st.integers(0, 9))
def test_trimming_forgets_the_first_words_and_no_others(
    before: list[list[str]], after: list[list[str]], agree: int, count: int
) -> None:
    """Whether words were trimmed makes no difference to those after them, if the hypotheses lack them from then on."""
    whole, trimmed = Agreement(agree), Agreement(agree)
    for hypothesis in before:
        whole.add(whole.settle(hypothesis))
        trimmed.add(trimmed.settle(hypothesis))
    gone = trimmed.committed[:count]
    trimmed.trim(count)
    assert gone + trimmed.committed == whole.committed
    for hypothesis in after:
        whole.add([*whole.committed, *hypothesis])
        trimmed.add([*trimmed.committed, *hypothesis])
        assert gone + trimmed.committed == whole.committed


@given(HYPOTHESES, WORDS, WORDS)
def test_words_settled_by_force_stay(hypotheses: list[list[str]], forced: list[str], final: list[str]) -> None:
    agreement = Agreement(2)
    for hypothesis in hypotheses:
        agreement.add(hypothesis)
    words = (*agreement.committed, *forced)
    agreement.commit(words)
    assert agreement.committed == words
    agreement.add(agreement.settle(final))
    assert agreement.committed[: len(words)] == words


def test_committed_words_are_not_replaced_by_force() -> None:
    agreement = Agreement(1)
    agreement.add(["the", "light"])
    with pytest.raises(ValueError, match="never change"):
        agreement.commit(["the", "night"])


@given(WORDS, WORDS, st.integers(0, 7), st.integers(0, 7))
def test_who_knows_the_time_says_where_new_words_begin(
    committed: list[str], words: list[str], least: int, more: int
) -> None:
    agreement = Agreement(1)
    agreement.add(committed)
    most = least + more
    fresh = len(agreement.settle(words, least, most)) - len(committed)
    assert min(least, len(words)) <= len(words) - fresh <= most


def test_a_word_said_again_is_new_when_its_time_says_so() -> None:
    agreement = Agreement(1)
    agreement.add(["one", "two"])
    assert agreement.settle(["three", "four"]) == ("one", "two")
    assert agreement.settle(["three", "four"], 0, 0) == ("one", "two", "three", "four")


@pytest.mark.parametrize(("agree", "hold_back"), [(0, 0), (1, -1)])
def test_a_policy_without_sense_is_refused(agree: int, hold_back: int) -> None:
    with pytest.raises(ValueError, match="agreement"):
        Agreement(agree, hold_back)
