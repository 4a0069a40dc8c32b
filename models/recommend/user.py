"""A list for one user, with the reason of each entry, and sliders for how diverse and how novel it is.

The model is fitted in seconds and kept by content, so that the next user answers at once; or a trained run answers. Scores are
taken apart by what they are made of: liked items, factors, fields, the members of a fused list.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from core.contracts import Capability, Context, Evidence, InputError, Message, Params, Report, Section, Table, column, parameter
from core.language import N_
from models.recommend import methods
from models.recommend.lists import answers, base, item_map, kept, reasons
from models.recommend.lists.explained import CHOICES, Choice
from models.recommend.lists.naming import named_items
from models.recommend.lists.parts import Asker

USUAL_LEAST = 10  # ratings of the user who is shown first, at least


class UserParams(Params):
    user_column: str = column("user", title=N_("User column"), help=N_("Who rated, bought or read."))
    item_column: str = column("item", title=N_("Item column"), help=N_("What is recommended: an article, a product, a film."))
    title_column: str = column("title", optional=True, title=N_("Title column"), help=N_("What an item is called."))
    time_column: str = column("date", optional=True, title=N_("Time column"), help=N_("When it was rated, bought or read."))
    user: str = parameter(
        "", title=N_("User"), max_length=200, values_of="user_column",
        help=N_("Whose list. Empty: a user with as many ratings as most, unless liked items are given."),
    )  # fmt: skip
    liked: str = parameter(
        "", title=N_("Liked items"), max_length=2_000,
        help=N_("Titles, or parts of them, with semicolons between them: a list for somebody who is not in the table."),
    )  # fmt: skip
    diversity: float = parameter(
        0.2, ge=0.0, le=0.9, title=N_("Diversity"), help=N_("0: the best ones; more: what is like those before it stands back.")
    )  # fmt: skip
    novelty: float = parameter(
        0.0, ge=0.0, le=0.9, title=N_("Novelty"), help=N_("More: what few users know stands further in front.")
    )
    top: int = parameter(10, ge=2, le=50, title=N_("Length of the list"), unit=N_("items"), help=N_("How many are shown."))
    similar_to: str = parameter(
        "", title=N_("Similar items of"), max_length=200, help=N_("A title, or a part of it. Empty: the first one of the list.")
    )  # fmt: skip
    method: Choice = parameter(
        "ease", title=N_("Method"), choices=CHOICES, advanced=True,
        help=N_("EASE and item-kNN learn how items go together, ALS gives users and items factors."),
    )  # fmt: skip
    model: str = parameter(
        "", title=N_("Trained model"), max_length=200, advanced=True,
        help=N_("Run or name of a model of “Recommend from choices”: its method, settings and interactions are taken."),
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("Of the factors that are learnt."))


def run(given: Table, params: UserParams, context: Context) -> Report:
    """The list of a user of the table, or of somebody who likes the items that are named.

    Raises:
        InputError: a column, the user or a named item is not there, or there are too few users and items to learn from.
    """
    started = perf_counter()
    with base.opened(given, params, context) as ready_base:
        made = answers.listed(ready_base, *_who(ready_base, params), params.top, params.diversity, params.novelty)
        traded, chosen = answers.trades(ready_base, params.diversity, params.novelty)
        sections = [Section(N_("Recommended"), reasons.cards(ready_base, made.parts, made.places))]
        sections += reasons.sections(ready_base, ready_base.model, made.asker, made.parts, made.places)
        sections += answers.facts_of(ready_base, made, params.diversity, params.novelty) + traded
        place = _similar_to(ready_base, params, made)
        sections.append(Section(N_("Similar items"), answers.similar(ready_base, place)))
        drawn = item_map.drawn(ready_base, made.liked, made.places, context)
        sections += [Section(N_("Map of the items"), drawn)] if drawn is not None else []
        sections.append(Section(N_("The list as a table"), answers.table(ready_base, made)))
        summary = _summary(ready_base, made)
    return Report(
        N_("A list for one user"),
        summary,
        tuple(sections),
        _evidence(given.name, chosen, ready_base, bool(params.model), started),
        given.notices,
    )


def ready(given: Table, params: UserParams) -> bool:
    """Whether the model and all that follows from it stand on disk, so that the answer is quick."""
    return kept.is_kept(base.name_of(given, params)) and kept.is_kept(f"{base.name_of(given, params)[:24]}-trade")


def _who(made: base.Base, params: UserParams) -> tuple[str, Asker]:
    """The user as written ("" for a made-up one), what counts as liked, and with which weights."""
    named = named_items(params.liked, made.items.ids, made.items.titles, made.counts)
    user = params.user.strip()
    if not user and not len(named):
        user = _usual(made)
    if not user:
        return "", Asker(-1, named, np.ones(len(named)), False)
    if user not in made.users:
        raise InputError(N_("There is no user {user} in the table. The first ones are: {choices}."), user=user,
                         choices=", ".join(made.users[:8]))  # fmt: skip
    place = made.data.user_number[user]
    mine = made.data.user == place
    weight = dict(zip(made.data.item[mine].tolist(), made.data.weight[mine].tolist()))
    known = len(weight)
    weight |= {int(item): weight.get(int(item), 1.0) for item in named}
    return user, Asker(place, np.array(list(weight), np.int64), np.array(list(weight.values())), len(weight) == known)


def _usual(made: base.Base) -> str:
    """A user with as many ratings as most: the median of those with ten or more."""
    counts = np.bincount(made.data.user, minlength=len(made.users)).astype(float)
    enough = np.where(counts >= min(USUAL_LEAST, counts.max()), counts, np.inf)
    return made.users[int(np.abs(enough - np.median(enough[np.isfinite(enough)])).argmin())]


def _similar_to(made: base.Base, params: UserParams, listed: answers.Listed) -> int:
    if not params.similar_to.strip():
        return int(listed.places[0])
    return int(named_items(params.similar_to, made.items.ids, made.items.titles, made.counts)[0])


def _summary(made: base.Base, listed: answers.Listed) -> Message:
    parts, first = listed.parts, made.items.titles[listed.places[0]]
    values: dict[str, object] = {"user": listed.user, "count": len(listed.liked), "first": first}
    if parts.kind == "users":
        values = {"first": first, "count": int(parts.scores[0]), "users": len(made.users)}
        return Message(N_("Everybody gets the same list. First on it: {first}, chosen by {count} of {users} users."), values)
    values["reason"] = reasons.name_of(parts, (reasons.strongest(parts, 0) or [0])[0])
    if parts.kind == "removal":
        return Message(
            N_("User {user} chose {count} items. First on the list: {first}; nearest of what was chosen is {reason}."), values
        )
    if listed.user:
        return Message(
            N_("User {user} chose {count} items. First on the list: {first}, most of all because of {reason}."), values
        )
    return Message(N_("From {count} liked items. First on the list: {first}, most of all because of {reason}."), values)


def _evidence(data: str, chosen: answers.Point, made: base.Base, is_trained: bool, started: float) -> Evidence:
    from core import samples

    common = {
        "answered_by": methods.TITLES[made.model.name],
        "data": samples.called(data),
        "seconds": perf_counter() - started,
    }
    if not np.isfinite(chosen.ndcg):
        few = N_("No user has five ratings, so nothing was kept aside to measure with.")
        return Evidence(caveats=(few,), **common)  # type: ignore[arg-type]
    baseline = answers.popular_ndcg(made)
    caveats: tuple[str, ...] = (
        N_("Kept aside: each user's last fifth of ratings. Diversity and novelty are set by hand, nothing was tuned on them."),
        N_("A rating counts as chosen, whatever its height."),
    )
    if is_trained:
        caveats = (
            caveats[1],
            N_("Kept aside: each user's last fifth of the run's interactions, by a model learnt again without them. The run's "
               "settings were chosen on some of these, so its own report is the fair measure."),
        )  # fmt: skip
    return Evidence(
        metric="NDCG@10", score=chosen.ndcg, interval=chosen.interval, baseline=baseline, baseline_name=N_("most popular items"),
        rows=len(made.later), caveats=caveats, **common,  # type: ignore[arg-type]
    )  # fmt: skip


CAPABILITY = Capability(
    id="recommend.user",
    title=N_("A list for one user"),
    summary=N_("Shows what is recommended to a user and why, with sliders for diversity and novelty and what they cost."),
    takes=(Table,),
    returns=Report,
    params=UserParams,
    run=run,
    samples=("movielens_small", "articles_read"),
    metric="NDCG@10",
    is_quick=ready,
)

__all__ = ["CAPABILITY", "UserParams", "ready", "run"]
