"""The methods side by side, each from samples at any rate to as many cleaned ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core import weights
from core.contracts import Context
from core.language import N_
from core.sound.rates import fitted, resampled
from core.sound.spectral import log_mmse
from models.speech.enhancement import native

DEEPFILTERNET, RNNOISE, SPECTRAL = native.DEEPFILTERNET, native.RNNOISE, "spectral"
METHODS = {
    DEEPFILTERNET: N_("DeepFilterNet3"), RNNOISE: N_("RNNoise"), SPECTRAL: N_("Log-MMSE, a spectral baseline"),
}  # fmt: skip


def enhanced(method: str, samples: np.ndarray, rate: int, context: Context, limit: float = 100.0) -> np.ndarray:
    """Float32 (n,) at `rate`, cleaned by one of `METHODS`; `limit` in dB is DeepFilterNet3's.

    Raises UnavailableError where what the method needs is not on this machine.
    """
    if method == SPECTRAL:
        return log_mmse(samples, rate, context)
    process: Callable[[np.ndarray], np.ndarray] = (
        (lambda given: native.deepfilternet(given, context, limit)) if method == DEEPFILTERNET
        else (lambda given: native.rnnoise(given, context))
    )  # fmt: skip
    done = process(resampled(samples, rate, native.RATE))
    return fitted(resampled(done, native.RATE, rate), len(samples))


def answered_by(method: str) -> tuple[str, str]:
    """(who answered, licence)."""
    if method == SPECTRAL:
        return "log-MMSE", "AGPL-3.0-or-later"
    item = weights.entry(method)
    return item.title, item.licence
