"""Why a method recommends what it does: parts that add up, and planted causes that must be found."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.contracts import Cards, Context, InputError, Matrix, Ranking, Report, Table, dump, load
from core.learning.interactions import Columns, read
from models.recommend import methods, user
from models.recommend.lists import attribution, item_map, parts
from models.recommend.methods.fused import Fused, standardized
from models.recommend.recommender import Recommender
from tests.models.recommend.simulated import tastes
from tests.untranslated import untranslated

NAMED = {"user_column": "user", "item_column": "item", "title_column": "title", "time_column": "when"}
SMALL: dict[str, dict[str, Any]] = {
    "bpr": {"factors": 4, "iterations": 300}, "ease": {"penalty": 5.0, "half_life": 3.0}, "popularity": {},
    "ncf": {"width": 8, "epochs": 8, "rate": 1e-2, "batch": 256}, "deepfm": {"width": 8, "epochs": 8, "rate": 1e-2, "batch": 256},
    "als": {"factors": 2, "regularization": 0.1, "confidence": 2.0},
}  # fmt: skip
WEIGHTS = {"ease": 0.4, "als": 0.2, "deepfm": 0.15, "ncf": 0.1, "bpr": 0.1, "popularity": 0.05}


@pytest.fixture(autouse=True)
def a_map_without_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    """UMAP compiles itself for many seconds; where the points lie is not what is tested here."""
    monkeypatch.setattr(item_map, "_placed", lambda vectors: vectors[:, :2])


@pytest.fixture(scope="module")
def data():
    return read(tastes(), Columns("user", "item", "stars", "when", "title"))


@pytest.fixture(scope="module")
def fitted(data):
    found = {name: methods.make(name, **settings).fit(data) for name, settings in SMALL.items()}
    found["fused"] = Fused(list(found.values()), weights=WEIGHTS).fit(data)
    return found


@pytest.fixture
def answered(data, fitted, monkeypatch):
    """What recommend.user says by a trained run of that method, after it went through its folder."""

    def ask(name: str, tmp_path: Any, **params: object) -> Report:
        from core import fitted as door
        from models.recommend.recommender import load as load_run

        Recommender(data, {name: fitted[name]}, name, {}, {}).save(tmp_path / name)
        run = load_run(tmp_path / name)
        monkeypatch.setattr(door, "open_model", lambda *_: nullcontext(run))
        monkeypatch.setattr(door, "resolve", lambda *_: f"{tmp_path}-{name}")
        return user.run(tastes(), user.UserParams(**{**NAMED, "model": "x", "top": 3, **params}), Context())

    return ask


def of(report: Report, title: str) -> Any:
    return next((s.result for s in report.sections if str(s.title) == title), None)


def base_of(data: Any) -> Any:
    titles = SimpleNamespace(titles=data.titles)
    return SimpleNamespace(items=titles, counts=data.popularity.astype(float), users=data.users)


def asker(data: Any, place: int) -> parts.Asker:
    mine = data.user == place
    return parts.Asker(place, data.item[mine].astype(np.int64), data.weight[mine].astype(float), True)


@pytest.mark.parametrize("name", ["deepfm", "bpr", "fused", "ease"])
def test_parts_and_rest_add_up_to_the_scores_of_the_method(name: str, data: Any, fitted: Any) -> None:
    for place in (0, 7):
        places = np.arange(len(data.items))
        found = parts.parts_of(base_of(data), fitted[name], asker(data, place), places)
        scores = fitted[name].scores(np.array([place]))[0]
        assert found.values.sum(0) + found.rest == pytest.approx(scores, rel=5e-4, abs=2e-3)
        assert found.scores == pytest.approx(scores, abs=1e-4)
        assert len(found.names) == len(found.values)
        assert np.abs(found.rest).max() < (0.4 if name in ("deepfm", "fused") else 1e-9), "the rest is not most of it"


def test_integrated_gradients_are_those_of_the_network(data: Any) -> None:
    """The same integral by torch, whose network knows nothing of how the arrays are taken apart."""
    import torch

    method = methods.make("deepfm", **SMALL["deepfm"])
    network = method._network(data).eval()
    method.arrays = network.sides(len(data.users), len(data.items)) | network.apart()
    method._remember(data)
    items = np.array([0, 5, 9])
    names, values, rest = attribution.by_field(method, 3, items)
    kept = {key: value.clone() for key, value in network.state_dict().items() if key.startswith(("vectors", "linear"))}
    total = dict.fromkeys(kept, 0.0)
    steps = 200
    for step in range(steps):
        network.load_state_dict(network.state_dict() | {key: value * (step + 0.5) / steps for key, value in kept.items()})
        network.zero_grad()
        network(torch.tensor([3]), torch.tensor([5])).sum().backward()
        for key in kept:
            total[key] += float((network.get_parameter(key).grad * kept[key]).sum()) / steps
    fields = 2 + len(method.facts["fields"][0]) + len(method.facts["fields"][1])
    by_torch = sorted(total[f"vectors.{f}.weight"] + total[f"linear.{f}.weight"] for f in range(fields))
    assert sorted(values[:, 1][values[:, 1] != 0]) == pytest.approx(by_torch, abs=1e-5)
    assert attribution.USER in names and attribution.ITEM in names and rest.shape == (3,)


def test_a_fact_that_decides_alone_gets_nearly_all() -> None:
    """Everybody chooses what is hot, whichever item it is: ids and other facts say nothing."""
    generator = np.random.default_rng(0)
    hot, kinds = np.arange(3000) < 1000, generator.integers(0, 3, 3000)
    rows = [
        {"user": f"u{u}", "item": f"i{i}", "heat": "hot" if hot[i] else "cold", "kind": f"k{kinds[i]}|all"}
        for u in range(150) for i in (*generator.choice(1000, 18, False), *generator.choice(np.arange(1000, 3000), 2, False))
    ]  # fmt: skip
    data = read(Table(pd.DataFrame(rows), "hot"), Columns("user", "item"))
    method: Any = methods.make("deepfm", width=8, epochs=4, rate=5e-3, decay=1.0, batch=256).fit(data)
    items = np.array([place for name, place in data.item_number.items() if int(name[1:]) < 1000])
    cold = np.array([place for name, place in data.item_number.items() if int(name[1:]) >= 1000])
    names, values, _ = attribution.by_field(method, 0, np.concatenate([items, cold]))
    means = {name: row[: len(items)].mean() - row[len(items) :].mean() for name, row in zip(names, values)}
    heat = means["heat: hot"] + means["heat: cold"]
    assert heat > 0.8 * sum(means.values()), means
    assert {"kind: k0", "kind: k1", "kind: k2", "kind: all", attribution.USER, attribution.ITEM} <= set(names)


def test_numbers_are_named_by_their_bounds() -> None:
    from models.recommend.methods.fields import fields, level_names

    facts = pd.DataFrame({"year": [*range(1900, 2000), np.nan], "genre": ["a|b"] * 100 + [None]})
    (_, years), (_, genres) = level_names(facts)
    levels = fields(101, facts)[1][0][:, 0]
    for row in (0, 33, 99):
        low, high = years[levels[row]].split("–")
        assert float(low or -np.inf) <= facts["year"][row] <= float(high or np.inf)
    assert years[levels[100]] == "?" and genres == ["?", "a", "b"]


def test_without_what_it_shares_with_the_like_an_item_of_ncf_falls(data: Any, fitted: Any) -> None:
    """Items of the user's taste are near, and taking away what they share costs more than with what is far."""
    who, places = asker(data, 2), np.array([data.item_number[f"a{n}"] for n in range(12)])
    places = places[~np.isin(places, who.liked)]
    found = parts.parts_of(base_of(data), fitted["ncf"], who, places)
    is_taste = np.array([data.items[item] != "all" for item in who.liked])
    assert found.nearness is not None and found.nearness[is_taste].mean() > found.nearness[~is_taste].mean()
    assert found.values[is_taste].mean() > 0.3
    whole = fitted["ncf"].scores(np.array([2]))[0][places]
    far = np.array([data.item_number[f"b{n}"] for n in range(12)])
    _, cosines = attribution.by_removal(fitted["ncf"], 2, far, places)
    assert cosines.mean() < found.nearness[is_taste].mean() - 0.5
    kept = fitted["ncf"].arrays
    saved = kept["item_vectors"].copy(), kept["item_hidden"].copy()
    try:  # the same by changing the item itself
        item, like = places[0], who.liked[1]
        for name in ("item_vectors", "item_hidden"):
            mean = kept[name][data.item].mean(0)
            way = (kept[name][like] - mean) / np.linalg.norm(kept[name][like] - mean)
            kept[name][item] = kept[name][item] - ((kept[name][item] - mean) @ way) * way
        assert whole[0] - fitted["ncf"].scores(np.array([2]))[0][item] == pytest.approx(found.values[1, 0], abs=1e-4)
    finally:
        kept["item_vectors"], kept["item_hidden"] = saved


def test_members_of_a_fused_list_add_up_and_what_they_learnt_is_in_it(data: Any, fitted: Any) -> None:
    added = parts.members_of(fitted["fused"], asker(data, 4))
    assert sum(added.values()) == pytest.approx(fitted["fused"].scores(np.array([4]))[0], abs=1e-5)
    ease = standardized(fitted["ease"].scores(np.array([4])))[0]
    assert added["ease"] == pytest.approx(WEIGHTS["ease"] * ease, abs=1e-5)


@pytest.mark.parametrize("name", ["deepfm", "bpr", "ncf", "fused", "popularity", "ease", "als"])
def test_every_trained_run_answers_with_reasons(name: str, answered: Any, tmp_path: Any) -> None:
    report = answered(name, tmp_path, user="u4", diversity=0.0)
    cards, bars, heat = of(report, "Recommended"), of(report, "Why the first is there"), of(report, "Why each is there")
    assert isinstance(cards, Cards) and len(cards.items) == 3 and all(card.notes for card in cards.items)
    assert isinstance(bars, Ranking) and len(bars.names) >= 2
    assert (heat is None) == (name == "popularity") and (heat is None or isinstance(heat, Matrix))
    assert report.evidence.answered_by == methods.TITLES[name]
    assert dump(load(dump(report))) == dump(report)
    assert not untranslated(report, tastes())
    titles = [card.name for card in cards.items]
    assert name == "popularity" or {title.split()[-1][0] for title in titles} == {"a"}
    if name == "fused":
        shares = of(report, "Members of the fused list")
        assert set(bars.names) > {methods.TITLES[member] for member in ("deepfm", "ncf", "bpr", "popularity")} == set(bars.words)
        assert all(str(note.values["item"]).startswith("Title of") for card in cards.items for note in card.notes)
        frame = of(report, "The list as a table").frame
        assert sum(shares.values) == pytest.approx(frame["score"][0], abs=1e-3)
        assert of(report, "Why the first is there: DeepFM") and of(
            report, "Why the first is there: Neural collaborative filtering"
        )
    if name == "popularity":
        assert all(str(card.notes[0]).startswith(f"chosen by {int(n)} of 60") for card, n in zip(cards.items, bars.values))
    tried = answered(name, tmp_path, user="u4", diversity=0.9, top=4)
    assert [card.name for card in of(tried, "Recommended").items][:3] != titles or name == "als", "the slider does nothing"


@pytest.mark.parametrize("name", ["deepfm", "bpr", "ncf", "fused"])
def test_who_is_not_known_is_told_so_in_a_sentence(name: str, answered: Any, tmp_path: Any) -> None:
    for given in ({"liked": "Title of a1"}, {"user": "u4", "liked": "Title of b1"}):
        with pytest.raises(InputError, match="knows only"):
            answered(name, tmp_path, **given)
    with pytest.raises(InputError, match="no user nobody"):
        answered(name, tmp_path, user="nobody")


def test_made_up_users_get_lists_by_what_can_answer_them(answered: Any, tmp_path: Any) -> None:
    for name in ("popularity", "ease", "als"):
        assert len(of(answered(name, tmp_path, liked="Title of a1; Title of a2"), "Recommended").items) == 3


def test_a_deepfm_without_its_fields_is_to_be_trained_once_more(data: Any, answered: Any, fitted: Any, tmp_path: Any) -> None:
    old = fitted["deepfm"].arrays
    fitted["deepfm"].arrays = {name: array for name, array in old.items() if not name.startswith(("first", "field"))}
    try:
        with pytest.raises(InputError, match="once more"):
            answered("deepfm", tmp_path, user="u4")
    finally:
        fitted["deepfm"].arrays = old
