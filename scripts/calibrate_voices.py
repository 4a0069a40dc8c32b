"""Chooses the thresholds of `speech.speakers` on some voices, and measures them on others: `python -m scripts.calibrate_voices`
writes `models/speech/voices/calibration.json` (one person or two) and `grouping.json` (who speaks when). It takes minutes.
"""

import json
from pathlib import Path
from typing import Any

from core.contracts import Context
from models.speech.voices import grouping, simulated, verification

LONG = ("others", "roc", "curve")


def _write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, allow_nan=False) + "\n", encoding="utf-8")
    print({key: value for key, value in told.items() if key not in LONG})


if __name__ == "__main__":
    _write(verification.CALIBRATION, verification.measured(Context()))
    _write(grouping.CALIBRATION, simulated.measured(Context()))
