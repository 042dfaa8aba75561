"""Names what the wearer said yes to: a SHA-256 of the tool and its arguments, the same on every device.

The hash is over the canonical JSON (RFC 8785) of {"arguments": ..., "tool": ...}; `vectors/consent.json` holds
examples. Numbers beyond 2**53 - 1, which languages read differently, have no digest: nothing can be approved that
could mean two things.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_EXACT = 2**53 - 1
"""The largest whole number that JavaScript, and so RFC 8785, holds exactly."""
_DEEPEST = 32
"""Nesting of arguments; deeper ones are nobody's wish."""


def digest(tool: str, arguments: Mapping[str, Any]) -> str:
    """Give the SHA-256 in hex. Raises ValueError for arguments that are not plain JSON."""
    return hashlib.sha256(canonical_json({"tool": tool, "arguments": arguments}).encode("utf-8")).hexdigest()


def canonical_json(value: Any) -> str:
    """Give the one JSON text of a value, as RFC 8785 has it. Raises ValueError."""
    text = _json(value, _DEEPEST)
    text.encode("utf-8")  # half a surrogate pair raises UnicodeEncodeError, which is a ValueError
    return text


def _json(value: Any, depth: int) -> str:
    if depth < 0:
        raise ValueError("nested too deeply")
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            if not abs(value) <= _EXACT:  # so turned that NaN does not pass
                raise ValueError("a number beyond 2**53 is not exact everywhere")
            return _number(value) if isinstance(value, float) else str(value)
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise ValueError("a key is not a string")
            # RFC 8785 sorts by UTF-16 units, as JavaScript does.
            keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
            members = (f"{_json(key, 0)}:{_json(value[key], depth - 1)}" for key in keys)
            return "{" + ",".join(members) + "}"
        case bytes() | bytearray() | memoryview():
            raise ValueError("bytes are not JSON")
        case Sequence():
            return "[" + ",".join(_json(item, depth - 1) for item in value) + "]"
        case _:
            raise ValueError(f"{type(value).__name__} is not JSON")


def _number(value: float) -> str:
    """Write a float as ECMAScript does (ECMA-262, Number::toString)."""
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + int(exponent)
    if point > 0:
        whole = digits[:point].ljust(point, "0")
        text = whole + (f".{digits[point:]}" if len(digits) > point else "")
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{point - 1}"
    return ("-" if sign else "") + text
