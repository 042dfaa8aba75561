"""Says mail and web addresses, in any language whose words for their signs are given."""

from __future__ import annotations

import re

from models.spoken_rules import Rule, always

ENGLISH_SIGNS = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", ":": "colon"}
CHINESE_SIGNS = {".": "点", "@": "at", "/": "斜杠", "-": "杠", "_": "下划线", "+": "加", ":": "冒号"}
_LETTER = r"[A-Za-z0-9]"
_HOST = rf"(?:{_LETTER}(?:[A-Za-z0-9-]{{0,61}}{_LETTER})?\.){{1,4}}"
_TOP = r"(?:com|org|net|edu|gov|io|dev|app|info|eu|cn|de|ai|uk|fr|jp|wiki|local)"
"""Without "it", "no", "is", "me" and their like, which are words after a full stop that lost its space."""
_FILE = r"(?:pdf|txt|jpe?g|png|gif|docx?|xlsx?|mp[34]|wav|zip|csv|html?|md|py|toml|json)"
_PATH = r"(?P<path>/[A-Za-z0-9._~/%+-]*)?(?P<query>[?#][^\s,;]*)?"
_END = r"(?![A-Za-z0-9])"


def links(signs: dict[str, str]) -> tuple[Rule, ...]:
    """Give the rules: mail, web address, bare host, file name.

    The scheme, "www." and all from a question mark on are not said: nobody could type them by ear.
    """
    web = rf"(?P<host>{_HOST}[A-Za-z]{{2,24}})(?P<port>:[0-9]{{1,5}})?{_PATH}"

    def whole(match: re.Match[str]) -> str:
        return _read(match[0], signs)

    def address(match: re.Match[str]) -> str:
        host = match["host"].removeprefix("www.")
        path = (match["path"] or "").rstrip("/.")
        full_stop = "." if match[0].endswith(".") else ""
        return _read(f"{host}{match['port'] or ''}{path}", signs) + full_stop

    return (
        (re.compile(rf"(?<![\w.])[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@{_HOST}[A-Za-z]{{2,24}}{_END}", re.ASCII), whole),
        (re.compile(rf"\bhttps?://{web}", re.ASCII), address),
        (re.compile(r"\bhttps?://", re.ASCII), always("")),
        (re.compile(rf"(?<![\w.@-])(?=www\.){web}", re.ASCII), address),
        (re.compile(rf"(?<![\w.@-])(?P<host>{_HOST}{_TOP})(?P<port>:[0-9]{{1,5}})?{_END}{_PATH}", re.ASCII), address),
        (re.compile(rf"(?<![\w.@-])[\w-]{{1,64}}\.{_FILE}{_END}", re.ASCII), whole),
    )


def _read(text: str, signs: dict[str, str]) -> str:
    return " ".join(signs.get(part, part) for part in re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9]", text)).strip()
