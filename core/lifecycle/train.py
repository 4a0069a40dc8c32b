"""From a table to a model and an honest report: mended, guarded, split, fitted, measured once on rows it never saw."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from core.contracts import Capability, Context, InputError, Labels, Model, Report, Table, Texts, TrainingParams
from core.language import N_
from core.lifecycle import baselines, baselines_sounds, card, evaluate_translation, guard, pairs
from core.lifecycle.answers import true_sets
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN, Roles, joined_texts, resolve, with_roles
from core.lifecycle.duplicates import prints_of
from core.lifecycle.evaluate import Evaluation, evaluate
from core.lifecycle.findings import Finding
from core.lifecycle.span import Span
from core.lifecycle.split import Split, split_rows
from core.lifecycle.targets import class_names
from core.lifecycle.tasks import OWN_WAY


@dataclass(frozen=True, eq=False)
class Trained:
    """A fitted model and what is known of it.

    `metrics` by id, as `core.lifecycle.evaluate.SCORES` names them; `baselines`: the same metrics of each baseline by its name.
    """

    model: Model
    report: Report
    metrics: dict[str, float]
    baselines: dict[str, dict[str, float]]
    split: Split
    findings: tuple[Finding, ...]


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Trains `capability` on `table` and measures it: the test rows reach neither `fit` nor any choice.

    Raises:
        InputError: the table cannot be learnt from as it is; the sentence names the mend.
    """
    if capability.learner is None:
        raise InputError(N_("{name} does not learn, so there is nothing to train."), name=capability.id)
    if capability.learner.task in OWN_WAY:
        own: Trained = import_module(OWN_WAY[capability.learner.task]).train(capability, table, params, context)
        return own
    started = time.perf_counter()
    context.progress(0.0, N_("Looking for leaks"))
    table = pairs.chosen(table, params)
    _look_at_files(table, params, Span(context, 0.0, 0.05))
    mended = guard.mend(table, params.mends, params)
    roles = resolve(mended, params)
    params = with_roles(params, roles)
    findings = guard.inspect(mended, params, roles.texts)
    for finding in findings:
        context.log(f"{finding.severity}: {finding.message}")
        if finding.severity == "stop":
            raise InputError(finding.message.id, **finding.message.values)
    split = split_rows(mended, params)
    context.log(str(split.how))
    context.check()
    parts = [_part(mended, rows, roles) for rows in (split.train, split.validation, split.test)]
    fitting = Span(context, 0.05, 0.85)
    fitting.progress(0.0, N_("Learning"))
    model = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    evaluation = _measure(capability, model, parts, roles, params, split, Span(context, 0.85, 0.99))
    classes = np.array([name or "" for name in class_names(mended.frame[roles.target])], dtype=object)
    if pairs.is_translation(params):
        classes = np.full(len(mended), card.PAIRS, dtype=object)
    curves = fitting.curves()
    report = card.report(capability, model, mended, params, split, classes, findings, evaluation, curves, seconds)
    context.progress(1.0, N_("Done"))
    return Trained(model, report, evaluation.metrics, evaluation.baselines, split, findings)


def _part(table: Table, rows: np.ndarray, roles: Roles) -> Table:
    """Those rows, with the target as the names of the classes, without columns that only served the split."""
    frame = table.frame.iloc[rows].reset_index(drop=True)
    frame[roles.target] = class_names(frame[roles.target])
    return Table(frame.drop(columns=[name for name in (SPLIT_COLUMN, HIDDEN_GROUP) if name in frame]), table.name, table.digest)


def _measure(
    capability: Capability,
    model: Model,
    parts: Sequence[Table],
    roles: Roles,
    params: TrainingParams,
    split: Split,
    context: Span,
) -> Evaluation:
    """Predicts the test rows once and evaluates the answers beside the baselines."""
    if pairs.is_translation(params):
        return _measure_translation(capability, model, parts, roles, params, split, context)
    test = parts[2]
    context.progress(0.0, N_("Measuring on rows that were never learnt from"))
    asked: Any = replace(test, frame=test.frame.drop(columns=roles.target))
    if roles.texts and Texts in capability.takes:
        asked = Texts(tuple(joined_texts(test.frame, roles.texts)), test.name)
    answer: Any = model.predict(asked, Span(context, 0.0, 0.4))
    show = capability.learner.illustrate if capability.learner else None
    shown = show(model, parts, answer, params, Span(context, 0.4, 0.4)) if show else ()
    context.check()
    context.progress(0.4, N_("Comparing with baselines"))
    others = _baselines(answer, parts, roles, params)
    context.check()
    context.progress(0.8, N_("Drawing intervals"))
    grouped = split.kind == "group"
    column = str(split.how.values["column"]) if grouped else roles.group
    found = evaluate(
        answer, test.frame[roles.target].tolist(), metric=capability.metric, baselines=others,
        groups=test.frame[column].tolist() if column else None, clustered=grouped, rows=split.test.tolist(), seed=params.seed,
        called=N_("picture") if roles.pictures else N_("recording") if roles.sounds else N_("text"),
        pictures=test.frame[roles.pictures].tolist() if roles.pictures else (),
    )  # fmt: skip
    return replace(found, sections=(*found.sections[:3], *shown, *found.sections[3:]))


def _measure_translation(
    capability: Capability, model: Any, parts: Sequence[Table], roles: Roles, params: TrainingParams, split: Split, context: Span
) -> Evaluation:
    """Translates the test sources once and evaluates that beside the sources themselves and the learner's own baselines."""
    test, learner = parts[2], capability.learner
    context.progress(0.0, N_("Measuring on rows that were never learnt from"))
    sources, references = joined_texts(test.frame, roles.texts), [name or "" for name in test.frame[roles.target]]
    answers = model.predict(Texts(tuple(sources), test.name), Span(context, 0.0, 0.6)).frame
    context.progress(0.6, N_("Comparing with baselines"))
    asked = replace(test, frame=test.frame.drop(columns=roles.target))
    others = learner.baselines(parts[0], parts[1], asked, params, context) if learner and learner.baselines else {}
    context.progress(0.8, N_("Drawing intervals"))
    return evaluate_translation.evaluate(
        sources, answers.iloc[:, 1].tolist(), references, baselines=others, rows=split.test.tolist(), seed=params.seed,
        units=pairs.units(test.frame, roles.group) if split.kind == "group" else None,
    )  # fmt: skip


def _baselines(answer: Labels, parts: Sequence[Table], roles: Roles, params: TrainingParams) -> dict[str, Labels]:
    """What has to be beaten, by name: the majority class and, for texts, a logistic regression unless the method is that."""
    texts = [joined_texts(part.frame, roles.texts) for part in parts]
    sets = [true_sets(answer, part.frame[roles.target].tolist()) for part in parts[:2]]
    found = {card.MAJORITY: baselines.majority(sets[0] + sets[1], texts[2], answer.multilabel)}
    if roles.texts and not card.is_its_own_baseline(params):
        learnt, chosen_by = ((texts[0], sets[0]), (texts[1], sets[1]))
        regression = baselines.logistic_regression(learnt, chosen_by, texts[2], answer.multilabel, params.seed)
        found[card.REGRESSION] = regression
    if roles.pictures:
        values = [baselines.pixel_values(part.frame[roles.pictures].tolist()) for part in parts]
        learnt_from, chosen = (values[0], sets[0]), (values[1], sets[1])
        found[card.PIXELS] = baselines.pixel_regression(learnt_from, chosen, (values[2], ()), answer.items, answer.multilabel)
    if roles.sounds:
        heard = [prints_of(part.frame, roles) for part in (parts[0], parts[2])]
        found[card.NEAREST] = baselines_sounds.nearest(heard[0], sets[0], heard[1], answer.items, warped=False)
        found[card.WARPED] = baselines_sounds.nearest(heard[0], sets[0], heard[1], answer.items, warped=True)
    return found


def _look_at_files(table: Table, params: TrainingParams, context: Span) -> None:
    """Reads the pictures or recordings once, with progress, before guard and mends look at them again and again."""
    roles = resolve(table, params)
    if roles.files:
        prints_of(table.frame, roles, context)
