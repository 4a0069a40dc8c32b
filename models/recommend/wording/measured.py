"""How good lists by text are for items that nobody rated, measured on the table at hand and for the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Evidence, Message, Ranking
from core.language import N_
from models.recommend.lists import kept
from models.recommend.wording.trial import ColdTrial, cold_items
from models.text import encoder

if TYPE_CHECKING:
    from models.recommend.wording.tastes import Shelf

SAMPLE = "movielens_small"
METRIC = N_("hit@10 of items without ratings")
ABOVE_RANDOM = N_("hit@10 of items without ratings, minus that of random lists")
WAYS = {
    "popularity": N_("most popular, with hindsight"), "text_and_ratings": N_("text, learnt from ratings"),
    "text": N_("text alone"), "random": N_("random list"),
}  # fmt: skip
KEPT = (*WAYS, "above_random")
CAPTION = N_(
    "Share of users in whose list of ten is one that they rated, with 95 % intervals. {items} items were taken out of all "
    "ratings, and the lists are drawn from them alone. The most popular ones are known with hindsight only."
)
CAVEAT = N_("Measured on items whose ratings were hidden; what is really new may be of another kind.")


def of(shelf: Shelf, context: Context) -> ColdTrial | None:
    """The trial on this table, kept by content; None where there are too few users or items."""
    if shelf.ratings is None:
        return None
    rated = shelf.ratings
    context.progress(0.95, N_("Measuring on items whose ratings are hidden"))

    def make() -> dict[str, np.ndarray]:
        trial = cold_items(rated.data.matrix, shelf.vectors[rated.places], rated.factors)
        if trial is None:
            return {"scores": np.zeros((0, 3)), "counts": np.zeros(2, np.int64)}
        rows = [(score, *interval) for score, interval in (trial.hits[way] for way in KEPT)]
        return {"scores": np.array(rows), "counts": np.array([trial.items, trial.users])}

    found = kept.arrays(f"{shelf.name[:24]}-cold", make)
    if not len(found["scores"]):
        return None
    rows = found["scores"].tolist()
    return ColdTrial({way: (row[0], (row[1], row[2])) for way, row in zip(KEPT, rows)}, *map(int, found["counts"]))


def drawn(trial: ColdTrial) -> Ranking:
    """The ways beside each other."""
    low, high = zip(*(trial.hits[way][1] for way in WAYS))
    return Ranking(
        N_("Items that nobody rated: how well they are recommended"), tuple(WAYS.values()),
        tuple(100 * trial.hits[way][0] for way in WAYS), "%", Message(CAPTION, {"items": trial.items}),
        tuple(100 * end for end in low), tuple(100 * end for end in high), words=tuple(WAYS.values()),
    )  # fmt: skip


def evidence(trial: ColdTrial | None, data: str, shelf: Shelf, seconds: float | None = None) -> Evidence:
    from core import samples, weights

    common: dict[str, Any] = {
        "answered_by": weights.entry(encoder.DEFAULT).title + (" + ALS" if shelf.model is not None else ""),
        "license": "MIT", "fallback": encoder.fallback() or "", "seconds": seconds, "data": samples.called(data),
    }  # fmt: skip
    if trial is None:
        few = N_("There are too few users and items to measure on, so no score is shown.")
        return Evidence(caveats=(few,), **common)
    return Evidence(
        metric=METRIC, score=trial.hits["text_and_ratings"][0], interval=trial.hits["text_and_ratings"][1],
        baseline=trial.hits["random"][0], baseline_name=WAYS["random"], rows=trial.users, caveats=(CAVEAT,), **common,
    )  # fmt: skip


def bar(context: Context) -> Evidence:
    """hit@10 on items of MovieLens whose ratings were hidden, above that of random lists, user by user."""
    from dataclasses import replace

    from core import samples
    from models.recommend.content import ContentParams
    from models.recommend.wording import tastes

    table = samples.load(SAMPLE)
    params = ContentParams(user_column="user_id", item_column="item_id", title_column="title", time_column="timestamp")
    with tastes.opened(table, params, context) as shelf:
        trial = of(shelf, context)
        assert trial is not None
        score, interval = trial.hits["above_random"]
        return replace(evidence(trial, SAMPLE, shelf), metric=ABOVE_RANDOM, score=score, interval=interval, baseline=0.0)
