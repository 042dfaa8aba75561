"""What the templates do not know goes to a language model: its words, its calls, its claims, its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edge import timeline
from models.asr import Partial
from models.engine import EngineFailed
from models.llama_cpp_llm import LlamaCppModel
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from tests.stage import Apps, stage
from tests.tiny_gguf import write_tiny_gguf

UNKNOWN = "colourless green ideas sleep"


class Scripted:
    """A LanguageModel that says what it is told to."""

    name = "scripted"

    def __init__(self, *answer: Delta | ToolCall | Exception, endless: bool = False) -> None:
        self._answer = answer
        self._endless = endless
        self.seen: list[Sequence[ChatMessage]] = []
        self.prepared: list[Sequence[ChatMessage]] = []
        self.interrupted = threading.Event()

    def answer(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Iterator[Delta | ToolCall]:
        self.seen.append(messages)
        self.interrupted.clear()
        for item in self._answer:
            if isinstance(item, Exception):
                raise item
            yield item
        while self._endless and not self.interrupted.is_set():
            yield Delta("and so on and on. ")

    def prepare(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> None:
        self.prepared.append(messages)

    def interrupt(self) -> None:
        self.interrupted.set()


async def test_a_models_words_are_spoken_sentence_by_sentence_and_remembered(tmp_path: Path) -> None:
    model = Scripted(Delta("They sleep "), Delta("furiously. Or so"), Delta(" they say."))
    async with stage(tmp_path, model=model) as wearer:
        await wearer.say(UNKNOWN)
        assert (await wearer.hears()) == "They sleep furiously. Or so they say."
        await wearer.say(UNKNOWN)
        await wearer.hears()
    said = [(message.role, message.text) for message in model.seen[1]]
    assert said[0][0] == "system"
    assert said[1:] == [("user", UNKNOWN), ("assistant", "They sleep furiously. Or so they say."), ("user", UNKNOWN)]


async def test_a_model_reads_along_while_the_wearer_speaks(tmp_path: Path) -> None:
    model = Scripted(Delta("They do."))
    async with stage(tmp_path, model=model) as wearer:
        for _ in range(2):
            await wearer.say(UNKNOWN, partials=[Partial("colourless", "green")])
            await wearer.hears()
    said = [[message.text for message in messages[1:]] for messages in model.prepared]
    assert said == [[], ["colourless"], [UNKNOWN, "They do.", "colourless"]]
    assert {message.role for messages in model.prepared for message in messages[:1]} == {"system"}


async def test_our_own_voice_is_not_read(tmp_path: Path) -> None:
    model = Scripted(Delta("They do."))
    async with stage(tmp_path, model=model, barge_in=False) as wearer:
        await wearer.say(UNKNOWN)
        await wearer.is_answering()
        await wearer.say("they do", partials=[Partial("they", "do")])
        await wearer.hears()
    assert [len(messages) for messages in model.prepared] == [1]


async def test_a_models_call_goes_the_same_way_as_a_templates(tmp_path: Path) -> None:
    apps = Apps({"notes.take_note": lambda text: {"text": text}})
    async with stage(tmp_path, apps, Scripted(ToolCall("take_note", {"text": "green"}))) as wearer:
        await wearer.say(UNKNOWN)
        call = await wearer.next(timeline.Call)
        assert (call.tool, call.by) == ("take_note", "scripted")
        assert (await wearer.hears()).startswith("Task completed.")
    assert apps.calls == [("notes.take_note", {"text": "green"})]


async def test_a_model_cannot_send_without_a_yes_nor_call_what_is_not_there(tmp_path: Path) -> None:
    for call, kind in (
        (ToolCall("send_message", {"to": "anna", "text": "pay me"}), "question"),
        (ToolCall("format_disk", {}), "answer"),
        (ToolCall("take_note", {"text": 5}), "answer"),
        (ToolCall("take_note", {"unheard": "of"}), "answer"),
    ):
        apps = Apps({})
        async with stage(tmp_path, apps, Scripted(call)) as wearer:
            await wearer.say(UNKNOWN)
            assert (await wearer.next(timeline.Spoken)).kind == kind
        assert apps.calls == []


async def test_a_model_cannot_claim_a_deed(tmp_path: Path) -> None:
    async with stage(tmp_path, model=Scripted(Delta("I have sent your message. Anything else?"))) as wearer:
        await wearer.say(UNKNOWN)
        spoken = await wearer.hears()
        assert "sent" not in spoken
        assert "Anything else?" in spoken


async def test_a_model_that_breaks_costs_one_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, model=Scripted(EngineFailed("out of memory"))) as wearer:
        await wearer.say(UNKNOWN)
        assert (await wearer.hears()).startswith("I could not think that through")
        await wearer.say("what time is it")
        assert (await wearer.hears()).startswith("It is ")


async def test_barge_in_stops_a_model_that_never_ends(tmp_path: Path) -> None:
    model = Scripted(endless=True)
    async with stage(tmp_path, model=model) as wearer:
        await wearer.say(UNKNOWN)
        await wearer.is_answering()
        await wearer.say("stop")
        spoken = await wearer.next(timeline.Spoken)
        assert len(spoken.heard) < len(spoken.text)
        await wearer.next(timeline.Turn)
        assert model.interrupted.is_set()
        await wearer.say("what time is it")
        assert (await wearer.hears()).startswith("It is ")


async def test_llama_cpp_with_random_weights_answers_or_calls_and_the_next_turn_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_tiny_gguf(path)

    def anything(**arguments: Any) -> dict[str, Any]:
        return arguments

    model = LlamaCppModel(path, answer_tokens=40)
    async with stage(tmp_path, Apps({"notes.take_note": anything}), model) as wearer:
        for _ in range(3):
            await wearer.say(UNKNOWN)
            await wearer.next(timeline.Turn)
            await wearer.say("never mind")
            await wearer.next(timeline.Turn)
        await wearer.say("what time is it")
        while not (await wearer.hears()).startswith("It is "):
            pass
