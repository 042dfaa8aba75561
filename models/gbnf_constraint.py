"""Holds a model to a grammar with llama.cpp's own grammar engine. For comparison only: see `models.gbnf`."""

from __future__ import annotations

import ctypes
import weakref

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed
from models.gbnf import write_gbnf
from models.grammar import Rule
from models.llama_session import LlamaSession

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""struct llama_token_data"""


class GbnfConstraint:
    """A Constraint that cannot look ahead: `forced` finds a token only where there is no other."""

    def __init__(self, session: LlamaSession, rule: Rule) -> None:
        """Raises EngineFailed when llama.cpp refuses the grammar."""
        self._session = session
        self._sampler = llama_cpp.llama_sampler_init_grammar(session.vocab, write_gbnf(rule).encode(), b"root")
        if not self._sampler:
            raise EngineFailed("llama.cpp refuses the grammar")
        weakref.finalize(self, llama_cpp.llama_sampler_free, self._sampler)
        self._everything = np.arange(session.vocab_size, dtype=np.int32)
        self._finished = False

    def forced(self) -> list[int]:
        return []

    def allowed(self) -> NDArray[np.int64]:
        tokens = np.flatnonzero(self._may_follow(self._everything))
        if not len(tokens):
            raise EngineFailed("no token of the model fits the grammar")
        return tokens

    def accept(self, token: int) -> None:
        # llama.cpp would end the process.
        if not self._may_follow(np.array([token], np.int32))[0]:
            raise EngineFailed("the grammar does not allow this token")
        llama_cpp.llama_sampler_accept(self._sampler, token)
        self._finished = self._session.ends(token)

    def is_finished(self) -> bool:
        return self._finished

    def _may_follow(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        candidates = np.zeros(len(tokens), _CANDIDATE)
        candidates["id"] = tokens
        data = candidates.ctypes.data_as(llama_cpp.llama_token_data_p)
        array = llama_cpp.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        may_follow: NDArray[np.bool_] = np.isfinite(candidates["logit"])
        return may_follow
