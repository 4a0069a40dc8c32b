"""The comments of a report in a few numbers, one sentence, and examples.

`judged` is a frame with a row for each comment: text, probability (of positive), polarity, date, product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.contracts import Message, Metric, Metrics, Records
from core.language import N_
from models.text.opinions.trend import share_with_interval

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 10
_EXAMPLE_LENGTH = 300  # characters


def numbers(judged: pd.DataFrame) -> Metrics:
    """How many comments there are of each polarity, and the share of positive ones."""
    counts = judged["polarity"].value_counts()
    positive, negative = int(counts.get("positive", 0)), int(counts.get("negative", 0))
    items = [Metric(N_("Comments"), len(judged), unit=N_("comments"))]
    if positive + negative:
        share, low, high = share_with_interval(positive, positive + negative)
        help_ = N_("Positive ÷ (positive + negative), with a 95 % Wilson interval: as if the comments were drawn at random.")
        items.append(Metric(N_("Share positive"), share, interval=(low, high), help=help_))
    for name, title in (("positive", N_("Positive")), ("negative", N_("Negative")), ("unclear", N_("Unclear"))):
        items.append(Metric(title, int(counts.get(name, 0)), unit=N_("comments")))
    return Metrics(tuple(items))


def summary(judged: pd.DataFrame) -> Message:
    """The whole report in one sentence."""
    if len(judged) == 1:
        row = judged.iloc[0]
        if row["polarity"] == "not judged":
            return Message(N_("There are no words in the comment, so there is nothing to judge."))
        sentence = {
            "positive": N_("The comment is positive: probability {p}."),
            "negative": N_("The comment is negative: probability {p}."),
            "unclear": N_("The comment is neither clearly positive nor clearly negative: probability of positive {p}."),
        }
        p = 1 - row["probability"] if row["polarity"] == "negative" else row["probability"]
        return Message(sentence[row["polarity"]], {"p": f"{p:.2f}"})
    counts = judged["polarity"].value_counts()
    clear = int(counts.get("positive", 0) + counts.get("negative", 0))
    if not clear:
        return Message(N_("No comment is clearly positive or negative; comments: {count}."), {"count": len(judged)})
    positive = int(counts.get("positive", 0))
    values: dict[str, object] = {
        "share": round(100 * positive / clear),
        "clear": clear,
        "unclear": len(judged) - clear,
        "count": len(judged),
    }
    return Message(
        N_("Clear comments: {clear} of {count}, {share} % of them positive; unclear or without words: {unclear}."), values
    )


def examples(judged: pd.DataFrame, polarity: Literal["positive", "negative"]) -> Records | None:
    """The comments of which the model is surest; None where there are none of that polarity."""
    chosen = judged[judged["polarity"] == polarity].drop_duplicates("text")
    if chosen.empty:
        return None
    chosen = chosen.sort_values("probability", ascending=polarity == "negative", kind="stable").head(EXAMPLES)
    columns = ["text", "probability", *(name for name in ("date", "product") if judged[name].notna().any())]
    frame = chosen[columns].reset_index(drop=True)
    frame["text"] = frame["text"].str.slice(0, _EXAMPLE_LENGTH)
    frame["probability"] = frame["probability"].round(3)
    if "date" in frame:
        frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    title = N_("The most positive comments") if polarity == "positive" else N_("The most negative comments")
    return Records(title, frame, caption=N_("The probability is that of positive; texts are cut to 300 characters."))
