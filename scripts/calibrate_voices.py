"""Chooses the thresholds of `speech.speakers` on every second voice of the samples, and measures them on the others:
`python -m scripts.calibrate_voices` writes `models/speech/voices/calibration.json`.
"""

import json

from core.contracts import Context
from models.speech.voices.verification import CALIBRATION, measured

if __name__ == "__main__":
    told = measured(Context())
    CALIBRATION.write_text(json.dumps(told, allow_nan=False) + "\n", encoding="utf-8")
    print({key: value for key, value in told.items() if key not in ("others", "roc")})
