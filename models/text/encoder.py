"""Sentence encoders: texts to unit vectors in which near means alike, whatever the language (E5, MiniLM, BGE-M3).

Vectors are kept by content, so what was encoded once needs no model again. The way of pooling and E5's prefixes
stand in the manifest of the weights (Wang et al. 2024, "Multilingual E5 Text Embeddings").
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Literal

import numpy as np

from core import weights
from core.cache import lease
from core.contracts import Context, Message, NotFoundError
from core.language import N_
from core.vector_store import Store, key
from models.text.embedding import batches, runners

DEFAULT = "e5-small"
BATCH_SIZE = 64
LOAD_SECONDS = 900.0  # the first use converts the weights; others wait for it
TURN_SECONDS = 2.0  # then others get their turn at the model, and what is done is kept
TOKENIZED_AT_ONCE = 1000

_fallbacks: dict[str, Message | None] = {}


def encode(
    texts: Sequence[str],
    name: str = DEFAULT,
    context: Context | None = None,
    *,
    prefix: Literal["passage", "query"] = "passage",
    batch_size: int = BATCH_SIZE,
) -> np.ndarray:
    """Unit vectors of `texts` in their order, float32 of shape (n, d); n = 0 gives shape (0, 0).

    `name` is an entry of the manifest that has an encoder. `prefix` matters for E5 only: "query" for questions in a search,
    "passage" for everything else. Only the first 512 tokens (MiniLM: 256) of a text are read. An empty text has a vector too.

    Raises `NotFoundError` for a name without an encoder, `UnavailableError` when its weights cannot be had, `BusyError` when the
    model is in use for too long, and `Cancelled` through `context`; what was encoded until then is kept.
    """
    context = context or Context()
    entry = weights.entry(name)
    if entry.encoder is None:
        choices = ", ".join(other.name for other in weights.catalogue().values() if other.encoder)
        raise NotFoundError(N_("The weights {name} are no text encoder. Choose one of: {choices}."), name=name, choices=choices)
    whole = [f"{prefix}: {text}" if entry.encoder.prefixes else text for text in texts]
    keys = [key(text) for text in whole]
    store = Store(_identity(entry))
    found = store.get(keys)
    missing = {k: text for k, text in zip(keys, whole, strict=True) if k not in found}
    if missing:
        _encode_missing(entry, missing, found, store, context, batch_size)
    return np.stack([found[k] for k in keys]) if keys else np.zeros((0, 0), np.float32)


def fallback(name: str = DEFAULT) -> Message | None:
    """The sentence for the evidence card when the encoder had to take its slow route in this process, else None."""
    return _fallbacks.get(name)


def _identity(entry: weights.Entry) -> str:
    origin = [file.sha256 for file in entry.files] + ([entry.hub.revision] if entry.hub else [])
    return repr((entry.name, origin, entry.encoder))


def _encode_missing(
    entry: weights.Entry,
    missing: dict[bytes, str],
    found: dict[bytes, np.ndarray],
    store: Store,
    context: Context,
    batch_size: int,
) -> None:
    """Adds the vectors of `missing` to `found` and to the store, a turn at a time."""
    assert entry.encoder is not None
    context.progress(0.0, N_("Loading the encoder {name}"), name=entry.title)
    tokenizer = batches.Tokenizer(weights.locate(entry.name, context), entry.encoder.max_tokens)
    keys, tokens = list(missing), _tokens(tokenizer, list(missing.values()), context)
    with _leased(entry.name) as runner:
        _fallbacks[entry.name] = runner.fallback
        waiting = deque(batches.cut([len(t) for t in tokens], batch_size, runner.tokens))
    all_tokens, tokens_done, texts_done = sum(map(len, tokens)), 0, 0
    while waiting:
        fresh: dict[bytes, np.ndarray] = {}
        try:
            with _leased(entry.name) as runner:
                for positions in _turn(waiting):
                    context.check()
                    batch = tokenizer.batch(positions, tokens)
                    vectors = batches.pool(runner(batch), batch.mask, entry.encoder.pooling)
                    fresh.update(zip((keys[position] for position in positions), vectors, strict=True))
                    tokens_done += int(batch.mask.sum())
        finally:
            if fresh:
                store.put(list(fresh), np.stack(list(fresh.values())))
        found.update(fresh)
        texts_done += len(fresh)
        context.progress(
            tokens_done / all_tokens, N_("Encoded {done} of {total} texts"), done=texts_done, total=len(keys)
        )  # fmt: skip


def _leased(name: str) -> AbstractContextManager[runners.Runner]:
    return lease(("encoder", name), lambda: runners.load(name), timeout=LOAD_SECONDS)


def _turn(waiting: deque[np.ndarray]) -> Iterator[np.ndarray]:
    """Batches off the queue until this turn's time is up."""
    end = time.monotonic() + TURN_SECONDS
    while waiting and time.monotonic() < end:
        yield waiting.popleft()


def _tokens(tokenizer: batches.Tokenizer, texts: list[str], context: Context) -> list[list[int]]:
    tokens: list[list[int]] = []
    for start in range(0, len(texts), TOKENIZED_AT_ONCE):
        context.check()
        tokens += tokenizer.tokens(texts[start : start + TOKENIZED_AT_ONCE])
    return tokens
