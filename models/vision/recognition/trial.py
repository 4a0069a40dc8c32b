"""Verification on the ORL faces: how well each embedder tells persons apart whom nothing was fitted to."""

from __future__ import annotations

from typing import Any

import numpy as np

from core import samples, weights
from core.contracts import Context, Evidence, Message, Reference
from core.language import N_
from core.lifecycle.verification import Pairs, equal_error_rate, half_total_error_rate, interval
from core.lifecycle.verification import facts as measured_facts
from models.vision.recognition import blazeface, embedders

EQUAL = N_("equal error rate")
HALF_TOTAL = N_("mean error rate at a threshold chosen on other people")
SAMPLE = "faces_orl"
LEARNT = 20  # persons 1 to 20 choose thresholds, the others measure
COMPONENTS, SMALL = 30, 48  # of the baseline: eigenfaces of pictures of so many pixels
BASELINE = N_("eigenfaces (PCA of the pixels)")
MADE_OF_MEN = N_("Photographs of 1992 to 1994 in one laboratory, mostly of men, frontal: other people and other light do worse.")


def faces(context: Context) -> tuple[list[np.ndarray], np.ndarray, int]:
    """The aligned faces of all persons, the number of each person (1 to 40), and in how many pictures no face was found."""
    from core.intake.pictures import pixels

    found, persons, missed = [], [], 0
    items = samples.pictures(SAMPLE).items
    for place, item in enumerate(items):
        context.check()
        context.progress(0.3 * place / len(items))
        seen = pixels(item)
        looked = blazeface.find(seen, 0.3)
        if not len(looked.boxes):
            missed += 1
            continue
        found.append(embedders.aligned(seen, looked.points[looked.largest()]))
        persons.append(int(item.name.split("/")[1][1:]))
    return found, np.array(persons), missed


def halves(name: str, found: list[np.ndarray], persons: np.ndarray) -> tuple[Pairs, Pairs]:
    """The pairs of persons 1 to 20, and those of 21 to 40."""
    vectors = eigenfaces(found, persons) if name == "eigenfaces" else embedders.embed(found, name)
    first = persons <= LEARNT
    return Pairs.of(vectors[first], persons[first]), Pairs.of(vectors[~first], persons[~first])


def eigenfaces(found: list[np.ndarray], persons: np.ndarray) -> np.ndarray:
    """The baseline: principal components of grey pixels (Turk and Pentland 1991), fitted on persons 1 to 20."""
    import cv2
    from sklearn.decomposition import PCA

    grey = [cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (SMALL, SMALL), interpolation=cv2.INTER_AREA) for face in found]
    pixels = np.stack(grey).reshape(len(grey), -1).astype(np.float64)
    projected = PCA(COMPONENTS, whiten=True, random_state=0).fit(pixels[persons <= LEARNT]).transform(pixels)
    return projected / np.linalg.norm(projected, axis=1, keepdims=True)


def equal(context: Context) -> Evidence:
    """The equal error rate of FaceRes on persons 21 to 40."""
    return _evidence(EQUAL, context)


def half_total(context: Context) -> Evidence:
    """The mean error rate of FaceRes on persons 21 to 40, at the threshold of the equal error rate of persons 1 to 20."""
    return _evidence(HALF_TOTAL, context)


def _evidence(metric: str, context: Context) -> Evidence:
    found, persons, missed = faces(context)
    score, low, high, persons_measured = _measured(metric, *halves(embedders.FACERES, found, persons))
    baseline = _measured(metric, *halves("eigenfaces", found, persons))[0]
    context.progress(1.0)
    entry = weights.entry(embedders.FACERES)
    return Evidence(
        metric=metric, score=score, interval=(low, high), baseline=baseline, baseline_name=BASELINE,
        data=f"{SAMPLE}, persons {LEARNT + 1} to {LEARNT + persons_measured}", rows=int((persons > LEARNT).sum()),
        answered_by=entry.title, license=entry.licence, caveats=(MADE_OF_MEN,),
        fallback=Message(N_("In {count} pictures no face was found; they are left out."), {"count": missed}) if missed else "",
    )  # fmt: skip


def _measured(metric: str, first: Pairs, second: Pairs) -> tuple[float, float, float, int]:
    if metric == EQUAL:
        low, high = interval(second, lambda pairs, drawn: equal_error_rate(pairs, drawn)[0])
        return equal_error_rate(second)[0], low, high, second.persons
    threshold = equal_error_rate(first)[1]
    low, high = interval(second, lambda pairs, drawn: half_total_error_rate(pairs, threshold, drawn))
    return half_total_error_rate(second, threshold), low, high, second.persons


def facts(context: Context) -> dict[str, Any]:
    """What `calibration.json` holds: for each embedder what was chosen on persons 1 to 20 and measured on 21 to 40."""
    found, persons, missed = faces(context)
    baseline = _measured(EQUAL, *halves("eigenfaces", found, persons))[0]
    told: dict[str, Any] = {}
    for name in embedders.NAMES:
        told[name] = {
            **measured_facts(*halves(name, found, persons)), "missed": missed, "baseline": baseline,
            "faces": int((persons > LEARNT).sum()),
        }  # fmt: skip
    return told


DLIB = Reference(
    value=0.0062, source="dlib, face_recognition_model_v1: 0.9938 accuracy, as its author gives it",
    protocol="Share of 6,000 pairs of Labeled Faces in the Wild answered wrongly; other people, other pictures than ours",
)  # fmt: skip
