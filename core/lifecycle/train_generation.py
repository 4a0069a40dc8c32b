"""From pictures to a generator and an honest report: split by picture, fitted, measured against pictures it never saw.

The fitted model has, besides `save` and `describe` (`method`, `features` in words), these methods; pictures are uint8
(n, height, width, channels):
    generate(count, seed, context, first=False) -> pictures; `first` those of the generator after its first epoch
    pictures(table, context) -> the real ones of a table, in the same form
    features(pictures, context) -> float (n, k), by which drawn and real ones are compared
    sections(context) -> how it learnt, to show
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Ranking,
    Records,
    Report,
    Section,
    Table,
)
from core.language import N_
from core.lifecycle import frechet
from core.lifecycle.answers import THIS
from core.lifecycle.columns import SPLIT_COLUMN, need_column
from core.lifecycle.evaluate import SCORES
from core.lifecycle.span import Span
from core.lifecycle.split import Split

if TYPE_CHECKING:
    from core.lifecycle.train import Trained

PICTURE = "picture"
LEAST = 30  # pictures in all
VALIDATION_SHARE = 0.1  # of those that are not measured with
MOST_VALIDATED, MOST_MEASURED = 500, 1_000
DRAWN_SEED = 500_000  # of the first picture that is measured: none that the training showed
FIRST, NOISE, REAL = N_("after the first epoch"), N_("pictures of noise"), N_("other real pictures")
_FALL = N_("the generator after its first epoch")


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Trains a generator and measures it: the pictures to measure with reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    context.progress(0.0, N_("Looking for pictures that come twice"))
    table = chosen(table, params)
    split = split_pictures(table, params, context)
    context.log(str(split.how))
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.03, 0.85)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.progress(0.86, N_("Measuring on pictures that were never learnt from"))
    metrics, intervals, counts = measure(model, parts[0], parts[2], params.seed, Span(context, 0.86, 0.97))
    context.progress(0.97, N_("Drawing the filmstrip"))
    sections = model.sections(context)
    report = _report(capability, model, table, params, split, metrics, intervals, counts, (sections, fitting.curves()), seconds)
    context.progress(1.0, N_("Done"))
    return Trained(model, report, metrics, {}, split, ())


def chosen(table: Table, params: Any) -> Table:
    """The rows of the label that `params.only` names, where it names one. Raises InputError where there are none."""
    if PICTURE not in table.frame:
        raise InputError(N_("There are no pictures in this table. Give a ZIP archive of pictures to learn from."))
    only = getattr(params, "only", "")
    if not only:
        return table
    column = params.target or "label"
    need_column(table, column)
    rows = table.frame[column].astype(str) == only
    if not rows.any():
        raise InputError(N_("No picture has the label {name} in the column {column}. Choose another one, or leave it empty."),
                         name=only, column=column)  # fmt: skip
    return Table(table.frame[rows].reset_index(drop=True), table.name, table.digest, table.notices)


def split_pictures(table: Table, params: Any, context: Context) -> Split:
    """As the column `split` says, where it does; else at random. The same picture, or pictures of one group, never stand on both
    sides.

    Raises InputError for fewer than `LEAST` pictures, or a split that cannot be made.
    """
    frame = table.frame
    if len(frame) < LEAST:
        raise InputError(N_("There are {count} pictures, too few to learn to draw from: give at least {least}."),
                         count=len(frame), least=LEAST)  # fmt: skip
    if params.split == "time":
        raise InputError(N_("Pictures are split at random, by group or as given: choose one of these."))
    units = _units(table, params, context)
    generator = np.random.default_rng(params.seed)
    said = frame[SPLIT_COLUMN].astype(str).str.lower() if SPLIT_COLUMN in frame else None
    known = said is not None and {"train", "test"} <= set(said) <= {"train", "test", "validation"}
    if params.split == "given" and not known:
        raise InputError(N_("The column {column} must say train or test (or validation) in every row, and both must occur. "
                            "Mend it, or choose another split."), column=SPLIT_COLUMN)  # fmt: skip
    if said is not None and known and params.split in ("auto", "given"):
        kind, test = "given", np.flatnonzero(said == "test")
        rest = np.flatnonzero((said != "test").to_numpy() & ~np.isin(units, units[test]))
    else:
        kind, (rest, test) = (
            "group" if params.group else "random",
            _drawn(np.arange(len(frame)), units, params.test_share, generator),
        )
    if len(rest) < 2 or not len(test):
        raise InputError(
            N_("The split leaves no rows to learn from or none to measure with: choose another split or test share.")
        )
    learnt, validation = _drawn(rest, units, min(VALIDATION_SHARE, MOST_VALIDATED / len(rest)), generator)
    left_out = len(frame) - len(rest) - len(test)
    values: dict[str, object] = {
        "train": len(learnt), "validation": len(validation), "test": len(test), "copies": len(units) - len(set(units.tolist())),
        "left_out": left_out,
    }  # fmt: skip
    how = Message(N_("{train} pictures to learn from, {validation} to choose by, {test} to measure with; {copies} pictures come "
                     "again or belong to a group and stay on one side, {left_out} are left out for that."), values)  # fmt: skip
    return Split(learnt, validation, np.sort(test), how, kind, left_out)


def measure(
    model: Any, learnt: Table, test: Table, seed: int, context: Context
) -> tuple[dict[str, float], dict[str, tuple[float, float]], int]:
    """Distances of what the model draws, of what it drew after its first epoch, of noise and of other real pictures to the test
    pictures, as many of each; their intervals; and how many pictures there are of each.
    """
    rows = np.random.default_rng(seed).permutation(len(test))[:MOST_MEASURED]
    reading = Span(context, 0.0, 0.3)
    held = model.pictures(Table(test.frame.iloc[np.sort(rows)].reset_index(drop=True), test.name), reading)
    count = len(held)
    others = np.random.default_rng(seed + 1).permutation(len(learnt))[:count]
    noise = np.random.default_rng(seed).integers(0, 256, held.shape, dtype=np.uint8)
    shown = {
        "frechet": model.generate(count, DRAWN_SEED, context),
        "frechet_first": model.generate(count, DRAWN_SEED, context, first=True),
        "frechet_noise": noise,
        "frechet_real": model.pictures(Table(learnt.frame.iloc[np.sort(others)].reset_index(drop=True), learnt.name), reading),
    }
    real = model.features(held, context)
    seen = {}
    for place, (name, pictures) in enumerate(shown.items()):
        context.progress(0.3 + 0.1 * place, N_("Measuring on pictures that were never learnt from"))
        seen[name] = model.features(pictures, context)
    metrics = _with_fall({name: frechet.distance(real, part) for name, part in seen.items()})
    context.progress(0.75, N_("Drawing intervals"))
    return metrics, frechet.intervals(real, seen, _with_fall, seed=seed, check=context.check), count


def _with_fall(distances: dict[str, float]) -> dict[str, float]:
    first = distances["frechet_first"]
    return {"fall": 1 - distances["frechet"] / first if first else 0.0, **distances}


def _units(table: Table, params: Any, context: Context) -> np.ndarray:
    """A number for each row, equal for rows that must stay on one side: the same file, or the same group."""
    import pandas as pd

    from core.contracts import UserError
    from core.intake.pictures import find

    if params.group:
        need_column(table, params.group)
        if table.frame[params.group].nunique() < 2:
            raise InputError(N_("The group column {column} holds one group only: choose another column, or split by row."),
                             column=params.group)  # fmt: skip
        return np.asarray(pd.factorize(table.frame[params.group].astype(str))[0])
    digests = []
    for place, reference in enumerate(table.frame[PICTURE]):
        if place % 100 == 0:
            context.check()
        try:
            digests.append(find(reference).digest)
        except UserError:  # passed over when it is read
            digests.append(f"row {place}")
    return np.asarray(pd.factorize(np.array(digests, dtype=object))[0])


def _drawn(rows: np.ndarray, units: np.ndarray, share: float, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rows without, and with, about `share` of them: whole units."""
    order = generator.permutation(np.unique(units[rows]))
    sizes = np.bincount(units[rows], minlength=int(units.max()) + 1)[order]
    taken = order[np.cumsum(sizes) <= max(1.0, share * len(rows))]
    mask = np.isin(units[rows], taken)
    return np.sort(rows[~mask]), np.sort(rows[mask])


def _report(
    capability: Capability, model: Any, table: Table, params: Any, split: Split, metrics: dict[str, float],
    intervals: dict[str, tuple[float, float]], count: int, shown: tuple[tuple[Section, ...], Any], seconds: float,
) -> Report:  # fmt: skip
    facts: dict[str, Any] = model.describe()
    names = {"frechet": THIS, "frechet_first": FIRST, "frechet_noise": NOISE, "frechet_real": REAL}
    what = Message(N_("Distance to {count} pictures that were never learnt from, each from as many, with 95 % intervals; less is "
                      "better. Other real pictures show how low it can get. It is not the published FID: the features are "
                      "{features}."), {"count": count, "features": Message(str(facts.get("features", "")))})  # fmt: skip
    versus = Ranking(
        N_("Fréchet distance to held-out pictures"), tuple(names.values()), tuple(metrics[name] for name in names), "", what,
        tuple(intervals[name][0] for name in names), tuple(intervals[name][1] for name in names),
        tuple(names.values()),
    )  # fmt: skip
    low, high = intervals["fall"]
    values: dict[str, object] = {
        "score": f"{metrics['fall']:.0%}", "low": f"{low:.0%}", "high": f"{high:.0%}", "data": table.name, "count": count,
        "first": f"{metrics['frechet_first']:.3g}", "last": f"{metrics['frechet']:.3g}", "real": f"{metrics['frechet_real']:.3g}",
    }  # fmt: skip
    summary = Message(
        N_("The Fréchet distance to {count} held-out pictures of {data} fell by {score} (95 % interval {low} to {high}), from "
           "{first} after the first epoch to {last}; other real pictures reach {real}."), values,
    )  # fmt: skip
    sections = (*shown[0], Section(versus.title, versus), *(Section(series.title, series) for series in shown[1]),
                Section(N_("Split"), _parts(split), split.how), Section(N_("Training"), _cost(facts, seconds)))  # fmt: skip
    card = _evidence(capability, facts, table, params, metrics, intervals, count, seconds)
    return Report(capability.title, summary, sections, card, table.notices)


def _evidence(
    capability: Capability, facts: dict[str, Any], table: Table, params: Any, metrics: dict[str, float],
    intervals: dict[str, tuple[float, float]], count: int, seconds: float,
) -> Evidence:  # fmt: skip
    caveats = [Message(N_("The distance is computed from {features}; it cannot be compared with published FID figures."),
                       {"features": Message(str(facts.get("features", "")))})]  # fmt: skip
    if count < 500:
        caveats.append(Message(N_("Only {count} pictures to measure with: all distances are too large, in the same way."),
                               {"count": count}))  # fmt: skip
    bar = _bar(capability, table, params)
    return Evidence(
        metric=SCORES["fall"].title, score=metrics["fall"], interval=intervals["fall"], baseline=0.0, baseline_name=_FALL,
        bar=bar.value if bar else None, data=table.name, rows=count, answered_by=str(facts.get("method", "")),
        caveats=tuple(caveats), seconds=seconds,
    )  # fmt: skip


def _bar(capability: Capability, table: Table, params: Any) -> Bar | None:
    given = params.model_dump()
    return next(
        (bar for bar in capability.bars if bar.sample == table.name and not bar.shipped and bar.params.items() <= given.items()),
        None,
    )


def _parts(split: Split) -> Records:
    import pandas as pd

    parts = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    return Records(N_("Pictures of each part"), pd.DataFrame({name: [len(rows)] for name, rows in parts.items()}), split.how)


def _cost(facts: dict[str, Any], seconds: float) -> Metrics:
    return Metrics((
        Metric(N_("Time to learn"), seconds, N_("seconds")),
        Metric(N_("Parameters"), float(facts.get("parameters", 0)), N_("numbers")),
        Metric(N_("Epochs done"), float(facts.get("epochs", 0)), N_("epochs")),
        Metric(N_("Epoch that was kept"), float(facts.get("best_epoch", 0)), "",
               help=N_("The one whose pictures are nearest to the validation pictures.")),
    ))  # fmt: skip
