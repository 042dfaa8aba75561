"""Writes numbers, times, dates, amounts and telephone numbers as Chinese words.

One is 幺 in telephone numbers, rooms and codes, as on the mainland; elsewhere it is 一. Two is 两 before a measure
word.
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata

from unicode_rbnf import RbnfEngine

from models.spoken_links import CHINESE_SIGNS, links
from models.spoken_rules import Rule, always, rewrite

_DIGITS = "零一二三四五六七八九"
_LARGEST = 10**12
"""From here on digit by digit: 兆 means two things."""
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?"
_TO = r" ?[-\u2013\u2014~\uff5e] ?"
_CURRENCIES = {
    "¥": "元", "\uffe5": "元", "$": "美元", "US$": "美元", "€": "欧元", "£": "英镑", "RMB": "元", "CNY": "元",
    "USD": "美元", "EUR": "欧元",
}  # fmt: skip
_UNITS = {
    "km²": "平方公里", "m²": "平方米", "cm²": "平方厘米", "m³": "立方米", "km": "公里", "m": "米", "cm": "厘米",
    "mm": "毫米", "kg": "公斤", "g": "克", "mg": "毫克", "ml": "毫升", "mL": "毫升", "l": "升", "L": "升",
    "°F": "华氏度", "°": "度", "kWh": "千瓦时", "kW": "千瓦", "W": "瓦", "V": "伏", "mAh": "毫安时", "h": "小时",
    "min": "分钟", "s": "秒", "ms": "毫秒", "mi": "英里", "ft": "英尺", "lb": "磅", "oz": "盎司", "Hz": "赫兹",
    "kHz": "千赫", "MHz": "兆赫", "GHz": "吉赫", "dB": "分贝", "kcal": "千卡", "hPa": "百帕",
}  # fmt: skip
_RATES = {"km/h": "公里", "kph": "公里", "mph": "英里", "m/s": "米"}
_COUNTED = (
    "个|小时|分钟|点|天|年|周|次|人|位|件|本|张|条|只|块|元|美元|欧元|倍|公里|公斤|米|克|升|种|家|站|层|杯|瓶|份|句|封|"
    "首|项|段|半|秒|千克|吨|万|亿|千|英里|英尺|平方米|星期|刻"
)
"""Two of these are 两, not 二."""
_CALLED = "电话|拨打|拨|手机|号码|致电|热线|打给|房间|航班|车次|验证码|密码|编号|邮编|尾号|车牌|代码|分机"
"""A number after these only names: it is read digit by digit."""
_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_SIGNS = {"℃": "°C", "℉": "°F", "％": "%", "：": ":"}  # noqa: RUF001  # full width, as Chinese keyboards write them


def spoken_chinese(text: str) -> str:
    """Give a Mandarin text with simplified characters for all that is written in digits."""
    return rewrite(_plain_digits(text), _RULES)


def _numeral(number: str) -> str:
    """Say a number written as "1,234", "007" or "3.14"."""
    whole, _, part = number.replace(",", "").partition(".")
    if (len(whole) > 1 and whole.startswith("0")) or int(whole[:20] or "0") >= _LARGEST:
        words = _one_by_one(whole)
    else:
        words = _chinese().format_number(int(whole)).text.replace("\u3007", "零")
        # Two thousand is 两千, but twelve thousand is 一万二千 or 一万两千.
        words = re.sub("(?<![十零])二(?=[千万亿])", "两", words)
    return f"{words}点{_one_by_one(part)}" if part else words


def _counted(number: str, unit: str) -> str:
    """Say how many of something."""
    if number == "2" and re.match(_COUNTED, unit):
        return f"两{unit}"
    return _numeral(number) + unit


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits if digit.isdigit())


def _called(digits: str) -> str:
    return _one_by_one(digits).replace("一", "幺")


@functools.cache
def _chinese() -> RbnfEngine:
    return RbnfEngine.for_language("zh")  # Reads an XML file: some 30 ms, once.


def _plain_digits(text: str) -> str:
    characters: list[str] = []
    for character in text:
        if character in _FRACTIONS:
            after_number = bool(characters) and characters[-1][-1:].isdigit()
            characters.append((" " if after_number else "") + _FRACTIONS[character])
        elif character in _SIGNS:
            characters.append(_SIGNS[character])
        elif character.isdigit() and not character.isascii() and character not in "²³":
            characters.append(str(unicodedata.digit(character)))
        else:
            characters.append(character)
    return "".join(characters)


def _time(match: re.Match[str]) -> str:
    words = _counted(str(int(match["hour"])), "点")
    minute, second = int(match["minute"]), int(match["second"] or 0)
    if minute or second:
        words += f"{'零' if 0 < minute < 10 else ''}{_numeral(str(minute))}分"
    return words + (f"{_numeral(str(second))}秒" if second else "")


def _timestamp(match: re.Match[str]) -> str:
    try:
        date = datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return match[0].replace("-", " ").replace("/", " ")
    words = f"{_one_by_one(match['year'])}年{_numeral(str(date.month))}月{_numeral(str(date.day))}日"
    return words + (match["clock"] or "")


def _year(match: re.Match[str]) -> str:
    return f"{_one_by_one(match['year'])}年"


def _slash(match: re.Match[str]) -> str:
    """Read 1/2 as a fraction and 11/23 as a day."""
    above, below = int(match["above"]), int(match["below"])
    whole = f"{_numeral(match['whole'])}又" if match["whole"] else ""
    if whole or (above < below and (below <= 10 or below > 31)):
        return f"{whole}{_numeral(match['below'])}分之{_numeral(match['above'])}"
    if 1 <= above <= 12 and 1 <= below <= 31:
        return f"{_numeral(match['above'])}月{_numeral(match['below'])}日"
    return f"{_numeral(match['above'])}比{_numeral(match['below'])}"


def _percent(match: re.Match[str]) -> str:
    part = "百分之" if match["unit"] == "%" else "千分之"
    first = f"{part}{_numeral(match['from'])}到" if match["from"] else ""
    return f"{first}{'负' if match['sign'] else ''}{part}{_numeral(match['number'])}"


def _price(match: re.Match[str]) -> str:
    number = match["number"].replace(",", "")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    if match["last"]:
        return f"{_numeral(number)}到{_counted(match['last'], (match['scale'] or '') + _CURRENCIES[match['unit']])}"
    return _counted(number, (match["scale"] or "") + _CURRENCIES[match["unit"]])


def _celsius(match: re.Match[str]) -> str:
    return f"{'零下' if match['sign'] else ''}{_numeral(match['number'])}摄氏度"


def _rate(match: re.Match[str]) -> str:
    every = "每秒" if match["unit"] == "m/s" else "每小时"
    return every + _counted(match["number"], _RATES[match["unit"]])


def _measure(match: re.Match[str]) -> str:
    return ("负" if match["sign"] else "") + _counted(match["number"], _UNITS[match["unit"]])


def _telephone(match: re.Match[str]) -> str:
    groups = (_called(group) for group in re.findall("[0-9]+", match["number"]))
    return ("加" if match["number"].startswith("+") else "") + "，".join(groups)  # noqa: RUF001  # a short pause


def _call(match: re.Match[str]) -> str:
    return match["what"] + _called(match["number"])


def _score(match: re.Match[str]) -> str:
    return f"{_numeral(match['one'])}比{_numeral(match['two'])}"


def _version(match: re.Match[str]) -> str:
    return "点".join(_numeral(number) for number in match[0].split("."))


def _signed(match: re.Match[str]) -> str:
    return ("负" if match["sign"] else "") + _numeral(match["number"])


def _any(names: dict[str, str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_SIGN = r"(?:(?<![A-Za-z0-9])(?P<sign>[-\u2212]))?"
_RULES: tuple[Rule, ...] = (
    *links(CHINESE_SIGNS),
    (
        re.compile(
            r"(?<![0-9/-])(?P<year>[12][0-9]{3})(?P<gap>[-/.])(?P<month>[0-9]{1,2})(?P=gap)(?P<day>[0-9]{1,2})"
            r"(?![0-9/-]|\.[0-9])(?:[T ](?P<clock>(?:[01]?[0-9]|2[0-3]):[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?"
            r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
        ),
        _timestamp,
    ),
    (re.compile(rf"(?<=[0-9]:[0-5][0-9]){_TO}(?=[0-9]{{1,2}}:[0-9])"), always("到")),
    (re.compile(rf"(?<![0-9:.]){_CLOCK}(?![0-9:])"), _time),
    (re.compile(r"(?<![0-9:.])(?P<one>[0-9]{1,3}):(?P<two>[0-9]{1,3})(?![0-9:.])"), _score),
    (re.compile(r"(?<![0-9.,])(?P<year>[12][0-9]{3})年(?!前|后|来|内|间)"), _year),
    (
        re.compile(
            r"(?P<number>\+[0-9](?:[ ().-]{0,2}[0-9]){6,14}|(?<![0-9.,-])1[3-9][0-9]([- ]?)[0-9]{4}\2[0-9]{4}(?![0-9])"
            r"|(?<![0-9.,-])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])|(?<![0-9.,-])[48]00-?[0-9]{3}-?[0-9]{4}(?![0-9])"
            r"|(?<![0-9.,-])[0-9]+(?:-[0-9]+){2,}(?![0-9]))"
        ),
        _telephone,
    ),
    (
        re.compile(
            rf"(?P<what>(?:{_CALLED})[是为: ]{{0,2}})(?P<number>[0-9]{{3,12}})(?![0-9]|[.,:][0-9]|[个元次人分秒遍])"
        ),
        _call,
    ),
    (re.compile(r"(?<=[A-Z])(?P<number>[0-9]{3,4})(?![0-9.])"), _telephone),
    (re.compile(r"(?<![0-9.,-])(?P<number>[0-9]{3,4})(?=号?(?:房|室))"), _telephone),
    (re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,}"), _version),
    (
        re.compile(
            r"(?<![0-9.,/])(?:(?P<whole>[0-9]{1,3}) )?(?P<above>[0-9]{1,3})/(?P<below>[1-9][0-9]{0,3})"
            r"(?![0-9/]|[.,][0-9])"
        ),
        _slash,
    ),
    (re.compile(rf"(?:(?P<from>{_NUMBER})%?{_TO})?{_SIGN}(?P<number>{_NUMBER}) ?(?P<unit>[%‰])"), _percent),
    (
        re.compile(
            rf"(?P<unit>{_any(_CURRENCIES)}) ?(?P<number>{_NUMBER})(?:{_TO}(?P<last>{_NUMBER}))?"
            r" ?(?P<scale>[百千万亿]*)(?!元)"
        ),
        _price,
    ),
    (re.compile(rf"(?<=[0-9]){_TO}(?=[0-9])"), always("到")),
    (re.compile(rf"{_SIGN}(?<![0-9.,])(?P<number>{_NUMBER}) ?°C(?![A-Za-z])"), _celsius),
    (re.compile(rf"(?<![0-9.,])(?P<number>{_NUMBER}) ?(?P<unit>{_any(_RATES)})(?![A-Za-z0-9])"), _rate),
    (re.compile(rf"{_SIGN}(?<![0-9.,])(?P<number>{_NUMBER}) ?(?P<unit>{_any(_UNITS)})(?![A-Za-z0-9])"), _measure),
    (re.compile(rf"(?<![0-9.,第:])2(?=(?:到[0-9.]+)? ?(?:{_COUNTED}))"), always("两")),
    (re.compile(r"(?<=[0-9])[xX\u00d7](?![A-Za-z0-9])"), always("倍")),
    (re.compile(r"(?<=[0-9]) ?[xX\u00d7*] ?(?=[0-9])"), always("乘")),
    (re.compile(r"(?<=[0-9]) ?\+ ?(?=[0-9])"), always("加")),
    (re.compile(r"(?<=[0-9]) ?= ?(?=[0-9-])"), always("等于")),
    (re.compile(r"# ?(?=[0-9])"), always("第")),
    (re.compile(rf"{_SIGN}(?P<number>{_NUMBER})"), _signed),
    (re.compile(_NUMBER), lambda match: _numeral(match[0])),
    (re.compile("\u00b2"), always("平方")),
    (re.compile("\u00b3"), always("立方")),
)
"""In order: what is more than a number comes before numbers."""
