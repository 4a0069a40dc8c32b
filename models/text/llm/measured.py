"""The report on how surprising texts are to a language model."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np

from core.contracts import (
    Context,
    Highlights,
    InputError,
    Message,
    Metric,
    Metrics,
    Ranking,
    Records,
    Report,
    Section,
    Series,
    Texts,
)
from core.language import N_
from models.text import llm
from models.text.llm.answers import MOST_TEXTS, evidence, notices_for

MOST_MARKED = 200  # pieces that are marked in a text
MARKED_SHARE = 0.1  # of the pieces, the most surprising ones
POINTS = 120  # of the line along the text
LISTED = 12  # pieces in the ranking

_CAVEAT = N_("Perplexity depends on the model's tokens: compare models by bits per byte, and texts of one language only.")
_DEQUANTIZED = N_("Measured with the model's own weights, computed in full precision.")


def measure_all(given: Texts, name: str, context: Context, started: float) -> Report:
    """Perplexity and bits per byte of every text, and for a single one where the surprises stand."""
    texts = [text for text in given.items if text.strip()]
    if not texts:
        raise InputError(N_("There is no text to judge: give one."))
    notices = [*given.notices, *notices_for(texts, name, False)]
    if len(texts) > MOST_TEXTS:
        notices.append(Message(N_("Only the first {count} texts were judged."), {"count": MOST_TEXTS}))
    judged, kept = [], []
    for index, text in enumerate(texts[:MOST_TEXTS]):
        context.check()
        try:
            judged.append(llm.perplexity(name, text, context))
            kept.append(llm.clean(text))
        except InputError:
            if len(texts) == 1:
                raise
        if len(texts) > 1:
            context.progress((index + 1) / len(texts), N_("text {done} of {total}"), done=index + 1, total=len(texts))
    if not judged:
        raise InputError(N_("The text is too short to judge: give at least a few words."))
    if len(kept) < len(given):
        notices.append(
            Message(
                N_("Texts that were left out because they are empty or too short: {count}."), {"count": len(given) - len(kept)}
            )
        )
    notices += judged[0].notices
    sections = _one(kept[0], judged[0]) if len(kept) == 1 else (_table(kept, judged),)
    overall = _overall(judged)
    return Report(
        title=N_("How surprising the text is"),
        summary=Message(N_("Perplexity {value} for {name}: as if it chose among that many tokens each time."),
                        {"value": f"{overall.items[0].value:.1f}", "name": llm.entry(name).title}),
        sections=(Section(N_("In numbers"), overall), *sections),
        evidence=evidence(name, "PyTorch", perf_counter() - started, _CAVEAT, _DEQUANTIZED),
        notices=tuple(notices),
    )  # fmt: skip


def _overall(judged: list[llm.Perplexity]) -> Metrics:
    """Over all texts: the likelihoods are pooled, the bytes are those that they stand for."""
    nats = -math.fsum(value for one in judged for value in one.log_likelihoods)
    tokens = sum(one.tokens for one in judged)
    size = sum(-math.fsum(one.log_likelihoods) / math.log(2) / one.bits_per_byte for one in judged if one.bits_per_byte)
    return Metrics((
        Metric(N_("perplexity"), math.exp(min(nats / tokens, 700.0)), N_("tokens to choose from"),
               help=N_("1 would be a text that the model foresees; a text of random tokens has tens of thousands.")),
        Metric(N_("bits per byte"), nats / math.log(2) / max(size, 1.0), N_("bits"),
               help=N_("What the text would take up if the model compressed it; comparable between models.")),
        Metric(N_("tokens"), tokens, N_("tokens"), help=N_("Pieces of words that were judged.")),
    ))  # fmt: skip


def _pieces(text: str, found: llm.Perplexity) -> list[tuple[int, int, float]]:
    """`(start, end, bits)`: tokens that share a character are one piece, white space around it belongs to none."""
    pieces: list[tuple[int, int, float]] = []
    for (start, end), value in zip(found.spans, found.log_likelihoods, strict=True):
        bits = -value / math.log(2)
        if pieces and start < pieces[-1][1]:
            before = pieces.pop()
            start, end, bits = before[0], max(end, before[1]), before[2] + bits
        pieces.append((start, end, bits))
    bare = ((*_bare(text, start, end), bits) for start, end, bits in pieces)
    return [piece for piece in bare if piece[0] < piece[1]]


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _one(text: str, found: llm.Perplexity) -> tuple[Section, ...]:
    pieces = _pieces(text, found)
    if not pieces:
        return ()
    most = sorted(pieces, key=lambda piece: -piece[2])[: min(MOST_MARKED, max(1, round(MARKED_SHARE * len(pieces))))]
    highest = max(piece[2] for piece in most) or 1.0
    spans = tuple(sorted((start, end, -bits / highest) for start, end, bits in most))
    listed = most[:LISTED]
    marked = Highlights(
        N_("Where the model was surprised"), text[: found.spans[-1][1]], spans,
        caption=N_("The most surprising tenth of the pieces is marked; the stronger, the less the model expected it."),
    )  # fmt: skip
    ranking = Ranking(
        N_("Most surprising pieces"), tuple(f"{text[a:b]} ({a})" for a, b, _ in listed), tuple(bits for *_, bits in listed),
        unit=N_("bits"), caption=N_("In brackets: the position in the text, in characters."),
    )  # fmt: skip
    shown = (marked, _along(found), ranking)
    return tuple(Section(result.title, result) for result in shown)


def _along(found: llm.Perplexity) -> Series:
    bits = -np.array(found.log_likelihoods) / math.log(2)
    parts = np.array_split(np.arange(len(bits)), min(POINTS, len(bits)))
    return Series(
        N_("Surprise along the text"), tuple(found.spans[part[0]][0] for part in parts),
        {N_("bits a token"): tuple(float(bits[part].mean()) for part in parts)},
        x_label=N_("character"), y_label=N_("bits a token"), caption=N_("Peaks are where names, numbers or mistakes stand."),
    )  # fmt: skip


def _table(texts: list[str], judged: list[llm.Perplexity]) -> Section:
    import pandas as pd

    frame = pd.DataFrame({
        N_("text"): texts,
        N_("perplexity"): [round(one.perplexity, 2) for one in judged],
        N_("bits per byte"): [round(one.bits_per_byte, 3) for one in judged],
        N_("tokens"): [one.tokens for one in judged],
    })  # fmt: skip
    return Section(N_("All texts"), Records(N_("All texts"), frame))
