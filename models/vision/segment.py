"""Cuts people, or whatever stands in a box, out of pictures: with a transparent, blurred or other background.

People are found by NanoDet and masked one by one by MediaPipe's selfie segmentation; anything else by GrabCut from a box that you
give. Edges are fitted to the picture. All of it runs offline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    Gallery,
    Image,
    InputError,
    Live,
    Message,
    Params,
    Picture,
    Pictures,
    Records,
    Regions,
    Report,
    Section,
    parameter,
)
from core.language import N_
from models.vision.segmentation import trial

if TYPE_CHECKING:
    import numpy as np

SHOWN = 12  # cut-outs of a batch
SMALL_PIXELS = 640  # of those, and of a frame of a camera
MOST_PIXELS = 2_400  # of the longer side of a cut-out
MASK_PIXELS = 800  # of a mask that is shown
NOTHING = 0.002  # share of the picture: less is nothing
BOX = "0.1 0.1 0.9 0.9"
TITLES = {"transparent": N_("Cut out"), "blur": N_("Background blurred"), "color": N_("Background in one colour"),
          "picture": N_("Background replaced")}  # fmt: skip


class SegmentParams(Params):
    what: Literal["person", "box"] = parameter(
        "person", title=N_("What to cut out"), help=N_("People are found by themselves; for anything else say where it stands."),
        choices={"person": N_("People"), "box": N_("What is in a box")},
    )  # fmt: skip
    box: str = parameter(
        BOX, max_length=80, title=N_("Box"), when={"what": ("box",)},
        help=N_("Left, top, right and bottom edge as shares of width and height, e.g. 0.1 0.1 0.9 0.9, with little around."),
    )  # fmt: skip
    background: Literal["transparent", "blur", "color", "picture"] = parameter(
        "transparent", title=N_("Background"),
        help=N_("For another picture as background, give it as the last of several pictures."),
        choices={"transparent": N_("Transparent (PNG)"), "blur": N_("Blurred"), "color": N_("One colour"),
                 "picture": N_("The last picture")},
    )  # fmt: skip
    strength: float = parameter(
        0.02, ge=0.002, le=0.1, title=N_("Blur"), when={"background": ("blur",)},
        help=N_("As a share of the picture's longer side."),
    )  # fmt: skip
    color: str = parameter(
        "#FFFFFF", max_length=7, title=N_("Colour"), when={"background": ("color",)},
        help=N_("Red, green and blue in hexadecimal, e.g. #FFFFFF for white or #00B140 for the green of film studios."),
    )  # fmt: skip
    feather: float = parameter(
        1.0, ge=0, le=60, title=N_("Soft edge"), unit=N_("pixels"), advanced=True,
        help=N_("0 leaves the edge as sharp as it is."),
    )  # fmt: skip
    fit: bool = parameter(
        True, title=N_("Fit the edge"), help=N_("Moves the edge of the mask to the nearest edge in the picture."), advanced=True,
    )  # fmt: skip
    people: int = parameter(
        12, ge=1, le=50, title=N_("People at most"), when={"what": ("person",)}, advanced=True,
        help=N_("The surest ones are taken."),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Cut:
    """What was cut out of one picture; `share` of the picture, `count` people (0 where it is no question of people)."""

    name: str
    image: Image | None
    regions: Regions | None
    share: float
    count: int


def run(given: Pictures, params: SegmentParams, context: Context) -> Report:
    """Cuts out of all pictures.

    Raises:
        InputError: box or colour are not written as they should be, or the picture for the background is missing.
    """
    from core.intake.pictures import decoded

    started = perf_counter()
    box, color = _box(params.box), _color(params.color)
    given, ground = _background(given, params, color)
    left_out: list[Message] = []
    many = len(given) > 1
    cuts = [
        _cut(picture, pixels, params, box, ground, context, size=0 if not many else SMALL_PIXELS if place < SHOWN else -1)
        for place, (picture, pixels) in enumerate(decoded(given, context, left_out))
    ]
    if not cuts:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    return Report(
        title=N_("Cut out"), summary=_summary(cuts, params), sections=_sections(cuts, params),
        evidence=_evidence(params, perf_counter() - started), notices=(*given.notices, *left_out),
    )  # fmt: skip


def live(params: SegmentParams, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """People before another background while a camera films. Raises InputError for a colour that cannot be read."""
    color = _color(params.color)

    def mark(pixels: np.ndarray) -> np.ndarray:
        from models.vision.segmentation import matte, selfie

        seen = matte.shrunk(pixels, SMALL_PIXELS)
        alpha, _whose = selfie.masks(seen, context, params.people)
        alpha = matte.feathered(matte.fitted(seen, alpha) if params.fit else alpha, params.feather)
        return _composed(seen, alpha, params, color)

    return mark


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        numbers = [float(part) for part in re.split(r"[\s,;，；]+", text.strip())]
        x0, y0, x1, y1 = numbers
    except ValueError:
        x0 = y0 = x1 = y1 = -1.0
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1) or min(x1 - x0, y1 - y0) < 0.01:
        raise InputError(
            N_("The box must be four numbers from 0 to 1: left, top, right, bottom, e.g. {example}. Mend it and run again."),
            example=BOX,
        )
    return x0, y0, x1, y1


def _color(text: str) -> tuple[int, int, int]:
    from core.visual.colors import rgb

    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text.strip()):
        raise InputError(N_("The colour must be written like #FFFFFF. Mend it and run again."))
    return rgb(text.strip())


def _background(given: Pictures, params: SegmentParams, color: tuple[int, int, int]) -> tuple[Pictures, Any]:
    """The pictures to cut out of, and what comes behind: a colour, or the pixels of the last picture."""
    from core.intake.pictures import pixels
    from models.vision.segmentation import matte

    if params.background != "picture":
        return given, color
    if len(given) < 2:
        raise InputError(N_("Give at least two pictures: the last one becomes the background of the others."))
    ground = matte.shrunk(pixels(given.items[-1]), MOST_PIXELS)
    return Pictures(given.items[:-1], given.name, given.notices, given.files), ground


def _cut(
    picture: Picture, pixels: np.ndarray, params: SegmentParams, box: tuple[float, float, float, float], ground: Any,
    context: Context, *, size: int,
) -> _Cut:  # fmt: skip
    """One picture cut out; `size` is that of the picture kept, 0 as large as it may be, -1 none."""
    import numpy as np

    from models.vision.segmentation import grabcut, matte, selfie

    seen = matte.shrunk(pixels, MOST_PIXELS if size == 0 else SMALL_PIXELS * 2)
    if params.what == "person":
        alpha, whose = selfie.masks(seen, context, params.people)
    else:
        alpha = grabcut.mask(seen, box, context)
        whose = (alpha >= 0.5).astype(np.uint8)
    if params.fit:
        alpha = matte.fitted(seen, alpha)
    alpha = matte.feathered(alpha, params.feather)
    numbers = [int(number) for number in np.unique(whose) if number]
    whole = float((whose > 0).mean())
    image = regions = None
    if size >= 0 and (whole >= NOTHING or size > 0):
        image = _image(picture.name if size else TITLES[params.background], seen, alpha, params, ground, size or MOST_PIXELS)
    if size == 0:
        regions = _regions(seen, whose, numbers, params)
    return _Cut(picture.name, image, regions, whole, len(numbers) if params.what == "person" else 0)


def _image(title: str, seen: np.ndarray, alpha: np.ndarray, params: SegmentParams, ground: Any, most: int) -> Image:
    import numpy as np

    from core.visual import encode
    from models.vision.segmentation import matte

    if params.background == "transparent":
        return encode.image(title, seen, alpha=(alpha * 255).round().astype(np.uint8), kind="png", most=most)
    behind = matte.covering(ground, seen.shape[1], seen.shape[0]) if params.background == "picture" else ground
    return encode.image(title, _composed(seen, alpha, params, behind), most=most)


def _composed(seen: np.ndarray, alpha: np.ndarray, params: SegmentParams, behind: Any) -> np.ndarray:
    """What was cut out before its own background blurred, or before `behind`: a picture of the same shape, or a colour."""
    from models.vision.segmentation import matte

    return matte.blurred(seen, alpha, params.strength) if params.background == "blur" else matte.over(seen, alpha, behind)


def _regions(seen: np.ndarray, whose: np.ndarray, numbers: list[int], params: SegmentParams) -> Regions:
    """The mask on the picture, each person in a colour of its own."""
    import cv2
    import numpy as np

    from core.visual import encode

    places = np.zeros(256, np.uint8)
    places[numbers] = np.arange(1, len(numbers) + 1)
    scale = min(1.0, MASK_PIXELS / max(seen.shape[:2]))
    size = max(1, round(seen.shape[1] * scale)), max(1, round(seen.shape[0] * scale))
    mask = cv2.resize(places[whose], size, interpolation=cv2.INTER_NEAREST)
    name = N_("person") if params.what == "person" else N_("foreground")
    return Regions(N_("Where it is"), encode.image("", seen), mask, (name,) * len(numbers))


def _sections(cuts: list[_Cut], params: SegmentParams) -> tuple[Section, ...]:
    if len(cuts) == 1:
        image, regions = cuts[0].image, cuts[0].regions
        shown = [Section(image.title, image)] if image is not None else []
        return (*shown, *([Section(regions.title, regions)] if regions is not None else []))
    title = TITLES[params.background]
    images = tuple(cut.image for cut in cuts if cut.image is not None)
    caption = Message(N_("The first {count} pictures."), {"count": SHOWN}) if len(cuts) > SHOWN else ""
    return (
        Section(title, Gallery(title, images, caption)),
        Section(N_("Every picture"), _table(cuts, params)),
    )


def _table(cuts: list[_Cut], params: SegmentParams) -> Records:
    import pandas as pd

    columns: dict[str, list[Any]] = {N_("Picture"): [cut.name for cut in cuts]}
    if params.what == "person":
        columns[N_("People")] = [cut.count for cut in cuts]
    columns[N_("Share of the picture (%)")] = [round(100 * cut.share, 1) for cut in cuts]
    caption = N_("How much of each picture was cut out.")
    return Records(N_("Every picture"), pd.DataFrame(columns), caption)


def _summary(cuts: list[_Cut], params: SegmentParams) -> Message:
    found = [cut for cut in cuts if cut.share >= NOTHING]
    if not found and params.what == "person":
        return Message(N_("Nobody was found. For other things, say in which box they stand."))
    if not found:
        return Message(N_("Nothing in the box stands out from what is around it. Draw the box wider or elsewhere."))
    share = f"{100 * sum(cut.share for cut in found) / len(found):.0f}"
    if len(cuts) > 1:
        values: dict[str, object] = {"found": len(found), "count": len(cuts), "share": share}
        return Message(N_("Something was cut out of {found} of {count} pictures, on average {share} % of the picture."), values)
    if params.what == "person":
        return Message(N_("People: {count}, on {share} % of the picture."), {"count": found[0].count, "share": share})
    return Message(N_("The foreground is {share} % of the picture."), {"share": share})


def _evidence(params: SegmentParams, seconds: float) -> Evidence:
    if params.what == "box":
        return Evidence(
            answered_by="GrabCut (OpenCV)", license="Apache-2.0", seconds=seconds,
            caveats=(N_("By colour alone: where thing and background look alike, the edge is wrong."),),
        )  # fmt: skip
    entries = [weights.entry(name) for name in ("nanodet", "selfie")]
    return Evidence(
        answered_by=", ".join(entry.title for entry in entries), license=entries[0].licence, seconds=seconds,
        caveats=(N_("Made for people near the camera: those far away, half hidden or in dark clothes lose parts."),),
    )  # fmt: skip


CAPABILITY = Capability(
    id="vision.segment",
    title=N_("Cut out people and things"),
    summary=N_("Cuts people or things out of pictures: transparent, before a blurred background, a colour or another picture."),
    takes=(Pictures,),
    returns=Report,
    params=SegmentParams,
    run=run,
    samples=("two_people", "street", "nature"),
    weights=("nanodet", "selfie"),
    metric="intersection over union",
    bars=(Bar("shapes on textures, simulated", trial.OVERLAP, 0.85, measure=trial.boxed),),
    live=Live(live, {"what": ("person",), "background": ("blur", "color")}),
)
