"""What was found in pictures: seen, counted, listed, and measured where the right answers came along."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.contracts import (
    Boxes,
    Capability,
    Context,
    Gallery,
    Image,
    Message,
    Picture,
    Pictures,
    Ranking,
    Records,
    Report,
    Section,
)
from core.intake.pictures import decoded, reference_if_any
from core.intake.pictures.boxes import Annotations
from core.intake.pictures.boxes import read as read_annotations
from core.language import N_
from core.lifecycle.evaluate_detection import Detection, Marked, Scene, evaluate
from models.vision.detection import choose
from models.vision.detection.detector import KNOWN, Detector, Found, Settings

FLATTERED = N_(
    "This detector was trained here. Where it learnt from some of these pictures, this score flatters it: look at its run."
)
MOST_SHOWN = 12  # pictures of a gallery
GALLERY_PIXELS = 900
LOWEST = 0.01  # confidence from which boxes count for the average precision


@dataclass
class _Seen:
    """What is kept of all pictures while they go by one after another: boxes, and the pixels of a few."""

    rows: list[tuple[Picture, Found]] = field(default_factory=list)
    shown: list[tuple[Picture, np.ndarray, Found]] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    left_out: list[Message] = field(default_factory=list)


def report(given: Pictures, params: Any, context: Context, capability: Capability) -> Report:
    """Looks at all pictures and tells what was found."""
    started = time.perf_counter()
    settings = choose.settings(params.model, params)
    truth = read_annotations(given)
    with choose.opened(capability, params.model) as found:
        names, route = found.names, found.route
        wanted = choose.wanted(names, params.classes)
    seen = _Seen()
    for picture, pixels in decoded(given, context, seen.left_out):
        # Leased anew for each picture, so that a large archive lets others in between.
        with choose.opened(capability, params.model) as detector:
            _look(detector, picture, pixels, settings, wanted, truth, seen)
    measured = evaluate(seen.scenes, settings.confidence) if seen.scenes and truth and _knows(names, truth) else None
    seconds = time.perf_counter() - started
    sections = [*_pictures(seen, names), *_counts(seen, names), *(_truth(measured, len(seen.scenes)) if measured else ())]
    flattered = (Message(FLATTERED),) if measured and params.model not in KNOWN else ()
    notices = (*given.notices, *flattered, *(truth.notices if truth else ()), *seen.left_out, *_strangers(names, truth))
    evidence = choose.evidence(
        capability, params.model, route, seconds=seconds, **(_scored(measured, given, seen) if measured else {})
    )
    return Report(capability.title, _summary(seen), tuple(sections), evidence, notices)


def _look(
    detector: Detector, picture: Picture, pixels: np.ndarray, settings: Settings, wanted: tuple[int, ...],
    truth: Annotations | None, seen: _Seen,
) -> None:  # fmt: skip
    """One picture. With the truth at hand, boxes of low confidence are found too: the average precision looks at them."""
    from dataclasses import replace

    known = truth.boxes.get(picture.name) if truth and _knows(detector.names, truth) else None
    low = replace(settings, confidence=min(LOWEST, settings.confidence)) if known is not None else settings
    every = detector(pixels, low, wanted)
    if known is not None:
        kept = [row for row in known if not wanted or row[0] in {detector.names[k] for k in wanted}]
        boxes = np.array([row[1:] for row in kept], np.float32).reshape(-1, 4)
        answer = Marked(every.boxes, tuple(detector.names[k] for k in every.classes), every.scores)
        seen.scenes.append(
            Scene(
                picture.name,
                picture.width,
                picture.height,
                Marked(boxes, tuple(row[0] for row in kept)),
                answer,
                reference_if_any(picture),
            )
        )
    found = every.only(np.flatnonzero(every.scores >= settings.confidence))
    seen.rows.append((picture, found))
    if len(seen.shown) < MOST_SHOWN:
        seen.shown.append((picture, pixels if not seen.shown else _small(pixels), found))
        if len(seen.shown) == 2:  # now it is a gallery: the first one shrinks too
            first, large, boxes_of_first = seen.shown[0]
            seen.shown[0] = (first, _small(large), boxes_of_first)


def _small(pixels: np.ndarray) -> np.ndarray:
    """The picture as a gallery shows it."""
    import cv2

    scale = GALLERY_PIXELS / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = tuple(max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _pictures(seen: _Seen, names: tuple[str, ...]) -> Iterator[Section]:
    """The picture with its boxes, or a gallery of the first dozen."""
    from core.visual import draw, encode

    if len(seen.shown) == 1:
        picture, pixels, found = seen.shown[0]
        title = Message("{name}", {"name": picture.name})
        labels = tuple(names[k] for k in found.classes)
        image = encode.image(title, pixels)
        yield Section(N_("What was found"), Boxes(title, image, found.boxes, labels, tuple(found.scores.tolist())))
        return
    if not seen.shown:
        return
    shades = _shades(seen, names)
    images: list[Image] = []
    for picture, pixels, found in seen.shown:
        scale = pixels.shape[1] / picture.width
        drawn = draw.boxes(pixels, found.boxes * scale, [names[k] for k in found.classes], shades=shades)
        caption = Message(N_("{count} objects"), {"count": len(found)})
        images.append(encode.image(Message("{name}", {"name": picture.name}), drawn, caption=caption))
    told = Message(N_("The first {shown} of {count} pictures."), {"shown": len(images), "count": len(seen.rows)})
    yield Section(N_("What was found"), Gallery(N_("What was found"), tuple(images), told))


def _shades(seen: _Seen, names: tuple[str, ...]) -> dict[str, str]:
    """A colour for each class, the same in all pictures."""
    from core.visual import colors

    counts = Counter(names[k] for _, found in seen.rows for k in found.classes.tolist())
    return colors.by_name(name for name, _ in counts.most_common())


def _counts(seen: _Seen, names: tuple[str, ...]) -> Iterator[Section]:
    import pandas as pd

    counts = Counter(names[k] for _, found in seen.rows for k in found.classes.tolist())
    if counts and len(seen.rows) > 1:  # a single picture says it below itself
        order = counts.most_common(20)
        ranking = Ranking(N_("Objects of each class"), tuple(name for name, _ in order), tuple(float(n) for _, n in order),
                          N_("objects"), N_("How many objects of each class were found, in all pictures together."),
                          words=tuple(name for name, _ in order))  # fmt: skip
        yield Section(N_("Counts"), ranking)
    rows = [(picture.name, names[k], round(100 * float(score), 1), *(round(float(edge), 1) for edge in box))
            for picture, found in seen.rows
            for box, k, score in zip(found.boxes, found.classes.tolist(), found.scores)]  # fmt: skip
    if len(seen.rows) > 1:
        each = pd.DataFrame({N_("picture"): [picture.name for picture, _ in seen.rows],
                             N_("objects"): [len(found) for _, found in seen.rows],
                             **{name: [Counter(found.classes.tolist())[names.index(name)] for _, found in seen.rows]
                                for name, _ in counts.most_common(8)}})  # fmt: skip
        shown = tuple(reference_if_any(picture) for picture, _ in seen.rows)
        caption = N_("How many objects each picture holds.")
        yield Section(N_("Each picture"), Records(N_("Each picture"), each, caption, pictures=shown))
    columns = [N_("picture"), N_("class"), N_("Confidence"), "x0", "y0", "x1", "y1"]
    caption = N_("A row for each object: confidence in percent, corners in pixels of the picture, from its upper left.")
    yield Section(N_("Every object"), Records(N_("Every object"), pd.DataFrame(rows, columns=columns), caption, words=("class",)))


def _summary(seen: _Seen) -> Message:
    objects = sum(len(found) for _, found in seen.rows)
    classes = len({k for _, found in seen.rows for k in found.classes.tolist()})
    if not objects:
        return Message(
            N_("Nothing was found. Pictures looked at: {pictures}. A lower confidence finds more."), {"pictures": len(seen.rows)}
        )
    values: dict[str, object] = {"objects": objects, "classes": classes, "pictures": len(seen.rows)}
    return Message(N_("Objects: {objects}; classes: {classes}; pictures: {pictures}."), values)


def _knows(names: tuple[str, ...], truth: Annotations | None) -> bool:
    return truth is not None and bool(set(names) & set(truth.classes))


def _strangers(names: tuple[str, ...], truth: Annotations | None) -> tuple[Message, ...]:
    """Says which annotated classes the model cannot find."""
    unknown = [name for name in (truth.classes if truth else ()) if name not in names]
    if not unknown:
        return ()
    values: dict[str, object] = {"names": ", ".join(unknown[:10])}
    if _knows(names, truth):
        return (Message(N_("The model does not know these annotated classes, so it cannot find them: {names}."), values),)
    return (Message(N_("The archive brings annotations, but of classes that this model does not know: {names}. So nothing "
                       "was measured. "
                       "Train a detector on them."), values),)  # fmt: skip


def _truth(measured: Detection, pictures: int) -> tuple[Section, ...]:
    first, *rest = measured.sections
    caption = Message(N_("Against the annotations of {pictures} pictures, by pycocotools."), {"pictures": pictures})
    return (Section(N_("Against the truth"), first.result, caption), *rest)


def _scored(measured: Detection, given: Pictures, seen: _Seen) -> dict[str, Any]:
    """What the card says of the score."""
    from core.lifecycle.baselines_detection import GRID, grid

    trivial = grid(seen.scenes, [scene.truth for scene in seen.scenes]).metrics["ap50"]
    return {
        "metric": N_("AP50"), "score": measured.metrics["ap50"], "interval": measured.intervals.get("ap50"), "data": given.name,
        "rows": len(seen.scenes), "baseline": trivial, "baseline_name": GRID,
    }  # fmt: skip
