"""Typed results: a handful of frozen types that a page can draw, an API can send and a job can keep.

`title` and `caption` are sentences marked with `N_` (or a `Message` with values), translated where they are shown. Names of
classes, words and columns are data and never translated, but those that stand in `words`, which are ours and marked with `N_`.
Arrays are numpy; no library's own object stands in here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from core.contracts.inputs import Message

if TYPE_CHECKING:
    import pandas as pd

Sentence = str | Message


@runtime_checkable
class Result(Protocol):
    """Any of the frozen dataclasses below."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Labels:
    """Classes with probabilities for each of n texts (or rows).

    `probabilities` is float32 of shape (n, classes); rows sum to 1 unless `multilabel`, where each class stands alone and
    counts when it reaches `threshold`.
    """

    items: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: np.ndarray
    multilabel: bool = False
    threshold: float = 0.5
    words: tuple[str, ...] = ()

    @property
    def best(self) -> tuple[str, ...]:
        """The likeliest class of each item; several are joined with ` | ` where `multilabel` (none: empty)."""
        if not self.multilabel:
            return tuple(self.classes[i] for i in self.probabilities.argmax(1))
        chosen = self.probabilities >= self.threshold
        return tuple(" | ".join(np.array(self.classes)[row]) for row in chosen)

    @property
    def confidence(self) -> np.ndarray:
        return self.probabilities.max(1)


@dataclass(frozen=True, eq=False)
class Series:
    """Lines over a shared x axis (numbers or dates as ISO text): learning curves, trends.

    `log`: equal steps upwards are equal ratios, as money that grows wants it; all values are above 0 then.
    """

    title: Sentence
    x: tuple[Any, ...]
    lines: dict[str, tuple[float, ...]]
    x_label: str = ""
    y_label: str = ""
    caption: Sentence = ""
    bands: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = dataclasses.field(default_factory=dict)  # low, high
    counts: tuple[int, ...] = ()  # items behind each point, drawn as bars below
    log: bool = False


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves that each have their own x: ROC, precision–recall. `marks` are single points beside them, `(x, y)` by name."""

    title: Sentence
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    x_label: str = ""
    y_label: str = ""
    caption: Sentence = ""
    diagonal: bool = False
    diagonal_name: str = "Guessing"
    words: tuple[str, ...] = ()
    marks: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Matrix:
    """A heat map with numbers, e.g. a confusion matrix: `values` has shape (rows, columns)."""

    title: Sentence
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray
    x_label: str = ""
    y_label: str = ""
    caption: Sentence = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ranking:
    """Names with values, drawn as horizontal bars; values may be negative. `low`, `high`: an interval each."""

    title: Sentence
    names: tuple[str, ...]
    values: tuple[float, ...]
    unit: str = ""
    caption: Sentence = ""
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Terms:
    """Words with a weight (size) and a sign in -1..1 (colour): a word cloud."""

    title: Sentence
    words: tuple[str, ...]
    weights: tuple[float, ...]
    signs: tuple[float, ...] = ()
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Records:
    """A table to read and download. Column names are translated, except those of `given`, which are the user's own.

    `words` names the columns whose cells are words of ours, marked with `N_`: they are translated where they are shown.
    `pictures` are references (`core.intake.pictures.sets`), one a row, "" for none: the page shows them small beside the rows.
    `main`: of several tables in a report, the one to take away as a file; without one it is the longest.
    """

    title: Sentence
    frame: pd.DataFrame
    caption: Sentence = ""
    words: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    main: bool = False


@dataclass(frozen=True, eq=False)
class Queue:
    """Rows that somebody should look at, the most urgent first, and say of each whether the alert was right.

    `subject` and `keys` are what `core.decisions` keeps a decision under; `frame` are the rows as the user gave them, `scores`
    from 0 to 1, `reasons` sentences for each row; `choices` names what accepting and what dismissing an alert says of the row.
    """

    title: Sentence
    subject: str
    keys: tuple[str, ...]
    frame: pd.DataFrame
    scores: tuple[float, ...]
    reasons: tuple[tuple[Message, ...], ...]
    choices: tuple[str, str]
    caption: Sentence = ""


@dataclass(frozen=True)
class Highlights:
    """A text and weighted spans in it: `(start, end, weight)` in characters, weight in -1..1."""

    title: Sentence
    text: str
    spans: tuple[tuple[int, int, float], ...]
    caption: Sentence = ""


@dataclass(frozen=True)
class Spans:
    """A text and named spans in it: `(start, end, kind)` in characters. Kinds are ours (marked with `N_`) or a model's own.

    `source` says where the text stands, e.g. "guide.pdf, page 3".
    """

    title: Sentence
    text: str
    spans: tuple[tuple[int, int, str], ...]
    source: Sentence = ""
    caption: Sentence = ""


@dataclass(frozen=True)
class Text:
    """A text that answers: a summary, a translation, an answer. `generated`: a language model wrote it, and the page says so."""

    title: Sentence
    text: str
    generated: bool = False
    source: Sentence = ""
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Graph:
    """Who goes with whom: nodes with a kind (colour and symbol) and a size, edges `(node, node, weight, label)` by index."""

    title: Sentence
    nodes: tuple[str, ...]
    kinds: tuple[str, ...]
    sizes: tuple[float, ...]
    edges: tuple[tuple[int, int, float, str], ...]
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Points:
    """A map: a point for each item, coloured by group. `names` is the text on hover; `marked` are indices to stand out.

    Groups of which there is a label on the map stand in `labels`: `(x, y, text)`.
    """

    title: Sentence
    x: tuple[float, ...]
    y: tuple[float, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    labels: tuple[tuple[float, float, str], ...] = ()
    marked: tuple[int, ...] = ()
    caption: Sentence = ""
    marked_name: str = ""  # what the marked ones are, marked with `N_`; empty: found


@dataclass(frozen=True)
class Card:
    """One thing of a list: `name`, `facts` (a year) and `tags` (genres) are the user's own; `notes` say why it stands there.

    `badge` marks what is special of it, `share` (0 to 1) is drawn as a bar, e.g. how well it fits next to the best.
    """

    name: str
    facts: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = ()
    badge: Sentence = ""
    share: float | None = None


@dataclass(frozen=True)
class Cards:
    """Things side by side, the first one best: each a cover made of its own words, and why it is there."""

    title: Sentence
    items: tuple[Card, ...]
    caption: Sentence = ""


@dataclass(frozen=True)
class Metric:
    """One number, with what it means. `interval` is a 95 % confidence interval; `unit` "" means a share of 1."""

    name: str
    value: float
    unit: str = ""
    interval: tuple[float, float] | None = None
    help: str = ""


@dataclass(frozen=True)
class Metrics:
    items: tuple[Metric, ...]


@dataclass(frozen=True)
class Evidence:
    """The evidence card: is the score good, compared with what, and what really answered?

    `baseline` is a trivial method on the same test rows; `reference` a published figure with source and protocol;
    `answered_by` names the weights that gave the result; `fallback` says so in a sentence when they are not the ones asked for.
    """

    metric: str = ""
    score: float | None = None
    interval: tuple[float, float] | None = None
    baseline: float | None = None
    baseline_name: str = ""
    reference: float | None = None
    reference_source: str = ""
    reference_protocol: str = ""
    bar: float | None = None
    data: str = ""
    rows: int | None = None
    answered_by: str = ""
    license: str = ""
    fallback: Sentence = ""
    caveats: tuple[Sentence, ...] = ()
    seconds: float | None = None
    lower_is_better: bool = False
    unit: str = ""  # of score, interval, baseline, reference and bar; empty for a share of 1


@dataclass(frozen=True, eq=False)
class Section:
    title: Sentence
    result: Any
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Report:
    """Several results under one heading, with the evidence card: what a page shows and a manager gets."""

    title: Sentence
    summary: Sentence
    sections: tuple[Section, ...]
    evidence: Evidence | None = None
    notices: tuple[Message, ...] = ()
