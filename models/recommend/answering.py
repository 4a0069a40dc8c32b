"""Lists for the users of a table: what `recommend.train` answers with."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np

from core.contracts import Capability, Context, Evidence, InputError, Message, Ranking, Records, Report, Section, Table
from core.language import N_
from core.learning.interactions import Columns, read
from models.recommend import methods
from models.recommend.recommender import Recommender

MOST_USERS = 20_000
SHOWN = 15  # items that stand on most lists


def report(given: Table, params: Any, capability: Capability, context: Context) -> Report:
    """Lists of `params.count` items for each user in the table."""
    from dataclasses import replace

    started = perf_counter()
    notices = list(given.notices)
    if params.model:
        from core.fitted import evidence, open_model

        with open_model(capability, params.model) as model:
            answered: Any = model
            sections, summary, more = _lists(answered, _users(given, params.user), params.count, context)
        card = evidence(capability, params.model)
    else:
        context.progress(0.0, N_("Learning"))
        model = at_once(given, params, context)
        sections, summary, more = _lists(model, _users(given, params.user), params.count, context)
        notices += model.data.notices[len(given.notices) :]
        caveat = N_("Learnt from this table a moment ago and not measured. Train, to know how good the lists are.")
        card = Evidence(answered_by="EASE", caveats=(caveat,))
    card = replace(card, seconds=perf_counter() - started)
    return Report(capability.title, summary, sections, card, (*notices, *more))


def at_once(given: Table, params: Any, context: Context) -> Recommender:
    """EASE with its defaults, learnt from all of the table; titles are guessed, ratings not looked at."""
    from core.intake.roles import guess

    data = read(given, Columns(params.user, params.item, title=guess(given.frame, "title")))
    if len(data.items) < 2:
        raise InputError(N_("There is one item only, so nothing can be recommended. Give a table with more of them."))
    return Recommender(data, {"ease": methods.make("ease").fit(data, context)}, "ease", {}, {})


def _users(given: Table, column: str) -> list[str]:
    """The different users of the table, in their order."""
    from core.intake.roles import guess
    from core.lifecycle.columns import need_column
    from core.lifecycle.targets import class_names

    found = column or guess(given.frame, "user") or (given.columns[0] if len(given.columns) == 1 else "")
    if not found:
        raise InputError(N_("Choose the column of users: none of the columns looks like one. The table has: {columns}."),
                         columns=", ".join(map(str, given.columns[:20])))  # fmt: skip
    need_column(given, found)
    users = [str(name) for name in dict.fromkeys(class_names(given.frame[found].drop_duplicates())) if name]
    if not users:
        raise InputError(N_("There is no user in the column {column}. Choose another one."), column=found)
    return users


def _lists(
    model: Recommender, users: list[str], count: int, context: Context
) -> tuple[tuple[Section, ...], Message, tuple[Message, ...]]:  # fmt: skip
    notices = []
    if len(users) > MOST_USERS:
        notices.append(Message(N_("Lists were made for the first {limit} of {count} users."),
                               {"limit": f"{MOST_USERS:,}", "count": f"{len(users):,}"}))  # fmt: skip
        users = users[:MOST_USERS]
    lists, known = model.lists(users, count, context)
    if not known.all():
        notices.append(
            Message(N_("Users who are new to the model get what is popular: {count}."), {"count": int((~known).sum())})
        )
    frame = model.frame(users, lists)
    given = tuple(name for name in frame.columns if name in model.data.item_facts.columns)
    records = Records(
        N_("Recommended items"), frame, N_("For each user the best first, without what the user chose before."), given=given
    )
    chart = _often(model, lists)
    values: dict[str, object] = {"users": f"{len(users):,}", "items": f"{len(np.unique(lists[lists >= 0])):,}",
                                 "all": f"{len(model.data.items):,}", "name": Message(methods.TITLES[model.chosen])}  # fmt: skip
    summary = Message(N_("{name} made lists for {users} users; {items} of {all} items stand on at least one of them."), values)
    return (Section(chart.title, chart), Section(records.title, records)), summary, tuple(notices)


def _often(model: Recommender, lists: np.ndarray) -> Ranking:
    items, counts = np.unique(lists[lists >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:SHOWN]
    names = [model.data.titles[item] for item in items[order]]
    caption = N_("How many of the lists each item stands on. A few items on nearly all lists are little personal.")
    return Ranking(N_("On most lists"), tuple(names), tuple(float(n) for n in counts[order]), N_("lists"), caption)
