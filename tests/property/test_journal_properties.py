"""The journal against a model that is a dict, with opening again in between."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from firmware_bridge.errands import Errand, IllegalTransition, State
from firmware_bridge.journal import Journal

IDS = st.sampled_from([f"{number:032x}" for number in range(3)])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), lambda inner: st.lists(inner, max_size=2)
)
DATA = st.dictionaries(st.text(), JSON, max_size=2)


class JournalMachine(RuleBasedStateMachine):
    """Random puts; legal ones must be kept for ever, illegal ones must leave no trace."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.journal = Journal(self.folder / "j")
        self.model: dict[str, Errand] = {}

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    @rule(id=IDS, arguments=DATA)
    def ask(self, id: str, arguments: dict[str, object]) -> None:
        if id not in self.model:
            errand = Errand(id, "tool", arguments, 1.5)
            self.journal.put(errand)
            self.model[id] = errand

    @rule(
        id=IDS, state=st.sampled_from(State), result=st.none() | DATA, reason=st.none() | st.text(), more=st.booleans()
    )
    def step(self, id: str, state: State, result: dict[str, object] | None, reason: str | None, more: bool) -> None:
        if id not in self.model:
            return
        known = self.model[id]
        wanted = replace(known, state=state, result=result, reason=reason, attempts=known.attempts + more)
        try:
            stepped = known.step(state)
            legal = not known.ended and stepped.state is state
        except IllegalTransition:
            legal = False
        legal = legal or wanted == known
        try:
            self.journal.put(wanted)
        except IllegalTransition:
            assert not legal
        else:
            assert legal
            self.model[id] = wanted

    @rule(id=IDS)
    def announce(self, id: str) -> None:
        if id in self.model and self.model[id].ended:
            self.model[id] = replace(self.model[id], announced=True)
            self.journal.put(self.model[id])

    @rule()
    def open_again(self) -> None:
        self.journal.close()
        self.journal = Journal(self.folder / "j")

    @invariant()
    def agrees(self) -> None:
        assert list(reversed(self.journal.all())) == list(self.model.values())
        assert self.journal.open() == [errand for errand in self.model.values() if not errand.ended]
        unannounced = [errand for errand in self.model.values() if errand.ended and not errand.announced]
        assert self.journal.unannounced() == unannounced


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
