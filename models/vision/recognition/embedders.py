"""A face as a vector: aligned by its eyes, then described by a network. Alike faces have a high cosine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from core import cache, weights
from core.language import N_
from models.vision.recognition.blazeface import LEFT_EYE, RIGHT_EYE
from models.vision.runtime import session

FACERES, GENERAL = "faceres", "efficientnet-lite0"
NAMES = {FACERES: N_("FaceRes, made for faces"), GENERAL: N_("EfficientNet-Lite0, made for things")}
SIDE = 224  # pixels
EYES_AT, EYES_APART = 0.42, 0.33  # shares of the side: height of the eyes, and their distance
BATCH = 32


def aligned(pixels: np.ndarray, points: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The face turned, scaled and moved so that its eyes are at their places: uint8 (side, side, 3)."""
    import cv2

    right, left = points[RIGHT_EYE].astype(float), points[LEFT_EYE].astype(float)
    across = left - right
    scale = EYES_APART * side / max(float(np.hypot(*across)), 1.0)
    angle = np.arctan2(across[1], across[0])
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    shift = np.array([side / 2, EYES_AT * side]) - turn @ ((right + left) / 2)
    move = np.concatenate([turn, shift[:, None]], 1)
    return cv2.warpAffine(
        np.ascontiguousarray(pixels), move, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def embed(faces: list[np.ndarray], name: str = FACERES) -> np.ndarray:
    """Vectors of length 1, float32 (n, dimensions), of aligned faces. Raises UnavailableError where the weights are not here."""
    if not faces:
        return np.zeros((0, 1), np.float32)
    found = np.concatenate(list(_faceres(faces) if name == FACERES else _general(faces)))
    return (found / np.linalg.norm(found, axis=1, keepdims=True).clip(1e-9)).astype(np.float32)


def _faceres(faces: list[np.ndarray]) -> Iterator[np.ndarray]:
    # The network also answers age and gender. They are never asked for: such guesses are biased and nobody's business.
    for face in faces:
        with session(FACERES, "faceres.onnx") as model:
            yield model.run(["global_pooling/Mean"], {"input_1": face[None].astype(np.float32)})[0]


def _general(faces: list[np.ndarray]) -> Iterator[np.ndarray]:
    import torch

    for start in range(0, len(faces), BATCH):
        with cache.lease(("faces", GENERAL), _network) as (network, device), torch.inference_mode():
            batch = torch.from_numpy(np.stack(faces[start : start + BATCH])).permute(0, 3, 1, 2).to(device, torch.float32)
            yield network.pooled(network.maps((batch - 127) / 128)).float().cpu().numpy()


def _network() -> Any:
    from core.device import torch_device
    from models.vision.classifiers.efficientnet import read

    device = torch_device()
    return read(weights.locate(GENERAL) / "efficientnet-lite0-57934424.pth").to(device), device
