"""Finds objects in pictures and videos, counts them, and measures itself where the right answers come along.

Answers at once with NanoDet-g, which ships with Panorama, with YOLO from the hub where it can be had, or with a detector that was
trained here on your own pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Learner,
    Live,
    Model,
    Params,
    Pictures,
    Report,
    Table,
    TrainingParams,
    Video,
    parameter,
)
from core.language import N_

if TYPE_CHECKING:
    import numpy as np

MODELS = {"nanodet": N_("NanoDet-g, ships with Panorama"), "yolo26n": N_("YOLO26 nano, from the hub"),
          "yolo26s": N_("YOLO26 small, from the hub"), "yolo11n": N_("YOLO11 nano, from the hub"),
          "yolo11s": N_("YOLO11 small, from the hub")}  # fmt: skip
# Chosen on SOAP_061.png with a detector that learnt from the largest picture only; the picture measured with had no say.
TREES: dict[str, object] = {"size": 256, "tile": 256, "epochs": 80, "batch": 4, "variety": "strong"}


class Detect(Params):
    """How to look."""

    model: str = parameter(
        "nanodet", title=N_("Model"), max_length=200, choices=MODELS,
        help=N_("Weights that are known here; over the API also a run or a registered name of a detector that you trained."),
    )  # fmt: skip
    confidence: float = parameter(
        0.0, ge=0, le=0.99, title=N_("Least confidence"),
        help=N_("Below it, an object is not shown. 0 takes what suits the model: 0.45 for NanoDet, 0.25 for YOLO."),
    )  # fmt: skip
    classes: str = parameter(
        "", max_length=2000, title=N_("Classes"), help=N_("Only these, with commas between them, e.g. person, bus. Empty: all."),
    )  # fmt: skip
    tiles: int = parameter(
        1, ge=1, le=8, title=N_("Tiles a side"), unit=N_("tiles"),
        help=N_("For small objects in large pictures: the picture is also looked at in so many tiles across and down."),
    )  # fmt: skip
    scales: bool = parameter(
        False, advanced=True, title=N_("Several scales"),
        help=N_("Looks three times, at 0.75, 1 and 1.5 times the size, and merges: finds a little more, takes four "
                "times as long."),
    )  # fmt: skip
    iou: float = parameter(
        0.5, ge=0.1, le=0.95, advanced=True, title=N_("Overlap"),
        help=N_("Two boxes of one class that share more of their area than this (intersection over union) are one object."),
    )  # fmt: skip
    size: int = parameter(
        0, ge=0, le=2048, advanced=True, title=N_("Size"), unit=N_("pixels"),
        help=N_("What a picture's longer side is brought to before it is looked at. 0: the size that the model likes."),
    )  # fmt: skip
    stride: int = parameter(
        2, ge=1, le=100, advanced=True, title=N_("Every so many frames"), unit=N_("frames"),
        help=N_("Of a video, every frame (1) or every second one (2) and so on is looked at."),
    )  # fmt: skip


class TrainDetector(TrainingParams):
    """How to learn."""

    task: ClassVar[str] = "detection"

    target: str = parameter("boxes", max_length=120, advanced=True, title=N_("Boxes"),
                            help=N_("The column with the boxes, which is made from the annotations in the archive."))  # fmt: skip
    architecture: Literal["yolo11n", "yolo26n", "yolo11s", "yolo26s"] = parameter(
        "yolo11n", title=N_("Architecture"), help=N_("n is nano, s is small: larger learns more and is slower."),
        choices={"yolo11n": "YOLO11 nano", "yolo26n": "YOLO26 nano", "yolo11s": "YOLO11 small", "yolo26s": "YOLO26 small"},
    )  # fmt: skip
    start: Literal["scratch", "pretrained"] = parameter(
        "scratch", title=N_("Start from"),
        help=N_("Weights learnt on COCO need far fewer pictures, but come from the hub. Random ones need nothing."),
        choices={"scratch": N_("Random weights"), "pretrained": N_("Weights from the hub")},
    )  # fmt: skip
    epochs: int = parameter(60, ge=1, le=1000, title=N_("Epochs"), help=N_("Passes over the training pictures at most."))
    size: int = parameter(
        320, ge=64, le=1280, title=N_("Size"), unit=N_("pixels"),
        help=N_("What a picture's longer side is brought to. Time grows with its square."),
    )  # fmt: skip
    tile: int = parameter(
        0, ge=0, le=2048, title=N_("Tile"), unit=N_("pixels"),
        help=N_("Larger pictures are cut into overlapping tiles of this side, after the split, so that small objects stay large "
                "enough. 0: they are not cut."),
    )  # fmt: skip
    variety: Literal["usual", "strong"] = parameter(
        "usual", advanced=True, title=N_("Variety"),
        help=N_("How much colours and sizes are changed at random while learning. Strong helps where new pictures differ."),
        choices={"usual": N_("Usual"), "strong": N_("Strong")},
    )  # fmt: skip
    batch: int = parameter(8, ge=1, le=128, advanced=True, title=N_("Batch"), unit=N_("pictures"), help=N_("Pictures a step."))
    rate: float = parameter(
        2e-3, ge=1e-6, le=0.1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."),
    )  # fmt: skip
    patience: int = parameter(
        30, ge=0, le=1000, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the pictures to choose by; the best one is kept."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainDetector, context: Context) -> Model:
    """Trains on the pictures of the first table, chooses by those of the second (the last epoch where there are none)."""
    from models.vision.detection.training import fit as fit_detector

    return fit_detector(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a trained detector wrote."""
    from models.vision.detection.trained import load as load_detector

    return load_detector(folder)


def run(given: Pictures | Video, params: Detect, context: Context) -> Report:
    """Finds objects. The first section holds the picture with its boxes (`Boxes`), several (`Gallery`), or the film (`Film`).

    Where an archive brings annotations (COCO or YOLO), the answers are measured against them. Raises InputError for classes
    that the model does not know, UnavailableError for weights that cannot be had.
    """
    if isinstance(given, Video):
        from models.vision.detection.films import report as film_report

        return film_report(given, params, context, CAPABILITY)
    from models.vision.detection.pictures import report

    return report(given, params, context, CAPABILITY)


def live(params: Detect, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """Boxes on what a camera films. Raises what `run` raises for models and classes."""
    from models.vision.detection.films import Marks

    marks = Marks(params, CAPABILITY)
    return lambda pixels: marks(pixels)[0]


CAPABILITY = Capability(
    id="vision.detect",
    title=N_("Find and count objects"),
    summary=N_("Finds and counts objects in pictures and videos, learns your own kinds of objects, and measures itself on them."),
    takes=(Pictures, Video),
    returns=Report,
    params=Detect,
    run=run,
    samples=("street", "two_people", "counting", "trees", "pedestrians"),
    weights=("nanodet", "yolo26n", "yolo26s", "yolo11n", "yolo11s"),
    metric="ap50",
    bars=(Bar("trees", "AP50", 0.01, TREES),),
    learner=Learner(TrainDetector, fit, load, samples=("trees",)),
    ready=True,
    live=Live(live, {"tiles": (1,), "scales": (False,), "stride": (1,)}),
)
