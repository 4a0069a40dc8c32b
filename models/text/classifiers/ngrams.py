"""Counting n-grams of many texts at once: what scikit-learn's `CountVectorizer` counts, several times as fast.

A fitted vocabulary is turned into chained tables: an n-gram's number follows from the number of its first n−1 units and that
of its last one, so whole arrays of positions are looked up at a time, exactly and without building a string. A prefix of
an n-gram is at least as frequent as the n-gram itself, so nothing that matters is missed on the way.
"""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from scipy.sparse import csr_matrix

Unit = Literal["words", "characters"]
TOKEN = re.compile(r"(?u)\b\w\w+\b")  # scikit-learn's own words of two characters or more
SPACES = re.compile(r"\s\s+")
ABSENT = -1
BASE = 0x9E3779B97F4A7C15  # any large odd number
MIX = 0xD6E8FEB86659FD93


class Counter:
    """Counts of `features` in texts; `features` are n-grams of `unit`s as scikit-learn writes them (words joined by a space)."""

    def __init__(self, features: list[str], unit: Unit) -> None:
        self.features, self.unit = features, unit

    def count(self, items: tuple[str, ...]) -> csr_matrix:
        """Counts as float64 CSR (texts, features), with sorted indices."""
        units, ends = self._units(items)
        rows = np.repeat(np.arange(len(items), dtype=np.int64), np.diff(ends, prepend=0))
        found = [rows[hit] * len(self.features) + feature for hit, feature in self._walk(units, rows)]
        narrow = len(items) * len(self.features) < 2**31  # numpy sorts 32-bit integers twice as fast
        keys = np.concatenate(found or [np.zeros(0, np.int64)]).astype(np.int32 if narrow else np.int64)
        keys.sort()
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(first, append=len(keys)).astype(np.float64)
        row, feature = np.divmod(keys[first], max(len(self.features), 1))
        limits = np.searchsorted(row, np.arange(len(items) + 1))
        return csr_matrix((counts, feature, limits), shape=(len(items), len(self.features)))

    def spans(self, text: str) -> tuple[str, list[tuple[int, list[tuple[int, int]]]]]:
        """The text as it is read (lower case) and, for each n-gram found in it, its number and the spans of its units."""
        lowered = text.lower()
        where = [match.span() for match in self._matches(lowered)]
        units, ends = self._units((text,))
        found = []
        for length, (hit, feature) in enumerate(self._walk(units, np.zeros(ends[-1], np.int64)), start=1):
            found += [(int(f), where[h : h + length]) for h, f in zip(hit, feature)]
        return lowered, found

    def _matches(self, lowered: str) -> list[re.Match[str]]:
        if self.unit == "words":
            return list(TOKEN.finditer(lowered))
        return list(re.finditer(r"(?s)\s\s+|.", lowered))  # a run of spaces counts as one

    def _units(self, items: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of all units, one text after the other, and where each text ends."""
        if self.unit == "words":
            hashes, ends = word_hashes(items)
            return self._words.find(hashes), ends
        cleaned = [SPACES.sub(" ", item.lower()) for item in items]
        return self._characters[_points("".join(cleaned))], np.cumsum([len(item) for item in cleaned], dtype=np.int64)

    def _walk(self, units: np.ndarray, rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each length of n-gram: the positions that begin one of the features, and which."""
        found, at = [], np.flatnonzero(units != ABSENT)
        chain = units[at]
        for length, (table, features) in enumerate(self._chains, start=1):
            if length > 1:
                last = at + length - 1
                inside = last < len(units)
                at, chain, last = at[inside], chain[inside], last[inside]
                same = (rows[at] == rows[last]) & (units[last] != ABSENT)
                at, chain, last = at[same], chain[same], last[same]
                chain = table.find(chain * len(self._numbers) + units[last])
                known = chain != ABSENT
                at, chain = at[known], chain[known]
            feature = features[chain]
            counted = feature != ABSENT
            found.append((at[counted], feature[counted]))
        return found

    @cached_property
    def _split(self) -> list[Any]:
        """The features as sequences of units: tuples of words, or the strings of characters as they are."""
        return [tuple(name.split(" ")) for name in self.features] if self.unit == "words" else self.features

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {unit: number for number, unit in enumerate(dict.fromkeys(unit for gram in self._split for unit in gram))}

    @cached_property
    def _words(self) -> Table:
        hashes, _ = word_hashes((" ".join(self._numbers),))
        if len(np.unique(hashes)) != len(self._numbers):  # never seen; a chance of about one in 10^8 for a million words
            raise ValueError("two words of the vocabulary share a hash")
        return Table(hashes)

    @cached_property
    def _characters(self) -> np.ndarray:
        table = np.full(0x110000, ABSENT, np.int64)
        for unit, number in self._numbers.items():
            table[ord(unit)] = number
        return table

    @cached_property
    def _chains(self) -> list[tuple[Table, np.ndarray]]:
        """For each length: the table from (number of the prefix, unit) to the n-gram's number, and which feature that is."""
        number: dict[Any, int] = {(unit,) if self.unit == "words" else unit: place for unit, place in self._numbers.items()}
        feature = {gram: place for place, gram in enumerate(self._split)}
        longest, chains, known = max(map(len, self._split), default=0), [], dict(number)
        empty = Table(np.zeros(0, np.int64))
        chains.append((empty, np.array([feature.get(gram, ABSENT) for gram in number], np.int64)))
        for length in range(2, longest + 1):
            grams = list(dict.fromkeys(gram[:length] for gram in self._split if len(gram) >= length))
            keys = np.array([known[gram[:-1]] * len(self._numbers) + self._numbers[gram[-1]] for gram in grams], np.int64)
            chains.append((Table(keys), np.array([feature.get(gram, ABSENT) for gram in grams], np.int64)))
            known = {gram: place for place, gram in enumerate(grams)}
        return chains


def word_hashes(items: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """A 63-bit hash, int64, of each word (`TOKEN`, lower case) of the texts one after the other, and where each text ends.

    A polynomial over the code points modulo 2^64, by differences of one running sum over all texts at once (Karp & Rabin 1987).
    """
    lowered = [item.lower() for item in items]
    points = _points("\n".join(lowered) + "\n")
    inside = _word_characters()[points]
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = np.concatenate(([0], edges)) if inside[:1].any() else edges
    starts, stops = edges[::2], edges[1::2]
    long = stops - starts >= 2
    starts, stops = starts[long], stops[long]
    powers, inverses = _powers(max(1 << 16, 1 << len(points).bit_length()))
    running = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(points * powers[: len(points)], out=running[1:])
    hashes = (running[stops] - running[starts]) * inverses[starts]
    hashes *= np.uint64(MIX)  # spreads the last character over the bits that are kept
    text_ends = np.cumsum([len(item) + 1 for item in lowered], dtype=np.int64)
    return (hashes >> np.uint64(1)).astype(np.int64), np.searchsorted(starts, text_ends)


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def _word_characters() -> np.ndarray:
    """For each code point whether the regular expression `\\w` takes it."""
    return np.array([character.isalnum() or character == "_" for character in map(chr, range(0x110000))])


@lru_cache(maxsize=2)
def _powers(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Powers of an odd base and of its inverse modulo 2^64, uint64 (length,) each."""
    inverse = pow(BASE, -1, 1 << 64)
    return tuple(np.cumprod(np.full(length, base, np.uint64)) for base in (BASE, inverse))  # type: ignore[return-value]


class Table:
    """From distinct keys, int64 ≥ 0, to their places: open addressing over arrays, at most a quarter full."""

    def __init__(self, keys: np.ndarray) -> None:
        bits = max(4, int(len(keys) * 4).bit_length())
        self.shift, self.mask = np.uint64(64 - bits), np.int64((1 << bits) - 1)
        self.keys, self.places = np.full(1 << bits, ABSENT, np.int64), np.full(1 << bits, ABSENT, np.int64)
        waiting, slot = np.arange(len(keys), dtype=np.int64), self._slot(keys)
        while len(waiting):
            free = self.keys[slot] == ABSENT
            self.keys[slot[free]], self.places[slot[free]] = keys[waiting[free]], waiting[free]
            lost = self.places[slot] != waiting  # taken before, or by another key of this round
            waiting, slot = waiting[lost], (slot[lost] + 1) & self.mask

    def _slot(self, keys: np.ndarray) -> np.ndarray:
        return ((keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> self.shift).astype(np.int64)  # Fibonacci hashing

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The place of each key, `ABSENT` where there is none."""
        slot = self._slot(keys)
        held = self.keys[slot]
        places = np.where(held == keys, self.places[slot], ABSENT)
        open_ = np.flatnonzero((held != keys) & (held != ABSENT))
        while len(open_):
            slot[open_] = (slot[open_] + 1) & self.mask
            held = self.keys[slot[open_]]
            hit = held == keys[open_]
            places[open_[hit]] = self.places[slot[open_[hit]]]
            open_ = open_[~hit & (held != ABSENT)]
        return places
