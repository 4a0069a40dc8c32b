"""How much nearer to the clean recording does a network bring speech, beside log-MMSE and networks that others trained?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Context
from core.language import N_
from core.lifecycle.answers import THIS
from core.lifecycle.bootstrap import draws
from core.lifecycle.mixtures import HELD_OUT, RATE, Mixture, Piece, mixtures
from core.sound import measures, spectral
from core.sound.measures import Measured

MOST_MEASURED = 20  # pieces, each with every kind of noise
FEW_SPEAKERS = 10  # below it, intervals are drawn over pieces of speech
RESAMPLES = 1_000
TEST_SEED = 500_000  # of the noise that is measured with
SPECTRAL = N_("Log-MMSE, a spectral baseline")
Clean = Callable[[np.ndarray, Context], np.ndarray]


@dataclass(frozen=True)
class Row:
    """One mixture and what was measured of it: before, and by name of the method after cleaning."""

    mixture: Mixture
    before: Measured
    after: dict[str, Measured]

    def gain(self, name: str) -> float:
        """In dB of SI-SDR."""
        return self.after[name].si_sdr - self.before.si_sdr


def measured(model: Any, held: list[Piece], seed: int, context: Context, peers: Mapping[str, Clean] | None = None) -> list[Row]:
    """Each held-out piece with every held-out noise, and with pink noise, which was learnt from: cleaned and measured once.

    `peers` are further methods by name: float32 (n,) at `RATE` to as many.
    """
    chosen = [held[k] for k in np.sort(np.random.default_rng(seed).permutation(len(held))[:MOST_MEASURED])]
    kinds = (*HELD_OUT, "pink")
    rows = []
    for place, mixture in enumerate(mixtures(chosen, kinds, TEST_SEED + seed)):
        context.check()
        context.progress(place / (len(chosen) * len(kinds)), N_("Measuring on speakers who were never learnt from"))
        cleaned = {THIS: model.enhance(mixture.noisy), SPECTRAL: spectral.log_mmse(mixture.noisy, RATE, Context())}
        cleaned |= {name: clean(mixture.noisy, Context()) for name, clean in (peers or {}).items()}
        after = {name: measures.measure(mixture.clean, one, RATE) for name, one in cleaned.items()}
        rows.append(Row(mixture, measures.measure(mixture.clean, mixture.noisy, RATE), after))
    return rows


def gain(rows: list[Row], name: str, seed: int = 0) -> tuple[float, float, float]:
    """Mean SI-SDR gain in dB over the mixtures with noises that were never learnt from, and its 95 % interval."""
    return _drawn(rows, lambda row: row.gain(name), seed)


def lead(rows: list[Row], name: str, other: str, seed: int = 0) -> tuple[float, float, float]:
    """By how many dB more `name` gains than `other` on the same mixtures as `gain`, and the 95 % interval of that."""
    return _drawn(rows, lambda row: row.gain(name) - row.gain(other), seed)


def speakers(rows: list[Row]) -> int:
    return len({row.mixture.unit for row in rows})


def _drawn(rows: list[Row], value_of: Callable[[Row], float], seed: int) -> tuple[float, float, float]:
    """Mean and interval. Mixtures of one speaker are no independent evidence of each other, those of one piece still less: whole
    speakers are drawn, or pieces where there are few speakers.
    """
    kept = [row for row in rows if not row.mixture.is_learnt]
    values = np.array([value_of(row) for row in kept])
    by_speaker = speakers(kept) >= FEW_SPEAKERS
    units = [row.mixture.unit if by_speaker else row.mixture.piece for row in kept]
    places = np.unique(units, return_inverse=True)[1]
    means = np.concatenate([values @ weights / weights.sum(0) for weights in draws(len(values), RESAMPLES, seed, places)])
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)
