"""What the classifier answers, as a report: the answers, the rows they belong to, and for a few texts the reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.contracts import Context, Evidence, Message, Records, Report, Section, Table, Texts
from core.language import N_
from models.text.classifiers.steps import steps

EXPLAINED = 5  # texts at most whose answers are explained one by one


def report(inputs: Texts | Table, texts: Texts, model: Any, evidence: Evidence, context: Context) -> Report:
    """Asks `model` about `texts`; `evidence` is how good it was on rows that it never saw."""
    labels = model.predict(texts, context)
    sections = [Section(N_("Answers"), labels)]
    if isinstance(inputs, Table):
        sections.append(_rows(inputs, labels))
    if len(texts) <= EXPLAINED:
        sections += _reasons(texts, model, context)
    return Report(
        N_("Sort texts into classes"),
        Message(N_("Texts sorted: {count}; classes: {classes}."), {"count": len(texts), "classes": len(labels.classes)}),
        tuple(sections), replace(evidence, seconds=None), texts.notices,
    )  # fmt: skip


def _rows(table: Table, labels: Any) -> Section:
    """The table as it was given, with the answer and its probability in two more columns."""
    names = {N_("answer"): labels.best, N_("probability"): labels.confidence.astype(float).round(4)}
    free = {f"{name} " if name in table.frame.columns else name: values for name, values in names.items()}
    title = N_("Every row with its answer")
    return Section(title, Records(
        title, table.frame.assign(**free), N_("Every row as it was given, to download."), given=tuple(table.frame.columns),
    ))  # fmt: skip


def _reasons(texts: Texts, model: Any, context: Context) -> list[Section]:
    spoken = [item for item in texts.items if item.strip()]
    found = []
    for item in spoken:
        context.check()
        found.append(Section(N_("What drove the answer"), model.explain(item)))
    if spoken:
        prepared = steps(spoken[0], model)
        first, *rest = prepared.sections
        found += [Section(first.title, first.result, prepared.summary), *rest]
    return found
