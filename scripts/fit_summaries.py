"""Fits the scorer of the summaries' sentences, and measures it on texts that it never saw.

    python scripts/fit_summaries.py      (some minutes on two cores)

The labels are the sentences that a greedy search for ROUGE-L takes. Both collections count alike, and so does each text of one.
Writes `models/text/summaries/scorer.json`.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from core.contracts import Context  # noqa: E402
from core.home import write_json  # noqa: E402
from models.text.summaries import features, trial  # noqa: E402
from models.text.summaries.extract import Read, read  # noqa: E402
from models.text.summaries.references import COLLECTIONS  # noqa: E402


def oracle(reading: Read, reference: str) -> np.ndarray:
    """1 for each of at most three sentences that raise ROUGE-L the most, taken one after the other; float64 (n,)."""
    chosen: list[int] = []
    best = 0.0
    for _ in range(trial.LEAD):
        tried = [
            (trial.rouge(reference, " ".join(reading.sentences[i].text for i in sorted([*chosen, new])), "en")[2], new)
            for new in range(len(reading.sentences))
            if new not in chosen
        ]
        score, new = max(tried, default=(0.0, 0))
        if score <= best:
            break
        best = score
        chosen.append(new)
    return np.isin(np.arange(len(reading.sentences)), chosen).astype(float)


def fit() -> dict[str, float]:
    """The weights of the features, by logistic regression on the choosing parts."""
    from sklearn.linear_model import LogisticRegression

    numbers, labels, counts = [], [], []
    for load in COLLECTIONS.values():
        pairs = load("choosing")
        for place, pair in enumerate(pairs):
            reading = read([pair.document], Context())
            numbers.append(features.features(reading.sentences, reading.vectors))
            labels.append(oracle(reading, pair.summary))
            counts.append(np.full(len(reading.sentences), 1 / (len(reading.sentences) * len(pairs))))
            print(f"\r{load.__name__}: {place + 1} of {len(pairs)}", end="", flush=True)
        print()
    each = np.concatenate(counts)
    model = LogisticRegression(max_iter=2_000)
    model.fit(np.concatenate(numbers), np.concatenate(labels), sample_weight=each / each.mean())
    return {name: round(float(weight), 4) for name, weight in zip(features.NAMES, model.coef_[0], strict=True)}


def measured(name: str) -> dict[str, Any]:
    """Mean ROUGE-L of ours, lead-3 and the beginning at our length on the held-out part; the interval is that of ours."""
    found = trial.held_out(name)
    means = {key: round(float(getattr(found, key)[:, 2].mean()), 4) for key in ("ours", "lead", "as_long")}
    low, high = trial.interval(found.ours[:, 2])
    return {**means, "interval": [round(low, 4), round(high, 4)], "rows": len(found.ours)}


def main() -> None:
    about = {"command": "python scripts/fit_summaries.py", "date": datetime.now(UTC).date().isoformat()}
    written: dict[str, Any] = {**about, "weights": fit()}
    write_json(features.SCORER, written)
    features.scorer.cache_clear()
    written["held_out"] = {name: measured(name) for name in COLLECTIONS}
    write_json(features.SCORER, written)


if __name__ == "__main__":
    main()
