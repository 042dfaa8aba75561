"""Says money, measures, ranges, fractions and sums in English."""

from __future__ import annotations

import re

from models.spoken_numbers import NUMBER, fraction, number_words
from models.spoken_rules import Rule, always

_CURRENCIES = {
    "US$": "dollar*", "$": "dollar*", "€": "euro*", "£": "pound*", "¥": "yen", "\uffe5": "yen", "₹": "rupee*",
    "₩": "won", "₽": "ruble*", "USD": "dollar*", "EUR": "euro*", "GBP": "pound*", "CNY": "yuan", "RMB": "yuan",
    "JPY": "yen", "CHF": "franc*", "INR": "rupee*",
}  # fmt: skip
_COINS = {"dollar*": "cent*", "euro*": "cent*", "pound*": "p"}
_SCALES = {
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion", "k": "thousand",
    "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "B": "billion",
}  # fmt: skip
_PER = {"hr": "hour", "h": "hour", "mo": "month", "wk": "week", "yr": "year", "min": "minute", "lb": "pound"} | {
    word: word for word in ("hour", "day", "night", "week", "month", "year", "person", "minute", "liter", "kg", "piece")
}
_UNITS = {
    "km/h": "kilometer* per hour", "kph": "kilometer* per hour", "mph": "mile* per hour", "m/s": "meter* per second",
    "kWh": "kilowatt hour*", "Wh": "watt hour*", "mAh": "milliampere hour*", "km²": "square kilometer*",
    "m²": "square meter*", "cm²": "square centimeter*", "m³": "cubic meter*", "km": "kilometer*", "cm": "centimeter*",
    "mm": "millimeter*", "m": "meter*", "kg": "kilogram*", "mg": "milligram*", "g": "gram*", "ml": "milliliter*",
    "mL": "milliliter*", "cl": "centiliter*", "l": "liter*", "L": "liter*", "°C": "degree* Celsius",
    "°F": "degree* Fahrenheit", "°": "degree*", "GB": "gigabyte*", "MB": "megabyte*", "TB": "terabyte*",
    "kB": "kilobyte*", "KB": "kilobyte*", "Mbps": "megabit* per second", "Mbit/s": "megabit* per second",
    "MB/s": "megabyte* per second", "kW": "kilowatt*", "MW": "megawatt*", "W": "watt*", "V": "volt*", "mA": "milliamp*",
    "h": "hour*", "hr": "hour*", "hrs": "hours", "min": "minute*", "mins": "minutes", "s": "second*", "sec": "second*",
    "secs": "seconds", "ms": "millisecond*", "wks": "weeks", "yrs": "years", "%": "percent", "‰": "per thousand",
    "ft": "foot", "lb": "pound*", "lbs": "pounds", "oz": "ounce*", "mi": "mile*", "yd": "yard*", "sq ft": "square feet",
    "gal": "gallon*", "tsp": "teaspoon*", "tbsp": "tablespoon*", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz",
    "GHz": "gigahertz", "dB": "decibel*", "kcal": "kilocalorie*", "cal": "calorie*", "hPa": "hectopascal*",
    "psi": "P S I", "k": "thousand", "rpm": "revolution* per minute", "bpm": "beat* per minute",
    "fps": "frame* per second",
}  # fmt: skip
"""The star becomes an s after every number but one."""
_SIGN = r"(?:(?<!\w)(?P<sign>[-\u2212]))?"


def _price(match: re.Match[str]) -> str:
    number, currency, scale, per = match["number"], _CURRENCIES[match["unit"]], match["scale"], match["per"]
    minus = "minus " if match["sign"] else ""
    each = f" per {_PER[per]}" if per else ""
    if match["last"]:
        # "$5-10": the sign is said once, after both.
        return f"{minus}{number_words(number)} to {_sum_of(match['last'], currency, scale)}{each}"
    return f"{minus}{_sum_of(number, currency, scale)}{each}"


def _price_after(match: re.Match[str]) -> str:
    minus = "minus " if match["sign"] else ""
    return minus + _sum_of(match["number"], _CURRENCIES[match["unit"]], None)


def _sum_of(number: str, currency: str, scale: str | None) -> str:
    whole, _, part = number.partition(".")
    if scale:
        return f"{number_words(number)} {_SCALES[scale]} {currency.replace('*', 's')}"
    if len(part) != 2 or currency not in _COINS:
        return _counted(number, currency)
    coin = "pence" if currency == "pound*" else _COINS[currency]
    coins = _counted(part.lstrip("0") or "0", coin)
    if not int(part):
        return _counted(whole, currency)
    return f"{_counted(whole, currency)} and {coins}" if whole.strip("0,") else coins


def _measure(match: re.Match[str]) -> str:
    number, unit = match["number"], _UNITS[match["unit"]]
    minus = "minus " if match["sign"] else ""
    if match["dash"]:
        return f"{minus}{number_words(number)} {unit.replace('*', '')}"
    if unit == "foot" and number != "1":
        unit = "feet"
    return minus + _counted(number, unit)


def _counted(number: str, unit: str) -> str:
    return f"{number_words(number)} {unit.replace('*', '' if number == '1' else 's')}"


def _height(match: re.Match[str]) -> str:
    return f"{number_words(match['feet'])} foot {number_words(match['inches'])}"


def _feet(match: re.Match[str]) -> str:
    feet, inches = (number_words(match[name]) for name in ("feet", "inches"))
    return f"{feet} {'foot' if feet == 'one' else 'feet'} {inches} {'inch' if inches == 'one' else 'inches'}"


def _fraction(match: re.Match[str]) -> str:
    above, below = int(match["above"]), int(match["below"])
    if not 0 < above < below or below not in (*range(2, 11), 12, 16, 20, 100):
        # No part of anything: "50/50", "9/11".
        return " ".join(number_words(number) for number in match.group("whole", "above", "below") if number)
    words = fraction(above, below)
    if not match["whole"]:
        return words
    return f"{number_words(match['whole'])} and {'a' + words.removeprefix('one') if above == 1 else words}"


def _times(match: re.Match[str]) -> str:
    return " times " if re.match("[0-9., ]{1,12}=", match.string[match.end() :]) else " by "


def _signed(match: re.Match[str]) -> str:
    return ("minus " if match["sign"] else "") + number_words(match["number"])


_BEFORE_NUMBER = "(?=[0-9$\u20ac\u00a3\u00a5])"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_CURRENCY = "|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True))
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_EACH = "|".join(sorted(_PER, key=len, reverse=True))

AMOUNTS: tuple[Rule, ...] = (
    (re.compile(rf"(?:\u2248|(?<![\w~])~) ?{_BEFORE_NUMBER}"), always("about ")),
    (re.compile(r"\u00b1 ?"), always("plus or minus ")),
    (re.compile(rf"(?:<=|\u2264) ?{_BEFORE_NUMBER}"), always("at most ")),
    (re.compile(rf"(?:>=|\u2265) ?{_BEFORE_NUMBER}"), always("at least ")),
    (re.compile(rf"< ?{_BEFORE_NUMBER}"), always("less than ")),
    (re.compile(rf"> ?{_BEFORE_NUMBER}"), always("more than ")),
    (
        re.compile(
            rf"{_SIGN}(?<![A-Z])(?P<unit>{_CURRENCY}) ?(?P<number>{NUMBER})"
            rf"(?: ?[-\u2013] ?(?:{_CURRENCY})?(?P<last>{NUMBER}))?"
            rf"(?: ?(?P<scale>{_SCALE})\b)?(?: ?/ ?(?P<per>{_EACH})\b)?"
        ),
        _price,
    ),
    (re.compile(rf"{_SIGN}(?<![0-9.,])(?P<number>{NUMBER}) ?(?P<unit>{_CURRENCY})(?![A-Za-z0-9])"), _price_after),
    (
        re.compile(r"(?<![0-9.,])(?P<feet>[0-9]{1,2})['\u2019\u2032](?P<inches>1[01]|[0-9])(?:\"|''|\u201d|\u2033)"),
        _height,
    ),
    (re.compile(r"(?<![0-9.,])(?P<feet>[0-9]{1,2}) ?ft\.? (?P<inches>1[01]|[0-9]) ?in\b"), _feet),
    (
        re.compile(
            r"(?<![0-9.,/])(?:(?P<whole>[0-9]{1,3}) )?(?P<above>[0-9]{1,3})/(?P<below>[0-9]{1,3})(?![0-9/]|[.,][0-9])"
        ),
        _fraction,
    ),
    (re.compile(r"(?<=[0-9]) ?[-\u2212] ?(?=[0-9.]{1,12} ?=)"), always(" minus ")),
    (re.compile(r"(?<=[0-9]) ?[\u2013-] ?(?=[0-9])"), always(" to ")),
    (re.compile(r"(?<=[0-9][%°]) ?[\u2013-] ?(?=[0-9])"), always(" to ")),
    (re.compile(r"(?<=[0-9])(?: ?\u00d7 ?| x |x)(?=[0-9])"), _times),
    (re.compile(r"(?<=[0-9])(?:x|\u00d7)(?![A-Za-z0-9])"), always(" times")),
    (
        re.compile(
            rf"{_SIGN}(?<![0-9.,])(?P<number>{NUMBER})(?:(?P<dash>-)| ?)(?P<unit>{_UNIT})(?![A-Za-z0-9])"
            r"(?:\.(?= [a-z]))?"
        ),
        _measure,
    ),
    (re.compile(r"(?<=[0-9])\^(?=[0-9-])"), always(" to the power of ")),
    (re.compile(r"(?<=[0-9]) ?\+ ?(?=[0-9])"), always(" plus ")),
    (re.compile(r"(?<=[0-9]) ?[*\u00b7] ?(?=[0-9])"), always(" times ")),
    (re.compile(r"(?<=[0-9]) ?\u00f7 ?(?=[0-9])"), always(" divided by ")),
    (re.compile(r"(?<=[0-9a-z)]) ?= ?(?=[-0-9a-z])"), always(" equals ")),
    (re.compile(rf"(?<![\w])(?P<sign>[-\u2212])?(?P<number>{NUMBER})"), _signed),
    (re.compile(NUMBER), lambda match: number_words(match[0])),
    (re.compile(r"(?<=[\w)]) ?\u00b2"), always(" squared")),
    (re.compile(r"(?<=[\w)]) ?\u00b3"), always(" cubed")),
    (re.compile("\u00b2"), always("squared")),
    (re.compile("\u00b3"), always("cubed")),
)
"""In order: what is more than a number comes before numbers."""
