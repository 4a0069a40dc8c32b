"""Why items stand on a list, as cards and charts say it: sentences for each kind of parts."""

from __future__ import annotations

import numpy as np

from core.contracts import Card, Cards, Matrix, Message, Ranking, Section
from core.language import N_
from models.recommend import methods
from models.recommend.lists import attribution, explained
from models.recommend.lists.base import Base
from models.recommend.lists.parts import SHORT, Asker, Parts, factor_names, members_of, parts_of
from models.recommend.methods.base import Method
from models.recommend.methods.factors import AlternatingLeastSquares
from models.recommend.methods.fused import Fused

REASONS = 2  # named on a card
COLUMNS = 8  # in the chart of all reasons
BARS = 12  # in the chart of the first item
NAMED_FACTORS = 6  # of ALS
BAR = N_("The bar shows the score next to the highest one.")
CARDS = {
    "liked": N_(
        "The bar shows the score next to the highest one. Where liked items speak against one, shares add up to more than 100 %."
    ),
}
NOTES = {
    "fields": N_("{item}: {value} of a logit of {score}"),
    "factors": N_("as {item}: {share} of the score"),
    "removal": N_("near {item}, cosine {cosine}: without what they share, the score falls by {value}"),
    "users": N_("chosen by {count} of {users} users"),
}
FIRST = {
    "liked": N_("What each liked item adds to the score of {item}, {score} in all; {rest} smaller parts are not drawn."),
    "fused": N_(
        "What each liked item and each other member of the fused list adds to the score of {item}, {score} in all; "
        "{rest} smaller parts are not drawn."
    ),
    "fields": N_(
        "What each field adds to the logit of {item}, {score} in all, by integrated gradients over the embeddings; without any "
        "field it is {start}. {rest} smaller parts are not drawn."
    ),
    "factors": N_(
        "What each factor adds to the score of {item}, {score} in all; {rest} smaller parts are not drawn. A factor has no name "
        "of its own; named are the items that have most of it."
    ),
    "removal": N_(
        "The liked items whose embeddings are nearest to {item}, and how far its score of {score} falls without what it shares "
        "with each beyond the mean of all choices. These do not add up. The product of the vectors gives {product} of the score, "
        "the perceptron the rest."
    ),
}
ALL = {
    "liked": N_(
        "Percent of the score that a liked item (column) gives to a recommended one (row). Those that weigh most are shown."
    ),
    "fused": N_(
        "Percent of the score that a liked item or another member (column) gives to a recommended one (row). Those that weigh "
        "most are shown."
    ),
    "fields": N_("What a field (column) adds to the logit of a recommended item (row). Those that weigh most are shown."),
    "factors": N_("What a factor (column) adds to the score of a recommended item (row). Those that weigh most are shown."),
    "removal": N_(
        "Cosine of the embeddings of a liked item (column) and a recommended one (row), from the mean of all choices. The "
        "nearest ones are shown."
    ),
}
COLUMN = {"liked": N_("liked"), "fused": N_("part"), "fields": N_("field"), "factors": N_("factor"), "removal": N_("liked")}


def cards(base: Base, parts: Parts, places: np.ndarray) -> Cards:
    """Each item with what brought it here."""
    full = float(parts.scores.max(initial=0.0))
    found, items = [], base.items
    for n, place in enumerate(places):
        badge = Message(N_("chosen {count} ×"), {"count": int(base.counts[place])})
        share = max(float(parts.scores[n]), 0.0) / full if full > 0 else None
        found.append(Card(items.titles[place], items.facts[place], items.tags[place], _notes(base, parts, n), badge, share))
    return Cards(N_("Recommended"), tuple(found), CARDS.get(parts.kind, BAR))


def strongest(parts: Parts, n: int) -> list[int]:
    """The parts that speak for the item n of the list, the strongest first.

    Liked items come before members of a fused list that are taken whole: these are larger, but say less.
    """
    found = [int(i) for i in np.argsort(-parts.order[:, n], kind="stable") if parts.order[i, n] > 0]
    return sorted(found, key=lambda i: parts.names[i] in parts.words) if parts.kind == "fused" else found


def name_of(parts: Parts, i: int) -> object:
    """The name of a part, for a sentence: a name of ours is translated in it."""
    return Message(parts.names[i]) if parts.names[i] in parts.words else parts.names[i]


def _notes(base: Base, parts: Parts, n: int) -> tuple[Message, ...]:
    if parts.kind == "users":
        return (Message(NOTES["users"], {"count": int(parts.scores[n]), "users": len(base.users)}),)
    notes = []
    for i in strongest(parts, n)[:REASONS]:
        value, score = float(parts.values[i, n]), float(parts.scores[n])
        share: dict[str, object] = {"item": name_of(parts, i), "share": _percent(value, score)}
        more: dict[str, object] = {"item": share["item"], "value": f"{value:+.2f}", "score": f"{score:.2f}"}
        if parts.kind == "removal":
            more = {"item": more["item"], "value": f"{value:.2f}", "cosine": f"{parts.order[i, n]:.2f}"}
        own = NOTES.get(parts.kind, N_("because of {item}: {share} of the score"))
        notes.append(Message(own, more if parts.kind in ("fields", "removal") else share))
    return tuple(notes)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole > 0 else f"{part:.3f}"


def sections(base: Base, method: Method, asker: Asker, parts: Parts, places: np.ndarray) -> list[Section]:
    """What speaks for each item of the list, and all of it for the first one; for a fused list by its members, too."""
    found = _charts(base, method, asker, parts, places)
    if isinstance(method, AlternatingLeastSquares):
        found.append(Section(N_("Factors of the first"), _factors(base, method, asker, int(places[0]))))
    if isinstance(method, Fused):
        added = {methods.TITLES[name]: float(value[places[0]]) for name, value in members_of(method, asker).items()}
        names = tuple(sorted(added, key=lambda name: -added[name]))
        caption = Message(N_("What each member adds to the score of {item}: its weight times its score in standard deviations."),
                          {"item": base.items.titles[places[0]]})  # fmt: skip
        bars = Ranking(N_("Members of the fused list"), names, tuple(added[name] for name in names), "", caption, words=names)
        found.insert(0, Section(N_("Members of the fused list"), bars))
        for member in method.members:
            if member.name in ("bpr", "ncf") or attribution.keeps_fields(member):
                own = parts_of(base, member, asker, places)
                title = Message(N_("Why the first is there: {method}"), {"method": Message(methods.TITLES[member.name])})
                found.append(Section(title, _first(base, member, asker, own, int(places[0]), title)))
    return found


def _charts(base: Base, method: Method, asker: Asker, parts: Parts, places: np.ndarray) -> list[Section]:
    if not len(parts.names):
        return []
    title = N_("Why the first is there")
    if parts.kind == "users":
        caption = Message(
            N_("Everybody gets what most users chose: of {users} users so many chose each."), {"users": len(base.users)}
        )
        return [Section(title, Ranking(title, short(base, places), tuple(map(float, parts.scores)), N_("users"), caption))]
    heat = _heat(base, parts, places)
    first = _first(base, method, asker, parts, int(places[0]), title)
    return [*([Section(N_("Why each is there"), heat)] if heat else []), Section(title, first)]


def _heat(base: Base, parts: Parts, places: np.ndarray) -> Matrix | None:
    """Parts by recommended items; percent, where the parts are of one kind and all scores above 0."""
    weight = np.abs(parts.order).sum(1) if parts.nearness is None else parts.order.sum(1)
    shown = np.argsort(-weight, kind="stable")[:COLUMNS]
    values = parts.order[shown].T
    if parts.kind in ("liked", "fused"):
        values = 100 * values / np.where(parts.scores > 0, parts.scores, np.nan)[:, None]
    if len(shown) < 2 or not np.isfinite(values).all():
        return None
    columns = _names(parts, shown)
    return Matrix(N_("Why each is there"), short(base, places), columns, values, COLUMN[parts.kind], N_("recommended"),
                  ALL[parts.kind], words=parts.words)  # fmt: skip


def _first(base: Base, method: Method, asker: Asker, parts: Parts, place: int, title: str | Message) -> Ranking:
    """All that speaks for or against the first item of the list."""
    own = parts.values[:, 0]
    top = np.argsort(-(np.abs(own) if parts.nearness is None else parts.order[:, 0]), kind="stable")[:BARS]
    top = top[own[top] != 0]  # other items' genres are no parts of this one
    top = top[np.argsort(-own[top], kind="stable")]
    given: dict[str, object] = {
        "item": base.items.titles[place],
        "score": f"{parts.scores[0]:.3f}",
        "rest": int((own != 0).sum()) - len(top),
    }
    if parts.kind == "fields":
        given["start"] = f"{parts.rest[0]:.3f}"
    if parts.kind == "removal":
        del given["rest"]
        given["product"] = f"{attribution.product_of(method, asker.place, place):.3f}"  # type: ignore[arg-type]
    return Ranking(title, _names(parts, top), tuple(map(float, own[top])), "", Message(FIRST[parts.kind], given),
                   words=parts.words)  # fmt: skip


def _factors(base: Base, model: AlternatingLeastSquares, asker: Asker, place: int) -> Ranking:
    """The parts of the first item's score by factor: the product of user and item in each. A factor is named by its items."""
    items = model.arrays["items"].astype(np.float64)
    confidence = float(model.settings["confidence"]) * asker.weights_in(model)
    vector = explained.user_parts(items, asker.liked, confidence, float(model.settings["regularization"])).sum(1)
    parts = vector * items[place]
    top = np.argsort(-np.abs(parts), kind="stable")[:NAMED_FACTORS]
    top = top[np.argsort(-parts[top], kind="stable")]
    sign = np.where(items[place, top] < 0, -1.0, 1.0)
    caption = N_(
        "What each of ALS's factors adds to the score. A factor has no name of its own; named are the items that have most of it."
    )
    names = factor_names(base, sign * items[:, top])
    return Ranking(N_("Factors of the first"), names, tuple(map(float, parts[top])), "", caption)


def _names(parts: Parts, shown: np.ndarray) -> tuple[str, ...]:
    """Names on an axis. Factors are named by several short titles already; words of ours are translated as a whole."""
    names = tuple(parts.names[i] for i in shown)
    return names if parts.kind == "factors" else tuple(name if name in parts.words else shortened(name) for name in names)


def short(base: Base, places: np.ndarray) -> tuple[str, ...]:
    """Titles on an axis."""
    return tuple(shortened(base.items.titles[place]) for place in places)


def shortened(title: str) -> str:
    return title if len(title) <= SHORT else title[: SHORT - 1].rstrip() + "…"
