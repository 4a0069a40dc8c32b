"""Lists as a page shows them: cards with reasons, what the text and what the ratings say, and how a list changes with time."""

from __future__ import annotations

import numpy as np

from core.contracts import Card, Cards, InputError, Matrix, Message, Ranking, Records, Section
from core.language import N_
from models.recommend.wording.tastes import Shelf, Wish, best, scores_of
from models.recommend.wording.windows import WINDOWS, within

FEW = 2  # ratings up to which an item counts as hardly known
NEW_SHOWN = 5
SHORT = 120  # characters of half the texts, below which they are titles and key words
COMPARED = 10  # items of the lists that are compared


def summary(shelf: Shelf, wish: Wish, scores: np.ndarray) -> Message:
    """One sentence: for whom, from what, and what stands first. Raises InputError where nothing is left to recommend."""
    top = best(scores, 1)
    if not len(top):
        raise InputError(N_("There is nothing left to recommend: every item was chosen already."))
    values: dict[str, object] = {
        "user": wish.user, "count": len(wish.liked), "words": wish.words, "first": shelf.items.titles[top[0]],
        "item": shelf.items.titles[wish.liked[0]] if len(wish.liked) else "",
    }  # fmt: skip
    if wish.user and wish.words:
        sentence = N_("For user {user}, who chose {count} items, and for the words {words}, {first} fits best.")
    elif wish.user:
        sentence = N_("For user {user}, from {count} chosen items, {first} fits best.")
    elif wish.words and len(wish.liked):
        sentence = N_("For the words {words} and the liked items ({count}), {first} fits best.")
    elif wish.words:
        sentence = N_("For the words {words}, {first} fits best.")
    elif len(wish.liked) == 1:
        sentence = N_("Most like {item}: {first}.")
    else:
        sentence = N_("From {count} liked items, {first} fits best.")
    return Message(sentence, values)


def said_of_texts(shelf: Shelf) -> tuple[Message, ...]:
    """That the texts are short, where they are."""
    length = int(np.median([len(text) for text in shelf.items.texts]))
    if length >= SHORT:
        return ()
    return (
        Message(
            N_("The texts are short (half have less than {length} characters): they say little of an item."), {"length": length}
        ),
    )


def lists(shelf: Shelf, wish: Wish, scores: np.ndarray, count: int) -> list[Section]:
    """The list, the best of what hardly anybody knows, the parts of text and ratings, and all of it as a table."""
    chosen = best(scores, count)
    sections = [Section(N_("Recommended"), _cards(shelf, wish, scores, chosen, N_("Recommended")))]
    unknown = best(np.where(shelf.counts <= FEW, scores, -np.inf), NEW_SHOWN)
    if shelf.users and len(unknown) and len(np.setdiff1d(unknown, chosen)):
        caption = Message(N_("The best of the items with at most {few} ratings: by their text, for ratings say little of them."),
                          {"few": FEW})  # fmt: skip
        sections.append(
            Section(N_("New or hardly known"), _cards(shelf, wish, scores, unknown, N_("New or hardly known"), caption))
        )
    if shelf.model is not None and len(wish.liked) and wish.vector is None:
        sections.append(Section(N_("How much the text decides"), _by_text(shelf, wish, chosen)))
    sections.append(Section(N_("The list as a table"), _table(shelf, wish, scores, chosen)))
    return sections


def _cards(
    shelf: Shelf, wish: Wish, scores: np.ndarray, chosen: np.ndarray, title: str, caption: Message | str = ""
) -> Cards:  # fmt: skip
    nearest, cosines = _nearest(shelf, wish, chosen)
    full = float(scores[best(scores, 1)[0]])
    cards = []
    for row, place in enumerate(chosen):
        notes = [_likeness(shelf, nearest[row], cosines[row])] if len(wish.liked) else []
        if wish.vector is not None:
            near = f"{float(shelf.vectors[place] @ wish.vector):.2f}"
            notes.append(Message(N_("Near to the words: cosine {cosine}."), {"cosine": near}))
        count = int(shelf.counts[place])
        badge: Message | str = ""
        if shelf.users:
            badge = Message(N_("chosen {count} ×"), {"count": count}) if count else N_("new")
        items = shelf.items
        share = float(scores[place]) / full if full > 0 else None
        cards.append(Card(items.titles[place], items.facts[place], items.tags[place], tuple(notes), badge, share))
    return Cards(title, tuple(cards), caption or N_("The bar shows how well it fits next to the first one."))


def _nearest(shelf: Shelf, wish: Wish, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each chosen item the place of the liked one with the nearest text, and the cosine."""
    if not len(wish.liked):
        return np.zeros(len(chosen), np.int64), np.zeros(len(chosen))
    near = shelf.near
    cosines = near[chosen] @ near[wish.liked].T
    return wish.liked[cosines.argmax(1)], cosines.max(1)


def _likeness(shelf: Shelf, place: int, cosine: float) -> Message:
    return Message(
        N_("Its text is nearest to {item} (cosine {cosine})."), {"item": shelf.items.titles[place], "cosine": f"{cosine:.2f}"}
    )


def _by_text(shelf: Shelf, wish: Wish, chosen: np.ndarray) -> Ranking:
    """The share of each description that is the text's."""
    assert shelf.model is not None
    shares = 100 * (1 - shelf.model.trust[chosen].astype(float))
    caption = N_("An item that nobody rated stands there by its text alone; with every rating, ratings count more.")
    return Ranking(N_("How much the text decides"), tuple(shelf.items.titles[i] for i in chosen), tuple(shares), "%", caption)


def _table(shelf: Shelf, wish: Wish, scores: np.ndarray, chosen: np.ndarray) -> Records:
    import pandas as pd

    items = shelf.items
    columns: dict[str, object] = {
        N_("rank"): np.arange(1, len(chosen) + 1), N_("item"): [items.ids[i] for i in chosen],
        N_("title"): [items.titles[i] for i in chosen], N_("facts"): [items.facts[i] for i in chosen],
        N_("tags"): [" | ".join(items.tags[i]) for i in chosen], N_("score"): scores[chosen].round(4),
    }  # fmt: skip
    if shelf.users:
        columns[N_("ratings")] = shelf.counts[chosen].astype(int)
    if shelf.model is not None and len(wish.liked) and wish.vector is None:
        rated = shelf.model.from_ratings(wish.liked, chosen)
        columns[N_("score from ratings")] = rated.round(4)
        columns[N_("score from the text")] = (scores[chosen] - rated).round(4)
    if len(wish.liked):
        nearest, cosines = _nearest(shelf, wish, chosen)
        columns[N_("nearest liked item")] = [items.titles[i] for i in nearest]
        columns[N_("cosine")] = cosines.round(3)
    empty = [name for name in (N_("facts"), N_("tags")) if not any(columns[name])]  # type: ignore[arg-type, call-overload]
    return Records(N_("The list as a table"), pd.DataFrame(columns).drop(columns=empty))


def through_time(shelf: Shelf, wish: Wish, count: int) -> list[Section]:
    """How many of ten items two lists share when only what was chosen last counts, and the lists side by side."""
    if not wish.user or wish.vector is not None:
        return []
    place = shelf.users.index(wish.user)
    found = _windowed(shelf, shelf.liked[place], shelf.times[place], min(count, COMPARED))
    if len(found) < 2:
        return []
    names = list(found)
    shared = np.array([[len(np.intersect1d(found[a], found[b])) for b in names] for a in names])
    written = tuple(WINDOWS[name] for name in names)
    length = max(map(len, found.values()))
    caption = Message(N_("How many of {count} items two lists have in common. The fewer, the more the taste has changed."),
                      {"count": length})  # fmt: skip
    matrix = Matrix(
        N_("The list when only the latest counts"), written, written, shared, N_("list"), N_("list"), caption, words=written
    )
    import pandas as pd

    lists = {WINDOWS[name]: [shelf.items.titles[i] for i in found[name]] + [""] * (length - len(found[name])) for name in names}
    table = Records(N_("The lists side by side"), pd.DataFrame({N_("rank"): np.arange(1, length + 1), **lists}))
    return [Section(N_("The list when only the latest counts"), matrix), Section(N_("The lists side by side"), table)]


def _windowed(shelf: Shelf, liked: np.ndarray, times: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """The list of each window that is made from other items than the one before."""
    found: dict[str, np.ndarray] = {}
    before: set[int] = set()
    for window in WINDOWS:
        inside = liked[within(times, window)]
        if len(inside) and set(inside.tolist()) != before:
            found[window] = best(scores_of(shelf, Wish(liked=inside, seen=liked)), count)
        before = set(inside.tolist())
    return found
