"""From a table with an event to scores and an honest report: mended, guarded, split, fitted, measured once on held-out rows.

The fitted model has, besides `save`, `describe` and `predict`, `scores(frame) -> float64 (rows,)`, and may have
    chances: bool (True) whether its scores are chances of the event, so that calibration is measured
    remember(table, params) is told all rows in the end, so that it can look back from later ones
    rivals: dict[str, object with `scores`] other methods that learnt from the same rows, to stand beside it; names are ours
`Learner.illustrate(model, parts, scores, params, context)` gets the three parts and the scores of the third. `params` reach
`fit` with target and event filled in (`core.learning.scoring`).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import samples
from core.contracts import Bar, Capability, Context, Evidence, InputError, Message, Records, Report, Section, Table
from core.language import N_
from core.lifecycle import check_scoring, guard
from core.lifecycle.answers import THIS
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN
from core.lifecycle.evaluate_scoring import TITLES, Scored, evaluate
from core.lifecycle.findings import Finding
from core.lifecycle.span import Span
from core.lifecycle.split import Split
from core.lifecycle.split_scoring import numbered, split_scoring

if TYPE_CHECKING:
    from core.lifecycle.train import Trained

RATE = N_("share of events for every row")
REGRESSION = N_("logistic regression on all columns")


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Trains a scorer and measures it: the test rows reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from as it is; the sentence names the mend.
    """
    from core.learning.scoring import is_event, resolved
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    if not params.labelled:
        from core.lifecycle import train_unlabelled

        return train_unlabelled.train(capability, table, params, context)
    started = time.perf_counter()
    context.progress(0.0, N_("Looking for leaks"))
    mended = guard.mend(table, params.mends, params)
    findings = guard.inspect(mended, params)
    for finding in findings:
        context.log(f"{finding.severity}: {finding.message}")
        if finding.severity == "stop":
            raise InputError(finding.message.id, **finding.message.values)
    params = resolved(mended, params)
    mended, params = params.prepared(mended, Span(context, 0.02, 0.1))
    mended = numbered(mended, params)
    split = split_scoring(mended, params)
    context.log(str(split.how))
    context.check()
    parts = [_part(mended, rows) for rows in (split.train, split.validation, split.test)]
    fitting = Span(context, 0.1, 0.75)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    measured, shown = _measured(capability, model, parts, params, split, Span(context, 0.75, 0.99))
    if hasattr(model, "remember"):
        model.remember(mended, params)  # all is measured: now it may know what came last, for the rows to come
    bar = _bar(capability, table, params)
    low = measured.intervals.get("auc", (measured.metrics["auc"],) * 2)[0]
    published = bar.reference.value if bar and bar.reference and capability.metric == "auc" else None
    findings = (*check_scoring.too_good(measured.metrics["auc"], low, params, published), *findings)
    measured = replace(measured, sections=_arranged(measured.sections, shown, fitting))
    event = is_event(mended.frame, params)
    report = _report(capability, model.describe(), mended, params, split, event, findings, measured, bar, seconds)
    context.progress(1.0, N_("Done"))
    return Trained(model, report, measured.metrics, measured.baselines, split, findings)


def _part(table: Table, rows: np.ndarray) -> Table:
    frame = table.frame.iloc[rows].reset_index(drop=True)
    return Table(frame.drop(columns=[name for name in (SPLIT_COLUMN, HIDDEN_GROUP) if name in frame]), table.name, table.digest)


def _measured(
    capability: Capability, model: Any, parts: list[Table], params: Any, split: Split, context: Span
) -> tuple[Scored, tuple[Section, ...]]:
    """Scores the test rows once, beside the share of events, a logistic regression and the model's own rivals."""
    from core.learning.scoring import LogisticRegression, is_event, without

    assert capability.learner is not None
    context.progress(0.0, N_("Measuring on rows that were never learnt from"))
    test, learnt = parts[2].frame, is_event(parts[0].frame, params)
    event = is_event(test, params)
    answers = {THIS: _finite(model.scores(test))}
    known = {THIS: bool(getattr(model, "chances", True))}
    for name, rival in getattr(model, "rivals", {}).items():
        context.check()
        answers[name], known[name] = _finite(rival.scores(test)), bool(getattr(rival, "chances", True))
    context.progress(0.2, N_("Comparing with baselines"))
    if REGRESSION not in answers:
        regression = LogisticRegression.fit(parts[0].frame, learnt, without(params), seed=params.seed)
        answers[REGRESSION] = regression.scores(test)
    answers[RATE] = np.full(len(test), learnt.mean())
    context.check()
    context.progress(0.4, N_("Drawing intervals"))
    metric = capability.metric if capability.metric in TITLES else "auc"
    units = _units(test, params, split)
    measured = evaluate(event, answers, chances=known, metric=metric, budget=params.budget, seed=params.seed, units=units,
                        words=tuple(answers))  # fmt: skip
    show = capability.learner.illustrate
    shown = show(model, parts, answers[THIS], params, Span(context, 0.6, 1.0)) if show else ()
    return measured, shown


def _finite(scores: np.ndarray) -> np.ndarray:
    found = np.asarray(scores, np.float64)
    if not np.isfinite(found).all():
        raise InputError(
            N_("The scores are no numbers any more: learning has gone astray. Train again with a lower learning rate.")
        )
    return found


def _units(test: Any, params: Any, split: Split) -> np.ndarray | None:
    """Rows of one group hang together, and intervals draw them together."""
    import pandas as pd

    if split.kind != "group":
        return None
    codes = pd.factorize(test[str(split.how.values["column"])])[0]
    return np.asarray(np.where(codes < 0, codes.max() + 1 + np.arange(len(codes)), codes), np.int64)


def _arranged(sections: tuple[Section, ...], shown: tuple[Section, ...], fitting: Span) -> tuple[Section, ...]:
    learning = tuple(Section(series.title, series) for series in fitting.curves())
    return (*sections[:2], *shown, *learning, *sections[2:])


def _bar(capability: Capability, table: Table, params: Any) -> Bar | None:
    """The bar promised on this sample, the one whose params are those of the run first."""
    own, given = [bar for bar in capability.bars if bar.sample == table.name], params.model_dump()
    same = [bar for bar in own if all(given.get(name) == value for name, value in bar.params.items())]
    return next(iter(same or own), None)


def _report(
    capability: Capability, facts: dict[str, Any], table: Table, params: Any, split: Split, event: np.ndarray,
    findings: tuple[Finding, ...], measured: Scored, bar: Bar | None, seconds: float,
) -> Report:  # fmt: skip
    metric = capability.metric if capability.metric in TITLES else "auc"
    rivals = {name: scores for name, scores in measured.baselines.items() if name in (RATE, REGRESSION)}
    best = max(rivals, key=lambda name: rivals[name][metric])
    score, spread = measured.metrics[metric], measured.intervals.get(metric)
    low, high = spread or (score, score)
    values: dict[str, object] = {
        "metric": Message(TITLES[metric].title), "score": _percent(score), "low": _percent(low), "high": _percent(high),
        "rows": f"{len(split.test):,}", "data": _named(table.name), "event": params.positive,
        "share": f"{100 * event[split.test].mean():.1f}",
        "name": Message(best), "baseline": _percent(rivals[best][metric]),
    }  # fmt: skip
    _, least, most = measured.gains[best]
    sentence = _BETTER if least > 0 else _WORSE if most < 0 else _ALIKE
    summary = Message(sentence, values)
    source = bar.reference if bar else None
    trained = bar if bar and bar.metric == metric and not bar.measure and not bar.shipped else None
    evidence = Evidence(
        metric=TITLES[metric].title, score=score, interval=spread, baseline=rivals[best][metric], baseline_name=best,
        reference=source.value if source else None, reference_source=source.source if source else "",
        reference_protocol=source.protocol if source else "", bar=trained.value if trained else None,
        data=samples.called(table.name), rows=len(split.test),
        answered_by=", ".join(str(facts[key]) for key in ("method", "weights") if facts.get(key)),
        license=str(facts.get("license", "")), fallback=facts.get("fallback", ""),
        caveats=(*(finding.message for finding in findings), *(_sentence(one) for one in facts.get("caveats", ())),
                 *_simulated(table)),
        seconds=seconds,
    )  # fmt: skip
    guarded = Section(N_("Split and leak guard"), _parts(split, event), split.how)
    notices = (*table.notices, *(finding.message for finding in findings))
    return Report(Message(capability.title), summary, (*measured.sections, guarded), evidence, notices)


def _named(name: str) -> Message | str:
    return Message(N_("{name}, simulated"), {"name": name}) if samples.called(name) != name else name


def _percent(share: float) -> str:
    """As the page writes shares; the titles that may be a headline are all shares."""
    return f"{100 * share:.1f}"


def _sentence(given: Any) -> Message:
    return given if isinstance(given, Message) else Message(str(given))


def _simulated(table: Table) -> tuple[Message, ...]:
    """What has to be said of a sample that a program has made."""
    known = samples.catalogue().get(table.name)
    return tuple(Message(caveat) for caveat in known.caveats) if known is not None and known.simulated else ()


def _parts(split: Split, event: np.ndarray) -> Records:
    import pandas as pd

    parts = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    counts = {title: [int((event[rows] == kind).sum()) for kind in (True, False)] for title, rows in parts.items()}
    first = N_("kind")
    frame = pd.DataFrame({first: [N_("with the event"), N_("without it")], **counts})
    return Records(N_("Rows of each kind"), frame, split.how, words=(first,))


_ALIKE = N_("{metric} {score} % (95 % interval {low} to {high} %) on {rows} test rows of {data} that were never learnt from; "
            "the event is \"{event}\", which {share} % of them have. The best baseline ({name}) has {baseline} %: on these rows "
            "the two cannot be told apart.")  # fmt: skip
_BETTER = N_("{metric} {score} % (95 % interval {low} to {high} %) on {rows} test rows of {data} that were never learnt from; "
             "the event is \"{event}\", which {share} % of them have. The best baseline ({name}) has {baseline} %, which is less "
             "by more than chance.")  # fmt: skip
_WORSE = N_(
    "{metric} {score} % (95 % interval {low} to {high} %) on {rows} test rows of {data} that were never learnt from; "
    'the event is "{event}", which {share} % of them have. The best baseline ({name}) is better: {baseline} %.'
)
