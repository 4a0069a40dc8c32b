"""Samples at another rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Float32 (n,) at `wanted` samples a second, without delay; the length is that of the duration, rounded up."""
    if rate == wanted or not len(samples):
        return samples.astype(np.float32, copy=False)
    from scipy.signal import resample_poly

    share = Fraction(wanted, rate)
    return np.asarray(resample_poly(samples, share.numerator, share.denominator), np.float32)


def fitted(samples: np.ndarray, length: int) -> np.ndarray:
    """Cut, or silence added, to `length`."""
    return samples[:length] if len(samples) >= length else np.pad(samples, (0, length - len(samples)))
