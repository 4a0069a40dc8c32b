"""The methods side by side, each from samples at any rate to as many cleaned ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core import weights
from core.contracts import Context
from core.language import N_
from core.lifecycle.mixtures import RATE as LEARNT_RATE
from core.sound.rates import fitted, resampled
from core.sound.spectral import log_mmse
from models.speech.enhancement import arrays, native

DEEPFILTERNET, RNNOISE, SPECTRAL = native.DEEPFILTERNET, native.RNNOISE, "spectral"
METHODS = {
    DEEPFILTERNET: N_("DeepFilterNet3"), RNNOISE: N_("RNNoise"), SPECTRAL: N_("Log-MMSE, a spectral baseline"),
}  # fmt: skip
MVDR, DELAY = "mvdr", "delay_and_sum"
ARRAYS = {MVDR: N_("MVDR, all microphones"), DELAY: N_("Delay-and-sum, all microphones")}  # need several channels
LEARNT = N_("Mask network, trained here")


def from_array(method: str, channels: np.ndarray, rate: int, context: Context, limit: float = 100.0) -> np.ndarray:
    """Float32 (n,), the voice as the first of the channels (channels, n) hears it, by one of `ARRAYS`.

    Raises UnavailableError where DeepFilterNet3, from which both learn where the voice is, is not on this machine.
    """
    guide = enhanced(DEEPFILTERNET, channels[0], rate, context, limit)
    found = arrays.mvdr(channels, guide, rate, context)
    return arrays.delay_and_sum(channels, found, rate, context) if method == DELAY else found


def by_model(model: Any, samples: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,) at `rate`, cleaned by a network that was trained here; it hears 16 kHz, so nothing above 8 kHz is left."""
    return fitted(resampled(model.enhance(resampled(samples, rate, LEARNT_RATE), context), LEARNT_RATE, rate), len(samples))


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
    if method in ARRAYS:
        return {MVDR: "MVDR", DELAY: "delay-and-sum"}[method], "AGPL-3.0-or-later"
    if method not in METHODS:
        return "GRU mask network", "AGPL-3.0-or-later"
    item = weights.entry(method)
    return item.title, item.licence
