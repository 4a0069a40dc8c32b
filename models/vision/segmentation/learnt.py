"""A network that was trained on pictures with masks: answering, saving, reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Context, Pictures, Records
from core.home import read_json, write_bytes, write_json
from core.intake.pictures import decoded
from core.language import N_
from core.learning.loop import prepare
from models.vision.classifiers.backbones import LITE_DEVIATION, LITE_MEAN, OFFLINE, whole
from models.vision.detection.library import free_cores
from models.vision.segmentation.networks import GROUPS, EncodedUNet, UNet

STATES, FACTS = "network.safetensors", "segmenter.json"
MOST_SIDE = 1_024  # pixels at which classes are told from scores; larger pictures take the nearest pixel's
LICENSES = {"unet": "", "efficientnet": "Apache-2.0"}
METHODS = {"unet": "U-Net", "efficientnet": "U-Net, EfficientNet-Lite0"}


class SegmentationModel:
    """A network with the names of its classes, in order. `facts` has classes, size, architecture and width."""

    def __init__(self, network: nn.Module, facts: dict[str, Any]) -> None:
        self.network, self.facts = network, facts
        self.classes: tuple[str, ...] = tuple(facts["classes"])

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def scores(self, pixels: np.ndarray) -> Tensor:
        """Scores (classes, size, size) of one picture, uint8 (height, width, 3)."""
        batch = torch.tensor(whole(np.ascontiguousarray(pixels), int(self.facts["size"]))[None])
        was = self.network.training
        self.network.eval()
        with torch.inference_mode():
            found: Tensor = self.network(self.normal(batch.permute(0, 3, 1, 2).float() / 255))[0]
        self.network.train(was)
        return found.float().cpu()

    def normal(self, batch: Tensor) -> Tensor:
        """Pictures from 0 to 1, (n, 3, height, width), as the network wants them, on its device."""
        mean, deviation = ((0.5,) * 3, (0.5,) * 3) if self.facts["architecture"] == "unet" else (LITE_MEAN, LITE_DEVIATION)
        shifts = (torch.tensor(values, device=self.device).view(1, 3, 1, 1) for values in (mean, deviation))
        less, by = shifts
        return (batch.to(self.device) - less) / by

    def labels(self, pixels: np.ndarray) -> np.ndarray:
        """The place of each pixel's class, uint8 (height, width)."""
        import cv2

        height, width = pixels.shape[:2]
        scale = min(1.0, MOST_SIDE / max(height, width))
        size = max(1, round(height * scale)), max(1, round(width * scale))
        scores = F.interpolate(self.scores(pixels)[None], size=size, mode="bilinear", align_corners=False)[0]
        found = scores.argmax(0).to(torch.uint8).numpy()
        return found if scale == 1 else np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST))

    def predict(self, inputs: Pictures, context: Context) -> Records:
        """A row for each class on each picture, with its share of the picture in percent."""
        import pandas as pd

        rows = []
        for picture, pixels in decoded(inputs, context, []):
            shares = np.bincount(self.labels(pixels).ravel(), minlength=len(self.classes)) / (pixels.shape[0] * pixels.shape[1])
            rows += [(picture.name, name, 100 * float(share)) for name, share in zip(self.classes, shares) if share]
        columns = [N_("picture"), N_("class"), N_("Share of the picture (%)")]
        return Records(N_("Every class"), pd.DataFrame(rows, columns=columns), words=("class",))

    def save(self, folder: Path) -> None:
        """What was learnt as safetensors, the description as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        learnt = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.named_parameters()
                  if tensor.requires_grad}  # fmt: skip
        write_bytes(folder / STATES, save(learnt))
        write_json(folder / FACTS, self.facts)

    def describe(self) -> dict[str, Any]:
        architecture = str(self.facts["architecture"])
        count = sum(tensor.numel() for tensor in self.network.parameters())
        return {**self.facts, "method": METHODS[architecture], "license": LICENSES[architecture], "parameters": count}


def made(facts: dict[str, Any], seed: int) -> SegmentationModel:
    """A new network of that description on the best device. Raises UnavailableError where the encoder's weights are missing."""
    device = prepare(seed)
    width = GROUPS * max(1, int(facts["width"]) // GROUPS)
    if facts["architecture"] == "unet":
        return SegmentationModel(UNet(len(facts["classes"]), width).to(device), facts)
    from core import weights
    from models.vision.classifiers.backbones import STATE
    from models.vision.classifiers.efficientnet import read

    encoder = read(weights.locate(OFFLINE) / STATE)
    return SegmentationModel(EncodedUNet(len(facts["classes"]), width, encoder).to(device), facts)


def load(folder: Path) -> SegmentationModel:
    """What `save` wrote."""
    model = made(read_json(folder / FACTS), 0)
    unknown = model.network.load_state_dict(load_file(folder / STATES), strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"the saved network has parts that this one has not: {unknown[:3]}")
    model.network.eval()
    torch.set_num_threads(free_cores())
    return model
