"""What a trained recogniser of words shows: its answers for a recording, and its training to be heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from core.contracts import (
    Audio,
    Context,
    Evidence,
    InputError,
    Labels,
    Message,
    Ranking,
    Records,
    Report,
    Section,
    Sound,
    Table,
)
from core.language import N_
from core.lifecycle.answers import pair
from models.speech.words import clips
from models.speech.words.augment import changed
from models.speech.words.networks import WordClassifier

MISTAKES = 6  # that are there to be heard
COPIES = 3  # changed copies of a clip that are there to be heard
BARS = 12
TITLE = N_("Words heard")


def report(given: Sound, model: WordClassifier, evidence: Evidence, least: float, context: Context) -> Report:
    """Each word of the recording with its likeliest class; those below `least` are called unknown.

    Raises InputError where there is nothing to hear.
    """
    import pandas as pd

    found = clips.words_in(given)
    context.check()
    chances = model.chances([word for _, _, word in found])
    classes, best = model.labelling.classes, chances.argmax(1)
    told = [Message(classes[k]) if chance >= least else Message(UNKNOWN) for k, chance in zip(best, chances.max(1))]
    frame = pd.DataFrame({
        N_("from, s"): [round(start, 2) for start, _, _ in found], N_("to, s"): [round(end, 2) for _, end, _ in found],
        N_("word"): [classes[k] if chance >= least else UNKNOWN for k, chance in zip(best, chances.max(1))],
        N_("probability, %"): (100 * chances.max(1)).round(1), N_("nearest word"): [classes[k] for k in best],
    })  # fmt: skip
    caption = N_("Words are parted by pauses. A word that was never learnt gets the nearest one, or is unknown.")
    sections = [Section(N_("Every word"), Records(N_("Every word"), frame, caption, words=(N_("word"),)))]
    if len(found) == 1:
        order = np.argsort(-chances[0], kind="stable")[:BARS]
        bars = Ranking(N_("Likeliest words"), tuple(classes[k] for k in order), tuple(100 * float(chances[0, k]) for k in order),
                       "%", N_("Probability of each word, by the network itself."))  # fmt: skip
        sections.insert(0, Section(bars.title, bars))
    values: dict[str, object] = {"word": told[0], "chance": f"{chances[0].max():.0%}", "count": len(found)}
    summary = Message(N_("Heard: {word}, {chance} sure."), values)
    if len(found) > 1:
        known = sum(chance >= least for chance in chances.max(1))
        summary = Message(N_("{count} words heard; {known} of them known."), {"count": len(found), "known": int(known)})
    return Report(TITLE, summary, tuple(sections), evidence, given.notices)


UNKNOWN = N_("unknown")


def illustrated(
    model: WordClassifier, parts: Sequence[Table], answer: Labels, params: Any, context: Context
) -> tuple[Section, ...]:
    """The surest mistakes and three changed copies, to be heard."""
    test = parts[2]
    found = pair(answer, test.frame[params.target].tolist())
    references = test.frame[params.sound].tolist()
    wrong = np.flatnonzero(~found.right)
    sections: list[Section] = []
    for number, row in enumerate(wrong[np.argsort(-found.probabilities[wrong].max(1), kind="stable")[:MISTAKES]]):
        context.check()
        values: dict[str, object] = {
            "truth": str(test.frame[params.target][int(row)]), "given": answer.best[int(row)],
            "chance": f"{found.probabilities[row].max():.0%}",
        }  # fmt: skip
        caption = Message(N_("{truth}, answered {given}, {chance} sure"), values)
        heading = N_("Surest mistakes, to hear") if not number else ""
        sections.append(Section(heading, _audio(answer.items[int(row)], clips.open_clip(references[row]), caption)))
    return (*sections, *_copies(model, parts[0].frame[params.sound].tolist(), params.seed))


def _copies(model: WordClassifier, references: list[str], seed: int) -> list[Section]:
    """The first clip that was learnt from, and what augmentation makes of it."""
    ways = model.settings["augmentation"]
    if not ways:
        return []
    try:
        word = clips.open_clip(references[0])
    except InputError:
        return []
    generator = torch.Generator().manual_seed(seed)
    made = [changed(word, ways, generator) for _ in range(COPIES)]
    caption = N_("The model learns from changed copies like these, drawn anew each time.")
    return [
        Section(N_("What augmentation makes of a recording"), _audio(N_("original"), clips.placed(word), "")),
        *(Section("", _audio(N_("changed"), copy, caption if number == COPIES - 1 else "")) for number, copy in enumerate(made)),
    ]  # fmt: skip


def _audio(title: str, clip: np.ndarray, caption: Message | str) -> Audio:
    from core.sound import keeping

    return keeping.keep(title, np.clip(clip * 2, -1, 1), clips.RATE, caption=caption)
