"""The pocket model's tokens: byte-level BPE learned from the lessons, and one token for each mark, frame and label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from models.pocket.marks import FRAME_TOKENS, LABEL_TOKENS, MARKS


@dataclass(frozen=True, slots=True)
class Tokens:
    """A learned tokenizer. The frames' tokens are the `frames` numbers from `first_frame`, the labels' follow."""

    tokenizer: Tokenizer
    first_frame: int

    @classmethod
    def learn(cls, sentences: Iterable[str], size: int) -> Tokens:
        """Learn from sentences of lower-case words; `size` counts marks, frames and labels too."""
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=size - len(FRAME_TOKENS) - len(LABEL_TOKENS),
            min_frequency=2,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=list(MARKS),
            show_progress=False,
        )
        tokenizer.train_from_iterator((" " + sentence for sentence in sentences), trainer)
        first = tokenizer.get_vocab_size()
        tokenizer.add_tokens([*FRAME_TOKENS, *LABEL_TOKENS])
        return cls(tokenizer, first)

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Read a tokenizer that `save` wrote. Raises ValueError when its frames are not those of this program."""
        tokenizer = Tokenizer.from_file(str(path))
        tokens = cls(tokenizer, tokenizer.token_to_id(FRAME_TOKENS[0]) or 0)
        ids = [tokenizer.token_to_id(token) for token in (*FRAME_TOKENS, *LABEL_TOKENS)]
        if ids != list(range(tokens.first_frame, tokens.first_frame + len(ids))):
            raise ValueError(f"{path} was made for other tools: train again from the beginning")
        return tokens

    def save(self, path: Path) -> None:
        """Write the tokenizer as JSON."""
        self.tokenizer.save(str(path))

    @property
    def first_label(self) -> int:
        """The number of the first label's token."""
        return self.first_frame + len(FRAME_TOKENS)

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return self.first_label + len(LABEL_TOKENS)

    def mark(self, name: str) -> int:
        """Give the number of a mark."""
        return MARKS.index(name)

    def word(self, word: str) -> Sequence[int]:
        """Cut one word, as it stands after another, into tokens."""
        ids: list[int] = self.tokenizer.encode(" " + word, add_special_tokens=False).ids
        return ids
