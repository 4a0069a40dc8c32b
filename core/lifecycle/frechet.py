"""How far drawn pictures lie from real ones: the Fréchet distance of their features (Heusel et al. 2017).

The published FID takes 2048 features of Inception v3 of 50,000 pictures; whoever calls this says which features were taken. With
few pictures the distance is too large, for drawn and for real ones alike: compare only distances of as many pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RESAMPLES = 200
LEVEL = 0.95


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """The squared Fréchet distance of two normal distributions fitted to features, float (n, k) and (m, k)."""
    means = first.mean(0) - second.mean(0)
    one, other = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    # The trace of (one · other)^½ is that of (root · other · root)^½, which is symmetric: no complex numbers arise.
    mixed = np.sqrt(np.clip(np.linalg.eigvalsh(root @ other @ root), 0, None)).sum()
    return float(max(0.0, means @ means + np.trace(one) + np.trace(other) - 2 * mixed))


def intervals(
    real: np.ndarray, drawn: dict[str, np.ndarray], scores: Callable[[dict[str, float]], dict[str, float]], *, seed: int = 0,
    resamples: int = RESAMPLES, check: Callable[[], None] = lambda: None,
) -> dict[str, tuple[float, float]]:  # fmt: skip
    """The 95 % interval of each score that `scores` computes from the distances of all of `drawn` to `real`.

    Pictures are drawn with replacement from both sides. A resample holds fewer different pictures, which makes its distance too
    large: the percentiles are moved by the mean of that bias.
    """
    generator = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(resamples):
        check()
        held = real[generator.integers(0, len(real), len(real))]
        parts = {name: part[generator.integers(0, len(part), len(part))] for name, part in drawn.items()}
        for name, value in scores({name: distance(held, part) for name, part in parts.items()}).items():
            found.setdefault(name, []).append(value)
    point = scores({name: distance(real, part) for name, part in drawn.items()})
    bounds = {}
    for name, values in found.items():
        shift = point[name] - float(np.mean(values))
        low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) + shift
        bounds[name] = (float(min(low, point[name])), float(max(high, point[name])))
    return bounds
