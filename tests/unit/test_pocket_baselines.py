from __future__ import annotations

import pytest

from models.pocket.annotated import Example, Row, example_of
from models.pocket.baselines import LinearWords, Nearest
from models.pocket.frames import Call
from models.pocket.lessons import Lesson

_ROWS = (
    ("alarm_set", "wake me at [time : six]"),
    ("alarm_set", "set an alarm for [time : half past nine]"),
    ("alarm_set", "set my alarm to [time : noon]"),
    ("lists_createoradd", "add soap to the [list_name : picnic] list"),
    ("lists_createoradd", "put soap on my [list_name : hardware] list"),
    ("general_joke", "tell me a joke"),
    ("general_joke", "do you know a funny joke"),
)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    found = [example_of(Row(annotation, intent, annotation)) for intent, annotation in _ROWS]
    return [one for one in found if one is not None]


def test_the_nearest_neighbour_knows_its_own_sentences(examples: list[Example]) -> None:
    nearest = Nearest(examples)
    assert [nearest.call(one.words) for one in examples] == [one.call for one in examples]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("set an alarm for noon", Call("set_alarm", (("when", "noon"),))),
        ("set an alarm for three thirty", Call("set_alarm", (("when", "three thirty"),))),
        ("add soap to the packing list", Call("add_to_list", (("item", "soap"), ("list", "packing")))),
        ("zorp", Call("set_alarm")),
    ],
)
def test_values_are_known_ones_or_what_stands_in_their_place(examples: list[Example], text: str, call: Call) -> None:
    assert Nearest(examples).call(tuple(text.split())) == call


def test_the_linear_classifier_learns_which_words_mean_what(examples: list[Example]) -> None:
    linear = LinearWords([Lesson(one, 1.0) for one in examples] * 40, seed=1)
    assert [linear.tool(one.words) for one in examples] == [one.frame.tool for one in examples]
    assert linear.tool(("a", "joke", "about", "soap", "please", "tell", "me")) == "ask"


def test_heavier_lessons_count_for_more(examples: list[Example]) -> None:
    words = examples[0].words
    contrary = Example(words, examples[-1].frame)
    for weight, tool in ((0.2, "set_alarm"), (5.0, "ask")):
        lessons = [Lesson(examples[0], 1.0), Lesson(contrary, weight)] * 40
        assert LinearWords(lessons, seed=1).tool(words) == tool


def test_the_same_seed_learns_the_same(examples: list[Example]) -> None:
    told: list[float] = []
    lessons = [Lesson(one, 1.0) for one in examples] * 40
    first, second = LinearWords(lessons, 3, told.append), LinearWords(lessons, 3)
    assert all(first.tool(one.words) == second.tool(one.words) for one in examples)
    assert told == sorted(told)
    assert told[-1] == 1


def test_without_examples_there_is_no_baseline() -> None:
    with pytest.raises(ValueError, match="near"):
        Nearest([])
    with pytest.raises(ValueError, match="learn"):
        LinearWords([], seed=1)
