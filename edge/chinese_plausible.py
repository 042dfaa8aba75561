"""Judges free text that a Chinese template caught: could it be a name, a task, an item?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.conversion import asks_to_convert
from edge.sums import is_sum

_NAMES = frozenset({"name", "to", "sender"})
_TASKS = frozenset({"add_reminder", "finish_reminder", "add_event", "cancel_event"})
"""Tools that understand times: words of time in their free text were not understood."""
_RECKONED = {"calculate": is_sum, "convert": asks_to_convert}
_LONGEST_NAME = 6
"""Characters: "欧阳娜娜老师"; a word of another script counts as one."""
_LONGEST_LIST = 6
_LONGEST_ITEM = 16
_WORD = re.compile(r"[\u3400-\u9fff\u3007]|[^\s\u3400-\u9fff\u3007]+")


@dataclass(frozen=True, slots=True)
class ChinesePlausible:
    """A language's words for the judgement; plausible.yaml says what each is for."""

    no_beginning: tuple[str, ...]
    no_name: tuple[str, ...]
    no_note: tuple[str, ...]
    dangling: tuple[str, ...]
    empty: frozenset[str]
    time: re.Pattern[str]
    elsewhere: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: Mapping[str, Sequence[str]], elsewhere: Mapping[str, Sequence[str]]) -> ChinesePlausible:
        """Take the words from the language's plausible.yaml."""
        begin, name, note, end = (tuple(table[key]) for key in ("no_beginning", "no_name", "no_note", "dangling"))
        by_slot = {slot: tuple(words) for slot, words in elsewhere.items()}
        return cls(begin, name, note, end, frozenset(table["empty"]), re.compile("|".join(table["time"])), by_slot)

    def accepts(self, tool: str, slot: str, text: str) -> bool:
        """Find out if the text may fill the tool's slot."""
        if tool in _RECKONED:
            return _RECKONED[tool](text)
        if not text or text in self.empty or text.endswith(self.dangling):
            return False
        if any(word in text for word in self.elsewhere.get(slot, ())):
            return False
        length = len(_WORD.findall(text))
        if slot in _NAMES and tool != "set_timer":
            return length <= _LONGEST_NAME and not any(word in text for word in self.no_name)
        if slot == "list_name":
            return length <= _LONGEST_LIST and not any(word in text for word in self.no_name)
        if slot in ("item", "_item"):
            return length <= _LONGEST_ITEM and not text.startswith(self.no_beginning)
        if slot in ("what", "title") and tool in _TASKS:
            return not text.startswith(self.no_beginning) and self.time.search(text) is None
        return tool != "take_note" or not text.startswith(self.no_note)
