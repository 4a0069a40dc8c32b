"""The random numbers that pictures are drawn from: seeded one by one, truncated, walked between.

A picture's numbers follow from its seed alone, not from its place in a batch, so that a seed is a picture's name.
"""

from __future__ import annotations

import numpy as np

MOST_SEED = 2**31 - 1


def seeded(seeds: list[int], length: int, truncation: float = 1.0) -> np.ndarray:
    """One latent vector for each seed, float32 (n, length), standard normal cut at ± 2 · `truncation` by drawing anew.

    Truncation as in BigGAN (Brock, Donahue & Simonyan 2018): smaller is more typical and less varied; at 1 the cut is left out.
    """
    return np.stack([_one(seed, length, truncation) for seed in seeds]).astype(np.float32)


def following(seed: int, count: int) -> list[int]:
    """`count` seeds from `seed` on; after the largest comes 0."""
    return [(seed + place) % (MOST_SEED + 1) for place in range(count)]


def walk(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """`steps` vectors from `start` to `end`, both included, along the arc between them (slerp, Shoemake 1985): (steps, length).

    A straight line would pass near the origin, where no vector that the generator has learnt from lies. The length changes
    evenly.
    """
    lengths = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    units = start / max(lengths[0], 1e-12), end / max(lengths[1], 1e-12)
    angle = float(np.arccos(np.clip(units[0] @ units[1], -1, 1)))
    shares = np.linspace(0, 1, steps)[:, None]
    if np.sin(angle) < 1e-6:
        arc = (1 - shares) * units[0] + shares * units[1]
    else:
        arc = (np.sin((1 - shares) * angle) * units[0] + np.sin(shares * angle) * units[1]) / np.sin(angle)
    return ((lengths[0] + shares * (lengths[1] - lengths[0])) * arc).astype(np.float32)


def _one(seed: int, length: int, truncation: float) -> np.ndarray:
    generator = np.random.default_rng(seed)
    drawn = generator.standard_normal(length)
    if truncation >= 1:
        return drawn
    limit = 2 * truncation
    while (outside := np.abs(drawn) > limit).any():
        drawn[outside] = generator.standard_normal(int(outside.sum()))
    return drawn
