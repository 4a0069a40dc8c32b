"""How often the verdicts agree with labels: 60 English and 60 Chinese headlines written for Panorama, that nothing was made with.

The word list was written by whoever had written `first_headlines.csv`, and knows nearly all of those (.99): they measure
nothing, and
teach the model. The headlines here were written afterwards, of other events in other words, which is hard on a word list; once
they
had been measured, only beginnings of words that also begin other words and names (halv*, contract*, eas*…) were written out.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle import bootstrap
from models.finance.newsroom.risk import NEGATIVE, Judge, verdicts

FILE = Path(__file__).parent / "trial_headlines.csv"
MAJORITY = N_("majority class")
OWN = N_("60 English and 60 Chinese headlines of our own")


def headlines() -> list[dict[str, str]]:
    """Rows of language, label (negative, neutral, positive) and text."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def agreement(context: Context, language: str = "", who: Judge = "both", *, risk_only: bool = False) -> Evidence:
    """Share of the headlines (of one language, or all) that get their label; `risk_only`: negative against the other two."""
    rows = [row for row in headlines() if language in ("", row["language"])]
    found, _ = verdicts([row["text"] for row in rows], [row["language"] for row in rows], who, 500, context)
    said, true = np.array([one.label for one in found]), np.array([row["label"] for row in rows])
    if risk_only:
        said, true = said == NEGATIVE, true == NEGATIVE
    right = (said == true).astype(float)
    spread = bootstrap.intervals(lambda times: {"agreement": (right[:, None] * times).sum(0) / times.sum(0)}, len(rows))
    majority = max(float((true == value).mean()) for value in np.unique(true))
    return Evidence(
        metric=N_("Agreement"), score=float(right.mean()), interval=spread.get("agreement"), baseline=majority,
        baseline_name=MAJORITY, rows=len(rows), data=OWN, answered_by=who,
    )  # fmt: skip
