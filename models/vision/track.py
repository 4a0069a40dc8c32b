"""Follows people and vehicles through a video: numbers that stay, trails, lines and zones, speed, alarms, and how well it does
so.

Takes a video, or the numbered pictures of a MOT sequence. In one ZIP archive with a `gt.txt`, MOTA, IDF1 and HOTA are measured
against that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from core.contracts import Capability, Context, Live, Params, Pictures, Report, Video, drawing, parameter
from core.language import N_
from models.vision.detect import MODELS

if TYPE_CHECKING:
    import numpy as np


class Track(Params):
    """Whom to follow and what to watch for."""

    model: str = parameter(
        "nanodet", title=N_("Model"), max_length=200, choices=MODELS,
        help=N_("Weights that are known here; over the API also a run or a registered name of a detector that you trained."),
    )  # fmt: skip
    classes: str = parameter(
        "person", max_length=2000, title=N_("Classes"),
        help=N_("Whom to follow, with commas between them, e.g. person, or: car, bus, truck, motorcycle, bicycle. Empty: all."),
    )  # fmt: skip
    method: Literal["bytetrack", "botsort"] = parameter(
        "bytetrack", title=N_("Tracker"), help=N_("ByteTrack is faster; BoT-SORT also takes out the movement of the camera."),
        choices={"bytetrack": "ByteTrack", "botsort": "BoT-SORT"},
    )  # fmt: skip
    stride: int = parameter(
        1, ge=1, le=100, title=N_("Every so many frames"), unit=N_("frames"),
        help=N_("Every frame (1), every second one (2) and so on. Fewer is faster, and numbers stay less well."),
    )  # fmt: skip
    shapes: str = drawing(
        ("line", "zone"), title=N_("Lines and zones"),
        help=N_("Draw them on the first frame. Going from the left of a line to its right, as one looks from its first point to "
                "its second, is in."),
    )  # fmt: skip
    intrusion: bool = parameter(False, title=N_("Alarm: intrusion"), help=N_("Sounds when somebody enters a zone."))
    loitering: float = parameter(
        0.0, ge=0, le=3600, title=N_("Alarm: loitering"), unit=N_("seconds"),
        help=N_("Sounds when somebody has been in a zone for so long (in the picture, where there is no zone). 0: never."),
    )  # fmt: skip
    crowding: int = parameter(
        0, ge=0, le=1000, title=N_("Alarm: crowding"), unit=N_("objects"),
        help=N_("Sounds when so many are in a zone at once (in the picture, where there is no zone). 0: never."),
    )  # fmt: skip
    running: float = parameter(
        0.0, ge=0, le=100, title=N_("Alarm: running"), unit=N_("m/s"),
        help=N_("Sounds above this speed; it needs the scale. People walk at 1.4 m/s and run from 2.5. 0: never."),
    )  # fmt: skip
    scale: float = parameter(
        0.0, ge=0, le=10, title=N_("Scale"), unit=N_("metres per pixel"),
        help=N_("How large a pixel is on the ground, for speeds: right for a camera that looks straight down, a guess "
                "elsewhere. 0: unknown."),
    )  # fmt: skip
    confidence: float = parameter(
        0.35, ge=0.05, le=0.95, advanced=True, title=N_("Least confidence"),
        help=N_("From which a track begins; weaker boxes only carry one on."),
    )  # fmt: skip
    iou: float = parameter(
        0.5, ge=0.1, le=0.95, advanced=True, title=N_("Overlap"),
        help=N_("Two boxes of one class that share more of their area than this (intersection over union) are one object."),
    )  # fmt: skip
    size: int = parameter(
        0, ge=0, le=2048, advanced=True, title=N_("Size"), unit=N_("pixels"),
        help=N_("What a picture's longer side is brought to before it is looked at. 0: the size that the model likes."),
    )  # fmt: skip
    rate: float = parameter(
        25.0, ge=0.1, le=240, advanced=True, title=N_("Frame rate"), unit=N_("frames a second"),
        help=N_("Of a sequence of pictures; a video says its own."),
    )  # fmt: skip


def run(given: Video | Pictures, params: Track, context: Context) -> Report:
    """Follows and tells. The first section holds the film (`Film`).

    Raises InputError for lines and zones that cannot be read, or an alarm that lacks its scale.
    """
    from models.vision.tracking.follow import report

    return report(given, params, context, CAPABILITY)


def live(params: Track, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """Follows what a camera films. Raises what `run` raises for lines, zones, alarms, models and classes."""
    from models.vision.tracking.camera import Following

    return Following(params, CAPABILITY)


CAPABILITY = Capability(
    id="vision.track",
    title=N_("Follow people and vehicles"),
    summary=N_("Follows people and vehicles through a video, counts who crosses a line or stays in a zone, and sounds alarms."),
    takes=(Video, Pictures),
    returns=Report,
    params=Track,
    run=run,
    samples=("pedestrians",),
    weights=("nanodet", "yolo26n", "yolo26s", "yolo11n", "yolo11s"),
    live=Live(live, {"stride": (1,), "rate": (25.0,)}),
)
