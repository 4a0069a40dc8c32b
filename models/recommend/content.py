"""Recommends articles or goods by what is written of them, so that new ones that nobody chose yet have their chance too.

A multilingual encoder reads title, facts and description of each item. Where users rated items, their ratings count as well: the
more of them an item has, the more. A wish may be written in words, in English or Chinese.
"""

from __future__ import annotations

from time import perf_counter

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    Message,
    Params,
    Report,
    Section,
    Table,
    column,
    parameter,
)  # fmt: skip
from core.language import N_
from models.recommend.wording import answers, measured, tastes
from models.recommend.wording.windows import WINDOWS, Window


class ContentParams(Params):
    user_column: str = column(
        "user", optional=True, title=N_("User column"), help=N_("Who rated, bought or read. None: a catalogue without users.")
    )
    item_column: str = column("item", title=N_("Item column"), help=N_("What is recommended: an article, a product, a film."))
    title_column: str = column("title", optional=True, title=N_("Title column"), help=N_("What an item is called."))
    time_column: str = column("date", optional=True, title=N_("Time column"), help=N_("When it was rated, bought or read."))
    user: str = parameter(
        "", title=N_("User"), max_length=200, values_of="user_column",
        help=N_("Whose list. Empty: a user with as many ratings as most, unless liked items or words are given."),
    )  # fmt: skip
    window: Window = parameter(
        "all", title=N_("What counts"), choices=WINDOWS,
        help=N_("Only what the user chose in this time, back from the last choice; half an hour of rest ends a session."),
    )  # fmt: skip
    liked: str = parameter(
        "", title=N_("Liked items"), max_length=2_000,
        help=N_("Titles, or parts of them, with semicolons between them: a list for somebody who is not in the table."),
    )  # fmt: skip
    query: str = parameter(
        "", title=N_("In words"), max_length=1_000, help=N_("What it should be about, in English or Chinese."),
    )  # fmt: skip
    top: int = parameter(10, ge=1, le=50, title=N_("Length of the list"), unit=N_("items"), help=N_("How many are shown."))
    trust: float = parameter(
        5.0, ge=0.1, le=1000, title=N_("Ratings as good as the text"), unit=N_("ratings"), advanced=True,
        help=N_("An item with so many ratings is described half by them and half by its text; with more, more by them."),
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("Of the factors that are learnt."))


def run(given: Table, params: ContentParams, context: Context) -> Report:
    """The list for a user, for liked items or for words, with the reason of each entry and how it changes with time.

    Raises:
        InputError: a column, the user or a named item is not there, or no item has words.
        UnavailableError: the encoder is not on this machine.
    """
    started = perf_counter()
    with tastes.opened(given, params, context) as shelf:
        wish = tastes.wished(shelf, params, context)
        scores = tastes.scores_of(shelf, wish)
        summary, short = answers.summary(shelf, wish, scores), answers.said_of_texts(shelf)
        sections = [*answers.lists(shelf, wish, scores, params.top), *answers.through_time(shelf, wish, params.top)]
        trial = measured.of(shelf, context)
    if trial is not None:
        sections.append(Section(N_("Items that nobody rated: how well they are recommended"), measured.drawn(trial)))
    evidence = measured.evidence(trial, given.name, shelf, perf_counter() - started)
    return Report(N_("Recommended by text"), summary, tuple(sections), evidence, (*given.notices, *wish.notices, *short))


def ready(given: Table, params: ContentParams) -> bool:
    """Whether texts and ratings have been read before, so that the answer is quick."""
    return tastes.is_open(given, params)


CAPABILITY = Capability(
    id="recommend.content",
    title=N_("Recommend by text"),
    summary=N_("Recommends articles or goods by what is written of them, new ones too, together with the ratings there are."),
    takes=(Table,),
    returns=Report,
    params=ContentParams,
    run=run,
    samples=("articles_read", "movielens_small"),
    weights=("e5-small",),
    metric="hit@10",
    bars=(Bar("movielens_small", measured.ABOVE_RANDOM, 0.0, measure=measured.bar),),
    is_quick=ready,
)

__all__ = ["CAPABILITY", "ContentParams", "Evidence", "Message", "ready", "run"]
