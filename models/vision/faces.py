"""Finds faces, compares two, names those of people who agreed to be known here, and hides faces for privacy.

BlazeFace finds, FaceRes describes; both run offline. What two faces are alike by is turned into a probability by error rates
measured on people whom nothing was fitted to. It is decision support, no proof of who somebody is.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    InputError,
    Live,
    Message,
    Params,
    Pictures,
    Report,
    Section,
    Video,
    parameter,
)
from core.language import N_
from models.vision.recognition import embedders, trial

if TYPE_CHECKING:
    import numpy as np

TITLES = {"find": N_("Faces"), "compare": N_("Faces compared"), "identify": N_("Who it may be"), "enrol": N_("Face kept"),
          "blur": N_("Faces hidden"), "forget": N_("Person forgotten")}  # fmt: skip
_WITH_THRESHOLD = ("compare", "identify")
_LOOKING = ("find", "compare", "blur", "identify", "enrol")


class FacesParams(Params):
    action: Literal["find", "compare", "blur", "identify", "enrol", "forget"] = parameter(
        "find", title=N_("What to do"), help=N_("Faces are kept and named only for people who agreed to it."),
        choices={"find": N_("Find faces"), "compare": N_("Compare faces: one person or two?"),
                 "blur": N_("Hide faces"), "identify": N_("Name known people"),
                 "enrol": N_("Keep a face under a name"), "forget": N_("Forget a person")},
    )  # fmt: skip
    name: str = parameter(
        "", max_length=80, title=N_("Name"), when={"action": ("enrol", "forget")}, help=N_("Of the person to keep or to forget."),
    )  # fmt: skip
    consent: bool = parameter(
        False, title=N_("The person has agreed"), when={"action": ("enrol",)},
        help=N_("The person agrees that the face is kept and compared here. This can be taken back: then forget the person."),
    )  # fmt: skip
    false_accepts: Literal["0.1", "0.01", "0.001"] = parameter(
        "0.01", title=N_("False accepts"), when={"action": _WITH_THRESHOLD},
        help=N_("How often two different people may be taken for one. The fewer, the more often one person is taken for two."),
        choices={"0.1": "10 %", "0.01": "1 %", "0.001": "0.1 %"},
    )  # fmt: skip
    way: Literal["box", "pixelate", "blur"] = parameter(
        "pixelate", title=N_("Hide by"), when={"action": ("blur",)}, help=N_("A black box is the surest."),
        choices={"box": N_("Black box"), "pixelate": N_("Coarse squares"), "blur": N_("Blur")},
    )  # fmt: skip
    detail: Literal["usual", "fine"] = parameter(
        "usual", title=N_("Detail"), when={"action": _LOOKING},
        help=N_("Fine also looks at parts of the picture and at the heads of people: several times as slow."),
        choices={"usual": N_("Usual"), "fine": N_("Small faces too")},
    )  # fmt: skip
    least: float = parameter(
        0.5, ge=0.2, le=0.95, title=N_("Least confidence"), when={"action": _LOOKING}, advanced=True,
        help=N_("Faces that the model is less sure of are left out."),
    )  # fmt: skip
    embedder: Literal["faceres", "efficientnet-lite0"] = parameter(
        "faceres", title=N_("Network that compares"), when={"action": (*_WITH_THRESHOLD, "enrol")}, advanced=True,
        help=N_("The second one was not made for faces and is there to compare; see the error rates."), choices=embedders.NAMES,
    )  # fmt: skip


def run(given: Pictures | Video, params: FacesParams, context: Context) -> Report:
    """Does what `params.action` says.

    Raises:
        InputError: there is no face where one is needed, no name, no consent, or a video where pictures are needed.
        UnavailableError: weights are not on this machine.
    """
    from models.vision.recognition import answers

    started = perf_counter()
    left_out: list[Message] = []
    sections: list[Section]
    if params.action == "forget":
        summary, sections = answers.forget(params)
    elif isinstance(given, Video):
        summary, sections = _film(given, params, context)
    elif params.action == "blur":
        summary, sections = answers.hide(given, params, context, left_out)
    else:
        looked = answers.look(given, params, context, left_out, cut=params.action != "find")
        if params.action == "find":
            summary, sections = answers.found(looked), answers.find(looked)
        elif params.action == "compare":
            summary, sections = answers.compare(looked, params)
        elif params.action == "enrol":
            summary, sections = answers.enrol(looked, params, left_out)
        else:
            summary, sections = answers.identify(looked, params)
    return Report(
        title=TITLES[params.action], summary=summary, sections=tuple(sections),
        evidence=_evidence(params, perf_counter() - started), notices=(*given.notices, *left_out),
    )  # fmt: skip


def live(params: FacesParams, context: Context) -> Callable[[np.ndarray], np.ndarray]:
    """Hides the faces that a camera films."""
    from models.vision.recognition.hiding import Hiding

    hiding = Hiding(params)
    return lambda pixels: hiding(pixels, monotonic())[0]


def _film(video: Video, params: FacesParams, context: Context) -> tuple[Message, list[Section]]:
    from models.vision.recognition import hiding

    if params.action != "blur":
        raise InputError(N_("In videos faces can be hidden only. Choose to hide faces, or give pictures."))
    film, frames, with_faces = hiding.film(video, params, context)
    values: dict[str, object] = {"with_faces": with_faces, "frames": frames}
    return Message(N_("Faces were found and hidden in {with_faces} of {frames} frames."), values), [Section(film.title, film)]


MISUSE = N_("Decision support, no proof: never refuse, accuse or pay anybody on this alone. Naming people without their consent "
            "is against the law in many places.")  # fmt: skip
UNSEEN = N_("A face that is not found is not hidden: look at every picture before you pass it on.")


def _evidence(params: FacesParams, seconds: float) -> Evidence:
    """Who answered; where faces are compared, how often that was wrong among people whom nothing was fitted to."""
    from models.vision.recognition.verification import calibration

    finder = weights.entry("blazeface")
    if params.action in ("find", "blur", "forget"):
        caveats = {"blur": (UNSEEN,), "find": (N_("Faces from the side, small or half hidden are often not found."),)}
        return Evidence(
            answered_by="" if params.action == "forget" else finder.title, license=finder.licence, seconds=seconds,
            caveats=caveats.get(params.action, ()),
        )  # fmt: skip
    facts, entry = calibration(params.embedder).facts, weights.entry(params.embedder)
    low, high = facts["interval"]
    return Evidence(
        metric=trial.EQUAL, score=facts["equal_error_rate"], interval=(low, high), baseline=facts["baseline"],
        baseline_name=trial.BASELINE, bar=0.05, data="faces_orl, persons 21 to 40", rows=facts["faces"],
        reference=trial.DLIB.value, reference_source=trial.DLIB.source, reference_protocol=trial.DLIB.protocol,
        answered_by=f"{finder.title}, {entry.title}", license=", ".join(sorted({finder.licence, entry.licence})),
        caveats=(MISUSE, trial.MADE_OF_MEN), seconds=seconds,
    )  # fmt: skip


CAPABILITY = Capability(
    id="vision.faces",
    title=N_("Faces"),
    summary=N_("Finds faces, compares two, names people who agreed to be known here, and hides faces in pictures and videos."),
    takes=(Pictures, Video),
    returns=Report,
    params=FacesParams,
    run=run,
    samples=("two_people", "street", "pedestrians"),
    alone=lambda params: params.action == "forget",
    weights=("blazeface", "faceres", "efficientnet-lite0"),
    metric=trial.EQUAL,
    bars=(
        Bar("faces_orl", trial.EQUAL, 0.05, measure=trial.equal, reference=trial.DLIB, lower_is_better=True),
        Bar("faces_orl", trial.HALF_TOTAL, 0.05, measure=trial.half_total, lower_is_better=True),
    ),
    live=Live(live, {"action": ("blur",)}),
)
