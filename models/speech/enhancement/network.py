"""A recurrent network that weighs each frequency of each frame: answering, saving, reading.

The mask is that of Weninger et al. (2015), "Speech enhancement with LSTM recurrent neural networks", with a bidirectional GRU: it
hears the whole recording before it answers. Beside the levels it hears how far each stands above the quiet frames of its
frequency, in the spirit of minimum statistics (Martin 2001).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Audio, Context, Sound
from core.home import read_json, write_bytes, write_json
from core.language import N_
from core.learning.loop import prepare
from core.lifecycle.mixtures import RATE

SIZE, HOP = 512, 128  # samples of a Fourier transform (32 ms), and from one to the next
BINS = SIZE // 2 + 1
LEAST = 1e-5  # added to magnitudes before their logarithm
STATES, FACTS = "network.safetensors", "enhancer.json"
QUIET_SHARE = 0.1  # of the frames, the quietest, from which the noise of a bin is estimated
AT_ONCE = 30 * RATE  # samples that go through the network at once
OVERLAP = RATE  # that two such stretches share, faded over
METHOD = "GRU mask network"


class MaskNetwork(nn.Module):
    """From log magnitudes (batch, frames, bins) to a mask from 0 to 1 of that form."""

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.inward = nn.Linear(2 * BINS, width)
        self.recurrent = nn.GRU(width, width, layers, batch_first=True, bidirectional=True)
        self.outward = nn.Linear(2 * width, BINS)

    def forward(self, levels: Tensor) -> Tensor:
        # Loudness is taken out: a mask depends on what stands out, not on how far the microphone was.
        normal = levels - levels.mean((1, 2), keepdim=True)
        # A noise that does not change is what the quietest frames of a bin have, whatever its colour: without this second half,
        # colours that were never learnt from stayed.
        floor = levels.kthvalue(max(1, round(QUIET_SHARE * levels.shape[1])), 1, keepdim=True).values
        heard, _ = self.recurrent(torch.relu(self.inward(torch.cat([normal, levels - floor], 2))))
        return torch.sigmoid(self.outward(heard))


class MaskModel:
    """The network with its description; `facts` has width and layers."""

    def __init__(self, network: MaskNetwork, facts: dict[str, Any]) -> None:
        self.network, self.facts = network, facts

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def masked(self, noisy: Tensor) -> Tensor:
        """Samples (batch, n) at 16 kHz to cleaned ones of that form, with gradients where they are wanted."""
        window = torch.hann_window(SIZE, device=noisy.device)
        spectrum = torch.stft(noisy, SIZE, HOP, window=window, return_complex=True)
        levels = (spectrum.abs() + LEAST).log().transpose(1, 2)
        mask = self.network(levels).transpose(1, 2)
        return torch.istft(spectrum * mask, SIZE, HOP, window=window, length=noisy.shape[1])

    def enhance(self, noisy: np.ndarray, context: Context | None = None) -> np.ndarray:
        """Float32 (n,) at 16 kHz, cleaned; long ones in stretches of half a minute."""
        context, length = context or Context(), len(noisy)
        whole, weight = np.zeros(length, np.float32), np.zeros(length, np.float32)
        step = AT_ONCE - OVERLAP
        for start in range(0, max(1, length - OVERLAP), step):
            context.check()
            context.progress(start / max(1, length))
            part = noisy[start : start + AT_ONCE]
            fade = np.ones(len(part), np.float32)
            rise = np.linspace(0, 1, OVERLAP + 2, dtype=np.float32)[1:-1]
            if start:
                fade[:OVERLAP] = rise[: len(part)]
            if start + AT_ONCE < length:
                fade[-OVERLAP:] *= rise[::-1]
            whole[start : start + len(part)] += fade * self._part(part)
            weight[start : start + len(part)] += fade
        return whole / np.maximum(weight, 1e-6)

    def _part(self, noisy: np.ndarray) -> np.ndarray:
        padded = np.pad(noisy, (0, max(0, SIZE - len(noisy)))).astype(np.float32)
        was = self.network.training
        self.network.eval()
        with torch.inference_mode():
            found = self.masked(torch.from_numpy(padded)[None].to(self.device))[0].float().cpu().numpy()
        self.network.train(was)
        return np.asarray(found[: len(noisy)])

    def predict(self, inputs: Sound, context: Context) -> Audio:
        """The recording, mono at 16 kHz, cleaned."""
        from core.intake.sound import samples
        from core.sound import keeping

        cleaned = self.enhance(samples(inputs, RATE, context=context), context)
        return keeping.keep(N_("Cleaned recording"), cleaned, RATE, details={"Cleaned by": METHOD})

    def save(self, folder: Path) -> None:
        """Tensors as safetensors, the description as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        write_bytes(folder / STATES, save(kept))
        write_json(folder / FACTS, self.facts)

    def describe(self) -> dict[str, Any]:
        count = sum(tensor.numel() for tensor in self.network.parameters())
        return {**self.facts, "method": METHOD, "parameters": count}


def made(facts: dict[str, Any], seed: int) -> MaskModel:
    """A new network of that description on the best device."""
    device = prepare(seed)
    return MaskModel(MaskNetwork(int(facts["width"]), int(facts["layers"])).to(device), facts)


def load(folder: Path) -> MaskModel:
    """What `save` wrote."""
    model = made(read_json(folder / FACTS), 0)
    model.network.load_state_dict(load_file(folder / STATES))
    model.network.eval()
    return model
