"""The least that a program with llama.cpp can do, to compare ourselves with: read tokens, write the likeliest ones."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path

import llama_cpp
import numpy as np

from models.engine import EngineFailed
from models.llama_session import SessionOptions


class BareLoop:
    """A model and a context like those of a LlamaSession, without its checks, its cache, and its way to be stopped."""

    def __init__(self, path: Path, options: SessionOptions) -> None:
        """The file must be one that a LlamaSession has loaded: nothing is checked. Raises EngineFailed."""
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        if not model:
            raise EngineFailed(f"{path} cannot be loaded twice: there is too little memory")
        weakref.finalize(self, llama_cpp.llama_model_free, model)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = options.context_tokens
        params.n_batch = params.n_ubatch = options.batch_tokens
        params.n_threads = params.n_threads_batch = options.threads
        params.no_perf = True
        self._context = llama_cpp.llama_init_from_model(model, params)
        if not self._context:
            raise EngineFailed(f"there is no memory for another {options.context_tokens} tokens")
        weakref.finalize(self, llama_cpp.llama_free, self._context)
        self._vocab_size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
        self._batch_tokens = options.batch_tokens

    def read(self, tokens: Sequence[int]) -> None:
        """Evaluate a prompt from nothing."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), True)
        for begin in range(0, len(tokens), self._batch_tokens):
            self._decode(tokens[begin : begin + self._batch_tokens])

    def write(self, count: int) -> list[int]:
        """Go on by so many tokens, and give them."""
        written = []
        for _ in range(count):
            scores = llama_cpp.llama_get_logits_ith(self._context, -1)
            written.append(int(np.ctypeslib.as_array(scores, (self._vocab_size,)).argmax()))
            self._decode(written[-1:])
        return written

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        status = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens)))
        if status:
            raise EngineFailed(f"llama.cpp failed with status {status}")
