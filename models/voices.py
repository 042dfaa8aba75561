"""Which voice of an engine speaks a language, given as a BCP 47 tag such as "en" or "zh-CN"."""

from __future__ import annotations

_ESPEAK = {"en": "en-us", "zh": "cmn", "zh-hk": "yue"}
"""Where espeak calls a language otherwise than its tag does, or has several."""
_FAMILIES = {"cmn": "zh"}
"""Voices may call a language by another name than its tag."""


def espeak_names(language: str) -> tuple[str, ...]:
    """Give what espeak may call the voice for a language, the best first: its own names ("en-gb", "cmn") count too."""
    tag = _plain(language)
    first = tag.partition("-")[0]
    # Longer ones are no language codes but names of voices.
    fallback = (_ESPEAK.get(first, first),) if len(first) <= 3 else ()
    return tuple(dict.fromkeys((_ESPEAK.get(tag, tag), *fallback)))


def family(language: str) -> str:
    """Give the language without country or script: "en_US" is "en", "cmn" and "zh-CN" are "zh"."""
    first = _plain(language).partition("-")[0]
    return _FAMILIES.get(first, first)


def _plain(language: str) -> str:
    return language.strip().lower().replace("_", "-")
