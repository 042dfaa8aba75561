"""The sentences that we wrote for the pocket model."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from models.pocket import written
from models.pocket.frames import SEVERAL, TOOLS
from models.pocket.words import MOST_WORDS
from models.pocket.written import BadSentence, Written, read_compounds, read_lists, read_written

_FEWEST = 30
_LISTS = {"hour": ("nine", "half past ten")}


@pytest.fixture(scope="module")
def sentences() -> tuple[Written, ...]:
    return read_written(read_lists())


def read(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str, name: str = "ours") -> tuple[Written, ...]:
    (folder / "sentences").mkdir()
    (folder / "sentences" / f"{name}.txt").write_text("\n".join(lines))
    monkeypatch.setattr(written, "_FOLDER", folder)
    return read_written(_LISTS)


def test_every_tool_has_enough_sentences(sentences: tuple[Written, ...]) -> None:
    count = Counter(one.frame.tool for one in sentences)
    assert {tool: count[tool] for tool in TOOLS if tool != SEVERAL and count[tool] < _FEWEST} == {}


def test_every_argument_is_in_some_sentence(sentences: tuple[Written, ...]) -> None:
    found = {(one.frame.tool, piece.argument) for one in sentences for piece in one.pieces}
    found |= {(one.frame.tool, one.frame.argument) for one in sentences}
    assert {(tool, argument) for tool, arguments in TOOLS.items() for argument in arguments} - found == set()


def test_every_sentence_can_be_filled_and_is_not_too_long(sentences: tuple[Written, ...]) -> None:
    lists, dice = read_lists(), random.Random(1)
    for one in sentences:
        example = one.example(lists, dice)
        assert 0 < len(example.words) <= MOST_WORDS, example
        assert len(example.spans) == len(example.slots)


def test_compounds_have_two_halves_of_one_command_each() -> None:
    pairs = read_compounds(read_lists())
    assert len(pairs) >= _FEWEST
    assert SEVERAL not in {half.frame.tool for pair in pairs for half in pair}


def test_no_list_is_empty() -> None:
    assert [name for name, values in read_lists().items() if not values] == []


def test_a_sentence_is_words_and_marked_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = read(tmp_path, monkeypatch, "# set_alarm", "wake me at {when: @hour} please")
    example = one.example(_LISTS, random.Random(0))
    assert one.is_pattern
    assert example.call.value("when") in _LISTS["hour"]
    assert example.words[:3] == ("wake", "me", "at")
    assert example.words[-1] == "please"
    assert example.slots == ("@hour",)


def test_a_header_may_choose_the_closed_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = read(tmp_path, monkeypatch, "# control_home action=light_on", "lights on in the {room: hall}")
    assert one.example({}, random.Random(0)).call.arguments == (("action", "light_on"), ("room", "hall"))


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["wake me"], "before any header"),
        (["# wake"], "there is no 'wake'"),
        (["# control_home action=explode"], "there is no"),
        (["# control_home"], "there is no"),
        (["# set_alarm", "wake me at {hour: six}"], "takes no hour"),
        (["# control_home action=on", "{action: switch} it"], "takes no action"),
        (["# set_alarm", "wake me at {when: @minute}"], "no words/minute.txt"),
        (["# set_alarm", "wake me at {when: six"], "a brace too many"),
        (["# set_alarm", "wake me at six}"], "a brace too many"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], complaint: str) -> None:
    with pytest.raises(BadSentence, match=complaint) as caught:
        read(tmp_path, monkeypatch, *lines)
    assert str(caught.value).startswith("ours.txt: ")


@pytest.mark.parametrize(
    "line", ["[stop] stop", "[stop] stop && thanks", "[stop] stop && [thanks] thanks && [help] help", "stop && thanks"]
)
def test_a_compound_that_is_not_two_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    (tmp_path / "sentences").mkdir()
    (tmp_path / "sentences" / "compound.txt").write_text(f"# two at once\n{line}\n")
    monkeypatch.setattr(written, "_FOLDER", tmp_path)
    with pytest.raises(BadSentence, match=r"compound\.txt"):
        read_compounds(_LISTS)
