"""How many points of a whole body are found with confidence: in the photograph of a street, against a place where nobody is.

There is no photograph with marked joints in the packages that reach us, so this counts what the model is sure of, not what is
right; the tests look at whether a mirrored picture gives mirrored points.
"""

from __future__ import annotations

import numpy as np

from core import weights
from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle import bootstrap

FOUND = N_("points found of the 17 of a whole body")
THRESHOLD = 0.3
NOBODY = (400.0, 20.0, 600.0, 320.0)  # a wall with balconies in `street`, as x0, y0, x1, y1


def street(context: Context) -> Evidence:
    """The surest person of the street, who stands there from head to foot."""
    from core import samples
    from core.intake.pictures import pixels
    from models.vision import people
    from models.vision.bodies import movenet

    seen = pixels(samples.pictures("street").items[0])
    boxes, _scores = people.find(seen)
    body, wall = movenet.points(seen, np.array([boxes[0], NOBODY]))
    found = (body[:, 2] >= THRESHOLD).astype(float)

    def total(drawn: np.ndarray) -> dict[str, np.ndarray]:
        return {"points": len(found) * (found @ drawn) / drawn.sum(0)}

    return Evidence(
        metric=FOUND, score=float(found.sum()), interval=bootstrap.intervals(total, len(found))["points"],
        baseline=float((wall[:, 2] >= THRESHOLD).sum()), baseline_name=N_("a wall without anybody"), data="street", rows=1,
        answered_by=weights.entry(movenet.WEIGHTS).title, license=weights.entry(movenet.WEIGHTS).licence,
        caveats=(N_("One person in one photograph, and the model's own confidence: no measure of how right the points are."),),
    )  # fmt: skip
