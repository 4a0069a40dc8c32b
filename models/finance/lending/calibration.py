"""From scores to chances: Platt's sigmoid (Platt 1999) or isotonic regression (Zadrozny & Elkan 2002), on rows to choose by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.learning.scoring import logit, sigmoid

KNOTS = 200  # of an isotonic curve that is kept


@dataclass(frozen=True)
class Calibration:
    """A growing function from log odds to chances. `knots`: x and y of an isotonic curve, else a sigmoid of slope and shift.

    An isotonic curve gets a trace of slope on its flat stretches, so that it keeps the order of the rows.
    """

    slope: float = 1.0
    shift: float = 0.0
    knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    def chances(self, raw: np.ndarray) -> np.ndarray:
        """Chances in 0..1, float64 (rows,), of log odds."""
        if not self.knots[0]:
            return sigmoid(self.slope * raw + self.shift)
        x, y = (np.array(part) for part in self.knots)
        return np.asarray(np.clip(0.999 * np.interp(raw, x, y) + 0.001 * sigmoid(raw), 1e-6, 1 - 1e-6))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Calibration:
        return cls(float(kept["slope"]), float(kept["shift"]), (tuple(kept["knots"][0]), tuple(kept["knots"][1])))


def calibrate(raw: np.ndarray, event: np.ndarray, way: str) -> Calibration:
    """By `way` "platt", "isotonic" or "none", from log odds of rows that the model did not learn from."""
    if way == "none" or not 0 < event.sum() < len(event) or np.ptp(raw) == 0:
        return Calibration()
    if way == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        fitted = IsotonicRegression(out_of_bounds="clip").fit(raw, event.astype(float))
        kept = np.unique(np.linspace(0, len(fitted.X_thresholds_) - 1, KNOTS).round().astype(int))
        x, y = fitted.X_thresholds_[kept], fitted.y_thresholds_[kept]
        return Calibration(knots=(tuple(map(float, x)), tuple(map(float, y))))
    from sklearn.linear_model import LogisticRegression

    # Platt's targets keep the sigmoid from certainty where few rows tell: (n + 1) / (n + 2) for 1, 1 / (n + 2) for 0.
    positive, negative = event.sum(), (~event).sum()
    high, low = (positive + 1) / (positive + 2), 1 / (negative + 2)
    target = np.where(event, high, low)
    scale = float(raw.std()) or 1.0
    x = np.concatenate([raw, raw])[:, None] / scale
    model = LogisticRegression(C=1e6, max_iter=1_000)
    model.fit(x, np.repeat([1, 0], len(raw)), np.concatenate([target, 1 - target]))
    slope = float(model.coef_[0, 0]) / scale
    if slope <= 0:  # scores that rank the wrong way round are not turned: the share of events is all that is known
        return Calibration(1e-3, float(logit(np.array([event.mean()]))[0]))
    return Calibration(slope, float(model.intercept_[0]))
