"""A user's list as a page shows it: what it is like beside others, what diversity costs, similar items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contracts import Curves, InputError, Message, Metric, Metrics, Ranking, Records, Section
from core.language import N_
from models.recommend.lists import kept, measures, reasons, trade
from models.recommend.lists.base import Base
from models.recommend.lists.diversity import candidates, picked
from models.recommend.lists.parts import Asker, Parts, parts_of, scores_of
from models.recommend.lists.trade import TOP, Point

SIMILAR = 10
THIS, ALL, KNOWN = N_("this list"), N_("lists of all users"), N_("the most popular items")


@dataclass(frozen=True, eq=False)
class Listed:
    """The list of one user, "" for one who is made up: the `places` of its items, their `scores`, and the `parts` of these."""

    user: str
    asker: Asker
    places: np.ndarray
    parts: Parts

    @property
    def liked(self) -> np.ndarray:
        return self.asker.liked

    @property
    def scores(self) -> np.ndarray:
        return self.parts.scores


def listed(base: Base, user: str, asker: Asker, count: int, diversity: float, novelty: float) -> Listed:
    """The list for who likes what `asker` says; none of it is in it.

    Raises:
        InputError: the method knows only its users, and this is none of them; or nothing is left.
    """
    scores = scores_of(base.model, asker)
    allowed = np.ones(len(scores), bool)
    allowed[asker.liked] = False
    pool = candidates(scores, allowed, count)
    if not len(pool):
        raise InputError(N_("There is nothing left to recommend: every item was chosen already."))
    rarity = measures.rarity(base.counts, len(base.users))
    chosen = pool[picked(scores[pool], base.vectors[pool], rarity[pool], count, diversity, novelty)]
    return Listed(user, asker, chosen, parts_of(base, base.model, asker, chosen))


def facts_of(base: Base, made: Listed, diversity: float, novelty: float) -> list[Section]:
    """How diverse, novel and popular this list is, beside those of all users and the list of what everybody knows."""
    rarity = measures.rarity(base.counts, len(base.users))
    count = len(made.places)
    lists = [trade.listed(base.pools, row, diversity, novelty, count, rarity) for row in range(len(base.pools.users))]
    lists = [chosen for chosen in lists if len(chosen)]
    popular = np.argsort(-base.counts, kind="stable")[:count]
    rows = {
        THIS: _facts(base, [made.places], rarity, len(np.unique(made.places))),
        ALL: _facts(base, lists, rarity, len(np.unique(np.concatenate(lists))) if lists else 0),
        KNOWN: _facts(base, [popular], rarity, count),
    }
    own = rows[THIS]
    metrics = Metrics((
        Metric(N_("Diversity"), own[0], help=N_("Mean of 1 − cosine of ALS vectors over all pairs of the list.")),
        Metric(N_("Novelty"), own[1], N_("bits"), help=N_("Mean of −log₂ of the share of users who chose an item.")),
        Metric(N_("Popularity"), own[2], help=N_("Share of all users who chose an item of the list, on average.")),
        Metric(N_("Coverage by all lists"), rows[ALL][3], help=N_("Share of all items that stand in at least one user's list.")),
    ))  # fmt: skip
    import pandas as pd

    names = (N_("diversity"), N_("novelty, bits"), N_("popularity"), N_("coverage"))
    frame = pd.DataFrame({N_("list"): list(rows), **{name: [row[i] for row in rows.values()] for i, name in enumerate(names)}})
    caption = Message(N_("Lists of all users: {count} users. Popularity: the share of all users who chose an item, on average."),
                      {"count": f"{len(lists):,}"})  # fmt: skip
    table = Records(N_("Beside other lists"), frame.round(4), caption, words=(N_("list"),))
    return [Section(N_("What the list is like"), metrics), Section(N_("Beside other lists"), table)]


def _facts(base: Base, lists: list[np.ndarray], rarity: np.ndarray, covered: int) -> tuple[float, float, float, float]:
    if not lists:
        return (float("nan"),) * 4
    diverse = [measures.diversity(base.vectors[chosen]) for chosen in lists if len(chosen) > 1]
    return (
        float(np.mean(diverse)) if diverse else float("nan"),
        float(np.mean([rarity[chosen].mean() for chosen in lists])),
        float(np.mean([base.counts[chosen].mean() for chosen in lists]) / len(base.users)),
        covered / len(base.items),
    )


def trades(base: Base, diversity: float, novelty: float) -> tuple[list[Section], Point]:
    """What the sliders cost in NDCG@10 on held-out ratings, with the chosen point; and the chosen point itself."""
    chosen = trade.point(base, diversity, novelty)
    if not np.isfinite(chosen.ndcg):
        return [], chosen
    found = kept.arrays(
        f"{base.name[:24]}-trade", lambda: {which: _rows(trade.sweep(base, which)) for which in ("diversity", "novelty")}
    )
    sections = []
    frames = []
    for which, title, label in (
        ("diversity", N_("What diversity costs"), N_("Diversity of the lists")),
        ("novelty", N_("What novelty costs"), N_("Novelty of the lists, bits")),
    ):
        points = [Point(row[0], row[1], row[2], (row[3], row[4]), row[5], row[6]) for row in found[which].tolist()]
        line = (tuple(getattr(p, which) for p in points), tuple(p.ndcg for p in points))
        mark = (getattr(chosen, which), chosen.ndcg)
        caption = Message(
            N_("NDCG@10 on each user's last fifth of ratings, {users} users. From left to right the slider goes from 0 to 0.9, "
               "the other one at 0; the mark is where the sliders stand now."), {"users": len(base.later)},
        )  # fmt: skip
        words = (N_("slider from 0 to 0.9"), N_("chosen"))
        curves = Curves(title, {words[0]: line}, label, "NDCG@10", caption, words=words, marks={words[1]: mark})
        sections.append(Section(title, curves))
        frames += [(p, which) for p in points]
    sections.append(Section(N_("The trade as a table"), _trade_table([*(p for p, _ in frames), chosen])))
    return sections, chosen


def _rows(points: list[Point]) -> np.ndarray:
    return np.array([(p.diversity_slider, p.novelty_slider, p.ndcg, *p.interval, p.diversity, p.novelty) for p in points])


def _trade_table(points: list[Point]) -> Records:
    import pandas as pd

    rows = _rows(points)
    names = (
        N_("diversity slider"),
        N_("novelty slider"),
        "NDCG@10",
        N_("95 % from"),
        N_("95 % to"),
        N_("diversity"),
        N_("novelty, bits"),
    )
    caption = N_("The last row is where the sliders stand now.")
    return Records(N_("The trade as a table"), pd.DataFrame(dict(zip(names, rows.T.round(4)))), caption)


def popular_ndcg(base: Base) -> float:
    """NDCG@10 of the most popular items that a user did not have yet, on the same users and ratings."""
    order = np.argsort(-base.held.counts, kind="stable")
    values = []
    for before, later in zip(base.before, base.later):
        chosen = order[: TOP + len(before)]
        chosen = chosen[~np.isin(chosen, before)][:TOP]
        values.append(trade.ndcg(chosen, later))
    return float(np.mean(values)) if values else float("nan")


def similar(base: Base, place: int) -> Ranking:
    """The items that the same users chose."""
    cosines = base.vectors @ base.vectors[place]
    cosines[place] = -np.inf
    cosines[base.counts == 0] = -np.inf
    best = np.argsort(-cosines, kind="stable")[:SIMILAR]
    best = best[np.isfinite(cosines[best])]
    caption = Message(N_("Cosine of the item vectors of ALS: 1 where the same users chose both. Similar to {item}."),
                      {"item": base.items.titles[place]})  # fmt: skip
    return Ranking(N_("Similar items"), reasons.short(base, best), tuple(map(float, cosines[best])), N_("cosine"), caption)


def table(base: Base, made: Listed) -> Records:
    """The list with everything that was said of it in numbers."""
    import pandas as pd

    places, items = made.places, base.items
    rarity = measures.rarity(base.counts, len(base.users))
    nearest = [int(made.liked[(base.vectors[made.liked] @ base.vectors[place]).argmax()]) for place in places]
    columns: dict[str, object] = {
        N_("rank"): np.arange(1, len(places) + 1), N_("item"): [items.ids[i] for i in places],
        N_("title"): [items.titles[i] for i in places], N_("facts"): [items.facts[i] for i in places],
        N_("tags"): [" | ".join(items.tags[i]) for i in places], N_("score"): made.scores.round(4),
        N_("users"): base.counts[places].astype(int), N_("novelty, bits"): rarity[places].round(2),
        N_("nearest liked item"): [items.titles[i] for i in nearest],
        N_("cosine"): [round(float(base.vectors[i] @ base.vectors[place]), 3) for i, place in zip(nearest, places)],
    }  # fmt: skip
    empty = [name for name in (N_("facts"), N_("tags")) if not any(columns[name])]  # type: ignore[arg-type, call-overload]
    return Records(N_("The list as a table"), pd.DataFrame(columns).drop(columns=empty))


__all__ = ["TOP", "Listed", "Point", "facts_of", "listed", "popular_ndcg", "similar", "table", "trades"]
