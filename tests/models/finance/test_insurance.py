"""Pricing: relativities whose truth is known, saving, measuring, and what is no table of policies."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import Context, InputError, Table, UserError, dump, load
from core.learning.pricing import unit_deviance
from core.lifecycle import train_pricing
from core.lifecycle.train import train
from core.samples import policies
from models.finance.insurance import CAPABILITY, PricePolicies, TrainPricing
from models.finance.pricing.premiums import report
from models.finance.pricing.tariff import Tariff

QUICK = {"rounds": 30}
TRUE = {"a": 1.0, "b": 2.0, "c": 0.5}


def portfolio(rows: int = 6_000, seed: int = 0) -> pd.DataFrame:
    """Three zones with relativities 1, 2, 0.5, an age that says nothing, losses of mean 100 (zone b: 150)."""
    random = np.random.default_rng(seed)
    zone = random.choice(list(TRUE), rows, p=(0.5, 0.3, 0.2))
    exposure = random.uniform(0.3, 1.0, rows).round(3)
    claims = random.poisson(0.3 * exposure * np.array([TRUE[z] for z in zone]))
    loss = random.gamma(np.where(claims > 0, 2.0 * claims, 1), np.where(zone == "b", 75, 50)) * (claims > 0)
    return pd.DataFrame({
        "zone": zone, "age": random.integers(18, 80, rows), "month": pd.date_range("2023-01-01", periods=rows,
                                                            freq="h").astype(str),
        "holder": random.integers(0, rows // 3, rows), "exposure": exposure, "claims": claims, "loss": loss.round(2),
    })  # fmt: skip


def asked(**more: object) -> TrainPricing:
    return TrainPricing(**{"exposure": "exposure", "loss": "loss", "without": ("holder", "month"), **QUICK, **more})


@pytest.fixture(scope="module")
def trained():
    return train(CAPABILITY, Table(portfolio(), "portfolio"), asked(), Context())


def test_relativities_are_the_planted_ones(trained) -> None:
    rating = trained.model.ratings["frequency"]
    zone = next(place for place, column in enumerate(rating.columns) if column.name == "zone")
    for title, factor, low, high in zip(rating.columns[zone].titles, rating.factors[zone], rating.low[zone], rating.high[zone]):
        assert low <= TRUE[title] <= high or TRUE[title] == factor == 1
    severity = trained.model.ratings["severity"]
    place = [column.name for column in severity.columns].index("zone")
    factors = dict(zip(severity.columns[place].titles, severity.factors[place]))
    assert factors["b"] / factors["a"] == pytest.approx(1.5, rel=0.15)


def test_every_method_beats_one_price_for_all_and_the_card_says_so(trained) -> None:
    card = trained.report.evidence
    assert card.baseline == 0.0 and card.interval[0] > 0.1 and card.score == trained.metrics["gini"]
    assert trained.metrics["explained"] > 0.02
    assert trained.metrics["balance"] == pytest.approx(1, abs=0.2)
    assert dump(load(dump(trained.report))) == dump(trained.report)
    assert set(trained.model.methods) == {"glm_product", "glm_tweedie", "lightgbm_product", "lightgbm_tweedie"}


def test_prices_add_up_on_the_rows_learnt_from(trained) -> None:
    table, params, _ = train_pricing.prepared(Table(portfolio(), "portfolio"), asked())
    learnt = table.frame.iloc[train_pricing.split_policies(table, params).train]
    for method in trained.model.methods:
        total = (trained.model.expected(learnt, method) * learnt["exposure"]).sum()
        assert total == pytest.approx(learnt["loss"].sum(), rel=1e-6)


def test_a_saved_tariff_prices_the_same_and_is_plain_files(trained, tmp_path: Path) -> None:
    trained.model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".txt"}
    again = Tariff.load(tmp_path)
    fresh = portfolio(50, seed=9).drop(columns=["claims", "loss"])
    fresh.loc[0, "zone"] = "never seen"
    fresh.loc[1, "age"] = np.nan
    for method in trained.model.methods:
        assert np.allclose(again.expected(fresh, method), trained.model.expected(fresh, method))
    assert np.isfinite(again.expected(fresh)).all()


def test_premiums_carry_their_loadings(trained) -> None:
    fresh = portfolio(40, seed=9).drop(columns=["claims", "loss"])
    params = PricePolicies(expense=0.3, profit=0.1, fixed=6)
    found = report(trained.model, Table(fresh, "new"), params, trained.report.evidence)
    table = found.sections[-1].result.frame
    expected = (table["pure premium"] + 6 * fresh["exposure"]) / 0.6
    assert np.allclose(table["premium with loadings"], expected, atol=0.05)
    with pytest.raises(InputError, match="less than 1"):
        report(trained.model, Table(fresh, "new"), PricePolicies(expense=0.9, profit=0.2), trained.report.evidence)
    with pytest.raises(InputError, match="zone"):
        report(trained.model, Table(fresh.drop(columns="zone"), "new"), PricePolicies(), trained.report.evidence)


def test_the_cells_of_1973_give_the_published_model() -> None:
    """Venables and Ripley's main effects: residual deviance 51.42 on 54 degrees of freedom, district 4 exp(.2342)."""
    table = samples.load("car_insurance_1973")
    params = CAPABILITY.learner.params(target="claims", exposure="holders", **QUICK)
    model = CAPABILITY.learner.fit(table, Table(table.frame.head(0), table.name), params, Context())
    expected = model.expected(table.frame, "glm_product")
    holders = table.frame["holders"].to_numpy(float)
    deviance = (holders * unit_deviance(table.frame["claims"].to_numpy() / holders, expected, 1.0)).sum()
    assert deviance == pytest.approx(51.42, abs=0.01)
    rating = model.ratings["frequency"]
    district = [column.name for column in rating.columns].index("district")
    factors = dict(zip(rating.columns[district].titles, rating.factors[district]))
    assert np.log(factors["4"] / factors["1"]) == pytest.approx(0.234205, abs=1e-4)


def test_the_simulated_policies_are_as_said() -> None:
    frame = samples.load("motor_policies").frame
    frequency, severity = policies.true_rates(frame)
    assert (frequency * frame["exposure"]).sum() == pytest.approx(frame["claims"].sum(), rel=0.05)
    assert frame["claims"].sum() / frame["exposure"].sum() == pytest.approx(0.10, abs=0.01)
    assert (frequency * severity * frame["exposure"]).sum() == pytest.approx(frame["loss"].sum(), rel=0.06)


@pytest.mark.parametrize("split", [{"group": "holder"}, {"time": "month"}])
def test_groups_and_times_stay_on_their_side(split: dict[str, str]) -> None:
    table, params, _ = train_pricing.prepared(Table(portfolio(600), "p"), asked(**split))
    found = train_pricing.split_policies(table, params)
    (column,) = split.values()
    first, last = (table.frame[column].iloc[rows] for rows in (found.train, found.test))
    assert not set(first) & set(last)
    assert "time" not in split or first.max() < last.min()


def test_what_is_written_after_a_claim_is_left_out_and_said() -> None:
    frame = portfolio(800).assign(paid_by_cheque=lambda f: (f["claims"] > 0) * 3.0)
    _, params, notices = train_pricing.prepared(Table(frame, "p"), asked())
    assert "paid_by_cheque" in params.without and "age" not in params.without
    assert "paid_by_cheque" in str(notices[-1])


def test_rows_that_cannot_be_used_are_counted() -> None:
    frame = portfolio(400).astype({"exposure": float, "claims": float})
    frame.loc[0, "exposure"], frame.loc[1, "exposure"], frame.loc[2, "claims"] = 0, np.inf, -1
    table, _, notices = train_pricing.prepared(Table(frame, "p"), asked())
    assert len(table) == 397 and "3" in str(notices[0])


def bad(**changes: object) -> pd.DataFrame:
    return portfolio(200).assign(**changes)


BAD = {
    "empty": portfolio(200).head(0), "one row": portfolio(200).head(1), "no claims": bad(claims=0, loss=0.0),
    "claims as text": bad(claims="many"), "claims missing": bad(claims=np.nan), "exposure as text": bad(exposure="long"),
    "all infinite": bad(exposure=np.inf), "negative": bad(claims=-1), "losses all nothing": bad(loss=0.0),
    "no columns": portfolio(200)[["exposure", "claims", "loss"]], "one value only": portfolio(200)[["exposure", "claims",
                                                            "loss"]].assign(z=1),
    "columns missing": pd.DataFrame({"a": [1, 2], "b": [3, 4]}), "all features missing": bad(zone=None, age=None),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_of_policies_gets_one_sentence(name: str) -> None:
    wanted = asked(without=()) if "holder" not in BAD[name] else asked()
    with pytest.raises(UserError) as caught:
        train(CAPABILITY, Table(BAD[name], "bad"), wanted, Context())
    assert str(caught.value).endswith(".") and "Traceback" not in str(caught.value)


def test_columns_of_nothing_and_chinese_names_are_no_trouble() -> None:
    frame = portfolio(900).rename(columns={"claims": "索赔次数", "exposure": "风险暴露", "loss": "赔款", "zone": "地区"})
    nothing = pd.DataFrame({f"空{k}": np.nan for k in range(300)}, index=frame.index)
    table = Table(pd.concat([frame, nothing], axis=1), "中文")
    params = asked(target="", exposure="风险暴露", loss="赔款", rounds=10)
    found = train(CAPABILITY, table, params, Context())
    assert "地区" in found.model.features.names and found.model.roles["claims"] == "索赔次数"
