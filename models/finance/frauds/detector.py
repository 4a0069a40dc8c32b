"""The fitted detector: trees that learnt from labels, a forest and an autoencoder that did not, and what they say together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Message, Report, Table
from core.home import read_arrays, read_json, write_arrays, write_json
from core.language import N_
from core.learning.boosting import Boosted
from core.learning.features import Features
from core.learning.scoring import sigmoid
from core.lifecycle.targets import class_names
from models.finance.frauds.forest import Forest
from models.finance.frauds.windows import DAY, DAYS, RISKS, Columns, Payments, features

if TYPE_CHECKING:
    import pandas as pd

FILE, HISTORY = "detector.json", "history.npz"
QUANTILES = 1_001  # of the scores of the rows learnt from: how unusual a score is
LIGHTGBM, FOREST, AUTOENCODER = N_("LightGBM"), N_("isolation forest"), N_("autoencoder")
BLEND, UNLABELLED = N_("LightGBM, forest and autoencoder together"), N_("forest and autoencoder together")
METHODS = {"lightgbm": LIGHTGBM, "forest": FOREST, "autoencoder": AUTOENCODER, "blend": BLEND, "unlabelled": UNLABELLED}


@dataclass(frozen=True)
class Settings:
    """What a detector is besides its parts; JSON-able.

    `source`: the user's columns that it was given, without the target; `shift`: by how much the log odds of the trees are too
    high because frauds had more say while they learnt; `middle`, `spread`: of the forest's and the autoencoder's scores in the
    rows learnt from; `weights`, `bias`: of the blend, over the log odds and those two, standardised.
    """

    method: str
    columns: Columns
    source: tuple[str, ...]
    delay: float
    alerts: int
    positive: str = ""
    negative: str = ""
    shift: float = 0.0
    middle: tuple[float, float] = (0.0, 0.0)
    spread: tuple[float, float] = (1.0, 1.0)
    weights: tuple[float, ...] = ()
    bias: float = 0.0
    currency: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Detector:
    """Scores rows that `prepared` has completed. `plain` are the features of what learns without labels."""

    def __init__(
        self, settings: Settings, plain: Features, boosted: Boosted | None, forest: Forest | None, autoencoder: Any,
        quantiles: np.ndarray, history: Payments | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.plain, self.boosted, self.forest = settings, plain, boosted, forest
        self.autoencoder, self.quantiles, self.history = autoencoder, quantiles, history
        self.rivals: dict[str, Any] = {}  # set by `fit` for the evaluation, not kept

    @property
    def chances(self) -> bool:
        """Whether the scores are chances of fraud."""
        return self.settings.method in ("lightgbm", "blend")

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Chances of fraud where labels were learnt from, else how unlike the rest a row is; float64 (rows,)."""
        method = self.settings.method
        if method == "lightgbm":
            return sigmoid(self._raw(frame))
        unusual = self._unusual(frame)
        if method == "blend":
            inputs = np.column_stack([self._raw(frame), unusual])
            return sigmoid(inputs @ np.array(self.settings.weights) + self.settings.bias)
        return np.asarray(unusual[:, 0] if method == "forest" else unusual[:, -1] if method == "autoencoder" else unusual.mean(1))

    def ranks(self, scores: np.ndarray) -> np.ndarray:
        """Share of the rows learnt from whose score is lower, float64 (rows,)."""
        return np.interp(scores, self.quantiles, np.linspace(0, 1, len(self.quantiles)))

    def _raw(self, frame: pd.DataFrame) -> np.ndarray:
        assert self.boosted is not None
        return self.boosted.raw(frame) - self.settings.shift

    def _unusual(self, frame: pd.DataFrame) -> np.ndarray:
        """Standardised scores of the forest and the autoencoder, those there are: float64 (rows, 1 or 2)."""
        design, found = self.plain.design(frame), []
        for part, middle, spread in zip((self.forest, self.autoencoder), self.settings.middle, self.settings.spread):
            if part is not None:
                found.append((part.scores(design) - middle) / spread)
        return np.column_stack(found)

    def reasons(self, frame: pd.DataFrame) -> tuple[list[str], np.ndarray]:
        """Names of columns, and how much each speaks for fraud in each row, float64 (rows, columns).

        Of trees: TreeSHAP, in log odds. Else the share of what is unusual in the row that lies in the column: the autoencoder's
        squared errors, or for a forest alone the squared distances from the mean in standard deviations.
        """
        if self.boosted is not None:
            return list(self.boosted.features.names), self.boosted.contributions(frame)[:, :-1]
        design = self.plain.design(frame)
        errors = self.autoencoder.errors(design) if self.autoencoder is not None else np.minimum(design, 30) ** 2
        names = list(self.plain.names)
        summed = np.zeros((len(frame), len(names)))
        for place, (name, _) in enumerate(self.plain.design_names):
            summed[:, names.index(name)] += errors[:, place]
        return names, summed / np.maximum(summed.sum(1, keepdims=True), 1e-12)

    def prepared(self, frame: pd.DataFrame, fraud: np.ndarray | None = None) -> pd.DataFrame:
        """New rows with what is known of them from the payments before them, those of the training included.

        Payments that the training knew from the first moment of `frame` on are taken to be those of `frame` and not counted
        twice.
        """
        columns = self.settings.columns
        if not columns.time:
            return frame
        new = Payments.of(frame, columns, fraud)
        known = self.history
        if known is not None and len(new):
            known = known.rows(known.when < new.when.min())
        return frame.assign(**features(new, columns, self.settings.delay, known))

    def remember(self, table: Table, params: Any) -> None:
        """Keeps the latest payments, as far as the windows look back, for when new ones come."""
        if not params.time:
            return
        learns = self.boosted is not None and params.target in table.frame
        fraud = known_frauds(table.frame, params.target, params.positive) if learns else None
        payments = Payments.of(table.frame, self.settings.columns, fraud)
        reach = (max(DAYS) + self.settings.delay) * DAY
        self.history = payments.rows(payments.when >= payments.when.max(initial=0) - reach)

    def predict(self, inputs: Table, context: Context | None = None) -> Report:
        """The rows to look at first, each with its reasons."""
        from models.finance.frauds.alerts import report

        return report(self, inputs, context or Context())

    def describe(self) -> dict[str, Any]:
        kept, facts = self.settings, dict(self.settings.facts)
        caveats = facts.pop("caveats", [])
        return {"method": METHODS[kept.method], "columns learnt from": len(self.boosted.features.names if self.boosted else
                                                                           self.plain.names), **facts,
                "caveats": [Message(one["id"], one["values"]) for one in caveats]}  # fmt: skip

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        kept: dict[str, Any] = {
            "settings": asdict(self.settings),
            "plain": self.plain.to_json(),
            "quantiles": self.quantiles.tolist(),
        }
        for name, part in (("boosted", self.boosted), ("forest", self.forest), ("autoencoder", self.autoencoder)):
            if part is not None:
                kept[name] = part.write(folder)
        if self.history is not None:
            write_arrays(folder / HISTORY, {name: getattr(self.history, name) for name in _HISTORY}, compressed=True)
        write_json(folder / FILE, kept)

    @classmethod
    def load(cls, folder: Path) -> Detector:
        kept, autoencoder = read_json(folder / FILE), None
        if "autoencoder" in kept:
            from models.finance.frauds.autoencoder import Autoencoder

            autoencoder = Autoencoder.read(folder, kept["autoencoder"])
        history = None
        if (folder / HISTORY).exists():
            packed = read_arrays(folder / HISTORY)
            history = Payments(*(packed[name] for name in _HISTORY))
        given = kept["settings"]
        lists = {name: tuple(given[name]) for name in ("source", "middle", "spread", "weights")}
        return cls(
            Settings(**{**given, **lists, "columns": Columns(**given["columns"])}), Features.from_json(kept["plain"]),
            Boosted.read(folder, kept["boosted"]) if "boosted" in kept else None,
            Forest.read(folder, kept["forest"]) if "forest" in kept else None, autoencoder, np.array(kept["quantiles"]), history,
        )  # fmt: skip


def known_frauds(frame: pd.DataFrame, target: str, positive: str) -> np.ndarray:
    """1, 0, or NaN where the target says nothing, float64 (rows,)."""
    return np.array([np.nan if name is None else float(name == positive) for name in class_names(frame[target])], np.float64)


_HISTORY = ("when", "customer", "terminal", "amount", "fraud")
LABELLED_ONLY = frozenset(RISKS.values())  # what is computed from labels is kept from what learns without them
