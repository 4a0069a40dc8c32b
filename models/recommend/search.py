"""Search for settings of a method by Optuna (Akiba et al. 2019; tree-structured Parzen estimator), on validation rows only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.contracts import Context
from core.language import N_

LIVES = (2.0, 1000.0)  # half-life of a choice, in choices of the user that follow; the longest is as good as none
# Lowest and highest value of each setting; searched on a logarithmic scale. Whole numbers where both ends are.
SPACES: dict[str, dict[str, tuple[float, float]]] = {
    "popularity": {},
    "item_knn": {"neighbours": (10, 500), "shrinkage": (1.0, 300.0), "half_life": LIVES},
    "ease": {"penalty": (30.0, 3000.0), "half_life": LIVES},
    "pure_svd": {"factors": (4, 200), "half_life": LIVES},
    "als": {"factors": (8, 128), "regularization": (0.01, 200.0), "confidence": (0.5, 40.0), "half_life": LIVES},
    "bpr": {"factors": (8, 128), "rate": (0.01, 0.2), "regularization": (0.001, 0.1), "iterations": (20, 150)},
    "ncf": {"width": (8, 64), "rate": (5e-4, 1e-2), "decay": (1e-3, 1e-1)},
    "deepfm": {"width": (8, 64), "rate": (5e-4, 1e-2), "decay": (1e-3, 1e-1)},
}


def search(
    name: str, defaults: dict[str, Any], goodness: Callable[[dict[str, Any]], float], trials: int, seed: int, context: Context
) -> dict[str, Any]:  # fmt: skip
    """The settings of the method `name` of which `goodness(settings)` is highest; the defaults are tried first."""
    space = SPACES[name]
    if trials < 2 or not space:
        return {}
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=4))
    study.enqueue_trial({setting: defaults[setting] or high for setting, (_, high) in space.items()})

    def tried(trial: optuna.Trial) -> float:
        context.check()
        settings = {
            setting: trial.suggest_int(setting, low, high, log=True)
            if isinstance(low, int) and isinstance(high, int)
            else trial.suggest_float(setting, low, high, log=True)
            for setting, (low, high) in space.items()
        }
        found = goodness(settings)
        context.progress((trial.number + 1) / trials, N_("Trial {step} of {steps}"), step=trial.number + 1, steps=trials)
        return found

    study.optimize(tried, n_trials=trials)
    context.log(f"{name}: {study.best_params} gives {study.best_value:.4f} on validation rows, of {trials} trials")
    return dict(study.best_params)
