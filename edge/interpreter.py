"""Says what an utterance asks for: sentence templates and the pocket model, reconciled by one rule.

The rule, in the order in which it applies:

1. An answer to an open question, a command that only reads, "stop", "thanks": a template that matches is believed.
2. A template that matches a command with an effect is believed unless the model surely (`CONTRADICTS`) means another
   tool. Then neither is: the wearable asks.
3. Without a template the model is believed from `SURE` on. Between `LEAST` and `SURE`, or with a value that it is not
   sure of, what only reads is done and for an effect the wearable asks. Under `LEAST` nothing was understood.
4. A yes is taken from a template alone: whatever the model makes of a sentence, it approves nothing.

To ask means: an errand is read back and needs a yes; for what the wearable would do itself, it is to be said again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from edge.frame_tools import frame_tool
from edge.meant import Meant, Templates, Unclear
from edge.tools.tool import Risk, Tool
from edge.worker import Worker
from models.asr import Heard
from models.engine import EngineError
from models.llm import ToolCall
from models.pocket.frames import Call, Effort, Understanding

_LOGGER = logging.getLogger(__name__)

LEAST = 0.5
"""Calibrated confidence under which a reading of the model counts for nothing."""
SURE = 0.85
"""From here on an effect needs no question."""
CONTRADICTS = 0.95
"""So sure must the model be before it counts against a template. Of 465 effects that templates saw in the sentences of
nlu_dev and slurp_devel, it then contradicts one in ten, and in none of these was the template right."""
LEAST_VALUE = 0.5
"""The least certain word among the values; under it the borders of a value are a guess."""
FAST_PATH = "fast-path"


class PocketModel(Protocol):
    """The small model that ships."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    def understand(self, text: str, *, asked: bool = False, known: Sequence[str] = ()) -> Understanding | None:
        """Give the likeliest meaning."""
        ...


@dataclass(frozen=True, slots=True)
class PocketOnWorker:
    """The pocket model, the thread that owns it, and the names that it should know."""

    model: PocketModel
    worker: Worker
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What is asked for."""

    calls: tuple[ToolCall, ...] = ()
    """In the order they were said; none when nothing was understood."""
    by: str = ""
    is_sure: bool = True
    """Whether effects need no question of ours."""
    unclear: str = ""
    """The phrase for the part that was not understood; then there are no calls."""

    @property
    def approves(self) -> bool:
        """Whether it is a yes."""
        return self.by == FAST_PATH and [call.tool for call in self.calls] == ["confirm"]

    @property
    def refuses(self) -> bool:
        """Whether it is a no."""
        return len(self.calls) == 1 and self.calls[0].tool in ("deny", "stop")


class Interpreter:
    """Asks the templates and, where need be, the model."""

    def __init__(self, templates: Templates, tools: Mapping[str, Tool], pocket: PocketOnWorker | None) -> None:
        self._templates = templates
        self._tools = tools
        self._pocket = pocket
        self._meant = Meant(templates)

    async def interpret(self, heard: Heard, *, expects_answer: bool) -> Interpretation:
        """Give what an utterance asks for; of several readings of the sound the likeliest that means something."""
        texts = heard.text, *heard.alternatives
        matches = (self._templates.match(text, expects_answer=expects_answer) for text in texts)
        template = next((call for call in matches if call is not None), None)
        if template is not None and (expects_answer or self._risk(template) is Risk.READS or template.tool == "stop"):
            return Interpretation((template,), FAST_PATH)
        meant = await self._ask_pocket(texts, asked=expects_answer)
        if template is not None:
            return Interpretation((template,), FAST_PATH, is_sure=not contradicts(meant, template))
        return self._from_model(meant) if meant else Interpretation()

    async def _ask_pocket(self, texts: Sequence[str], *, asked: bool) -> Understanding | None:
        if self._pocket is None:
            return None
        ask = partial(likeliest, self._pocket.model, texts, asked=asked, known=self._pocket.known)
        try:
            return await self._pocket.worker.call(ask)
        except EngineError:
            _LOGGER.exception("the pocket model failed")
            return None

    def _from_model(self, meant: Understanding) -> Interpretation:
        assert self._pocket is not None
        if meant.confidence < LEAST:
            return Interpretation()
        several = len(meant.calls) > 1
        found = [self._tool_call(call, text, several) for call, text in zip(meant.calls, meant.texts, strict=True)]
        if unclear := next((one for one in found if isinstance(one, Unclear)), None):
            return Interpretation(by=self._pocket.model.name, unclear=unclear.key)
        calls = tuple(one for one in found if isinstance(one, ToolCall))
        is_sure = meant.confidence >= SURE and meant.values >= LEAST_VALUE
        return Interpretation(calls, self._pocket.model.name, is_sure)

    def _tool_call(self, call: Call, text: str, is_part: bool) -> ToolCall | Unclear | None:
        """Give the tool call; of a part of a compound command what a template makes of it, if one knows it."""
        template = self._templates.match(text) if is_part else None
        return template or self._meant.tool_call(call, text)

    def _risk(self, call: ToolCall) -> Risk:
        tool = self._tools.get(call.tool)
        return tool.risk if tool else Risk.SPENDS


def likeliest(
    model: PocketModel, texts: Sequence[str], *, asked: bool = False, known: Sequence[str] = ()
) -> Understanding | None:
    """Give the model's best reading: that of the first text, unless it is unsure of it. Raises EngineError.

    Its effort is that of all texts that had to be read.
    """
    read: list[Understanding] = []
    for text in texts:
        meant = model.understand(text, asked=asked, known=known)
        read += [meant] if meant else []
        if meant and meant.confidence >= SURE:
            break
    if not read:
        return None
    effort = Effort(sum(one.effort.batches for one in read), sum(one.effort.tokens for one in read))
    return replace(max(read, key=lambda one: one.confidence), effort=effort)


def contradicts(meant: Understanding | None, template: ToolCall) -> bool:
    """Say whether the model surely means another tool than the template."""
    if meant is None or meant.confidence < CONTRADICTS:
        return False
    tool, tools = frame_tool(template.tool), {call.tool for call in meant.calls}
    # "Wake me in ninety minutes" is a timer to us, an alarm to the people whose sentences the model learned from.
    return tool not in tools and not (tool in _AT_A_TIME and tools & _AT_A_TIME)


_AT_A_TIME = frozenset({"set_timer", "set_alarm", "create_event"})
