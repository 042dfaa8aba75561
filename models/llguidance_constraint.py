"""Holds a model to a grammar with llguidance: the mask of a step takes microseconds, and forced text costs no step.

llguidance walks a tree of all tokens with the automaton of the grammar; llama.cpp's own grammar tries each token by
itself (measured in docs/dependencies.md).

Forced text is cut into tokens by the model's own tokenizer, so that the model reads what it learned to read; the last
tokens of it, which could be cut otherwise together with what follows, are left to the next step. That step is only a
choice when one of its tokens goes beyond the forced text; if none does, the longest is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import llguidance
import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed
from models.grammar import Rule
from models.grammar_regex import write_regex
from models.llama_session import LlamaSession

_SLICES = [r'[^"\\<&\]\x00-\x1F\x7F-\x9F]{1,10}', r'[^"\\<&\]\x00-\x1F\x7F-\x9F]{1,30}']
"""Texts that may stand in every string of ours: their tokens are looked up as one set, not walked one by one."""
_SILENT = 0


class Vocabulary:
    """The tokens of one model, as llguidance wants them. Takes half a second and 50 MB for 150,000 tokens."""

    def __init__(self, session: LlamaSession, marks: Sequence[int]) -> None:
        """`marks` are the tokens that are no text, which a model never writes. Raises EngineFailed without an end."""
        self._pieces = session.pieces()
        ends = [token for token in range(session.vocab_size) if session.ends(token)]
        if not ends:
            raise EngineFailed("the model has no token that ends an answer")
        wrapper = llguidance.TokenizerWrapper(_Tokens(session, self._pieces, ends[0], sorted({*ends, *marks})))
        self._tokenizer = llguidance.LLTokenizer(wrapper, eos_token=ends, slices=_SLICES)

    def hold_to(self, rule: Rule) -> LlguidanceConstraint:
        """Give a constraint that stands at the beginning of the rule. Raises EngineFailed when it is too large."""
        grammar = llguidance.LLMatcher.grammar_from_lark(f"start: /{write_regex(rule)}/")
        return LlguidanceConstraint(llguidance.LLMatcher(self._tokenizer, grammar, log_level=_SILENT), self._pieces)


class LlguidanceConstraint:
    """A Constraint; can begin again, with what it learned about the grammar."""

    def __init__(self, matcher: llguidance.LLMatcher, pieces: Sequence[bytes]) -> None:
        """`pieces` are the bytes of each token."""
        self._matcher = matcher
        self._pieces = pieces
        self._refuse_error()

    def begin(self) -> None:
        """Go back to the beginning."""
        self._matcher.reset()
        self._refuse_error()

    def forced(self) -> list[int]:
        tokens: list[int] = []
        while not self.is_finished():
            more = self._matcher.compute_ff_tokens() or self._only_way()
            if not more:
                break
            self._matcher.consume_tokens(more)
            self._refuse_error()
            tokens += more
        return tokens

    def allowed(self) -> NDArray[np.int64]:
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._refuse_error()
        tokens = np.flatnonzero(np.unpackbits(bits, count=len(self._pieces), bitorder="little").view(np.bool_))
        if not len(tokens):
            raise EngineFailed("no token of the model fits the grammar: its vocabulary is broken")
        return tokens

    def accept(self, token: int) -> None:
        self._matcher.consume_token(token)
        self._refuse_error()

    def is_finished(self) -> bool:
        return self._matcher.is_stopped()

    def _only_way(self) -> list[int]:
        text = self._matcher.compute_ff_bytes()
        if not text:
            return []
        tokens = [int(token) for token in self.allowed()]
        if any(not text.startswith(self._pieces[token]) for token in tokens):
            return []
        return [max(tokens, key=lambda token: len(self._pieces[token]))]

    def _refuse_error(self) -> None:
        if self._matcher.is_error():
            raise EngineFailed(f"the grammar cannot be followed ({self._matcher.get_error().splitlines()[0]})")


class _Tokens:
    """What llguidance reads of a tokenizer."""

    bos_token_id = None

    def __init__(self, session: LlamaSession, pieces: Sequence[bytes], end: int, special: Sequence[int]) -> None:
        self.eos_token_id = end
        self.tokens = pieces
        self.special_token_ids = special
        self._session = session

    def __call__(self, text: bytes) -> list[int]:
        tokens = self._session.continuation(text)
        # SentencePiece takes the character that it writes for a space to be one.
        return tokens if b"".join(self.tokens[token] for token in tokens) == text else self._cut(text)

    def _cut(self, text: bytes) -> list[int]:
        """Cut into the longest tokens from the left, as far as there are any."""
        tokens: list[int] = []
        while text and (longest := max(filter(text.startswith, filter(None, self.tokens)), key=len, default=b"")):
            tokens.append(self.tokens.index(longest))
            text = text[len(longest) :]
        return tokens
