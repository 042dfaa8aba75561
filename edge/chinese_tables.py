"""What fills the slots of the Mandarin templates, and the templates themselves character by character."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from edge import chinese_time
from edge.chinese_wording import spaced

_SHOPPING = ("购物", "采购", "买菜", "买东西")
_LISTS = ("清单", "列表", "单子", "单", "表")
"""Words for a list that may end a list's name in the settings."""
_OUTSIDE = re.compile(r"(?P<slot>\{[^}]*\}|<[^>]*>)|(?P<han>[\u3007\u3400-\u9fff])|(?P<word>[a-z0-9']+)")


class Plain(Protocol):
    """Evens out what was said, for the names in the settings."""

    def plain(self, text: str) -> str:
        """Give the words as they will be matched."""
        ...


def in_characters(content: Any) -> Any:
    """Give the templates with a space after each character, so that hassil takes it for a word and looks it up."""
    intents = {name: {"data": [_data(data) for data in intent["data"]]} for name, intent in content["intents"].items()}
    lists = {name: _list(one) for name, one in content["lists"].items()}
    rules = {name: template_in_characters(rule) for name, rule in content["expansion_rules"].items()}
    return {**content, "intents": intents, "lists": lists, "expansion_rules": rules}


def template_in_characters(template: str) -> str:
    """Give one template so."""
    return _OUTSIDE.sub(lambda found: found[0] if found["slot"] else f"{found[0]} ", template)


def chinese_tables(people: Sequence[str], lists: Sequence[str], wording: Plain) -> dict[str, Mapping[str, object]]:
    """Give the values of each slot by the words for them, for these people and lists of the wearer."""
    tables: dict[str, Mapping[str, object]] = {
        "time": chinese_time.times(),
        "day": chinese_time.days(),
        "part": chinese_time.parts(),
        "date": chinese_time.dates(),
        "date_only": chinese_time.plain_days(),
        "hours": chinese_time.hours(),
        "minutes": chinese_time.minutes(),
        "seconds": chinese_time.seconds(),
        "percent": chinese_time.counts(0, 100),
        "more_than_ten": chinese_time.counts(11, 100),
        "level": chinese_time.counts(1, 10),
    }
    tables = {name: {spaced(words): value for words, value in table.items()} for name, table in tables.items()}
    return {**tables, "person": _people(people, wording), "list_name": _list_names(lists, wording)}


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "sentences": [template_in_characters(sentence) for sentence in data["sentences"]]}


def _list(one: Mapping[str, Any]) -> Mapping[str, Any]:
    if "values" not in one:
        return one
    pairs = (value if isinstance(value, Mapping) else {"in": value, "out": value} for value in one["values"])
    return {"values": [{"in": spaced(pair["in"]), "out": pair["out"]} for pair in pairs]}


def _people(people: Sequence[str], wording: Plain) -> dict[str, str]:
    """Know each person by the full name, and by the first name, or what follows the surname, if it is one's alone."""
    full = {words: person for person in people if (words := wording.plain(person))}
    short = [(_short(words), person) for words, person in full.items()]
    names = [name for name, _ in short]
    return {**{name: person if names.count(name) == 1 else _as_said(name) for name, person in short}, **full}


def _short(name: str) -> str:
    words = name.split()
    is_chinese = not name.isascii() and all(len(word) == 1 for word in words)
    if is_chinese:
        return " ".join(words[1:]) if len(words) == 3 else name
    return words[0]


def _as_said(name: str) -> str:
    return name if name.isascii() else name.replace(" ", "")


def _list_names(lists: Sequence[str], wording: Plain) -> dict[str, str]:
    names = {}
    for name in lists:
        words = wording.plain(name)
        ending = next((end for end in map(spaced, _LISTS) if words.endswith(f" {end}")), "")
        names[words.removesuffix(ending).rstrip()] = name
    if (shopping := names.get(spaced(_SHOPPING[0]))) is not None:
        names = {**dict.fromkeys(map(spaced, _SHOPPING), shopping), **names}
    return {words: name for words, name in names.items() if words}
