"""Networks that give a class for every pixel: U-Net, from scratch or on top of EfficientNet-Lite0."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

GROUPS = 8
DEPTH = 4  # levels, each half as wide and high as the one above
STRIDE = 16  # sides of pictures are multiples of it
LAST_OF_STAGES = (0, 2, 4, 10, 15)  # blocks of EfficientNet-Lite0 after which the next one halves the picture, and the last
STAGE_CHANNELS = (16, 24, 40, 112, 320)


def double_convolution(given: int, made: int) -> nn.Module:
    """Two convolutions of 3 × 3, each with group normalisation (Wu & He 2018) and ReLU."""
    parts: list[nn.Module] = []
    for number in range(2):
        parts += [nn.Conv2d(given if not number else made, made, 3, padding=1, bias=False), nn.GroupNorm(GROUPS, made), nn.ReLU()]
    return nn.Sequential(*parts)


class UNet(nn.Module):
    """U-Net (Ronneberger, Fischer & Brox 2015): down by pooling, up again, with what was seen on the way down beside it.

    Pictures (n, 3, height, width), sides multiples of `STRIDE`, to scores (n, classes, height, width). Convolutions are padded,
    so that the answer is as large as the picture. Group normalisation in place of none: it keeps no running means, so a training
    that goes on from a checkpoint ends where the uninterrupted one does.
    """

    def __init__(self, classes: int, width: int) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(DEPTH + 1)]
        self.down = nn.ModuleList(double_convolution(given, made) for given, made in zip((3, *widths), widths))
        self.up = nn.ModuleList(double_convolution(widths[level + 1] + widths[level], widths[level])
                                for level in reversed(range(DEPTH)))  # fmt: skip
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = []
        for level, part in enumerate(self.down):
            x = part(F.max_pool2d(x, 2) if level else x)
            seen.append(x)
        for part, beside in zip(self.up, reversed(seen[:-1])):
            x = part(torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), beside], 1))
        return self.head(x)


class EncodedUNet(nn.Module):
    """The same way up, from what a pretrained EfficientNet-Lite0 sees; the encoder learns nothing, so little data is enough."""

    def __init__(self, classes: int, width: int, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        for tensor in encoder.parameters():
            tensor.requires_grad_(False)
        widths = [width * 2**level for level in range(DEPTH)]
        given = STAGE_CHANNELS[-1]
        self.up = nn.ModuleList()
        for level in reversed(range(DEPTH)):
            self.up.append(double_convolution(given + STAGE_CHANNELS[level], widths[level]))
            given = widths[level]
        self.fine = double_convolution(3, width)  # the encoder begins at half the size
        self.last = double_convolution(2 * width, width)
        self.head = nn.Conv2d(width, classes, 1)

    def train(self, mode: bool = True) -> EncodedUNet:
        super().train(mode)
        self.encoder.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            seen, inner = [], F.relu6(self.encoder._bn0(self.encoder._conv_stem(x)))
            for number, block in enumerate(self.encoder._blocks):
                inner = block(inner)
                if number in LAST_OF_STAGES:
                    seen.append(inner)
        fine, way = self.fine(x), seen[-1]
        for part, beside in zip(self.up, reversed(seen[:-1])):
            way = part(torch.cat([F.interpolate(way, size=beside.shape[-2:], mode="nearest"), beside], 1))
        return self.head(self.last(torch.cat([F.interpolate(way, size=fine.shape[-2:], mode="nearest"), fine], 1)))
