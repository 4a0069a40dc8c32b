"""Measures Gemma as a few-shot translator: `python scripts/measure_few_shot.py` writes models/text/translation/few_shot.json.

On the held-out Chinese pairs of the sample `parallel_gnome`; the examples it is shown come from the training rows alone. Nothing
was chosen on these rows; they were translated twice, the second time with broken answers asked again. The weights have terms of
their own: `python -m core fetch gemma-3-270m --accept`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core import samples
from core.contracts import Context
from core.home import write_json
from core.lifecycle.evaluate_translation import measure
from models.text.translation import few_shot, memory
from models.text.words import clean

SAMPLE = "parallel_gnome"


def main() -> None:
    """Both directions; what is written is what the evidence card shows."""
    frame = samples.load(SAMPLE).frame
    frame = frame[frame["language"].str.lower().str.startswith("zh")]
    learnt, held = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    found = {}
    for source, target, left, right in (("en", "zh", "source_en", "target"), ("zh", "en", "target", "source_en")):
        known = [clean(text) for text in learnt[left]], [clean(text) for text in learnt[right]]
        memory.pairs = lambda *_direction, _known=known: _known
        references = held[right].tolist()
        scores, spread = measure(few_shot.translate_all(held[left].tolist(), source, target, Context()), references)
        copied, _ = measure(held[left].tolist(), references)
        found[f"{source}-{target}"] = {
            "data": SAMPLE, "rows": len(held), "chrf": scores["chrf"], "interval": spread["chrf"], "bleu": scores["bleu"],
            "copy": copied["chrf"], "weights": few_shot.WEIGHTS, "examples": few_shot.EXAMPLES,
        }  # fmt: skip
        print(found[f"{source}-{target}"], flush=True)
    write_json(few_shot.MEASURED, found)


if __name__ == "__main__":
    main()
