"""Makes the synthetic recordings among the samples again, with Panorama's own voices: `python scripts/speak_samples.py`.

A Chinese talk, two voices by turns, and two questions for a conversation. 16 kHz mono FLAC with a quarter of a second of silence
at both ends. Prints the records for `core/samples/records.py`.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

RATE, EDGE_SECONDS = 16_000, 0.25
TALKERS = ("zf_xiaobei", "zm_yunxi")
QUESTIONS = {
    "question_en": ("How long does the first start take?", "en", "am_michael"),
    "question_zh": ("训练可以取消吗？", "zh", "zm_yunjian"),
}


def main() -> None:
    from core.sound import encode
    from models.speech.interpretation.meeting import PAIRS
    from models.speech.synthesis import engines
    from models.speech.synthesis.voices import Voice

    asked = {f"meeting_zh_{n + 1:02}": (text, "zh", TALKERS[n % len(TALKERS)]) for n, (text, _) in enumerate(PAIRS)}
    for name, (text, language, voice) in {**asked, **QUESTIONS}.items():
        spoken = engines.resampled(engines.say(text, language, Voice(voice)), engines.RATE / RATE)
        edge = np.zeros(round(EDGE_SECONDS * RATE), np.float32)
        content = encode.encode(np.concatenate([edge, spoken, edge]), RATE, generated=True, details={"voice": voice})
        path = ROOT / "samples" / "speech" / f"{name}.flac"
        path.write_bytes(content)
        print(f'    ("speech/{path.name}", "{hashlib.sha256(content).hexdigest()}", "{text}"),')


if __name__ == "__main__":
    main()
