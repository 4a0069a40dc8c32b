"""Several microphones: a voice is kept by where it comes from.

Delay-and-sum puts the channels in step by GCC-PHAT (Knapp & Carter 1976) and takes their mean. MVDR is that of Souden et al.
(2010), with the covariances weighed by a mask from a cleaned channel (Heymann et al. 2016); the first channel is the reference.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import get_window, istft, stft

from core.contracts import Context

MICROPHONES, SPACING = 4, 0.05  # of the simulated array, in a line; metres
SOUND_SPEED = 343.0  # metres a second
VOICE_ANGLE, NOISE_ANGLE = 0.0, 60.0  # degrees from straight ahead, of the simulated scene
HISS = -30.0  # dB, of each microphone's own noise to the voice in the simulated scene
MOST_DELAY = 0.003  # seconds between two microphones: a metre
WINDOW_SECONDS = 0.064
LOADING = 1e-3  # of the diagonal, so that a covariance can be inverted


def simulated(voice: np.ndarray, noise: np.ndarray, rate: int, seed: int) -> np.ndarray:
    """Float32 (microphones, n): what a line of microphones in the open would hear of a voice ahead and a noise from the side.

    `voice` and `noise` (n,) are given at the level that the first microphone hears.
    """
    places = np.arange(MICROPHONES) * SPACING
    generator = np.random.default_rng(seed)
    level = float(np.sqrt(np.mean(voice.astype(np.float64) ** 2))) * 10 ** (HISS / 20)
    found = []
    for place in places:
        delays = [place * np.sin(np.deg2rad(angle)) / SOUND_SPEED for angle in (VOICE_ANGLE, NOISE_ANGLE)]
        heard = delayed(voice, rate, delays[0]) + delayed(noise, rate, delays[1])
        found.append(heard + level * generator.standard_normal(len(voice)))
    return np.stack(found).astype(np.float32)


def delayed(samples: np.ndarray, rate: int, seconds: float) -> np.ndarray:
    """The samples (n,) later by `seconds`, which need not be whole samples; negative: earlier."""
    if not seconds:
        return samples.astype(np.float32)
    size = len(samples) + 2 * round(MOST_DELAY * rate) + 64  # room, so that the end does not come in at the beginning
    turns = np.exp(-2j * np.pi * np.fft.rfftfreq(size, 1 / rate) * seconds)
    return np.fft.irfft(np.fft.rfft(samples, size) * turns, size)[: len(samples)].astype(np.float32)


def delays(channels: np.ndarray, rate: int) -> np.ndarray:
    """Seconds by which each channel (channels, n) is later than the first, by GCC-PHAT to a quarter of a sample."""
    size = 2 * channels.shape[1]
    spectra = np.fft.rfft(channels, size)
    most, finer = round(MOST_DELAY * rate) * 4, 4
    found = []
    for spectrum in spectra:
        cross = spectrum * np.conj(spectra[0])
        likeness = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-12), size * finer)
        around = np.concatenate([likeness[-most:], likeness[: most + 1]])
        found.append((int(np.argmax(around)) - most) / (finer * rate))
    return np.array(found)


def delay_and_sum(channels: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,) in step with the first channel, from (channels, n)."""
    context.check()
    parts = [delayed(channel, rate, -late) for channel, late in zip(channels, delays(channels, rate))]
    return np.mean(parts, axis=0).astype(np.float32)


def mvdr(channels: np.ndarray, guide: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,), the voice as the first channel hears it. `guide` (n,) is the first channel cleaned, from which the mask of the
    voice follows.
    """
    size = max(64, round(WINDOW_SECONDS * rate) // 4 * 4)
    length = channels.shape[1]
    if length < size:
        return channels[0].copy()
    window, overlap = get_window("hann", size), size * 3 // 4
    spectra = np.stack([stft(one, rate, window, size, overlap)[2] for one in channels])  # (channels, bins, frames)
    voice = np.abs(stft(guide, rate, window, size, overlap)[2]) ** 2
    rest = np.abs(spectra[0] - stft(guide, rate, window, size, overlap)[2]) ** 2
    mask = voice / (voice + rest + 1e-12)
    context.check()
    found = np.zeros(spectra.shape[1:], complex)
    for k in range(spectra.shape[1]):
        seen = spectra[:, k]
        speech, noise = ((seen * weight) @ seen.conj().T / max(float(weight.sum()), 1e-9) for weight in (mask[k], 1 - mask[k]))
        noise = noise + (LOADING * np.trace(noise).real / len(noise) + 1e-12) * np.eye(len(noise))
        product = np.linalg.solve(noise, speech)
        weights = product[:, 0] / (np.trace(product) + 1e-12)
        found[k] = weights.conj() @ seen
    return np.asarray(istft(found, rate, window, size, overlap)[1][:length], np.float32)
