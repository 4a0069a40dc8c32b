"""Rows to choose by: inner folds of few rows, the validation rows of many or of a split by time; never test rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Table
from core.learning.scoring import is_event

if TYPE_CHECKING:
    import pandas as pd

FOLDS = 5
MOST_FOLDED = 20_000  # rows above which the validation rows are enough to choose by
Scores = Callable[["pd.DataFrame", np.ndarray, "pd.DataFrame"], np.ndarray]  # learns from two, scores the third


@dataclass(frozen=True, eq=False)
class Choosing:
    """Training and validation rows in one frame, and the pairs of places (to learn from, to choose by) among them.

    `refit`: whether the final model learns from all rows; else from those of the one pair, and the rest stays unseen by it.
    """

    frame: pd.DataFrame
    event: np.ndarray
    folds: tuple[tuple[np.ndarray, np.ndarray], ...]
    refit: bool

    @property
    def kept(self) -> np.ndarray:
        """Places of the rows to choose by, one fold after the other."""
        return np.concatenate([kept for _, kept in self.folds])

    @property
    def learnt(self) -> np.ndarray:
        """Places of the rows that the final model learns from."""
        return np.arange(len(self.frame)) if self.refit else self.folds[0][0]

    def held_out(self, scores: Scores, context: Context) -> np.ndarray:
        """`scores` of the rows to choose by, each fold from a model that never saw it."""
        found = []
        for learnt, kept in self.folds:
            context.check()
            found.append(scores(self.frame.iloc[learnt], self.event[learnt], self.frame.iloc[kept]))
        return np.concatenate(found)


def choosing(train: Table, validation: Table, params: Any) -> Choosing:
    """Five stratified folds (whole groups where there are any) of few rows; else the validation rows."""
    import pandas as pd
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    frame = pd.concat([train.frame, validation.frame], ignore_index=True)
    event = is_event(frame, params)
    least = int(min(event.sum(), (~event).sum()))
    by_time = params.split == "time" or (params.split == "auto" and params.time and not params.group) or any(
        mend.startswith("split_by_time") for mend in params.mends
    )  # fmt: skip
    both = len(validation) and 0 < is_event(validation.frame, params).sum() < len(validation)
    if both and (by_time or len(frame) > MOST_FOLDED):
        places = np.arange(len(frame))
        return Choosing(frame, event, ((places[: len(train)], places[len(train) :]),), False)
    count = max(2, min(FOLDS, least))
    groups = frame[params.group].astype(str).to_numpy() if params.group in frame else None
    way: Any = StratifiedKFold(count, shuffle=True, random_state=params.seed)
    if groups is not None and len(set(groups.tolist())) >= count:
        way = StratifiedGroupKFold(count, shuffle=True, random_state=params.seed)
    folds = tuple((learnt, kept) for learnt, kept in way.split(event, event, groups) if 0 < event[learnt].sum() < len(learnt))
    return Choosing(frame, event, folds, True)
