"""Judges free text that a template caught: could it be a name, a task, an item, or is the template wrong here?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.conversion import asks_to_convert
from edge.phone_number import phone_number
from edge.sums import is_sum

_NAMES = frozenset({"name", "to", "sender", "list_name", "which", "whose"})
_TASKS = frozenset({"add_reminder", "finish_reminder", "add_event", "cancel_event"})
"""Tools that understand times: words of time in their free text were not understood."""
_RECKONED = {"calculate": is_sum, "convert": asks_to_convert}
_LONGEST_NAME = 3
"""Words: "mary ann smith", "my mother in law" is cut to the three after "my"."""
_LONGEST_ITEM = 8


@dataclass(frozen=True, slots=True)
class Plausible:
    """A language's words for the judgement; plausible.yaml says what each is for."""

    no_beginning: frozenset[str]
    no_name: frozenset[str]
    no_note: frozenset[str]
    dangling: frozenset[str]
    empty: frozenset[str]
    time_at_end: frozenset[str]
    date_near_end: frozenset[str]
    time_anywhere: frozenset[str]
    elsewhere: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, table: Mapping[str, Sequence[str]], elsewhere: Mapping[str, Sequence[str]]) -> Plausible:
        """Take the words from the language's plausible.yaml."""
        by_slot = {slot: frozenset(words) for slot, words in elsewhere.items()}
        return cls(**{name: frozenset(words) for name, words in table.items()}, elsewhere=by_slot)

    def accepts(self, tool: str, slot: str, text: str) -> bool:
        """Find out if the text may fill the tool's slot."""
        words = text.split()
        if tool in _RECKONED:
            return _RECKONED[tool](text)
        if not words or words[-1] in self.dangling or self.empty.issuperset(words):
            return False
        # What is searched for may hold any word but may not be our own data: "search my calendar".
        looked_at = words[:1] if slot == "query" else words
        if not self.elsewhere.get(slot, frozenset()).isdisjoint(looked_at):
            return False
        if slot in _NAMES and tool != "set_timer":
            return self._is_name(words) and not (tool == "add_contact" and _holds_digits(words))
        if slot in ("item", "_item"):
            return len(words) <= _LONGEST_ITEM and words[0] not in self.no_beginning
        if slot == "what" and tool == "shopping":
            return words[0] not in self.no_beginning
        if slot in ("what", "title") and tool in _TASKS:
            return words[0] not in self.no_beginning and self._is_without_time(words)
        return tool != "take_note" or words[0] not in self.no_note

    def _is_name(self, words: list[str]) -> bool:
        return len(words) <= _LONGEST_NAME and words[0] not in self.no_beginning | self.no_name

    def _is_without_time(self, words: list[str]) -> bool:
        return (
            words[-1] not in self.time_at_end
            and self.date_near_end.isdisjoint(words[-3:])
            and self.time_anywhere.isdisjoint(words)
        )


def _holds_digits(words: list[str]) -> bool:
    """Find out if a name has run into the number after it."""
    return any(phone_number(f"{word} {word} {word}") for word in words)
