"""Features of pictures for the Fréchet distance: EfficientNet-Lite0's fifth stage, averaged over the picture.

112 numbers a picture rather than Inception's 2048: a thousand pictures are enough to estimate how those vary together. It is
therefore not the published FID, and every place that shows the distance says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core import cache, weights
from core.contracts import Context

WEIGHTS, FILE = "efficientnet-lite0", "efficientnet-lite0-57934424.pth"
BLOCKS = 11  # the first five stages; the last of them has 112 channels
SIDE = 64  # pixels that every picture is brought to
BATCH = 64
SCALE = 10.0  # a plain divisor, so that distances read as numbers from below 1 to some tens
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet


def features(pictures: np.ndarray, context: Context, network: Any = None) -> np.ndarray:
    """Features, float64 (n, 112), of pictures, uint8 (n, side, side, 1 or 3).

    `network` where the caller holds it already. Raises UnavailableError where the weights are not here.
    """
    if network is not None:
        return _computed(network, pictures, context)
    with lease() as leased:
        return _computed(leased, pictures, context)


def lease() -> Any:
    """The network, for several calls of `features` in a row."""
    return cache.lease(("generation features", WEIGHTS), _load)


def _load() -> Any:
    from core.device import torch_device
    from models.vision.classifiers import efficientnet

    return efficientnet.read(weights.locate(WEIGHTS) / FILE).to(torch_device())


def _computed(network: Any, pictures: np.ndarray, context: Context) -> np.ndarray:
    import torch
    import torch.nn.functional as F  # noqa: N812 - its usual name

    device = next(network.parameters()).device
    mean, deviation = (torch.tensor(values, device=device)[None, :, None, None] for values in (MEAN, DEVIATION))
    parts = []
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            context.check()
            batch = torch.from_numpy(np.ascontiguousarray(pictures[start : start + BATCH])).to(device).permute(0, 3, 1, 2) / 255
            batch = F.interpolate(batch.expand(-1, 3, -1, -1), (SIDE, SIDE), mode="bilinear", antialias=True)
            maps = F.relu6(network._bn0(network._conv_stem((batch - mean) / deviation)))
            for block in network._blocks[:BLOCKS]:
                maps = block(maps)
            parts.append(maps.mean((2, 3)).double().cpu().numpy() / SCALE)
    return np.concatenate(parts)
