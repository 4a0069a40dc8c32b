"""A user's list: every number on screen once more, by another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.contracts import Cards, Context, Curves, Matrix, Metrics, Points, Ranking, Records, Report, Table, UserError
from models.recommend import user
from models.recommend.lists import base, diversity, item_map, measures
from tests.models.recommend.shop import NAMED, shop


@pytest.fixture(autouse=True)
def a_map_without_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    """UMAP compiles itself for many seconds; where the points lie is not what is tested here."""
    monkeypatch.setattr(item_map, "_placed", lambda vectors: vectors[:, :2])


def wide_shop() -> Table:
    """The shop with its customers thrice, so that items were chosen often enough."""
    frame = pd.concat([shop(seed).frame.dropna().assign(customer=lambda f, s=seed: f["customer"] + f"-{s}") for seed in range(3)])
    return Table(frame.assign(kind=[("red", "green", "blue")[i % 3] + "|thing" for i in frame["sku"]]), "shop", "wide")


def answered(table: Table | None = None, **params: object) -> Report:
    return user.run(wide_shop() if table is None else table, user.UserParams(**{**NAMED, **params}), Context())


def part(report: Report, title: str) -> object:
    return next(section.result for section in report.sections if section.title == title)


def dense(frame: pd.DataFrame) -> pd.DataFrame:
    return (pd.crosstab(frame["customer"], frame["title"]) > 0).astype(float)


def ease_by_the_paper(choices: np.ndarray, penalty: float = 300.0) -> np.ndarray:
    inverse = np.linalg.inv(choices.T @ choices + penalty * np.eye(choices.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def test_scores_and_reasons_of_ease_are_those_of_the_paper() -> None:
    report, table = answered(user="u4-1", diversity=0), dense(wide_shop().frame)
    weights = pd.DataFrame(ease_by_the_paper(table.to_numpy()), table.columns, table.columns)
    own = table.columns[table.loc["u4-1"] > 0]
    scores = weights.loc[own].sum().drop(own).sort_values(ascending=False)
    shown = part(report, "The list as a table").frame
    assert shown["score"].to_numpy() == pytest.approx(scores.to_numpy()[:10], abs=2e-4)
    bars = part(report, "Why the first is there")
    assert isinstance(bars, Ranking) and sum(bars.values) == pytest.approx(scores.iloc[0], rel=1e-4)
    assert dict(zip(bars.names, bars.values)) == pytest.approx(weights.loc[own, shown["title"][0]].to_dict(), abs=1e-5)
    matrix = part(report, "Why each is there")
    assert isinstance(matrix, Matrix)
    for row, title in enumerate(matrix.rows):
        for place, liked in enumerate(matrix.columns):
            assert matrix.values[row, place] == pytest.approx(100 * weights.loc[liked, title] / scores[title], abs=0.01)
    first = part(report, "Recommended")
    assert isinstance(first, Cards)
    strongest = weights.loc[own, first.items[0].name]
    assert first.items[0].notes[0].values == {
        "item": strongest.idxmax(), "share": f"{100 * strongest.max() / scores.iloc[0]:.0f} %"}  # fmt: skip


@pytest.mark.parametrize("method", ["ease", "als", "item_knn", "pure_svd"])
def test_the_list_is_of_the_users_colour_and_so_are_similar_items(method: str) -> None:
    report = answered(user="u4-0", method=method, diversity=0)
    frame = part(report, "The list as a table").frame
    assert sum(int(item) % 3 == 1 for item in frame["item"][:5]) >= 4
    similar = part(report, "Similar items")
    assert isinstance(similar, Ranking) and {int(name.split()[1]) % 3 for name in similar.names[:5]} == {1}
    if method == "als":
        factors = part(report, "Factors of the first")
        assert isinstance(factors, Ranking) and list(factors.values) == sorted(factors.values, reverse=True)


def test_what_the_list_is_like_is_as_counted_from_the_table() -> None:
    report, choices = answered(user="u1-2", diversity=0.5, novelty=0.3), dense(wide_shop().frame)
    titles = list(part(report, "The list as a table").frame["title"])
    shares = choices.mean()[titles]
    values = {metric.name: metric.value for metric in part(report, "What the list is like").items}
    assert isinstance(part(report, "What the list is like"), Metrics)
    assert values["Novelty"] == pytest.approx(float((-np.log2(shares)).mean()))
    assert values["Popularity"] == pytest.approx(float(shares.mean()))
    with base.opened(wide_shop(), user.UserParams(**NAMED), Context()) as made:
        vectors = made.vectors[[made.items.titles.index(title) for title in titles]].astype(float)
        pairs = [1 - vectors[i] @ vectors[j] for i in range(10) for j in range(i)]
        assert values["Diversity"] == pytest.approx(np.mean(pairs), abs=1e-5)
    frame = part(report, "Beside other lists").frame.set_index("list")
    popular = choices.mean().sort_values(ascending=False)[:10]
    assert frame.loc["the most popular items", "popularity"] == pytest.approx(popular.mean(), abs=1e-4)
    assert values["Coverage by all lists"] == pytest.approx(frame.loc["lists of all users", "coverage"], abs=1e-4)


def test_the_trade_is_measured_on_the_last_fifth_by_a_model_that_did_not_see_it() -> None:
    frame = wide_shop().frame
    frame = frame.sort_values(["customer", "date"])
    rank = frame.groupby("customer").cumcount()
    late = rank >= np.floor(0.8 * frame.groupby("customer")["sku"].transform("size"))
    before, after = frame[~late], frame[late]
    choices = dense(before).reindex(columns=sorted(frame["title"].unique()), fill_value=0.0)
    scores = choices.to_numpy() @ ease_by_the_paper(choices.to_numpy())
    scores[choices.to_numpy() > 0] = -np.inf
    truth = after.groupby("customer")["title"].apply(set)
    gains = []
    for row, customer in enumerate(choices.index):
        best = choices.columns[np.argsort(-scores[row], kind="stable")[:10]]
        ideal = sum(1 / np.log2(place + 2) for place in range(min(10, len(truth[customer]))))
        gains.append(sum(1 / np.log2(place + 2) for place, title in enumerate(best) if title in truth[customer]) / ideal)
    report = answered(diversity=0)
    assert report.evidence is not None and report.evidence.rows == len(choices)
    assert report.evidence.score == pytest.approx(np.mean(gains), abs=0.01)  # equal scores may stand in another order
    curve = part(report, "What diversity costs")
    assert isinstance(curve, Curves)
    (line,), (mark,) = curve.curves.values(), curve.marks.values()
    assert mark == (line[0][0], line[1][0]), "without diversity the chosen point is where the slider begins"
    table = part(report, "The trade as a table")
    assert isinstance(table, Records) and len(table.frame) == 21
    assert report.evidence.interval[0] <= report.evidence.score <= report.evidence.interval[1]


def test_sliders_do_what_they_say() -> None:
    random = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3), 4, axis=0)
    relevance = np.array([1.0, 0.99, 0.98, 0.97, 0.6, 0.59, 0.58, 0.57, 0.3, 0.29, 0.28, 0.27])
    rarity = random.random(12)
    assert diversity.picked(relevance, vectors, rarity, 3, 0.0, 0.0).tolist() == [0, 1, 2]
    assert diversity.picked(relevance, vectors, rarity, 3, 0.7, 0.0).tolist() == [0, 4, 8]
    assert diversity.picked(relevance, vectors, rarity, 3, 0.0, 0.9).tolist()[0] in np.argsort(-rarity)[:2]
    assert measures.diversity(np.eye(3)) == pytest.approx(1) and measures.diversity(np.ones((2, 1))) == pytest.approx(0)
    assert measures.rarity(np.array([5.0, 10, 0]), 10).tolist() == pytest.approx([1, 0, np.log2(10)])


def test_a_made_up_user_gets_a_list_and_the_map_marks_what_is_liked() -> None:
    report = answered(liked="thing 0; Thing 3; 6")
    assert {int(item) % 3 for item in part(report, "The list as a table").frame["item"][:4]} == {0}
    drawn = part(report, "Map of the items")
    assert isinstance(drawn, Points) and {drawn.names[i] for i in drawn.marked} == {"thing 0", "thing 3", "thing 6"}
    assert set(drawn.groups) == {"red", "green", "blue"}


def test_a_trained_run_answers_with_its_method_and_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from core import fitted
    from core.learning.interactions import Columns, read
    from models.recommend import methods
    from models.recommend.recommender import Recommender

    data = read(wide_shop(), Columns("customer", "sku", time="date", title="title"))
    method = methods.make("ease", penalty=7.0).fit(data)
    run = Recommender(data, {"ease": method}, "ease", {}, {})
    monkeypatch.setattr(fitted, "open_model", lambda *_: nullcontext(run))
    monkeypatch.setattr(fitted, "resolve", lambda *_: "run-ease")
    table = dense(wide_shop().frame)
    weights = pd.DataFrame(ease_by_the_paper(table.to_numpy(), 7.0), table.columns, table.columns)
    own = table.columns[table.loc["u4-1"] > 0]
    shown = part(answered(model="x", user="u4-1", diversity=0), "The list as a table").frame
    best = weights.loc[own].sum().drop(own).sort_values(ascending=False)[:10]
    assert shown["score"].to_numpy() == pytest.approx(best.to_numpy(), abs=2e-4)


def test_the_second_user_is_quick() -> None:
    table, params = Table(wide_shop().frame, "shop", "not seen before"), user.UserParams(**NAMED)
    assert not user.ready(table, params)
    user.run(table, params, Context())
    assert user.ready(table, params)


@pytest.mark.parametrize(
    ("frame", "params", "words"),
    [
        (wide_shop().frame, {"user": "nobody"}, "nobody"),
        (wide_shop().frame, {"liked": "zzz"}, "zzz"),
        (wide_shop().frame, {"similar_to": "zzz"}, "zzz"),
        (wide_shop().frame, {"user_column": "price"}, "price"),
        (wide_shop().frame, {"user_column": "sku"}, "at once"),
        (wide_shop().frame.head(1), {}, "at least"),
        (wide_shop().frame.head(0), {}, "No row"),
        (wide_shop().frame.assign(customer=None), {}, "No row"),
        (wide_shop().frame.assign(customer="one"), {}, "at least"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(frame: pd.DataFrame, params: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        answered(Table(frame, "bad", f"bad-{words}-{len(frame)}"), **params)


def test_odd_cells_do_no_harm() -> None:
    odd = wide_shop().frame.assign(price=np.inf, stock=np.nan, sku=lambda f: f["sku"].astype(float))
    assert len(part(answered(Table(odd, "odd", "odd"), user="u0-0"), "The list as a table").frame) == 10
    everything = pd.DataFrame([(f"u{u}", i, f"thing {i}", "2025-01-01") for u in range(6) for i in range(6)],
                              columns=["customer", "sku", "title", "date"])  # fmt: skip
    with pytest.raises(UserError, match="nothing left"):
        answered(Table(everything, "all", "all"))
