"""Puts sums and conversions asked in Mandarin into the words that edge/sums.py and edge/conversion.py read."""

from __future__ import annotations

import re
from decimal import Decimal

from edge.chinese_number import CHARACTERS, NUMBER, read_number
from edge.chinese_words import named_units

HAN = re.compile(r"[\u3007\u4e00-\u9fff]")
_LEAD_IN = re.compile(r"^(?:请问|请|帮我|算一下|算算|计算|算|换算一下|换算|转换|把|将|告诉我)+")
_LEAD_OUT = re.compile(r"(?:等于|是|得|有|为)?(?:多少|几|什么)?(?:等于)?[=?？吗呢啊]*$")  # noqa: RUF001  # as people write
_A = rf"(?P<a>{NUMBER})"
_B = rf"(?P<b>{NUMBER})"
_OPERATORS = (
    ("加上|加", "plus"),
    ("减去|减掉|减", "minus"),
    ("乘以|乘上|乘", "times"),
    ("除以", "divided by"),
    ("(?<=[0-9])[x×*](?=[0-9])", "times"),  # noqa: RUF001
    ("÷", "divided by"),
    ("的平方", "squared"),
    ("的立方", "cubed"),
)
_ALIASES = {
    "千米": "kilometer",
    "公尺": "meter",
    "公分": "centimeter",
    "千克": "kilogram",
    "公升": "liter",
    "度": "degree celsius",
    "摄氏": "degree celsius",
    "华氏": "degree fahrenheit",
    "分": "minute",
    "钟头": "hour",
    "个小时": "hour",
    "个钟头": "hour",
    "星期": "week",
    "个星期": "week",
    "月": "month",
    "迈": "mile per hour",
    "时速公里": "kilometer per hour",
    "kb": "kilobyte",
    "mb": "megabyte",
    "gb": "gigabyte",
    "tb": "terabyte",
    "美元": "dollar",
    "美金": "dollar",
    "欧元": "euro",
    "英镑": "quid",
    "日元": "yen",
    "人民币": "yuan",
    "块钱": "yuan",
    "元": "yuan",
}
_UNITS = {**named_units(), **_ALIASES}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_CONVERSION = re.compile(
    rf"(?P<amount>(?:{NUMBER}个?(?:{_UNIT}))+)(?:半)?"
    r"(?:是|等于|合|有|换算成|转换成|换成|转成|折合|相当于|换算为|约等于|大约是|变成|换算|为)*(?:多少|几)?个?"
    rf"(?P<unit>{_UNIT})(?:吗|呢)?"
)


def sum_in_english(question: str) -> str:
    """Give the sum with digits and English operators; what is none comes out as something that is none either."""
    text = _LEAD_OUT.sub("", _LEAD_IN.sub("", re.sub(r"\s+", "", question)))
    text = re.sub(rf"{_A}的百分之{_B}", lambda m: f" {_digits(m['b'])} percent of {_digits(m['a'])} ", text)
    text = re.sub(rf"百分之{_A}", lambda m: f" {_digits(m['a'])} percent ", text)
    text = re.sub(rf"{_A}的{_B}次方", lambda m: f" {_digits(m['a'])} to the power of {_digits(m['b'])} ", text)
    text = re.sub(rf"{_A}的{_number('b')}分之{_number('c')}", _share_of, text)
    text = re.sub(rf"{_A}的一半", lambda m: f" half of {_digits(m['a'])} ", text)
    text = re.sub(rf"(?:根号{_A}|{_B}的平方根)", lambda m: f" square root of {_digits(m['a'] or m['b'])} ", text)
    text = re.sub(rf"{_number('b')}分之{_number('c')}", lambda m: f" ( {_digits(m['c'])} / {_digits(m['b'])} ) ", text)
    text = re.sub(NUMBER, lambda m: f" {_digits(m[0])} ", text)
    for chinese, english in _OPERATORS:
        text = re.sub(chinese, f" {english} ", text)
    return " ".join(text.split())


def conversion_in_english(question: str) -> str:
    """Give the conversion as "5 miles in kilometers"; the question itself when it asks for none."""
    text = _LEAD_IN.sub("", re.sub(r"\s+", "", question))
    asked = _CONVERSION.fullmatch(_LEAD_OUT.sub("", text) if text.endswith(("?", "？")) else text)  # noqa: RUF001
    if asked is None:
        return question
    parts = re.findall(rf"({NUMBER})个?({_UNIT})", asked["amount"])
    amount = " ".join(f"{_digits(number)} {_UNITS[unit]}" for number, unit in parts)
    return f"{amount} in {_UNITS[asked['unit']]}"


def _number(group: str) -> str:
    return rf"(?P<{group}>[{CHARACTERS}\d]+)"


def _share_of(match: re.Match[str]) -> str:
    return f" {_digits(match['c'])} / {_digits(match['b'])} * {_digits(match['a'])} "


def _digits(words: str) -> str:
    """Write a number in digits; words that are none stay, and are none to the reckoner either."""
    value = read_number(words)
    if value is None:
        return words
    return str(value) if value.denominator == 1 else str(Decimal(value.numerator) / Decimal(value.denominator))
