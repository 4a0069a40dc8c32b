"""What was measured of each embedder of faces on the ORL faces: chosen on persons 1 to 20, error rates of persons 21 to 40."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core.home import read_json
from core.lifecycle.verification import Calibration

CALIBRATION = Path(__file__).with_name("calibration.json")  # made by scripts/calibrate_faces.py


@lru_cache(maxsize=4)
def calibration(embedder: str) -> Calibration:
    return Calibration(read_json(CALIBRATION)[embedder])
