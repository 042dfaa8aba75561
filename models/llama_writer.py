"""Writes one answer with llama.cpp under a constraint: chosen tokens one by one, forced ones in one batch."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

import numpy as np

from models.constrained import Constraint
from models.llama_session import LlamaSession
from models.token_choice import Chosen, choose


class LlamaWriter:
    """One answer. When `pieces` has ended, the answer is whole unless it was interrupted or cut."""

    def __init__(
        self,
        session: LlamaSession,
        constraint: Constraint,
        most_tokens: int,
        temperature: float,
        random: np.random.Generator,
    ) -> None:
        self._session = session
        self._constraint = constraint
        self._most_tokens = most_tokens
        self._temperature = temperature
        self._random = random
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.chosen_tokens = 0
        self.forced_tokens = 0
        self.confidence = 1.0
        """The probability of the least likely choice so far, among what was allowed."""

    def pieces(self, prompt: Sequence[int]) -> Iterator[str]:
        """Give the answer to a prompt as it is written, in whole characters. Raises EngineFailed."""
        tokens = [*prompt, *(forced := self._forced())]
        yield self._text(forced)
        while self.chosen_tokens + self.forced_tokens < self._most_tokens and not self._constraint.is_finished():
            if not self._session.evaluate(tokens):
                return
            chosen = self._choose()
            if self._session.ends(chosen.token):
                return
            written = [chosen.token, *self._forced()]
            yield self._text(written)
            tokens += written

    def _forced(self) -> list[int]:
        tokens = self._constraint.forced()
        self.forced_tokens += len(tokens)
        return tokens

    def _choose(self) -> Chosen:
        chosen = choose(self._session.logits(), self._constraint.allowed(), self._temperature, self._random)
        self._constraint.accept(chosen.token)
        self.chosen_tokens += 1
        self.confidence = min(self.confidence, chosen.probability)
        return chosen

    def _text(self, tokens: Sequence[int]) -> str:
        return self._decoder.decode(b"".join(map(self._session.piece, tokens)))
