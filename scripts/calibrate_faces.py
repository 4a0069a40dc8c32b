"""Chooses the thresholds of `vision.faces` on persons 1 to 20 of the ORL faces, and measures them on persons 21 to 40:
`python -m scripts.calibrate_faces` writes `models/vision/recognition/calibration.json`.
"""

import json

from core.contracts import Context
from models.vision.recognition import trial
from models.vision.recognition.verification import CALIBRATION

if __name__ == "__main__":
    told = trial.facts(Context())
    CALIBRATION.write_text(json.dumps(told, allow_nan=False) + "\n", encoding="utf-8")
    for name, facts in told.items():
        print(name, {key: value for key, value in facts.items() if key not in ("others", "roc")})
