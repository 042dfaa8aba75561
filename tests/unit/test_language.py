from __future__ import annotations

import pytest

from edge.fast_path import FastPath
from edge.language import LANGUAGES, UnknownLanguage, known_language
from edge.language_words import CHINESE, ENGLISH, words_of


@pytest.mark.parametrize(
    ("tag", "ours"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("zh_cn", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("cmn", "zh-CN"),
    ],
)
def test_a_tag_means_one_of_our_languages(tag: str, ours: str) -> None:
    assert known_language(tag) == ours
    assert words_of(tag) is (CHINESE if ours == "zh-CN" else ENGLISH)


@pytest.mark.parametrize("tag", ["", "xx", "../en", "zh-HK", "yue", "english", "e"])
def test_another_tag_is_refused_with_the_languages_that_there_are(tag: str) -> None:
    with pytest.raises(UnknownLanguage) as caught:
        known_language(tag)
    assert all(language in str(caught.value) for language in LANGUAGES)
    with pytest.raises(ValueError, match="no sentence templates"):
        FastPath(tag, (), ())
