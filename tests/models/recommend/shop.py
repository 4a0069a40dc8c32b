"""A small shop with a knowable answer: users buy goods of one colour, and the text of each item names its colour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.contracts import Table

COLORS = ("red", "green", "blue")
ITEMS = 60  # item i has the colour i % 3
USERS = 45  # user u likes the colour u % 3
DIMENSIONS = 64


def encode(texts: Sequence[str], *_given: Any, **_named: Any) -> np.ndarray:
    """Words as fixed random directions: texts that share words are near. Stands in for the encoder, which is slow to load."""
    rows = []
    for text in texts:
        row = np.full(DIMENSIONS, 0.5)  # what all have in common, as with real encoders
        for word in re.findall(r"\w+", text.lower()):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            row += np.random.default_rng(seed).normal(size=DIMENSIONS)
        rows.append(row / np.linalg.norm(row))
    return np.array(rows, np.float32)


def shop(seed: int = 0) -> Table:
    """Eight purchases of each user, seven of the own colour, a day apart; the last two items of each colour are never bought."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(USERS):
        own = [item for item in range(ITEMS - 6) if item % 3 == user % 3]
        other = [item for item in range(ITEMS - 6) if item % 3 != user % 3]
        bought = [*random.choice(own, 7, replace=False), *random.choice(other, 1)]
        rows += [(f"u{user}", int(item), f"2025-03-{day + 1:02d}") for day, item in enumerate(bought)]
    rows += [("", item, "") for item in range(ITEMS - 6, ITEMS)]
    frame = pd.DataFrame(rows, columns=["customer", "sku", "date"]).replace("", None)
    frame["title"] = [f"thing {item}" for item in frame["sku"]]
    frame["text"] = [
        f"a {COLORS[item % 3]} thing, {COLORS[item % 3]} all over, to have and to hold for ever" for item in frame["sku"]
    ]
    return Table(frame, "shop", f"shop-{seed}")


NAMED = {"user_column": "customer", "item_column": "sku", "title_column": "title", "time_column": "date"}
