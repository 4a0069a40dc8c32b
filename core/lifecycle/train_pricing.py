"""From policies and their claims to a tariff and an honest report: cleaned, split, fitted, measured on policies it never saw.

The fitted model has, besides `save` and `describe` (`method`), these: `methods` (titles by id), `chosen` (an id), `power`,
`expected(frame, method)` -> price a unit of exposure, and `sections(parts, context)`, what it says of the columns.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import samples
from core.contracts import Capability, Context, Evidence, InputError, Message, Metric, Metrics, Records, Report, Section, Table
from core.language import N_
from core.lifecycle import evaluate_pricing as measures
from core.lifecycle.columns import need_column
from core.lifecycle.evaluate_pricing import Measured
from core.lifecycle.span import Span
from core.lifecycle.split import Split, split_rows

if TYPE_CHECKING:
    import pandas as pd

    from core.lifecycle.train import Trained

LEAST, LEAST_CLAIMED = 30, 10  # rows in all, and with a claim
READABLE = 0.5  # share of the cells of a column that must be numbers
GIVEN_AWAY = 0.98  # AUC from which a column tells which policies had claims
FEW_CLAIMED = 200  # policies with a claim to measure with, below which the card says so
_CLAIMED = "_panorama_claimed"
_HOW = N_("By row, same share of policies with many claims: {train} rows to learn from, {validation} to choose by, {test} to "
          "measure with.")  # fmt: skip


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Trains a tariff and measures it: the policies to measure with reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    context.progress(0.0, N_("Looking at the policies"))
    table, params, notices = prepared(table, params)
    split = split_policies(table, params)
    context.log(str(split.how))
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.03, 0.7)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.progress(0.7, N_("Measuring on policies that were never learnt from"))
    measured = measure(model, parts, params, split)
    shown = (*measures.sections(measured), *model.sections(parts, Span(context, 0.85, 0.95)))
    context.check()
    report = _report(capability, model, table, (measured, split), (shown, fitting, notices), seconds)
    context.progress(1.0, N_("Done"))
    others = {measured.base: measured.metrics(measured.base)}
    return Trained(model, report, measured.metrics(), others, split, ())


def prepared(table: Table, params: Any) -> tuple[Table, Any, tuple[Message, ...]]:
    """The policies that can be used, with numbers as numbers; params with their columns; and what was left out.

    Raises InputError for a missing column, one that holds no numbers, too few policies or too few claims.
    """
    params = _with_columns(table, params)
    frame = table.frame.copy(deep=False)
    for name in filter(None, (params.target, params.exposure, params.loss)):
        frame[name] = _numbers(frame, name)
    claims = frame[params.target]
    if params.loss:
        frame[params.loss] = frame[params.loss].mask(frame[params.loss].isna() & (claims == 0), 0.0)
    good = claims.ge(0)
    if params.exposure:
        good &= frame[params.exposure].gt(0)
    if params.loss:
        good &= frame[params.loss].ge(0)
    left = int((~good).sum())
    frame = frame[good].reset_index(drop=True)
    if len(frame) < LEAST:
        raise InputError(N_("There are {count} usable policies, too few to price by: give at least {least}, with exposure above "
                            "0 and claims and losses of 0 or more."), count=len(frame), least=LEAST)  # fmt: skip
    claimed = int((frame[params.target] > 0).sum())
    if claimed < LEAST_CLAIMED or (params.loss and not frame[params.loss].sum() > 0):
        raise InputError(N_("Only {count} policies had a claim with a loss, too few to learn from: give at least {least}."),
                         count=claimed, least=LEAST_CLAIMED)  # fmt: skip
    notices = list(table.notices)
    if left:
        notices.append(Message(N_("Policies without a usable exposure, claim count or loss that were left out: {count}."),
                               {"count": left}))  # fmt: skip
    telling = _given_away(frame, params)
    if telling:
        params = params.model_copy(update={"without": (*params.without, *telling)})
        notices.append(Message(N_("These columns tell which policies had claims, as if written afterwards, and were left out: "
                                  "{columns}."), {"columns": ", ".join(telling)}))  # fmt: skip
    return Table(frame, table.name, table.digest, table.notices), params, tuple(notices)


def _with_columns(table: Table, params: Any) -> Any:
    from core.intake.roles import guess

    target = params.target or guess(table.frame, "claims")
    if not target:
        raise InputError(N_("Choose the column with the number of claims: none of the columns looks like it. The table has: "
                            "{columns}."), columns=", ".join(map(str, table.columns[:20])))  # fmt: skip
    named = [name for name in (target, params.exposure, params.loss) if name]
    for name in (*named, params.group, params.time, *params.without):
        need_column(table, name)
    if len(set(named)) < len(named):
        raise InputError(N_("Claims, exposure and loss must be different columns. Choose them again."))
    if 0 < params.power <= 1:
        raise InputError(N_("The Tweedie power lies between 1 and 2, or is 0 to be found. Correct it."))
    return params.model_copy(update={"target": target})


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    """float64, not-a-number where a cell is none. Thousands may be parted by commas."""
    import pandas as pd

    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column):
        column = pd.to_numeric(column.astype("str").str.replace(",", "").str.strip(), errors="coerce")
    column = column.astype("float64").replace([np.inf, -np.inf], np.nan)
    if column.notna().mean() < READABLE and frame[name].notna().any():
        raise InputError(N_("The column {column} holds no numbers. Choose another one."), column=name)
    return column


def _given_away(frame: pd.DataFrame, params: Any) -> list[str]:
    """Columns of numbers that tell nearly exactly which policies had claims."""
    import pandas as pd

    claimed = (frame[params.target] > 0).to_numpy()
    if not 0 < claimed.mean() < 0.5:
        return []
    found = []
    for name in frame.columns:
        if name in params.unlearnt or not pd.api.types.is_numeric_dtype(frame[name]) or pd.api.types.is_bool_dtype(frame[name]):
            continue
        ranks = frame[name].fillna(frame[name].min() - 1 if frame[name].notna().any() else 0).rank().to_numpy()
        yes = int(claimed.sum())
        auc = (ranks[claimed].sum() - yes * (yes + 1) / 2) / (yes * (len(ranks) - yes))
        if max(auc, 1 - auc) >= GIVEN_AWAY:
            found.append(str(name))
    return found


def split_policies(table: Table, params: Any) -> Split:
    """As `split_rows`, with the same share of policies that had claims (where most had some: many) on both sides."""
    claims = table.frame[params.target]
    many = claims > claims.median() if (claims > claims.median()).any() else claims > 0
    frame = table.frame.assign(**{_CLAIMED: np.where(many, "many", "few")})
    split = split_rows(Table(frame, table.name, table.digest), params.model_copy(update={"target": _CLAIMED}))
    if split.kind == "random":
        split = replace(split, how=Message(_HOW, split.how.values))
    for rows in (split.train, split.test):
        if not claims.iloc[rows].sum() > 0:
            raise InputError(N_("One side of the split has no claim at all: choose another split."))
    return split


def measure(model: Any, parts: list[Table], params: Any, split: Split) -> Measured:
    """The prices of all methods for the test policies, each priced once."""
    import pandas as pd

    def observed(part: Table) -> tuple[np.ndarray, np.ndarray]:
        exposure = part.frame[params.exposure].to_numpy(float) if params.exposure else np.ones(len(part))
        return exposure, part.frame[params.loss or params.target].to_numpy(float)

    learnt, outcome = observed(parts[0])
    exposure, seen = observed(parts[2])
    groups = None
    if split.kind == "group":
        codes = pd.factorize(parts[2].frame[str(split.how.values["column"])].astype("str"))[0]
        groups = np.asarray(codes)
    prices = {title: model.expected(parts[2].frame, name) for name, title in model.methods.items()}
    return Measured(exposure, seen / exposure, float(outcome.sum() / learnt.sum()), prices, model.methods[model.chosen],
                    model.power,
                    bool(params.loss), groups, params.seed, _truth(parts[2], params))  # fmt: skip


def _truth(test: Table, params: Any) -> np.ndarray | None:
    """What the simulation drew from, where the table is the simulated sample."""
    from core.samples import policies

    if test.name != policies.NAME or not params.loss or test.digest != samples.load(policies.NAME).digest:
        return None
    frequency, severity = policies.true_rates(test.frame)
    return np.asarray(frequency * severity)


def _report(
    capability: Capability, model: Any, table: Table, found: tuple[Measured, Split],
    shown: tuple[tuple[Section, ...], Span, tuple[Message, ...]], seconds: float,
) -> Report:  # fmt: skip
    (measured, split), (sections, fitting, notices) = found, shown
    title = measures.TITLES["gini"][0]
    value, (low, high) = measured.metrics()["gini"], measured.intervals().get("gini", (measured.metrics()["gini"],) * 2)
    values: dict[str, object] = {
        "score": f"{value:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}", "count": f"{len(measured.exposure):,}",
        "method": Message(measured.chosen), "explained": f"{measured.metrics()['explained']:.1%}",
        "balance": f"{measured.metrics()['balance']:.2f}", "data": table.name,
    }  # fmt: skip
    summary = Message(N_("{method} sets the price. On {count} policies of {data} that were never learnt from its Gini index is "
                         "{score} (95 % interval {low} to {high}; one price for all: 0), it explains {explained} of the "
                         "deviance, and all prices together are {balance} × what was paid."), values)  # fmt: skip
    truth = measured.metrics(measures.TRUTH)["gini"] if measured.truth is not None else None
    evidence = Evidence(
        metric=title, score=value, interval=(low, high), baseline=0.0, baseline_name=measured.base, reference=truth,
        reference_source="core/samples/policies.py" if truth is not None else "",
        reference_protocol=N_("The same policies, priced by what the simulation draws from") if truth is not None else "",
        data=samples.called(table.name), rows=len(measured.exposure), answered_by=str(model.describe()["method"]),
        caveats=_caveats(measured, table), seconds=seconds,
    )  # fmt: skip
    sections = (*sections, *(Section(series.title, series) for series in fitting.curves()),
                Section(N_("Split"), _split(split), split.how), Section(N_("Training"), _cost(model, seconds)))  # fmt: skip
    return Report(capability.title, summary, sections, evidence, notices)


def _caveats(measured: Measured, table: Table) -> tuple[Any, ...]:
    found: list[Any] = []
    known = samples.catalogue().get(table.name)
    if known is not None:
        found += known.caveats
    claimed = int((measured.observed > 0).sum())
    if claimed < FEW_CLAIMED:
        found.append(Message(N_("Measured on {count} policies with a claim only: the intervals are wide."), {"count": claimed}))
    if not measured.money:
        found.append(N_("Without a loss column this is the frequency of claims, not what they cost."))
    else:
        values: dict[str, object] = {"share": f"{measures.influence(measured):.0%}"}
        found.append(Message(N_("One in a hundred policies brings {share} of the deviance: large losses decide, and are mostly "
                                "luck."),
                             values))  # fmt: skip
    return tuple(found)


def _split(split: Split) -> Records:
    import pandas as pd

    parts = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    return Records(N_("Policies of each part"), pd.DataFrame({name: [len(rows)] for name, rows in parts.items()}), split.how)


def _cost(model: Any, seconds: float) -> Metrics:
    facts = model.describe()
    found = [Metric(N_("Time to learn"), seconds, N_("seconds")), Metric(N_("Columns learnt from"),
                                                            float(len(facts["columns"])), N_("columns")),
             Metric(N_("Trees in all"), float(sum(facts["trees"].values())), N_("trees"))]  # fmt: skip
    if model.power > 1:
        found.append(Metric(N_("Tweedie power"), float(model.power), N_("of the variance")))
    return Metrics(tuple(found))
