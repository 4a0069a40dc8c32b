"""Which detector answers, and for which of its classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core import weights
from core.contracts import Capability, Evidence, InputError, Message
from core.language import LANGUAGES, N_, translate
from models.vision.detection import detector
from models.vision.detection.detector import KNOWN, Detector, Settings

TRAINED_CONFIDENCE = 0.25
NANODET = N_(
    "This is NanoDet-g, a very small detector, and no YOLO: it misses small and hidden objects. Its authors give it 22.9 "
    "% AP50-95 on "
    "COCO; that could not be measured here."
)
SHOWN = 20  # classes that the sentence about an unknown one lists


@contextmanager
def opened(capability: Capability, reference: str) -> Iterator[Detector]:
    """Leases the detector that `reference` names: known weights, or a run or registered name of `capability`."""
    if reference in KNOWN:
        with detector.lease(reference) as found:
            yield found
        return
    from core.fitted import open_model

    with open_model(capability, reference) as model:
        yield model.detector  # type: ignore[attr-defined]


def settings(reference: str, params: Any) -> Settings:
    """How to look, by the params of a capability; confidence 0 is what suits the model."""
    usual = KNOWN[reference].confidence if reference in KNOWN else TRAINED_CONFIDENCE
    return Settings(params.confidence or usual, params.iou, params.size, getattr(params, "tiles", 1),
                    getattr(params, "scales", False))  # fmt: skip


def wanted(names: tuple[str, ...], asked: str) -> tuple[int, ...]:
    """Indices of the classes that `asked` lists, in English or as they are called in another of our languages.

    Raises InputError that names what the model does not know.
    """
    known = {
        said.casefold(): k for k, name in enumerate(names) for said in {name, *(translate(name, code) for code in LANGUAGES)}
    }
    chosen = [part.strip() for part in re.split(r"[,;，；、\n]", asked) if part.strip()]
    unknown = [part for part in chosen if part.casefold() not in known]
    if unknown:
        listed = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        raise InputError(
            N_("The model does not know {unknown}. It knows: {names}."), unknown=", ".join(unknown)[:200], names=listed
        )
    return tuple(sorted({known[part.casefold()] for part in chosen}))


def evidence(capability: Capability, reference: str, route: str, **known: Any) -> Evidence:
    """The card: who answered, under which licence, and what one must know of it."""
    if reference in KNOWN:
        item = weights.entry(reference)
        caveats = (Message(NANODET),) if reference == "nanodet" else ()
        return Evidence(answered_by=f"{item.title}, {route}", license=item.licence, caveats=caveats, **known)
    from dataclasses import replace

    from core.fitted import evidence as of_run

    return replace(of_run(capability, reference), **known)
