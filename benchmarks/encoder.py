"""The encoder's routes on the same reviews in one run: `python -m benchmarks.encoder [TEXTS]`.

Texts are half Chinese, half English. Routes take turns every few batches, so that a busy machine slows all of them alike. Time is
that of model and pooling; the tokens are made once for all. Accuracy is that of logistic regression on the frozen
vectors, five-fold, the mean of both languages.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core import device, samples, weights
from models.text.embedding import batches, runners

NAME = "e5-small"
TEXTS = 2000
ROWS_A_BATCH = 32
TURNS = 8
GIVEN_STEP = 4  # of the batches in the order given, which are slow, every fourth is timed
MAX_TOKENS = 512
GIVEN = "transformers float32 in the order given"
SORTED = "transformers float32 on the same batches"
SPEED_BAR = 1.5
LOSS_BAR = 0.5  # points
Run = Callable[[batches.Batch], np.ndarray]


def measure(texts: int = TEXTS) -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}` on `texts` reviews.

    First what sorting alone brings, then each route against transformers on the same sorted batches; the last is the one that
    Panorama takes on this machine.
    """
    items, labels, is_chinese = _reviews(texts)
    folder = weights.locate(NAME)
    plain, fast = _plain_runner(folder), {f"OpenVINO {runner.precision}": runner for runner in _openvino_runners(folder)}
    tokenizer = batches.Tokenizer(folder, MAX_TOKENS)
    tokens = tokenizer.tokens([f"passage: {item}" for item in items])
    given = [np.arange(start, min(start + ROWS_A_BATCH, texts)) for start in range(0, texts, ROWS_A_BATCH)][::GIVEN_STEP]
    lengths = [len(found) for found in tokens]
    by_length = batches.cut(lengths, ROWS_A_BATCH, sys.maxsize)
    routes: dict[str, tuple[Run, list[np.ndarray]]] = {
        GIVEN: (plain, given),
        SORTED: (plain, by_length),
        **{name: (runner, by_length) for name, runner in fast.items()},
    }
    vectors, seconds = _run(routes, tokenizer, tokens)
    padding = [_padding(cut, lengths) for cut in (given, by_length)]
    speed = {route: sum(map(len, cut)) / seconds[route] for route, (_, cut) in routes.items()}
    what = f"sorted by length: padding {padding[0]:.0%} to {padding[1]:.0%}, against {GIVEN}"
    rows = [_row(what, speed[SORTED], "texts/s", speed[GIVEN])]
    right = {route: _accuracy(vectors[route], labels, is_chinese) for route in (SORTED, *fast)}
    for position, route in enumerate(fast):
        bars = (SPEED_BAR, LOSS_BAR) if position == len(fast) - 1 else (None, None)
        cosines = (vectors[route] * vectors[SORTED]).sum(1)
        rows.append(_row(f"{route}, against {SORTED}", speed[route], "texts/s", speed[SORTED], bars[0]))
        lost = 100 * (right[SORTED] - right[route])
        what = f"{route}, accuracy lost ({right[SORTED]:.3f} to {right[route]:.3f}; least cosine {cosines.min():.4f})"
        rows.append({"what": f"{NAME}: {what}", "value": lost, "unit": "points", "peer": None, "ratio": None, "bar": bars[1],
                     "met": None if bars[1] is None else lost <= bars[1]})  # fmt: skip
    return rows


def _row(what: str, ours: float, unit: str, peer: float, bar: float | None = None) -> dict[str, Any]:
    return {"what": f"{NAME}: {what}", "value": ours, "unit": unit, "peer": peer, "ratio": ours / peer, "bar": bar,
            "met": None if bar is None else ours / peer >= bar}  # fmt: skip


def _padding(cut: list[np.ndarray], lengths: list[int]) -> float:
    """The share of all tokens that is padding."""
    size = sum(len(positions) * max(lengths[k] for k in positions) for positions in cut)
    return 1 - sum(lengths[k] for positions in cut for k in positions) / size


def _run(
    routes: dict[str, tuple[Run, list[np.ndarray]]], tokenizer: batches.Tokenizer, tokens: list[list[int]]
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Vectors and seconds of each route. The very first turn is one batch each, to warm up, and is not timed."""
    found: dict[str, dict[int, np.ndarray]] = {route: {} for route in routes}
    seconds = dict.fromkeys(routes, 0.0)
    for turn in range(-1, TURNS):
        for route, (runner, cut) in routes.items():
            for positions in cut[:1] if turn < 0 else cut[turn::TURNS]:
                batch = tokenizer.batch(positions, tokens)
                start = time.perf_counter()
                rows = batches.pool(runner(batch), batch.mask, "mean")
                seconds[route] += time.perf_counter() - start if turn >= 0 else 0.0
                found[route].update(zip(positions.tolist(), rows, strict=True))
    return {route: np.stack([rows[k] for k in sorted(rows)]) for route, rows in found.items()}, seconds


def _reviews(texts: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts, labels and whether they are Chinese, half of each language, shuffled."""
    import pandas as pd

    parts = [samples.load(name).frame.sample(texts // 2, random_state=0) for name in ("reviews_zh", "reviews_en")]
    frame = pd.concat(parts, keys=["zh", "en"], names=["language", "row"]).reset_index("language")
    frame = frame.sample(frac=1, random_state=0)
    return frame["text"].tolist(), frame["label"].to_numpy(), (frame["language"] == "zh").to_numpy()


def _plain_runner(folder: Any) -> Callable[[batches.Batch], np.ndarray]:
    """transformers in float32 as anybody would write it, on the cores that this process may use."""
    import torch

    torch.set_num_threads(device.cores())
    model = runners.load_transformer(folder, torch.float32)

    def run(batch: batches.Batch) -> np.ndarray:
        with torch.inference_mode():
            ids, mask = torch.from_numpy(batch.ids), torch.from_numpy(batch.mask)
            return model(input_ids=ids, attention_mask=mask).last_hidden_state.numpy()

    return run


def _openvino_runners(folder: Any) -> list[runners.OpenVinoRunner]:
    """In float32, and in bfloat16 where this processor has it: then that is the one that Panorama takes."""
    chosen = runners.OpenVinoRunner(NAME, folder)
    return [chosen] if chosen.precision == "f32" else [runners.OpenVinoRunner(NAME, folder, "f32"), chosen]


def _accuracy(vectors: np.ndarray, labels: np.ndarray, is_chinese: np.ndarray) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(C=30, max_iter=2000)
    return float(np.mean([
        cross_val_score(model, vectors[rows], labels[rows], cv=folds).mean() for rows in (is_chinese, ~is_chinese)
    ]))  # fmt: skip


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS):
        print(
            "  ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{value}" for name, value in row.items() if value)
        )
