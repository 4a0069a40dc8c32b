"""Reads risk in dated headlines, in Chinese and English: how risky each sounds and who said so, who it is about, what it is
about, a
risk index over time with its interval, peaks with the headlines behind them, and whether prices moved with it.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from core.contracts import Bar, Capability, Context, Evidence, InputError, Message, Params, Report, Table
from core.contracts.params import column, parameter
from core.language import N_
from models.finance.newsroom.risk import Judge
from models.text.words import Language, clean, has_words, language_of

if TYPE_CHECKING:
    import pandas as pd

MOST_HEADLINES = 20_000
QUICK = 20  # headlines up to which nobody has to wait in the background


class NewsParams(Params):
    """How to read."""

    text: str = column("text", title=N_("Headline column"), help=N_("The column with the headlines, or short texts of filings."))
    date: str = column("date", title=N_("Date column"), help=N_("When each was published."))
    company: str = column(
        "group", optional=True, title=N_("Company column"), help=N_("Who each is about; empty: names of organisations are "
                                                                    "found."),
    )  # fmt: skip
    price: str = column(
        "amount", optional=True, title=N_("Price column"),
        help=N_("A price or index level on each date, to see whether it moves with the risk."),
    )  # fmt: skip
    judge: Judge = parameter(
        "both", title=N_("Who judges"), help=N_("How risk and good news are told."),
        choices={"both": N_("Word list, else a model taught by headlines"), "words": N_("Word list alone"),
                 "taught": N_("Model taught by headlines alone"), "reviews": N_("Models of reviews, for comparison")},
    )  # fmt: skip
    period: Literal["auto", "day", "week", "month"] = parameter(
        "auto", title=N_("Period"), help=N_("One point of the index."), advanced=True,
        choices={"auto": N_("Choose for me"), "day": N_("Day"), "week": N_("Week"), "month": N_("Month")},
    )  # fmt: skip
    window: int = parameter(
        3, ge=1, le=52, title=N_("Smoothing"), unit=N_("periods"), advanced=True,
        help=N_("The index is the mean over so many periods up to each one; later news is never looked at."),
    )  # fmt: skip
    least: int = parameter(
        5, ge=1, le=1_000, title=N_("Least count"), unit=N_("headlines"), advanced=True, help=N_("Companies in fewer are left "
                                                                                                 "out."),
    )  # fmt: skip
    topics: int = parameter(
        0, ge=0, le=20, title=N_("Topics"), advanced=True, help=N_("How many groups of headlines; 0 chooses by their number."),
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), help=N_("Of topics and intervals."), advanced=True)


def run(given: Table, params: NewsParams, context: Context) -> Report:
    """Judges every headline and draws the index.

    Raises:
        InputError: there is no column of headlines or of dates, or no dated headline.
        UnavailableError: a model that is needed is not on this machine.
    """
    from models.finance.newsroom import shown
    from models.finance.newsroom.risk import verdicts

    started = perf_counter()
    frame, notices = read(given, params)
    languages: list[Language] = [language_of(text) for text in frame["text"]]
    context.progress(0.05, N_("Judging headlines"))
    found, fallbacks = verdicts(frame["text"].tolist(), languages, params.judge, 500, context)
    frame = frame.assign(
        language=languages, score=[v.score for v in found], risk=[v.risk for v in found], verdict=[v.label for v in found],
        by=[v.by for v in found], kind=[v.kind for v in found], words=[", ".join(v.found) for v in found],
    )  # fmt: skip
    context.check()
    context.progress(0.35, N_("Looking for names"))
    frame["about"] = shown.abouts(frame, bool(params.company), context)
    context.progress(0.65, N_("Sorting into topics"))
    frame["topic"] = shown.topics(frame, params.topics, params.seed, context)
    context.progress(0.9, N_("Drawing the index"))
    sections, summary = shown.sections(frame, params)
    return Report(N_("Risk in the news"), summary, sections, _evidence(frame, given, params, perf_counter() - started),
                  (*given.notices, *notices, *fallbacks))  # fmt: skip


def read(given: Table, params: NewsParams) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Columns text, date, company ("" for none), price (not-a-number for none) of the rows that have words and a date, by
    date."""
    import numpy as np
    import pandas as pd

    from core.intake import roles
    from core.lifecycle.columns import need_column

    text, date = params.text or roles.guess(given.frame, "text"), params.date or roles.guess(given.frame, "date")
    if not text:
        raise InputError(N_("None of the columns looks like headlines: name the headline column."))
    if not date:
        raise InputError(N_("None of the columns looks like dates: name the date column."))
    for name in (text, date, params.company, params.price):
        need_column(given, name)
    cells = given.frame[text]
    frame = pd.DataFrame({"text": ["" if gone else clean(str(cell)) for cell, gone in zip(cells.tolist(), cells.isna())]})
    frame["date"] = np.asarray(roles.dates(given.frame[date]))
    frame["company"] = (
        given.frame[params.company].astype("str").where(given.frame[params.company].notna(), "").to_numpy()
        if params.company
        else ""
    )
    frame["price"] = (
        pd.to_numeric(given.frame[params.price], errors="coerce").to_numpy("float64", na_value=np.nan) if params.price else np.nan
    )
    good = frame["text"].map(has_words) & frame["date"].notna()
    notices = []
    if not good.any():
        raise InputError(
            N_("No row has both a headline and a date that can be read. Correct the columns, or write dates like 2024-05-31.")
        )
    if not good.all():
        notices.append(Message(N_("Rows without words or without a date that can be read, which were left out: {count}."),
                               {"count": int((~good).sum())}))  # fmt: skip
    frame = frame[good].sort_values("date", kind="stable").reset_index(drop=True)
    if len(frame) > MOST_HEADLINES:
        notices.append(
            Message(N_("Only the latest {read} of {all} headlines were read."), {"read": MOST_HEADLINES, "all": len(frame)})
        )
        frame = frame.tail(MOST_HEADLINES).reset_index(drop=True)
    prices = frame["price"]
    if params.price and not (prices > 0).any():
        notices.append(
            Message(N_("The column {column} holds no prices above 0, so nothing is said of prices."), {"column": params.price})
        )
    frame["price"] = prices.where((prices > 0) & np.isfinite(prices))
    return frame, tuple(notices)


def _evidence(frame: pd.DataFrame, given: Table, params: NewsParams, seconds: float) -> Evidence:
    from core import samples
    from models.finance.newsroom.risk import NAMES, NOBODY, REVIEWS

    counted = frame["by"].value_counts()
    known = samples.catalogue().get(given.name)
    caveats: list[Any] = list(known.caveats) if known is not None else []
    caveats += [
        N_("A headline's tone is not a fact, and no investment advice: read what stands behind a peak."),
        N_(
            "The word list and the few headlines that taught the model are our own; the benchmark says how far they agree with "
            "labels."
        ),
    ]
    if REVIEWS in counted:
        caveats.append(N_("The models of reviews learnt from opinions on goods, not from news: take them for comparison only."))
    return Evidence(
        data=samples.called(given.name), rows=len(frame), seconds=seconds, caveats=tuple(caveats), license="AGPL-3.0-or-later, "
                                                                                                           "MIT",
        answered_by=", ".join(f"{NAMES.get(name, name)} ({count})" for name, count in counted.items() if name != NOBODY),
    )  # fmt: skip


def is_slow(given: Table, params: NewsParams) -> bool:
    """Whether one has to wait."""
    return len(given) > QUICK


def english(context: Context) -> Evidence:
    """Agreement with the labels of 60 English headlines of our own."""
    from models.finance.newsroom.trial import agreement

    return agreement(context, "en")


def chinese(context: Context) -> Evidence:
    """Agreement with the labels of 60 Chinese headlines of our own."""
    from models.finance.newsroom.trial import agreement

    return agreement(context, "zh")


def risk_alone(context: Context) -> Evidence:
    """Agreement on risk or no risk, both languages."""
    from models.finance.newsroom.trial import agreement

    return agreement(context, risk_only=True)


CAPABILITY = Capability(
    id="finance.news",
    title=N_("Risk in the news"),
    summary=N_(
        "Judges dated headlines in Chinese and English: a risk index over time, by company and topic, with the news behind peaks."
    ),
    takes=(Table,),
    returns=Report,
    params=NewsParams,
    run=run,
    samples=("news_simulated", "news_reuters"),
    weights=("e5-small", "en-core-web-sm", "lac-zh", "sentiment-zh", "sentiment-en", "sentiment-fast-zh", "sentiment-fast-en"),
    metric="agreement",
    bars=(
        Bar("headlines of our own, English", N_("agreement on negative, neutral, positive"), 0.7, measure=english),
        Bar("headlines of our own, Chinese", N_("agreement on negative, neutral, positive"), 0.7, measure=chinese),
        Bar("headlines of our own", N_("agreement on risk or no risk"), 0.8, measure=risk_alone),
    ),
    is_slow=is_slow,
)
