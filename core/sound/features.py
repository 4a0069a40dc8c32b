"""Numbers that a sound is told by: mel spectra and cepstral coefficients, and where in it there is anything to hear."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

RATE = 16_000  # samples a second that all of this expects
WINDOW, HOP = 400, 160  # samples of 25 and 10 ms
BANDS = 40
COEFFICIENTS = 13
FLOOR = 60.0  # dB below the loudest band of a clip, where quieter ones are cut off
QUIET = 35.0  # dB below the loudest frame, from which on the ends of a clip are silence
ABOVE_NOISE = 0.3  # of the way from the quietest frames to the loudest one: below are the ends of a noisy clip
KEPT = 5  # frames that stay before and after what is heard


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Power in 40 mel bands for each 10 ms, in dB below the loudest: float32 (frames, 40), from -60 to 0.

    `samples` are float32 (n,) at 16 kHz. How loud the clip is as a whole makes no difference.
    """
    padded = np.pad(samples, (WINDOW // 2, WINDOW // 2 + max(0, WINDOW - len(samples)))).astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(pieces * np.hanning(WINDOW + 1)[:-1].astype(np.float32), axis=1)) ** 2
    bands = power @ _filters().T
    levels = 10 * np.log10(np.maximum(bands, 1e-12))
    return np.asarray(np.maximum(levels - levels.max(), -FLOOR), np.float32)


def mfcc(levels: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstral coefficients (Davis and Mermelstein 1980) of `log_mel`: float32 (frames, 13)."""
    from scipy.fft import dct

    return np.asarray(dct(levels, norm="ortho", axis=1)[:, :COEFFICIENTS], np.float32)


def audible(loud: np.ndarray) -> float:
    """The level in dB from which on a frame is heard; `loud` holds the loudest band of each frame."""
    floor = float(np.quantile(loud, 0.05))
    return max(float(loud.max()) - QUIET, floor + ABOVE_NOISE * (float(loud.max()) - floor))


def heard_frames(levels: np.ndarray) -> tuple[int, int]:
    """First frame of what is heard in `log_mel`, and the one after the last, each with a little silence kept."""
    loud = levels.max(1)
    heard = np.flatnonzero(loud >= audible(loud))
    return max(0, int(heard[0]) - KEPT), int(heard[-1]) + KEPT + 1


def trimmed(levels: np.ndarray) -> np.ndarray:
    """`log_mel` without the silence at both ends."""
    start, end = heard_frames(levels)
    return levels[start:end]


def stretched(frames: np.ndarray, count: int) -> np.ndarray:
    """(count, bands): the frames drawn out or pressed together to `count` of them."""
    places = np.linspace(0, len(frames) - 1, count)
    below = places.astype(int)
    above, share = np.minimum(below + 1, len(frames) - 1), (places - below)[:, None]
    return np.asarray(frames[below] * (1 - share) + frames[above] * share, np.float32)


@lru_cache(maxsize=1)
def _filters() -> np.ndarray:
    """Triangles of equal area on Slaney's mel scale, (40, 201), as librosa has them."""
    from faster_whisper.feature_extractor import FeatureExtractor

    return np.asarray(FeatureExtractor.get_mel_filters(RATE, WINDOW, n_mels=BANDS), np.float32)
