"""ByteTrack (Zhang et al. 2022) and BoT-SORT (Aharon et al. 2022) of ultralytics on our own detections.

Each tracker belongs to one call: its state is never shared, its numbers begin with 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.vision.detection import library
from models.vision.detection.detector import Found

LOW = 0.1  # confidence from which a weak box may carry on a track that is there
SECONDS_LOST = 2.0  # for which a track that is not seen is remembered


@dataclass(frozen=True, eq=False)
class Tracks:
    """What is followed in one frame: `ids` int64 and `boxes` float32 (n, 4), `classes` int64, `scores` float32 (n,)."""

    ids: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def feet(self) -> np.ndarray:
        """Where each stands: the middle of the lower edge, float64 (n, 2). On the ground, lines and zones mean what they show."""
        return np.c_[(self.boxes[:, 0] + self.boxes[:, 2]) / 2, self.boxes[:, 3]].astype(float).reshape(-1, 2)


class Tracker:
    """Gives what is found in frame after frame a number that stays. `method`: bytetrack or botsort; `rate`: frames a second."""

    def __init__(self, method: str, confidence: float, rate: float) -> None:
        library.ultralytics()
        from ultralytics.trackers.track import TRACKER_MAP
        from ultralytics.utils import YAML, IterableSimpleNamespace
        from ultralytics.utils.checks import check_yaml

        usual = YAML.load(check_yaml(f"{method}.yaml"))
        usual |= {"track_high_thresh": confidence, "new_track_thresh": confidence, "track_low_thresh": min(LOW, confidence / 2),
                  "track_buffer": max(5, round(SECONDS_LOST * rate)), "device": None}  # fmt: skip
        self._tracker: Any = TRACKER_MAP[method](args=IterableSimpleNamespace(**usual))
        self._numbers: dict[int, int] = {}  # the library also counts tracks that never get sure
        self._needs_pixels = method == "botsort"  # it takes out the movement of the camera

    def __call__(self, found: Found, pixels: np.ndarray) -> Tracks:
        """The tracks that are seen in this frame."""
        from ultralytics.engine.results import Boxes

        rows = np.c_[found.boxes, found.scores, found.classes].astype(np.float32).reshape(-1, 6)
        image = np.ascontiguousarray(pixels[..., ::-1]) if self._needs_pixels else None
        answer = np.asarray(self._tracker.update(Boxes(rows, pixels.shape[:2]), image), np.float32).reshape(-1, 8)
        height, width = pixels.shape[:2]
        boxes = answer[:, :4].clip(0, (width, height) * 2)
        numbers = [self._numbers.setdefault(number, len(self._numbers) + 1) for number in answer[:, 4].astype(int).tolist()]
        return Tracks(np.array(numbers, np.int64), boxes, answer[:, 6].astype(np.int64), answer[:, 5])
