"""What speaks for a sentence, in seven numbers, and how much each of them counts.

A linear scorer over the classic cues of extraction: place and set phrases (Edmundson 1969), TextRank (Mihalcea & Tarau 2004),
frequent words (Nenkova & Vanderwende 2005), length, direct speech. Its weights stand in `scorer.json`: logistic regression
against the sentences that a greedy search for ROUGE-L takes (Nallapati et al. 2017), on the choosing part of texts with
summaries that people wrote (`references`). `python scripts/fit_summaries.py` fits them anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.home import read_json
from models.text.summaries import centrality
from models.text.summaries.candidates import Sentence, is_spoken, size
from models.text.summaries.preselect import terms

NAMES = ("early", "rank", "frequency", "length", "spoken", "claim", "result")
SCORER = Path(__file__).with_name("scorer.json")
EARLY = 5.0  # sentences after which the weight of the beginning has fallen to a third
USUAL_WORDS, LEAST_WORDS = 20.0, 10.0  # of a sentence: its length counts as a factor of the first, at least the second
LETTERS_A_WORD = 1.7  # Chinese characters that count as one word

_CLAIM = re.compile(
    r"\b(?:in this (?:paper|work|report|article|study)|we (?:propose|present|introduce|show|find|found|conclude)"
    r"|in (?:summary|conclusion|short)|results? (?:show|suggest|indicate|demonstrate)\w*|overall|to sum up"
    r"|our (?:results?|method|approach|model|experiments?))\b"
    r"|本(?:文|研究|报告)|我们(?:提出|发现|认为|证明)|综上|总之|总的来说|总体(?:上|而言|来看)|(?:结果|研究|数据)(?:表明|显示)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:show|outperform|improv|achiev|demonstrat|result|significant)\w*|\b(?:finds?|found)\b"
    r"|表明|显示|证明|结果|显著|提高|改善|实现|优于|发现",
    re.IGNORECASE,
)


def features(sentences: Sequence[Sentence], vectors: np.ndarray) -> np.ndarray:
    """The numbers of n sentences with unit vectors (n, d) as float64 (n, 7), in the order of `NAMES`.

    early: 1 for the first sentence of a document, falling with its place; rank: TextRank, the best has 1; frequency: mean
    logarithm of how many sentences have each of its words, the best has 1; length: logarithm of its words over `USUAL_WORDS`,
    but of at least `LEAST_WORDS`, or the shortest would win; spoken, claim, result: 1 where there is direct speech, a phrase
    that announces or sums up, a word of finding.
    """
    rank = centrality.textrank(centrality.likeness(vectors), np.full(len(sentences), 1 / len(sentences)))
    length = np.log(np.maximum(_words(sentences), LEAST_WORDS) / USUAL_WORDS)
    flags = [(is_spoken(s), bool(_CLAIM.search(s.text)), bool(_RESULT.search(s.text))) for s in sentences]
    early = np.exp(-_places(sentences) / EARLY)
    return np.column_stack([early, rank / rank.max(), _frequency(sentences), length, np.array(flags, float)])


def worth(numbers: np.ndarray, position: float) -> np.ndarray:
    """How much each of n sentences (n, 7) is worth, 0 to 1 (the best); `position` 0 to 1 weighs the beginning, 1 as fitted."""
    weights = np.array([scorer()["weights"][name] for name in NAMES])
    weights[NAMES.index("early")] *= position
    total = numbers @ weights
    spread = float(np.ptp(total))
    return np.asarray((total - total.min()) / spread if spread > 0 else np.ones_like(total))


@cache
def scorer() -> dict[str, Any]:
    """The fitted weights by name, and what they scored on texts that nobody fitted them on."""
    return dict(read_json(SCORER))


def _words(sentences: Sequence[Sentence]) -> np.ndarray:
    """Lengths in words, or what Chinese characters count for."""
    return np.array([size(s.text, s.language) / (LETTERS_A_WORD if s.language == "zh" else 1.0) for s in sentences])


def _places(sentences: Sequence[Sentence]) -> np.ndarray:
    """Each sentence's place in its document, counted among those that were read."""
    seen: Counter[int] = Counter()
    places = []
    for sentence in sentences:
        places.append(seen[sentence.document])
        seen[sentence.document] += 1
    return np.array(places, float)


def _frequency(sentences: Sequence[Sentence]) -> np.ndarray:
    found = [terms(sentence.text) for sentence in sentences]
    counted = Counter(term for some in found for term in set(some))
    mean = np.array([np.mean([np.log(counted[term]) for term in some]) if some else 0.0 for some in found])
    return np.asarray(mean / max(float(mean.max()), 1e-9))
