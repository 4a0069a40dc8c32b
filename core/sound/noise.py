"""Noise of a known kind, mixed into a recording at a known ratio, so that what a method takes away can be measured.

All noise is made from a seed: the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.language import N_

KINDS = {
    "white": N_("White noise"), "pink": N_("Pink noise"), "brown": N_("Brown noise"), "babble": N_("Babble of voices"),
    "hum": N_("Mains hum"),
}  # fmt: skip
# Exponent of the spectrum (power falls by 3, and by 6 dB from octave to octave), and the frequency in Hz where it begins: most of
# brown noise would else be too low to be heard.
SLOPES = {"pink": (0.5, 0.0), "brown": (1.0, 50.0)}
VOICES = 6  # in a babble
MAINS, HARMONICS = 50.0, 20  # Hz; overtones of a hum, each of them at half the power of the one below
LOUDEST = 0.98  # a mixture above full scale is made quieter, and its clean part with it


def noise(kind: str, length: int, rate: int, seed: int, voices: Sequence[np.ndarray] = ()) -> np.ndarray:
    """Float32 (length,) of mean power 1. `voices` are speech samples at `rate`, of which a babble is made.

    Raises ValueError for a babble without voices.
    """
    generator = np.random.default_rng(seed)
    if kind == "babble":
        made = _babble(length, generator, voices)
    elif kind == "hum":
        made = _hum(length, rate, generator)
    else:
        made = generator.standard_normal(length)
        if kind in SLOPES:
            made = _sloped(made, rate, *SLOPES[kind])
    made = made - made.mean()
    return (made / max(float(np.sqrt(np.mean(made**2))), 1e-12)).astype(np.float32)


def _sloped(white: np.ndarray, rate: int, slope: float, lowest: float) -> np.ndarray:
    """White noise with its spectrum weighed by f to the power -`slope`, nothing below `lowest` Hz."""
    spectrum = np.fft.rfft(white)
    weights = np.arange(len(spectrum), dtype=np.float64)
    weights[: max(1, round(lowest * len(white) / rate))] = np.inf
    return np.fft.irfft(spectrum / weights**slope, len(white))


def _hum(length: int, rate: int, generator: np.random.Generator) -> np.ndarray:
    """50 Hz and its overtones, with a little white noise: the hum of a cable or a transformer."""
    times = np.arange(length) / rate
    made = 0.02 * generator.standard_normal(length)
    for number in range(1, HARMONICS + 1):
        if number * MAINS < rate / 2:
            made += 2 ** (-number / 2) * np.sin(2 * np.pi * number * MAINS * times + generator.uniform(0, 2 * np.pi))
    return made


def _babble(length: int, generator: np.random.Generator, voices: Sequence[np.ndarray]) -> np.ndarray:
    """Several voices at once, each from another place of the recordings on."""
    heard = [voice for voice in voices if len(voice)]
    if not heard:
        raise ValueError("a babble is made of voices")
    made = np.zeros(length)
    for number in range(VOICES):
        voice = heard[number % len(heard)].astype(np.float64)
        turned = np.roll(np.resize(voice, max(length, len(voice))), int(generator.integers(0, len(voice))))[:length]
        made += turned / max(float(np.sqrt(np.mean(turned**2))), 1e-9)
    return made


def mixed(clean: np.ndarray, added: np.ndarray, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """(clean, clean with noise), both quieter by the same factor where the sum would be above full scale.

    `ratio` in dB: the power of `clean` over that of what is added. Raises ValueError for silence, which no noise has a ratio to.
    """
    power = float(np.mean(clean.astype(np.float64) ** 2))
    if power < 1e-12:
        raise ValueError("there is no ratio of silence to noise")
    scale = np.sqrt(power / max(float(np.mean(added.astype(np.float64) ** 2)), 1e-20) / 10 ** (ratio / 10))
    noisy = clean + scale * added
    quieter = min(1.0, LOUDEST / max(float(np.abs(noisy).max()), 1e-9))
    return (quieter * clean).astype(np.float32), (quieter * noisy).astype(np.float32)
