"""Finding and following: `python -m benchmarks vision`.

How fast people are followed through the sample video; YOLO11n and YOLO26n through OpenVINO beside PyTorch on the same weights,
pre- and post-processing included (random weights are as fast as learnt ones; the accuracy of both is compared after a short
training on the tree set); and whether eight threads at once get the boxes that one gets, from one loaded model.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from core import cache, registry, samples
from core.contracts import Context, Video
from core.intake.pictures import pixels
from core.lifecycle import train_detection
from core.lifecycle.evaluate_detection import evaluate
from core.lifecycle.train import train
from models.vision.detect import TREES
from models.vision.detection import detector, library
from models.vision.detection.detector import Detector, Settings
from models.vision.detection.trained import load
from models.vision.tracking.follow import follow
from models.vision.tracking.rules import Watch
from models.vision.tracking.scenes import Scene, scene

FRAMES = 200
RATE_BAR, SPEED_BAR, LOSS_BAR = 10.0, 1.5, 0.02
SIZE, TURNS = 640, 30
THREADS = 8


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`."""
    return [*_following(), *(_forms(name) for name in ("yolo11n", "yolo26n")), *_threads(), _accuracy()]


def _row(what: str, value: float, unit: str, bar: float | None = None, met: bool | None = None, **peer: float) -> dict[str, Any]:
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "peer": peer.get("peer"),
        "ratio": peer.get("ratio"),
        "bar": bar,
        "met": met,
    }


class _Some(Scene):
    """The first frames of a scene."""

    def frames(self, context: Context) -> Any:
        for place, found in enumerate(super().frames(context)):
            if place >= FRAMES:
                return
            yield found


def _following() -> list[dict[str, Any]]:
    """Frames a second from decoding to the finished film, the model being loaded; and what the numbers are worth."""
    capability = registry.get("vision.track")
    given: Video = samples.video("pedestrians")
    whole = scene(given, 1, 25)
    some = _Some(given, 1, whole.width, whole.height, whole.rate, min(FRAMES, whole.count))
    with detector.lease("nanodet") as found:
        found(np.zeros((some.height, some.width, 3), np.uint8), Settings())
    done = follow(some, Watch(some.width, some.height, 1 / some.rate), capability.params(), Context(), capability)
    rate = len(done.moments) / done.seconds
    what = f"following, NanoDet and ByteTrack, film included, {some.width} × {some.height}"
    people = sum(sum(count.values()) for count in done.counts) / len(done.counts)
    lives = [life.last - life.first for life in done.watch.lives.values()]
    return [
        _row(what, rate, "frames/s", RATE_BAR, rate >= RATE_BAR),
        _row(f"numbers given in {len(done.moments)} frames with {people:.1f} people at a time (no truth)", len(lives), "numbers"),
        _row("median time under one number", float(np.median(lives)), "s"),
    ]  # fmt: skip


def _forms(name: str) -> dict[str, Any]:
    """A network with random weights, at 640 pixels on the street: the forms take turns, the medians are compared."""
    yolo = library.ultralytics().YOLO(f"{name}.yaml", task="detect")
    detector.build(yolo, dict(yolo.model.yaml), yolo.model.state_dict(), yolo.model.names)
    picture = pixels(samples.pictures("street").items[0])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"speed{detector.FAST}"
        target.mkdir()
        detector.convert(yolo, target, SIZE)
        forms = {"plain": Detector(yolo, detector.names_of(yolo), SIZE, "PyTorch"), "fast": detector.open_converted(target, SIZE)}
        seconds: dict[str, list[float]] = {"plain": [], "fast": []}
        for turn in range(-2, TURNS):
            for kind, form in forms.items():
                library.use_free_cores()
                start = time.perf_counter()
                form(picture, Settings(0.25))
                if turn >= 0:
                    seconds[kind].append(time.perf_counter() - start)
    plain, fast = (float(np.median(seconds[kind])) for kind in ("plain", "fast"))
    what = f"{name} at {SIZE} pixels through OpenVINO beside PyTorch, random weights, whole call"
    return _row(what, 1 / fast, "pictures/s", SPEED_BAR, plain / fast >= SPEED_BAR, peer=1 / plain, ratio=plain / fast)


def _accuracy() -> dict[str, Any]:
    """AP50 of both forms of one detector on the pictures of the tree set that it never saw."""
    capability, table = registry.get("vision.detect"), samples.load("trees")
    assert capability.learner is not None
    trained = train(capability, table, capability.learner.params.model_validate(TREES), Context())
    marked = train_detection.marks(table, "boxes")
    held = type(table)(table.frame.iloc[trained.split.test].reset_index(drop=True), table.name)
    with tempfile.TemporaryDirectory() as folder:
        trained.model.save(Path(folder))
        scores = [
            evaluate(train_detection.scenes(model, held, [marked[k] for k in trained.split.test], Context()), 0.25).metrics[
                "ap50"
            ]
            for model in (trained.model, load(Path(folder)))
        ]
    lost = abs(scores[0] - scores[1])
    what = f"AP50 that OpenVINO's form differs by, after training on the tree set ({scores[0]:.3f} to {scores[1]:.3f})"
    return _row(what, lost, "AP50", LOSS_BAR, lost <= LOSS_BAR)


def _threads() -> list[dict[str, Any]]:
    """Eight pictures, one after another and then at once."""
    street = pixels(samples.pictures("street").items[0])
    pictures = [np.roll(street, 50 * k, axis=1) for k in range(THREADS)]

    def look(picture: np.ndarray) -> np.ndarray:
        with detector.lease("nanodet") as found:
            return found(picture, Settings()).boxes

    look(pictures[0])  # loaded and warm
    start = time.perf_counter()
    alone = [look(picture) for picture in pictures]
    row = time.perf_counter() - start
    together: dict[int, np.ndarray] = {}

    def keep(place: int) -> None:
        together[place] = look(pictures[place])

    threads = [threading.Thread(target=keep, args=(place,)) for place in range(THREADS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    once = time.perf_counter() - start
    different = sum(not np.array_equal(alone[k], together[k]) for k in range(THREADS))
    loaded = sum(entry.key == ("detector", "nanodet") for entry in cache.loaded())
    return [
        _row(f"pictures of {THREADS} whose boxes differ when {THREADS} threads "
             f"look at once", different, "pictures", 0, different == 0),
        _row(f"{THREADS} sessions at once beside one after another, the same pictures and model", THREADS / once, "pictures/s",
             peer=THREADS / row, ratio=row / once),
        _row("models loaded for them", loaded, "models", 1, loaded == 1),
    ]  # fmt: skip
