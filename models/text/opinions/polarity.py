"""How positive each text is, and which model said so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.contracts import Context, Highlights, InputError, Labels, Message, NotFoundError, Texts, UnavailableError
from core.contracts.results import Sentence
from core.language import N_
from core.lifecycle.span import Span
from models.text.words import has_words

Choice = Literal["auto", "accurate", "fast", "own"]
ACCURATE, FAST = "sentiment", "sentiment-fast"  # names of shipped weights begin so; `-zh` or `-en` follows

_POSITIVE = frozenset("positive pos great good 1 1.0 true yes happy 正面 正向 积极 好评 满意 褒义".split())  # noqa: SIM905
_NEUTRAL = frozenset("neutral mixed unclear 中性 中评 一般".split())  # noqa: SIM905


@dataclass(frozen=True, eq=False)
class Verdict:
    """`positive` is float32 of shape (n,): the probability that text i is positive; not-a-number where it has no words.

    `references` has, for each text, the reference to the model that judged it (see `core.fitted`); None where none did.
    """

    positive: np.ndarray
    references: tuple[str | None, ...]
    fallbacks: tuple[Message, ...] = ()

    @property
    def answered(self) -> Counter[str]:
        """How many texts each model judged, by its name."""
        counted = Counter(reference for reference in self.references if reference is not None)
        return Counter(
            {reference.removeprefix("shipped:") or N_("your newest model"): n for reference, n in counted.most_common()}
        )


@dataclass(frozen=True)
class Choosing:
    """Which model is to answer: `own` is a reference to the user's model, `positive_class` the name of its positive class."""

    model: Choice = "auto"
    accurate_limit: int = 500
    own: str = ""
    positive_class: str = ""

    def accurate(self, count: int) -> bool:
        return self.model == "accurate" or (self.model == "auto" and count <= self.accurate_limit)


def name_of(reference: str | None) -> str:
    """What a model is called before users; "" where none answered."""
    return "" if reference is None else reference.removeprefix("shipped:") or N_("newest run")


def judge(texts: Sequence[str], languages: Sequence[str], choosing: Choosing, context: Context) -> Verdict:
    """Judges each text by the model of its language; a text in a third language goes to the English one, and it is said.

    Texts that are repeated are judged once. Raises `UnavailableError` when no model can answer.
    """
    positive = np.full(len(texts), np.nan, dtype=np.float32)
    speaking = [i for i, text in enumerate(texts) if has_words(text)]
    references: list[str | None] = [None] * len(texts)
    fallbacks: list[Message] = []
    done = 0
    for language, rows in _by_model_language(speaking, languages, choosing).items():
        unique = list(dict.fromkeys(texts[i] for i in rows))
        part = Span(context, done / len(speaking), (done + len(rows)) / len(speaking))
        reference, probabilities, fallback = _ask(unique, language, choosing, len(speaking), part)
        of_text = dict(zip(unique, probabilities, strict=True))
        positive[rows] = [of_text[texts[i]] for i in rows]
        for i in rows:
            references[i] = reference
        fallbacks.extend(fallback)
        done += len(rows)
    strangers = sum(languages[i] == "other" for i in speaking)
    if strangers and choosing.model != "own":
        fallbacks.append(
            Message(
                N_("Comments neither in Chinese nor in English, which the English model answered: {count}. Take it as a guess."),
                {"count": strangers},
            )
        )
    return Verdict(positive, tuple(references), tuple(fallbacks))


def explain(text: str, reference: str, choosing: Choosing, context: Context) -> Highlights:
    """Which parts of a text speak for positive and which against, by the model that `reference` names."""
    from core.fitted import open_model
    from models.text.classify import CAPABILITY as CLASSIFY

    with open_model(CLASSIFY, reference) as model:
        classes = tuple(model.describe()["classes"])
        found = model.explain(text, classes[positive_place(classes, choosing.positive_class)], context)  # type: ignore[attr-defined]
    assert isinstance(found, Highlights)
    return replace(found, title=_for_positive(found.title), caption=_for_positive(found.caption))


def _for_positive(sentence: Sentence) -> Sentence:
    """The sentence with the model's own name of its positive class (five stars are "great") replaced by what it means here."""
    if isinstance(sentence, Message) and "label" in sentence.values:
        return Message(sentence.id, {**sentence.values, "label": "positive"})
    return sentence


def positive_probability(labels: Labels, positive_class: str = "") -> np.ndarray:
    """The probability of the positive class, plus half of that of a neutral one; shape (n,)."""
    place = positive_place(labels.classes, positive_class)
    neutral = [i for i, name in enumerate(labels.classes) if name.strip().lower() in _NEUTRAL and i != place]
    return labels.probabilities[:, place] + 0.5 * labels.probabilities[:, neutral].sum(1)


def positive_place(classes: Sequence[str], named: str = "") -> int:
    """The number of the class that counts as positive: the one `named`, else the one with a usual name.

    Raises `InputError` when there is none, or more than one.
    """
    names = [name.strip().lower() for name in classes]
    named = named.strip().lower()
    found = [i for i, name in enumerate(names) if (name == named if named else name in _POSITIVE)]
    if len(found) == 1:
        return found[0]
    raise InputError(
        N_("The model knows the classes {classes}. Name the one of them that counts as positive."), classes=", ".join(classes)
    )


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
    """The reference of the model that answered, its probabilities, and what had to be given up on the way."""
    if choosing.model == "own":
        return choosing.own, _probabilities(choosing.own, texts, choosing.positive_class, context), ()
    fast, accurate = f"shipped:{FAST}-{language}", f"shipped:{ACCURATE}-{language}"
    fallbacks: tuple[Message, ...] = ()
    if choosing.accurate(count):
        try:
            return accurate, _probabilities(accurate, texts, "", context), ()
        except (UnavailableError, NotFoundError):
            sentence = N_("The accurate model for the language {language} is not on this machine: the fast one answered instead.")
            fallbacks = (Message(sentence, {"language": language}),)
    return fast, _probabilities(fast, texts, "", context), fallbacks


def _probabilities(reference: str, texts: list[str], positive_class: str, context: Context) -> np.ndarray:
    from core.fitted import open_model
    from models.text.classify import CAPABILITY as CLASSIFY
    from models.text.classify import texts_from

    with open_model(CLASSIFY, reference) as model:
        labels = model.predict(texts_from(Texts.of(texts)), context)
    assert isinstance(labels, Labels)
    return positive_probability(labels, positive_class)
