"""Readers for a handbook that has none, so that articles can be recommended from whole texts, with new ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEED = 0
READERS = 120
LAST_DAY = np.datetime64("2025-12-31T22:00")
DAYS = 360
SESSIONS = (3, 6)  # of each reader, at least and at most, in the chapter that the reader likes
READ = (2, 5)  # articles in a session
LIKED_SHARE = 0.8  # of what is read in a session is of its chapter, the rest is anything
LAST_WEEK_SHARE = 0.5  # of all readers have a session in the last week, in another chapter: what they want now
NEW_ARTICLES = 15  # that nobody has read
FAMOUS = 0.8  # the exponent with which the articles of a chapter differ in fame (Zipf)


def readers(samples: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Who read which article of `debian_faq` when, all made up but the articles; those that nobody read have no reader.

    Each reader likes one chapter. Half of them come back in the last week and read in another one, which is planted: a list
    from last week's reading has to differ from one from all of it.
    """
    import pandas as pd

    (articles,) = samples.values()
    random = np.random.default_rng(SEED)
    chapters = articles["section_id"].str.split(".").str[0].to_numpy()
    new = random.choice(len(articles), NEW_ARTICLES, replace=False)
    fame = (1 + random.permutation(len(articles))) ** -FAMOUS
    fame[new] = 0
    rows: list[tuple[str, int, np.datetime64]] = []
    for reader in range(1, READERS + 1):
        liked, other = random.choice(np.unique(chapters), 2, replace=False)
        sessions = random.integers(SESSIONS[0], SESSIONS[1] + 1)
        starts = [(liked, int(random.integers(8 * 1440, DAYS * 1440))) for _ in range(sessions)]
        if random.random() < LAST_WEEK_SHARE:
            starts.append((other, int(random.integers(0, 6 * 1440))))
        seen: set[int] = set()
        for chapter, minutes in sorted(starts, key=lambda start: -start[1]):
            begins = LAST_DAY - np.timedelta64(minutes, "m")
            for place, article in enumerate(_session(chapters == chapter, fame, random)):
                if article not in seen:
                    rows.append((f"R{reader:03d}", article, begins + np.timedelta64(3 * place, "m")))
                    seen.add(article)
    read = pd.DataFrame(rows, columns=["reader_simulated", "row", "time_simulated"]).sort_values(["time_simulated", "row"])
    frame = pd.concat([read, pd.DataFrame({"row": np.sort(new)})], ignore_index=True)
    text = articles.iloc[frame["row"]].reset_index(drop=True)
    written = frame["time_simulated"].dt.strftime("%Y-%m-%d %H:%M")
    return pd.DataFrame({
        "reader_simulated": frame["reader_simulated"], "article": text["section_id"], "title": text["title"],
        "text": text["text"], "time_simulated": written,
    })  # fmt: skip


def _session(liked: np.ndarray, fame: np.ndarray, random: np.random.Generator) -> list[int]:
    """What is read in one go, each article once."""
    chosen: dict[int, None] = {}
    for _ in range(random.integers(READ[0], READ[1] + 1)):
        chances = fame * liked if random.random() < LIKED_SHARE and fame[liked].any() else fame
        chosen[int(random.choice(len(fame), p=chances / chances.sum()))] = None
    return list(chosen)
