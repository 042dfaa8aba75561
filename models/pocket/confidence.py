"""How far a reading of the pocket model can be trusted: probabilities of its choices, calibrated on held-out rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from models.engine import EngineFailed, EngineMissing


class Table(msgspec.Struct, frozen=True):
    """What confidence.json holds: the raw probability of the tool, and how often the tool was right there."""

    raw: list[float]
    right: list[float]


@dataclass(frozen=True, slots=True)
class Confidence:
    """Maps the share that the chosen tool has to how often such a choice is right."""

    table: Table

    @classmethod
    def load(cls, path: Path) -> Confidence:
        """Read the table. Raises EngineMissing or EngineFailed."""
        try:
            table = msgspec.json.decode(path.read_bytes(), type=Table)
        except FileNotFoundError as exc:
            raise EngineMissing(f"{path} is missing: it comes with Earrand, install it again") from exc
        except (OSError, msgspec.MsgspecError) as exc:
            raise EngineFailed(f"{path} cannot be read ({exc}): install Earrand again") from exc
        if not table.raw or len(table.raw) != len(table.right) or sorted(table.raw) != table.raw:
            raise EngineFailed(f"{path} is no table of confidence: install Earrand again")
        return cls(table)

    def of(self, share: float) -> float:
        """Give how often a tool with this share of the probability is the right one."""
        return float(np.interp(share, self.table.raw, self.table.right))


def calibrated(shares: list[float], right: list[bool]) -> Table:
    """Fit the table: the rate of right ones can only rise with the share (isotonic regression, pool adjacent violators:
    Ayer et al. 1955)."""
    order = np.argsort(shares, kind="stable")
    blocks: list[tuple[float, float, int]] = []  # sum of shares, number right, size
    for place in order:
        blocks.append((shares[place], float(right[place]), 1))
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    return Table([total / size for total, _, size in blocks], [good / size for _, good, size in blocks])
