"""One llama.cpp model and its context: tokens in, the next token out.

Uses the C functions that llama-cpp-python wraps one to one, not its `Llama` class, because the class swaps the
process's stdout and stderr while it loads, cannot stop within a batch, and kills the process on a bad grammar.
"""

from __future__ import annotations

import ctypes
import logging
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed
from models.gguf_header import check_gguf_header

_LOGGER = logging.getLogger(__name__)
_ABORTED = 2
"""What llama_decode returns after the abort callback said so."""
_SEQUENCE = 0
"""The one conversation in the context."""

# The abort callback is asked at each node of the graph, some 700 times a token. In Python it would take the
# interpreter lock each time; libc's strlen reads one byte: 0 goes on, 1 stops.
_STRLEN = ctypes.CDLL(None).strlen


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # a ctypes function type
def _log(level: int, text: bytes, _user: int | None) -> None:
    _LOGGER.debug("llama.cpp (%s): %s", level, text.decode(errors="replace").rstrip())


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How much of the machine a model may use."""

    threads: int
    context_tokens: int
    batch_tokens: int = 128
    """Tokens a decode; more needs more memory and is hardly faster on a CPU."""


class LlamaSession:
    """Owned by one thread, but for `interrupt` and `resume`."""

    def __init__(self, path: Path, options: SessionOptions) -> None:
        """Load the model. Raises EngineMissing when it is not there, EngineFailed when it cannot be used."""
        check_gguf_header(path)
        llama_cpp.llama_log_set(_log, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        if not model:
            raise EngineFailed(f"{path} is no model that llama.cpp can load: it may be cut, pull it again")
        weakref.finalize(self, llama_cpp.llama_model_free, model)
        self._model = model
        self.vocab = llama_cpp.llama_model_get_vocab(model)
        self.vocab_size = llama_cpp.llama_vocab_n_tokens(self.vocab)
        self._batch_tokens = options.batch_tokens
        # Before the context, so that it outlives it: finalizers run in the reverse order.
        self._stop = ctypes.create_string_buffer(2)
        self._context = _context(model, options, self._stop)
        weakref.finalize(self, llama_cpp.llama_free, self._context)
        self.context_tokens = llama_cpp.llama_n_ctx(self._context)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._held: list[int] = []
        """The tokens whose keys and values the context holds."""

    def metadata(self, key: str) -> str | None:
        """Give a text from the model file."""
        size = 1 << 17  # The longest chat templates are some 20 kB.
        text = ctypes.create_string_buffer(size)
        length = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), text, size)
        return text.value.decode(errors="replace") if length >= 0 else None

    def tokenize(self, text: str) -> list[int]:
        """Cut a whole prompt into tokens; the names of control tokens become those tokens."""
        data = text.encode(errors="replace")
        room = len(data) + 8
        array = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), array, room, False, True)
        if count < 0:
            raise EngineFailed("the text cannot be cut into tokens")
        tokens = list(array[:count])
        first = llama_cpp.llama_vocab_bos(self.vocab)
        # Some chat templates write the first mark themselves.
        if llama_cpp.llama_vocab_get_add_bos(self.vocab) and tokens[:1] != [first]:
            tokens.insert(0, first)
        return tokens

    def piece(self, token: int) -> bytes:
        """Give the bytes of a token, which may be a part of a character; none for a control token."""
        size = 256
        data = ctypes.create_string_buffer(size)
        length = llama_cpp.llama_token_to_piece(self.vocab, token, data, size, 0, False)
        return data.raw[: max(length, 0)]

    def ends(self, token: int) -> bool:
        """Say whether a token ends the answer."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocab, token))

    def marks(self) -> dict[int, tuple[str, bool]]:
        """Give the tokens that are marks, not text: name, and whether the model may write it in an answer.

        Control tokens it may not. Those that the model's makers added, named like <this>, it may.
        """
        marks = {}
        for token in range(self.vocab_size):
            kind = llama_cpp.llama_vocab_get_attr(self.vocab, token)
            if kind & (llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED):
                name = llama_cpp.llama_vocab_get_text(self.vocab, token).decode(errors="replace")
                is_control = bool(kind & llama_cpp.LLAMA_TOKEN_ATTR_CONTROL)
                if is_control or (name.startswith("<") and name.endswith(">")):
                    marks[token] = name, not is_control
        return marks

    def sentence_marks(self) -> tuple[str, str]:
        """Give the names of the marks for the beginning and the end of a text; empty where there is none."""
        tokens = llama_cpp.llama_vocab_bos(self.vocab), llama_cpp.llama_vocab_eos(self.vocab)
        first, last = (
            llama_cpp.llama_vocab_get_text(self.vocab, token).decode(errors="replace") if token >= 0 else ""
            for token in tokens
        )
        return first, last

    def evaluate(self, tokens: Sequence[int]) -> bool:
        """Make these tokens, at least one, the context; what it holds of them already costs nothing.

        False when interrupted; the next call goes on from there. Raises EngineFailed when llama.cpp does.
        """
        self._keep(_common_prefix(self._held, tokens[:-1]))
        while len(self._held) < len(tokens):
            batch = tokens[len(self._held) : len(self._held) + self._batch_tokens]
            array = (llama_cpp.llama_token * len(batch))(*batch)
            status = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(batch)))
            if status:
                self._keep(len(self._held))
                if status == _ABORTED:
                    return False
                raise EngineFailed(f"llama.cpp failed with status {status} at token {len(self._held)}")
            self._held += batch
            if self.interrupted():
                return False
        return True

    def logits(self) -> NDArray[np.float32]:
        """Give a copy of the scores of each token to come next."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, (self.vocab_size,)).copy()

    def interrupt(self) -> None:
        """Stop evaluating within one node of the graph, and again until `resume`. Safe from any thread."""
        self._stop[0] = b"\x01"

    def resume(self) -> None:
        """Take back `interrupt`."""
        self._stop[0] = b"\x00"

    def interrupted(self) -> bool:
        """Say whether `interrupt` was called since `resume`."""
        return self._stop.raw[0] == 1

    @property
    def held_tokens(self) -> int:
        """How many tokens need not be evaluated again when they come again."""
        return len(self._held)

    def _keep(self, count: int) -> None:
        """Forget all but the first tokens."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, _SEQUENCE, count, -1):
            # Recurrent and hybrid models (MiniCPM-V 4.6) cannot step back, only begin again.
            llama_cpp.llama_memory_clear(self._memory, True)
            count = 0
        del self._held[count:]


def _context(
    model: llama_cpp.llama_model_p, options: SessionOptions, stop: ctypes.Array[ctypes.c_char]
) -> llama_cpp.llama_context_p:
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = options.context_tokens
    params.n_batch = params.n_ubatch = options.batch_tokens
    params.n_threads = params.n_threads_batch = options.threads
    params.no_perf = True
    params.abort_callback = ctypes.cast(_STRLEN, llama_cpp.ggml_abort_callback)
    params.abort_callback_data = ctypes.cast(stop, ctypes.c_void_p)
    context = llama_cpp.llama_init_from_model(model, params)
    if not context:
        raise EngineFailed(f"no memory for {options.context_tokens} tokens of conversation: set fewer")
    return context  # type: ignore[no-any-return]  # ctypes functions are untyped


def _common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    shorter = min(len(a), len(b))
    # While an answer grows this is so for each token, and comparing slices is a hundred times faster than the loop.
    if a[:shorter] == b[:shorter]:
        return shorter
    return next(i for i in range(shorter) if a[i] != b[i])
