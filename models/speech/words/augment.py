"""Changed copies of clips to learn from: faster or slower, in a room, in noise. Chance is torch's, seeded by the loop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.speech.words.clips import LENGTH, NORMAL, RATE, placed

SPEEDS = (0.85, 1.18)  # which also raises and lowers the voice, as another speaker would (Ko et al. 2015)
NOISE = (3.0, 30.0)  # dB of the word over the noise
DELAYS = (0.015, 0.09)  # seconds after which an echo comes back
ECHO = 0.55  # of the sound, at most, that comes back
SHARE = 0.7  # of the copies that each change is made to
WAYS = ("speed", "echo", "noise")


def changed(word: np.ndarray, ways: Sequence[str], generator: torch.Generator | None = None) -> np.ndarray:
    """A clip of `LENGTH` samples with the word somewhere in it, changed in some of the `ways`."""

    def chance(low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * float(torch.rand((), generator=generator))

    if "speed" in ways and chance() < SHARE:
        word = faster(word, chance(*SPEEDS))
    clip = placed(word, chance())
    if "echo" in ways and chance() < SHARE:
        clip = echoed(clip, chance(*DELAYS), chance(0.1, ECHO))
    if "noise" in ways and chance() < SHARE:
        clip = noisy(clip, chance(*NOISE), is_pink=chance() < 0.5, generator=generator)
    return clip


def faster(word: np.ndarray, times: float) -> np.ndarray:
    """Played `times` as fast, and as high."""
    places = np.arange(0, len(word) - 1, times)
    return np.interp(places, np.arange(len(word)), word).astype(np.float32)


def echoed(clip: np.ndarray, delay: float, share: float) -> np.ndarray:
    """With an echo that comes back again and again after `delay` seconds, `share` as strong each time."""
    step, found, strength = int(delay * RATE), clip.copy(), share
    for number in range(1, 6):
        if number * step < LENGTH:
            found[number * step :] += strength * clip[: LENGTH - number * step]
        strength *= share
    return found


def noisy(clip: np.ndarray, ratio: float, *, is_pink: bool, generator: torch.Generator | None = None) -> np.ndarray:
    """With white or pink noise `ratio` dB below a word of normal loudness."""
    noise = torch.randn(LENGTH, generator=generator).numpy()
    if is_pink:  # power falls with frequency
        spectrum = np.fft.rfft(noise)
        noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), LENGTH)
    noise = noise * (NORMAL * 10 ** (-ratio / 20) / max(float(noise.std()), 1e-9))
    return np.asarray(clip + noise, np.float32)
