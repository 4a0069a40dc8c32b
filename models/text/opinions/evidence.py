"""The evidence card of a sentiment report: how good the model that answered was on comments it had never seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.contracts import Evidence, Message
from core.contracts.results import Sentence
from core.home import read_json
from core.language import N_
from models.text.opinions.polarity import Verdict

SHIPPED = Path(__file__).parents[1] / "shipped"

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


def card(name: str) -> dict[str, Any]:
    """The card of a shipped model, as `scripts/train_sentiment.py` wrote it; empty where there is none."""
    path = SHIPPED / name / "card.json"
    return read_json(path) if path.exists() else {}


def evidence(verdict: Verdict, own: bool, seconds: float) -> Evidence:
    """Score, interval and baseline of the shipped model that judged most comments, or those of the user's run.

    The scores of other models that answered stand in the caveats.
    """
    names = [name for name, _ in verdict.answered.most_common()]
    answered_by = ", ".join(f"{name} ({count})" for name, count in verdict.answered.most_common())
    fallback: Sentence = verdict.fallbacks[0] if verdict.fallbacks else ""
    if own:
        return replace(_of_run(verdict), answered_by=answered_by, seconds=seconds)
    main = card(names[0]) if names else {}
    return Evidence(
        metric=main.get("metric", ""),
        score=main.get("score"),
        interval=tuple(main["interval"]) if main.get("interval") else None,
        baseline=main.get("baseline"),
        baseline_name=main.get("baseline_name", ""),
        data=main.get("data", ""),
        rows=main.get("test_rows"),
        answered_by=answered_by,
        license=main.get("license", ""),
        fallback=fallback,
        caveats=(*(_other(name) for name in names[1:]), *(_CAVEATS[language] for language in _languages(names))),
        seconds=seconds,
    )


def _of_run(verdict: Verdict) -> Evidence:
    from core import fitted, runs
    from models.text.classify import CAPABILITY as CLASSIFY

    used = next((reference for reference in verdict.references if reference is not None), None)
    measured = runs.report(fitted.resolve(CLASSIFY, used)).evidence if used is not None else None
    return measured or Evidence()


def _other(name: str) -> Message:
    found = card(name)
    if not found:
        return Message(N_("{name} answered too; it has no card."), {"name": name})
    sentence = N_("{name} answered too: {metric} {score} on {rows} held-out comments, baseline {baseline}.")
    numbers = {"score": f"{found['score']:.3f}", "baseline": f"{found['baseline']:.3f}", "rows": found["test_rows"]}
    return Message(sentence, {"name": name, "metric": found["metric"], **numbers})


def _languages(names: list[str]) -> list[str]:
    return [language for language in ("zh", "en") if any(name.endswith(f"-{language}") for name in names)]
