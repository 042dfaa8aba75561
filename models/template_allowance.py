"""Counts the work of rendering a chat template, before it is done, and ends it when there was too much."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

STEPS = 1_000_000
"""Half a second of a PC. Of the templates of seventy chat models the costliest takes half of it for 67 tools and twelve
turns; MiniCPM5's takes a fiftieth."""
CHARACTERS_A_STEP = 16
"""Text that is read or written for the price of one step; so no rendering holds more than 16 million characters."""


class Allowance:
    """The steps that are left. A step is about a node of the template evaluated once, or an item looked at."""

    def __init__(self, steps: int = STEPS) -> None:
        self._steps = steps
        self._left = steps

    def renew(self) -> None:
        """Begin another rendering."""
        self._left = self._steps

    @property
    def spent(self) -> int:
        """Steps since the rendering began; never more than it was allowed."""
        return self._steps - self._left

    def spend(self, steps: int) -> None:
        """Pay for what is about to be done. Raises SecurityError when it cannot be paid."""
        if steps > self._left:
            raise SecurityError(f"it takes more than {self._steps} steps")
        self._left -= steps

    def write(self, characters: int) -> None:
        """Pay for a text of this length. Raises SecurityError."""
        self.spend(characters // CHARACTERS_A_STEP)

    def each(self, items: Iterable[object], steps: int = 1) -> Iterator[object]:
        """Yield the items, paying for each. Raises SecurityError."""
        for item in items:
            self.spend(steps)
            yield item

    def weigh(self, value: object) -> int:
        """Pay for reading a value to its end and give the price.

        A list that holds another one twice is read like a tree, as it is when it is written or compared: 40 of them are
        10^12 items. Raises SecurityError, also for what is no plain value, since its text could be of any length.
        """
        before = self._left
        waiting = [value]
        while waiting:
            self.spend(1)
            match waiting.pop():
                case str() as text:
                    self.write(len(text))
                case dict() as mapping:
                    self.spend(len(mapping))
                    waiting += [*mapping.keys(), *mapping.values()]
                case list() | tuple() | KeysView() | ValuesView() | ItemsView() as items:
                    self.spend(len(items))
                    waiting += items
                case range() as numbers:
                    self.spend(len(numbers))
                case None | bool() | int() | float() | Undefined():
                    pass
                case other:
                    raise SecurityError(f"a {type(other).__name__} is no plain value")
        return before - self._left
