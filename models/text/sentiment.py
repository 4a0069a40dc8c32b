"""How customers feel, from one comment to a file of 100,000: polarity with probability, its trend over time and by product,
the words and aspects behind it.

The models are ready: one for Chinese and one for English, each in an accurate form (a fine-tuned transformer) and a fast one
(TF-IDF and a linear layer), trained by `text.classify` with `scripts/train_sentiment.py`. A model of your own, trained by
`text.classify`, can answer instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.contracts import (
    Capability,
    Context,
    InputError,
    Labels,
    Message,
    Params,
    Ranking,
    Records,
    Report,
    Section,
    Series,
    Table,
    Terms,
    Texts,
    column,
    parameter,
)
from core.language import N_
from models.text.opinions import aspects, drivers, summary, trend
from models.text.opinions.evidence import evidence
from models.text.opinions.polarity import Choice, Choosing, Verdict, explain, judge, name_of
from models.text.words import Language, clean, language_of

if TYPE_CHECKING:
    import pandas as pd

Shown = Ranking | Records | Series | Terms

WORDS = (N_("negative"), N_("positive"))
ONE_BY_ONE = 5  # up to so many comments are answered one by one, with the words that moved the answer


class SentimentParams(Params):
    text: str = column("text", title=N_("Text column"), help=N_("The column with the comments."))
    date: str = column("date", optional=True, title=N_("Date column"), help=N_("Shows how opinions change over time."))
    product: str = column("group", optional=True, title=N_("Product column"), help=N_("Compares products, shops or cities."))
    model: Choice = parameter(
        "auto", title=N_("Model"), help=N_("The accurate model reads some tens of comments a second, the fast one thousands."),
        choices={"auto": N_("Choose by the number of comments"), "accurate": N_("Accurate (transformer)"),
                 "fast": N_("Fast (TF-IDF)"), "own": N_("My own model")},
    )  # fmt: skip
    own_model: str = parameter(
        "", title=N_("My model"), when={"model": ("own",)}, max_length=200,
        help=N_("The run or the registered name of a model trained by text classification; empty: the newest."),
    )  # fmt: skip
    positive_class: str = parameter(
        "", title=N_("Positive class"), when={"model": ("own",)}, max_length=200,
        help=N_("The class of your model that counts as positive; empty: the one with a usual name."),
    )  # fmt: skip
    language: Literal["auto", "zh", "en"] = parameter(
        "auto", title=N_("Language"), help=N_("Each comment is judged by the model of its language."),
        choices={"auto": N_("Find for each comment"), "zh": N_("Chinese"), "en": N_("English")}, advanced=True,
    )  # fmt: skip
    accurate_limit: int = parameter(
        500, ge=0, le=100_000, title=N_("Accurate up to"), unit=N_("comments"), when={"model": ("auto",)}, advanced=True,
        help=N_("Above so many comments the fast model answers."),
    )  # fmt: skip
    band: float = parameter(
        0.1, ge=0, le=0.45, title=N_("Unclear band"), advanced=True,
        help=N_("Comments whose probability is this close to one half count as unclear: .1 means from .4 to .6."),
    )  # fmt: skip
    min_count: int = parameter(
        5, ge=1, le=1_000, title=N_("Least count"), unit=N_("comments"), advanced=True,
        help=N_("Words, aspects and products in fewer comments are left out."),
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), help=N_("Of the sample whose words are read."), advanced=True)


@dataclass(frozen=True, eq=False)
class _Comments:
    """What is to be judged; `frame` is the whole table and keeps its columns, `date` and `product` are cells or missing."""

    frame: pd.DataFrame
    texts: list[str]
    languages: list[Language]
    date: pd.Series | None
    product: pd.Series | None
    notices: tuple[Message, ...]


def run(given: Texts | Table, params: SentimentParams, context: Context) -> Report:
    """Judges every comment and says what stands behind it.

    Raises:
        InputError: there is no text column or no comment, or the user's model has no class that counts as positive.
        UnavailableError: no model for the language is on this machine.
    """
    started = perf_counter()
    comments = _from_texts(given, params) if isinstance(given, Texts) else _from_table(given, params)
    choosing = Choosing(params.model, params.accurate_limit, params.own_model, params.positive_class)
    verdict = judge(comments.texts, comments.languages, choosing, context)
    judged = _judged(comments, verdict, params.band)
    if len(judged) <= ONE_BY_ONE:
        sections = _one_by_one(comments, verdict, choosing, context)
    else:
        sections = _over_many(comments, judged, params, choosing, context)
    sections = (
        Section(N_("In numbers"), summary.numbers(judged)),
        *sections,
        Section(N_("All comments"), _all_comments(comments, judged, verdict)),
    )
    return Report(
        title=N_("Sentiment"),
        summary=summary.summary(judged),
        sections=sections,
        evidence=evidence(verdict, params.model == "own", perf_counter() - started),
        notices=(*given.notices, *comments.notices, *_notices(judged, verdict, params)),
    )


def _from_texts(given: Texts, params: SentimentParams) -> _Comments:
    import pandas as pd

    return _comments(pd.DataFrame({"comment": list(given.items)}), list(given.items), params, None, None, ())


def _from_table(given: Table, params: SentimentParams) -> _Comments:
    from core.intake import roles
    from core.lifecycle.columns import need_column

    text = params.text or roles.guess(given.frame, "text")
    if not text:
        raise InputError(N_("None of the columns looks like comments: name the text column."))
    for name in (text, params.date, params.product):
        need_column(given, name)
    frame = given.frame.reset_index(drop=True)
    cells = frame[text]
    texts = ["" if missing else str(cell) for cell, missing in zip(cells.tolist(), cells.isna(), strict=True)]
    date, notices = _dates(frame, params.date) if params.date else (None, _hint(frame, "date"))
    product = frame[params.product] if params.product else None
    notices += () if params.product else _hint(frame, "group")
    return _comments(frame, texts, params, date, product, notices)


def _comments(
    frame: pd.DataFrame, texts: list[str], params: SentimentParams,
    date: pd.Series | None, product: pd.Series | None, notices: tuple[Message, ...],
) -> _Comments:  # fmt: skip
    if not texts:
        raise InputError(N_("There is no comment to judge: give at least one."))
    texts = [clean(text) for text in texts]
    fixed: Language | None = None if params.language == "auto" else params.language
    return _Comments(frame, texts, [fixed or language_of(text) for text in texts], date, product, notices)


def _dates(frame: pd.DataFrame, name: str) -> tuple[pd.Series, tuple[Message, ...]]:
    from core.intake.roles import dates as read_dates

    dates = read_dates(frame[name])
    unread = int(dates.isna().sum())
    if not unread:
        return dates, ()
    sentence = N_(
        "Cells of the column {column} that are empty or no date: {count} of {all}; those comments are not in the trend."
    )
    return dates, (Message(sentence, {"count": unread, "all": len(dates), "column": name}),)


def _hint(frame: pd.DataFrame, kind: Literal["date", "group"]) -> tuple[Message, ...]:
    """Says which column could have been named, where one looks like it."""
    from core.intake import roles

    found = roles.guess(frame, kind)
    sentence = {
        "date": N_("The column {column} looks like dates: name it as the date column to see the trend."),
        "group": N_("The column {column} looks like products: name it as the product column to compare them."),
    }
    return (Message(sentence[kind], {"column": found}),) if found else ()


def _judged(comments: _Comments, verdict: Verdict, band: float) -> pd.DataFrame:
    """One row a comment: text, probability, polarity, date, product."""
    import pandas as pd

    p = verdict.positive
    polarity = np.select(
        [np.isnan(p), p > 0.5 + band, p < 0.5 - band], [N_("not judged"), N_("positive"), N_("negative")], N_("unclear")
    )
    frame = pd.DataFrame({"text": comments.texts, "probability": p, N_("polarity"): polarity})
    frame["date"] = comments.date if comments.date is not None else pd.NaT
    frame["product"] = comments.product.astype("str") if comments.product is not None else None
    return frame


def _one_by_one(comments: _Comments, verdict: Verdict, choosing: Choosing, context: Context) -> tuple[Section, ...]:
    rows = [i for i, p in enumerate(verdict.positive) if not np.isnan(p)]
    if not rows:
        return ()
    p = verdict.positive[rows]
    labels = Labels(tuple(comments.texts[i] for i in rows), WORDS, np.stack([1 - p, p], 1).astype(np.float32), words=WORDS)
    sections = [Section(N_("Polarity"), labels)]
    for i, reference in enumerate(verdict.references):
        if reference is not None:
            shown = explain(comments.texts[i], reference, choosing, context)
            sections.append(Section(shown.title, shown))
    return tuple(sections)


def _over_many(
    comments: _Comments, judged: pd.DataFrame, params: SentimentParams, choosing: Choosing, context: Context
) -> tuple[Section, ...]:
    found = [
        trend.trend(judged),
        trend.trend_by_product(judged),
        trend.changes(judged, params.min_count),
        trend.by_product(judged, params.min_count),
        *_words_and_aspects(comments, judged, params, choosing, context),
        summary.examples(judged, "positive"),
        summary.examples(judged, "negative"),
    ]
    return tuple(Section(result.title, result) for result in found if result is not None)


def _words_and_aspects(
    comments: _Comments, judged: pd.DataFrame, params: SentimentParams, choosing: Choosing, context: Context
) -> list[Shown]:
    rows = np.flatnonzero(judged["polarity"] != "not judged")
    reading = drivers.read(comments.texts, comments.languages, rows, params.seed, context)
    driving = drivers.drivers(reading, judged["polarity"].to_numpy()[reading.rows], params.min_count)
    # There are many clauses to a comment: whoever waits for the accurate model need not wait for it on all of them.
    of_clauses = replace(choosing, model="auto") if choosing.model == "accurate" else choosing
    named = aspects.aspects(reading, lambda t, of: judge(t, of, of_clauses, context), params.band, params.min_count)
    results: list[Shown] = []
    if driving:
        ranking = drivers.ranking(driving, reading, params.min_count)
        results += [ranking] if ranking else []
        results += [drivers.table(driving), drivers.cloud(driving, reading)]
    return results + ([named.ranking, named.table] if named else [])


def _all_comments(comments: _Comments, judged: pd.DataFrame, verdict: Verdict) -> Records:
    frame = comments.frame.copy()
    given, words = tuple(frame.columns), []
    ours = {
        N_("polarity"): judged["polarity"],
        N_("probability of positive"): judged["probability"].round(4),
        N_("language"): comments.languages,
        N_("judged by"): [name_of(reference) for reference in verdict.references],
    }
    for name, cells in ours.items():
        free = name
        while free in frame.columns:
            free += " (Panorama)"
        frame[free] = cells
        words += [free] if name == "polarity" else []
    return Records(
        N_("All comments"), frame, caption=N_("Every row as it was given, with what the model says of it, to download."),
        words=tuple(words), given=given,
    )  # fmt: skip


def _notices(judged: pd.DataFrame, verdict: Verdict, params: SentimentParams) -> tuple[Message, ...]:
    found = list(verdict.fallbacks)
    silent = int((judged["polarity"] == "not judged").sum())
    if silent:
        found.append(
            Message(
                N_("Comments without words (empty, or only emoji or marks), which are not judged: {count}."), {"count": silent}
            )
        )
    if params.model == "auto" and len(judged) - silent > params.accurate_limit:
        found.append(
            Message(
                N_("There are more than {limit} comments, so the fast model answered; the accurate one takes longer."),
                {"limit": params.accurate_limit},
            )
        )
    if params.date and judged["date"].isna().all():
        found.append(Message(N_("The column {column} has no date in it, so there is no trend."), {"column": params.date}))
    return tuple(found)


CAPABILITY = Capability(
    id="text.sentiment",
    title=N_("Sentiment of comments"),
    summary=N_("Judges comments in Chinese and English: polarity, trend over time, by product, driving words and aspects."),
    takes=(Texts, Table),
    returns=Report,
    params=SentimentParams,
    run=run,
    samples=("reviews_dated", "reviews_zh", "reviews_en"),
    weights=("sentiment-zh", "sentiment-en", "sentiment-fast-zh", "sentiment-fast-en"),
    metric="accuracy",
    example=(
        "The coffee tastes wonderful, but the box arrived crushed and nobody answered my mail.",
        "屏幕很清晰，就是电池不耐用，客服态度也不好。",
    ),
)
