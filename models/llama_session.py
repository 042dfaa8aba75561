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
from models.trust import check_model_file

_LOGGER = logging.getLogger(__name__)
_ABORTED = 2
"""What llama_decode returns after the abort callback said so."""
_ANYTHING = b"\x02"
"""A character that no token joins with others."""
_LONGEST_PIECE = 256
"""Bytes of a token."""
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
    sha256: str | None = None
    """What the model file must have, where it is known; else `<path>.sha256` says it, when there is one."""


class LlamaSession:
    """Owned by one thread, but for `interrupt` and `resume`."""

    def __init__(self, path: Path, options: SessionOptions) -> None:
        """Load the model. Raises EngineMissing when it is not there, EngineFailed when it cannot be used."""
        check_model_file(path, options.sha256)
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
        self.evaluated_tokens = 0
        """All that were ever evaluated, of any prompt or answer: what was held or restored is not among them."""

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

    def continuation(self, text: bytes) -> list[int]:
        """Cut text that goes on after other text into tokens; none of it is taken for a control token."""
        # SentencePiece vocabularies put a space before the first character, so there must be one before ours.
        before = self._cut(_ANYTHING)
        tokens = self._cut(_ANYTHING + text)
        return tokens[len(before) :] if tokens[: len(before)] == before else self._cut(text)

    def _cut(self, text: bytes) -> list[int]:
        array = (llama_cpp.llama_token * (len(text) + 8))()
        count = llama_cpp.llama_tokenize(self.vocab, text, len(text), array, len(array), False, False)
        return list(array[: max(count, 0)])

    def pieces(self) -> list[bytes]:
        """Give the bytes of all tokens."""
        data = ctypes.create_string_buffer(_LONGEST_PIECE)
        return [self._piece(token, data) for token in range(self.vocab_size)]

    def piece(self, token: int) -> bytes:
        """Give the bytes of a token, which may be a part of a character; none for a control token."""
        return self._piece(token, ctypes.create_string_buffer(_LONGEST_PIECE))

    def _piece(self, token: int, data: ctypes.Array[ctypes.c_char]) -> bytes:
        length = llama_cpp.llama_token_to_piece(self.vocab, token, data, len(data), 0, False)
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
            self.evaluated_tokens += len(batch)
            if self.interrupted():
                return False
        return True

    def logits(self) -> NDArray[np.float32]:
        """Give a copy of the scores of each token to come next."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, (self.vocab_size,)).copy()

    def scores(self, tokens: Sequence[int], places: Sequence[int], candidates: slice) -> NDArray[np.float32] | None:
        """Make these tokens the context, in one batch, and give the scores of what comes next: (places, candidates).

        `places` are in rising order. None when interrupted. Raises EngineFailed when llama.cpp does, and when the
        tokens do not fit into a batch.
        """
        tokens = list(tokens)
        self._keep(_common_prefix(self._held, tokens[: places[0]]))
        begin = len(self._held)
        if len(tokens) - begin > self._batch_tokens:
            raise EngineFailed(f"{len(tokens) - begin} tokens do not fit into a batch of {self._batch_tokens}")
        batch = llama_cpp.llama_batch_init(len(tokens) - begin, 0, 1)
        try:
            wanted = frozenset(places)
            batch.n_tokens = len(tokens) - begin
            for at, token in enumerate(tokens[begin:]):
                batch.token[at], batch.pos[at], batch.n_seq_id[at] = token, begin + at, 1
                batch.seq_id[at][0], batch.logits[at] = _SEQUENCE, begin + at in wanted
            status = llama_cpp.llama_decode(self._context, batch)
        finally:
            llama_cpp.llama_batch_free(batch)
        if status:
            self._keep(begin)
            if status == _ABORTED:
                return None
            raise EngineFailed(f"llama.cpp failed with status {status} at token {begin}")
        self.evaluated_tokens += len(tokens) - begin
        self._held = tokens
        shape = (self.vocab_size,)
        rows = (llama_cpp.llama_get_logits_ith(self._context, place - begin) for place in places)
        return np.stack([np.ctypeslib.as_array(row, shape)[candidates] for row in rows])

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

    def held_of(self, tokens: Sequence[int]) -> int:
        """Count the first of these tokens that are held."""
        return _common_prefix(self._held, tokens)

    def state(self) -> bytes:
        """Give what was computed of the held tokens: 13 kB a token for a model of 0.5 billion weights."""
        size = llama_cpp.llama_state_seq_get_size(self._context, _SEQUENCE)
        state = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self._context, state, size, _SEQUENCE)
        return bytes(memoryview(state)[:written])

    def restore(self, tokens: Sequence[int], state: bytes) -> bool:
        """Hold these tokens, whose `state` an equal session gave; False, and nothing is held, when it does not fit.

        It must be whole: llama.cpp takes half of all broken ones for good.
        """
        self._keep(0)
        source = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if not llama_cpp.llama_state_seq_set_data(self._context, source, len(state), _SEQUENCE):
            llama_cpp.llama_memory_clear(self._memory, True)
            return False
        self._held = list(tokens)
        return True

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


def shared_start(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """Give the tokens that both begin with."""
    return list(a[: _common_prefix(a, b)])


def _common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    shorter = min(len(a), len(b))
    # While an answer grows this is so for each token, and comparing slices is a hundred times faster than the loop.
    if a[:shorter] == b[:shorter]:
        return shorter
    return next(i for i in range(shorter) if a[i] != b[i])
