"""Folded texts and their fingerprints, vectorised over all characters so that 100,000 texts take seconds.

Folding drops case, whitespace and punctuation. Near duplicates are found by MinHash over character shingles with banded
locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, ch. 3) and every candidate
pair is verified by its true Jaccard similarity.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

SHINGLE = 5  # characters; a Chinese, Japanese or Korean character says more, so there:
SHINGLE_CJK = 3
BANDS, ROWS = 12, 5  # finds a pair of Jaccard .8 with probability .99, of .9 with .9999
CHUNK = 2_000_000  # characters worked on at once: bounds memory
NEIGHBOURS = 4  # members of a bucket that each member is compared with
_DROPPED = frozenset("PZC")  # Unicode: punctuation, separators, control
_SEED = 20_240_229


def fold(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Folded code points of all texts, one after the other (uint32), and the length of each (int64)."""
    raw = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    if not len(raw):
        return raw, lengths
    table = np.zeros(int(raw.max()) + 1, np.uint32)
    present = np.flatnonzero(np.bincount(raw))
    table[present] = [_fold_character(chr(code)) for code in present]
    folded = table[raw]
    kept = folded != 0
    owner = np.repeat(np.arange(len(texts)), lengths)
    return folded[kept], np.bincount(owner[kept], minlength=len(texts))


def keys(texts: Sequence[str]) -> list[bytes]:
    """One key a text, equal where the texts are equal after folding. A text of punctuation only keeps its own."""
    found: list[bytes] = []
    for chunk in _chunks(texts):
        codes, lengths = fold(chunk)
        ends = np.cumsum(lengths)
        for text, start, end in zip(chunk, ends - lengths, ends):
            found.append(codes[start:end].tobytes() if end > start else b"raw" + text.strip().encode("utf-8", "surrogatepass"))
    return found


def widths(texts: Sequence[str]) -> np.ndarray:
    """Length of each folded text, with a Chinese, Japanese or Korean character counted as two."""
    parts = []
    for chunk in _chunks(texts):
        codes, lengths = fold(chunk)
        owner = np.repeat(np.arange(len(chunk)), lengths)
        parts.append(lengths + np.bincount(owner[is_cjk(codes)], minlength=len(chunk)))
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def near_pairs(texts: Sequence[str], threshold: float) -> np.ndarray:
    """Pairs of indices (m, 2) of texts whose shingle sets have a Jaccard similarity of at least `threshold`.

    The texts must not be empty after folding. In a crowd of look-alikes not every pair is listed, but the pairs connect them.
    """
    if len(texts) < 2:
        return np.zeros((0, 2), np.int64)
    signatures = np.concatenate([_signatures(chunk) for chunk in _chunks(texts)])
    candidates = _candidates(signatures)
    if not len(candidates):
        return candidates
    agreement = np.concatenate([(signatures[p[:, 0]] == signatures[p[:, 1]]).mean(1) for p in _pieces(candidates, 20_000)])
    # With 60 hashes the estimate has a standard deviation of about .05: three of them below cost no true pair.
    candidates = candidates[agreement >= threshold - 0.16]
    return candidates[_jaccard(texts, candidates) >= threshold]


def _fold_character(character: str) -> int:
    folded = unicodedata.normalize("NFKC", character).casefold()
    category = unicodedata.category(character)
    variation = "\ufe00" <= character <= "\ufe0f"
    if category[0] in _DROPPED or category == "Sk" or variation or not folded.strip():
        return 0
    return ord(folded[0])


def is_cjk(codes: np.ndarray) -> np.ndarray:
    """Mask of Chinese, Japanese and Korean characters among code points."""
    inside = (codes >= 0x2E80) & (codes <= 0x9FFF) | (codes >= 0xAC00) & (codes <= 0xD7AF)
    return inside | (codes >= 0xF900) & (codes <= 0xFAFF) | (codes >= 0x20000) & (codes <= 0x3FFFF)


def _shingles(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """One 64-bit hash for the shingle that starts at each folded character, and the number of them in each text."""
    codes, lengths = fold(texts)
    shift = np.repeat(np.arange(len(texts)) * SHINGLE, lengths) + np.arange(len(codes))
    padded = np.zeros(len(codes) + SHINGLE * len(texts) + SHINGLE, np.uint64)
    padded[shift] = codes
    multiplier = np.uint64(0x9E3779B97F4A7C15)
    value = padded[shift]
    short = value
    for step in range(1, SHINGLE):
        value = value * multiplier + padded[shift + step]
        if step == SHINGLE_CJK - 1:
            short = value
    value = np.where(is_cjk(codes), short, value)
    for right, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64's finaliser
        value = (value ^ (value >> np.uint64(right))) * np.uint64(factor)
    return value ^ (value >> np.uint64(31)), lengths


def _signatures(texts: Sequence[str]) -> np.ndarray:
    """MinHash signatures, uint64 of shape (texts, BANDS * ROWS)."""
    hashes, lengths = _shingles(texts)
    starts = np.cumsum(lengths) - lengths
    generator = np.random.default_rng(_SEED)
    factors = generator.integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    signatures = np.empty((len(texts), BANDS * ROWS), np.uint64)
    buffer = np.empty_like(hashes)
    for number, factor in enumerate(factors):
        np.multiply(hashes, factor, out=buffer)
        signatures[:, number] = np.minimum.reduceat(buffer, starts)
    return signatures


def _candidates(signatures: np.ndarray) -> np.ndarray:
    """Pairs that share a whole band, each once, shape (m, 2) with the smaller index first."""
    mixer = np.random.default_rng(_SEED + 1).integers(1, 2**63, ROWS, dtype=np.uint64) | np.uint64(1)
    found = [np.zeros((0, 2), np.int64)]
    for band in range(BANDS):
        key = (signatures[:, band * ROWS : (band + 1) * ROWS] * mixer).sum(1, dtype=np.uint64)
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        for lag in range(1, NEIGHBOURS + 1):
            same = np.flatnonzero(ordered[lag:] == ordered[:-lag])
            found.append(np.stack([order[same], order[same + lag]], 1))
    pairs = np.concatenate(found)
    packed = np.unique(pairs.min(1) * len(signatures) + pairs.max(1))
    return np.stack([packed // len(signatures), packed % len(signatures)], 1)


def _jaccard(texts: Sequence[str], pairs: np.ndarray) -> np.ndarray:
    """Jaccard similarity of the shingle sets of each pair."""
    from scipy.sparse import csr_matrix

    found = [np.zeros(0)]
    for piece in _pieces(pairs, 1_000):
        involved, position = np.unique(piece, return_inverse=True)
        hashes, lengths = _shingles([texts[i] for i in involved])
        columns = np.unique(hashes, return_inverse=True)[1]
        rows = np.repeat(np.arange(len(involved)), lengths)
        sets = csr_matrix((np.ones(len(columns), np.float32), (rows, columns)))
        sets.data[:] = 1  # a shingle that comes twice is one member of the set
        first, second = position.reshape(-1, 2).T
        shared = np.asarray(sets[first].multiply(sets[second]).sum(1)).ravel()
        size = np.asarray(sets.sum(1)).ravel()
        found.append(shared / (size[first] + size[second] - shared))
    return np.concatenate(found)


def _pieces(array: np.ndarray, size: int) -> Iterator[np.ndarray]:
    return (array[i : i + size] for i in range(0, len(array), size))


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = length = 0
    for position, text in enumerate(texts):
        length += len(text)
        if length >= CHUNK:
            yield texts[start : position + 1]
            start, length = position + 1, 0
    if start < len(texts):
        yield texts[start:]
