"""A fitted score of loans: one or two methods, calibrated, with the cut-off and all that explains and watches it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context, Report, Table
from core.home import read_json, write_json
from core.learning.boosting import Boosted
from core.learning.features import Features
from core.learning.scoring import LogisticRegression
from models.finance.lending.calibration import Calibration
from models.finance.lending.costs import Costs
from models.finance.lending.history import History
from models.finance.lending.lstm import HistoryReader
from models.finance.lending.reasons import Steps
from models.finance.lending.scorecard import Scorecard
from models.finance.lending.stability import Profile

if TYPE_CHECKING:
    import pandas as pd

CONFIG = "score.json"
Part = Boosted | LogisticRegression | Scorecard | HistoryReader


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A method beside the one that is kept: its chances of the event."""

    parts: tuple[tuple[Part, float], ...]  # each with its weight in the log odds
    calibration: Calibration

    chances: ClassVar[bool] = True

    def raw(self, frame: pd.DataFrame) -> np.ndarray:
        """Log odds before calibration, float64 (rows,)."""
        return np.sum([weight * part.raw(frame) for part, weight in self.parts], 0) if len(frame) else np.zeros(0)

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Chances of the event, float64 (rows,)."""
        return self.calibration.chances(self.raw(frame))


@dataclass(eq=False)
class Scorer:
    """The score that is kept. `facts`: what the card says; `chosen_by`: chances and outcomes of the rows to choose by."""

    method: str
    score: Calibrated
    features: Features
    target: str
    positive: str
    cutoff: float
    costs: Costs
    profile: Profile
    steps: Steps
    facts: dict[str, Any]
    protected: tuple[str, ...] = ()
    history: History | None = None
    # Known while it is trained, and not kept.
    rivals: dict[str, Calibrated] = field(default_factory=dict)
    chosen_by: tuple[pd.DataFrame, np.ndarray, np.ndarray] | None = None

    chances: ClassVar[bool] = True

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Chances of the event, float64 (rows,), of rows as they were learnt from (one a customer where there is a history)."""
        return self.score.scores(frame)

    @property
    def card(self) -> Scorecard | None:
        """The scorecard, where that is the method."""
        return next((part for part, _ in self.score.parts if isinstance(part, Scorecard)), None)

    def contributions(self, frame: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray]:
        """What each column adds to the log odds of each row, float64 (rows, columns): SHAP values where the method has them.

        Trees: TreeSHAP. Linear models: weight times distance from the training mean, which is their SHAP value where columns are
        independent. The network: how far the log odds fall when a column is set to what is usual.
        """
        names: dict[str, int] = {}
        parts = []
        for part, weight in self.score.parts:
            own, found = _contributions(part, frame)
            for name in own:
                names.setdefault(name, len(names))
            parts.append((own, weight * found))
        total = np.zeros((len(frame), len(names)))
        for own, found in parts:
            total[:, [names[name] for name in own]] += found
        return tuple(names), total

    def predict(self, inputs: Table, context: Context) -> Report:
        from models.finance.lending.decisions import Asked, report

        return report(self, inputs, Asked(), context)

    def describe(self) -> dict[str, Any]:
        return dict(self.facts)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        parts = []
        for place, (part, weight) in enumerate(self.score.parts):
            own = folder / f"part{place}"
            own.mkdir(exist_ok=True)
            parts.append({"kind": KINDS[type(part)], "weight": weight, "kept": _write(part, own)})
        write_json(folder / CONFIG, {
            "method": self.method, "parts": parts, "calibration": self.score.calibration.to_json(), "facts": _plain(self.facts),
            "features": self.features.to_json(), "target": self.target, "positive": self.positive, "cutoff": self.cutoff,
            "costs": vars(self.costs), "profile": self.profile.to_json(), "steps": self.steps.to_json(),
            "protected": list(self.protected), "history": vars(self.history) if self.history else None,
        })  # fmt: skip


def load(folder: Path) -> Scorer:
    """What `Scorer.save` wrote."""
    kept = read_json(folder / CONFIG)
    parts = tuple((_read(one["kind"], folder / f"part{place}", one["kept"]), float(one["weight"]))
                  for place, one in enumerate(kept["parts"]))  # fmt: skip
    history = History(**{**kept["history"], "changing": tuple(kept["history"]["changing"])}) if kept["history"] else None
    return Scorer(
        kept["method"], Calibrated(parts, Calibration.from_json(kept["calibration"])), Features.from_json(kept["features"]),
        kept["target"], kept["positive"], float(kept["cutoff"]), Costs(**kept["costs"]), Profile.from_json(kept["profile"]),
        Steps.from_json(kept["steps"]), kept["facts"], tuple(kept["protected"]), history,
    )  # fmt: skip


KINDS: dict[type, str] = {Boosted: "trees", LogisticRegression: "linear", Scorecard: "scorecard", HistoryReader: "lstm"}


def _write(part: Part, folder: Path) -> dict[str, Any]:
    if isinstance(part, Scorecard):
        return part.to_json()
    if isinstance(part, LogisticRegression):
        return {"features": part.features.to_json(), "weights": part.weights.tolist(), "bias": part.bias}
    return part.write(folder)


def _read(kind: str, folder: Path, kept: dict[str, Any]) -> Part:
    if kind == "scorecard":
        return Scorecard.from_json(kept)
    if kind == "linear":
        return LogisticRegression(Features.from_json(kept["features"]), np.array(kept["weights"]), float(kept["bias"]))
    return Boosted.read(folder, kept) if kind == "trees" else HistoryReader.read(folder, kept)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts for the file: sentences with values are told from the report of the run, not from here."""
    return {name: value for name, value in facts.items() if name != "caveats"}


def _contributions(part: Part, frame: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray]:
    if isinstance(part, LogisticRegression):
        parts = part.features.design(frame) * part.weights
        centred = parts - _means(part)
        names = part.features.names
        owners = np.array([names.index(name) for name, _ in part.features.design_names])
        return names, np.stack([centred[:, owners == place].sum(1) for place in range(len(names))], 1)
    if isinstance(part, HistoryReader):
        return _occluded(part, frame)
    return part.features.names, part.contributions(frame)[:, :-1]


def _means(part: LogisticRegression) -> np.ndarray:
    """Numbers have mean 0 in training; of categories the commonest level is what is usual."""
    means = np.zeros(len(part.weights))
    for place, (name, level) in enumerate(part.features.design_names):
        if name in part.features.categories and level == part.features.categories[name][0]:
            means[place] = part.weights[place]
    return means


def _occluded(part: HistoryReader, frame: pd.DataFrame) -> tuple[tuple[str, ...], np.ndarray]:
    """Occlusion (Zeiler & Fergus 2014): log odds minus those with a column unknown in all steps."""
    names = (*part.history.changing, *(part.still.names if part.still else ()))
    raw, found = part.raw(frame), []
    for name in names:
        steps = (
            [name] if name not in part.history.changing else [part.history.step(name, back) for back in range(part.history.steps)]
        )
        found.append(raw - part.raw(frame.assign(**dict.fromkeys(steps, float("nan")))))
    return names, np.stack(found, 1)
