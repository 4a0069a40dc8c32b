"""How near a recording is to the clean one: SI-SDR and SNR in dB, PESQ and STOI.

SI-SDR: Le Roux et al. (2019), "SDR – half-baked or well done?", scale-invariant, of zero-mean signals. PESQ: ITU-T P.862.2
(wide band, 1.04 to 4.64; narrow band P.862 below 16 kHz), by the package `pesq`, which is optional because it is compiled on
installation. STOI: Taal et al. (2011), 0 to 1, by `pystoi`.
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.language import N_

GAIN = N_("SI-SDR gain")
MOST = 100.0  # dB that are given where there is no difference at all
SILENT = 1e-5  # root mean square below which there is nothing to compare with
BLOCK_SECONDS, LEAST_BLOCKS, RESAMPLES = 0.5, 4, 1_000
PESQ_SECONDS = 20.0  # of the beginning that PESQ hears: it was made for such lengths, and takes long


@dataclass(frozen=True)
class Measured:
    """What was measured; nan where a measure has nothing to say (too short, silent, not installed)."""

    si_sdr: float
    snr: float
    pesq: float
    stoi: float


def is_silent(samples: np.ndarray) -> bool:
    return not len(samples) or float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) < SILENT


def si_sdr(clean: np.ndarray, heard: np.ndarray) -> float:
    """In dB; nan where `clean` is silent. Both float (n,)."""
    target, other = (part.astype(np.float64) - part.mean(dtype=np.float64) for part in (clean, heard))
    if is_silent(target):
        return math.nan
    projected = (other @ target) / (target @ target) * target
    return _ratio(projected, other - projected)


def snr(clean: np.ndarray, heard: np.ndarray) -> float:
    """In dB: the clean signal over all that differs from it, level included; nan where `clean` is silent."""
    if is_silent(clean):
        return math.nan
    return _ratio(clean.astype(np.float64), heard.astype(np.float64) - clean)


def _ratio(signal: np.ndarray, rest: np.ndarray) -> float:
    above, below = float(np.sum(signal**2)), float(np.sum(rest**2))
    if above <= below * 10 ** (-MOST / 10):  # silence, too
        return -MOST
    return min(MOST, 10 * math.log10(above / below)) if below else MOST


def pesq(clean: np.ndarray, heard: np.ndarray, rate: int) -> float:
    """MOS-LQO of the first `PESQ_SECONDS`; nan where it is not installed, or finds no utterance."""
    if not has_pesq():
        return math.nan
    import pesq as library

    from core.sound.rates import resampled

    own = 16_000 if rate >= 16_000 else 8_000
    first, second = (resampled(part[: round(PESQ_SECONDS * rate)], rate, own) for part in (clean, heard))
    if is_silent(first) or is_silent(second):
        return math.nan
    try:
        return float(library.pesq(own, first, second, "wb" if own == 16_000 else "nb"))
    except (library.NoUtterancesError, library.BufferTooShortError, library.PesqError, ValueError):
        return math.nan


@lru_cache(maxsize=1)
def has_pesq() -> bool:
    return importlib.util.find_spec("pesq") is not None


def stoi(clean: np.ndarray, heard: np.ndarray, rate: int) -> float:
    """0 to 1; nan for less than about half a second of speech."""
    from pystoi import stoi as measure

    if is_silent(clean):
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # it warns, and answers 1e-5, where there are too few frames
        try:
            return float(measure(clean, heard, rate))
        except (RuntimeWarning, ValueError, IndexError):
            return math.nan


def measure(clean: np.ndarray, heard: np.ndarray, rate: int) -> Measured:
    """All of them; float32 (n,) both, of one length."""
    if len(clean) != len(heard):
        raise ValueError(f"{len(clean)} samples cannot be compared with {len(heard)}")
    return Measured(si_sdr(clean, heard), snr(clean, heard), pesq(clean, heard, rate), stoi(clean, heard, rate))


def gain_interval(clean: np.ndarray, noisy: np.ndarray, heard: np.ndarray, rate: int, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the SI-SDR gain on one recording: half seconds of it are drawn anew, the scale stays.

    (nan, nan) where there are too few of them.
    """
    block = max(1, round(BLOCK_SECONDS * rate))
    count = len(clean) // block
    if count < LEAST_BLOCKS or is_silent(clean):
        return math.nan, math.nan
    powers = [_block_powers(clean[: count * block], part[: count * block], block) for part in (noisy, heard)]
    drawn = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    levels = [10 * np.log10(np.maximum(above[drawn].sum(1), 1e-20) / np.maximum(below[drawn].sum(1), 1e-20))
              for above, below in powers]  # fmt: skip
    low, high = np.percentile(levels[1] - levels[0], [2.5, 97.5])
    return float(low), float(high)


def _block_powers(clean: np.ndarray, heard: np.ndarray, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Energy of the scaled target and of the rest in each block."""
    target, other = (part.astype(np.float64) - part.mean(dtype=np.float64) for part in (clean, heard))
    projected = (other @ target) / (target @ target) * target
    return tuple(np.square(part).reshape(-1, block).sum(1) for part in (projected, other - projected))  # type: ignore[return-value]
