"""How good are boxes? Average precision as COCO reports it (pycocotools), with intervals, curves, sizes and confusions.

The intervals draw whole pictures anew, or, where there are fewer than `FEW` of them, ninths of pictures: boxes that lie side by
side are no independent evidence. For that, pycocotools' own matches are weighed anew in each resample.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Curves, Matrix, Message, Metric, Metrics, Ranking, Records, Section
from core.language import N_
from core.lifecycle import bootstrap

FEW = 10  # pictures below which pieces of them are drawn
PIECES = 3  # a side: a picture counts as nine then
RESAMPLES = 300
MOST = 300  # boxes of a picture that count
HALF = 0  # place of the overlap .5 among pycocotools' thresholds
RECALLS = np.linspace(0, 1, 101)
SHOWN = 12
MOST_CLASSES = 30  # of a confusion matrix that can still be read
BACKGROUND = N_("background")
SIZES = {"small": N_("small, below 32 × 32 pixels"), "medium": N_("medium"), "large": N_("large, from 96 × 96 pixels")}
TITLES = {
    "ap50": (N_("AP50"), N_("Average precision: area under the precision–recall curve where a box is right that shares "
                            "half of its "
                            "area with the truth (intersection over union 0.5); mean over the classes.")),
    "ap": (N_("AP50-95"), N_("The same, averaged over ten overlaps from 0.5 to 0.95: COCO's headline.")),
    "precision": (N_("Precision"), N_("Share of the boxes shown that are right.")),
    "recall": (N_("Recall"), N_("Share of the true boxes that were found.")),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Marked:
    """Boxes of one picture: float32 (n, 4) in pixels, a class each and, where they are answers, a score."""

    boxes: np.ndarray
    classes: tuple[str, ...]
    scores: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture of the evaluation: its name, size, the truth and the answer; its reference where it has one."""

    name: str
    width: int
    height: int
    truth: Marked
    answer: Marked
    picture: str = ""


@dataclass(frozen=True, eq=False)
class Detection:
    """`metrics` and `intervals` by id as in `TITLES`; `sections` show the rest; `units` were drawn for the intervals."""

    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    sections: tuple[Section, ...]
    units: int
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Matches:
    """pycocotools' matches of one class: of each answer its score, whether it is right at each of ten overlaps (n, 10), the unit
    it lies in; of each true box its unit.
    """

    scores: np.ndarray
    right: np.ndarray
    answer_units: np.ndarray
    truth_units: np.ndarray


def evaluate(scenes: Sequence[Scene], confidence: float, seed: int = 0) -> Detection:
    """Evaluates the answers of all scenes; those of classes that never occur in the truth count as wrong in the confusions only.

    `confidence` is that above which boxes are shown: precision, recall, confusions and the worst pictures are at it; average
    precision looks at all scores.
    """
    classes = tuple(dict.fromkeys(name for scene in scenes for name in scene.truth.classes))
    coco = _pycocotools(scenes, classes)
    side = 1 if len(scenes) >= FEW else PIECES
    matches = [_matches(coco, scenes, place, side) for place in range(len(classes))]
    units = len(scenes) * side * side
    found = _scores(matches, np.ones((units, 1), np.float32), confidence)
    metrics = {name: float(value[0]) for name, value in found.items()}
    spread = bootstrap.intervals(
        lambda weights: _scores(matches, weights, confidence), units, seed=seed, resamples=RESAMPLES
    ) if classes else {}  # fmt: skip
    sections = (
        Section(N_("Scores"), _metrics(metrics, spread)), Section(N_("Precision and recall"), _curves(matches, classes)),
        Section(N_("By class"), _by_class(matches, classes, units)), Section(N_("By size"), _by_size(coco)),
        Section(N_("Confusions"), _confusion(scenes, confidence)), Section(N_("Worst pictures"), _worst(scenes, confidence)),
    )  # fmt: skip
    return Detection(metrics, spread, sections, units, classes)


def _pycocotools(scenes: Sequence[Scene], classes: tuple[str, ...]) -> Any:
    """A finished `COCOeval` (its per-picture matches are kept), in silence."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    numbers = {name: place + 1 for place, name in enumerate(classes)}

    def rows(kind: str) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for place, scene in enumerate(scenes):
            marked: Marked = getattr(scene, kind)
            scores = marked.scores if marked.scores is not None else np.ones(len(marked.boxes))
            for (x0, y0, x1, y1), name, score in zip(marked.boxes.tolist(), marked.classes, scores.tolist()):
                if name in numbers:
                    made.append({"id": len(made) + 1, "image_id": place + 1, "category_id": numbers[name], "iscrowd": 0,
                                 "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0), "score": score})  # fmt: skip
        return made

    with contextlib.redirect_stdout(io.StringIO()):
        truth, answer = COCO(), COCO()
        images = [{"id": place + 1, "width": s.width, "height": s.height} for place, s in enumerate(scenes)]
        categories = [{"id": number, "name": name} for name, number in numbers.items()]
        for built, kind in ((truth, "truth"), (answer, "answer")):
            built.dataset = {"images": images, "categories": categories, "annotations": rows(kind)}
            built.createIndex()
        coco = COCOeval(truth, answer, "bbox")
        coco.params.maxDets = [1, 10, MOST]
        coco.evaluate()
        coco.accumulate()
    return coco


def _matches(coco: Any, scenes: Sequence[Scene], place: int, side: int) -> _Matches:
    """Of one class, over all pictures, boxes of every size."""
    scores, right, answered, wanted = [], [], [], []
    pictures = len(scenes)
    first = place * len(coco.params.areaRng) * pictures  # evalImgs runs over classes, then sizes, then pictures; size 0 is all
    for number, scene in enumerate(scenes):
        found = coco.evalImgs[first + number]
        if found is None:
            continue
        scores.append(np.asarray(found["dtScores"], np.float32))
        right.append(np.asarray(found["dtMatches"]).reshape(10, -1).T > 0)
        answered.append(_units(coco.cocoDt, found["dtIds"], number, scene, side))
        wanted.append(_units(coco.cocoGt, found["gtIds"], number, scene, side))
    if not scores:
        return _Matches(np.zeros(0, np.float32), np.zeros((0, 10), bool), np.zeros(0, np.int64), np.zeros(0, np.int64))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return _Matches(
        np.concatenate(scores)[order], np.concatenate(right)[order], np.concatenate(answered)[order], np.concatenate(wanted)
    )


def _units(built: Any, ids: Sequence[int], number: int, scene: Scene, side: int) -> np.ndarray:
    """In which unit the middle of each of those boxes lies."""
    boxes = np.array([built.anns[k]["bbox"] for k in ids], np.float64).reshape(-1, 4)
    across = ((boxes[:, 0] + boxes[:, 2] / 2) * side / scene.width).astype(np.int64).clip(0, side - 1)
    down = ((boxes[:, 1] + boxes[:, 3] / 2) * side / scene.height).astype(np.int64).clip(0, side - 1)
    return number * side * side + down * side + across


def average_precision(matches: _Matches, weights: np.ndarray, overlap: int) -> np.ndarray:
    """COCO's average precision (101 recalls, precision made monotonous) for each column of `weights` (units, b)."""
    total = weights[matches.truth_units].sum(0)
    right = matches.right[:, overlap]
    drawn = weights[matches.answer_units]
    hits, misses = np.cumsum(drawn * right[:, None], 0), np.cumsum(drawn * ~right[:, None], 0)
    found = np.full(weights.shape[1], np.nan)
    for column in np.flatnonzero(total > 0):
        recall = hits[:, column] / total[column]
        precision = hits[:, column] / np.maximum(hits[:, column] + misses[:, column], 1e-9)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        places = np.searchsorted(recall, RECALLS - 1e-7, side="left")
        found[column] = np.where(places < len(recall), precision[np.minimum(places, len(recall) - 1)], 0).mean() if len(
            recall
        ) else 0.0  # fmt: skip
    return found


def _scores(matches: Sequence[_Matches], weights: np.ndarray, confidence: float) -> dict[str, np.ndarray]:
    """The scores of `TITLES` for each column of `weights` (units, b)."""
    if not matches:
        return dict.fromkeys(TITLES, np.zeros(weights.shape[1]))
    by_overlap = [[average_precision(one, weights, overlap) for one in matches] for overlap in range(10)]
    wanted = sum(weights[one.truth_units].sum(0) for one in matches)
    shown = [one.scores >= confidence for one in matches]
    answered = sum(weights[one.answer_units[kept]].sum(0) for one, kept in zip(matches, shown))
    hits = sum(weights[one.answer_units[kept & one.right[:, HALF]]].sum(0) for one, kept in zip(matches, shown))
    return {
        "ap50": _mean(by_overlap[HALF]), "ap": np.mean([_mean(each) for each in by_overlap], 0),
        "precision": np.where(answered > 0, hits / np.maximum(answered, 1e-9), 0.0),
        "recall": np.where(wanted > 0, hits / np.maximum(wanted, 1e-9), np.nan),
    }  # fmt: skip


def _mean(values: Sequence[np.ndarray]) -> np.ndarray:
    """Over the classes that occur in the resample."""
    stacked = np.stack(values)
    occurs = np.isfinite(stacked)
    return np.where(occurs.any(0), np.where(occurs, stacked, 0).sum(0) / np.maximum(occurs.sum(0), 1), np.nan)


def _metrics(found: dict[str, float], spread: dict[str, tuple[float, float]]) -> Metrics:
    return Metrics(tuple(Metric(title, found[name], "", spread.get(name), told) for name, (title, told) in TITLES.items()))


def _curves(matches: Sequence[_Matches], classes: tuple[str, ...]) -> Curves:
    """Precision over recall at overlap 0.5, of the commonest classes."""
    order = sorted(range(len(classes)), key=lambda k: -len(matches[k].truth_units))[:SHOWN]
    curves = {}
    for place in order:
        one = matches[place]
        hits = np.cumsum(one.right[:, HALF])
        recall, precision = hits / max(len(one.truth_units), 1), hits / np.arange(1, len(hits) + 1)
        kept = np.unique(np.linspace(0, len(hits) - 1, min(len(hits), 200)).astype(int)) if len(hits) else np.zeros(0, int)
        curves[classes[place]] = (tuple(recall[kept].tolist()), tuple(precision[kept].tolist()))
    return Curves(N_("Precision and recall"), curves, N_("recall"), N_("precision"),
                  N_("From sure to unsure: how many of the true boxes are found, and how many of those shown "
                     "are right."))  # fmt: skip


def _by_class(matches: Sequence[_Matches], classes: tuple[str, ...], units: int) -> Records:
    import pandas as pd

    even = np.ones((units, 1), np.float32)
    frame = pd.DataFrame({
        N_("class"): classes, N_("AP50"): [float(average_precision(one, even, HALF)[0]) for one in matches],
        N_("AP50-95"): [float(np.mean([average_precision(one, even, k)[0] for k in range(10)])) for one in matches],
        N_("true boxes"): [len(one.truth_units) for one in matches],
    })  # fmt: skip
    return Records(N_("Every class"), frame, N_("Classes with few true boxes have scores that mean little."))


def _by_size(coco: Any) -> Ranking:
    """AP50 of small, medium and large boxes, as COCO parts them; sizes that do not occur are left out."""
    precision = coco.eval["precision"][HALF]  # recalls × classes × sizes × limits
    names, values = [], []
    for place, title in enumerate(SIZES.values(), 1):
        found = precision[:, :, place, -1]
        if (found > -1).any():
            names.append(title)
            values.append(float(found[found > -1].mean()))
    caption = N_("Sizes as COCO has them, in pixels of the picture.")
    return Ranking(N_("AP50 by size"), tuple(names), tuple(values), "", caption, words=tuple(names))


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of each of n boxes with each of m, float64 (n, m)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low).clip(0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clip(0).prod(1) for boxes in (first, second)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)


def pairs(scene: Scene, confidence: float) -> list[tuple[int, int]]:
    """Indices (truth, answer) that go together at overlap 0.5, whatever their classes, the largest overlap first."""
    assert scene.answer.scores is not None
    shared = overlaps(scene.truth.boxes, scene.answer.boxes) * (scene.answer.scores >= confidence)[None]
    found, truths, answers = [], set[int](), set[int]()
    for flat in np.argsort(-shared, axis=None, kind="stable"):
        truth, answer = divmod(int(flat), shared.shape[1])
        if shared[truth, answer] < 0.5:
            break
        if truth not in truths and answer not in answers:
            truths.add(truth)
            answers.add(answer)
            found.append((truth, answer))
    return found


def _confusion(scenes: Sequence[Scene], confidence: float) -> Matrix:
    """Truth by answer, with what was missed (answer: background) and what is not there (truth: background)."""
    counts: dict[tuple[str, str], int] = {}

    def note(truth: str, answer: str) -> None:
        counts[truth, answer] = counts.get((truth, answer), 0) + 1

    for scene in scenes:
        together = pairs(scene, confidence)
        for truth, answer in together:
            note(scene.truth.classes[truth], scene.answer.classes[answer])
        for truth in set(range(len(scene.truth.classes))) - {pair[0] for pair in together}:
            note(scene.truth.classes[truth], BACKGROUND)
        assert scene.answer.scores is not None
        shown = set(np.flatnonzero(scene.answer.scores >= confidence).tolist())
        for answer in shown - {pair[1] for pair in together}:
            note(BACKGROUND, scene.answer.classes[answer])
    totals: dict[str, int] = {}
    for pair, count in counts.items():
        for name in pair:
            totals[name] = totals.get(name, 0) + count
    names = sorted(set(totals) - {BACKGROUND}, key=lambda name: -totals[name])[:MOST_CLASSES]
    names = [*names, BACKGROUND]
    values = np.array([[counts.get((truth, answer), 0) for answer in names] for truth in names], np.int64)
    caption = Message(N_("Boxes of confidence {confidence} and more. Rows are the truth, columns the answers: the column "
                         "background is "
                         "what was missed, the row background what is "
                         "not there."), {"confidence": f"{confidence:.2f}"})  # fmt: skip
    return Matrix(N_("Confusions"), tuple(names), tuple(names), values, N_("Answer"), N_("Truth"), caption, (BACKGROUND,))


def _worst(scenes: Sequence[Scene], confidence: float) -> Records:
    """The pictures with the lowest F1 of boxes."""
    import pandas as pd

    rows = []
    for scene in scenes:
        assert scene.answer.scores is not None
        right = sum(scene.truth.classes[t] == scene.answer.classes[a] for t, a in pairs(scene, confidence))
        shown = int((scene.answer.scores >= confidence).sum())
        wanted = len(scene.truth.classes)
        rows.append((scene.name, wanted, shown, right, 2 * right / max(wanted + shown, 1) if wanted + shown else 1.0))
    frame = pd.DataFrame(
        rows, columns=[N_("picture"), N_("true boxes"), N_("shown boxes"), N_("right boxes"), N_("F1")]
    ).sort_values(N_("F1"), kind="stable").head(SHOWN)  # fmt: skip
    caption = N_("Sorted by F1, the harmonic mean of precision and recall of their boxes.")
    references = tuple(scenes[place].picture for place in frame.index)
    return Records(N_("Worst pictures"), frame.reset_index(drop=True), caption, pictures=references)
