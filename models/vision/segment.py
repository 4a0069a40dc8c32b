"""Cuts people, things or what you taught it out of pictures: with a transparent, blurred or other background.

People are found by NanoDet and masked one by one by MediaPipe's selfie segmentation; anything else by GrabCut from a box that you
draw. YOLO-seg from the hub finds the things of everyday life one by one, and a U-Net that you train on pictures with masks tells
the classes that it learnt. Edges are fitted to the picture.
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
    drawing,
    parameter,
)
from core.language import N_
from models.vision.segmentation import trial

if TYPE_CHECKING:
    import numpy as np

MODELS = {"selfie": N_("People, ships with Panorama"), "grabcut": N_("What is in a box, by its colours"),
          "yolo26n-seg": N_("YOLO26-seg nano, from the hub"),
          "yolo11n-seg": N_("YOLO11-seg nano, from the hub")}  # fmt: skip
OBJECTS = ("yolo26n-seg", "yolo11n-seg")


class SegmentParams(Params):
    """What to cut out, and what comes behind it."""

    model: str = parameter(
        "selfie", title=N_("What to cut out"), max_length=200, choices=MODELS,
        help=N_("People are found by themselves, YOLO finds 80 kinds of things. Over the API also a run or a registered name of "
                "a network that you trained."),
    )  # fmt: skip
    box: str = drawing(
        ("box",), title=N_("Box"), when={"model": ("grabcut",)},
        help=N_("Draw it around the thing, with little room. Over the API also four shares of width and height: "
                "0.1 0.1 0.9 0.9."),
    )  # fmt: skip
    classes: str = parameter(
        "", max_length=2000, title=N_("Classes"), when={"model": (*OBJECTS, None)},  # None: a trained one, chosen elsewhere
        help=N_("Only these, with commas between them, e.g. person, bus. Empty: all."),
    )  # fmt: skip
    confidence: float = parameter(
        0.25, ge=0.01, le=0.99, title=N_("Least confidence"), when={"model": OBJECTS}, advanced=True,
        help=N_("Below it, an object is not shown."),
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
        12, ge=1, le=50, title=N_("People at most"), when={"model": ("selfie",)}, advanced=True,
        help=N_("The surest ones are taken."),
    )  # fmt: skip


class TrainSegmenter(TrainingParams):
    """How to learn from pictures with masks."""

    task: ClassVar[str] = "segmentation"

    target: str = parameter("mask", max_length=120, advanced=True, title=N_("Masks"),
                            help=N_("The column with the masks, which is made from those in the archive."))  # fmt: skip
    architecture: Literal["efficientnet", "unet"] = parameter(
        "efficientnet", title=N_("Architecture"),
        help=N_("On top of EfficientNet-Lite0, which has seen a million photographs, a few dozen pictures are enough. From "
                "scratch it needs hundreds, and is right for what is like no photograph."),
        choices={"efficientnet": N_("U-Net on EfficientNet-Lite0"), "unet": N_("U-Net from scratch")},
    )  # fmt: skip
    epochs: int = parameter(20, ge=1, le=1000, title=N_("Epochs"), help=N_("Passes over the training pictures at most."))
    size: int = parameter(
        0, ge=0, le=512, title=N_("Size"), unit=N_("pixels"),
        help=N_("What each side of a picture is brought to, a multiple of 16. 0: that of the pictures, from 64 to 256."),
    )  # fmt: skip
    width: int = parameter(
        16, ge=8, le=64, title=N_("Width"), unit=N_("channels"), advanced=True,
        help=N_("Channels of the uppermost level, a multiple of 8; each level below has twice as many."),
    )  # fmt: skip
    augmentation: bool = parameter(
        True, title=N_("Change the pictures"),
        help=N_("Learns from pictures that are mirrored, turned, scaled and recoloured at random, their masks alike. Switch it "
                "off where left and right or colour matter."),
    )  # fmt: skip
    batch: int = parameter(8, ge=1, le=64, advanced=True, title=N_("Batch"), unit=N_("pictures"), help=N_("Pictures a step."))
    rate: float = parameter(
        5e-3, ge=1e-6, le=0.1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."),
    )  # fmt: skip
    patience: int = parameter(
        15, ge=1, le=1000, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the pictures to choose by; the best one is kept."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainSegmenter, context: Context) -> Model:
    """Trains on the pictures of the first table, chooses by those of the second (the last epoch where there are none)."""
    from models.vision.segmentation.learning import fit as fit_network

    return fit_network(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a trained network wrote."""
    from models.vision.segmentation.learnt import load as load_network

    return load_network(folder)


def run(given: Pictures, params: SegmentParams, context: Context) -> Report:
    """Cuts out of all pictures; where an archive brings masks of classes that a trained network knows, it is measured on them.

    Raises:
        InputError: box, classes or colour are not written as they should be, or the picture for the background is missing.
    """
    from models.vision.segmentation.answers import report

    return report(given, params, context, CAPABILITY)


def live(params: SegmentParams, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """Another background while a camera films. Raises what `run` raises for the params."""
    from models.vision.segmentation import answers

    return answers.live(params, context, CAPABILITY)


CAPABILITY = Capability(
    id="vision.segment",
    title=N_("Cut out people and things"),
    summary=N_("Cuts people or things out of pictures, changes what is behind them, and learns your own classes from masks."),
    takes=(Pictures,),
    returns=Report,
    params=SegmentParams,
    run=run,
    samples=("two_people", "street", "nature", "shapes"),
    weights=("nanodet", "selfie", "yolo26n-seg", "yolo11n-seg", "efficientnet-lite0"),
    metric="miou",
    bars=(Bar("shapes on textures, simulated", trial.OVERLAP, 0.85, measure=trial.boxed), Bar("shapes", trial.OVERLAP, 0.75)),
    learner=Learner(TrainSegmenter, fit, load, samples=("shapes",)),
    ready=True,
    live=Live(live, {"model": ("selfie", *OBJECTS), "background": ("blur", "color")}),
)
