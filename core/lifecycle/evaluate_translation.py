"""How good are translations? chrF and BLEU of sacrebleu on held-out pairs with intervals over segments, beside baselines.

Both scores are sums of counts over all segments, so a resample of segments needs only those counts weighed anew: the corpus score
of each resample is exact, not a mean over segments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.contracts import Message, Metric, Metrics, Ranking, Records, Section
from core.language import N_
from core.lifecycle import bootstrap
from core.lifecycle.answers import THIS
from core.lifecycle.evaluate import EXCERPT, SCORES, Evaluation

BETA = 2.0  # recall counts twice as much as precision (Popović 2015)
CHRF_ORDERS, BLEU_ORDERS = 6, 4
SHOWN = 20
LENGTHS = (5, 10, 20, 40)  # words of a source, or a third of its characters in Chinese, that bound the groups of lengths
COPY = N_("the source as it is")
HEADLINE = "chrf"


@dataclass(frozen=True, eq=False)
class Counts:
    """What the scores are made of, one row a segment: `chrf` (n, 18) and `bleu` (n, 10) as sacrebleu counts, `exact` (n,)."""

    chrf: np.ndarray
    bleu: np.ndarray
    exact: np.ndarray

    @classmethod
    def of(cls, answers: Sequence[str], references: Sequence[str]) -> Counts:
        from sacrebleu.metrics import BLEU, CHRF

        bleu = BLEU(tokenize=tokenizer_of(references), effective_order=False)
        return cls(
            _statistics(CHRF(char_order=CHRF_ORDERS, word_order=0, beta=int(BETA)), answers, references),
            _statistics(bleu, answers, references),
            np.array([answer.strip() == reference.strip() for answer, reference in zip(answers, references)], float),
        )

    def __len__(self) -> int:
        return len(self.exact)


def _statistics(metric: object, answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    found = metric._extract_corpus_statistics(list(answers), [list(references)])  # type: ignore[attr-defined]
    return np.array(found, float)


def tokenizer_of(references: Sequence[str]) -> str:
    """sacrebleu's tokenizer: by character where the references are Chinese or Japanese, else that of the WMT."""
    from core.lifecycle.fingerprints import fold, is_cjk

    codes, _ = fold([text[:200] for text in references[:500]])
    return "zh" if len(codes) and float(is_cjk(codes).mean()) > 0.3 else "13a"


def scores(counts: Counts, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Shares of 1 for each column of `weights` (segments, b): chrF, BLEU and exact answers of the corpus drawn so."""
    drawn = weights.sum(0)
    return {
        "chrf": _chrf(counts.chrf.T @ weights), "bleu": _bleu(counts.bleu.T @ weights),
        "exact": counts.exact @ weights / np.maximum(drawn, 1),
    }  # fmt: skip


def _chrf(sums: np.ndarray) -> np.ndarray:
    """F-score of the means over the orders of precision and recall, of those orders that occur at all."""
    answered, wanted, right = sums[0::3], sums[1::3], sums[2::3]
    occurs = (answered > 0) & (wanted > 0)
    orders = np.maximum(occurs.sum(0), 1)
    precision = np.where(occurs, right / np.maximum(answered, 1), 0).sum(0) / orders
    recall = np.where(occurs, right / np.maximum(wanted, 1), 0).sum(0) / orders
    below = BETA**2 * precision + recall
    return np.where(below > 0, (1 + BETA**2) * precision * recall / np.maximum(below, 1e-12), 0.0)


def _bleu(sums: np.ndarray) -> np.ndarray:
    """Geometric mean of the precisions with the brevity penalty; orders without a hit are halved on and on (as in sacrebleu)."""
    length, wanted, right, total = sums[0], sums[1], sums[2 : 2 + BLEU_ORDERS], sums[2 + BLEU_ORDERS :]
    log, halved = np.zeros_like(length), np.ones_like(length)
    for order in range(BLEU_ORDERS):
        missed = (right[order] == 0) & (total[order] > 0)
        halved = np.where(missed, halved * 2, halved)
        hit = np.where(missed, 1 / halved, right[order])
        log += np.log(np.maximum(hit, 1e-300) / np.maximum(total[order], 1e-300)) / BLEU_ORDERS
    penalty = np.where(length < wanted, np.exp(1 - wanted / np.maximum(length, 1e-9)), 1.0)
    nothing = (right.sum(0) == 0) | (total == 0).any(0)
    return np.where(nothing, 0.0, penalty * np.exp(log))


def measure(
    answers: Sequence[str], references: Sequence[str], seed: int = 0, units: np.ndarray | None = None
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """The scores and their 95 % bootstrap intervals; `units` numbers segments that are drawn together."""
    counts = Counts.of(answers, references)
    found = {name: float(value[0]) for name, value in scores(counts, np.ones((len(counts), 1))).items()}
    spread = bootstrap.intervals(lambda weights: scores(counts, weights), len(counts), seed=seed, groups=units)
    return found, spread


def evaluate(
    sources: Sequence[str], answers: Sequence[str], references: Sequence[str], *,
    baselines: Mapping[str, Sequence[str]] | None = None, rows: Sequence[int] | None = None, seed: int = 0,
    units: np.ndarray | None = None,
) -> Evaluation:  # fmt: skip
    """Evaluates translations of held-out sources; `baselines` are other translations of the same, by name.

    `rows` gives the number of each pair in the user's table; `units` numbers pairs that hang together.
    """
    found, spread = measure(answers, references, seed, units)
    others = {COPY: list(sources), **(baselines or {})}
    measured = {name: measure(other, references, seed, units) for name, other in others.items()}
    sections = (
        Section(N_("Scores"), _metrics(found, spread)),
        *(Section(Message(N_("Against the baselines: {metric}"), {"metric": Message(SCORES[name].title)}),
                  _comparison(name, (found, spread), measured)) for name in ("chrf", "bleu")),
        Section(N_("By length of the source"), _by_length(sources, answers, references)),
        Section(N_("Worst translations"), _pairs(sources, answers, references, rows, others, worst=True)),
        Section(N_("Translations of test pairs"), _pairs(sources, answers, references, rows, others, worst=False)),
    )  # fmt: skip
    return Evaluation(found, spread, {name: scored for name, (scored, _) in measured.items()}, sections)


def _metrics(found: dict[str, float], spread: dict[str, tuple[float, float]]) -> Metrics:
    return Metrics(tuple(Metric(SCORES[n].title, value, SCORES[n].unit, spread.get(n), SCORES[n].help)
                         for n, value in found.items()))  # fmt: skip


def _comparison(
    metric: str, own: tuple[dict[str, float], dict[str, tuple[float, float]]],
    others: dict[str, tuple[dict[str, float], dict[str, tuple[float, float]]]],
) -> Ranking:  # fmt: skip
    every = {THIS: own, **others}
    values = {name: found[metric] for name, (found, _) in every.items()}
    spreads = [spread.get(metric, (values[name],) * 2) for name, (_, spread) in every.items()]
    return Ranking(
        SCORES[metric].title, tuple(every), tuple(values.values()), "",
        N_("On the same held-out pairs, with 95 % bootstrap intervals over segments."),
        tuple(low for low, _ in spreads), tuple(high for _, high in spreads), tuple(every),
    )  # fmt: skip


def segment_scores(answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """chrF of each segment alone, float64 (n,)."""
    return _chrf(Counts.of(answers, references).chrf.T)


def _by_length(sources: Sequence[str], answers: Sequence[str], references: Sequence[str]) -> Ranking:
    """chrF of the corpora of short, middling and long sources."""
    sizes = np.array([max(len(text.split()), len(text) // 3 if tokenizer_of([text]) == "zh" else 0) for text in sources])
    bounds = (0, *LENGTHS, int(sizes.max(initial=0)) + 1)
    counts, names, values, low, high = Counts.of(answers, references), [], [], [], []
    for first, last in pairwise(bounds):
        rows = (sizes >= first) & (sizes < last)
        if not rows.any():
            continue
        names.append(f"{first}–{last - 1} ({int(rows.sum())})")
        values.append(float(scores(counts, rows[:, None].astype(float))["chrf"][0]))
        part = Counts(counts.chrf[rows], counts.bleu[rows], counts.exact[rows])
        spread = bootstrap.intervals(lambda weights, part=part: scores(part, weights), len(part))  # type: ignore[misc]
        bound = spread.get("chrf", (values[-1],) * 2)
        low.append(bound[0])
        high.append(bound[1])
    caption = N_("chrF of the sources with so many words (in brackets: how many pairs), with 95 % bootstrap intervals.")
    return Ranking(N_("chrF by length"), tuple(names), tuple(values), "", caption, tuple(low), tuple(high))


def _pairs(
    sources: Sequence[str], answers: Sequence[str], references: Sequence[str], rows: Sequence[int] | None,
    others: Mapping[str, Sequence[str]], worst: bool,
) -> Records:  # fmt: skip
    """Test pairs with what the model and each baseline made of them: the worst, or all in the order of the table."""
    import pandas as pd

    found = segment_scores(answers, references)
    order = np.argsort(found, kind="stable")[:SHOWN] if worst else np.arange(len(found))
    numbers = np.arange(len(found)) if rows is None else np.asarray(rows)
    frame = pd.DataFrame({
        N_("row"): numbers[order] + 1, N_("source"): [sources[k][:EXCERPT] for k in order],
        N_("reference"): [references[k][:EXCERPT] for k in order], N_("answer"): [answers[k][:EXCERPT] for k in order],
        **{name: [other[k][:EXCERPT] for k in order] for name, other in others.items() if name != COPY},
        "chrF": found[order].round(3),
    })  # fmt: skip
    caption = N_("A low score may also mean another good wording: both scores only count what the reference says too.")
    return Records(N_("Worst translations") if worst else N_("Translations of test pairs"), frame, caption)
