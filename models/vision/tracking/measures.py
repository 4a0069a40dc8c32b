"""How well objects were followed: MOTA, IDF1 and HOTA on a truth in the form of the MOT challenge, by TrackEval.

MOTA: Bernardin & Stiefelhagen 2008; IDF1: Ristani et al. 2016; HOTA: Luiten et al. 2021, whose authors keep TrackEval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.contracts import InputError, Metric, Metrics
from core.language import N_
from core.lifecycle.evaluate_detection import overlaps

PEDESTRIAN = 1  # of the classes of MOT16 and later; -1 and none mean that there is one class only
Seen = tuple[np.ndarray, np.ndarray]  # ids (n,) and boxes (n, 4) of a frame


def read(path: Path, name: str) -> dict[int, Seen]:
    """A `gt.txt`: a line a box, frame (from 1), id, left, top, width, height, then flag, class and visibility where given.

    Lines with the flag 0 and other classes than pedestrians are left out, as the challenge does. Raises InputError for other
    files.
    """
    rows: dict[int, list[tuple[int, float, float, float, float]]] = {}
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            cells = [float(cell) for cell in line.replace(";", ",").split(",") if cell.strip()]
            frame, track = int(cells[0]), int(cells[1])
            x, y, width, height = cells[2:6]
        except (ValueError, IndexError, OverflowError):
            raise InputError(N_("Line {line} of {name} is not in the form of the MOT challenge: frame, id, left, top, "
                                "width, height."),
                             line=number, name=name) from None  # fmt: skip
        is_left_out = (len(cells) > 6 and cells[6] == 0) or (len(cells) > 7 and cells[7] not in (PEDESTRIAN, -1))
        if not is_left_out and width > 0 and height > 0 and all(map(math.isfinite, cells)):
            rows.setdefault(frame, []).append((track, x, y, x + width, y + height))
    return {frame: (np.array([row[0] for row in found], np.int64), np.array([row[1:] for row in found], np.float64))
            for frame, found in rows.items()}  # fmt: skip


def measure(truth: Mapping[int, Seen], answer: Mapping[int, Seen]) -> dict[str, float]:
    """`mota`, `idf1`, `hota`, `deta`, `assa`, `switches`, `fragments` over the frames that `answer` has (those looked at)."""
    from trackeval.metrics import CLEAR, HOTA, Identity

    data = _data(truth, answer)
    quiet = {"PRINT_CONFIG": False}
    clear, identity, hota = CLEAR(quiet).eval_sequence(data), Identity(quiet).eval_sequence(data), HOTA().eval_sequence(data)
    return {
        "hota": float(np.mean(hota["HOTA"])), "mota": float(clear["MOTA"]), "idf1": float(identity["IDF1"]),
        "deta": float(np.mean(hota["DetA"])), "assa": float(np.mean(hota["AssA"])), "switches": float(clear["IDSW"]),
        "fragments": float(clear["Frag"]),
    }  # fmt: skip


def _data(truth: Mapping[int, Seen], answer: Mapping[int, Seen]) -> dict[str, object]:
    """What TrackEval takes: ids counted from 0, and how much the boxes of each frame overlap."""
    nobody: Seen = (np.zeros(0, np.int64), np.zeros((0, 4)))
    frames = sorted(answer)
    sides = [[source.get(frame, nobody) for frame in frames] for source in (truth, answer)]
    numbers = [{value: place for place, value in enumerate(sorted({int(i) for ids, _ in side for i in ids}))} for side in sides]
    ids = [[np.array([known[int(i)] for i in found], np.int64) for found, _ in side] for known, side in zip(numbers, sides)]
    return {
        "num_timesteps": len(frames), "num_gt_ids": len(numbers[0]), "num_tracker_ids": len(numbers[1]),
        "num_gt_dets": sum(map(len, ids[0])), "num_tracker_dets": sum(map(len, ids[1])), "gt_ids": ids[0], "tracker_ids": ids[1],
        "similarity_scores": [overlaps(a[1], b[1]) for a, b in zip(*sides)],
    }  # fmt: skip


TITLES = {
    "hota": (N_("HOTA"), "", N_("Higher order tracking accuracy: the geometric mean of how well objects are found and how "
                                "well their "
                                "numbers stay, over many overlaps.")),
    "mota": (N_("MOTA"), "", N_("1 minus misses, false boxes and exchanged numbers, as a share of the true boxes; may be "
                                "negative.")),
    "idf1": (N_("IDF1"), "", N_("F1 of the boxes that carry the right number through the whole video.")),
    "deta": (N_("Detection accuracy"), "", N_("The half of HOTA that looks at the boxes.")),
    "assa": (N_("Association accuracy"), "", N_("The half of HOTA that looks at the numbers.")),
    "switches": (N_("Exchanged numbers"), N_("times"), N_("How often an object is given another number than before.")),
    "fragments": (N_("Broken tracks"), N_("times"), N_("How often an object is lost and found again.")),
}  # fmt: skip


def metrics(found: Mapping[str, float]) -> Metrics:
    return Metrics(tuple(Metric(title, found[name], unit, None, told) for name, (title, unit, told) in TITLES.items()))
