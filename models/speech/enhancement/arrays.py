"""Several microphones: a voice is kept by where it comes from.

Delay-and-sum puts the voice of the channels in step by generalised cross-correlation (Knapp & Carter 1976) and takes their mean.
MVDR is that of Souden et al. (2010), with the covariances weighed by a mask from a cleaned channel (Heymann et al. 2016). The
first channel is the reference.
"""

from __future__ import annotations

import numpy as np

from core.contracts import Context

MICROPHONES, SPACING = 4, 0.05  # of the simulated array, in a line; metres
SOUND_SPEED = 343.0  # metres a second
VOICE_ANGLE, NOISE_ANGLE = 0.0, 60.0  # degrees from straight ahead, of the simulated scene
HISS = -30.0  # dB, of each microphone's own noise to the voice in the simulated scene
MOST_DELAY = 0.003  # seconds between two microphones: a metre
FINER = 8  # steps of a sample in which delays are found
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


def delays(channels: np.ndarray, guide: np.ndarray, rate: int) -> np.ndarray:
    """Seconds by which the voice comes later in each channel (channels, n) than in the first, to 1/8 sample.

    Each channel is compared with `guide` (n,), the voice as MVDR makes it out: between the channels themselves, the louder of
    voice and noise would be found.
    """
    spectra, mask = _masked(channels, guide, rate)
    voice = _spectrum(guide, rate)
    size, most = 2 * (spectra.shape[1] - 1), round(MOST_DELAY * rate) * FINER
    found = []
    for spectrum in spectra:
        cross = (mask * spectrum * np.conj(voice)).sum(1)
        # Half whitened (PHAT-β, β = .5): whitened wholly, frequencies without a voice say where the noise is; not at all, the
        # peak is broad.
        likeness = np.fft.irfft(cross / np.sqrt(np.maximum(np.abs(cross), 1e-12)), size * FINER)
        around = np.concatenate([likeness[-most:], likeness[: most + 1]])
        found.append((int(np.argmax(around)) - most) / (FINER * rate))
    return np.array(found) - found[0]


def delay_and_sum(channels: np.ndarray, guide: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,) in step with the voice in the first channel, from (channels, n); `guide` as of `delays`."""
    context.check()
    if channels.shape[1] < _size(rate):
        return channels[0].copy()
    parts = [delayed(channel, rate, -late) for channel, late in zip(channels, delays(channels, guide, rate))]
    return np.mean(parts, axis=0).astype(np.float32)


def _size(rate: int) -> int:
    return max(64, round(WINDOW_SECONDS * rate) // 4 * 4)


def _spectrum(samples: np.ndarray, rate: int) -> np.ndarray:
    from scipy.signal import get_window, stft

    size = _size(rate)
    return np.asarray(stft(samples, rate, get_window("hann", size), size, size * 3 // 4)[2])


def _masked(channels: np.ndarray, guide: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Spectra (channels, bins, frames), and how much of each bin of the first is voice, from 0 to 1 (bins, frames)."""
    spectra, voice = np.stack([_spectrum(one, rate) for one in channels]), _spectrum(guide, rate)
    power, rest = np.abs(voice) ** 2, np.abs(spectra[0] - voice) ** 2
    return spectra, power / (power + rest + 1e-12)


def mvdr(channels: np.ndarray, guide: np.ndarray, rate: int, context: Context) -> np.ndarray:
    """Float32 (n,), the voice as the first of (channels, n) hears it; `guide` (n,) is the first channel cleaned."""
    from scipy.signal import get_window, istft

    size, length = _size(rate), channels.shape[1]
    if length < size:
        return channels[0].copy()
    spectra, mask = _masked(channels, guide, rate)
    context.check()
    found = np.zeros(spectra.shape[1:], complex)
    for k in range(spectra.shape[1]):
        seen = spectra[:, k]
        speech, noise = ((seen * weight) @ seen.conj().T / max(float(weight.sum()), 1e-9) for weight in (mask[k], 1 - mask[k]))
        noise = noise + (LOADING * np.trace(noise).real / len(noise) + 1e-12) * np.eye(len(noise))
        product = np.linalg.solve(noise, speech)
        weights = product[:, 0] / (np.trace(product) + 1e-12)
        found[k] = weights.conj() @ seen
    return np.asarray(istft(found, rate, get_window("hann", size), size, size * 3 // 4)[1][:length], np.float32)
