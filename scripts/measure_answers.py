"""How well `text.answer` reads: `python scripts/measure_answers.py [choose]` prints exact match and F1 as SQuAD counts them.

Questions with short answers, written by hand about the two handbooks and the Debian FAQ before any reader existed; each is
asked of its own section alone, as in SQuAD. Half of the sections, by a hash of their name, is for choosing ("choose"), the other
half is measured ("held-out"); the two handbooks say the same, so a section and its translation fall into the same half.
"""

import csv
import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from core import samples
from core.contracts import Context, Documents
from core.lifecycle.bootstrap import intervals
from models.text.answers import reading, squad
from models.text.retrieval.index import Plan, opened
from models.text.words import sentences

QUESTIONS = Path(__file__).with_name("reading_questions.tsv")


class Asked(NamedTuple):
    question: str
    context: str
    answers: tuple[str, ...]
    half: str


def half_of(name: str) -> str:
    """`choose` or `held-out`, by the first byte of the name's SHA-256."""
    return "choose" if hashlib.sha256(name.encode()).digest()[0] % 2 == 0 else "held-out"


def questions() -> list[Asked]:
    """All questions; raises ValueError where a section is gone or does not hold its answer."""
    contexts = _contexts()
    found = []
    with QUESTIONS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            group, context = contexts[row["source"], row["section"]]
            answers = tuple(row["answers"].split(" | "))
            if not any(answer in context for answer in answers):
                raise ValueError(f"{row['question']}: no answer stands in {row['section']}")
            found.append(Asked(row["question"], context, answers, half_of(group)))
    return found


def _contexts() -> dict[tuple[str, str], tuple[str, str]]:
    """(sample, section) → (the name that decides the half, text)."""
    contexts: dict[tuple[str, str], tuple[str, str]] = {}
    for sample in ("handbook_en", "handbook_zh"):
        sections: list[tuple[str, list[str]]] = []
        for block in samples.documents(sample).items[0].blocks:
            if block.kind == "heading":
                sections.append((block.text, []))
            elif sections:
                sections[-1][1].append(block.text)
        for place, (title, texts) in enumerate(sections):
            contexts[sample, title] = (f"handbook {place}", "\n\n".join(texts))
    frame = samples.load("debian_faq").frame
    for name, text in zip(frame["section_id"].astype(str), frame["text"].astype(str), strict=True):
        contexts["debian_faq", name] = (f"debian_faq {name}", text)
    return contexts


def answered(one: Asked) -> tuple[str, str]:
    """The short answer (the sentence where there is none) and the sentence, whatever the certainty."""
    documents, plan = Documents.of(one.context, "section"), Plan(headings=False)
    with opened(documents, plan, Context()) as index:
        answer, _found = reading.find(one.question, documents, index, plan, Context())
    text = documents.items[0].text
    low, high = answer.short or (answer.start, answer.end)
    return text[low:high], text[answer.start : answer.end]


def main(half: str = "held-out") -> None:
    asked = [one for one in questions() if one.half == half]
    found = [answered(one) for one in asked]
    firsts = [sentences(one.context)[0][0] for one in asked]
    print(f"{len(asked)} questions ({half}), each asked of its own section; intervals over whole sections")
    _, groups = np.unique([one.context for one in asked], return_inverse=True)
    kinds = {"first sentence": firsts, "whole sentence": [s for _, s in found], "short answer": [s for s, _ in found]}
    for name, given in kinds.items():
        said = []
        for what, score in (("exact match", squad.exact), ("F1", squad.f1)):
            values = np.array([score(text, one.answers) for text, one in zip(given, asked, strict=True)])
            low, high = intervals(lambda w, v=values: {"x": v @ w / w.sum(0)}, len(values), groups=groups)["x"]
            said.append(f"{what} {values.mean():.3f} [{low:.3f}, {high:.3f}]")
        print(f"{name:>15}: {', '.join(said)}")
    short = sum(text != sentence for text, sentence in found)
    print(f"a short answer was given to {short} of {len(asked)}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
