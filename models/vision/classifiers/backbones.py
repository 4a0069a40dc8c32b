"""Pretrained networks by the name of their weights: how to feed them, what they see, what they make of it.

EfficientNet-Lite0 comes with the set-up; networks of timm come from a model hub, by the same parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core import cache, weights
from core.contracts import InputError, UnavailableError
from core.device import cores, torch_device
from core.home import read_json
from core.language import N_

OFFLINE = "efficientnet-lite0"
STATE = "efficientnet-lite0-57934424.pth"
MOST_THREADS = 8
# (x - 127) / 128 of TensorFlow's Lite models. The recipe that comes with the package says ImageNet's mean and deviation, but only
# with these do the activations of real photographs have the variances that the first normalisation has stored.
LITE_MEAN, LITE_DEVIATION = (0.498,) * 3, (0.502,) * 3


@dataclass(frozen=True, eq=False)
class Backbone:
    """A pretrained network that looks at `size` pixels a side; `crop` is the share of a picture's shorter side that it sees.

    `network` has `maps(x)`, `pooled(maps)`, `scores(features)` and `upper(blocks)`. Values from 0 to 1 have `mean` subtracted and
    are divided by `deviation`.
    """

    name: str
    network: Any
    size: int
    crop: float
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    bicubic: bool = False

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def normal(self, pixels: np.ndarray | Tensor) -> Tensor:
        """uint8 (n, height, width, 3), or float32 (n, 3, height, width) from 0 to 1, as the network wants it, on its device."""
        batch = torch.tensor(pixels) if isinstance(pixels, np.ndarray) else pixels
        if batch.dtype == torch.uint8:
            batch = batch.permute(0, 3, 1, 2).to(self.device, torch.float32) / 255
        mean, deviation = (torch.tensor(values, device=self.device).view(1, -1, 1, 1) for values in (self.mean, self.deviation))
        return ((batch.to(self.device) - mean) / deviation).contiguous(memory_format=torch.channels_last)

    def cut(self, pixels: np.ndarray) -> np.ndarray:
        """What the network sees of a picture, uint8 (height, width, 3): its middle, scaled to (size, size, 3)."""
        return cut(pixels, self.size, self.crop, self.bicubic)


class TimmNetwork(nn.Module):
    """A network of timm under the names that ours have."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def maps(self, x: Tensor) -> Tensor:
        return self.network.forward_features(x)

    def pooled(self, maps: Tensor) -> Tensor:
        return self.network.forward_head(maps, pre_logits=True)

    def scores(self, features: Tensor) -> Tensor:
        return self.network.get_classifier()(features)

    def forward(self, x: Tensor) -> Tensor:
        return self.scores(self.pooled(self.maps(x)))

    def upper(self, blocks: int) -> list[nn.Module]:
        """The last `blocks` of what timm calls blocks or stages."""
        parts = getattr(self.network, "blocks", getattr(self.network, "stages", None))
        if parts is None:
            raise InputError(
                N_("The upper layers of this network cannot be trained by themselves: choose another network or method.")
            )
        return list(parts)[max(0, len(parts) - blocks) :]


def cut(pixels: np.ndarray, size: int, crop: float = 1.0, bicubic: bool = False) -> np.ndarray:
    """The square in the middle of a picture, `crop` of its shorter side long, scaled to (size, size, 3)."""
    from PIL import Image

    height, width = pixels.shape[:2]
    side = max(1, int(min(height, width) * crop))
    left, top = (width - side) // 2, (height - side) // 2
    how = Image.Resampling.BICUBIC if bicubic else Image.Resampling.BILINEAR
    # Pillow's filter widens with the scale, so nothing flickers when a photograph shrinks to a few pixels.
    return np.asarray(Image.fromarray(pixels).resize((size, size), how, (left, top, left + side, top + side)))


def whole(pixels: np.ndarray, size: int) -> np.ndarray:
    """The whole picture, pressed into (size, size, 3): of what is learnt from, nothing is cut off."""
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR))


def load(name: str) -> Backbone:
    """A new copy of the network, with verified weights, on the best device. Raises UnavailableError where they cannot be had."""
    torch.set_num_threads(min(MOST_THREADS, cores()))
    folder = weights.locate(name)
    if name == OFFLINE:
        from models.vision.classifiers.efficientnet import read

        network = read(folder / STATE).to(torch_device()).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Backbone(name, network, 224, 0.875, LITE_MEAN, LITE_DEVIATION)
    return from_timm(name, folder)


def from_timm(name: str, folder: Path) -> Backbone:
    """A network as timm publishes it: `config.json` with its `pretrained_cfg`, and `model.safetensors`."""
    try:
        import timm
    except ImportError as error:
        raise UnavailableError(
            N_("{name} needs a library that is not installed. Install it with: {command}"), name=name, command="pip install timm"
        ) from error
    from safetensors.torch import load_file

    told = read_json(folder / "config.json")
    network = timm.create_model(told["architecture"], pretrained=False, num_classes=told.get("num_classes", 1000))
    network.load_state_dict(load_file(folder / "model.safetensors"))
    settings = told["pretrained_cfg"]
    size, crop = int(settings["input_size"][-1]), float(settings.get("crop_pct", 0.875))
    return Backbone(
        name, TimmNetwork(network).to(torch_device()).eval(), size, crop, tuple(settings["mean"]),
        tuple(settings["std"]), settings.get("interpolation") == "bicubic",
    )  # fmt: skip


@contextmanager
def leased(name: str) -> Iterator[Backbone]:
    """The network that all share, for one at a time. Whoever trains it takes a copy of his own with `load`."""
    with cache.lease(("backbone", name), lambda: load(name)) as found:
        yield found
