"""Scoring beside XGBoost and scikit-learn: `python -m benchmarks finance`.

400,000 generated rows of 50 numbers, a tenth events, three quarters to learn from: LightGBM as the dashboard runs it, XGBoost's
hist and scikit-learn's histogram boosting, with as many trees, leaves and threads, in turns in one run. Then a million rows, from
frame to scores and contributions, in a process of its own whose highest memory is read.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from core import device
from core.contracts import Context
from core.learning.boosting import Boosted, Recipe
from core.learning.features import Features
from core.lifecycle.evaluate_scoring import auc

ROWS, COLUMNS, LARGE = 400_000, 50, 1_000_000
TREES, LEAVES, RATE = 100, 31, 0.1
EXPLAINED = 10_000  # rows whose contributions are computed, of the million
TURNS = 3
EQUAL = 0.002  # AUC within which they count as equal
MEMORY_BAR = 2_000  # MB beyond the table

_LARGE = """
import time
import numpy as np
from benchmarks.finance import COLUMNS, EXPLAINED, LARGE, recipe, rows
from core.contracts import Context
from core.learning.boosting import Boosted
from core.learning.features import Features
from core.lifecycle.evaluate_scoring import auc

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024

frame, event = rows(LARGE)
before, started = peak(), time.perf_counter()
model = Boosted.fit(frame, event, Features.learn(frame), recipe(), Context())
fitted = time.perf_counter()
scores = model.scores(frame)
scored = time.perf_counter()
chosen = np.sort(np.random.default_rng(0).choice(LARGE, EXPLAINED, replace=False))
found = model.contributions(frame.iloc[chosen])
assert found.shape == (EXPLAINED, COLUMNS + 1) and np.isfinite(found).all()
print(fitted - started, scored - fitted, time.perf_counter() - scored, peak() - before, frame.memory_usage().sum() / 2**20)
"""


def rows(count: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers of which ten matter, bent and in pairs, float32; a tenth of the rows are events."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(count, COLUMNS)).astype(np.float32)
    odds = values[:, :5].sum(1) + values[:, 5] * values[:, 6] + np.abs(values[:, 7]) - (values[:, 8] > 1) * values[:, 9]
    event = odds + random.logistic(size=count) > np.quantile(odds, 0.9)
    return pd.DataFrame(values, columns=[f"x{place}" for place in range(COLUMNS)]), event


def recipe() -> Recipe:
    return Recipe(rounds=TREES, leaves=LEAVES, rate=RATE, least=20, columns=1.0, rows=1.0, penalty=0.0)


def measure() -> list[dict[str, Any]]:
    """Speeds as ratios in one run, at equal AUC, and the million rows."""
    frame, event = rows(ROWS)
    half = ROWS * 3 // 4
    learnt, asked, truth = (frame.iloc[:half], event[:half]), frame.iloc[half:], event[half:]
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    found: dict[str, float] = {}
    for _ in range(TURNS):
        for name, way in WAYS.items():
            started = time.perf_counter()
            scores = way(*learnt, asked)
            seconds[name].append(time.perf_counter() - started)
            found[name] = auc(scores, truth)
    own = float(np.median(seconds["LightGBM"]))
    lines: list[dict[str, Any]] = []
    for name in list(WAYS)[1:]:
        peer = float(np.median(seconds[name]))
        what = f"{ROWS:,} rows of {COLUMNS} numbers, {TREES} trees: rows a second beside {name}"
        lines.append(_row(what, half / own, "rows/s", peer=half / peer, ratio=peer / own))
        gap = found["LightGBM"] - found[name]
        lines.append(_row(f"the same: AUC ({found['LightGBM']:.4f}) minus that of {name}", gap, "", -EQUAL, gap >= -EQUAL))
    return [*lines, *_million()]


def _row(
    what: str, value: float, unit: str, bar: float | None = None, met: bool | None = None, peer: float | None = None,
    ratio: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"what": what, "value": value, "unit": unit, "bar": bar, "met": met, "peer": peer, "ratio": ratio}


def _lightgbm(frame: pd.DataFrame, event: np.ndarray, asked: pd.DataFrame) -> np.ndarray:
    return Boosted.fit(frame, event, Features.learn(frame), recipe(), Context()).scores(asked)


def _xgboost(frame: pd.DataFrame, event: np.ndarray, asked: pd.DataFrame) -> np.ndarray:
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=TREES, max_leaves=LEAVES, max_depth=0, grow_policy="lossguide", learning_rate=RATE, tree_method="hist",
        n_jobs=device.cores(), reg_lambda=0.0,
    )  # fmt: skip
    return np.asarray(model.fit(frame, event.astype(int)).predict_proba(asked)[:, 1], np.float64)


def _sklearn(frame: pd.DataFrame, event: np.ndarray, asked: pd.DataFrame) -> np.ndarray:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=TREES, max_leaf_nodes=LEAVES, learning_rate=RATE, early_stopping=False)
    return np.asarray(model.fit(frame, event).predict_proba(asked)[:, 1])


WAYS: dict[str, Callable[[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]] = {
    "LightGBM": _lightgbm, "XGBoost hist": _xgboost, "HistGradientBoosting": _sklearn,
}  # fmt: skip


def _million() -> list[dict[str, Any]]:
    answer = subprocess.run([sys.executable, "-c", _LARGE], capture_output=True, text=True, check=True).stdout
    fitted, scored, explained, memory, table = map(float, answer.split())
    what = f"{LARGE:,} rows of {COLUMNS} numbers"
    return [
        _row(f"{what}: {TREES} trees learnt", fitted, "s"), _row(f"{what}: all scored", scored, "s"),
        _row(f"{what}: {EXPLAINED:,} of them explained, the rest not", explained, "s"),
        _row(f"{what}: memory beyond the table of {table:,.0f} MB", memory, "MB", MEMORY_BAR, memory <= MEMORY_BAR),
    ]  # fmt: skip
