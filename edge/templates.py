"""Loads the sentence templates of a language and fills their lists: numbers, times, people, the wearer's lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from hassil.expression import TextChunk
from hassil.intents import IntentData, Intents, TextSlotList, TextSlotValue
from hassil.util import merge_dict

from edge.chinese_tables import Plain, chinese_tables, in_characters
from edge.language import UnknownLanguage, known_language
from edge.spoken_time import counts, days, number_words, times

GROUPS = (
    "shared",
    "clock",
    "quiet",
    "sound",
    "self",
    "calendar",
    "reminders",
    "contacts",
    "messages",
    "notes",
    "world",
    "media",
    "town",
    "ways",
    "home",
    "reach",
    "eye",
    "settings",
    "sums",
)
"""The files of a language that hold templates."""
_SHOPPING = ("grocery", "groceries", "shopping")


def folder(language: str) -> Traversable:
    """Give the folder of a language's sentences. Raises UnknownLanguage for a language that we have none for."""
    found = files("edge") / "sentences" / known_language(language)
    if not found.is_dir():
        raise UnknownLanguage(language)
    return found


def read_yaml(language: str, name: str) -> dict[str, Any]:
    """Read one of the language's YAML files."""
    content: dict[str, Any] = yaml.safe_load((folder(language) / f"{name}.yaml").read_text("utf-8"))
    return content


def load_templates(language: str, wording: Plain, people: Sequence[str], lists: Sequence[str]) -> Intents:
    """Give the language's templates, ready for hassil's recogniser."""
    merged: dict[str, Any] = {}
    for group in GROUPS:
        merge_dict(merged, read_yaml(language, group))
    if known_language(language) == "zh-CN":
        merged, tables = in_characters(merged), chinese_tables(people, lists, wording)
    else:
        tables = _tables(people, lists, wording)
    intents = Intents.from_dict(merged)
    intents.slot_lists.update({name: _table(table) for name, table in tables.items()})
    for slot_list in intents.slot_lists.values():
        if isinstance(slot_list, TextSlotList):
            _end_at_word(slot_list)
            slot_list.get_candidates("")  # builds the index now, not while somebody waits
    for intent in intents.intents.values():
        intent.data[:] = [
            replace(data, required_keywords=data.required_keywords or _keywords(data, intents)) for data in intent.data
        ]
    return intents


def _keywords(data: IntentData, intents: Intents) -> set[str] | None:
    """Give words of which every match of these templates has one; None when there are none.

    hassil then passes over them all with one look; template by template, it would take most of a millisecond. Its
    clauses are parts of words in general, but the templates of ours glue nothing to a word.
    """
    clauses = [min(s.get_required_clauses(intents.expansion_rules), key=len, default=None) for s in data.sentences]
    return {word for clause in clauses for word in clause or ()} if all(clauses) else None


def _tables(people: Sequence[str], lists: Sequence[str], wording: Plain) -> dict[str, Mapping[str, object]]:
    return {**_numbers(), **_people(people, wording), "list_name": _list_names(lists, wording)}


def _numbers() -> dict[str, Mapping[str, object]]:
    articles = {"a": 1, "an": 1, "a couple of": 2, "a few": 3}
    digits = [*(number_words(n) for n in range(20)), *(number_words(n) for n in range(20, 100, 10))]
    dates = {f"{name}{part}": day.day for name, day in days().items() for part in _parts_of(name)}
    return {
        "time": times(),
        "day": days(),
        "date_only": dates,
        "count": {**counts(1, 180), **articles},
        "percent": counts(0, 100),
        "more_than_ten": counts(11, 100),
        "level": counts(1, 10),
        "digit": {word: word for word in (*digits, "oh", "plus", "double", "triple")},
    }


def _parts_of(day: str) -> tuple[str, ...]:
    return ("",) if day == "tonight" else ("", " morning", " afternoon", " evening", " night")


def _people(people: Sequence[str], wording: Plain) -> dict[str, Mapping[str, object]]:
    """Know each person by the full name and by the first; a first name that two share stays as it was said."""
    firsts: dict[str, list[str]] = {}
    for person in people:
        firsts.setdefault(wording.plain(person).partition(" ")[0], []).append(person)
    said = {first: found[0] if len(found) == 1 else first for first, found in firsts.items() if first}
    said.update({words: person for person in people if (words := wording.plain(person))})
    return {"person": said, "owner": {f"{name}'s": person for name, person in said.items()}}


def _list_names(lists: Sequence[str], wording: Plain) -> dict[str, str]:
    names = {wording.plain(name).removesuffix(" list"): name for name in lists}
    if "shopping" in names:
        names = {**dict.fromkeys(_SHOPPING, names["shopping"]), **names}
    return {words: name for words, name in names.items() if words}


def _table(table: Mapping[str, object]) -> TextSlotList:
    return TextSlotList(name=None, values=[TextSlotValue(TextChunk(words), value) for words, value in table.items()])


def _end_at_word(slot_list: TextSlotList) -> None:
    """Make values match whole words: hassil alone would find "ann" in "annabel" and "nine" in "nineteen"."""
    for value in slot_list.values:
        if isinstance(value.text_in, TextChunk) and not value.text_in.text.endswith(" "):
            value.text_in = TextChunk(f"{value.text_in.text} ")
