"""An index of documents: passages, words and vectors, made once for each content and kept on disk as one file.

The file is named by the content, the encoder and what is indexed, so nothing in it can be out of date. It is written whole or
not at all; one that cannot be read is made anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import weights
from core.cache import lease
from core.contracts import Context, Documents
from core.home import home, make_room, read_arrays, used, write_arrays
from core.language import N_
from models.text import encoder
from models.text.retrieval import bm25, vectors
from models.text.retrieval.passages import MOST_PASSAGES, Passage, passages

FOLDER = "indexes"
LIMIT_BYTES = 4 * 2**30  # of all indexes together; those unused longest go first
BUILD_SECONDS = 3600.0  # others who want the same index wait for it
_FORM = 2  # of the file; another number makes all anew

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is to be indexed, and how; equal plans on equal documents share an index."""

    encoder: str = encoder.DEFAULT
    headings: bool = True  # whether the headings above a passage are indexed with it
    most: int = MOST_PASSAGES


@dataclass(frozen=True, eq=False)
class Index:
    """Row i of `words` and `vectors` is passage i; `unread` counts the documents that were not read to their end."""

    passages: list[Passage]
    words: bm25.WordIndex
    vectors: vectors.Vectors
    unread: int


def indexed_text(documents: Documents, passage: Passage, headings: bool) -> str:
    """What stands for a passage in the index."""
    text = documents.items[passage.document].text[passage.start : passage.end]
    return f"{passage.heading}\n{text}" if headings and passage.heading else text


def is_ready(documents: Documents, plan: Plan) -> bool:
    """Whether the index stands on disk."""
    return _path(documents, plan).is_file()


@contextmanager
def opened(documents: Documents, plan: Plan, context: Context) -> Iterator[Index]:
    """The index for the time of a `with` block: from memory, from disk, or made now.

    Raises what `encoder.encode` raises. Where the disk is full, the index is used without being kept.
    """
    path = _path(documents, plan)
    with lease(
        ("index", path.name), lambda: _open(path, documents, plan, context), timeout=BUILD_SECONDS, concurrent=True
    ) as index:
        yield index


def build(documents: Documents, plan: Plan, context: Context) -> Index:
    """The index of `documents`, made now."""
    found, unread = passages(documents, context, plan.most)
    texts = [indexed_text(documents, passage, plan.headings) for passage in found]
    context.progress(0.0, N_("Counting the words of {count} passages"), count=len(texts))
    words = bm25.build(texts, context)
    encoded = encoder.encode(texts, plan.encoder, context)
    return Index(found, words, vectors.build(encoded), unread)


def _open(path: Path, documents: Documents, plan: Plan, context: Context) -> Index:
    if path.is_file():
        try:
            found = _loaded(read_arrays(path))
            used(path)
            return found
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            _logger.warning("the index %s is made anew: %s", path.name, error)
    index = build(documents, plan, context)
    try:
        make_room(path.parent, "*.npz", LIMIT_BYTES)
        write_arrays(path, _dumped(index))
    except OSError as error:
        _logger.warning("the index %s is not kept: %s", path.name, error)
    return index


def _path(documents: Documents, plan: Plan) -> Path:
    entry = weights.entry(plan.encoder)
    origin = [file.sha256 for file in entry.files] + ([entry.hub.revision] if entry.hub else [])
    form = hashlib.sha256()
    for document in documents.items:
        form.update(repr([(block.kind, block.page, block.level, len(block.text)) for block in document.blocks]).encode())
    identity = repr((_FORM, documents.digest, form.hexdigest(), plan, origin))
    return home(FOLDER) / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.npz"


def _dumped(index: Index) -> dict[str, np.ndarray]:
    matrix = index.words.weights
    places = [(p.document, p.start, p.end, p.page) for p in index.passages]
    arrays: dict[str, np.ndarray] = {
        "places": np.array(places, np.int64).reshape(-1, 4), "headings": _packed([p.heading for p in index.passages]),
        "vocabulary": _packed(list(index.words.vocabulary)), "rarity": index.words.rarity, "data": matrix.data,
        "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape), "unread": np.array(index.unread),
        "vectors": index.vectors.values.astype(np.float16),
    }  # fmt: skip
    if index.vectors.faiss is not None:
        arrays["faiss"] = index.vectors.faiss
    return arrays


def _loaded(kept: dict[str, np.ndarray]) -> Index:
    from scipy.sparse import csc_matrix

    headings = _unpacked(kept["headings"])
    found = [Passage(document, start, end, page, heading)
             for (document, start, end, page), heading in zip(kept["places"].tolist(), headings, strict=True)]  # fmt: skip
    matrix = csc_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=tuple(kept["shape"]))
    vocabulary = {word: place for place, word in enumerate(_unpacked(kept["vocabulary"]))}
    faiss = kept.get("faiss")
    values = kept["vectors"].astype(np.float32)
    return Index(found, bm25.WordIndex(vocabulary, kept["rarity"], matrix), vectors.Vectors(values, faiss), int(kept["unread"]))


def _packed(words: list[str]) -> np.ndarray:
    return np.frombuffer(json.dumps(words).encode("ascii"), np.uint8)


def _unpacked(packed: np.ndarray) -> list[str]:
    return list(json.loads(packed.tobytes()))
