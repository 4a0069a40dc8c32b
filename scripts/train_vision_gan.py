"""Trains the digit generator that Panorama ships, and measures it on pictures that it never saw.

    python scripts/train_vision_gan.py        about ten minutes on two cores

It goes through the same training as in the dashboard, on the sample mnist_5k, is written to `models/vision/shipped/digits-gan`
with a `card.json`, and its entry in `core/weights.toml` (sizes and checksums) is brought up to date. An interrupted run goes on.
"""

import hashlib
import importlib.metadata
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core import samples  # noqa: E402
from core.contracts import Context  # noqa: E402
from core.home import home, write_bytes, write_json  # noqa: E402
from core.lifecycle.train import Trained, train  # noqa: E402
from core.weights.folders import make as make_folder  # noqa: E402
from models.vision.generate import CAPABILITY, TrainGenerator  # noqa: E402
from scripts.train_sentiment import with_entry  # noqa: E402

NAME, SAMPLE, FOLDER = "digits-gan", "mnist_5k", "models/vision/shipped/digits-gan"
TITLE = "DCGAN of handwritten digits, 28 by 28"
MANIFEST = ROOT / "core" / "weights.toml"
PARAMS = TrainGenerator(epochs=30)
LIBRARIES = ("numpy", "torch", "safetensors")


class Shown(Context):
    """Prints the log; keeps checkpoints."""

    def __init__(self) -> None:
        version = hashlib.sha256(PARAMS.model_dump_json().encode()).hexdigest()[:12]
        self.folder = home("training", f"{NAME}-{version}")

    def log(self, line: str) -> None:
        print(f"  {line}", flush=True)


def main() -> None:
    """Trains, measures, writes and lists the generator."""
    started = time.perf_counter()
    trained = train(CAPABILITY, samples.load(SAMPLE), PARAMS, Shown())
    card = _card(trained, time.perf_counter() - started)

    def fill(folder: Path) -> None:
        trained.model.save(folder)
        write_json(folder / "card.json", card)

    entry = _entry(make_folder(ROOT / FOLDER, fill))
    write_bytes(MANIFEST, with_entry(MANIFEST.read_text("utf-8"), NAME, entry).encode())
    print(entry)
    print(card["metrics"], card["interval"], card["seconds"])


def _card(trained: Trained, seconds: float) -> dict[str, Any]:
    evidence = trained.report.evidence
    assert evidence is not None
    return {
        "name": NAME, "title": TITLE, "metric": evidence.metric, "score": evidence.score, "interval": evidence.interval,
        "baseline": evidence.baseline, "baseline_name": evidence.baseline_name, "metrics": trained.metrics,
        "data": SAMPLE,
        "split": str(trained.split.how), "data_digest": samples.load(SAMPLE).digest,
        "train_rows": len(trained.split.train) + len(trained.split.validation), "test_rows": evidence.rows,
        "params": PARAMS.model_dump(), "model": trained.model.describe(), "command": "python scripts/train_vision_gan.py",
        "seconds": round(seconds, 1), "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES}, "license": "AGPL-3.0-or-later",
    }  # fmt: skip


def _entry(folder: Path) -> str:
    """The entry of `core/weights.toml` for the files in `folder`."""
    rows = []
    for path in sorted(folder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append(f'  {{ path = "{path.name}", bytes = {path.stat().st_size}, sha256 = "{digest}" }},')
    head = [f"[{NAME}]", f'title = "{TITLE}"', 'task = "image-generation"', 'licence = "AGPL-3.0-or-later"',
            f'upstream = "scripts/train_vision_gan.py on the sample {SAMPLE}"',
            f'repository = "{FOLDER}"', "files = ["]  # fmt: skip
    return "\n".join([*head, *rows, "]", ""])


if __name__ == "__main__":
    main()
