"""Draws pictures that nobody took: faces and handwritten digits from generators that come along, the way from one to another, and
from generators trained on pictures of your own, whose learning can be watched as a filmstrip. A diffusion model of a hub draws
what is described.

A generator (DCGAN) turns random numbers into a picture; the seed is the picture's name: the same seed gives the same picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from core.contracts import Bar, Capability, Context, Learner, Model, Params, Report, Table, TrainingParams, column, parameter
from core.language import N_
from models.vision.generation.engines import DIFFUSION, DIGITS, FACES, GANS

DRAWN, DESCRIBED = tuple(GANS), tuple(DIFFUSION)


class Generate(Params):
    """What to draw."""

    model: str = parameter(
        FACES, title=N_("Generator"), choices={**GANS, **DIFFUSION}, max_length=200,
        help=N_("One that comes along, or the run or name of one that was trained here."),
    )  # fmt: skip
    task: Literal["pictures", "interpolation"] = parameter(
        "pictures", title=N_("Task"), help=N_("Pictures side by side, or the way from one to another as a strip and a film."),
        when={"model": DRAWN},
        choices={"pictures": N_("Pictures"), "interpolation": N_("Interpolation")},
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), help=N_("The same seed gives the same picture."))
    end_seed: int = parameter(
        1, ge=0, le=2**31 - 1, title=N_("Last seed"), when={"task": ("interpolation",), "model": DRAWN},
        help=N_("Where the way ends."),
    )  # fmt: skip
    count: int = parameter(
        12, ge=1, le=36, title=N_("Pictures"), when={"task": ("pictures",), "model": DRAWN},
        help=N_("How many: the seed and those that follow it."),
    )  # fmt: skip
    truncation: float = parameter(
        0.8, ge=0.1, le=1, title=N_("Truncation"), when={"model": DRAWN},
        help=N_("Smaller gives more typical and less varied pictures; at 1 nothing is cut off."),
    )  # fmt: skip
    prompt: str = parameter(
        "a lighthouse in a storm, oil painting", title=N_("What to draw"), max_length=1_000, when={"model": DESCRIBED},
        help=N_("A description in a few words; this model understands English."),
    )  # fmt: skip
    drawings: int = parameter(
        1, ge=1, le=4, title=N_("Pictures"), when={"model": DESCRIBED}, help=N_("How many, each of its own seed.")
    )
    steps: int = parameter(
        2, ge=1, le=50, title=N_("Steps"), when={"model": DESCRIBED},
        help=N_("More takes longer; a turbo model needs one to four."),
    )  # fmt: skip
    guidance: float = parameter(
        0.0, ge=0, le=20, title=N_("Guidance"), when={"model": DESCRIBED},
        help=N_("How closely the description is followed; a turbo model is made for 0, others for about 7."),
    )  # fmt: skip
    side: int = parameter(
        512, ge=64, le=1_024, multiple_of=64, title=N_("Size"), unit=N_("pixels"), when={"model": DESCRIBED},
        help=N_("Side of the picture, a multiple of 64; the model was taught 512."),
    )  # fmt: skip


class TrainGenerator(TrainingParams):
    """How to learn."""

    task: ClassVar[str] = "generation"

    target: str = column(
        "label", optional=True, advanced=True, title=N_("Label column"),
        help=N_("Read only to choose the pictures of one label; a generator learns from the pictures alone."),
    )  # fmt: skip
    only: str = parameter(
        "", max_length=200, advanced=True, title=N_("Only this label"),
        help=N_("Learns from the pictures of one label only, e.g. 3; empty takes all."),
    )  # fmt: skip
    size: Literal[28, 32, 64] = parameter(
        28, title=N_("Size"), unit=N_("pixels"), help=N_("Side of the pictures; larger ones take much longer to learn."),
    )  # fmt: skip
    epochs: int = parameter(10, ge=1, le=1_000, title=N_("Epochs"), help=N_("Passes over the training pictures."))
    latent: int = parameter(
        64, ge=2, le=512, title=N_("Latent size"), unit=N_("numbers"), advanced=True, help=N_("Random numbers behind a picture."),
    )  # fmt: skip
    width: int = parameter(
        64, ge=8, le=256, title=N_("Width"), unit=N_("channels"), advanced=True,
        help=N_("Of the networks; more draws finer and learns slower."),
    )  # fmt: skip
    rate: float = parameter(
        2e-4, ge=1e-6, le=1e-1, title=N_("Learning rate"), advanced=True, help=N_("How far each step goes."),
    )  # fmt: skip
    batch: int = parameter(64, ge=4, le=512, title=N_("Batch"), unit=N_("pictures"), advanced=True, help=N_("Pictures a step."))
    normalisation: Literal["batch", "spectral"] = parameter(
        "batch", title=N_("Normalisation"), advanced=True,
        help=N_("Of the network that tells drawn from real. Spectral is steadier where the two do not keep balance."),
        choices={"batch": N_("Batch (DCGAN)"), "spectral": N_("Spectral")},
    )  # fmt: skip
    mirror: bool = parameter(
        False, title=N_("Mirrored too"),
        help=N_("Learns from mirrored pictures as well: right for faces, wrong for digits and letters."),
    )  # fmt: skip


def run(given: Any, params: Generate, context: Context) -> Report:
    """Draws; what is given is not read, for a generator starts from random numbers.

    Raises:
        UnavailableError: the weights are not on this machine.
        NotFoundError: there is no such model.
        BusyError: others use it.
    """
    if params.model in DIFFUSION:
        from models.vision.generation import diffusion

        return diffusion.draw_report(params, CAPABILITY, context)
    from models.vision.generation.drawing import draw_report

    return draw_report(params, CAPABILITY, context)


def fit(train: Table, validation: Table, params: TrainGenerator, context: Context) -> Model:
    """Trains a DCGAN on the pictures of `train`; the epoch nearest to those of `validation` is kept."""
    from models.vision.generation.learning import fit as fit_generator

    return fit_generator(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a trained generator wrote."""
    from models.vision.generation.trained import load as load_generator

    return load_generator(folder)


CAPABILITY = Capability(
    id="vision.generate",
    title=N_("Generate pictures"),
    summary=N_(
        "Draws faces and digits from random numbers, walks from one to another, and trains a generator on your own pictures."
    ),
    takes=(),
    returns=Report,
    params=Generate,
    run=run,
    samples=("mnist_5k", "faces_orl"),
    weights=(FACES, "digits-gan", "efficientnet-lite0", *DIFFUSION),
    metric="fall",
    bars=(Bar("mnist_5k", N_("Fall of the Fréchet distance"), 0.5, shipped=DIGITS.removeprefix("shipped:")),),
    learner=Learner(TrainGenerator, fit, load),
    ready=True,
)
