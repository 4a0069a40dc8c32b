"""Scoring the answers to a file of questions: exact match and F1 as SQuAD (Rajpurkar et al. 2016) and CMRC 2018 count them."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from typing import Any, NamedTuple

from core.contracts import InputError, Table
from core.language import N_
from models.text.words import language_of

MOST_QUESTIONS = 1_000
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = set(string.punctuation) | set("，。！？；：、“”‘’（）《》【】…—·")


class Question(NamedTuple):
    question: str
    context: str
    answers: tuple[str, ...]  # none: not in the context


def looks_like(table: Table) -> bool:
    """Whether the table is questions with their contexts, or a SQuAD file."""
    columns = {str(name).lower() for name in table.columns}
    return {"question", "context"} <= columns or ("data" in columns and len(table) == 1)


def questions(table: Table) -> list[Question]:
    """The questions of a table with the columns question, context, answer, or of a file in SQuAD's own JSON.

    Raises InputError where there are none.
    """
    found = _from_json(table) if "data" in table.columns else _from_rows(table)
    if not found:
        raise InputError(
            N_("There is no question in {name}. It needs the columns question, context and answer."), name=table.name
        )
    return found


def _from_rows(table: Table) -> list[Question]:
    by_name = {str(name).lower(): name for name in table.columns}
    answers = next((by_name[name] for name in ("answer", "answers", "text") if name in by_name), None)
    frame = table.frame.fillna("").astype("str")
    rows = zip(frame[by_name["question"]], frame[by_name["context"]], frame[answers] if answers else [""] * len(frame))
    return [Question(q, c, tuple(part.strip() for part in a.split(" | ") if part.strip())) for q, c, a in rows if q.strip()]


def _from_json(table: Table) -> list[Question]:
    try:
        data: Any = json.loads(table.frame["data"].iloc[0])
        return [
            Question(str(asked["question"]), str(paragraph["context"]), tuple(str(a["text"]) for a in asked.get("answers", ())))
            for article in data for paragraph in article["paragraphs"] for asked in paragraph["qas"]
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(N_("{name} does not have the form of a SQuAD file."), name=table.name) from error


def normal(text: str) -> list[str]:
    """Tokens as SQuAD compares them: lower case, no punctuation, no articles; Chinese by character."""
    plain = "".join(" " if c in _PUNCTUATION and language_of(text) == "zh" else c for c in text.lower())
    plain = "".join(c for c in plain if c not in _PUNCTUATION)
    if language_of(text) == "zh":
        return [c for c in plain if not c.isspace()]
    return _ARTICLES.sub(" ", plain).split()


def exact(answer: str, truth: tuple[str, ...]) -> float:
    return float(any(normal(answer) == normal(one) for one in truth) if truth else not answer)


def f1(answer: str, truth: tuple[str, ...]) -> float:
    """The best F1 over tokens against any of the true answers; no answer is right where there is none."""
    if not truth:
        return float(not answer)
    return max(_f1(normal(answer), normal(one)) for one in truth)


def _f1(given: list[str], wanted: list[str]) -> float:
    same = (Counter(given) & Counter(wanted)).total()
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(wanted)
    return 2 * precision * recall / (precision + recall)
