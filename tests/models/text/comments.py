"""Comments whose truth is known: product B turns bad in March 2024, because its parcels arrive broken."""

import numpy as np
import pandas as pd

from core.contracts import Table

SENTENCES = {
    "en": {
        "positive": "The taste is wonderful|I love the quality|the price is great|works perfectly every day|my kids enjoy it",
        "negative": "The taste is awful|I hate the quality|the price is terrible|stopped working on monday|my kids refuse it",
        "broken": "the box arrived broken|shipping broken again",
    },
    "zh": {
        "positive": "味道非常好|质量很棒|价格很实惠|每天都在用|孩子特别喜欢",
        "negative": "味道太差|质量糟糕|价格不值|用了三天就坏|孩子根本不吃",
        "broken": "收到时包装破损|快递又是破损",
    },
}
JOINTS = {"en": ", ", "zh": "，"}
PRODUCTS = ("A", "B", "C")


def comment(language: str, mood: str, rng: np.random.Generator) -> str:
    """Two or three clauses of one mood; a broken one is negative too."""
    kinds = {name: sentences.split("|") for name, sentences in SENTENCES[language].items()}
    said = list(rng.choice(kinds["negative" if mood == "broken" else mood], 2, replace=False))
    if mood == "broken":
        said.insert(0, str(rng.choice(kinds["broken"])))
    return JOINTS[language].join(said) + str(rng.integers(1_000))


def labelled(language: str, rows: int = 400, seed: int = 1) -> Table:
    """Comments with the column `label` for training."""
    rng = np.random.default_rng(seed)
    moods = rng.choice(["positive", "negative", "broken"], rows, p=[0.5, 0.3, 0.2])
    frame = pd.DataFrame(
        {"text": [comment(language, m, rng) for m in moods], "label": np.where(moods == "positive", "positive", "negative")}
    )
    return Table(frame, f"labelled_{language}")


def planted(language: str, rows: int = 900, seed: int = 2) -> Table:
    """Comments from January to June 2024; nine in ten are positive, but one in ten of product B from March on."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 182, rows)), unit="D")
    product = rng.choice(PRODUCTS, rows)
    bad = (product == "B") & (day >= "2024-03-01")
    positive = rng.random(rows) < np.where(bad, 0.1, 0.9)
    moods = np.where(positive, "positive", np.where(bad, "broken", "negative"))
    frame = pd.DataFrame(
        {"comment": [comment(language, m, rng) for m in moods], "day": day.strftime("%Y-%m-%d"), "shop": product}
    )
    return Table(frame, f"planted_{language}")
