"""Detectors: one class around the library's YOLO, whatever the weights, and how each is opened.

NanoDet-g stands in YOLO's form: an ONNX graph with its decoding inside. On a processor all weights run through OpenVINO,
converted once; on a GPU the graph runs through ONNX Runtime and YOLO's own weights through PyTorch.
"""

from __future__ import annotations

import importlib.metadata
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core import cache, device, weights
from core.contracts import InputError
from core.language import N_
from core.weights.derived import derived
from models.vision.detection import library, tiles
from models.vision.names import COCO

MOST = 300  # objects of one picture, as COCO's evaluation has it a hundred and YOLO's own limit three hundred
SCALES = (0.75, 1.0, 1.5)  # of the picture's size, where several are asked for
FAST = "_openvino_model"
LEAST = 32  # pixels: the stride of the coarsest level

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Found:
    """Objects of one picture, the surest first: `boxes` float32 (n, 4) as x0, y0, x1, y1 in pixels, `classes` int64 and
    `scores` float32 (n,).
    """

    boxes: np.ndarray
    classes: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)

    def only(self, rows: np.ndarray) -> Found:
        """Those that the mask or the indices `rows` name."""
        return Found(self.boxes[rows], self.classes[rows], self.scores[rows])


@dataclass(frozen=True)
class Settings:
    """How to look: least `confidence` of an object, `iou` above which two boxes of a class are one, `size` in pixels that a
    picture's longer side is brought to (0: the detector's own), `tiles` a side (1: none), and whether `scales` are several.
    """

    confidence: float = 0.45
    iou: float = 0.5
    size: int = 0
    tiles: int = 1
    scales: bool = False


@dataclass(frozen=True)
class Weights:
    """Known weights: the entry of the manifest, its file, the size they like, the least confidence that is worth a look."""

    name: str
    file: str
    size: int
    confidence: float


KNOWN = {
    entry.name: entry
    for entry in (
        Weights("nanodet", "nanodet_yolo.onnx", 512, 0.45), Weights("yolo26n", "yolo26n.pt", 640, 0.25),
        Weights("yolo26s", "yolo26s.pt", 640, 0.25), Weights("yolo11n", "yolo11n.pt", 640, 0.25),
        Weights("yolo11s", "yolo11s.pt", 640, 0.25),
    )
}  # fmt: skip


class Detector:
    """A loaded detector. `names` are its classes in order; `route` is what computes; not for two threads at once."""

    def __init__(self, yolo: Any, names: tuple[str, ...], size: int, route: str) -> None:
        self.yolo, self.names, self.size, self.route = yolo, names, size, route

    def __call__(self, pixels: np.ndarray, settings: Settings, wanted: tuple[int, ...] = ()) -> Found:
        """What is on the picture, uint8 (height, width, 3) RGB; `wanted` are indices of classes, none means all."""
        height, width = pixels.shape[:2]
        size = settings.size or self.size
        rounds = [(replace(settings, size=_whole(size * scale)), (0, 0, width, height))
                  for scale in (SCALES if settings.scales else (1.0,))]  # fmt: skip
        rounds += [(replace(settings, size=size), tile) for tile in tiles.cut(width, height, settings.tiles)]
        parts = [self._look(pixels, look, tile, wanted) for look, tile in rounds]
        if len(parts) == 1:
            return parts[0]
        found = Found(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("boxes", "classes", "scores")))
        return found.only(tiles.merge(found.boxes, found.classes, found.scores, settings.iou, MOST))

    def _look(self, pixels: np.ndarray, settings: Settings, tile: tuple[int, int, int, int], wanted: tuple[int, ...]) -> Found:
        height, width = pixels.shape[:2]
        x0, y0, x1, y1 = tile
        part = np.ascontiguousarray(pixels[y0:y1, x0:x1, ::-1])  # the library takes blue first, as OpenCV does
        (answer,) = self.yolo.predict(
            part, conf=settings.confidence, iou=settings.iou, imgsz=_whole(settings.size), classes=list(wanted) or None,
            max_det=MOST, device=device_name(), verbose=False, save=False,
        )  # fmt: skip
        rows = answer.boxes.data.detach().cpu().numpy().astype(np.float32).reshape(-1, 6)
        boxes = rows[:, :4].clip(0, (x1 - x0, y1 - y0) * 2) + np.array((x0, y0, x0, y0), np.float32)
        found = Found(boxes.astype(np.float32), rows[:, 5].astype(np.int64), rows[:, 4])
        kept = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        return found.only(np.flatnonzero(kept & tiles.inside(boxes, tile, width, height)))


@contextmanager
def lease(name: str) -> Iterator[Detector]:
    """Leases the detector of those known weights: loaded once for all sessions, used by one at a time."""
    with cache.lease(("detector", name), lambda: load(name), timeout=120) as found:
        yield found


def load(name: str) -> Detector:
    """Opens known weights. Raises UnavailableError where they are not here and cannot be had."""
    known = KNOWN[name]
    folder = weights.locate(name)
    if device.best() == "cpu":
        try:
            return open_converted(fast_form(known, folder), known.size)
        except (ImportError, OSError, RuntimeError) as error:
            _logger.warning("OpenVINO cannot run %s: %s", name, error)
    if known.file.endswith(".onnx"):
        yolo = library.ultralytics().YOLO(str(folder / known.file), task="detect")
        return Detector(yolo, COCO, known.size, "ONNX Runtime")
    yolo = read(folder / known.file)
    return Detector(yolo, names_of(yolo), known.size, "PyTorch")


def fast_form(known: Weights, folder: Path, task: str = "detect") -> Path:
    """The folder with OpenVINO's form of the weights, made once. Beside being faster, its threads sleep where ONNX Runtime's
    spin: on a busy machine that is the difference between seconds and minutes.
    """
    library.ultralytics()
    made_with = {part: importlib.metadata.version(part) for part in ("openvino", "torch", "ultralytics")}
    source = folder / known.file

    def fill(target: Path) -> None:
        if known.file.endswith(".onnx"):
            convert_graph(source, target, known.size)
        else:
            convert(read(source, task), target, known.size)

    return derived(known.name, f"yolo{FAST}", made_with, folder, fill)


def convert_graph(source: Path, target: Path, size: int) -> None:
    """Fills `target` with the OpenVINO form of an ONNX graph of COCO's classes, in full precision, with what the library asks
    for.
    """
    import openvino
    import yaml as yaml_files

    openvino.save_model(openvino.Core().read_model(source), target / "detector.xml", compress_to_fp16=False)
    facts = {"task": "detect", "stride": LEAST, "batch": 1, "imgsz": [size, size], "names": dict(enumerate(COCO)),
             "args": {"dynamic": True}}  # fmt: skip
    (target / "metadata.yaml").write_text(yaml_files.safe_dump(facts), "utf-8")


def read(path: Path, task: str = "detect") -> Any:
    """The library's YOLO with the weights of one of its own files, a pickle by format; `task` is detect or segment.

    It is opened with torch's loader that builds nothing but tensors and the layers of torch and ultralytics: a file that holds
    anything else is refused.
    """
    library.ultralytics()
    import torch
    from ultralytics import YOLO

    try:
        with torch.serialization.safe_globals(_layers()):
            kept = torch.load(path, map_location="cpu", weights_only=True)
        model = (kept.get("ema") or kept["model"]).float()
        yaml, states, names = dict(model.yaml), model.state_dict(), model.names
    except Exception as error:  # whatever a hostile file makes of the loader
        raise InputError(N_("{name} is no file of YOLO weights, or holds more than weights. It was not opened."),
                         name=path.name) from error  # fmt: skip
    yolo = YOLO(_architecture(yaml, task), task=task)
    build(yolo, yaml, states, names, task)
    return yolo


def build(yolo: Any, yaml: dict[str, Any], states: dict[str, Any], names: dict[int, str], task: str = "detect") -> None:
    """Puts a network of that description with those tensors in the place of the one that `yolo` has."""
    from ultralytics.nn.tasks import DetectionModel, SegmentationModel
    from ultralytics.utils import DEFAULT_CFG_DICT

    network = {"detect": DetectionModel, "segment": SegmentationModel}[task](yaml, nc=len(names), verbose=False)
    network.load_state_dict(states)
    network.names, network.args, network.task = names, {**DEFAULT_CFG_DICT, **yolo.overrides}, task
    yolo.model = network.eval()


def convert(yolo: Any, target: Path, size: int) -> None:
    """Fills `target` with the OpenVINO form of the network, for pictures of any size."""
    with tempfile.TemporaryDirectory() as folder:
        yolo.model.pt_path = str(Path(folder) / "detector.pt")  # the export is written beside it
        made = Path(yolo.export(format="openvino", dynamic=True, imgsz=size, device="cpu", verbose=False))
        for path in made.iterdir():
            shutil.copyfile(path, target / path.name)


def open_converted(folder: Path, size: int, task: str = "detect") -> Detector:
    """A detector in OpenVINO's form; the library knows it by the folder's name, which ends in `FAST`."""
    library.ultralytics()
    import yaml as yaml_files
    from ultralytics import YOLO

    facts = yaml_files.safe_load((folder / "metadata.yaml").read_text("utf-8"))
    yolo = YOLO(str(folder), task=task)
    return Detector(yolo, tuple(str(facts["names"][k]) for k in sorted(facts["names"])), size, "OpenVINO")


def names_of(yolo: Any) -> tuple[str, ...]:
    """The classes of a network, in order."""
    return tuple(str(yolo.model.names[k]) for k in sorted(yolo.model.names))


def device_name() -> str:
    """The best device as the library calls it."""
    return {"cuda": "0"}.get(device.best(), device.best())


def _architecture(yaml: dict[str, Any], task: str) -> str:
    name = Path(str(yaml.get("yaml_file", ""))).name
    return name if name.startswith("yolo") else {"detect": "yolo11n.yaml", "segment": "yolo11n-seg.yaml"}[task]


def _layers() -> list[Any]:
    """What a file of YOLO weights may be made of: layers of torch and of the library, and plain containers."""
    import collections
    import inspect
    import pkgutil
    from importlib import import_module

    import torch
    import ultralytics.nn.modules as parts
    from ultralytics.nn import tasks
    from ultralytics.utils import IterableSimpleNamespace

    modules = [import_module(f"{parts.__name__}.{found.name}") for found in pkgutil.iter_modules(parts.__path__)]
    modules += [import_module(f"torch.nn.modules.{found.name}") for found in pkgutil.iter_modules(torch.nn.modules.__path__)]
    layers = {kind for module in (*modules, tasks) for _, kind in inspect.getmembers(module, inspect.isclass)
              if issubclass(kind, torch.nn.Module)}  # fmt: skip
    return [*layers, IterableSimpleNamespace, collections.OrderedDict, set]


def _whole(size: float) -> int:
    """A size in pixels as the network takes it: a multiple of its stride."""
    return max(LEAST, round(size / LEAST) * LEAST)
