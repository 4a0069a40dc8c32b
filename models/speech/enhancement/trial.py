"""The bar of `speech.enhance`: how many dB nearer to the clean recording DeepFilterNet3 brings noisy ones."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from core import samples
from core.contracts import Context, Evidence
from core.intake.sound import samples as decoded
from core.language import N_
from core.sound import measures, noise
from models.speech.enhancement import methods

CLIPS = "librivox"
SEEDS = (0, 1, 2)  # of the noise for each clip
RATIO = 0.0
GAIN = N_("SI-SDR gain in dB")
BASELINE = methods.METHODS[methods.SPECTRAL]


def gains(method: str, kind: str, ratio: float, context: Context, seeds: tuple[int, ...] = SEEDS) -> np.ndarray:
    """The gain in dB on each clip (rows) with each seed of the noise (columns)."""
    rows: list[list[float]] = []
    for clip, _ in samples.clips(CLIPS):
        voice = decoded(clip, clip.rate)
        rows.append([])
        for seed in seeds:
            context.check()
            clean, noisy = noise.mixed(voice, noise.noise(kind, len(voice), clip.rate, seed), ratio)
            cleaned = methods.enhanced(method, noisy, clip.rate, Context())
            rows[-1].append(measures.si_sdr(clean, cleaned) - measures.si_sdr(clean, noisy))
    return np.array(rows)


def interval(means: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean over clips."""
    drawn = np.random.default_rng(seed).integers(0, len(means), (2_000, len(means)))
    low, high = np.percentile(means[drawn].mean(1), [2.5, 97.5])
    return float(low), float(high)


def librivox(method: str) -> Callable[[Context], Evidence]:
    """A bar's `measure`: five clips with pink noise as loud as the voice, three times each; the baseline is log-MMSE."""

    def measure(context: Context) -> Evidence:
        started = perf_counter()
        found = gains(method, "pink", RATIO, context).mean(1)
        trivial = gains(methods.SPECTRAL, "pink", RATIO, context).mean(1)
        title, licence = methods.answered_by(method)
        return Evidence(
            metric=GAIN, score=float(found.mean()), interval=interval(found), baseline=float(trivial.mean()),
            baseline_name=BASELINE, data=CLIPS, rows=len(found), answered_by=title, license=licence,
            seconds=perf_counter() - started,
        )  # fmt: skip

    return measure
