"""Dates and products for reviews that have none, so that the charts by date and by product have something to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEED = 0
ROWS_A_LANGUAGE = 600
FIRST_DAY = np.datetime64("2024-01-01")
DAYS = 366
PRODUCTS = ("A", "B", "C", "D")
BAD_PRODUCT = "C"
BAD_MONTH = np.datetime64("2024-09-01")
BAD_DAYS = 30
BAD_SHARE = 0.2  # of all negative reviews, moved into the bad month of the bad product
NEGATIVE = ("negative", "other")


def dated_reviews(reviews: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Test rows of `reviews` (frames by sample, whose name ends with its language), with made-up dates and products, by date.

    Dates and products are uniform and independent of the text, but for one planted month in which one product does badly.
    """
    import pandas as pd

    random = np.random.default_rng(SEED)
    parts = [
        frame[frame["split"] == "test"].sample(ROWS_A_LANGUAGE, random_state=SEED).assign(language=name.rpartition("_")[2])
        for name, frame in reviews.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    days = FIRST_DAY + random.integers(0, DAYS, len(frame))
    products = random.choice(PRODUCTS, len(frame))
    bad = frame["label"].isin(NEGATIVE).to_numpy() & (random.random(len(frame)) < BAD_SHARE)
    days[bad] = BAD_MONTH + random.integers(0, BAD_DAYS, bad.sum())
    products[bad] = BAD_PRODUCT
    frame = frame.assign(date_simulated=days.astype(str), product_simulated=products)
    frame = frame.sort_values(["date_simulated", "text"], ignore_index=True)
    return frame[["text", "language", "label", "date_simulated", "product_simulated"]]
