from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from models.pocket import written
from models.pocket.copying import EVERYDAY, ITEMS, KINDS, MESSAGES, Case, copying_cases
from models.pocket.frames import TOOLS, Call
from models.pocket.written import read_lists, read_written


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(copying_cases(500, seed=1))


def test_the_same_seed_gives_the_same_cases(cases: list[Case]) -> None:
    assert list(copying_cases(500, seed=1)) == cases
    assert list(copying_cases(500, seed=2)) != cases


def test_messages_and_items_of_two_to_eight_words_from_all_sources(cases: list[Case]) -> None:
    assert Counter(case.tool for case in cases) == {"send_message": 250, "add_to_list": 250}
    assert {case.kind for case in cases} == set(KINDS)
    assert {len(case.value.split()) for case in cases} == set(range(2, 9))
    assert len({case.text for case in cases}) == len(cases)


def test_every_case_can_be_right(cases: list[Case]) -> None:
    for case in cases:
        assert case.argument in TOOLS[case.tool]
        assert f" {case.value} " in f" {case.text} "
        assert case.is_copied(Call(case.tool, (("list", "other"), (case.argument, case.value))))


def test_a_word_more_or_less_or_a_second_value_is_not_a_copy(cases: list[Case]) -> None:
    case = cases[0]
    right = (case.argument, case.value)
    for call in (
        Call(case.tool, ((case.argument, case.value.partition(" ")[2]),)),
        Call(case.tool, ((case.argument, f"{case.value} please"),)),
        Call(case.tool, (right, (case.argument, "please"))),
        Call(case.tool, (("to", case.value),)),
        Call("take_note", (right,)),
    ):
        assert not case.is_copied(call)
    assert replace(case, tool="take_note").is_copied(Call("take_note", (right,)))


def test_none_of_the_everyday_words_is_in_a_sentence_that_the_model_learned_from() -> None:
    lists = read_lists()
    learned = {word for values in lists.values() for value in values for word in value.lower().split()}
    learned |= {word for one in read_written(lists) for piece in one.pieces for word in piece.text.lower().split()}
    assert learned & set(EVERYDAY) == set()


def test_no_carrier_is_a_sentence_that_the_model_learned_from() -> None:
    folder = Path(written.__file__).parent / "sentences"
    lines = [line for path in folder.glob("*.txt") for line in path.read_text("utf-8").splitlines()]
    learned = {re.sub(r"\{\w+:[^{}]*\}", "_", line).strip() for line in lines}
    assert "tell _ _" in learned
    assert {re.sub(r"\{\w+\}", "_", carrier) for carrier in (*MESSAGES, *ITEMS)} & learned == set()
