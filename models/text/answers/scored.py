"""The evidence behind an answer, and the score of many answers against a file of questions (SQuAD's form or a table)."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from core.contracts import Context, Documents, Evidence, Message, Metric, Metrics, Records, Report, Section, Table
from core.language import N_
from models.text import encoder
from models.text.answers import reading, squad
from models.text.retrieval.index import Plan, opened
from models.text.words import has_words, sentences

ANSWERED_BY = "Multilingual E5 small + BM25 + MiniLM"


def evidence(started: float, passages: int) -> Evidence:
    """The card of one answer out of `passages`: who answered, and how far its certainty can be trusted."""
    return Evidence(
        answered_by=ANSWERED_BY, license="MIT, Apache-2.0", fallback=encoder.fallback() or "", seconds=perf_counter() - started,
        caveats=(
            N_("The answer is copied from the source, chosen, not understood: it may be near the point instead of on it."),
            _calibrated("few" if passages < reading.FEW else "many"),
        ),
    )  # fmt: skip


def _calibrated(how: str) -> Message:
    """On what the certainty was calibrated, and what it reached on questions that were held out."""
    facts = reading.calibration()[how]
    many = N_("The certainty was calibrated on {fitted} questions about the handbooks and half of the Debian FAQ. On the other "
              "half it refused {refused} of the titles whose section had been taken out, and let {answered} of them through "
              "where it was there: near the subject it is a rough guide.")  # fmt: skip
    few = N_("The certainty was calibrated on {fitted} questions, each asked of a section that answers it and of one that does "
             "not. On others it refused {refused} of what was not there and let {answered} of the rest through.")  # fmt: skip
    values: dict[str, object] = {"fitted": facts["fitted_on"]}
    values |= {name: f"{facts[name][0]:.0%}" for name in ("refused", "answered")}
    return Message(many if how == "many" else few, values)


def report(table: Table, strictness: float, context: Context, started: float) -> Report:
    """Exact match and F1 over a file of questions, each asked of its own context; its first sentence is the baseline."""
    import pandas as pd

    from core.lifecycle.bootstrap import intervals

    asked = squad.questions(table)
    notices = table.notices
    if len(asked) > squad.MOST_QUESTIONS:
        sentence = N_("Only the first {count} questions were scored.")
        notices += (Message(sentence, {"count": squad.MOST_QUESTIONS}),)
        asked = asked[: squad.MOST_QUESTIONS]
    answers = []
    for place, one in enumerate(asked):
        context.progress(place / len(asked), N_("Answered {done} of {total} questions"), done=place, total=len(asked))
        answers.append(_of_context(one, strictness, context))
    scores = np.array([[squad.exact(a, q.answers), squad.f1(a, q.answers)] for a, q in zip(answers, asked)])
    firsts = [sentences(q.context)[0][0] if sentences(q.context) else "" for q in asked]
    baseline = float(np.mean([squad.f1(first, q.answers) for first, q in zip(firsts, asked)]))
    spread = intervals(lambda w: {"exact": scores[:, 0] @ w / w.sum(0), "f1": scores[:, 1] @ w / w.sum(0)}, len(asked))
    frame = pd.DataFrame({
        N_("question"): [q.question for q in asked], N_("answer"): answers, N_("truth"): [" | ".join(q.answers) for q in asked],
        "F1": scores[:, 1].round(3),
    })  # fmt: skip
    numbers = Metrics((
        Metric(N_("exact match"), float(scores[:, 0].mean()), interval=spread.get("exact"),
               help=N_("Share of answers that are the truth, word for word.")),
        Metric("F1", float(scores[:, 1].mean()), interval=spread.get("f1"),
               help=N_("Words shared with the truth, as SQuAD counts them.")),
    ))  # fmt: skip
    evidence = Evidence(
        metric="F1", score=float(scores[:, 1].mean()), interval=spread.get("f1"), baseline=baseline,
        baseline_name=N_("first sentence of the context"), rows=len(asked), data=table.name,
        answered_by=ANSWERED_BY, license="MIT", fallback=encoder.fallback() or "",
        caveats=(N_("Where no short answer is found the whole sentence counts, which is rarely the truth word for word."),
                 _calibrated("few")),
        seconds=perf_counter() - started,
    )  # fmt: skip
    summary = Message(N_("{count} questions were answered, each out of its own context."), {"count": len(asked)})
    sections = (Section(N_("In numbers"), numbers), Section(N_("All questions"), Records(N_("All questions"), frame)))
    return Report(N_("Answers scored"), summary, sections, evidence, notices)


def _of_context(one: squad.Question, strictness: float, context: Context) -> str:
    documents, plan = Documents.of(one.context, "context"), Plan(headings=False)
    if not has_words(one.question):
        return ""
    with opened(documents, plan, context) as index:
        if not index.passages:
            return ""
        answer, _found = reading.find(one.question, documents, index, plan, context)
    low, high = answer.short or (answer.start, answer.end)
    text = documents.items[0].text[low:high]
    return text if answer.certainty >= strictness else ""
