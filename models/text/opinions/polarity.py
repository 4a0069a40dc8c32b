"""How positive each text is, and which model said so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from core.contracts import Context, InputError, Labels, Message, NotFoundError, Texts, UnavailableError
from core.language import N_
from models.text.words import has_words

Choice = Literal["auto", "accurate", "fast", "own"]
ACCURATE, FAST = "sentiment", "sentiment-fast"  # names of shipped weights begin so; `-zh` or `-en` follows

_POSITIVE = frozenset("positive pos great good 1 1.0 true yes happy 正面 正向 积极 好评 满意 褒义".split())  # noqa: SIM905
_NEUTRAL = frozenset("neutral mixed unclear 中性 中评 一般".split())  # noqa: SIM905


@dataclass(frozen=True, eq=False)
class Verdict:
    """`positive` is float32 of shape (n,): the probability that text i is positive; not-a-number where it has no words.

    `answered` counts texts by the name of the model that judged them.
    """

    positive: np.ndarray
    answered: Counter[str] = field(default_factory=Counter)
    fallbacks: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Choosing:
    """Which model is to answer: `own` is a reference to the user's model, `positive_class` the name of its positive class."""

    model: Choice = "auto"
    accurate_limit: int = 500
    own: str = ""
    positive_class: str = ""

    def accurate(self, count: int) -> bool:
        return self.model == "accurate" or (self.model == "auto" and count <= self.accurate_limit)


def judge(texts: Sequence[str], languages: Sequence[str], choosing: Choosing, context: Context) -> Verdict:
    """Judges each text by the model of its language; a text in a third language goes to the English one, and it is said.

    Texts that are repeated are judged once. Raises `UnavailableError` when no model can answer.
    """
    positive = np.full(len(texts), np.nan, dtype=np.float32)
    speaking = [i for i, text in enumerate(texts) if has_words(text)]
    answered: Counter[str] = Counter()
    fallbacks: list[Message] = []
    done = 0
    for language, rows in _by_model_language(speaking, languages, choosing).items():
        unique = list(dict.fromkeys(texts[i] for i in rows))
        part = _Part(context, done / len(speaking), (done + len(rows)) / len(speaking))
        name, probabilities, fallback = _ask(unique, language, choosing, len(speaking), part)
        of_text = dict(zip(unique, probabilities, strict=True))
        positive[rows] = [of_text[texts[i]] for i in rows]
        answered[name] += len(rows)
        fallbacks.extend(fallback)
        done += len(rows)
    strangers = sum(languages[i] == "other" for i in speaking)
    if strangers and choosing.model != "own":
        fallbacks.append(
            Message(
                N_("{count} comments are neither in Chinese nor in English: the English model answered. Take it as a guess."),
                {"count": strangers},
            )
        )
    return Verdict(positive, answered, tuple(fallbacks))


def positive_probability(labels: Labels, positive_class: str = "") -> np.ndarray:
    """The probability of the positive class, plus half of that of a neutral one; shape (n,).

    Raises `InputError` when the positive class has no usual name and none is given.
    """
    names = [name.strip().lower() for name in labels.classes]
    chosen = [
        i for i, name in enumerate(names) if (name == positive_class.strip().lower() if positive_class else name in _POSITIVE)
    ]
    if len(chosen) != 1 or labels.multilabel:
        raise InputError(
            N_("The model knows the classes {classes}. Name the one of them that counts as positive."),
            classes=", ".join(labels.classes),
        )
    neutral = [i for i, name in enumerate(names) if name in _NEUTRAL and i not in chosen]
    return labels.probabilities[:, chosen[0]] + 0.5 * labels.probabilities[:, neutral].sum(1)


def _by_model_language(rows: list[int], languages: Sequence[str], choosing: Choosing) -> dict[str, list[int]]:
    if choosing.model == "own":
        return {"": rows} if rows else {}
    grouped: dict[str, list[int]] = {}
    for i in rows:
        grouped.setdefault("zh" if languages[i] == "zh" else "en", []).append(i)
    return grouped


def _ask(
    texts: list[str], language: str, choosing: Choosing, count: int, context: Context
) -> tuple[str, np.ndarray, tuple[Message, ...]]:
    """The name of the model that answered, its probabilities, and what had to be given up on the way."""
    if choosing.model == "own":
        return choosing.own or N_("your newest model"), _probabilities(choosing.own, texts, choosing.positive_class, context), ()
    fast = f"{FAST}-{language}"
    if not choosing.accurate(count):
        return fast, _probabilities(f"shipped:{fast}", texts, "", context), ()
    accurate = f"{ACCURATE}-{language}"
    try:
        return accurate, _probabilities(f"shipped:{accurate}", texts, "", context), ()
    except (UnavailableError, NotFoundError):
        fallback = Message(
            N_("The weights {wanted} are not on this machine: the simpler {used} answered instead."),
            {"wanted": accurate, "used": fast},
        )
        return fast, _probabilities(f"shipped:{fast}", texts, "", context), (fallback,)


def _probabilities(reference: str, texts: list[str], positive_class: str, context: Context) -> np.ndarray:
    from core.fitted import open_model
    from models.text.classify import CAPABILITY as CLASSIFY

    with open_model(CLASSIFY, reference) as model:
        labels = model.predict(Texts.of(texts), context)
    assert isinstance(labels, Labels)
    return positive_probability(labels, positive_class)


class _Part(Context):
    """Passes on what happens in one part of the work, from `low` to `high` of the whole."""

    def __init__(self, whole: Context, low: float, high: float) -> None:
        self._whole, self._low, self._high = whole, low, high

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self._whole.progress(self._low + share * (self._high - self._low), message, **values)

    def log(self, line: str) -> None:
        self._whole.log(line)

    def check(self) -> None:
        self._whole.check()
