"""What is said to a question: out of documents, word for word, or by a small language model; in sentences, as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.contracts import Context, Documents, Message, Report, Text
from core.language import N_, translate
from models.text.words import language_of, sentences

Turns = Sequence[tuple[str, str]]
BRIEF = "Answer in one or two short sentences. Your answer is read aloud: no lists, no code."
MOST_TOKENS = 90  # of an answer that is listened to
NOTHING = N_("I have no answer to that.")
SAMPLES = {"en": "handbook_en", "zh": "handbook_zh"}


@dataclass(frozen=True)
class Replied:
    """`report` is the whole answer out of documents with its place; `notices` say what to know of this answer."""

    answered_by: str
    license: str
    generated: bool
    report: Report | None = None
    notices: tuple[Message, ...] = ()


class Replier:
    """Asked once a turn: `sentences()` gives the answer piece by piece, then `replied` says who answered."""

    def __init__(self, question: str, history: Turns, context: Context) -> None:
        self.question, self.history, self.context = question, history, context
        self.language = "zh" if language_of(question) == "zh" else "en"
        self.replied = Replied("", "", False)

    def sentences(self) -> Iterator[str]:
        raise NotImplementedError


class FromModel(Replier):
    """A language model of `text.generate`: each sentence is given as soon as it has its end."""

    def __init__(self, question: str, history: Turns, context: Context, model: str) -> None:
        super().__init__(question, history, context)
        self.model = model

    def sentences(self) -> Iterator[str]:
        from models.text import llm
        from models.text.llm.answers import notices_for, turns_of

        item = llm.entry(self.model)
        sampling = llm.Sampling(temperature=0.3, max_tokens=MOST_TOKENS)
        writing = llm.stream(self.model, turns_of(self.question, BRIEF, self.history), sampling, self.context)
        text, given = "", 0
        try:
            for piece in writing:
                text += piece
                whole = sentences(text)
                for sentence, _, _ in whole[given:-1]:  # the last one may go on
                    given += 1
                    yield sentence
        finally:
            writing.close()
        rest = [sentence for sentence, _, _ in sentences(text)[given:]]
        yield from rest or ([] if given else [translate(NOTHING, self.language)])
        notices = (*notices_for([self.question], self.model, True), *writing.notices)
        self.replied = Replied(f"{item.title} ({writing.engine})", item.licence, True, notices=notices)


class FromDocuments(Replier):
    """`text.answer`: the sentence of the documents, or the word that it is not in them."""

    def __init__(self, question: str, history: Turns, context: Context, documents: Documents) -> None:
        super().__init__(question, history, context)
        self.documents = documents

    def sentences(self) -> Iterator[str]:
        from models.text import answer

        params = answer.AnswerParams(question=self.question[:4_000], history=tuple(self.history))
        report = answer.run(self.documents, params, self.context)
        found = next((section.result.text for section in report.sections if isinstance(section.result, Text)), "")
        evidence = report.evidence
        self.replied = Replied(
            evidence.answered_by if evidence else "", evidence.license if evidence else "", False, report, report.notices
        )
        yield found or translate(report.summary, self.language)
