"""EfficientNet-Lite0 (Tan & Le 2019; the Lite variants: Liu 2020), for weights that come as a bare state dict.

Lite: no squeeze and excitation, ReLU6 in place of swish. The weights were converted from TensorFlow, hence its 'SAME' padding
(the odd pixel goes to the right and below) and its epsilon of batch normalisation.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

#         repeats, kernel, stride, expansion, channels
BLOCKS = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320))  # fmt: skip
STEM, HEAD = 32, 1280
EPSILON = 1e-3


class SameConv(nn.Conv2d):
    """A convolution without bias and with TensorFlow's 'SAME' padding."""

    def __init__(self, given: int, made: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(given, made, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        down, across = (max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[-2:])
        if down or across:
            x = F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return F.conv2d(x, self.weight, None, self.stride, 0, 1, self.groups)


class Block(nn.Module):
    """Inverted residual: widen, filter each channel by itself, narrow."""

    def __init__(self, given: int, made: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = given * expansion
        self.expands, self.skips = expansion != 1, stride == 1 and given == made
        if self.expands:
            self._expand_conv, self._bn0 = SameConv(given, wide, 1), _norm(wide)
        self._depthwise_conv, self._bn1 = SameConv(wide, wide, kernel, stride, wide), _norm(wide)
        self._project_conv, self._bn2 = SameConv(wide, made, 1), _norm(made)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        inner = F.relu6(self._bn1(self._depthwise_conv(inner)))
        inner = self._bn2(self._project_conv(inner))
        return x + inner if self.skips else inner


class EfficientNetLite0(nn.Module):
    """Pictures (n, 3, height, width) to scores (n, 1000). The names of its parts are those of the state dict."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = SameConv(3, STEM, 3, 2), _norm(STEM)
        blocks: list[Block] = []
        channels = STEM
        for repeats, kernel, stride, expansion, made in BLOCKS:
            for number in range(repeats):
                blocks.append(Block(channels, made, kernel, stride if number == 0 else 1, expansion))
                channels = made
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1, self._fc = SameConv(channels, HEAD, 1), _norm(HEAD), nn.Linear(HEAD, 1000)

    def maps(self, x: Tensor) -> Tensor:
        """What the last convolution sees, (n, 1280, height / 32, width / 32)."""
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return F.relu6(self._bn1(self._conv_head(x)))

    def pooled(self, maps: Tensor) -> Tensor:
        """Maps as features (n, 1280)."""
        return maps.mean((2, 3))

    def scores(self, features: Tensor) -> Tensor:
        """Features as scores (n, 1000) of ImageNet's classes."""
        return self._fc(features)

    def forward(self, x: Tensor) -> Tensor:
        return self.scores(self.pooled(self.maps(x)))

    def upper(self, blocks: int) -> list[nn.Module]:
        """The last `blocks` blocks and what follows them: what fine-tuning trains."""
        return [*list(self._blocks)[max(0, len(self._blocks) - blocks) :], self._conv_head, self._bn1]


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=EPSILON)


def read(path: Path) -> EfficientNetLite0:
    """The network with the weights of the state dict at `path`, on the processor."""
    network = EfficientNetLite0()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval()
