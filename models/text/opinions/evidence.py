"""The evidence card of a sentiment report: how good the model that answered was on comments it had never seen."""

from __future__ import annotations

from dataclasses import replace

from core import fitted
from core.contracts import Evidence, Message
from core.contracts.results import Sentence
from core.language import N_
from models.text.classify import CAPABILITY as CLASSIFY
from models.text.opinions.polarity import Verdict

_CAVEATS = {
    "zh": N_(
        "The Chinese model learned from reviews of books, hotels and computers, some of them labelled wrongly. "
        "Other subjects may differ."
    ),
    "en": N_(
        "The English model learned from food reviews at a shop: positive there means five stars, negative one to four, so a "
        "lukewarm comment counts as negative. Other subjects may differ."
    ),
}


def evidence(verdict: Verdict, own: bool, seconds: float) -> Evidence:
    """Score, interval and baseline of the shipped model that judged most comments, or those of the user's run.

    The scores of other models that answered stand in the caveats.
    """
    names = [name for name, _ in verdict.answered.most_common()]
    found = _of_run(verdict) if own else fitted.evidence(CLASSIFY, fitted.SHIPPED + names[0]) if names else Evidence()
    caveats: list[Sentence] = list(found.caveats)
    if not own:
        caveats += [_other(name) for name in names[1:]]
        caveats += [_CAVEATS[language] for language in _languages(names)]
    return replace(
        found, seconds=seconds, caveats=tuple(caveats),
        answered_by=", ".join(f"{name} ({count})" for name, count in verdict.answered.most_common()),
        fallback=found.fallback or (verdict.fallbacks[0] if verdict.fallbacks else ""),
    )  # fmt: skip


def _of_run(verdict: Verdict) -> Evidence:
    used = next((reference for reference in verdict.references if reference is not None), None)
    return fitted.evidence(CLASSIFY, used) if used is not None else Evidence()


def _other(name: str) -> Message:
    found = fitted.evidence(CLASSIFY, fitted.SHIPPED + name)
    if found.score is None or found.baseline is None:
        return Message(N_("{name} answered too; it has no card."), {"name": name})
    sentence = N_("{name} answered too: {metric} {score} on {rows} held-out comments, baseline {baseline}.")
    numbers = {"score": f"{found.score:.3f}", "baseline": f"{found.baseline:.3f}", "rows": found.rows}
    return Message(sentence, {"name": name, "metric": Message(found.metric), **numbers})


def _languages(names: list[str]) -> list[str]:
    return [language for language in ("zh", "en") if any(name.endswith(f"-{language}") for name in names)]
