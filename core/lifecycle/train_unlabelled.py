"""From a table without labels to what is unlike the rest: learnt from most rows, looked at on rows that were never learnt from.

Nothing can be measured here, and the report says so. The model is that of `train_scoring`; `Learner.illustrate` shows what it
found.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from core import samples
from core.contracts import Capability, Context, Evidence, InputError, Message, Report, Section, Series, Table
from core.language import N_
from core.lifecycle import guard
from core.lifecycle.columns import need_column
from core.lifecycle.span import Span
from core.lifecycle.split import MIN_ROWS, VALIDATION_SHARE, Split

if TYPE_CHECKING:
    from core.lifecycle.train import Trained

BINS = 40


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Learns what is usual. Raises InputError where the table cannot be learnt from; the sentence says what to give."""
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    for name in (params.time, params.group, *params.leave_out):
        need_column(table, name)
    mended = guard.mend(table, params.mends, params)
    if len(mended) < MIN_ROWS:
        raise InputError(N_("The table has {rows} rows, too few to learn what is usual: give at least {least}."),
                         rows=len(mended), least=MIN_ROWS)  # fmt: skip
    mended, params = params.prepared(mended, Span(context, 0.0, 0.1))
    split = _split(mended, params)
    parts = [Table(mended.frame.iloc[rows].reset_index(drop=True), mended.name, mended.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.1, 0.8)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.check()
    scores = np.asarray(model.scores(parts[2].frame), np.float64)
    show = capability.learner.illustrate
    shown = show(model, parts, scores, params, Span(context, 0.8, 1.0)) if show else ()
    if hasattr(model, "remember"):
        model.remember(mended, params)
    report = _report(capability, model, mended, split, (*shown, *_learning(fitting), _spread(scores)), seconds)
    context.progress(1.0, N_("Done"))
    return Trained(model, report, {}, {}, split, ())


def _split(table: Table, params: Any) -> Split:
    """The latest rows are looked at, where there are times; else rows at random."""
    from core.lifecycle.dates import moments

    rows = len(table)
    order = np.random.default_rng(params.seed).permutation(rows)
    if params.time:
        order = np.argsort(moments(table.frame[params.time]), kind="stable")
    last = max(1, round(rows * params.test_share))
    held = max(1, round((rows - last) * VALIDATION_SHARE))
    train, validation, test = np.split(order, [rows - last - held, rows - last])
    values: dict[str, object] = {"train": len(train), "validation": len(validation), "test": len(test)}
    sentence = N_("By row: {train} rows to learn from, {validation} to stop by, {test} to look at.")
    if params.time:
        sentence = N_("By time: {train} rows to learn from, {validation} to stop by, the latest {test} to look at.")
    return Split(
        np.sort(train), np.sort(validation), np.sort(test), Message(sentence, values), "time" if params.time else "random"
    )


def _learning(fitting: Span) -> tuple[Section, ...]:
    return tuple(Section(series.title, series) for series in fitting.curves())


def _spread(scores: np.ndarray) -> Section:
    counts, edges = np.histogram(scores, BINS)
    middles = tuple(((edges[1:] + edges[:-1]) / 2).round(4).tolist())
    caption = N_("Rows that were not learnt from, by their score: what stands far to the right is unlike the rest.")
    lines = {N_("rows"): tuple(map(float, counts))}
    series = Series(N_("How unusual the rows are"), middles, lines, N_("Score"), N_("Rows"), caption)
    return Section(series.title, series)


def _report(
    capability: Capability, model: Any, table: Table, split: Split, sections: tuple[Section, ...], seconds: float
) -> Report:  # fmt: skip
    facts = model.describe()
    sentence = N_("Learnt what is usual from {rows} rows of {data}, without labels: how many of its alerts are right can only be "
                  "said once somebody has looked at them.")  # fmt: skip
    summary = Message(sentence, {"rows": f"{len(split.train):,}", "data": table.name})
    known = samples.catalogue().get(table.name)
    simulated = tuple(Message(one) for one in known.caveats) if known is not None and known.simulated else ()
    evidence = Evidence(
        data=samples.called(table.name), rows=len(split.test), answered_by=str(facts["method"]),
        caveats=(Message(N_("There are no labels, so nothing was measured.")), *facts.get("caveats", ()), *simulated),
        seconds=seconds,
    )  # fmt: skip
    return Report(Message(capability.title), summary, (*sections, Section(N_("Split"), _parts(split), split.how)), evidence,
                  table.notices)  # fmt: skip


def _parts(split: Split) -> Any:
    import pandas as pd

    from core.contracts import Records

    first = N_("part")
    frame = pd.DataFrame({first: [N_("to learn from"), N_("to stop by"), N_("to look at")],
                          N_("rows"): [len(split.train), len(split.validation), len(split.test)]})  # fmt: skip
    return Records(N_("Rows of each part"), frame, split.how, words=(first,))
