"""The bars of the summaries: ROUGE against summaries that people wrote, beside the beginning of the text.

The beginning is cut in two ways: to the same number of sentences (lead-3), and to the same length as ours, because F1 favours
whichever is nearer to the reference's length.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from core import weights
from core.contracts import Context, Evidence, Message
from core.contracts.results import Sentence as Caveat
from core.language import N_
from core.lifecycle import bootstrap
from models.text import encoder
from models.text.summaries import features
from models.text.summaries.candidates import Sentence, size
from models.text.summaries.extract import Wishes, extract, read
from models.text.summaries.references import COLLECTIONS, PAPERS, TALES, Pair
from models.text.words import Language, words

LEAD = 3  # sentences, of the baseline and of ours
KINDS = ("rouge1", "rouge2", "rougeL")
ABOVE_LEAD, ABOVE_AS_LONG = N_("ROUGE-L minus lead-3"), N_("ROUGE-L minus as long a beginning")
_PROTOCOL = {
    PAPERS: N_("Abstract, introduction and conclusion in, three sentences out, against three sentences that experts wrote."),
    TALES: N_("The abstracts are short and in other words than the tales: all scores are low."),
}


class Rouge(NamedTuple):
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) for each text: float64 (n, 3)."""

    ours: np.ndarray
    lead: np.ndarray
    as_long: np.ndarray  # the beginning of the text, cut to as many words (Chinese: characters) as ours


def lead(sentences: Sequence[Sentence], count: int = LEAD) -> str:
    """The first sentences of a text: what a summary has to beat."""
    return " ".join(sentence.text for sentence in sentences[:count])


def beginning(sentences: Sequence[Sentence], length: int, language: Language) -> str:
    """The first `length` words (Chinese: characters) of a text."""
    text = lead(sentences, len(sentences))
    return "".join(text.split())[:length] if language == "zh" else " ".join(text.split()[:length])


def rouge(reference: str, written: str, language: Language) -> tuple[float, ...]:
    """F1 of ROUGE-1, -2 and -L by rouge-score: stemmed words, in Chinese jieba's words with the same formula."""
    found = _scorer(language).score(reference, written)
    return tuple(float(found[kind].fmeasure) for kind in KINDS)


@cache
def _scorer(language: Language) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), use_stemmer=True, tokenizer=_Words() if language == "zh" else None)


class _Words:
    def tokenize(self, text: str) -> list[str]:
        return [word for word, _, _ in words(text, "zh")]


def scores(pairs: Sequence[Pair], wishes: Wishes, context: Context) -> Rouge:
    """Ours and those of the beginning, with the same number of sentences and at the same length."""
    found: list[list[tuple[float, ...]]] = [[], [], []]
    for place, pair in enumerate(pairs):
        context.progress(place / len(pairs), N_("Text {done} of {total}"), done=place + 1, total=len(pairs))
        reading = read([pair.document], context)
        language = reading.found[0].language
        written = extract(reading, wishes).text
        as_long = beginning(reading.found, size(written, language), language)
        for kept, text in zip(found, (written, lead(reading.found), as_long), strict=True):
            kept.append(rouge(pair.summary, text, language))
    return Rouge(*(np.array(kept) for kept in found))


@cache
def held_out(name: str) -> Rouge:
    """The scores on the held-out part of a collection; computed once for the bars that compare them."""
    return scores(COLLECTIONS[name]("held-out"), Wishes(sentences=LEAD), Context())


def measure_lead(name: str, context: Context) -> Evidence:
    """ROUGE-L of the held-out part above that of lead-3; the interval is that of the difference, by paired bootstrap."""
    context.check()
    found = held_out(name)
    values = [f"{kind} {a:.3f} / {b:.3f}" for kind, a, b in zip(KINDS, found.ours.mean(0), found.lead.mean(0), strict=True)]
    return _compared(name, ABOVE_LEAD, found.lead, f"lead-3 (ours / lead-3: {', '.join(values)})")


def measure_as_long(name: str, context: Context) -> Evidence:
    """The same above the beginning of the text, cut to the length of ours."""
    context.check()
    found = held_out(name)
    values = f"ours / beginning: rougeL {found.ours[:, 2].mean():.3f} / {found.as_long[:, 2].mean():.3f}"
    return _compared(name, ABOVE_AS_LONG, found.as_long, f"the beginning at our length ({values})")


def _compared(name: str, metric: str, other: np.ndarray, title: str) -> Evidence:
    difference = held_out(name).ours[:, 2] - other[:, 2]
    return Evidence(
        metric=metric, score=float(difference.mean()), interval=interval(difference), baseline=0.0, baseline_name=title,
        data=name, rows=len(difference), answered_by=weights.entry(encoder.DEFAULT).title,
        license=weights.entry(encoder.DEFAULT).licence, caveats=(_PROTOCOL[name],),
    )  # fmt: skip


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the mean of `values` (n,), one for each text."""
    return bootstrap.intervals(lambda times: {"mean": (values @ times) / times.sum(0)}, len(values))["mean"]


def card() -> Evidence:
    """What the extract scored on the held-out papers, as `scorer.json` keeps it, with the other comparisons in words."""
    known = features.scorer()["held_out"]
    papers = known[PAPERS]
    return Evidence(
        metric="ROUGE-L", score=papers["ours"], interval=tuple(papers["interval"]), baseline=papers["lead"],
        baseline_name="lead-3", data=PAPERS, rows=papers["rows"], caveats=(_PROTOCOL[PAPERS], *map(_said, known.items())),
    )  # fmt: skip


def _said(item: tuple[str, dict[str, Any]]) -> Caveat:
    """How ours compares with the beginning of the text on one collection, in one sentence."""
    name, found = item
    better = N_("{data}: ROUGE-L {ours}, lead-3 {lead}, the beginning of the text at our length {as_long}.")
    worse = N_(
        "{data}: ROUGE-L {ours}, lead-3 {lead}, the beginning of the text at our length {as_long}: the beginning is better there."
    )
    values: dict[str, object] = {key: f"{found[key]:.3f}" for key in ("ours", "lead", "as_long")}
    return Message(worse if found["as_long"] >= found["ours"] else better, {"data": name, **values})
