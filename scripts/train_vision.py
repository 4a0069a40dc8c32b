"""Trains the picture classifiers that Panorama ships, and measures them on pictures that they never saw.

    python scripts/train_vision.py              all of them (minutes on two cores)
    python scripts/train_vision.py digits       one of them

Each goes through the same training as in the dashboard, on a sample that anyone has, with the sample's own split. It is written
to `models/vision/shipped/<name>` with a `card.json`, and its entry in `core/weights.toml` is brought up to date.
"""

import argparse
import hashlib
import importlib.metadata
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core import samples  # noqa: E402
from core.contracts import Table, TrainingParams  # noqa: E402
from core.home import write_bytes, write_json  # noqa: E402
from core.lifecycle.mends import mend  # noqa: E402
from core.lifecycle.train import Trained, train  # noqa: E402
from core.weights.folders import make as make_folder  # noqa: E402
from models.vision.classify import CAPABILITY  # noqa: E402
from scripts.train_sentiment import MANIFEST, SEED, Shown, entry, with_entry  # noqa: E402

SHIPPED = "models/vision/shipped"
MENDS = ("drop_exact_duplicates", "group_near_duplicates")
LIBRARIES = ("numpy", "torch", "pillow", "scikit-learn")
MODELS: dict[str, dict[str, Any]] = {
    "digits": {
        "sample": "mnist_5k", "title": "Handwritten digits",
        "params": {"method": "scratch", "augmentation": "shift", "width": 32, "epochs": 30, "split": "given"},
    },
}  # fmt: skip


def make(name: str) -> None:
    """Trains, measures, writes and lists one of `MODELS`."""
    settings = MODELS[name]
    table = samples.load(settings["sample"])
    assert CAPABILITY.learner is not None
    params = CAPABILITY.learner.params(picture="picture", target="label", seed=SEED, mends=MENDS, **settings["params"])
    shown = Shown(name, params)
    trained = train(CAPABILITY, table, params, shown)
    card = _card(name, params, trained, mend(table, MENDS, params), shown.seconds)

    def fill(folder: Path) -> None:
        trained.model.save(folder)
        write_json(folder / "card.json", card)

    folder = make_folder(ROOT / SHIPPED / name, fill)
    listed = manifest_entry(name, folder)
    write_bytes(MANIFEST, with_entry(MANIFEST.read_text("utf-8"), name, listed).encode())
    print(listed)
    print(
        f"{name}: {card['metric']} {card['score']:.4f} {card['interval']}, baseline {card['baseline']:.4f}, {card['seconds']} s"
    )


def _card(name: str, params: TrainingParams, trained: Trained, table: Table, seconds: float) -> dict[str, Any]:
    evidence = trained.report.evidence
    assert evidence is not None
    held_out = table.frame.iloc[trained.split.test]
    told = "\n".join(f"{label}\t{picture}" for label, picture in zip(held_out["label"], held_out["picture"], strict=True))
    return {
        "name": name,
        "title": MODELS[name]["title"],
        "metric": evidence.metric,
        "score": evidence.score,
        "interval": evidence.interval,
        "baseline": evidence.baseline,
        "baseline_name": evidence.baseline_name,
        "metrics": {key: value for key, value in trained.metrics.items() if isinstance(value, int | float)},
        "data": MODELS[name]["sample"],
        "split": str(trained.split.how),
        "data_digest": samples.load(MODELS[name]["sample"]).digest,
        "train_rows": len(trained.split.train) + len(trained.split.validation),
        "test_rows": len(held_out),
        "test_digest": hashlib.sha256(told.encode()).hexdigest(),
        "params": params.model_dump(),
        "model": trained.model.describe(),
        "command": f"python scripts/train_vision.py {name}",
        "seconds": round(seconds, 1),
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "libraries": {library: importlib.metadata.version(library) for library in LIBRARIES},
        "license": "AGPL-3.0-or-later",
    }


def manifest_entry(name: str, folder: Path) -> str:
    """The entry of `core/weights.toml` for the files in `folder`."""
    made = f"scripts/train_vision.py on the sample {MODELS[name]['sample']}"
    return entry(name, MODELS[name]["title"], "image-classification", made, f"{SHIPPED}/{name}", folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MODELS), metavar="NAME", help=", ".join(MODELS))
    for chosen in parser.parse_args().names:
        if chosen not in MODELS:
            parser.error(f"{chosen} is none of {', '.join(MODELS)}")
        make(chosen)
