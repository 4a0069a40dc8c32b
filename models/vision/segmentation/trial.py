"""How well a thing in a box is cut out: on simulated shapes, of which every pixel is known.

No labelled photographs of people come with a package that reaches us, so the masks of people are not measured, only looked at.
"""

from __future__ import annotations

import numpy as np

from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle import bootstrap

OVERLAP = N_("mean intersection over union")
SHAPES, SIDE, FIRST_SEED = 60, 192, 20_000
ROOM = 0.03  # of the picture that the box leaves around the shape


def boxed(context: Context) -> Evidence:
    """GrabCut from a box with a little room around each shape, against taking all of the box."""
    from core.samples.shapes import shape
    from models.vision.segmentation import grabcut

    ours, boxes = [], []
    for place in range(SHAPES):
        context.progress(place / SHAPES)
        pixels, mask = shape(FIRST_SEED + place, SIDE)
        box = around(mask)
        truth = mask > 0
        ours.append(overlap(grabcut.mask(pixels, box, context) >= 0.5, truth))
        boxes.append(overlap(filled(box, mask.shape), truth))
    scores = np.array(ours)

    def mean(drawn: np.ndarray) -> dict[str, np.ndarray]:
        return {"mean": (scores @ drawn) / drawn.sum(0)}

    return Evidence(
        metric=OVERLAP, score=float(scores.mean()), interval=bootstrap.intervals(mean, len(scores))["mean"],
        baseline=float(np.mean(boxes)), baseline_name=N_("all of the box"), data=f"shapes, simulated, from seed {FIRST_SEED}",
        rows=len(scores), answered_by="GrabCut (OpenCV)", license="Apache-2.0",
        caveats=(N_("Simulated pictures: shapes on textured ground. Photographs differ."),),
    )  # fmt: skip


def around(mask: np.ndarray) -> tuple[float, float, float, float]:
    """The box around a mask with some room, as shares of width and height."""
    (rows, columns), (height, width) = np.nonzero(mask), mask.shape
    low = columns.min() / width - ROOM, rows.min() / height - ROOM
    high = (columns.max() + 1) / width + ROOM, (rows.max() + 1) / height + ROOM
    return max(0.0, low[0]), max(0.0, low[1]), min(1.0, high[0]), min(1.0, high[1])


def filled(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> np.ndarray:
    """True inside the box."""
    rows, columns = (np.arange(shape[0]) + 0.5) / shape[0], (np.arange(shape[1]) + 0.5) / shape[1]
    return ((rows >= box[1]) & (rows <= box[3]))[:, None] & ((columns >= box[0]) & (columns <= box[2]))[None]


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two masks (Jaccard); 1 where both are empty."""
    union = int((found | truth).sum())
    return float((found & truth).sum() / union) if union else 1.0
