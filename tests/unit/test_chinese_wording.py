"""What recognisers write for the same Mandarin, and the one form that is matched."""

# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

import pytest

from edge.chinese_wording import ChineseWording, spaced
from edge.templates import read_yaml

WORDING = ChineseWording.of(read_yaml("zh-CN", "polite"))


@pytest.mark.parametrize(
    ("heard", "plain"),
    [
        ("设一个 五分钟 的计时器。", "设一个五分钟的计时器"),
        ("設一個5分鐘的計時器", "设一个五分钟的计时器"),
        ("明天9:30叫我", "明天九点三十叫我"),
        ("明天09:05叫我", "明天九点零五叫我"),
        ("３点４５分", "三点四十五分"),
        ("3点15", "三点十五"),
        ("音量调到50%", "音量调到百分之50"),
        ("7时30分", "七点三十分"),
        ("我到的时候", "我到的时候"),
        ("wifi 密码是 8846", "wifi密码是8846"),
        ("告诉 Anna，我在 Gate 7", "告诉anna我在gate 7"),
        ("3.5公里", "3.5公里"),
        ("25分钟", "二十五分钟"),
        ("2026年", "2026年"),
        ("。，！", ""),
    ],
)
def test_one_form_for_all_that_sounds_the_same(heard: str, plain: str) -> None:
    assert WORDING.written(WORDING.plain(heard)) == plain


def test_every_character_is_a_word_and_words_of_latin_letters_stay_whole() -> None:
    assert spaced("给anna发a b消息25") == "给 anna 发 a b 消 息 25"


def test_polite_words_are_cut_but_something_stays() -> None:
    readings = [WORDING.written(text) for text in WORDING.readings(WORDING.plain("请帮我设一个闹钟好吗"))]
    assert readings[0] == "设一个闹钟好吗"
    assert readings[1] == "设一个闹钟"
    assert WORDING.readings(WORDING.plain("请")) == ("请",)
