"""What every method of text classification has in common: answering in bounded batches, saving, explaining, describing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.contracts import Context, Highlights, Labels, Message, Texts
from core.home import read_json, write_json
from core.language import N_
from core.learning.labelling import Labelling
from models.text.classifiers import method

CONFIG = "classifier.json"
MOST_SPANS = 120  # parts that a text is cut into for an explanation by leaving out


class Classifier:
    """A fitted classifier. A method gives `scores` and `write` (and its module `read`); the rest follows."""

    method: ClassVar[str] = ""
    chunk: ClassVar[int] = 2_048  # texts that are worked on at a time: bounds memory, paces progress and cancelling

    def __init__(self, labelling: Labelling) -> None:
        self.labelling = labelling

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        """Raw scores of the texts, float (n, classes)."""
        raise NotImplementedError

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes the arrays into `folder` and returns the JSON-able settings that `read` needs besides."""
        raise NotImplementedError

    def tokens(self, text: str) -> list[str]:
        """The units that the method reads a text in."""
        from models.text.words import language_of, words

        return [word for word, _, _ in words(text, language_of(text))]

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        """What the method makes of a text: (what it is, its strongest parts, its dimension, its length as a vector)."""
        raise NotImplementedError

    def predict(self, inputs: Texts, context: Context | None = None) -> Labels:
        """Probabilities of every class for every text, in the order given."""
        context = context or Context()
        parts, total = [], len(inputs)
        for start in range(0, total, self.chunk):
            context.check()
            parts.append(self.labelling.probabilities(self.scores(inputs.items[start : start + self.chunk], context)))
            done = min(start + self.chunk, total)
            context.progress(done / total, N_("{done} of {total} texts read"), done=done, total=total)
        empty = np.zeros((0, len(self.labelling.classes)), np.float32)
        return Labels(
            inputs.items, self.labelling.classes, np.concatenate(parts) if parts else empty,
            self.labelling.multilabel, self.labelling.threshold,
        )  # fmt: skip

    def explain(self, text: str, label: str = "", context: Context | None = None) -> Highlights:
        """Which words spoke for `label` (default: the likeliest) and which against: how far its score falls without each.

        Occlusion (Zeiler & Fergus 2014; for text Li et al. 2016), all variants in one batch. Weights are scaled so that the
        largest is 1.
        """
        context = context or Context()
        spans = parts_of(text)
        variants = (text, *(text[:start] + text[end:] for start, end in spans))
        scores = np.concatenate(
            [self.scores(variants[k : k + self.chunk], context) for k in range(0, len(variants), self.chunk)]
        )  # fmt: skip
        chosen = self.place(label, scores[0])
        others = np.delete(scores, chosen, 1)
        margin = scores[:, chosen] - (0 if self.labelling.multilabel else others.max(1))
        return highlights(
            text, spans, margin[0] - margin[1:], self.labelling.classes[chosen],
            N_("How far the score of {label} falls when a word is left out. Positive words speak for it, negative ones against."),
        )  # fmt: skip

    def place(self, label: str, scores: np.ndarray) -> int:
        """The number of the class called `label`, or of the best one where it is empty."""
        return self.labelling.classes.index(label) if label else int(scores.argmax())

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        settings = self.write(folder)
        write_json(folder / CONFIG, {"method": self.method, "labelling": asdict(self.labelling), "settings": settings})

    def describe(self) -> dict[str, Any]:
        """JSON-able facts for the model card."""
        kept = self.labelling
        return {
            "method": self.method, "classes": list(kept.classes), "several_labels": kept.multilabel,
            "threshold": kept.threshold, "calibration": {"scale": kept.scale, "shift": kept.shift},
        }  # fmt: skip


def load(folder: Path) -> Classifier:
    """What `Classifier.save` wrote, whichever its method."""
    kept = read_json(folder / CONFIG)
    labelling = Labelling(**{**kept["labelling"], "classes": tuple(kept["labelling"]["classes"])})
    return method(kept["method"]).read(folder, kept["settings"], labelling)


def parts_of(text: str, most: int = MOST_SPANS) -> list[tuple[int, int]]:
    """Spans `(start, end)` of the words of a text; neighbours are put together where there are more than `most`."""
    from models.text.words import language_of, words

    found = [(start, end) for _, start, end in words(text, language_of(text))]
    size = -(-len(found) // most) if found else 1
    return [(found[k][0], found[min(k + size, len(found)) - 1][1]) for k in range(0, len(found), size)]


def highlights(text: str, spans: list[tuple[int, int]], weights: np.ndarray, label: str, caption: str) -> Highlights:
    """Weighted spans of a text, scaled so that the largest weight is 1 in size."""
    largest = float(np.abs(weights).max()) if len(weights) else 0.0
    scaled = weights / largest if largest > 0 else weights
    return Highlights(
        Message(N_("What speaks for {label}"), {"label": label}), text,
        tuple((start, end, float(weight)) for (start, end), weight in zip(spans, scaled)), Message(caption, {"label": label}),
    )  # fmt: skip
