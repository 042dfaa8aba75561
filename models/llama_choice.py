"""Chooses the next token: the likeliest, or a drawn one, that the grammar and UTF-8 allow."""

from __future__ import annotations

import codecs
import ctypes
import weakref

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed
from models.gbnf_check import BadGrammar, check_grammar
from models.llama_session import LlamaSession

_LEAST_SHARE = 0.05
"""Tokens under this share of the likeliest one's probability are never drawn (min-p)."""
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""struct llama_token_data"""


class Grammar:
    """A grammar and how far it is followed, in llama.cpp."""

    def __init__(self, session: LlamaSession, text: str) -> None:
        """Raises EngineFailed when the text is no grammar."""
        try:
            check_grammar(text)
        except BadGrammar as exc:
            raise EngineFailed(f"the grammar is wrong ({exc})") from exc
        self._sampler = llama_cpp.llama_sampler_init_grammar(session.vocab, text.encode(), b"root")
        if not self._sampler:
            raise EngineFailed("llama.cpp refuses the grammar")
        self.close = weakref.finalize(self, llama_cpp.llama_sampler_free, self._sampler)

    def filter(self, tokens: NDArray[np.int32], logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the logits with minus infinity for tokens that cannot come next."""
        candidates = np.zeros(len(tokens), _CANDIDATE)
        candidates["id"], candidates["logit"] = tokens, logits
        array = llama_cpp.llama_token_data_array(
            data=candidates.ctypes.data_as(llama_cpp.llama_token_data_p), size=len(tokens), selected=-1, sorted=False
        )
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        return candidates["logit"].copy()

    def accept(self, token: int) -> None:
        """Go on by a token that `filter` left. Any other would end the process."""
        llama_cpp.llama_sampler_accept(self._sampler, token)


class Chooser:
    """Chooses the tokens of one answer."""

    def __init__(
        self,
        session: LlamaSession,
        marks: NDArray[np.int32],
        grammar: Grammar | None,
        temperature: float,
        random: np.random.Generator,
    ) -> None:
        self._session = session
        self._marks = marks
        self._grammar = grammar
        self._temperature = temperature
        self._random = random
        self._everything = np.arange(session.vocab_size, dtype=np.int32)
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def choose(self) -> tuple[int, str]:
        """Give the next token and the whole characters that it completes. Raises EngineFailed when none fits."""
        logits = self._session.logits()
        # A mark inside the answer would be read as its name by the grammar, and as the mark by the model.
        logits[self._marks] = -np.inf
        token = self._pick(logits)
        # Looking at one token is far cheaper than at the whole vocabulary, and mostly it is right.
        if self._grammar is not None and not self._fits(token):
            logits = self._grammar.filter(self._everything, logits)
            token = self._pick(logits)
        while (text := self._text(token)) is None:
            logits[token] = -np.inf
            token = self._pick(logits)
        if self._grammar is not None:
            self._grammar.accept(token)
        return token, text

    def _fits(self, token: int) -> bool:
        assert self._grammar is not None
        one = self._grammar.filter(np.array([token], np.int32), np.zeros(1, np.float32))
        return bool(np.isfinite(one[0])) and self._text(token, keep=False) is not None

    def _text(self, token: int, *, keep: bool = True) -> str | None:
        """Give the characters that a token completes; nothing when its bytes are not UTF-8 here."""
        before = self._decoder.getstate()
        try:
            text = self._decoder.decode(self._session.piece(token))
        except UnicodeDecodeError:
            self._decoder.setstate(before)
            return None
        if not keep:
            self._decoder.setstate(before)
        return text

    def _pick(self, logits: NDArray[np.float32]) -> int:
        best = int(np.argmax(logits))
        if not np.isfinite(logits[best]):
            raise EngineFailed("no token of the model fits: it is broken, or its vocabulary is")
        if self._temperature <= 0:
            return best
        shares = np.exp((logits - logits[best]) / self._temperature, dtype=np.float64)
        shares[shares < _LEAST_SHARE] = 0
        total = np.cumsum(shares)
        return int(np.searchsorted(total, self._random.uniform(0, total[-1]), side="right"))
