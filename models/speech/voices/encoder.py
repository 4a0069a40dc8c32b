"""A voice as a vector: the GE2E speaker encoder (Wan et al., 2018) with Resemblyzer's weights.

Cosines of one voice are mostly above .75 and of two voices below, but the ranges touch: it groups, it does not identify.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core import device, weights
from core.cache import lease

RATE = 16_000
FRAMES, STEP = 160, 80  # of 10 ms in a window, and between two of them
LEAST_SECONDS = 0.8  # of speech, below which a voice cannot be told
QUIET = 10 ** (-30 / 20)  # root mean square that quieter speech is raised to
NAME = "speaker-encoder"


def embed(samples: np.ndarray) -> np.ndarray | None:
    """A unit vector of 256 numbers for float32 samples at 16 kHz; None where there are too few.

    Raises UnavailableError where the weights are not here.
    """
    if len(samples) < LEAST_SECONDS * RATE:
        return None
    spectra = mel(samples)
    starts = range(0, max(1, len(spectra) - FRAMES + 1), STEP)
    windows = np.stack([_filled(spectra[start : start + FRAMES]) for start in starts])
    with lease((NAME,), lambda: load(weights.locate(NAME))) as network:
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1)  # so narrow a network: on a busy machine the threads wait for each other most of the time
        try:
            with torch.inference_mode():
                vectors = network(torch.from_numpy(windows).to(device.torch_device())).cpu().numpy()
        finally:
            torch.set_num_threads(before)
    mean = vectors.mean(0)
    return np.asarray(mean / (np.linalg.norm(mean) or 1.0), np.float32)


def mel(samples: np.ndarray) -> np.ndarray:
    """Power in 40 mel bands for each 10 ms, float32 (frames, 40), as librosa's defaults give it."""
    from faster_whisper.feature_extractor import FeatureExtractor

    loud = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) or 1.0
    whole = np.pad(samples * max(1.0, QUIET / loud), 200).astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(whole, 400)[::160]
    window = np.hanning(401)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(pieces * window, axis=1)) ** 2
    return np.asarray(power @ FeatureExtractor.get_mel_filters(RATE, 400, n_mels=40).T, np.float32)


def _filled(spectra: np.ndarray) -> np.ndarray:
    return np.pad(spectra, ((0, FRAMES - len(spectra)), (0, 0)))


def load(folder: Path) -> Any:
    """The network: three LSTM layers, a linear one, normalised; (n, 160, 40) to (n, 256)."""
    import torch

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(40, 256, 3, batch_first=True)
            self.linear = torch.nn.Linear(256, 256)

        def forward(self, spectra: torch.Tensor) -> torch.Tensor:
            _states, (hidden, _cell) = self.lstm(spectra)
            return torch.nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)

    network = Encoder()
    state = torch.load(folder / "pretrained.pt", map_location="cpu", weights_only=True)["model_state"]
    network.load_state_dict({name: value for name, value in state.items() if name.startswith(("lstm", "linear"))})
    return network.to(device.torch_device()).eval()
