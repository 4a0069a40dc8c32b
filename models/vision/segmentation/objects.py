"""Objects one by one, each with its class and its mask: YOLO's weights for instance segmentation, from the hub."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from core import cache, device, weights
from models.vision.detection import detector
from models.vision.detection.detector import Detector, Weights
from models.vision.segmentation.matte import shrunk

TASK = "segment"
KNOWN = {name: Weights(name, f"{name}.pt", 640, 0.25) for name in ("yolo26n-seg", "yolo11n-seg")}
MOST_SIDE = 960  # pixels that masks are made at: a hundred of them stay within 300 MB
MOST = 100  # objects of one picture
IOU = 0.5  # of boxes above which two are one object

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Objects:
    """Objects of one picture, the surest first: `whose` uint8 (height, width), 0 nobody's, else the number of the object from 1;
    its `classes` int64 and `scores` float32 (n,).
    """

    whose: np.ndarray
    classes: np.ndarray
    scores: np.ndarray


@contextmanager
def lease(name: str) -> Iterator[Detector]:
    """Leases those known weights: loaded once for all sessions, used by one at a time."""
    with cache.lease(("objects", name), lambda: load(name), timeout=120) as found:
        yield found


def load(name: str) -> Detector:
    """Opens known weights. Raises UnavailableError where they are not here and cannot be had."""
    known = KNOWN[name]
    folder = weights.locate(name)
    if device.best() == "cpu":
        try:
            return detector.open_converted(detector.fast_form(known, folder, TASK), known.size, TASK)
        except (ImportError, OSError, RuntimeError) as error:
            _logger.warning("OpenVINO cannot run %s: %s", name, error)
    yolo = detector.read(folder / known.file, TASK)
    return Detector(yolo, detector.names_of(yolo), known.size, "PyTorch")


def find(found: Detector, pixels: np.ndarray, confidence: float, wanted: tuple[int, ...] = ()) -> Objects:
    """The objects on the picture, uint8 (height, width, 3) RGB; `wanted` are indices of classes, none means all.

    Where two overlap, the pixel is the surer one's.
    """
    import cv2

    height, width = pixels.shape[:2]
    seen = np.ascontiguousarray(shrunk(pixels, MOST_SIDE)[..., ::-1])  # the library takes blue first, as OpenCV does
    (answer,) = found.yolo.predict(
        seen, conf=confidence, iou=IOU, imgsz=found.size, classes=list(wanted) or None, max_det=MOST, retina_masks=True,
        device=detector.device_name(), verbose=False, save=False,
    )  # fmt: skip
    whose = np.zeros(seen.shape[:2], np.uint8)
    if answer.masks is None:
        return Objects(np.zeros((height, width), np.uint8), np.zeros(0, np.int64), np.zeros(0, np.float32))
    rows = answer.boxes.data.detach().cpu().numpy().astype(np.float32).reshape(-1, 6)
    order = np.argsort(-rows[:, 4], kind="stable")
    layers = answer.masks.data.detach().cpu().numpy() > 0.5
    for number in reversed(range(len(order))):
        whose[layers[order[number]]] = number + 1
    large = cv2.resize(whose, (width, height), interpolation=cv2.INTER_NEAREST)
    return Objects(large, rows[order, 5].astype(np.int64), rows[order, 4])
