"""The phrase book: every sentence we speak, from what is known and from nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.clocks import Alarm, Due, Reminder, Timer
from edge.language import UnknownLanguage, known_language
from edge.language_words import Words, words_of
from edge.phrase_lines import SENTENCE_ENDS, Filled, Lines, PhraseFileError
from edge.phrase_slots import LONGEST_SLOT, MADE_FROM, item_slots, plain, slots_of
from edge.tools.tool import ErrandRequest
from edge.when import Now
from firmware_bridge.errands import Errand, State

_LOGGER = logging.getLogger(__name__)

SPOKEN_ITEMS = 3
"""So many things of a list are read; the others are counted. Nobody keeps more in mind by ear."""
CANCEL_WANTED = "cancel_wanted"
"""The reason of an open errand whose end was asked for."""
_FILES = Path(__file__).parent / "phrases"


class Phrases:
    """Says things. Never raises for what it is given: what cannot be said well is said in general."""

    def __init__(self, now: Now, language: str = "en") -> None:
        """Read the file of the language. Raises PhraseFileError."""
        self._now = now
        try:
            self._words = words_of(language)
            self._lines = Lines.load(_FILES / f"{known_language(language)}.toml")
        except UnknownLanguage as exc:
            raise PhraseFileError(str(exc)) from exc

    @property
    def words(self) -> Words:
        """How the language says values."""
        return self._words

    def say(self, key: str, **slots: str | int) -> str:
        """Give the sentence of a key; `count` chooses among none, one and many."""
        known = {name: self._number(name, value) if isinstance(value, int) else value for name, value in slots.items()}
        known = {name: value for name, value in known.items() if value}
        count = slots.get("count")
        keys = [f"{key}.{_plural(count)}", key] if isinstance(count, int) else [key]
        filled = self._lines.fill(known, *keys)
        if filled is None:
            _LOGGER.error("no phrase for %s with %s", key, sorted(known))
            return self._lines.get("generic")[0]
        return _sentence(filled.text)

    def acknowledge(self, request: ErrandRequest, connected: bool = True) -> str:
        """Say that the phone is asked; this claims nothing."""
        return self.say("errand.acknowledge" if connected else "errand.acknowledge_away", task=self._task(request))

    def doing(self, errand: Errand) -> str:
        """Say where an errand stands that has not ended."""
        if errand.ended:
            return self.ended(errand)
        standing = CANCEL_WANTED if errand.reason == CANCEL_WANTED else errand.state
        return self.say(f"errand.{standing}", task=self._task(errand))

    def cancelling(self, errand: Errand) -> str:
        """Say that the phone is asked to end an errand."""
        return self.say("about.cancelling", task=self._task(errand))

    def not_approved(self, verdict: str, request: ErrandRequest) -> str:
        """Say that a question ended without a yes; the verdict is "refused", "timed_out" or "dropped"."""
        return self.say(f"consent.{verdict}", task=self._task(request))

    def read_back(self, request: ErrandRequest, again: bool = False) -> str:
        """Ask for a yes, with every argument as it will be used."""
        question = self._question(request)
        return self.say("consent.again", question=question) if again else question

    def ended(self, errand: Errand, announce: bool = False) -> str:
        """Say how an errand ended, from its record alone; an announcement says first that it is one."""
        if not errand.ended:
            return self.doing(errand)
        match errand.state:
            case State.COMPLETED:
                said = self._completed(errand)
            case State.CANCELLED:
                said = self._ended_without(errand, "cancelled")
            case _:
                said = self._ended_without(errand, "failed")
        return self.say(f"announce.{errand.state}", ended=said) if announce else said

    def rang(self, due: Due) -> str:
        """Say that a timer ended or that it is time for an alarm or a reminder, now or while we were off."""
        now = self._now()
        when = self._words.relative_moment(datetime.fromtimestamp(due.entry.at, now.tzinfo), now)
        missed = "_missed" if due.missed else ""
        match due.entry:
            case Timer(_, name, length, _):
                return self.say(f"rang.timer{missed}", name=name, length=self._words.duration(length), when=when)
            case Alarm():
                return self.say(f"rang.alarm{missed}", time=self._words.clock_time(now), when=when)
            case Reminder(_, what, _):
                return self.say(f"rang.reminder{missed}", what=what, when=when)

    def _completed(self, errand: Errand) -> str:
        tool, result = f"tools.{errand.tool}", _mapping(errand.result)
        slots = self._slots(errand, result)
        keys = [f"{tool}.completed"]
        if (listed := self._setting(errand.tool, "list")) is not None:
            items = result.get(listed)
            if not isinstance(items, list) or (spoken := self._items(errand.tool, items)) is None:
                return self._general(errand, slots, "ended.completed")
            slots |= {"items": spoken, "count": self._words.count(len(items))}
            keys = [f"{tool}.completed.{_plural(len(items))}"]
        if (choice := self._setting(errand.tool, "choose")) is not None:
            keys = [f"{tool}.completed.{result.get(choice)}", f"{tool}.completed.other"]
        return self._general(errand, slots, *keys, "ended.completed")

    def _ended_without(self, errand: Errand, how: str) -> str:
        reason = errand.reason or "other"
        keys = [f"tools.{errand.tool}.{how}.{reason}", f"ended.{how}.{reason}", f"ended.{how}.other"]
        return self._general(errand, self._slots(errand, {}), *keys)

    def _general(self, errand: Errand, slots: dict[str, str], *keys: str) -> str:
        task = self._task(errand)
        filled = self._lines.fill(slots | ({"task": task} if task else {}), *keys)
        return _sentence(filled.text) if filled else self._lines.get("generic")[0]

    def _items(self, tool: str, items: Sequence[Any]) -> str | None:
        """Read the first things of a list; None when there are some and none can be said."""
        said = []
        for item in items[:SPOKEN_ITEMS]:
            filled = self._lines.fill(self._short(item_slots(item, self._now(), self._words)), f"tools.{tool}.item")
            said += [filled.text] if filled else []
        if items and not said:
            return None
        between = self._setting(tool, "join")
        if more := len(items) - len(said):
            said.append(self._part("list.more" if between is None else "list.rest", count=self._words.count(more)))
        return self._words.joined(said) if between is None else between.join(_sentence(part) for part in said)

    def _question(self, request: ErrandRequest) -> str:
        slots = slots_of(_mapping(request.arguments), self._now(), self._words)
        task = self._lines.fill(slots, f"tools.{request.tool}.task")
        own = self._lines.fill(slots, f"tools.{request.tool}.read_back")
        if own is not None and _covers(own, request.arguments):
            return _sentence(own.text)
        if task is not None and _covers(task, request.arguments):
            return self.say("consent.read_back", task=task.text)
        # No sentence of ours holds all that would be used: name every argument.
        arguments = [
            self.say(
                "consent.argument", name=plain(str(name)) or self._part("consent.some"), value=self._exactly(value)
            )
            for name, value in request.arguments.items()
        ]
        name = plain(request.tool.replace(".", " ").replace("_", " ")) or self._part("consent.it")
        if not arguments:
            return self.say("consent.read_back_bare", name=name)
        return self.say("consent.read_back_all", name=name, arguments=self._words.joined(arguments))

    def _task(self, asked: Errand | ErrandRequest) -> str:
        """Give what the phone is asked to do, as the end of "to ..."; empty when there are no words for it."""
        filled = self._lines.fill(self._slots(asked, {}), f"tools.{asked.tool}.task")
        return filled.text if filled else ""

    def _slots(self, asked: Errand | ErrandRequest, result: Mapping[str, Any]) -> dict[str, str]:
        return self._short(slots_of({**_mapping(asked.arguments), **result}, self._now(), self._words))

    def _short(self, slots: dict[str, str]) -> dict[str, str]:
        return {name: self._cut(said) for name, said in slots.items()}

    def _cut(self, said: str) -> str:
        if len(said) <= LONGEST_SLOT:
            return said
        kept = said[:LONGEST_SLOT].rpartition(" ")[0] or said[:LONGEST_SLOT]
        return self._part("list.cut", text=kept)

    def _part(self, key: str, **slots: str) -> str:
        filled = self._lines.fill(slots, key)
        return filled.text if filled else ""

    def _number(self, name: str, value: int) -> str:
        return self._words.count(value) if name == "count" else self._words.number(value)

    def _exactly(self, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        return plain(text) or self._part("consent.nothing")

    def _setting(self, tool: str, name: str) -> str | None:
        return next(iter(self._lines.get(f"tools.{tool}.{name}")), None)


def _covers(filled: Filled, arguments: Mapping[str, Any]) -> bool:
    """Say whether every argument that says something is in the sentence."""
    told = filled.used.union(*(MADE_FROM.get(slot, frozenset()) for slot in filled.used))
    return all(name in told or value in (None, "", [], {}) for name, value in arguments.items())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plural(count: int) -> str:
    return {0: "none", 1: "one"}.get(count, "many")


def _sentence(text: str) -> str:
    # What does not end like a sentence is a part of one, and stays as it is.
    return text[:1].upper() + text[1:] if text.endswith(SENTENCE_ENDS) else text
