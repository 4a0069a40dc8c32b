"""Key points of bodies in pictures and videos: skeletons, and the angles of elbows, shoulders, hips and knees.

People are found by NanoDet, and MoveNet looks at each by itself. In a video the angles are followed over time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, perf_counter
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
    Keypoints,
    Live,
    Message,
    Params,
    Picture,
    Pictures,
    Ranking,
    Records,
    Report,
    Section,
    Video,
    parameter,
)
from core.language import N_
from models.vision.bodies import trial

if TYPE_CHECKING:
    import numpy as np

SHOWN = 12  # pictures of a batch with their skeletons
SMALL_PIXELS = 640  # of those


class PoseParams(Params):
    people: Literal["each", "one"] = parameter(
        "each", title=N_("Who"), help=N_("Each person who is found, or the whole picture as one person."),
        choices={"each": N_("Everybody found"), "one": N_("One person fills it")},
    )  # fmt: skip
    threshold: float = parameter(
        0.3, ge=0.05, le=0.95, title=N_("Least confidence"), help=N_("Points that the model is less sure of are left out."),
    )  # fmt: skip
    most: int = parameter(
        8, ge=1, le=50, title=N_("People at most"), when={"people": ("each",)}, advanced=True,
        help=N_("The surest ones are taken."),
    )  # fmt: skip
    every: int = parameter(
        3, ge=1, le=100, title=N_("Every so many frames"), unit=N_("frames"), advanced=True,
        help=N_("Of a video: 1 looks at all frames, 3 at every third, three times as fast."),
    )  # fmt: skip
    seconds: float = parameter(
        20.0, ge=0.1, le=1800, title=N_("Seconds at most"), unit=N_("seconds"), advanced=True,
        help=N_("Of a video: so much from its beginning is looked at."),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Seen:
    """The people of one picture."""

    name: str
    size: tuple[int, int]
    boxes: np.ndarray
    points: np.ndarray
    image: Image | None


def run(given: Pictures | Video, params: PoseParams, context: Context) -> Report:
    """Finds bodies. The first section holds the picture with its skeletons (`Keypoints`), several (`Gallery`), or the `Film`.

    Raises InputError where nothing of what was given can be opened.
    """
    started = perf_counter()
    if isinstance(given, Video):
        from models.vision.bodies import films

        watched = films.watch(given, params, context)
        values: dict[str, object] = {"people": len(watched.people), "frames": watched.frames}
        summary = Message(N_("{people} people were followed through {frames} frames."), values)
        return Report(
            N_("Poses"), summary, tuple(films.sections(watched)), _evidence(params, perf_counter() - started), given.notices
        )
    from core.intake.pictures import decoded

    left_out: list[Message] = []
    many = len(given) > 1
    seen = [
        _look(picture, pixels, params, drawn=many and place < SHOWN, kept=not many)
        for place, (picture, pixels) in enumerate(decoded(given, context, left_out))
    ]
    if not seen:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    return Report(
        title=N_("Poses"), summary=_summary(seen), sections=tuple(_sections(seen, params)),
        evidence=_evidence(params, perf_counter() - started), notices=(*given.notices, *left_out),
    )  # fmt: skip


def live(params: PoseParams, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """Skeletons on what a camera films."""
    from models.vision.bodies.films import Skeletons

    skeletons = Skeletons(params)
    return lambda pixels: skeletons(pixels, monotonic())[0]


def bodies_in(pixels: np.ndarray, params: PoseParams) -> tuple[np.ndarray, np.ndarray]:
    """Boxes, float32 (n, 4), and points, float32 (n, 17, 3), of the people in `pixels`; whoever shows no point is left out."""
    import numpy as np

    from models.vision import people
    from models.vision.bodies import movenet

    height, width = pixels.shape[:2]
    boxes = np.array([[0, 0, width, height]], np.float32)
    if params.people == "each":
        boxes, _scores = people.find(pixels, most=params.most)
    points = movenet.points(pixels, boxes)
    shown = (points[:, :, 2] >= params.threshold).any(1)
    return boxes[shown], points[shown]


def _look(picture: Picture, pixels: np.ndarray, params: PoseParams, *, drawn: bool, kept: bool) -> _Seen:
    from core.visual import draw, encode
    from models.vision.bodies import movenet

    boxes, points = bodies_in(pixels, params)
    image = encode.image("", pixels) if kept else None
    if drawn:
        marked = draw.keypoints(pixels, points, movenet.BONES, threshold=params.threshold)
        caption = Message(N_("People: {count}"), {"count": len(points)})
        image = encode.image(picture.name, marked, caption=caption, most=SMALL_PIXELS)
    return _Seen(picture.name, pixels.shape[1::-1], boxes, points, image)  # type: ignore[arg-type]


def _sections(seen: list[_Seen], params: PoseParams) -> list[Section]:
    from models.vision.bodies import movenet

    title = N_("Skeletons")
    found = []
    if len(seen) == 1:
        (one,) = seen
        assert one.image is not None
        shown: Any = Keypoints(title, one.image, one.points, movenet.NAMES, movenet.BONES, params.threshold,
                               one.boxes if params.people == "each" else one.boxes[:0])  # fmt: skip
        found.append(Section(title, shown))
        if len(one.points) == 1 and (ranking := _ranking(one.points[0], params)) is not None:
            found.append(Section(ranking.title, ranking))
    else:
        caption = Message(N_("The first {count} pictures."), {"count": SHOWN}) if len(seen) > SHOWN else ""
        found.append(Section(title, Gallery(title, tuple(one.image for one in seen if one.image), caption)))
    if any(len(one.points) for one in seen):
        found.append(Section(N_("Angles of the joints"), _table(seen, params)))
    return found


def _ranking(body: np.ndarray, params: PoseParams) -> Ranking | None:
    """The angles of the only person as bars."""
    import numpy as np

    from models.vision.bodies.angles import JOINTS, angles

    values = angles(body, params.threshold)
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return None
    names = tuple(JOINTS[k][0] for k in known)
    return Ranking(
        N_("Angles of the joints"), names, tuple(round(float(values[k]), 1) for k in known), "°", ANGLE_CAPTION, words=names
    )


ANGLE_CAPTION = N_("In degrees: 180° is a straight joint. Angles are those in the picture, not in space.")


def _table(seen: list[_Seen], params: PoseParams) -> Records:
    """A row for each person: points found, and the angle of each joint."""
    import numpy as np
    import pandas as pd

    from models.vision.bodies.angles import JOINTS, angles

    rows: list[dict[str, Any]] = []
    for one in seen:
        for number, (box, body) in enumerate(zip(one.boxes, one.points), 1):
            row: dict[str, Any] = {N_("Picture"): one.name} if len(seen) > 1 else {}
            row |= {N_("Person"): number, N_("Points found"): int((body[:, 2] >= params.threshold).sum())}
            for (name, *_points), value in zip(JOINTS, angles(body, params.threshold)):
                row[name] = round(float(value), 1) if np.isfinite(value) else None
            rows.append(row | {key: round(float(v), 1) for key, v in zip(("x0", "y0", "x1", "y1"), box)})
    return Records(N_("Angles of the joints"), pd.DataFrame(rows), ANGLE_CAPTION)


def _summary(seen: list[_Seen]) -> Message:
    count = sum(len(one.points) for one in seen)
    if not count:
        return Message(N_("Nobody was found. If one person fills the picture, say so in the settings."))
    if len(seen) == 1:
        return Message(N_("People found: {count}."), {"count": count})
    return Message(N_("People found: {count}; pictures: {pictures}."), {"count": count, "pictures": len(seen)})


def _evidence(params: PoseParams, seconds: float) -> Evidence:
    names = ["movenet", *(["nanodet"] if params.people == "each" else [])]
    entries = [weights.entry(name) for name in names]
    return Evidence(
        answered_by=", ".join(entry.title for entry in entries), license=entries[0].licence, seconds=seconds,
        caveats=(
            N_("Small and hidden people get wrong points; left and right may be swapped. No medical advice follows from it."),
        ),
    )  # fmt: skip


CAPABILITY = Capability(
    id="vision.pose",
    title=N_("Body poses"),
    summary=N_("Finds the key points of bodies in pictures and videos, draws skeletons and measures the angles of joints."),
    takes=(Pictures, Video),
    returns=Report,
    params=PoseParams,
    run=run,
    samples=("street", "two_people", "pedestrians"),
    weights=("movenet", "nanodet"),
    metric=trial.FOUND,
    bars=(Bar("street", trial.FOUND, 14, measure=trial.street, unit=N_("points")),),
    live=Live(live, {"every": (1,), "seconds": (20.0,)}),
)
