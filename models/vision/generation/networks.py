"""The two networks of a DCGAN (Radford, Metz & Chintala 2015): one draws from random numbers, one tells drawn from real.

Sizes are 28, 32 or 64 pixels; each stage doubles the side. Initialised as in the paper, N(0, .02).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

SIZES = (28, 32, 64)
SLOPE = 0.2  # of the leaky rectifier
SPREAD = 0.02  # of the weights to begin with


def start_of(size: int) -> tuple[int, int]:
    """Side of the first maps, and how often it doubles until the picture's own."""
    start = 7 if size == 28 else 4
    return start, {28: 2, 32: 3, 64: 4}[size]


class Generator(nn.Module):
    """Latent vectors (n, latent) to pictures (n, channels, size, size) in -1..1."""

    def __init__(self, latent: int, width: int, size: int, channels: int) -> None:
        super().__init__()
        self.latent, self.width, self.size, self.channels = latent, width, size, channels
        start, stages = start_of(size)
        given, made = latent, width * 2 ** (stages - 1)
        layers: list[nn.Module] = [nn.ConvTranspose2d(given, made, start, 1, 0, bias=False), nn.BatchNorm2d(made), nn.ReLU(True)]
        for _stage in range(stages - 1):
            given, made = made, made // 2
            layers += [nn.ConvTranspose2d(given, made, 4, 2, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU(True)]
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(made, channels, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, latents: Tensor) -> Tensor:
        drawn: Tensor = self.main(latents[:, :, None, None])
        return drawn

    def sizes(self) -> dict[str, int]:
        """What `Generator(**sizes)` needs to be built again."""
        return {"latent": self.latent, "width": self.width, "size": self.size, "channels": self.channels}


class Discriminator(nn.Module):
    """Pictures (n, channels, size, size) in -1..1 to scores (n,): above 0 means real.

    `spectral`: spectral normalisation (Miyato et al. 2018) in place of batch normalisation.
    """

    def __init__(self, width: int, size: int, channels: int, spectral: bool) -> None:
        super().__init__()
        start, stages = start_of(size)
        layers: list[nn.Module] = []
        given = channels
        for stage in range(stages):
            made = width * 2**stage
            layers.append(_normed(nn.Conv2d(given, made, 4, 2, 1, bias=spectral), spectral))
            if stage and not spectral:
                layers.append(nn.BatchNorm2d(made))
            layers.append(nn.LeakyReLU(SLOPE, True))
            given = made
        self.main = nn.Sequential(*layers, _normed(nn.Conv2d(given, 1, start, 1, 0, bias=spectral), spectral))

    def forward(self, pictures: Tensor) -> Tensor:
        scores: Tensor = self.main(pictures)
        return scores.flatten()


def initialise(network: nn.Module) -> None:
    """The paper's own start: weights N(0, .02), scales of the normalisation N(1, .02)."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            weight = layer.parametrizations["weight"].original if hasattr(layer, "parametrizations") else layer.weight
            nn.init.normal_(weight, 0.0, SPREAD)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, SPREAD)
            nn.init.zeros_(layer.bias)


def parameters(network: nn.Module) -> int:
    """How many numbers the network learns."""
    return sum(weight.numel() for weight in network.parameters())


def on(network: Any, device: str) -> Any:
    """The network on that device, for inference."""
    return network.to(torch.device(device)).eval()


def _normed(layer: nn.Module, spectral: bool) -> nn.Module:
    return nn.utils.parametrizations.spectral_norm(layer) if spectral else layer
