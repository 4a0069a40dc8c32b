"""What a tariff says of the columns: relativities with intervals, the rating table, effects of trees beside the GLM's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Message, Ranking, Records, Section, Series, Table
from core.language import N_

if TYPE_CHECKING:
    from models.finance.pricing.tariff import Tariff

SHOWN_FACTORS, SHOWN_EFFECTS = 24, 4
ASKED = 1_000  # policies over which an effect is averaged
PLACES = 25


def sections(tariff: Tariff, parts: Sequence[Table], context: Context) -> tuple[Section, ...]:
    """Relativities of the frequency, effects of the columns that move the price most, the whole rating table."""
    found: list[Any] = [relativities(tariff)]
    found += effects(tariff, parts[0], context)
    found.append(rating_table(tariff))
    return tuple(Section(result.title, result) for result in found if result is not None)


def relativities(tariff: Tariff) -> Ranking | None:
    """The levels that multiply the frequency most, up or down."""
    rating = tariff.ratings["frequency"]
    rows = [(f"{column.name}: {title}", factor, low, high)
            for column, factors, lows, highs in zip(rating.columns, rating.factors, rating.low, rating.high)
            for place, (title, factor, low, high) in enumerate(zip(column.titles, factors, lows,
                                                            highs)) if place != column.base]  # fmt: skip
    if not rows:
        return None
    rows = sorted(sorted(rows, key=lambda row: -abs(np.log(row[1])))[:SHOWN_FACTORS], key=lambda row: -row[1])
    names, values, low, high = zip(*rows)
    return Ranking(
        N_("Relativities of the frequency (GLM)"), names, values, "×",
        N_("What a level multiplies the number of claims by, against the level with the most exposure (1.00), all else equal; "
           "95 % Wald intervals. An interval that holds 1 may be chance."), low, high,
    )  # fmt: skip


def rating_table(tariff: Tariff) -> Records:
    """Every level of every column with its relativities, base levels too, and the price of the base."""
    import pandas as pd

    titles = {"frequency": N_("frequency"), "severity": N_("severity"), "premium": N_("premium (Tweedie)")}
    bases = {
        "frequency": N_("frequency, base price"), "severity": N_("severity, base price"),
        "premium": N_("premium (Tweedie), base price"),
    }  # fmt: skip
    rows = []
    for part, rating in tariff.ratings.items():
        rows.append({
            N_("of"): bases[part], N_("column"): "", N_("level"): "", N_("relativity"): rating.base,
            N_("low"): rating.spread[0], N_("high"): rating.spread[1],
        })  # fmt: skip
        for column, factors, lows, highs in zip(rating.columns, rating.factors, rating.low, rating.high):
            rows += [{"of": titles[part], "column": column.name, "level": title, "relativity": f, "low": a, "high": b}
                     for title, f, a, b in zip(column.titles, factors, lows, highs)]  # fmt: skip
    told = Message(N_("Multiply the base price by one relativity of each column. Levels that are rare or without claims cost "
                      "what the base costs. So that all prices add up on the rows learnt from, those of frequency × severity "
                      "are then multiplied by {product}, those of Tweedie by {tweedie}."), {
        "product": f"{tariff.balance.get('glm_product', 1):.3f}", "tweedie": f"{tariff.balance.get('glm_tweedie', 1):.3f}",
    })  # fmt: skip
    if not tariff.has_loss:
        told = Message(N_("Multiply the base price by one relativity of each column. Levels that are rare or without claims "
                          "cost what the base costs."))  # fmt: skip
    return Records(N_("Rating table of the GLM"), pd.DataFrame(rows).round(4), told, words=("of",))


def effects(tariff: Tariff, learnt: Table, context: Context) -> list[Series | Ranking]:
    """Mean price as one column takes its values and the others stay as they are (partial dependence, Friedman 2001)."""
    rows = np.random.default_rng(0).permutation(len(learnt))[:ASKED]
    frame = learnt.frame.iloc[np.sort(rows)]
    typed = tariff.typed(frame)
    pair = [name for name in tariff.methods if name.endswith("tweedie")] or list(tariff.methods)
    booster = tariff.boosters.get("premium") or tariff.boosters["frequency"]
    order = np.argsort(-booster.feature_importance("gain"), kind="stable")[:SHOWN_EFFECTS]
    found: list[Series | Ranking] = []
    for name in [tariff.features.names[k] for k in order]:
        context.check()
        values = _places(tariff, typed, name)
        if len(values) < 2:
            continue
        lines: dict[str, list[float]] = {tariff.methods[method]: [] for method in pair}
        for value in values:
            moved = typed.copy()
            moved[name] = _filled(typed[name], value)
            for method in pair:
                price = tariff.raw(moved, method) * tariff.balance[method]
                lines[tariff.methods[method]].append(float(price.mean()))
        found.append(Series(
            Message(N_("Effect of {column}"), {"column": name}), tuple(values), {k: tuple(v) for k, v in lines.items()}, name,
            N_("Money a unit of exposure") if tariff.has_loss else N_("Claims a unit of exposure"),
            N_("Mean price of policies learnt from if this column alone were changed. The GLM has steps, one a level."),
        ))  # fmt: skip
    return found


def _places(tariff: Tariff, typed: Any, name: str) -> list[Any]:
    if name in tariff.features.categories:
        return [level for level in tariff.features.categories[name][:PLACES] if (typed[name] == level).any()]
    values = typed[name].dropna().to_numpy()
    if not len(values):
        return []
    distinct = np.unique(values)
    if len(distinct) <= PLACES:
        return [float(v) for v in distinct]
    return [float(v) for v in np.unique(np.quantile(values, np.linspace(0.01, 0.99, PLACES), method="nearest"))]


def _filled(column: Any, value: Any) -> Any:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical([value] * len(column), dtype=column.dtype)
    return np.full(len(column), value)
