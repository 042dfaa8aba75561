from __future__ import annotations

from pathlib import Path

import pytest

from edge.phrase_lines import Lines, PhraseFileError, fill, slots_in


def test_slots_are_filled_and_named() -> None:
    filled = fill("{title} is in your calendar[ {when}].", {"title": "dentist", "when": "today"})
    assert filled is not None
    assert filled.text == "dentist is in your calendar today."
    assert filled.used == {"title", "when"}


def test_a_part_in_brackets_is_dropped_when_its_slot_is_not_known() -> None:
    filled = fill("{title} is in your calendar[ {when}].", {"title": "dentist"})
    assert filled is not None
    assert filled.text == "dentist is in your calendar."
    assert filled.used == {"title"}
    assert fill("{title}", {}) is None


def test_what_fills_a_slot_is_never_read_as_a_sentence_with_slots() -> None:
    filled = fill("{text}.", {"text": "[a] {text} {other}"})
    assert filled is not None
    assert filled.text == "[a] {text} {other}."


def test_a_text_that_ends_a_sentence_gets_no_second_stop() -> None:
    assert [fill("{text}.", {"text": text}) for text in ("why?", "why")] == [
        fill("why?{no}", {"no": "", "text": ""}) and fill("{text}.", {"text": "why?"}),
        fill("{text}.", {"text": "why"}),
    ]
    ended = fill("{text}. Shall I?", {"text": "why?"})
    assert ended is not None
    assert ended.text == "why? Shall I?"


def test_the_first_sentence_is_taken_whose_slots_are_known() -> None:
    lines = Lines({"a": ("{x} and {y}", "{x}"), "b": ("b",)})
    assert [found and found.text for found in (lines.fill({"x": "1"}, "a", "b"), lines.fill({}, "a", "b"))] == [
        "1",
        "b",
    ]
    assert lines.fill({}, "a", "missing") is None
    assert slots_in("{a}[{b}]") == {"a", "b"}


@pytest.mark.parametrize("text", ["a = 1", "a = []", "a = ['x', 2]", "no toml", "\xff"])
def test_a_file_that_is_not_made_right_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "xx.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PhraseFileError):
        Lines.load(path)
    with pytest.raises(PhraseFileError):
        Lines.load(tmp_path / "missing.toml")
