"""Rows of our own making through the table of intents."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.pocket.annotated import Example, Row, example_of, read_rows
from models.pocket.frames import Call


def example(intent: str, annotation: str, source: str = "nlu-evaluation-data") -> Example:
    found = example_of(Row(annotation, intent, annotation, source))
    assert found is not None
    return found


def call(intent: str, annotation: str) -> Call:
    return example(intent, annotation).call


def test_slots_become_arguments_and_the_closed_word_comes_from_the_intent() -> None:
    row = "Make the [house_place : Kitchen] lights [color_type : green]"
    arguments = (("action", "light_color"), ("room", "kitchen"), ("value", "green"))
    assert call("iot_hue_lightchange", row) == Call("control_home", arguments)
    assert call("hue_lightchange", row) == call("iot_hue_lightchange", row)


def test_date_and_time_are_one_argument() -> None:
    row = "meet [person : priya] [date : on friday] at [time : noon]"
    assert call("calendar_set", row) == Call("create_event", (("who", "priya"), ("when", "on friday at noon")))


@pytest.mark.parametrize(
    ("row", "arguments"),
    [
        ("a train from [place_name : leeds] to [place_name : york]", (("origin", "leeds"), ("destination", "york"))),
        ("from old [place_name : leeds] to [place_name : york]", (("origin", "leeds"), ("destination", "york"))),
        ("a train to [place_name : york]", (("destination", "york"),)),
        ("from here on to [place_name : york]", (("destination", "york"),)),
    ],
)
def test_a_place_behind_from_is_the_origin(row: str, arguments: tuple[tuple[str, str], ...]) -> None:
    assert call("transport_ticket", row).arguments == arguments


@pytest.mark.parametrize(
    ("intent", "row", "arguments"),
    [
        (
            "lists_createoradd",
            "put pickled onions on my [list_name : picnic] list",
            {"item": "pickled onions", "list": "picnic"},
        ),
        ("lists_createoradd", "add it to the [list_name : picnic] list", {"list": "picnic"}),
        ("lists_createoradd", "start a new list", {}),
        (
            "lists_remove",
            "cross pickled onions off the [list_name : picnic] list",
            {"item": "pickled onions", "list": "picnic"},
        ),
        ("lists_remove", "delete my list", {}),
    ],
)
def test_items_are_found_though_the_data_does_not_annotate_them(
    intent: str, row: str, arguments: dict[str, str]
) -> None:
    assert dict(call(intent, row).arguments) == arguments


def test_the_text_of_a_message_is_what_comes_after_saying() -> None:
    row = "email [person : priya] saying the boiler is mended [date : today]"
    assert call("email_sendemail", row).arguments == (("to", "priya"), ("text", "the boiler is mended today"))
    assert call("email_sendemail", "email [person : priya]").arguments == (("to", "priya"),)


def test_slots_that_the_tool_does_not_take_are_words_like_others() -> None:
    found = example("iot_coffee", "make me a [coffee_type : flat white] [date : now]")
    assert found.words == ("make", "me", "a", "flat", "white", "now")
    assert found.call == Call("control_home", (("action", "coffee"),))
    assert not found.spans
    assert not found.slots


def test_each_span_has_the_kind_of_its_value() -> None:
    assert example("alarm_set", "wake me [date : friday] at [time : six]").slots == ("date", "time")


def test_an_empty_slot_is_nothing() -> None:
    assert call("alarm_set", "wake me [time : ] up").arguments == ()


def test_clinc_rows_teach_the_tool_alone() -> None:
    found = example("play_music", "play [song_name : anything]", "clinc-oos")
    assert found.tool_only
    assert found.frame.tool == "play_music"
    assert found.spans == ()


def test_out_of_scope_is_to_ask() -> None:
    assert example("oos", "how deep is the ocean", "clinc-oos").frame.tool == "ask"


def test_unknown_intents_and_rows_without_words_are_none() -> None:
    assert example_of(Row("do it", "no_such_intent", "do it")) is None
    assert example_of(Row("?!", "alarm_set", "?!")) is None
    assert example_of(Row("?!", "oos")) is None


def test_a_line_that_is_no_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "wake me", "intent": "alarm_set"}\n\n{"text": 1, "intent": "alarm_set"}\n')
    rows = read_rows(path)
    assert next(rows) == Row("wake me", "alarm_set")
    with pytest.raises(ValueError, match=r"rows\.jsonl, line 3"):
        next(rows)
