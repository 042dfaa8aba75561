"""Understands heard words as the wearable does: by templates, the pocket model and the rule between them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from edge.benches.hearing_marks import Meaning
from edge.config import WearableSection
from edge.fast_path import FastPath
from edge.interpreter import Interpreter, PocketOnWorker
from edge.responder import SURE
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools, collect
from edge.tools.tool import Risk
from edge.worker import Worker
from models.asr import Heard
from models.registry import open_pocket_model

_GROUPS = (ClockTools, SoundTools, AboutTools, PhoneTools, SumTools, NotYetTools)


class Understanding:
    """Says what words would make the wearable do, while no question is open."""

    def __init__(self, wearable: WearableSection, worker: Worker, runner: asyncio.Runner) -> None:
        """Load the templates and the pocket model. Raises EngineError."""
        # Their risk is asked for; none of them runs, so they need nothing to work with.
        self._tools = collect(*(object.__new__(group) for group in _GROUPS))
        self.templates = FastPath(wearable.language, wearable.people, wearable.lists)
        """The sentence templates."""
        pocket = PocketOnWorker(open_pocket_model(), worker, (*wearable.people, *wearable.lists))
        self._interpreter = Interpreter(self.templates, self._tools, pocket)
        self._runner = runner

    def meaning(self, heard: Heard) -> Meaning:
        """Give what the wearable would do about it: nothing at all where it would ask to say it again."""
        if not is_believed(heard):
            return Meaning()
        meant = self._runner.run(self._interpreter.interpret(heard, expects_answer=False))
        tools = tuple(call.tool for call in meant.calls)
        risk = max((self._tools[name].risk if name in self._tools else Risk.SPENDS for name in tools), default=Risk(0))
        return Meaning(tools, risk, meant.is_sure)


def is_believed(heard: Heard) -> bool:
    """Say whether the wearable goes on with it, and does not say that it caught nothing."""
    return bool(heard.text) and heard.confidence >= SURE


@contextmanager
def understanding(wearable: WearableSection) -> Iterator[Understanding]:
    """Give what understands under these settings. Raises EngineError."""
    with Worker("pocket") as worker, asyncio.Runner() as runner:
        yield Understanding(wearable, worker, runner)
