"""Trains YOLO on pictures with boxes, through the library's own trainer, without any pickle: it saves nothing by itself.

Pictures are cut into tiles only here, after the split, so that no tile of a picture to measure with is ever learnt from. After
each epoch the tensors go to the context's folder, from which an interrupted training goes on (with a fresh optimizer, and a
fresh look for the best epoch).
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from core import device, weights
from core.contracts import Context, Table
from core.home import write_bytes, write_json
from core.intake.pictures import find, pixels
from core.language import N_
from models.vision.detection import detector, library, tiles
from models.vision.detection.detector import Detector
from models.vision.detection.trained import LICENSE, TrainedDetector

STRONG = {"hsv_h": 0.1, "hsv_s": 0.9, "hsv_v": 0.6, "scale": 0.7}  # the library's own names; its defaults are the usual
KEPT = 0.4  # share of a box that a tile must show for the tile to have it
LEAST = 2.0  # pixels of a side
CHECKPOINT, STATE = "detector.safetensors", "detector.json"


def fit(train: Table, validation: Table, params: Any, context: Context) -> TrainedDetector:
    """A detector trained on the pictures of `train`; the best epoch by those of `validation`, the last where there are none.

    Raises Cancelled where the user stops it, UnavailableError where weights to start from cannot be had.
    """
    library.ultralytics()
    rows = [json.loads(cell) for cell in train.frame[params.target]]
    classes = tuple(dict.fromkeys(str(row[0]) for picture in rows for row in picture))
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        place = Path(folder)
        for part, table in (("train", train), ("val", validation if len(validation) else train.__class__(train.frame.head(1)))):
            _write(place, part, table, classes, params, context)
        names = json.dumps(list(classes), ensure_ascii=False)
        (place / "data.yaml").write_text(
            f"path: {json.dumps(str(place))}\ntrain: images/train\nval: images/val\nnames: {names}\n", "utf-8"
        )
        trainer = _trainer(place, params, bool(len(validation)), context)
        trainer.train()
        yolo, epochs = _finished(trainer, params, classes), trainer.epoch + 1
    size = int(trainer.args.imgsz)
    facts = {
        "method": f"{params.architecture}, {params.start}", "architecture": params.architecture, "classes": list(classes),
        "size": size,
        "tile": params.tile, "epochs": epochs, "parameters": sum(value.numel() for value in yolo.model.parameters()),
        "yaml": {key: value for key, value in yolo.model.yaml.items() if key != "yaml_file"}, "license": LICENSE,
    }  # fmt: skip
    return TrainedDetector(Detector(yolo, classes, size, "PyTorch"), facts, yolo)


def _write(place: Path, part: str, table: Table, classes: tuple[str, ...], params: Any, context: Context) -> None:
    """Pictures (or their tiles) and labels of one part, in YOLO's folders."""
    from PIL import Image

    images, labels = place / "images" / part, place / "labels" / part
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    count = 0
    for reference, cell in zip(table.frame["picture"], table.frame[params.target]):
        context.check()
        context.progress(0.0, N_("Cutting pictures"))
        whole = pixels(find(reference))
        height, width = whole.shape[:2]
        marked = json.loads(cell)
        boxes = np.array([row[1:5] for row in marked], np.float64).reshape(-1, 4)
        numbers = [classes.index(row[0]) if row[0] in classes else -1 for row in marked]
        for tile in tiles.by_size(width, height, params.tile) if params.tile else [(0, 0, width, height)]:
            x0, y0, x1, y1 = tile
            Image.fromarray(whole[y0:y1, x0:x1]).save(images / f"{count:06d}.png", compress_level=1)
            lines = _lines(boxes, numbers, tile)
            (labels / f"{count:06d}.txt").write_text("\n".join(lines))
            count += 1


def _lines(boxes: np.ndarray, numbers: list[int], tile: tuple[int, int, int, int]) -> list[str]:
    """YOLO's lines for the boxes of which the tile shows enough."""
    corner, side = np.array(tile[:2]), np.array([tile[2] - tile[0], tile[3] - tile[1]], float)
    low = np.maximum(boxes[:, :2] - corner, 0)
    high = np.minimum(boxes[:, 2:] - corner, side)
    sides = (high - low).clip(0)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    shown = (sides >= LEAST).all(1) & (sides.prod(1) >= KEPT * areas) & (np.array(numbers, int) >= 0)
    middles = (low + high) / 2 / side
    shares = sides / side
    return [f"{numbers[k]} {middles[k, 0]:.6f} {middles[k, 1]:.6f} {shares[k, 0]:.6f} {shares[k, 1]:.6f}"
            for k in np.flatnonzero(shown)]  # fmt: skip


def _trainer(place: Path, params: Any, chooses: bool, context: Context) -> Any:
    from ultralytics.models.yolo.detect import DetectionTrainer

    class Fitting(DetectionTrainer):  # type: ignore[misc]
        """The library's trainer, which tells `context` how far it is and keeps its tensors where a restart finds them."""

        best_states: dict[str, Any] | None = None
        scheduler: Any
        ema: Any

        def _setup_train(self) -> None:
            super()._setup_train()
            library.use_free_cores()
            self.start_epoch = _resume(self, context)
            self.scheduler.last_epoch = self.start_epoch - 1

        def validate(self) -> tuple[dict[str, float], float | None]:
            if not chooses:
                return {}, None
            found, fitness = super().validate()
            context.metric(self.epoch + 1, validation_ap50=float(found.get("metrics/mAP50(B)", 0.0)))
            if fitness is not None and fitness == self.best_fitness:
                self.best_states = {name: value.clone() for name, value in self.ema.ema.state_dict().items()}
            return found, fitness

        def save_model(self) -> bool:
            _keep(self, context)
            return False

        def final_eval(self) -> None:
            """Nothing: the pictures to measure with are measured elsewhere."""

    start = f"{params.architecture}.yaml"
    overrides = {
        "model": start, "data": str(place / "data.yaml"), "epochs": params.epochs, "imgsz": params.size, "batch": params.batch,
        "nbs": params.batch, "optimizer": "AdamW", "lr0": params.rate, "warmup_epochs": 2.0, "patience": params.patience or 10**6,
        "device": detector.device_name(), "workers": 0, "amp": device.best() == "cuda", "pretrained": False, "plots": False,
        "project": str(place / "runs"), "name": "fit", "exist_ok": True, "val": chooses, "save": True, "verbose": False,
        "seed": params.seed, "deterministic": False, "flipud": 0.5 if params.tile else 0.0,
        "close_mosaic": min(10, params.epochs // 4), **(STRONG if params.variety == "strong" else {}),
    }  # fmt: skip
    trainer = Fitting(overrides=overrides)
    if params.start == "pretrained":
        known = detector.KNOWN[params.architecture]
        source = detector.read(weights.locate(known.name, context) / known.file)
        trainer.model = trainer.get_model(cfg=start, weights=source.model, verbose=False)
    trainer.add_callback("on_train_batch_start", lambda _: context.check())
    trainer.add_callback("on_train_epoch_end", lambda self: _tell(self, context))
    return trainer


def _tell(trainer: Any, context: Context) -> None:
    """The losses of an epoch, and how far it is."""
    context.check()
    done, epochs = trainer.epoch + 1, trainer.epochs
    context.metric(done, **{f"train_{name}": float(value) for name, value in trainer.tloss.items()})
    context.progress(done / epochs, N_("Epoch {epoch} of {epochs}"), epoch=done, epochs=epochs)


def _keep(trainer: Any, context: Context) -> None:
    """The tensors after an epoch, first the tensors, then the number that makes them count."""
    if context.folder is None:
        return
    from safetensors.torch import save

    states = {f"{part}.{name}": value.contiguous() for part, network in (("model", trainer.model), ("ema", trainer.ema.ema))
              for name, value in network.state_dict().items()}  # fmt: skip
    write_bytes(context.folder / CHECKPOINT, save(states))
    write_json(context.folder / STATE, {"epoch": trainer.epoch + 1, "updates": trainer.ema.updates, "args": _signature(trainer)})


def _resume(trainer: Any, context: Context) -> int:
    """Loads the tensors of an interrupted training, if there are; the epoch to go on with."""
    from core.home import read_json

    if context.folder is None or not (context.folder / STATE).exists():
        return 0
    from safetensors.torch import load_file

    known = read_json(context.folder / STATE)
    if known["args"] != _signature(trainer):
        return 0
    states = load_file(context.folder / CHECKPOINT)
    for part, network in (("model", trainer.model), ("ema", trainer.ema.ema)):
        network.load_state_dict({k.partition(".")[2]: v for k, v in states.items() if k.startswith(f"{part}.")})
    trainer.ema.updates = known["updates"]
    context.log(f"going on after epoch {known['epoch']}")
    return min(int(known["epoch"]), trainer.epochs - 1)  # stopped after the last one: it is done again


def _signature(trainer: Any) -> list[Any]:
    return [os.path.basename(str(trainer.args.model)), trainer.epochs, trainer.args.imgsz, list(trainer.data["names"].values())]


def _finished(trainer: Any, params: Any, classes: tuple[str, ...]) -> Any:
    """The best or last averaged network, as the library's YOLO."""
    network = trainer.ema.ema
    states = trainer.best_states or network.state_dict()
    yolo = library.ultralytics().YOLO(f"{params.architecture}.yaml", task="detect")
    yaml = {key: value for key, value in network.yaml.items() if key != "yaml_file"}
    detector.build(yolo, yaml, {name: value.float().cpu() for name, value in states.items()}, dict(enumerate(classes)))
    return yolo
