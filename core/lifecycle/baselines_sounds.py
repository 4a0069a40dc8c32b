"""What any recogniser of words has to beat: the label of the clip that sounds most alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.contracts import Labels
from core.lifecycle.sound_prints import Prints

MOST_ROWS = 2_000  # that are compared with
BAND = 8  # frames that dynamic time warping may be off the diagonal (Sakoe and Chiba 1978)
AT_ONCE = 64  # clips that are asked about at a time


def nearest(learnt: Prints, labels: Sequence[tuple[str, ...]], asked: Prints, items: Sequence[str], *, warped: bool) -> Labels:
    """The label of the nearest clip that was learnt from, with all certainty.

    Near in the mean and deviation of each cepstral coefficient, standardised; or, `warped`, by dynamic time warping over the
    coefficients of both. Of more than 2,000 clips every so many-th is compared with.
    """
    rows = np.unique(np.linspace(0, len(learnt) - 1, min(MOST_ROWS, len(learnt))).astype(int))
    known, wanted = learnt.coefficients()[rows], asked.coefficients()
    distances = _warped(known, wanted) if warped else _mean(known, wanted)
    classes = tuple(sorted({name for row in rows for name in labels[row]}))
    chances = np.zeros((len(asked), len(classes)), np.float32)
    for place, row in enumerate(rows[distances.argmin(1)] if len(asked) else ()):
        chances[place, [classes.index(name) for name in labels[row]]] = 1.0
    return Labels(tuple(items), classes, chances, any(len(found) > 1 for found in labels))


def _mean(known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Distances (asked, known)."""
    one, two = (np.concatenate([part.mean(1), part.std(1)], 1) for part in (known, asked))
    centre, spread = one.mean(0), one.std(0) + 1e-6
    one, two = (one - centre) / spread, (two - centre) / spread
    return np.asarray(np.linalg.norm(two[:, None] - one[None], axis=2))


def _warped(known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Distances (asked, known) along the cheapest path, one cell after the other for all pairs at once.

    The first coefficient, loudness, is left out, and of the others the mean over the clip: that is mostly the microphone.
    """
    one, two = (part[..., 1:] - part[..., 1:].mean(1, keepdims=True) for part in (known, asked))
    found = [_paths(one, two[start : start + AT_ONCE]) for start in range(0, len(two), AT_ONCE)]
    return np.concatenate(found) if found else np.zeros((0, len(known)))


def _paths(known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    frames = known.shape[1]
    before = np.full((frames + 1, len(asked), len(known)), np.inf, np.float32)
    before[0] = 0.0
    for row in range(frames):
        now = np.full_like(before, np.inf)
        for column in range(max(0, row - BAND), min(frames, row + BAND + 1)):
            apart = np.linalg.norm(asked[:, None, row] - known[None, :, column], axis=2)
            now[column + 1] = apart + np.minimum(np.minimum(before[column], before[column + 1]), now[column])
        before = now
    return before[frames]
