"""Variances that follow past squared returns: exponential smoothing and GARCH(1,1)."""

from __future__ import annotations

import numpy as np

from core.contracts.capability import Context
from core.learning.forecasting.problem import Forecast, Problem
from core.learning.forecasting.walk import Fold

DECAY = 0.94  # of daily variances (RiskMetrics technical document, J.P. Morgan 1996)
FLOOR = 1e-4  # of a variance, as a share of the mean one: no forecast says that nothing can happen


def smoothed(squares: np.ndarray, decay: float) -> np.ndarray:
    """The exponentially weighted mean of each square and those before it; it starts from the first ones' mean."""
    from scipy.signal import lfilter

    start = float(squares[:20].mean())
    found, _ = lfilter([1 - decay], [1, -decay], squares, zi=[decay * start])
    return np.maximum(found, FLOOR * max(float(squares[:20].mean()), 1e-12))


def ewma(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """The smoothed variance stays for all steps to come."""
    levels = smoothed(problem.outcome, DECAY)
    return lambda origins: np.repeat(levels[origins][:, None], problem.horizon, 1)


def garch(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """GARCH(1,1) (Bollerslev 1986) by the normal quasi-likelihood with variance targeting: the long-run variance is the mean
    square of the steps fitted on, so two numbers are left to find.
    """
    from scipy.optimize import minimize
    from scipy.signal import lfilter

    squares = problem.outcome
    fitted = squares[fold.start : fold.end]
    long_run = max(float(fitted.mean()), 1e-12)

    def variances(alpha: float, beta: float, of: np.ndarray) -> np.ndarray:
        """Of the step after each of `of`."""
        omega = long_run * (1 - alpha - beta)
        found, _ = lfilter([1.0], [1.0, -beta], omega + alpha * of, zi=[beta * long_run])
        return np.maximum(found, FLOOR * long_run)

    def weights(theta: np.ndarray) -> tuple[float, float]:
        """Any two numbers as alpha and beta above 0 whose sum is below 1."""
        persistence = 0.9995 / (1 + np.exp(-theta[0]))
        share = 1 / (1 + np.exp(-theta[1]))
        return persistence * share, persistence * (1 - share)

    def unlikely(theta: np.ndarray) -> float:
        following = variances(*weights(theta), fitted)[:-1]
        return float(np.mean(np.log(following) + fitted[1:] / following))

    best = minimize(unlikely, np.array([3.5, -2.2]), method="Nelder-Mead", options={"maxiter": 400, "xatol": 1e-4, "fatol": 1e-8})
    alpha, beta = weights(best.x)
    after = variances(alpha, beta, squares[fold.start :])
    context.log(f"GARCH(1,1): alpha {alpha:.4f}, beta {beta:.4f}, mean variance {long_run:.4f}")

    def forecast(origins: np.ndarray) -> np.ndarray:
        fading = (alpha + beta) ** np.arange(problem.horizon)
        return long_run + (after[origins - fold.start] - long_run)[:, None] * fading

    return forecast
