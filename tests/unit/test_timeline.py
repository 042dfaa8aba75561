from __future__ import annotations

import io
import re
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from edge import timeline
from edge.demo.screen import Screen
from edge.timeline import Event, JsonTimeline, read_event
from firmware_bridge.errands import State

EXAMPLES: tuple[Event, ...] = (
    timeline.Ready(side="wearable", engines={"hears": "pocketsphinx"}),
    timeline.Link(side="wearable", up=False, why="cut"),
    timeline.Attention(listens=True, why="wake word", at_s=1.0),
    timeline.EchoFound(what="echo removed, 27 dB less", removed_db=27.0, at_s=1.0),
    timeline.Partial(text="what time", committed="what", at_s=1.0),
    timeline.HeardWords(text="what time is it", at_s=1.0, confidence=0.9, understood=True),
    timeline.Call(tool="tell_time", arguments={"a": 1}, by="fast-path", at_s=1.0),
    timeline.ErrandMoved(id="0" * 32, state=State.WORKING, side="companion", tool="notes.take_note"),
    timeline.Spoken(text="It is nine.", kind="answer", first_sound_ms=600.0, heard="It is", at_s=2.0),
    timeline.Turn(speech_end_s=1, decided_s=1.5, text_s=1.6, call_s=None, first_sound_s=1.7, end_s=3),
    timeline.Fed(file="x.flac", at_s=1.0),
    timeline.Quiet(at_s=4.0, question_open=False),
    timeline.Problem(side="wearable", text="[red]not markup[/]"),
    timeline.End(errands={}, unrung=0),
)


def test_every_kind_of_event_has_an_example_here() -> None:
    assert {type(event) for event in EXAMPLES} == set(Event.__subclasses__())


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_one_line_of_json_and_comes_back_the_same(event: Event) -> None:
    out = io.StringIO()
    JsonTimeline(out).show(event)
    assert out.getvalue().count("\n") == 1
    assert read_event(out.getvalue().encode()) == event


def test_the_documentation_names_every_event_and_every_field() -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    documented = {
        row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.M)
    }
    for event in EXAMPLES:
        fields = set(msgspec.to_builtins(event)) - {"event"}
        assert fields <= documented[str(type(event).__struct_config__.tag)], type(event)


def test_the_screen_draws_whatever_happens_and_takes_no_words_for_markup() -> None:
    console = Console(record=True, width=120, file=io.StringIO())
    with Screen(console) as screen:
        for event in EXAMPLES:
            screen.show(event)
    drawn = console.export_text()
    assert "[red]not markup[/]" in drawn
    assert "heard only “It is”" in drawn
