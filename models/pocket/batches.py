"""Makes tensors of examples: the utterance once to choose its frame, then once more to label each of its words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.pocket.augment import Varied
from models.pocket.frames import FRAMES, LABELS, labels_of
from models.pocket.marks import ASKED, BEGIN, KNOWN, MEANS, PAD
from models.pocket.tokens import Tokens
from models.pocket.words import joined

_BROKEN = 0.1
"""How often a word is cut into smaller tokens than need be, so that rare words are learned from their parts
(BPE-dropout: Provilkov et al. 2020, arXiv:1910.13267)."""
_FRAME = {frame: place for place, frame in enumerate(FRAMES)}
_LABEL = {label: place for place, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example as tokens."""

    tokens: tuple[int, ...]
    call: int
    """Where MEANS stands: there the frame is chosen."""
    frame: int
    tool_only: bool
    places: tuple[int, ...]
    """Where each word of the second reading ends: there its label is chosen."""
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of about one length, padded."""

    tokens: Tensor
    """(examples, tokens)"""
    call: Tensor
    frame: Tensor
    tool_only: Tensor
    label_row: Tensor
    label_place: Tensor
    label: Tensor

    def to(self, device: torch.device) -> Batch:
        """Move to a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


class Encoder:
    """Cuts examples into tokens."""

    def __init__(self, tokens: Tokens, dice: random.Random | None) -> None:
        """`dice` choose the words that are cut smaller; without dice none are."""
        self._tokens = tokens
        self._dice = dice
        self._whole: dict[str, Sequence[int]] = {}
        self._breaking = Tokens(type(tokens.tokenizer).from_str(tokens.tokenizer.to_str()), tokens.first_frame)
        self._breaking.tokenizer.model.dropout = 0.3

    def encode(self, varied: Varied, *, broken: bool) -> Encoded:
        """Give the tokens; with `broken` some words are cut smaller."""
        example, mark = varied.example, self._tokens.mark
        words = [self._word(word, broken) for word in example.words]
        ids = [mark(BEGIN), mark(ASKED)] if varied.asked else [mark(BEGIN)]
        for place, word in enumerate(words):
            ids += [mark(KNOWN), *word] if place in varied.known else word
        ids.append(mark(MEANS))
        call, frame = len(ids) - 1, _FRAME[example.frame]
        places: list[int] = []
        if not example.tool_only and len(labels_of(example.frame.tool)) > 1:
            ids.append(self._tokens.first_frame + frame)
            for word in words:
                ids += word
                places.append(len(ids) - 1)
        labels = [0] * len(places)
        for span in joined(example.words, example.spans) if places else ():
            labels[span.start : span.end] = [_LABEL[span.argument]] * (span.end - span.start)
        return Encoded(tuple(ids), call, frame, example.tool_only, tuple(places), tuple(labels))

    def _word(self, word: str, broken: bool) -> Sequence[int]:
        if broken and self._dice and self._dice.random() < _BROKEN:
            return self._breaking.word(word)
        if word not in self._whole:
            self._whole[word] = self._tokens.word(word)
        return self._whole[word]


def batch_of(encoded: Sequence[Encoded], pad: int) -> Batch:
    """Pad examples to one length."""
    tokens = torch.full((len(encoded), max(len(one.tokens) for one in encoded)), pad)
    for row, one in enumerate(encoded):
        tokens[row, : len(one.tokens)] = torch.tensor(one.tokens)
    return Batch(
        tokens,
        torch.tensor([one.call for one in encoded]),
        torch.tensor([one.frame for one in encoded]),
        torch.tensor([one.tool_only for one in encoded]),
        torch.tensor([row for row, one in enumerate(encoded) for _ in one.places], dtype=torch.long),
        torch.tensor([place for one in encoded for place in one.places], dtype=torch.long),
        torch.tensor([label for one in encoded for label in one.labels], dtype=torch.long),
    )


def pad_token(tokens: Tokens) -> int:
    """Give the token that fills rows up."""
    return tokens.mark(PAD)
