"""A detector that was trained here: saved as tensors and a description, and in OpenVINO's form for speed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np

from core import device
from core.contracts import Context, Pictures, Records
from core.home import read_json, write_json
from core.intake.pictures import decoded
from core.language import N_
from models.vision.detection import detector, library, tiles
from models.vision.detection.detector import Detector, Found, Settings

LICENSE = "AGPL-3.0-only"  # as ultralytics asks of what its training makes
STATES, FACTS, FAST = "weights.safetensors", "detector.json", f"detector{detector.FAST}"
LOWEST = 0.01  # confidence from which boxes count for the average precision
_logger = logging.getLogger(__name__)


class TrainedDetector:
    """A fitted network with what is known of it. `detector` finds with it; large pictures are looked at tile by tile, as they
    were learnt.
    """

    def __init__(self, found: Detector, facts: dict[str, Any], yolo: Any = None) -> None:
        self.detector, self.facts, self.yolo = (_Tiled(found, int(facts["tile"])) if facts["tile"] else found), facts, yolo

    def boxes(self, pixels: np.ndarray) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
        """Boxes (n, 4), their classes and scores, those of low confidence too."""
        found = self.detector(pixels, Settings(confidence=LOWEST))
        return found.boxes, tuple(self.detector.names[k] for k in found.classes), found.scores

    def predict(self, inputs: Pictures, context: Context) -> Records:
        """A row for each object of each picture: picture, class, confidence in percent and corners in pixels."""
        import pandas as pd

        rows = []
        for picture, pixels in decoded(inputs, context, []):
            found = self.detector(pixels, Settings(confidence=0.25))
            rows += [(picture.name, self.detector.names[k], 100 * float(score), *box)
                     for box, k, score in zip(found.boxes.tolist(), found.classes, found.scores)]  # fmt: skip
        columns = [N_("picture"), N_("class"), N_("Confidence"), "x0", "y0", "x1", "y1"]
        return Records(N_("Every object"), pd.DataFrame(rows, columns=columns))

    def save(self, folder: Path) -> None:
        """Tensors as safetensors, the description as JSON, and the fast form where it can be made."""
        from safetensors.torch import save_file

        assert self.yolo is not None, "a model that was loaded in its fast form is saved already"
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in self.yolo.model.state_dict().items()}, folder / STATES)
        try:
            (folder / FAST).mkdir(exist_ok=True)
            detector.convert(self.yolo, folder / FAST, int(self.facts["size"]))
        except (ImportError, OSError, RuntimeError) as error:
            _logger.warning("OpenVINO's form was not made: %s", error)
            for path in (folder / FAST).iterdir():
                path.unlink()
        write_json(folder / FACTS, self.facts)

    def describe(self) -> dict[str, Any]:
        return {**{key: value for key, value in self.facts.items() if key != "yaml"}, "license": LICENSE}


class _Tiled(Detector):
    """A detector that cuts what is larger than what it learnt from."""

    def __init__(self, found: Detector, side: int) -> None:
        super().__init__(found.yolo, found.names, found.size, found.route)
        self.side = side

    def __call__(self, pixels: np.ndarray, settings: Settings, wanted: tuple[int, ...] = ()) -> Found:
        height, width = pixels.shape[:2]
        if max(height, width) <= self.side or settings.tiles > 1:
            return super().__call__(pixels, settings, wanted)
        size = settings.size or self.size
        parts = [self._look(pixels, Settings(settings.confidence, settings.iou, size), tile, wanted)
                 for tile in tiles.by_size(width, height, self.side)]  # fmt: skip
        found = Found(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("boxes", "classes", "scores")))
        return found.only(tiles.merge(found.boxes, found.classes, found.scores, settings.iou, detector.MOST))


def load(folder: Path) -> TrainedDetector:
    """What `save` wrote: OpenVINO's form on a processor where it is there, else the tensors in PyTorch."""
    facts = read_json(folder / FACTS)
    if device.best() == "cpu" and (folder / FAST / "metadata.yaml").is_file():
        return TrainedDetector(detector.open_converted(folder / FAST, int(facts["size"])), facts)
    from safetensors.torch import load_file

    yolo = library.ultralytics().YOLO(f"{facts['architecture']}.yaml", task="detect")
    detector.build(yolo, facts["yaml"], load_file(folder / STATES), dict(enumerate(facts["classes"])))
    return TrainedDetector(Detector(yolo, tuple(facts["classes"]), int(facts["size"]), "PyTorch"), facts, yolo)
