"""Trains the small translators that Panorama ships, and measures them on pairs that they never saw.

    python scripts/train_translation.py                        both (forty minutes each on a busy machine)
    python scripts/train_translation.py translation-en-zh      one of them

Each goes through the same training as in the dashboard. It learns from the training rows of both samples of pairs and is
measured on the test rows of `parallel_gnome`: no test sentence, and none that nearly repeats one, is learnt from. It is written
to `models/text/shipped/<name>` with a `card.json`, and its entry in `core/weights.toml` is brought up to date. An interrupted
training goes on from its checkpoint.
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
from core.lifecycle.columns import resolve  # noqa: E402
from core.lifecycle.mends import mend  # noqa: E402
from core.lifecycle.train import Trained, train  # noqa: E402
from core.weights.folders import make as make_folder  # noqa: E402
from models.text.translate import CAPABILITY, SAMPLES, sample_pairs  # noqa: E402
from scripts.train_sentiment import MANIFEST, SHIPPED, Shown, with_entry  # noqa: E402

MEASURED, MORE = SAMPLES  # of the second only the training rows
SEED = 0
MENDS = ("drop_exact_duplicates", "group_near_duplicates")
LIBRARIES = ("numpy", "torch", "sentencepiece", "sacrebleu", "jieba")
LICENCE = "CC-BY-SA-3.0"  # of the pairs that it learnt from
_PARAMS: dict[str, Any] = {"source": "source_en", "target": "target", "language": "zh", "epochs": 90, "patience": 30}
MODELS: dict[str, dict[str, Any]] = {
    "translation-en-zh": {"title": "Small translator, English to Chinese", "params": {**_PARAMS, "direction": "forward"}},
    "translation-zh-en": {"title": "Small translator, Chinese to English", "params": {**_PARAMS, "direction": "backward"}},
}


def make(name: str) -> None:
    """Trains, measures, writes and lists one of `MODELS`."""
    assert CAPABILITY.learner is not None
    params = CAPABILITY.learner.params(seed=SEED, mends=MENDS, **MODELS[name]["params"])
    table, shown = sample_pairs(), Shown(name, params)
    trained = train(CAPABILITY, table, params, shown)
    card = _card(name, params, trained, mend(table, MENDS, params), shown.seconds)

    def fill(folder: Path) -> None:
        trained.model.save(folder)
        write_json(folder / "card.json", card)

    folder = make_folder(ROOT / SHIPPED / name, fill)
    entry = manifest_entry(name, folder)
    write_bytes(MANIFEST, with_entry(MANIFEST.read_text("utf-8"), name, entry).encode())
    print(entry)
    for baseline, value in card["baselines"].items():
        print(f"  {baseline}: {value}")
    print(f"{name}: {card['metrics']} {card['metric']} {card['interval']}, {card['seconds']} s")


def _card(name: str, params: TrainingParams, trained: Trained, table: Table, seconds: float) -> dict[str, Any]:
    evidence = trained.report.evidence
    assert evidence is not None
    roles = resolve(table, params)
    held_out = table.frame.iloc[trained.split.test]
    told = "\n".join(f"{a}\t{b}" for a, b in zip(held_out[roles.texts[0]], held_out[roles.target], strict=True))
    return {
        "name": name, "title": MODELS[name]["title"], "metric": evidence.metric, "score": evidence.score,
        "interval": evidence.interval, "baseline": evidence.baseline, "baseline_name": evidence.baseline_name,
        "metrics": trained.metrics, "baselines": trained.baselines, "data": MEASURED, "learnt_from": [MEASURED, MORE],
        "split": str(trained.split.how), "data_digest": samples.load(MEASURED).digest,
        "train_rows": len(trained.split.train) + len(trained.split.validation), "test_rows": len(held_out),
        "test_digest": hashlib.sha256(told.encode()).hexdigest(), "params": params.model_dump(),
        "model": trained.model.describe(), "command": f"python scripts/train_translation.py {name}",
        "seconds": round(seconds, 1), "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(),
        "libraries": {library: importlib.metadata.version(library) for library in LIBRARIES}, "license": LICENCE,
    }  # fmt: skip


def manifest_entry(name: str, folder: Path) -> str:
    """The entry of `core/weights.toml` for the files in `folder`."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    rows = [
        f'  {{ path = "{path.relative_to(folder).as_posix()}", bytes = {path.stat().st_size}, '
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}" }},'
        for path in files
    ]
    head = [
        f"[{name}]", f'title = "{MODELS[name]["title"]}"', 'task = "translation"', f'licence = "{LICENCE}"',
        f'upstream = "scripts/train_translation.py on the samples {MEASURED} and {MORE}"',
        f'repository = "{SHIPPED}/{name}"', "files = [",
    ]  # fmt: skip
    return "\n".join([*head, *rows, "]", ""])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MODELS), metavar="NAME", help=", ".join(MODELS))
    for chosen in parser.parse_args().names:
        if chosen not in MODELS:
            parser.error(f"{chosen} is none of {', '.join(MODELS)}")
        make(chosen)
