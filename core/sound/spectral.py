"""Noise reduction without learning: the log-spectral amplitude estimator of Ephraim and Malah (1985).

The a-priori ratio is followed by their decision-directed way (1984). Noise is taken to stay the same through the recording: in
each frequency it is what the quietest frames have. It stands beside the networks as the baseline; its settings were chosen on
other recordings than those of the bar.
"""

from __future__ import annotations

import numpy as np

from core.contracts import Context

WINDOW_SECONDS = 0.032
SMOOTHING = 0.95  # of the a-priori ratio
LEAST_RATIO, LEAST_GAIN = 10 ** (-25 / 10), 10 ** (-25 / 20)
LOWEST = 60.0  # Hz, below which no voice speaks
QUIET_SHARE = 0.1  # of the frames, the quietest, from which the noise is estimated


def log_mmse(samples: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,) at `rate`, with what stays the same taken away; the same length."""
    from scipy.signal import get_window, istft, stft

    size = max(32, round(WINDOW_SECONDS * rate) // 4 * 4)
    if len(samples) < size:
        return samples.copy()
    window = get_window("hann", size)
    _, _, spectrum = stft(samples, rate, window, size, size * 3 // 4)
    power = np.abs(spectrum) ** 2 + 1e-12
    gains = _gains(power, context)
    gains[: round(LOWEST * size / rate) + 1] = LEAST_GAIN
    _, cleaned = istft(spectrum * gains, rate, window, size, size * 3 // 4)
    return np.asarray(cleaned[: len(samples)], np.float32)


def _gains(power: np.ndarray, context: Context) -> np.ndarray:
    """What each bin of each frame is multiplied by; power (bins, frames)."""
    from scipy.special import exp1

    # The quantile of an exponential distribution, which noise power has, over its mean.
    noise = np.quantile(power, QUIET_SHARE, axis=1) / -np.log(1 - QUIET_SHARE) + 1e-12
    before, gains = np.zeros(len(power)), np.empty_like(power)
    for frame in range(power.shape[1]):
        if frame % 500 == 0:
            context.check()
            context.progress(frame / power.shape[1])
        after = np.minimum(power[:, frame] / noise, 1e4)
        ratio = np.maximum(SMOOTHING * before + (1 - SMOOTHING) * np.maximum(after - 1, 0), LEAST_RATIO)
        wiener = ratio / (1 + ratio)
        gain = np.clip(wiener * np.exp(0.5 * exp1(np.maximum(wiener * after, 1e-8))), LEAST_GAIN, 1.0)
        before = gain**2 * after
        gains[:, frame] = gain
    return gains
