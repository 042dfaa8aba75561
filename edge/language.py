"""Knows the languages that we understand and speak, by their BCP 47 tags."""

from __future__ import annotations

LANGUAGES = ("en", "zh-CN")
"""Each has a folder edge/sentences/<tag> and a file edge/phrases/<tag>.toml."""
_MANDARIN = ("zh", "zh-cn", "zh-hans", "zh-hans-cn", "zh-sg", "zh-hans-sg", "cmn", "cmn-hans", "cmn-hans-cn")


class UnknownLanguage(ValueError):
    """We have no words for this language."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"no sentence templates for language {tag!r}; there are: {', '.join(LANGUAGES)}")


def known_language(tag: str) -> str:
    """Give the tag of ours that a tag means: "zh" and "zh-Hans" are "zh-CN", "en-GB" is "en". Raises UnknownLanguage.

    Only tags that surely mean the same language are taken: "zh-HK" is mostly Cantonese.
    """
    lowered = tag.strip().lower().replace("_", "-")
    if lowered in _MANDARIN:
        return "zh-CN"
    if lowered == "en" or lowered.startswith("en-"):
        return "en"
    raise UnknownLanguage(tag)
