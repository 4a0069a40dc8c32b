"""Recommending by text: new items find their users, reasons add up, times count, bad tables get one sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from core.contracts import Cards, Context, InputError, Matrix, Records, Report, Table, UserError
from models.recommend import content
from models.recommend.wording import measured, tastes
from models.recommend.wording.hybrid import Hybrid, hybrid
from models.recommend.wording.trial import cold_items
from models.recommend.wording.windows import within
from models.text import encoder
from tests.models.recommend.shop import COLORS, NAMED, encode, shop


@pytest.fixture(autouse=True)
def words_as_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "encode", encode)


def answered(table: Table | None = None, **params: object) -> Report:
    given = shop() if table is None else table
    return content.run(given, content.ContentParams(**{**NAMED, **params}), Context())


def cards(report: Report, place: int = 0) -> list[str]:
    return [card.name for card in [s.result for s in report.sections if isinstance(s.result, Cards)][place].items]


def color(title: str) -> str:
    return COLORS[int(title.removeprefix("thing ")) % 3]


def test_the_list_and_the_new_items_are_of_the_users_colour() -> None:
    report = answered(user="u4")
    assert {color(name) for name in cards(report)[:5]} == {"green"}
    bought = set(shop().frame.query("customer == 'u4'")["title"])
    assert not bought & set(cards(report))
    new = [card for section in report.sections if isinstance(section.result, Cards) for card in section.result.items
           if card.badge == "new"]  # fmt: skip
    assert {color(card.name) for card in new[:2]} == {"green"}


def test_liked_items_and_words_of_any_case_are_a_wish_too() -> None:
    assert {color(name) for name in cards(answered(liked="THING 2; thing 5"))[:5]} == {"blue"}
    assert {color(name) for name in cards(answered(query="something red"))[:10]} == {"red"}
    both = cards(answered(query="something red", user="u1"))
    assert "red" in {color(name) for name in both} and "green" in {color(name) for name in both}


def test_a_catalogue_without_users_answers_by_text_alone() -> None:
    report = answered(user_column="", liked="thing 0")
    assert {color(name) for name in cards(report)} == {"red"}
    assert report.evidence is not None and report.evidence.score is None


def test_parts_of_the_score_add_up_and_are_those_of_the_items_vector() -> None:
    random = np.random.default_rng(0)
    model = Hybrid(random.normal(size=(20, 4)).astype(np.float32), random.normal(size=(20, 4)).astype(np.float32),
                   random.random(20).astype(np.float32), 3.0, 2.0)  # fmt: skip
    liked, chosen = np.array([2, 5, 11]), np.array([0, 7])
    # The user's vector by gradient descent's fixed point: the weighted least squares of ALS, solved row by row.
    weight = np.ones(20)
    weight[liked] = 3.0
    target = np.isin(np.arange(20), liked).astype(float)
    design = np.vstack([model.items * np.sqrt(weight)[:, None], np.sqrt(2.0) * np.eye(4)])
    vector = np.linalg.lstsq(design, np.concatenate([target * np.sqrt(weight), np.zeros(4)]), rcond=None)[0]
    assert model.scores(liked) == pytest.approx(model.items @ vector, rel=1e-4)
    assert model.shares(liked, chosen).sum(1) == pytest.approx(model.scores(liked)[chosen], rel=1e-6)
    by_text = (1 - model.trust[chosen]) * (model.written[chosen] @ vector)
    assert model.from_ratings(liked, chosen) + by_text == pytest.approx(model.scores(liked)[chosen], rel=1e-4)


def test_an_item_without_ratings_has_its_text_alone() -> None:
    random = np.random.default_rng(0)
    counts = np.array([0.0, 5.0, 50.0, 5.0])
    made = hybrid(random.normal(size=(4, 2)).astype(np.float32), counts, encode(["red", "red", "blue", "green"]), 3.0, 1.0, 5.0)
    assert made.trust == pytest.approx([0, 0.5, 50 / 55, 0.5])
    assert made.items[0] == pytest.approx(made.written[0])
    assert made.written[0] == pytest.approx(made.written[1], abs=1e-5)  # the same text


def test_the_trial_counts_hits_as_one_would_by_hand_and_hides_every_rating_of_a_cold_item() -> None:
    params = content.ContentParams(**NAMED)
    with tastes.opened(shop(), params, Context()) as shelf:
        assert shelf.ratings is not None
        rated, vectors = shelf.ratings.data.matrix, shelf.vectors[shelf.ratings.places]
        hidden = np.arange(rated.shape[1]) < 20
        assert not shelf.ratings.factors(hidden)[1][hidden].any(), "nothing is known of an item without its ratings"
    wide, texts = sparse.hstack([sparse.vstack([rated] * 4)] * 3).tocsr(), np.tile(vectors, (3, 1))

    def factors(without: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        left, values, right = np.linalg.svd(wide.toarray() * ~without, full_matrices=False)
        return left[:, :8] * values[:8], right[:8].T

    cold = np.random.default_rng(1).random(wide.shape[1]) < 0.2
    trial = cold_items(wide, texts, factors, seed=1)
    assert trial is not None and trial.items == cold.sum()
    truth = wide.toarray()[:, cold] > 0
    users = [u for u in range(len(truth)) if truth[u].any() and wide.toarray()[u, ~cold].sum() >= 5]
    by_hand = [truth[u][np.argsort(-truth.sum(0), kind="stable")[:10]].any() for u in users]
    assert trial.hits["popularity"][0] == pytest.approx(np.mean(by_hand)) and trial.users == len(users)
    random = np.random.default_rng(0)
    drawn = [truth[u][random.permutation(cold.sum())[:10]].any() for u in users for _ in range(40)]
    assert trial.hits["random"][0] == pytest.approx(np.mean(drawn), abs=0.02)
    for way in ("text", "text_and_ratings"):
        assert trial.hits[way][0] > trial.hits["random"][1][1]
    shuffled = cold_items(wide, random.permutation(texts), factors, seed=1)
    assert shuffled is not None and shuffled.hits["text"][0] < trial.hits["text"][0] - 0.1, "the text carries it"


def test_windows_end_with_the_last_rating_and_sessions_with_half_an_hour() -> None:
    day = 86_400
    times = np.array([0, 100 * day, 100 * day + 2000, 100 * day + 3000, np.nan], float)
    assert within(times, "session").tolist() == [False, False, True, True, False]
    assert within(times, "week").tolist() == [False, True, True, True, False]
    assert within(times, "year").tolist() == [True, True, True, True, False]
    assert within(times, "all").all()
    assert not within(np.array([np.nan]), "week").any()


def test_lists_of_windows_are_compared() -> None:
    frame = shop().frame
    text = frame.loc[frame["sku"] == 0, "text"].iloc[0]
    rows = [("u1", item, "2025-06-01", f"thing {item}", text) for item in (0, 3, 6, 9)]
    late = pd.DataFrame(rows, columns=frame.columns)
    report = answered(Table(pd.concat([frame, late], ignore_index=True), "shop", "shop-late"), user="u1")
    matrix = next(section.result for section in report.sections if isinstance(section.result, Matrix))
    beside = next(section.result for section in report.sections if section.title == "The lists side by side")
    assert isinstance(beside, Records)
    for row, first in enumerate(matrix.rows):
        for place, second in enumerate(matrix.columns):
            assert matrix.values[row, place] == len(set(beside.frame[first]) & set(beside.frame[second]))
    assert matrix.values[0, 1] < 10
    recent = answered(Table(pd.concat([frame, late], ignore_index=True), "shop", "shop-late"), user="u1", window="week")
    assert {color(name) for name in cards(recent)[:3]} == {"red"}


@pytest.mark.parametrize(
    ("frame", "params", "words"),
    [
        (shop().frame, {"user": "nobody"}, "nobody"),
        (shop().frame, {"liked": "zzz"}, "zzz"),
        (shop().frame, {"query": "?!"}, "no word"),
        (shop().frame, {"item_column": "price"}, "price"),
        (shop().frame.assign(sku=None), {}, "no item"),
        (pd.DataFrame({"customer": ["a"], "sku": ["1"], "title": ["…"], "date": ["2025-01-01"]}), {}, "no text"),
        (pd.DataFrame({"customer": ["a"], "sku": ["1"], "title": ["one"], "date": ["2025-01-01"]}), {}, "nothing left"),
        (pd.DataFrame({name: [] for name in shop().columns}), {}, "no item"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(frame: pd.DataFrame, params: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        answered(Table(frame, "bad", f"bad-{words}"), **params)


def test_too_many_items_are_refused_and_odd_columns_do_no_harm() -> None:
    many = pd.DataFrame({"sku": np.arange(50_001), "title": "x"})
    with pytest.raises(InputError, match="50,001"):
        answered(Table(many, "many", "many"), user_column="", time_column="")
    wide = pd.concat(
        [shop().frame, pd.DataFrame(np.nan, index=range(len(shop())), columns=[f"c{i}" for i in range(1_900)])], axis=1
    )
    assert len(cards(answered(Table(wide, "wide", "wide"), user="u0"))) == 10
    odd = shop().frame.assign(price=np.inf, stock=np.nan, sku=lambda f: f["sku"].astype(float))
    assert len(cards(answered(Table(odd, "odd", "odd"), user="u0"))) == 10


def test_it_is_quick_the_second_time_and_the_bar_is_that_of_the_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    table, params = shop(3), content.ContentParams(**NAMED)
    assert not content.ready(table, params)
    content.run(table, params, Context())
    assert content.ready(table, params)
    (bar,) = content.CAPABILITY.bars
    assert bar.measure is measured.bar and bar.metric == measured.ABOVE_RANDOM
