"""Learns a few spoken words from your own recordings, and recognises them again: for buttons that are spoken to.

Cepstral coefficients (MFCC) go into a small recurrent or convolutional network, which learns from copies made faster, slower,
noisy and echoing. It is measured on speakers whom it never heard, beside the nearest neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    Labels,
    Learner,
    Model,
    Params,
    Reference,
    Report,
    Section,
    Sound,
    Table,
    TrainingParams,
    column,
    parameter,
)
from core.language import N_
from models.speech.words.measures import GAIN

XVECTOR = Reference(
    0.9743, "SpeechBrain (Ravanelli et al. 2021, arXiv:2106.04624), recipes/Google-speech-commands/README.md",
    N_("Accuracy itself, not what is gained: x-vectors with augmentation on the 35 words of Speech Commands v0.02, another and a "
       "far larger set."),
)  # fmt: skip


class Commands(Params):
    """What to recognise with."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200, help=N_("A run, or the name under which one was registered; empty: the newest."),
    )  # fmt: skip
    least: float = parameter(
        0.3, ge=0, le=0.99, title=N_("Least confidence"),
        help=N_("Words that the model is less sure of are called unknown."),
    )  # fmt: skip


class TrainWords(TrainingParams):
    """How to learn."""

    sound: str = column("sound", title=N_("Recording column"), help=N_("The column that names the recordings to learn from."))
    group: str = column(
        "group", optional=True, title=N_("Speaker column"),
        help=N_("Clips of one speaker stay on one side of the split, so that the score is that for people never heard."),
    )  # fmt: skip
    method: Literal["cnn", "gru"] = parameter(
        "cnn", title=N_("Method"), help=N_("Both take less than a minute for a few hundred clips."),
        choices={"cnn": N_("MFCC and a convolutional network"), "gru": N_("MFCC and a recurrent network (GRU)")},
    )  # fmt: skip
    speed: bool = parameter(True, title=N_("Faster and slower"), help=N_("Copies at .85 to 1.18 times the speed and pitch."))
    noise: bool = parameter(True, title=N_("Noise"), help=N_("Copies with white or pink noise, 3 to 30 dB below the word."))
    echo: bool = parameter(True, title=N_("Echo"), help=N_("Copies as in a room, with echoes after 15 to 90 ms."))
    balanced: bool = parameter(
        False, title=N_("Class weights"), advanced=True,
        help=N_("Rare classes get as much say as common ones: more of them are found, at some accuracy."),
    )  # fmt: skip
    epochs: int = parameter(60, ge=1, le=1000, title=N_("Epochs"), help=N_("Passes over the training rows at most."))
    patience: int = parameter(
        20, ge=0, le=200, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the validation rows; the best one is kept."),
    )  # fmt: skip
    rate: float = parameter(
        3e-3, ge=1e-6, le=1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."),
    )  # fmt: skip
    batch: int = parameter(
        16, ge=2, le=512, advanced=True, title=N_("Batch"), unit=N_("recordings"), help=N_("Recordings a step."),
    )  # fmt: skip
    dropout: float = parameter(
        0.3, ge=0, le=0.9, advanced=True, title=N_("Dropout"),
        help=N_("Share of the network switched off at random while it learns, so that it does not learn by heart."),
    )  # fmt: skip
    width: int = parameter(
        64, ge=8, le=256, advanced=True, title=N_("Width"), help=N_("Channels of the convolutions, or states of the GRU."),
    )  # fmt: skip
    smoothing: float = parameter(
        0.1, ge=0, le=0.5, advanced=True, title=N_("Label smoothing"),
        help=N_("How much the labels are doubted while learning; helps where some are wrong."),
    )  # fmt: skip
    labels: ClassVar[str] = "one"  # how the cells of the target are read: a word each
    separator: ClassVar[str] = "auto"


def fit(train: Table, validation: Table, params: TrainWords, context: Context) -> Model:
    """Trains on the training rows, with the validation rows to stop and calibrate by.

    Raises `InputError` for a table that there is nothing to learn from: no recordings, no target, one class, a silent clip.
    """
    from core.learning.labelling import Labelling
    from core.learning.targets import labelled_rows
    from core.lifecycle.columns import resolve
    from models.speech.words import networks

    roles = resolve(train, params)
    items = [tuple(map(str, table.frame[roles.sounds])) for table in (train, validation)]
    learnt, kept, classes, _ = labelled_rows(items, (train, validation), roles.target, params, context)
    return networks.fit(learnt, kept, Labelling(classes), params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted recogniser wrote."""
    from models.speech.words import networks

    return networks.load(folder)


def illustrate(model: Any, parts: Sequence[Table], answer: Labels, params: Any, context: Context) -> tuple[Section, ...]:
    """The surest mistakes, and what augmentation makes of a clip, to be heard."""
    from models.speech.words.answers import illustrated

    return illustrated(model, parts, answer, params, context)


def run(given: Sound, params: Commands, context: Context) -> Report:
    """Recognises each word of a recording, parted by pauses, with the model that `params.model` names.

    Raises:
        InputError: there is nothing to hear in the recording.
        NotFoundError: no model has been trained yet, or none of that name.
    """
    from core.fitted import evidence, open_model
    from models.speech.words.answers import report

    with open_model(CAPABILITY, params.model) as model:
        card = replace(evidence(CAPABILITY, params.model), seconds=None)
        return report(given, model, card, params.least, context)  # type: ignore[arg-type]


def _apart(method: Literal["cnn", "gru"], context: Context) -> Evidence:
    from models.speech.words.trial import apart

    return apart(method, context)


CAPABILITY = Capability(
    id="speech.commands",
    title=N_("Recognise words"),
    summary=N_("Learns a few spoken words from your recordings, and recognises them again, also by speakers it never heard."),
    takes=(Sound,),
    returns=Report,
    params=Commands,
    run=run,
    samples=("letters_said", "cards"),
    metric="accuracy",
    bars=(
        Bar("letters, cnn", GAIN, 0.0, measure=partial(_apart, "cnn"), reference=XVECTOR),
        Bar("letters, gru", GAIN, 0.0, measure=partial(_apart, "gru"), reference=XVECTOR),
    ),
    learner=Learner(TrainWords, fit, load, illustrate=illustrate, samples=("letters", "letters_other")),
)
