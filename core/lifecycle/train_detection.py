"""From a set of pictures with boxes to a detector and an honest report: split by picture, fitted, measured once."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from core.contracts import (
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
from core.lifecycle import baselines_detection
from core.lifecycle.answers import THIS
from core.lifecycle.evaluate_detection import FEW, TITLES, Detection, Marked, Scene, evaluate
from core.lifecycle.span import Span
from core.lifecycle.split import Split

PICTURE, NAME, SPLIT = "picture", "name", "split"
LEAST_PICTURES = 2
VALIDATION_SHARE = 0.1  # of the pictures that are not measured with
LEAST_TO_CHOOSE = 10  # pictures to learn from, below which none is put aside to choose by
TRIES = 200  # random orders of the pictures, of which the split takes the best
SHOWN_CONFIDENCE = 0.25


def marks(table: Table, column: str) -> list[Marked]:
    """The boxes of each row of the table. Raises InputError where the column is missing or holds something else."""
    if column not in table.frame or PICTURE not in table.frame:
        raise InputError(
            N_("There are no boxes with these pictures. Give a ZIP archive with pictures and annotations: COCO's JSON, or YOLO's "
               "text files with data.yaml.")
        )  # fmt: skip
    found = []
    for row, cell in enumerate(table.frame[column].tolist()):
        try:
            rows = json.loads(cell) if isinstance(cell, str) else []
            boxes = np.array([row[1:5] for row in rows], np.float32).reshape(-1, 4)
            found.append(Marked(boxes, tuple(str(row[0]) for row in rows)))
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise InputError(N_("The boxes in row {row} of the column {column} cannot be read. Upload the archive again."),
                             row=row + 1, column=column) from error  # fmt: skip
    return found


def split_pictures(table: Table, marked: list[Marked], annotated: np.ndarray, share: float, seed: int) -> Split:
    """Whole pictures on one side, about `share` of the boxes to measure with; every class that is measured is learnt too, where
    that can be. A column `split` that says train and test in every row decides instead. `annotated`, bool (rows,), names the
    pictures of which the truth is known, be it that they are empty.

    Raises InputError for fewer than two annotated pictures, or without any box.
    """
    used = np.flatnonzero(annotated)
    if len(used) < LEAST_PICTURES or not sum(len(one.classes) for one in marked):
        raise InputError(N_("There are {count} annotated pictures: too few to learn from some and measure with others. Give at "
                            "least two, with boxes."), count=len(used))  # fmt: skip
    given = table.frame[SPLIT].astype(str).str.lower() if SPLIT in table.frame else None
    if given is not None and {"train", "test"} <= set(given) <= {"train", "test", "validation"}:
        parts = [np.flatnonzero((given == part).to_numpy() & annotated) for part in ("train", "validation", "test")]
        kind = "given"
    else:
        parts, kind = _drawn(used, marked, share, seed), "random"
    train, validation, test = parts
    if not sum(len(marked[k].classes) for k in train) or not sum(len(marked[k].classes) for k in test):
        raise InputError(N_("One side of the split has no boxes: nothing to learn from, or nothing to measure with."))
    how = Message(N_("By picture, before anything is cut: {train} to learn from, {validation} to choose by, {test} to "
                     "measure with."),
                  {"train": len(train), "validation": len(validation), "test": len(test)})  # fmt: skip
    return Split(train, validation, test, how, kind, len(table) - len(train) - len(validation) - len(test))


def _drawn(used: np.ndarray, marked: list[Marked], share: float, seed: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    counts = np.array([len(one.classes) for one in marked], float)
    best: tuple[float, np.ndarray] = (np.inf, used[:1])
    wanted = min(len(used) - 1, max(1, round(share * len(used))))
    for _ in range(TRIES):
        test = generator.permutation(used)[:wanted]
        learnt = {name for k in np.setdiff1d(used, test) for name in marked[k].classes}
        unknown = {name for k in test for name in marked[k].classes} - learnt
        fault = abs(counts[test].sum() / counts.sum() - share) + len(unknown) + (counts[test].sum() == 0)
        best = min(best, (fault, test), key=lambda found: found[0])
    rest = generator.permutation(np.setdiff1d(used, best[1]))
    chosen = round(VALIDATION_SHARE * len(rest)) if len(rest) >= LEAST_TO_CHOOSE else 0
    return [np.sort(rest[chosen:]), np.sort(rest[:chosen]), np.sort(best[1])]


def train(capability: Capability, table: Table, params: Any, context: Context) -> Any:
    """Trains a detector and measures it: the pictures to measure with reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    marked = marks(table, params.target)
    annotated = table.frame[params.target].notna().to_numpy()
    split = split_pictures(table, marked, annotated, params.test_share, params.seed)
    context.log(str(split.how))
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.02, 0.9)
    fitting.progress(0.0, N_("Learning"))
    model = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.progress(0.9, N_("Measuring on pictures that were never learnt from"))
    seen = scenes(model, parts[2], [marked[k] for k in split.test], context)
    measured = evaluate(seen, SHOWN_CONFIDENCE, params.seed)
    trivial = baselines_detection.grid(seen, [marked[k] for k in split.train])
    report = _report(capability, model, table, split, marked, measured, trivial, fitting, seconds)
    context.progress(1.0, N_("Done"))
    return Trained(model, report, measured.metrics, {baselines_detection.GRID: trivial.metrics}, split, ())


def scenes(model: Any, table: Table, truth: list[Marked], context: Context) -> list[Scene]:
    """The answers on the pictures of the table, as the evaluation wants them. `model.boxes(pixels)` gives boxes, classes and
    scores of one picture, those of low confidence too.
    """
    from core.intake.pictures import find, pixels

    found = []
    for place, (reference, name) in enumerate(zip(table.frame[PICTURE], table.frame[NAME])):
        context.check()
        context.progress(0.9 + 0.08 * place / len(table))
        picture = pixels(find(reference))
        boxes, classes, scores = model.boxes(picture)
        found.append(Scene(name, picture.shape[1], picture.shape[0], truth[place], Marked(boxes, classes, scores), reference))
    return found


def _report(
    capability: Capability, model: Any, table: Table, split: Split, marked: list[Marked], measured: Detection, trivial: Detection,
    fitting: Span, seconds: float,
) -> Report:  # fmt: skip
    import pandas as pd

    facts: dict[str, Any] = model.describe()
    low, high = measured.intervals.get("ap50", (measured.metrics["ap50"],) * 2)
    values: dict[str, object] = {
        "score": f"{measured.metrics['ap50']:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}", "pictures": len(split.test),
        "data": table.name, "baseline": f"{trivial.metrics['ap50']:.3f}", "name": Message(baselines_detection.GRID),
    }  # fmt: skip
    summary = Message(N_("AP50 {score} (95 % interval {low} to {high}) on {pictures} pictures of {data} that were never "
                         "learnt from; "
                         "{name} reach {baseline}."), values)  # fmt: skip
    versus = Ranking(
        TITLES["ap50"][0], (THIS, baselines_detection.GRID), (measured.metrics["ap50"], trivial.metrics["ap50"]), "",
        N_("On the same pictures, with 95 % bootstrap intervals."), (low, trivial.intervals.get("ap50", (0.0, 0.0))[0]),
        (high, trivial.intervals.get("ap50", (0.0, 0.0))[1]), (THIS, baselines_detection.GRID),
    )  # fmt: skip
    names = sorted({name for one in marked for name in one.classes})
    rows = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    counts = {title: [sum(marked[k].classes.count(name) for k in part) for name in names] for title, part in rows.items()}
    boxes = Records(N_("Boxes of each class"), pd.DataFrame({N_("class"): names, **counts}), split.how)
    first, *rest = measured.sections
    sections = (first, Section(N_("Against the baseline"), versus),
                *(Section(series.title, series) for series in fitting.curves()), *rest,
                Section(N_("Split"), boxes, split.how), Section(N_("Training"), _cost(facts, seconds)))  # fmt: skip
    evidence = Evidence(
        metric=TITLES["ap50"][0], score=measured.metrics["ap50"], interval=measured.intervals.get("ap50"),
        baseline=trivial.metrics["ap50"], baseline_name=baselines_detection.GRID, data=table.name, rows=len(split.test),
        answered_by=", ".join(str(facts[key]) for key in ("method", "weights") if facts.get(key)),
        license=str(facts.get("license", "")), caveats=_caveats(split, marked), seconds=seconds,
    )  # fmt: skip
    return Report(capability.title, summary, sections, evidence, table.notices)


def _caveats(split: Split, marked: list[Marked]) -> tuple[Message, ...]:
    found = []
    if len(split.test) < FEW:
        found.append(Message(N_("Measured on {count} pictures only: too few to quote the score. The interval draws ninths "
                                "of pictures, "
                                "which lie side by side, so the truth may lie further off than it says."),
                             {"count": len(split.test)}))  # fmt: skip
    if not len(split.validation):
        found.append(Message(N_("Too few pictures to put some aside to choose by: the last epoch was taken.")))
    learnt = {name for k in split.train for name in marked[k].classes}
    unknown = sorted({name for k in split.test for name in marked[k].classes} - learnt)
    unmeasured = sorted(learnt - {name for k in split.test for name in marked[k].classes})
    if unknown:
        found.append(
            Message(N_("These classes are measured but could not be learnt: {names}."), {"names": ", ".join(unknown[:10])})
        )
    if unmeasured:
        found.append(
            Message(N_("These classes were learnt but could not be measured: {names}."), {"names": ", ".join(unmeasured[:10])})
        )
    return tuple(found)


def _cost(facts: dict[str, Any], seconds: float) -> Metrics:
    return Metrics((
        Metric(N_("Time to learn"), seconds, N_("seconds")), Metric(N_("Parameters"), float(facts.get("parameters", 0)),
            N_("numbers")),
        Metric(N_("Epochs done"), float(facts.get("epochs", 0)), N_("epochs")),
    ))  # fmt: skip
