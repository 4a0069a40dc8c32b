"""Fitted methods of recommending with what they learnt from: saved as plain files, asked by the names of users."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Message, Records
from core.home import read_json, write_json
from core.language import N_
from core.learning.interactions import Interactions
from models.recommend import methods
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    import pandas as pd

FACTS, METHOD = "recommender.json", "method"


class Recommender:
    """`methods` by name, of which `chosen` answers; only that one is saved. `validated`: NDCG@10 on validation rows, by name."""

    def __init__(
        self, data: Interactions, fitted: dict[str, Method], chosen: str, validated: dict[str, float], params: dict[str, Any]
    ) -> None:  # fmt: skip
        self.data, self.methods, self.chosen, self.validated, self.params = data, fitted, chosen, validated, params

    @property
    def answering(self) -> Method:
        return self.methods[self.chosen]

    def titles(self) -> dict[str, str]:
        """What each method is called."""
        return {name: methods.TITLES[name] for name in self.methods}

    def lists(self, users: Sequence[str], count: int, context: Context) -> tuple[np.ndarray, np.ndarray]:
        """The best items for users by name, as `Method.recommend` gives them; whoever is not known gets what is popular.

        Returns:
            places of items int32 (n, count); whether the user is known, bool (n,).
        """
        places = np.array([self.data.user_number.get(name, -1) for name in users], np.int64)
        known = places >= 0
        found = np.full((len(users), count), -1, np.int32)
        if known.any():
            found[known] = self.answering.recommend(places[known], count, context)[0]
        if not known.all():
            found[~known] = self.popular(count)
        return found, known

    def popular(self, count: int) -> np.ndarray:
        """The items of most users, int32 (count,), -1 where there are fewer."""
        order = np.argsort(-self.data.popularity, kind="stable")[:count]
        return np.pad(order.astype(np.int32), (0, count - len(order)), constant_values=-1)

    def predict(self, inputs: Any, context: Context, count: int = 10) -> Records:
        """Lists for users, by name (a sequence of texts): one row a user and place."""
        users = tuple(dict.fromkeys(str(name) for name in inputs))
        lists, _ = self.lists(users, count, context)
        return Records(N_("Recommended items"), self.frame(users, lists))

    def frame(self, users: Sequence[str], lists: np.ndarray) -> pd.DataFrame:
        """Lists as a table."""
        import pandas as pd

        rows, places = np.nonzero(lists >= 0)
        items = lists[rows, places]
        columns: dict[str, Any] = {
            N_("user"): [users[int(row)] for row in rows], N_("place on the list"): places + 1,
            N_("item"): [self.data.items[item] for item in items], N_("title"): [self.data.titles[item] for item in items],
        }  # fmt: skip
        frame = pd.DataFrame(columns)
        if self.data.titles == self.data.items:
            frame = frame.drop(columns="title")
        for name in self.data.item_facts.columns:
            if name not in frame:
                frame[name] = self.data.item_facts[name].iloc[items].to_numpy()
        return frame

    def save(self, folder: Path) -> None:
        self.data.save(folder)
        self.answering.save(folder / METHOD)
        write_json(folder / FACTS, {"chosen": self.chosen, "validated": self.validated, "params": self.params})

    def describe(self) -> dict[str, Any]:
        """Facts for the card: the method that answers, its settings, what was learnt from."""
        facts: dict[str, Any] = {
            "method": methods.TITLES[self.chosen], "name": self.chosen, "settings": self.answering.settings,
            "users": len(self.data.users), "items": len(self.data.items), "interactions": len(self.data),
        }  # fmt: skip
        if "items" in self.answering.facts:
            sentence = N_("EASE was learnt for the {count} most popular items only; the others are never recommended by it.")
            facts["caveats"] = (Message(sentence, {"count": f"{self.answering.facts['items']:,}"}),)
        return facts


def load(folder: Path) -> Recommender:
    """What `Recommender.save` wrote."""
    kept, data = read_json(folder / FACTS), Interactions.load(folder)
    return Recommender(
        data, {kept["chosen"]: methods.load(folder / METHOD, data)}, kept["chosen"], kept["validated"], kept["params"]
    )
