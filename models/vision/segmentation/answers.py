"""What is cut out of pictures: the cut-out or the new background, where it is, how much of what, and how right that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np

from core.contracts import (
    Capability,
    Context,
    Evidence,
    Gallery,
    Image,
    InputError,
    Message,
    Picture,
    Pictures,
    Records,
    Regions,
    Report,
    Section,
)
from core.intake.pictures import decoded, masks, pixels
from core.language import N_
from core.lifecycle.evaluate_segmentation import TITLES as SCORES
from core.lifecycle.evaluate_segmentation import Counted, Segmentation, counted, evaluate
from core.visual import draw, encode
from core.visual.colors import rgb
from models.vision.segmentation import matte
from models.vision.segmentation.finders import BOXES, PEOPLE, Finder, Found, finder

SHOWN = 12  # cut-outs of a batch
SMALL_PIXELS = 640  # of those
MOST_PIXELS = 2_400  # of the longer side of a cut-out
MASK_PIXELS = 800  # of a mask that is shown
NOTHING = 0.002  # share of the picture: less is nothing
TITLES = {"transparent": N_("Cut out"), "blur": N_("Background blurred"), "color": N_("Background in one colour"),
          "picture": N_("Background replaced")}  # fmt: skip
FLATTERED = N_(
    "This network was trained here. Where it learnt from some of these pictures, this score flatters it: look at its run."
)


@dataclass(frozen=True, eq=False)
class _Cut:
    """What was cut out of one picture; `shares` of the picture and numbers of things by name, `share` of all together."""

    name: str
    image: Image | None
    marked: Image | Regions | None
    share: float
    shares: dict[str, float]
    numbers: dict[str, int]


@dataclass
class _Work:
    """What holds for all pictures, and what is counted against the truth."""

    params: Any
    finder: Finder
    ground: Any
    many: bool
    truth: masks.Masks | None
    classes: tuple[str, ...] = ()
    scenes: list[Counted] = field(default_factory=list)


def report(given: Pictures, params: Any, context: Context, capability: Capability) -> Report:
    """Cuts out of all pictures.

    Raises InputError where box, classes or colour are not written as they should be, or the picture for the background is
    missing; UnavailableError for weights that cannot be had.
    """
    started = perf_counter()
    color, found = _color(params.color), finder(capability, params)
    truth = masks.read(given)
    given, ground = _background(given, params, color)
    known = truth if truth and set(things_of(truth.classes)) & set(found.classes) else None
    every = tuple(dict.fromkeys((*found.classes, *(known.classes if known else ()))))
    work = _Work(params, found, ground, len(given) > 1, known, every)
    left_out: list[Message] = []
    cuts = [_cut(picture, seen, work, place, context) for place, (picture, seen) in enumerate(decoded(given, context, left_out))]
    if not cuts:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    measured = evaluate(work.scenes, every) if work.scenes else None
    notices = (*given.notices, *found.notices, *(truth.notices if truth else ()), *left_out,
               *([Message(FLATTERED)] if measured else []))  # fmt: skip
    return Report(
        title=N_("Cut out"), summary=_summary(cuts, params), sections=(*_sections(cuts, work), *_scores(measured)),
        evidence=_evidence(work, measured, given, perf_counter() - started), notices=notices,
    )  # fmt: skip


def things_of(classes: Iterable[str]) -> list[str]:
    """The classes without the background, which every set of masks has."""
    return [name for name in classes if name != masks.BACKGROUND]


def _color(text: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text.strip()):
        raise InputError(N_("The colour must be written like #FFFFFF. Mend it and run again."))
    return rgb(text.strip())


def _background(given: Pictures, params: Any, color: tuple[int, int, int]) -> tuple[Pictures, Any]:
    """The pictures to cut out of, and what comes behind: a colour, or the pixels of the last picture."""
    if params.background != "picture":
        return given, color
    if len(given) < 2:
        raise InputError(N_("Give at least two pictures: the last one becomes the background of the others."))
    ground = matte.shrunk(pixels(given.items[-1]), MOST_PIXELS)
    return Pictures(given.items[:-1], given.name, given.notices, given.files), ground


def _cut(picture: Picture, whole: np.ndarray, work: _Work, place: int, context: Context) -> _Cut:
    """One picture cut out: the only one as large as may be, of several the first dozen small, of the rest numbers alone."""
    params = work.params
    seen = matte.shrunk(whole, SMALL_PIXELS * 2 if work.many else MOST_PIXELS)
    found = work.finder.look(seen, context)
    _compare(picture, seen, found, work)
    alpha = matte.fitted(seen, found.alpha) if params.fit else found.alpha
    alpha = matte.feathered(alpha, params.feather)
    counts = np.bincount(found.whose.ravel(), minlength=len(found.names) + 1)[1:]
    shares: dict[str, float] = {}
    numbers: dict[str, int] = {}
    for name, count in zip(found.names, counts.tolist()):
        if count:
            shares[name] = shares.get(name, 0.0) + count / found.whose.size
            numbers[name] = numbers.get(name, 0) + 1
    share = sum(shares.values())
    image: Image | None = None
    marked: Image | Regions | None = None
    if not work.many:
        image = _image(TITLES[params.background], seen, alpha, work, MOST_PIXELS) if share >= NOTHING else None
        marked = _regions(seen, found)
    elif place < SHOWN:
        image = _image(picture.name, seen, alpha, work, SMALL_PIXELS)
        marked = _marked(picture.name, seen, found) if work.params.model not in (PEOPLE, BOXES) else None
    return _Cut(picture.name, image, marked, share, shares, numbers)


def _compare(picture: Picture, seen: np.ndarray, found: Found, work: _Work) -> None:
    """Counts the pixels against the truth, where that came along."""
    from core.lifecycle.train_segmentation import fitted_to

    if work.truth is None or found.labels is None or picture.name not in work.truth.cells:
        return
    truth = fitted_to(masks.decoded(work.truth.cells[picture.name], work.classes), seen)
    work.scenes.append(counted(picture.name, truth, found.labels, len(work.classes)))


def _image(title: str, seen: np.ndarray, alpha: np.ndarray, work: _Work, most: int) -> Image:
    params = work.params
    if params.background == "transparent":
        return encode.image(title, seen, alpha=(alpha * 255).round().astype(np.uint8), kind="png", most=most)
    is_picture = params.background == "picture"
    behind = matte.covering(work.ground, seen.shape[1], seen.shape[0]) if is_picture else work.ground
    return encode.image(title, _composed(seen, alpha, params, behind), most=most)


def _composed(seen: np.ndarray, alpha: np.ndarray, params: Any, behind: Any) -> np.ndarray:
    """What was cut out before its own background blurred, or before `behind`: a picture of the same shape, or a colour."""
    return matte.blurred(seen, alpha, params.strength) if params.background == "blur" else matte.over(seen, alpha, behind)


def live(params: Any, context: Context, capability: Capability) -> Callable[[np.ndarray], np.ndarray]:
    """Another background while a camera films. Raises what `report` raises for the params."""
    color, found = _color(params.color), finder(capability, params)

    def mark(pixels: np.ndarray) -> np.ndarray:
        seen = matte.shrunk(pixels, SMALL_PIXELS)
        alpha = found.look(seen, context).alpha
        alpha = matte.feathered(matte.fitted(seen, alpha) if params.fit else alpha, params.feather)
        return _composed(seen, alpha, params, color)

    return mark


def _regions(seen: np.ndarray, found: Found) -> Regions:
    """The mask on the picture, each thing or class that is there in a colour of its own."""
    import cv2

    present = [int(number) for number in np.unique(found.whose) if number]
    places = np.zeros(256, np.uint8)
    places[present] = np.arange(1, len(present) + 1)
    scale = min(1.0, MASK_PIXELS / max(seen.shape[:2]))
    size = max(1, round(seen.shape[1] * scale)), max(1, round(seen.shape[0] * scale))
    mask = cv2.resize(places[found.whose], size, interpolation=cv2.INTER_NEAREST)
    return Regions(N_("Where it is"), encode.image("", seen), mask, tuple(found.names[number - 1] for number in present))


def _marked(name: str, seen: np.ndarray, found: Found) -> Image:
    """The same, drawn on a small picture of a gallery."""
    import cv2

    scale = SMALL_PIXELS / 2 / max(seen.shape[:2])
    size = max(1, round(seen.shape[1] * scale)), max(1, round(seen.shape[0] * scale))
    small = cv2.resize(np.ascontiguousarray(seen), size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return encode.image(Message("{name}", {"name": name}), draw.regions(small, found.whose, found.names))


def _sections(cuts: list[_Cut], work: _Work) -> tuple[Section, ...]:
    tables = (Section(N_("How much of what"), _classes(cuts, work)),) if work.params.model not in (PEOPLE, BOXES) else ()
    if len(cuts) == 1 and not work.many:
        image, marked = cuts[0].image, cuts[0].marked
        shown = [Section(image.title, image)] if image is not None else []
        where = [Section(marked.title, marked)] if marked is not None else []
        return (*(shown + where if not tables else where + shown), *tables)
    title = TITLES[work.params.background]
    caption = Message(N_("The first {count} pictures."), {"count": SHOWN}) if len(cuts) > SHOWN else ""
    drawn = tuple(cut.marked for cut in cuts if isinstance(cut.marked, Image))
    galleries = [Section(N_("Where it is"), Gallery(N_("Where it is"), drawn, caption))] if drawn else []
    galleries += [Section(title, Gallery(title, tuple(cut.image for cut in cuts if cut.image is not None), caption))]
    return (*galleries, *tables, Section(N_("Every picture"), _table(cuts, work)))


def _classes(cuts: list[_Cut], work: _Work) -> Records:
    import pandas as pd

    names = sorted({name for cut in cuts for name in cut.shares}, key=lambda name: -sum(cut.shares.get(name, 0) for cut in cuts))
    columns: dict[str, list[Any]] = {N_("class"): names}
    if work.finder.counts:
        columns[N_("objects")] = [sum(cut.numbers.get(name, 0) for cut in cuts) for name in names]
    columns[N_("pictures")] = [sum(name in cut.shares for cut in cuts) for name in names]
    columns[N_("Share of the pixels (%)")] = [round(100 * sum(cut.shares.get(name, 0) for cut in cuts) / len(cuts), 2)
                                              for name in names]  # fmt: skip
    caption = N_("Shares are the mean over all pictures. What hides behind a surer object is not counted.")
    if not work.finder.counts:
        caption = N_("Shares are the mean over all pictures.")
    return Records(N_("How much of what"), pd.DataFrame(columns), caption, words=("class",))


def _table(cuts: list[_Cut], work: _Work) -> Records:
    import pandas as pd

    columns: dict[str, list[Any]] = {N_("Picture"): [cut.name for cut in cuts]}
    if work.finder.counts:
        title = N_("People") if work.params.model == PEOPLE else N_("objects")
        columns[title] = [sum(cut.numbers.values()) for cut in cuts]
    columns[N_("Share of the picture (%)")] = [round(100 * cut.share, 1) for cut in cuts]
    caption = N_("How much of each picture was cut out.")
    return Records(N_("Every picture"), pd.DataFrame(columns), caption)


def _scores(measured: Segmentation | None) -> tuple[Section, ...]:
    if measured is None:
        return ()
    first, *rest = measured.sections
    caption = Message(N_("Against the masks that came with the pictures."))
    return (Section(N_("Against the truth"), first.result, caption), *rest)


def _summary(cuts: list[_Cut], params: Any) -> Message:
    found = [cut for cut in cuts if cut.share >= NOTHING]
    if not found and params.model == PEOPLE:
        return Message(N_("Nobody was found. For other things, say in which box they stand."))
    if not found and params.model == BOXES:
        return Message(N_("Nothing in the box stands out from what is around it. Draw the box wider or elsewhere."))
    if not found:
        return Message(N_("Nothing was found that this model knows. Choose other classes or another model."))
    share = f"{100 * sum(cut.share for cut in found) / len(found):.0f}"
    if len(cuts) > 1:
        values: dict[str, object] = {"found": len(found), "count": len(cuts), "share": share}
        return Message(N_("Something was cut out of {found} of {count} pictures, on average {share} % of the picture."), values)
    if params.model == PEOPLE:
        return Message(N_("People: {count}, on {share} % of the picture."), {"count": sum(found[0].numbers.values()),
                                                                             "share": share})  # fmt: skip
    if params.model == BOXES:
        return Message(N_("The foreground is {share} % of the picture."), {"share": share})
    values = {"objects": sum(found[0].numbers.values()), "classes": len(found[0].shares), "share": share}
    if any(count > 1 for count in found[0].numbers.values()):
        return Message(N_("Objects: {objects}, classes: {classes}, on {share} % of the picture."), values)
    return Message(N_("Classes: {classes}, on {share} % of the picture."), values)


def _evidence(work: _Work, measured: Segmentation | None, given: Pictures, seconds: float) -> Evidence:
    known = replace(work.finder.evidence, seconds=seconds)
    if measured is None:
        return known
    # The baseline of the run was measured on other pictures: beside this score it would say nothing.
    whole = np.stack([scene.counts for scene in work.scenes]).sum(0)
    commonest = int(whole.sum(1).argmax())
    trivial = whole[commonest].sum() / max(whole.sum(), 1) / max(int((whole.sum(1) > 0).sum()), 1)
    return replace(
        known, metric=SCORES["miou"][0], score=measured.metrics["miou"], interval=measured.intervals.get("miou"),
        baseline=float(trivial), baseline_name=N_("the commonest class everywhere"), data=given.name, rows=len(work.scenes),
        bar=None,
    )  # fmt: skip
