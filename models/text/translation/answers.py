"""The engines' translations as one report: the text, the paragraphs side by side, where the network looked, the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.contracts import Context, Documents, Evidence, Message, Report, Section, Text, UserError
from core.contracts import Records as Table
from core.contracts.results import Sentence
from core.language import N_
from core.lifecycle.span import Span
from models.text.translation import engines, few_shot
from models.text.translation.documents import Piece, Plan, text_of, whole
from models.text.translation.engines import BEST_FIRST, TITLES, Answers, Job
from models.text.translation.languages import name_of

MOST_SHOWN = 200_000  # characters of a translation that the page shows


def gather(job: Job, engine: str, compare: bool, context: Context) -> tuple[list[Answers], list[Message]]:
    """The answers of the engine that was chosen, or of all that are ready; and a sentence for each that is not.

    Raises what the only engine raises.
    """
    first = engines.choose(job) if engine == "auto" else engine
    notices: list[Message] = []
    if not compare:
        if engine == "auto":
            notices = _better(BEST_FIRST[: BEST_FIRST.index(first)], job)
        return [engines.ask(first, job, context)], notices
    asked = [first, *(name for name in BEST_FIRST if name != first)]
    found: list[Answers] = []
    for place, name in enumerate(asked):
        reason = engines.missing(name, job) if name != engine else None
        if reason is None:
            try:
                found.append(engines.ask(name, job, Span(context, place / len(asked), (place + 1) / len(asked))))
                continue
            except UserError as error:
                if error.status == 409:  # stopped by the user
                    raise
                reason = Message(error.message_id, error.values)
        notices.append(Message(N_("{engine} did not answer. {reason}"), {"engine": Message(TITLES[name]), "reason": reason}))
    if not found:
        engines.ask(first, job, context)  # raises its own sentence
    return found, notices


def _better(names: Sequence[str], job: Job) -> list[Message]:
    """What would translate better and how to get it: of the hub's engines the first alone, the others are in the form."""
    found = []
    if few_shot.WEIGHTS in names:
        sentence = N_(
            "Gemma 3 270M would translate much better, without a connection: choose it as the engine and accept its terms."
        )
        found.append(Message(sentence))
    hubs = [name for name in names if name != few_shot.WEIGHTS and engines.missing(name, job) is not None]
    if hubs:
        values: dict[str, object] = {"engine": Message(TITLES[hubs[0]]), "reason": engines.missing(hubs[0], job)}
        found.append(Message(N_("{engine} would translate better. {reason}"), values))
    return found


def report(
    given: Documents, plan: Plan, job: Job, found: Sequence[Answers], notices: Sequence[Message], seconds: float
) -> Report:
    """Everything in one report; the first of `found` leads."""
    written = [[whole(piece, answers.translated, job.target) for piece in plan.pieces] for answers in found]
    names = [document.name for document in given.items]
    sections = [
        Section(_heading(answers, len(found)), _text(answers, len(found), job, text_of(plan.pieces, blocks, names)))
        for answers, blocks in zip(found, written)
    ]
    side = _side_by_side(plan.pieces, found, written, names)
    sections.append(Section(side.title, side))
    for answers in found:
        sections += [Section(part.title, part) for part in (answers.pairs, answers.attention) if part is not None]
    engines_ = ", ".join(f"{answers.answered_by}" for answers in found)
    values = {**job.direction, "sentences": len(plan.asked), "engines": engines_}
    return Report(
        title=N_("Translation"),
        summary=Message(N_("{sentences} sentences, {source} → {target}, by {engines}."), values),
        sections=tuple(sections),
        evidence=_evidence(found, seconds),
        notices=(*notices, *(notice for answers in found for notice in answers.notices)),
    )


def _heading(answers: Answers, count: int) -> Message:
    if count == 1:
        return Message(N_("Translation"))
    return Message(N_("Translation · {engine}"), {"engine": Message(TITLES[answers.engine])})


def _text(answers: Answers, count: int, job: Job, text: str) -> Text:
    caption = N_("Written by a model, not by a person: check it before you rely on it.")
    if not answers.generated:
        caption = N_("Each sentence is the translation of the most similar sentence in the memory, not of your own.")
    if len(text) > MOST_SHOWN:
        text = text[:MOST_SHOWN] + " …"
    source = Message(N_("{source} → {target}, {engine}"), {**job.direction, "engine": Message(TITLES[answers.engine])})
    return Text(_heading(answers, count), text or "–", answers.generated, source, caption)


def _side_by_side(
    pieces: Sequence[Piece], found: Sequence[Answers], written: Sequence[Sequence[str]], names: Sequence[str]
) -> Table:
    import pandas as pd

    columns: dict[str, list[str]] = {}
    if len(names) > 1:
        columns[N_("document")] = [names[piece.document] for piece in pieces]
    columns[N_("source")] = [" ".join(piece.sentences) for piece in pieces]
    for answers, blocks in zip(found, written):
        columns[TITLES[answers.engine] if len(found) > 1 else N_("translation")] = list(blocks)
    caption = N_("Paragraph by paragraph, to compare and to download.")
    return Table(N_("Source and translation"), pd.DataFrame(columns), caption)


def _evidence(found: Sequence[Answers], seconds: float) -> Evidence:
    """The card of the first engine; the scores of further trained ones stand in the caveats."""
    first = found[0]
    caveats = list(first.evidence.caveats)
    for answers in found[1:]:
        card = answers.evidence
        if card.score is not None:
            values: dict[str, object] = {"name": answers.answered_by, "score": f"{100 * card.score:.1f} %", "rows": card.rows}
            caveats.append(Message(N_("{name}: chrF {score} on {rows} held-out pairs."), values))
        caveats += [
            Message(N_("{engine}: {caveat}"), {"engine": Message(TITLES[answers.engine]), "caveat": _message(caveat)})
            for caveat in card.caveats[:1]
        ]
    names = ", ".join(answers.evidence.answered_by or answers.answered_by for answers in found)
    return replace(first.evidence, answered_by=names, caveats=tuple(caveats), seconds=seconds)


def _message(sentence: Sentence) -> Message:
    """A plain sentence as one that is translated where it is shown inside another."""
    return sentence if isinstance(sentence, Message) else Message(sentence)


def nothing_to_do(given: Documents, target: str, seconds: float) -> Report:
    """The text is in the target language already."""
    text = "\n\n".join(document.text for document in given.items)[:MOST_SHOWN]
    sentence = Message(N_("The text is in {language} already: there is nothing to translate. Choose another language to "
                          "translate into."), {"language": name_of(target)})  # fmt: skip
    title = N_("The text as it is")
    return Report(
        title=N_("Translation"), summary=sentence, sections=(Section(title, Text(title, text)),),
        evidence=Evidence(answered_by="", seconds=seconds), notices=given.notices,
    )  # fmt: skip
