"""Interactions with a knowable answer: two tastes, whose users choose among items of their own and a popular one for all."""

import numpy as np
import pandas as pd

from core.contracts import Table

OF_EACH = 12  # items of a taste


def tastes(users: int = 60, chosen: int = 8, seed: int = 0) -> Table:
    """Users 0, 2, 4… choose among a0…a11, the others among b0…b11; everybody chooses `all` first."""
    generator = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        taste = "ab"[user % 2]
        items = ["all", *(f"{taste}{place}" for place in generator.permutation(OF_EACH)[:chosen])]
        for moment, item in enumerate(items):
            facts = {"title": f"Title of {item}", "kind": item[0], "age": 20 + user % 2}
            rows.append({"user": f"u{user}", "item": item, "stars": 3 + moment % 3, "when": 1000 * user + moment, **facts})
    return Table(pd.DataFrame(rows), "tastes")
