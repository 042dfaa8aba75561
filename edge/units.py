"""The units of everyday life and what they are worth. A table of our own: pint takes 0.8 s to load on a desktop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure."""

    kind: str
    """What it measures; only units of one kind can be converted."""
    worth: Fraction
    """How much of its kind's first unit it is."""
    one: str
    """Its name after "one"."""
    many: str
    zero: Fraction = Fraction(0)
    """Where its scale begins, in the kind's first unit: temperatures only."""


# Kind, then worth, name of one, name of many, other names; "metre" and the like are made of "meter" below.
_ROWS: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "length": (
        ("1", "meter", "meters", "m"),
        ("1/1000", "millimeter", "millimeters", "mm"),
        ("1/100", "centimeter", "centimeters", "cm"),
        ("1000", "kilometer", "kilometers", "km, kms, k"),
        ("0.0254", "inch", "inches", ""),
        ("0.3048", "foot", "feet", "ft"),
        ("0.9144", "yard", "yards", ""),
        ("1609.344", "mile", "miles", ""),
        ("1852", "nautical mile", "nautical miles", ""),
    ),
    "mass": (
        ("1", "kilogram", "kilograms", "kg, kilo, kilos, kilogramme, kilogrammes"),
        ("1/1000", "gram", "grams", "g, gramme, grammes"),
        ("1/1000000", "milligram", "milligrams", "mg"),
        ("1000", "tonne", "tonnes", "metric ton, metric tons"),
        ("907.18474", "ton", "tons", "short ton, short tons"),
        ("0.45359237", "pound", "pounds", "lb, lbs"),
        ("0.028349523125", "ounce", "ounces", "oz"),
        ("6.35029318", "stone", "stone", "stones"),
    ),
    "volume": (
        ("1", "liter", "liters", "l"),
        ("1/1000", "milliliter", "milliliters", "ml"),
        ("1/100", "centiliter", "centiliters", "cl"),
        ("1000", "cubic meter", "cubic meters", ""),
        ("3.785411784", "gallon", "gallons", "us gallon, us gallons"),
        ("4.54609", "imperial gallon", "imperial gallons", "uk gallon, uk gallons, british gallon, british gallons"),
        ("0.946352946", "quart", "quarts", ""),
        ("0.473176473", "pint", "pints", "us pint, us pints"),
        ("0.56826125", "imperial pint", "imperial pints", "uk pint, uk pints, british pint, british pints"),
        ("0.2365882365", "cup", "cups", ""),
        ("0.0295735295625", "fluid ounce", "fluid ounces", "ounce, ounces, oz, fl oz"),
        ("0.01478676478125", "tablespoon", "tablespoons", "tbsp"),
        ("0.00492892159375", "teaspoon", "teaspoons", "tsp"),
    ),
    "speed": (
        ("1", "meter per second", "meters per second", "meters a second, m per s"),
        ("1/3.6", "kilometer per hour", "kilometers per hour", "kilometers an hour, kph, kmh, km h, km per h"),
        ("0.44704", "mile per hour", "miles per hour", "miles an hour, mph"),
        ("0.3048", "foot per second", "feet per second", "feet a second"),
        ("1852/3600", "knot", "knots", ""),
    ),
    "time": (
        ("1", "second", "seconds", "sec, secs"),
        ("1/1000", "millisecond", "milliseconds", "ms"),
        ("60", "minute", "minutes", "min, mins"),
        ("3600", "hour", "hours", "hrs"),
        ("86400", "day", "days", ""),
        ("604800", "week", "weeks", ""),
        ("1209600", "fortnight", "fortnights", ""),
        # A year has 365 days, and a month is its twelfth.
        ("2628000", "month", "months", ""),
        ("31536000", "year", "years", ""),
        ("315360000", "decade", "decades", ""),
        ("3153600000", "century", "centuries", ""),
    ),
    "data": (
        ("1", "byte", "bytes", ""),
        ("1/8", "bit", "bits", ""),
        ("1000", "kilobyte", "kilobytes", "kb"),
        ("1000000", "megabyte", "megabytes", "mb, meg, megs"),
        ("1000000000", "gigabyte", "gigabytes", "gb, gig, gigs"),
        ("1000000000000", "terabyte", "terabytes", "tb"),
        ("1024", "kibibyte", "kibibytes", ""),
        ("1048576", "mebibyte", "mebibytes", ""),
        ("1073741824", "gibibyte", "gibibytes", ""),
        ("125000", "megabit", "megabits", ""),
        ("125000000", "gigabit", "gigabits", ""),
    ),
}
_TEMPERATURES = (
    ("1", "0", "kelvin", "kelvin", "kelvins"),
    ("1", "273.15", "degree Celsius", "degrees Celsius", "celsius, centigrade, degree, degrees, c, degrees c"),
    ("5/9", "229835/900", "degree Fahrenheit", "degrees Fahrenheit", "fahrenheit, degree, degrees, f, degrees f"),
)
CURRENCIES = frozenset(
    {
        *("dollar", "dollars", "euro", "euros", "pound", "pounds", "yen", "yuan", "franc", "francs", "rupee", "rupees"),
        *("peso", "pesos", "rouble", "roubles", "krona", "kronor", "won", "real", "reais", "bitcoin", "bitcoins"),
        *("cent", "cents", "pence", "quid", "buck", "bucks", "usd", "eur", "gbp"),
    }
)
"""Words for money. What it is worth changes every day, and nobody tells us."""


def units() -> dict[str, tuple[Unit, ...]]:
    """Give the units by every name that they are said with; a name may mean several, of different kinds or scales."""
    named: dict[str, tuple[Unit, ...]] = {}
    for unit, names in _units():
        for name in dict.fromkeys(spelling for one in names for spelling in _spellings(one.lower())):
            named[name] = (*named.get(name, ()), unit)
    return named


def _units() -> Iterator[tuple[Unit, list[str]]]:
    for kind, rows in _ROWS.items():
        for worth, one, many, others in rows:
            yield Unit(kind, _fraction(worth), one, many), [one, many, *others.split(", ")]
    for worth, zero, one, many, others in _TEMPERATURES:
        yield Unit("temperature", _fraction(worth), one, many, _fraction(zero)), [one, many, *others.split(", ")]


def _spellings(name: str) -> Iterator[str]:
    """Give American and British spellings."""
    if name:
        yield name
        yield name.replace("meter", "metre").replace("liter", "litre")


def _fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or 1)
