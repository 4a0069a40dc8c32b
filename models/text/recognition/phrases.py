"""Key phrases of a collection of texts: noun phrases, weighted by how often they stand in few texts and how specific they are.

English candidates are the noun chunks of spaCy's parser, Chinese ones runs of nouns by LAC's tags. A phrase's weight is its count
damped by a logarithm, times the inverse document frequency, times a bonus for length (Frantzi, Ananiadou & Mima 2000,
"C-value": of two phrases that are equally frequent the longer one is the term; what occurs only inside a longer one is left out).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.contracts import Context
from models.text.recognition import chinese, english
from models.text.recognition.pieces import Piece, cut
from models.text.words import STOP_WORDS, Language

MOST_CHARACTERS = 300_000  # that are parsed for phrases, taken evenly from the whole: about half a minute
LONGEST_PHRASE = 4  # words
AT_ONCE = 64

_INNER = re.compile(r"^[^\W\d_][\w'’/+.-]*(?:\s[\w'’/+.-]+)*$")
_ZH_NOUNS = frozenset(("n", "nz", "vn", "an", "ORG", "LOC", "PER", "nw"))
_ZH_HEADS = frozenset(("n", "nz", "vn", "ORG", "LOC", "PER", "nw"))
_ZH_WORD = re.compile(r"^[^\W_]{2,}$")


@dataclass
class _Found:
    count: int = 0
    texts: set[int] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)
    words: int = 1


def key_phrases(
    texts: Sequence[str], top: int = 10, context: Context | None = None, *, language: Language | None = None
) -> list[tuple[str, float]]:
    """The `top` phrases with their weight (1 for the first), heaviest first; the phrase is written as it mostly stands there.

    Of long collections evenly spaced pieces are read. Same errors as `find_all`.
    """
    context = context or Context()
    pieces = _sample([piece for place, text in enumerate(texts) for piece in cut(text, place, language)])
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for place, form, words in _candidates(pieces, context):
        item = found[form.lower()]
        item.count += 1
        item.texts.add(place)
        item.forms[form] += 1
        item.words = words
    weights = _weights(found, len(texts))
    best = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:top]
    return [(found[key].forms.most_common(1)[0][0], weight / best[0][1]) for key, weight in best]


def _sample(pieces: list[Piece]) -> list[Piece]:
    share = MOST_CHARACTERS / max(1, sum(len(piece.text) for piece in pieces))
    if share >= 1:
        return pieces
    return [piece for i, piece in enumerate(pieces) if int((i + 1) * share) > int(i * share)]


def _candidates(pieces: list[Piece], context: Context) -> Iterator[tuple[int, str, int]]:
    """`(place, phrase, number of words)` for every occurrence."""
    for leased, phrases, mine in (
        (chinese.leased, _chinese, [p for p in pieces if p.language == "zh"]),
        (english.leased, _english, [p for p in pieces if p.language == "en"]),
    ):
        for start in range(0, len(mine), AT_ONCE):
            context.check()
            batch = mine[start : start + AT_ONCE]
            with leased(context) as model:  # type: ignore[attr-defined]
                yield from phrases(batch, model)  # type: ignore[operator]


def _english(pieces: list[Piece], pipeline: object) -> list[tuple[int, str, int]]:
    found = []
    with pipeline.memory_zone():  # type: ignore[attr-defined]
        documents = pipeline.pipe([piece.text for piece in pieces], disable=["ner"])  # type: ignore[attr-defined]
        for piece, document in zip(pieces, documents, strict=True):
            for chunk in document.noun_chunks:  # without determiners, numbers and stop words
                tokens = [t for t in chunk if t.pos_ not in ("DET", "PRON", "NUM", "PUNCT", "SPACE") and not _is_empty(t.text)]
                while tokens and tokens[0].pos_ not in ("NOUN", "PROPN", "ADJ"):
                    tokens = tokens[1:]
                whole = document[tokens[0].i : tokens[-1].i + 1].text if tokens else ""
                form = whole if len(whole.split()) <= len(tokens) else " ".join(t.text for t in tokens)
                if tokens and len(tokens) <= LONGEST_PHRASE and tokens[-1].pos_ in ("NOUN", "PROPN") and _INNER.match(form):
                    found.append((piece.place, form, len(tokens)))
    return found


def _is_empty(word: str) -> bool:
    return word.lower() in STOP_WORDS["en"] or len(word) < 2


def _chinese(pieces: list[Piece], model: object) -> list[tuple[int, str, int]]:
    found = []
    for piece in pieces:
        run: list[tuple[str, str]] = []
        for word, _, tag in [*chinese.tagged(piece.text, model), ("", 0, "w")]:  # type: ignore[arg-type]
            if tag in _ZH_NOUNS and _ZH_WORD.match(word) and word not in STOP_WORDS["zh"] and len(run) < LONGEST_PHRASE:
                run.append((word, tag))
                continue
            if run and run[-1][1] in _ZH_HEADS:
                found.append((piece.place, _joined([word for word, _ in run]), len(run)))
            run = []
    return found


def _joined(words: Iterable[str]) -> str:
    """Words together; a space only between two that are written in Latin letters."""
    form = ""
    for word in words:
        form += " " + word if form and form[-1].isascii() and word[0].isascii() else word
    return form


def _weights(found: dict[str, _Found], texts: int) -> dict[str, float]:
    inside: Counter[str] = Counter()
    for key, item in found.items():
        for other in _parts(key, item.words):
            if other in found:
                inside[other] += item.count
    weights = {}
    for key, item in found.items():
        alone = item.count - inside[key] / 2 if item.count <= inside[key] else item.count
        rarity = math.log(1 + texts / len(item.texts)) if texts > 1 else 1.0
        weights[key] = math.log(1 + max(alone, 0.1)) * rarity * math.sqrt(item.words)
    return weights


def _parts(key: str, words: int) -> set[str]:
    """The phrases inside of a phrase, without itself."""
    if words < 2:
        return set()
    pieces = key.split(" ")
    if len(pieces) == 1:
        return {key[i:j] for i in range(len(key)) for j in range(i + 2, len(key) + 1)} - {key}
    return {" ".join(pieces[i:j]) for i in range(len(pieces)) for j in range(i + 1, len(pieces) + 1)} - {key}
