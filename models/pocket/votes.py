"""Votes on an utterance by its words and letters: linear classifiers beside the network.

They know little of order, but they see pieces of words and weigh what they saw exactly, so they err elsewhere than the
network does: the sum of the log-probabilities is better than either. One votes for the tool;
the other for the label of each word, where a table also says which label follows which.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed, EngineMissing
from models.pocket.frames import LABELS, TOOLS
from models.pocket.linear import Linear, bucket, logs

TOOL_BUCKETS = LABEL_BUCKETS = 1 << 17
"""Against features that do not share buckets no difference was measured."""
_LETTERS = (2, 3, 4, 5)
_TOOLS = list(TOOLS)


@dataclass(frozen=True, slots=True)
class Votes:
    """The classifiers and what they were fitted with."""

    tools: Linear
    rarity: NDArray[np.float32]
    """(TOOL_BUCKETS): how much each feature counts (inverse document frequency)."""
    labels: Linear
    follows: NDArray[np.float32]
    """(tools, LABELS + 1, LABELS): the logarithm of how much likelier than usual a label is after another; the last
    row is for the first word."""

    @classmethod
    def load(cls, path: Path) -> Votes:
        """Read the file that `save` wrote. Raises EngineMissing or EngineFailed."""
        try:
            with np.load(path, allow_pickle=False) as file:
                tools, labels = (
                    Linear(file[f"{name}_weights"], file[f"{name}_scale"], file[f"{name}_bias"])
                    for name in ("tool", "label")
                )
                votes = cls(tools, file["rarity"].astype(np.float32), labels, file["follows"].astype(np.float32))
                names = [str(name) for name in file["names"]]
        except FileNotFoundError as exc:
            raise EngineMissing(f"{path} is missing: it comes with Earrand, install it again") from exc
        except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile) as exc:
            raise EngineFailed(f"{path} cannot be read ({exc}): install Earrand again") from exc
        if names != [*TOOLS, *LABELS] or not votes._fits():
            raise EngineFailed(f"{path} does not fit this version of Earrand: install it again")
        return votes

    def save(self, path: Path) -> None:
        """Write one compressed file."""
        np.savez_compressed(
            path,
            names=np.array([*TOOLS, *LABELS]),
            tool_weights=self.tools.weights,
            tool_scale=self.tools.scale,
            tool_bias=self.tools.bias,
            rarity=self.rarity.astype(np.float16),
            label_weights=self.labels.weights,
            label_scale=self.labels.scale,
            label_bias=self.labels.bias,
            follows=self.follows.astype(np.float16),
        )

    def tool_logs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Give the logarithm of each tool's probability, (tools)."""
        return logs(self.tools.scores(*tool_features(words, self.rarity)))

    def label_scores(self, words: Sequence[str], tool: str) -> NDArray[np.float32]:
        """Give the score of each label for each word, (words, LABELS)."""
        return self.labels.scores(*label_features(words, tool))

    def follows_under(self, tool: str) -> NDArray[np.float32]:
        """Give the table of what follows what under a tool, (LABELS + 1, LABELS)."""
        table: NDArray[np.float32] = self.follows[_TOOLS.index(tool)]
        return table

    def _fits(self) -> bool:
        shapes = self.tools.weights.shape, self.labels.weights.shape, self.rarity.shape, self.follows.shape
        return (
            self.tools.fits
            and self.labels.fits
            and shapes
            == (
                (TOOL_BUCKETS, len(TOOLS)),
                (LABEL_BUCKETS, len(LABELS)),
                (TOOL_BUCKETS,),
                (len(TOOLS), len(LABELS) + 1, len(LABELS)),
            )
        )


def tool_features(words: Sequence[str], rarity: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give the features of an utterance and their values: runs of words, and of letters within words."""
    places, values = [], []
    for part in tool_buckets(words):
        counts = Counter(part)
        place = np.fromiter(counts, np.int64, len(counts))
        value = np.array([1 + math.log(count) for count in counts.values()], np.float32) * rarity[place]
        places.append(place)
        values.append(value / (np.linalg.norm(value) + 1e-9))
    return np.concatenate(places), np.concatenate(values).astype(np.float32)


def tool_buckets(words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Give the buckets of the runs of one to three words and of any two words, and of two to five letters."""
    fenced = ["^", *words, "$"]
    runs = [" ".join(fenced[at : at + size]) for size in (2, 3) for at in range(len(fenced) - size + 1)]
    closed = [f"<{word}>" for word in words]
    letters = [word[at : at + size] for word in closed for size in _LETTERS for at in range(len(word) - size + 1)]
    known = sorted(set(words))
    pairs = [f"u{a} {b}" for at, a in enumerate(known) for b in known[at + 1 :]]
    whole = [bucket(feature, TOOL_BUCKETS) for feature in (*(f"w{run}" for run in (*words, *runs)), *pairs)]
    return whole, [bucket(f"c{run}", TOOL_BUCKETS) for run in letters]


def label_features(words: Sequence[str], tool: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give the features of each word and their values, both (words, features)."""
    fenced = ["^^", "^", *words, "$", "$$"]
    rows = []
    for at in range(len(words)):
        before2, before, word, after, after2 = fenced[at : at + 5]
        near = [f"0{word}", f"-{before}", f"+{after}", f"={before2}", f"*{after2}", f"a{before} {word}"]
        near += [f"b{word} {after}", f"c{before2} {before}", f"d{after} {after2}"]
        rest = [
            f"e{before} {after}",
            f"s3{word[-3:]}",
            f"s2{word[-2:]}",
            f"p3{word[:3]}",
            f"f{before2} {before} {word}",
        ]
        under = [f"{tool}{feature}" for feature in (*near, "", f"s{word[-3:]}", f"x{before[-2:]}|{after[:2]}")]
        where = [f"{tool}i{min(at, 3)}", f"{tool}j{min(len(words) - at, 3)}"]
        rows.append([bucket(feature, LABEL_BUCKETS) for feature in (*near, *rest, *under, *where)])
    places = np.array(rows, np.int64)
    return places, np.full(places.shape, 1 / math.sqrt(places.shape[1]), np.float32)
