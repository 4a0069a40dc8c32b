"""Tables with a knowable answer: clean ones, and the same with one fault planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.contracts import Table, TrainingParams
from core.contracts.params import column

WORDS = (
    "river", "stone", "cloud", "garden", "window", "paper", "silver", "market", "winter", "bridge", "candle", "forest", "letter",
    "mirror", "button", "engine", "harbour", "needle", "orange", "pencil", "ribbon", "saddle", "timber", "velvet", "walnut",
)  # fmt: skip
GOOD, BAD = ("lovely", "superb", "happy", "excellent"), ("awful", "broken", "angry", "useless")


class TextParams(TrainingParams):
    text: str = column("text", title="Text", help="The text.")


PARAMS = TextParams(text="text", target="label")


def params(**values: object) -> TextParams:
    return TextParams(**{"text": "text", "target": "label", **values})


def frame(rows: int = 400, seed: int = 0, noise: float = 0.1) -> pd.DataFrame:
    """Texts of 20 words of which one or two tell the class, with a share of rows labelled against them."""
    generator = np.random.default_rng(seed)
    positive = generator.random(rows) < 0.5
    texts = []
    for good in positive:
        telling = GOOD if (good ^ (generator.random() < noise)) else BAD
        words = [*generator.choice(WORDS, 18), *generator.choice(telling, 2)]
        texts.append(" ".join(generator.permutation(words)))
    return pd.DataFrame({"text": texts, "label": np.where(positive, "positive", "negative")})


def table(of: pd.DataFrame) -> Table:
    return Table(of, "planted", "0" * 64)


def with_copies(rows: int = 40) -> pd.DataFrame:
    """Rows repeated with other case, spaces and punctuation."""
    clean = frame()
    copies = clean.iloc[:rows].assign(text=["  " + text.upper().replace(" ", ",  ") + "!" for text in clean["text"][:rows]])
    return pd.concat([clean, copies], ignore_index=True)


def with_lookalikes(rows: int = 40) -> pd.DataFrame:
    """Rows repeated with one word more."""
    clean = frame()
    return pd.concat(
        [clean, clean.iloc[:rows].assign(text=[text + " indeed" for text in clean["text"][:rows]])], ignore_index=True
    )


def with_contradictions(rows: int = 20) -> pd.DataFrame:
    clean = frame()
    other = clean["label"][:rows].map({"positive": "negative", "negative": "positive"})
    return pd.concat([clean, clean.iloc[:rows].assign(label=other)], ignore_index=True)


def with_resampling() -> pd.DataFrame:
    """A minority class blown up by copying its rows ten times."""
    clean = frame(600)
    minority = clean[clean["label"] == "positive"].iloc[:30]
    majority = clean[clean["label"] == "negative"]
    return pd.concat([majority, *[minority] * 10], ignore_index=True).sample(frac=1, random_state=0, ignore_index=True)


def with_users(pure: float = 0.95, users: int = 60) -> pd.DataFrame:
    """A column `user_id` whose rows mostly share a class."""
    generator = np.random.default_rng(0)
    clean = frame(600)
    owner = generator.integers(0, users, 600)
    leaning = generator.random(users) < 0.5
    follows = generator.random(600) < pure
    label = np.where(np.where(follows, leaning[owner], clean["label"] == "positive"), "positive", "negative")
    return clean.assign(user_id=[f"user {number}" for number in owner], label=label)


def with_dates() -> pd.DataFrame:
    clean = frame()
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.random.default_rng(0).integers(0, 300, len(clean)), unit="D")
    return clean.assign(written=[str(day.date()) for day in days])


def with_spellings() -> pd.DataFrame:
    clean = frame()
    clean.loc[:9, "label"] = clean["label"][:10].str.upper()
    clean.loc[10:14, "label"] = clean["label"][10:15] + " "
    return clean


def with_word() -> pd.DataFrame:
    clean = frame()
    return clean.assign(text=np.where(clean["label"] == "positive", clean["text"] + " starred", clean["text"]))


def with_column(kind: str) -> pd.DataFrame:
    """A column `extra` that gives the label away: as a code, a number, or a path that names it; or (honest) one that does not."""
    clean = frame()
    generator = np.random.default_rng(0)
    positive = (clean["label"] == "positive").to_numpy()
    extra = {
        "code": positive.astype(int),
        "score": np.where(positive, 0.5, 0.0) + generator.random(len(clean)) / 2,
        "path": [f"data/{label}/{number}.txt" for number, label in enumerate(clean["label"])],
        "number": generator.random(len(clean)),
        "row": np.arange(len(clean)),
        "weak": np.where(generator.random(len(clean)) < 0.85, positive, ~positive).astype(int),
        "category": generator.choice(["red", "green", "blue"], len(clean)),
        "customer_id": generator.integers(0, 50, len(clean)),
    }[kind]
    return clean.assign(extra=extra) if kind != "customer_id" else clean.assign(customer_id=extra)
