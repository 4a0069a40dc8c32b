"""From pictures with masks to a network and an honest report: split by picture, fitted, measured once.

The fitted model has, besides `save` and `describe`, `classes` (names, in order) and `labels(pixels)`: for uint8 (height, width,
3) the place of each pixel's class, uint8 (height, width).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from core import samples
from core.contracts import (
    Capability,
    Context,
    Evidence,
    Gallery,
    Image,
    InputError,
    Message,
    Metric,
    Metrics,
    Ranking,
    Records,
    Report,
    Section,
    Table,
    UserError,
)
from core.intake.pictures import find, masks, pixels
from core.language import N_
from core.lifecycle import baselines_segmentation as trivial
from core.lifecycle.columns import PICTURE_NAME
from core.lifecycle.evaluate import THIS
from core.lifecycle.evaluate_segmentation import TITLES, Counted, Segmentation, counted, evaluate, overlaps
from core.lifecycle.span import Span
from core.lifecycle.split import Split
from core.lifecycle.split_segmentation import PICTURE, cells_of, split_pictures

FEW = 10  # pictures to measure with, below which the card says so
WORST, PANEL = 6, 360  # pictures shown with truth and answer, and pixels of their longer side


def train(capability: Capability, table: Table, params: Any, context: Context) -> Any:
    """Trains a network and measures it: the pictures to measure with reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.picture_prints import prints
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    cells = cells_of(table, params.target)
    prints(table.frame[PICTURE].tolist(), Span(context, 0.0, 0.03))  # read once, with progress
    split = split_pictures(table, cells, params)
    context.log(str(split.how))
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.03, 0.92)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.progress(0.92, N_("Measuring on pictures that were never learnt from"))
    classes = tuple(dict.fromkeys((*model.classes, *(n for k in split.test for n in masks.names_in(str(cells[k]))))))
    base = trivial.learnt(parts[0].frame[PICTURE].tolist(), parts[0].frame[params.target].tolist(), classes, context)
    measured, others, shown = _measured(model, base, parts[2], params, classes, Span(context, 0.92, 0.99))
    facts = {**model.describe(), "seconds": seconds, "bar": _bar(capability, table, params)}
    report = _report(capability, facts, table, (split, cells), (measured, others), (shown, fitting))
    context.progress(1.0, N_("Done"))
    return Trained(model, report, measured.metrics, {name: one.metrics for name, one in others.items()}, split, ())


def _bar(capability: Capability, table: Table, params: Any) -> float | None:
    given = params.model_dump()
    return next((bar.value for bar in capability.bars if bar.sample == table.name and not bar.measure
                 and bar.params.items() <= given.items()), None)  # fmt: skip


def _measured(
    model: Any, base: trivial.Trivial, test: Table, params: Any, classes: tuple[str, ...], context: Context
) -> tuple[Segmentation, dict[str, Segmentation], Gallery]:
    """The model's answers, those of the baselines, and the worst pictures."""
    rows: dict[str, list[Counted]] = {THIS: [], trivial.COMMONEST: [], trivial.COLOR: []}
    references, names = test.frame[PICTURE].tolist(), test.frame[PICTURE_NAME].astype(str).tolist()
    cells = test.frame[params.target].tolist()
    kept = []
    for place, (reference, cell) in enumerate(zip(references, cells)):
        context.check()
        context.progress(place / len(test))
        try:
            seen = pixels(find(reference))
            truth = fitted_to(masks.decoded(cell, classes), seen)
        except UserError as error:
            context.log(f"{names[place]} was not measured: {error}")
            continue
        kept.append(place)
        for name, answer in ((THIS, model.labels(seen)), (trivial.COMMONEST, base.everywhere(seen)),
                             (trivial.COLOR, base.by_color(seen))):  # fmt: skip
            rows[name].append(counted(names[place], truth, answer, len(classes)))
    if not kept:
        raise InputError(N_("None of the pictures to measure with can be opened. Upload the archive again."))
    found = {name: evaluate(counts, classes, params.seed) for name, counts in rows.items()}
    worst = sorted(range(len(kept)), key=lambda k: overlaps(rows[THIS][k]))[:WORST]
    images = tuple(_panels(model, references[kept[k]], cells[kept[k]], rows[THIS][k], classes) for k in worst)
    told = N_("Left the truth, right the answer, the worst first.")
    return found.pop(THIS), found, Gallery(N_("Worst pictures, truth and answer"), images, told)


def fitted_to(labels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """A mask at the size of its picture: the nearest pixel."""
    if labels.shape == seen.shape[:2]:
        return labels
    import cv2

    return np.asarray(cv2.resize(labels, seen.shape[1::-1], interpolation=cv2.INTER_NEAREST))


def _panels(model: Any, reference: str, cell: str, one: Counted, classes: tuple[str, ...]) -> Image:
    import cv2

    from core.visual import draw, encode

    seen = pixels(find(reference))
    truth, answer = fitted_to(masks.decoded(cell, classes), seen), model.labels(seen)
    scale = PANEL / max(seen.shape[:2])
    size = max(1, round(seen.shape[1] * scale)), max(1, round(seen.shape[0] * scale))
    large = cv2.resize(np.ascontiguousarray(seen), size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    shown = [draw.regions(large, foreground(labels, classes), things(classes)) for labels in (truth, answer)]
    gap = np.full((size[1], 6, 3), 255, np.uint8)
    values: dict[str, object] = {"overlap": f"{overlaps(one):.2f}"}
    return encode.image(Message("{name}", {"name": one.name}), np.hstack([shown[0], gap, shown[1]]),
                        caption=Message(N_("Mean IoU {overlap}"), values))  # fmt: skip


def things(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes without the background."""
    return tuple(name for name in classes if name != masks.BACKGROUND)


def foreground(labels: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Places of classes as `Regions` want them: 0 where there is background or no class, else the number among `things`."""
    numbers = np.zeros(256, np.uint8)
    for number, name in enumerate(things(classes), 1):
        numbers[classes.index(name)] = number
    return numbers[labels]


def _report(
    capability: Capability, facts: dict[str, Any], table: Table, parts: tuple[Split, np.ndarray],
    found: tuple[Segmentation, dict[str, Segmentation]], shown: tuple[Gallery, Span],
) -> Report:  # fmt: skip
    (split, cells), (measured, others) = parts, found
    low, high = measured.intervals.get("miou", (measured.metrics["miou"],) * 2)
    best = max(others, key=lambda name: others[name].metrics["miou"])
    values: dict[str, object] = {
        "score": f"{measured.metrics['miou']:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}", "pictures": len(split.test),
        "data": table.name, "baseline": f"{others[best].metrics['miou']:.3f}", "name": Message(best),
    }  # fmt: skip
    summary = Message(N_("Mean intersection over union {score} (95 % interval {low} to {high}) on {pictures} pictures of {data} "
                         "that were never learnt from; {name}: {baseline}."), values)  # fmt: skip
    rows = {THIS: measured, **others}
    spread = [one.intervals.get("miou", (one.metrics["miou"],) * 2) for one in rows.values()]
    versus = Ranking(
        TITLES["miou"][0], tuple(rows), tuple(one.metrics["miou"] for one in rows.values()), "",
        N_("On the same pictures, with 95 % bootstrap intervals."), tuple(pair[0] for pair in spread),
        tuple(pair[1] for pair in spread),
    )  # fmt: skip
    first, *rest = measured.sections
    sections = (first, Section(N_("Against the baselines"), versus), Section(shown[0].title, shown[0]),
                *(Section(series.title, series) for series in shown[1].curves()), *rest,
                Section(N_("Split"), _parts(split, cells, measured.classes), split.how),
                Section(N_("Training"), _cost(facts)))  # fmt: skip
    evidence = Evidence(
        metric=TITLES["miou"][0], score=measured.metrics["miou"], interval=measured.intervals.get("miou"),
        baseline=others[best].metrics["miou"], baseline_name=best, bar=facts["bar"],
        data=samples.called(table.name), rows=len(split.test), answered_by=str(facts["method"]),
        license=str(facts.get("license", "")), caveats=(*_simulated(table), *_caveats(split, cells)), seconds=facts["seconds"],
    )  # fmt: skip
    return Report(capability.title, summary, sections, evidence, table.notices)


def _simulated(table: Table) -> tuple[str, ...]:
    """What has to be said of a sample that a program has made."""
    known = samples.catalogue().get(table.name)
    return known.caveats if known is not None and known.simulated else ()


def _caveats(split: Split, cells: np.ndarray) -> tuple[Message, ...]:
    found = []
    if len(split.test) < FEW:
        found.append(Message(N_("Measured on {count} pictures only: too few to quote the score."), {"count": len(split.test)}))
    if not len(split.validation):
        found.append(Message(N_("Too few pictures to put some aside to choose by: the last epoch was taken.")))
    learnt = {name for k in split.train for name in masks.names_in(str(cells[k]))}
    measured = {name for k in split.test for name in masks.names_in(str(cells[k]))}
    for names, said in (
        (sorted(measured - learnt), N_("These classes are measured but could not be learnt: {names}.")),
        (sorted(learnt - measured), N_("These classes were learnt but could not be measured: {names}.")),
    ):
        if names:
            found.append(Message(said, {"names": ", ".join(names[:10])}))
    return tuple(found)


def _parts(split: Split, cells: np.ndarray, classes: tuple[str, ...]) -> Records:
    import pandas as pd

    rows = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    counts = {title: [sum(name in masks.names_in(str(cells[k])) for k in part) for name in classes]
              for title, part in rows.items()}  # fmt: skip
    return Records(N_("Pictures with each class"), pd.DataFrame({N_("class"): list(classes), **counts}), split.how,
                   words=("class",))  # fmt: skip


def _cost(facts: dict[str, Any]) -> Metrics:
    return Metrics((
        Metric(N_("Time to learn"), facts["seconds"], N_("seconds")),
        Metric(N_("Parameters"), float(facts.get("parameters", 0)), N_("numbers")),
        Metric(N_("Epochs done"), float(facts.get("epochs", 0)), N_("epochs")),
    ))  # fmt: skip
