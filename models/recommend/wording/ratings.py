"""Who rated which item of a catalogue, in the order of time, and what ALS makes of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Context, Table
from core.language import N_
from models.recommend.wording.catalogue import Catalogue

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

# Chosen on a validation part of MovieLens whose items no bar uses.
FACTORS, CONFIDENCE, REGULARIZATION, ITERATIONS = 64, 3.0, 10.0, 15
LEAST_USERS = 5  # from fewer nothing is learnt of who likes what


def by_user(
    table: Table, items: Catalogue, user: str, time: str
) -> tuple[tuple[str, ...], tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:  # fmt: skip
    """The users as written, the places of the items of each, and the times (seconds, NaN where unknown), the earliest first.

    A rating counts whatever its height: who rated it chose it. An item rated twice counts once, at its last time.
    """
    import pandas as pd

    if not user:
        return (), (), ()
    frame = table.frame
    names = frame[user].astype("str").str.strip().mask(frame[user].isna(), "")
    names = names.str.removesuffix(".0") if pd.api.types.is_float_dtype(frame[user]) else names
    rows = pd.DataFrame({"user": names, "item": items.rows, "time": _seconds(frame[time]) if time else np.nan})
    rows = rows[(rows["user"] != "") & (rows["item"] >= 0)]
    rows = rows.sort_values("time", kind="stable").drop_duplicates(["user", "item"], keep="last")
    groups = rows.groupby("user", sort=False)
    found = {str(name): (group["item"].to_numpy(), group["time"].to_numpy()) for name, group in groups}
    return tuple(found), tuple(item for item, _ in found.values()), tuple(times for _, times in found.values())


def _seconds(column: pd.Series) -> np.ndarray:
    """Seconds since 1970; numbers are taken for that already where they are no dates."""
    import pandas as pd

    from core.intake.dates import dates

    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy("float64", na_value=np.nan)
        if np.nanmax(np.abs(values), initial=0) > 1e7:
            return np.where(np.isfinite(values), values, np.nan)
    read = dates(column)
    return np.where(read.isna(), np.nan, read.astype("datetime64[s]").astype("int64").to_numpy(float))


def matrix(liked: tuple[np.ndarray, ...], items: int) -> sparse.csr_matrix:
    """1 for each user and rated item: float32 (users, items)."""
    from scipy import sparse

    pointers = np.concatenate([[0], np.cumsum([len(own) for own in liked])])
    columns = np.concatenate([*liked, np.zeros(0, np.int64)]).astype(np.int32)
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, pointers), shape=(len(liked), items))


def item_factors(liked: tuple[np.ndarray, ...], items: int, seed: int, context: Context) -> np.ndarray | None:
    """float32 (items, d); None where there are too few users to learn from."""
    if len(liked) < LEAST_USERS:
        return None
    context.progress(0.9, N_("Learning from the ratings of {count} users"), count=f"{len(liked):,}")
    return factors(matrix(liked, items), seed)[1]


def factors(
    rated: sparse.csr_matrix, seed: int, confidence: float = CONFIDENCE, regularization: float = REGULARIZATION
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Vectors of users and items by ALS (Hu, Koren and Volinsky 2008): float32 (users, d) and (items, d)."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit brings threads of its own
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=min(FACTORS, *rated.shape),
        regularization=regularization,
        alpha=confidence,
        iterations=ITERATIONS,
        random_state=seed,
    )
    model.fit(rated, show_progress=False)
    return np.asarray(model.user_factors), np.asarray(model.item_factors)
