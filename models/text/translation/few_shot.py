"""Gemma as a translator: it continues a list of pairs whose last translation is missing (Brown et al. 2020, few-shot)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.contracts import Context
from core.home import read_json
from core.language import N_, translate
from core.lifecycle.span import Span
from models.text.translation import memory
from models.text.translation.languages import NAMES
from models.text.words import clean, has_words

WEIGHTS = "gemma-3-270m"
MEASURED = Path(__file__).with_name("few_shot.json")  # written by scripts/measure_few_shot.py
EXAMPLES = 4
LONGEST_EXAMPLE = 160  # characters; longer pairs would push the sentence out of what the model reads
TOKENS = 160  # written for a sentence at most
SECOND_TRY = 0.7  # temperature: the likeliest words led into a circle
CIRCLE = re.compile(r"(.{2,30}?)\1{3,}")
# Where no pair of this direction is known, the model at least sees the form.
PLAIN = {
    "en": ("Good morning.", "Where is the station?"), "zh": ("早上好。", "车站在哪里？"),
    "de": ("Guten Morgen.", "Wo ist der Bahnhof?"), "fr": ("Bonjour.", "Où est la gare ?"),
}  # fmt: skip


def translate_all(sentences: Sequence[str], source: str, target: str, context: Context) -> list[str]:
    """Each sentence's continuation up to the end of its line. What the sentence says is never followed: it is one line of data.

    An answer that `is_broken` is asked for once more, drawn by chance; "" where that is no better.

    Raises what `models.text.llm` raises: `UnavailableError` while the licence is not accepted or the weights are missing.
    """
    from models.text import llm

    examples = _examples(sentences, source, target, Span(context, 0.0, 0.3))
    names = tuple(translate(NAMES.get(code, code), "en") for code in (source, target))
    answers = []
    for place, (sentence, shown) in enumerate(zip(sentences, examples)):
        context.check()
        context.progress(
            0.3 + 0.7 * place / len(sentences), N_("sentence {done} of {total}"), done=place + 1, total=len(sentences)
        )
        prompt, answer = prompt_of(sentence, shown, names), ""
        for temperature in (0.0, SECOND_TRY):
            sampling = llm.Sampling(temperature=temperature, max_tokens=TOKENS, stop=("\n",))
            answer = llm.complete(WEIGHTS, prompt, sampling, context).strip()
            if not is_broken(answer, sentence):
                break
            answer = ""
        answers.append(answer)
    return answers


def is_broken(answer: str, sentence: str) -> bool:
    """Whether the model gave nothing for words, or went round in circles: a piece that repeats, as the sentence's own do not."""
    return (has_words(sentence) and not has_words(answer)) or bool(CIRCLE.search(answer) and not CIRCLE.search(sentence))


def measured(source: str, target: str) -> dict[str, Any] | None:
    """What it reached on held-out pairs of this direction, or None where that was not measured."""
    found: dict[str, Any] = read_json(MEASURED)
    return found.get(f"{source}-{target}")


def prompt_of(sentence: str, examples: Sequence[tuple[str, str]], names: tuple[str, ...]) -> str:
    """The list of pairs; every text is one line of it."""
    lines = [f"{names[0]}: {clean(a)}\n{names[1]}: {clean(b)}\n" for a, b in examples]
    return "\n".join([*lines, f"{names[0]}: {clean(sentence)}\n{names[1]}:"])


def _examples(sentences: Sequence[str], source: str, target: str, context: Context) -> list[list[tuple[str, str]]]:
    known = memory.pairs(source, target)
    short = [(a, b) for a, b in zip(*known) if len(a) <= LONGEST_EXAMPLE and len(b) <= LONGEST_EXAMPLE]
    if not short:
        plain = list(zip(PLAIN.get(source, PLAIN["en"]), PLAIN.get(target, PLAIN["en"])))
        return [plain for _ in sentences]
    found = memory.nearest(sentences, ([a for a, _ in short], [b for _, b in short]), context, EXAMPLES)
    return [[(pair.source, pair.target) for pair in reversed(pairs)] for pairs in found]  # the most similar one stands last
