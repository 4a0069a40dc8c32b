"""Names what is on pictures, and sorts them into classes of your own: train on a ZIP of folders or a ZIP with a table of labels.

Three methods, from seconds to minutes: a frozen pretrained network with logistic regression, the same network with its upper
blocks fine-tuned, and a small convolutional network from scratch. Each answer shows where in the picture it was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    Labels,
    Learner,
    Model,
    Params,
    Pictures,
    Reference,
    Report,
    Section,
    Table,
    TrainingParams,
    column,
    parameter,
)
from core.language import N_

IMAGENET = ("efficientnet-lite0", "timm/mobilenetv3_large_100.ra_in1k")
PRETRAINED = ("frozen", "tuned")
NETWORKS = ("tuned", "scratch")
_NAMES = {
    "efficientnet-lite0": N_("EfficientNet-Lite0, 1,000 everyday classes"),
    "timm/mobilenetv3_large_100.ra_in1k": N_("MobileNetV3 large, the same classes (model hub)"),
}


DIGITS = Reference(
    0.9905,
    "LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition (LeNet-5)",
    "all of MNIST, 60,000 digits to learn from and 10,000 to test; ours learns from about 4,000 and is tested on 1,008",
)
FACES = Reference(
    0.962,
    "Lawrence, Giles, Tsoi & Back 1997, Face recognition: a convolutional neural-network approach",
    "5 pictures of each person to learn from, the other 200 to test; ours: 7 of each, and 120 to test",
)


class Classify(Params):
    """What to answer with."""

    model: str = parameter(
        "efficientnet-lite0", title=N_("Model"), max_length=200, choices=_NAMES,
        help=N_("A ready network, or one trained here: a run, a registered name or shipped:<name>."),
    )  # fmt: skip
    top: int = parameter(5, ge=1, le=20, title=N_("Answers a picture"), help=N_("How many of the likeliest classes are shown."))
    heat: bool = parameter(
        True, title=N_("Heat map"), help=N_("Shows where in the picture the answer was found (Grad-CAM)."),
    )  # fmt: skip


class TrainClassifier(TrainingParams):
    """How to learn."""

    picture: str = column("picture", title=N_("Picture column"), help=N_("The column that names the pictures to learn from."))
    method: Literal["frozen", "tuned", "scratch"] = parameter(
        "frozen", title=N_("Method"), help=N_("From seconds (the first) to minutes (the others) of training."),
        choices={"frozen": N_("Frozen network and logistic regression"), "tuned": N_("Upper blocks fine-tuned"),
                 "scratch": N_("Small network from scratch")},
    )  # fmt: skip
    backbone: Literal["efficientnet-lite0", "timm/mobilenetv3_large_100.ra_in1k"] = parameter(
        "efficientnet-lite0", when={"method": PRETRAINED}, title=N_("Pretrained network"), help=N_("The network to start from."),
        choices={"efficientnet-lite0": "EfficientNet-Lite0",
                 "timm/mobilenetv3_large_100.ra_in1k": N_("MobileNetV3 large (model hub)")},
    )  # fmt: skip
    augmentation: Literal["auto", "none", "shift", "photo"] = parameter(
        "auto", title=N_("Augmentation"), help=N_("Changed copies to learn from, so that few pictures go further."),
        choices={"auto": N_("Choose on the validation rows"), "none": N_("None"),
                 "shift": N_("Shifted, turned, bent: digits, letters, signs"),
                 "photo": N_("Mirrored, cut, turned, recoloured: photographs")},
    )  # fmt: skip
    balanced: bool = parameter(
        False, title=N_("Class weights"),
        help=N_("Rare classes get as much say as common ones: more of them are found, at some accuracy."),
    )  # fmt: skip
    labels: Literal["auto", "one", "several"] = parameter(
        "auto", advanced=True, title=N_("Labels of a picture"), help=N_("Several when cells such as red|round hold several."),
        choices={"auto": N_("Find out"), "one": N_("One"), "several": N_("Several")},
    )  # fmt: skip
    separator: Literal["auto", "|", ";"] = parameter(
        "auto", advanced=True, title=N_("Separator"), help=N_("The mark between several labels of a cell."),
        choices={"auto": N_("Find out"), "|": "|", ";": ";"},
    )  # fmt: skip
    threshold: float = parameter(
        0.5, ge=0.05, le=0.95, advanced=True, title=N_("Threshold"),
        help=N_("With several labels: the probability from which one counts."),
    )  # fmt: skip
    size: int = parameter(
        0, ge=0, le=512, unit=N_("pixels"), advanced=True, title=N_("Picture size"),
        help=N_("Pictures are scaled to squares of so many pixels a side; 0 goes by the pictures and the network."),
    )  # fmt: skip
    strength: float = parameter(
        0.0, ge=0, le=1000, advanced=True, when={"method": ("frozen",)}, title=N_("C"),
        help=N_("Inverse strength of the penalty on large weights; 0 tries several on the validation rows."),
    )  # fmt: skip
    trained_blocks: int = parameter(
        4, ge=1, le=16, when={"method": ("tuned",)}, advanced=True, title=N_("Blocks trained"),
        help=N_("The uppermost blocks are trained; those below stay frozen."),
    )  # fmt: skip
    epochs: int = parameter(
        30, ge=1, le=300, when={"method": ("scratch",)}, title=N_("Epochs"), help=N_("Passes over the training rows at most."),
    )  # fmt: skip
    tuning_epochs: int = parameter(
        8, ge=1, le=100, when={"method": ("tuned",)}, title=N_("Epochs"), help=N_("Passes over the training rows at most."),
    )  # fmt: skip
    patience: int = parameter(
        8, ge=0, le=100, when={"method": NETWORKS}, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the validation rows; the best one is kept."),
    )  # fmt: skip
    rate: float = parameter(
        3e-3, ge=1e-6, le=1, when={"method": ("scratch",)}, advanced=True, title=N_("Learning rate"),
        help=N_("How far each step goes."),
    )  # fmt: skip
    tuning_rate: float = parameter(
        2e-4, ge=1e-7, le=1e-2, when={"method": ("tuned",)}, advanced=True, title=N_("Learning rate"),
        help=N_("Of the blocks; the head learns ten times as fast."),
    )  # fmt: skip
    batch: int = parameter(
        64, ge=2, le=512, when={"method": ("scratch",)}, advanced=True, title=N_("Batch"), unit=N_("pictures"),
        help=N_("Pictures a step."),
    )  # fmt: skip
    tuning_batch: int = parameter(
        16, ge=2, le=256, when={"method": ("tuned",)}, advanced=True, title=N_("Batch"), unit=N_("pictures"),
        help=N_("Pictures a step."),
    )  # fmt: skip
    dropout: float = parameter(
        0.3, ge=0, le=0.9, when={"method": NETWORKS}, advanced=True, title=N_("Dropout"),
        help=N_("Share of the network switched off at random while it learns, so that it does not learn by heart."),
    )  # fmt: skip
    width: int = parameter(
        32, ge=8, le=128, when={"method": ("scratch",)}, advanced=True, title=N_("Width"),
        help=N_("Channels of the first layers; the later ones have two and four times as many."),
    )  # fmt: skip
    smoothing: float = parameter(
        0.05, ge=0, le=0.5, when={"method": NETWORKS}, advanced=True, title=N_("Label smoothing"),
        help=N_("How much the labels are doubted while learning; helps where some are wrong."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainClassifier, context: Context) -> Model:
    """Trains `params.method` on the training rows, with the validation rows to choose, stop and calibrate by.

    Raises `InputError` for a table that there is nothing to learn from: no pictures, no target, one class, a class with one row.
    """
    from models.vision.classifiers import method
    from models.vision.classifiers.rows import read_rows

    learnt, kept, labelling = read_rows(train, validation, params, context)
    return method(params.method).fit(learnt, kept, labelling, params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted classifier wrote."""
    from models.vision.classifiers.base import load as load_classifier

    return load_classifier(folder)


def illustrate(model: Any, parts: Sequence[Table], answer: Labels, params: Any, context: Context) -> tuple[Section, ...]:
    """What is confused with what, the surest mistakes, where the model looked, and what augmentation makes of a picture."""
    from models.vision.classifiers.illustrated import illustrated

    return illustrated(model, parts, answer, params, context)


def run(given: Pictures, params: Classify, context: Context) -> Report:
    """Sorts pictures with the model that `params.model` names: a ready network, or one that was trained here.

    One picture comes with its likeliest classes and a heat map; many with a summary, a gallery and a table.
    """
    if params.model in IMAGENET:
        from models.vision.classifiers import imagenet

        return imagenet.report(given, params.model, params.top, params.heat, context)
    from core.fitted import evidence, open_model
    from models.vision.classifiers.base import PictureClassifier
    from models.vision.classifiers.report import report

    with open_model(CAPABILITY, params.model) as model:
        assert isinstance(model, PictureClassifier)
        return report(given, model, evidence(CAPABILITY, params.model), params.top, params.heat, context)


def _five_shot(context: Context) -> Evidence:
    from models.vision.classifiers.trial import five_shot

    return five_shot(context)


CAPABILITY = Capability(
    id="vision.classify",
    title=N_("Sort pictures"),
    summary=N_("Names what is on a picture; trains on your own labelled pictures, shows what it looks at and where it errs."),
    takes=(Pictures,),
    returns=Report,
    params=Classify,
    run=run,
    samples=("nature", "street", "buildings", "faces_orl", "mnist_5k"),
    weights=IMAGENET,
    metric="accuracy",
    bars=(
        Bar("mnist_5k", "accuracy", 0.985, reference=DIGITS, shipped="digits"),
        Bar("faces_orl", "accuracy", 0.98, {"method": "frozen", "split": "given"}, FACES),
        Bar("faces_orl", N_("accuracy from 5 pictures a person minus that of pixels"), 0.0, measure=_five_shot),
    ),
    learner=Learner(TrainClassifier, fit, load, illustrate=illustrate, samples=("faces_orl", "mnist_5k")),
    ready=True,
)
