"""Seven answers to a level of risk from 1 to 5, by points that anybody can follow.

What is asked follows Directive 2014/65/EU (MiFID II, Article 25) with ESMA's guidelines on suitability, the rules on suitability
of the China Securities Regulatory Commission (Order 130, 2016), and Grable and Lytton, "Financial risk tolerance revisited",
Financial Services Review 8 (1999). The points are ours. Being able to bear a loss and being willing to are two things: the lower
one counts. What volatility a level allows is the upper end of the classes 2 to 6 of CESR/10-673 (2010), the synthetic risk and
reward indicator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import Message, Records
from core.language import N_

if TYPE_CHECKING:
    from models.finance.advisor import AdvisorParams

LEVELS = 5
MOST_POINTS = 4
VOLATILITY = {1: 0.02, 2: 0.05, 3: 0.10, 4: 0.15, 5: 0.25}  # a year, CESR/10-673
ABILITY, WILLINGNESS = N_("ability"), N_("willingness")

INCOME = {"unsteady": N_("Changes a lot"), "steady": N_("Steady"), "secure": N_("Secure, e.g. a pension")}
LOSS = {"none": N_("None at all"), "5": N_("Up to 5 %"), "10": N_("Up to 10 %"), "20": N_("Up to 20 %"), "40": N_("40 % or more")}
FALL = {"sell": N_("Sell everything"), "reduce": N_("Sell a part"), "wait": N_("Wait"), "buy": N_("Buy more")}
EXPERIENCE = {"none": N_("None"), "funds": N_("Funds"), "shares": N_("Shares, some years"), "long": N_("Shares, over ten years")}
_CHOSEN: dict[str, tuple[dict[str, str], dict[str, int]]] = {  # what is shown, and the points of each answer
    "income": (INCOME, {"unsteady": 0, "steady": 2, "secure": 4}),
    "loss": (LOSS, {"none": 0, "5": 1, "10": 2, "20": 3, "40": 4}),
    "fall": (FALL, {"sell": 0, "reduce": 1, "wait": 3, "buy": 4}),
    "experience": (EXPERIENCE, {"none": 0, "funds": 2, "shares": 3, "long": 4}),
}
_NUMBERS: dict[str, tuple[tuple[int, int], ...]] = {  # from so many on, so many points
    "horizon": ((0, 0), (2, 1), (5, 2), (10, 3), (20, 4)),
    "age": ((0, 4), (40, 3), (55, 2), (65, 1), (75, 0)),
    "reserve": ((0, 0), (1, 1), (3, 2), (6, 3), (12, 4)),
}
_SIDES = {"horizon": ABILITY, "age": ABILITY, "income": ABILITY, "reserve": ABILITY,
          "loss": WILLINGNESS, "fall": WILLINGNESS, "experience": WILLINGNESS}  # fmt: skip
SHORT_YEARS = 2  # money that is needed sooner must not be at the mercy of the market


@dataclass(frozen=True)
class Profile:
    """Points of every answer, the level of each side, and the level that counts. `reason` says in a sentence why it is that
    one.
    """

    points: dict[str, int]
    ability: int
    willingness: int
    level: int
    reason: Message

    @property
    def volatility(self) -> float:
        """The most that the portfolio's value may be expected to swing in a year (standard deviation, share of 1)."""
        return VOLATILITY[self.level]


def profile(params: AdvisorParams) -> Profile:
    """The level of risk that the answers in `params` give, or the one that was set by hand."""
    points = {name: _points(name, getattr(params, name)) for name in _SIDES}
    ability, willingness = (
        _level([points[name] for name, own in _SIDES.items() if own == side]) for side in (ABILITY, WILLINGNESS)
    )
    level = min(ability, willingness)
    values: dict[str, object] = {"ability": ability, "willingness": willingness}
    reason = Message(
        N_(
            "Your answers give {ability} of 5 for what you can bear and {willingness} of 5 for what you are "
            "willing to: the lower counts."
        ),
        values,
    )
    if params.loss == "none":
        level, reason = 1, Message(N_("Who can bear no loss at all gets level 1, whatever the other answers."))
    elif params.horizon < SHORT_YEARS and level > 2:
        level, reason = 2, Message(N_("Money that is needed within {years} years gets level 2 at most."), {"years": SHORT_YEARS})
    if params.level != "auto":
        level, reason = int(params.level), Message(N_("The level was set by hand, not by the answers."))
    return Profile(points, ability, willingness, level, reason)


def table(params: AdvisorParams, found: Profile) -> Records:
    """Every question with its answer, its points and the side that it counts for."""
    import pandas as pd

    fields: Any = type(params).model_fields
    rows = [
        {N_("question"): fields[name].title, N_("answer"): _answer(name, getattr(params, name)), N_("points given"): points,
         N_("counts for"): _SIDES[name]}
        for name, points in found.points.items()
    ]  # fmt: skip
    return Records(
        N_("How the level came about"),
        pd.DataFrame(rows),
        words=("question", "answer", "counts for"),
        caption=Message(
            N_(
                "{reason} An answer has 0 to 4 points, the mean of a side gives its level. What is asked "
                "follows MiFID II (Article 25), order "
                "130 of China's securities regulator and Grable and Lytton (1999); the points are ours. "
                "Volatility of a level: CESR/10-673."
            ),
            {"reason": found.reason},
        ),
    )


def _points(name: str, answer: Any) -> int:
    if name in _CHOSEN:
        return _CHOSEN[name][1][answer]
    return next(points for least, points in reversed(_NUMBERS[name]) if answer >= least)


def _answer(name: str, answer: Any) -> str:
    return _CHOSEN[name][0][answer] if name in _CHOSEN else f"{answer:g}"


def _level(points: list[int]) -> int:
    """A mean of 0 to 4 points on five levels of equal width."""
    return min(LEVELS, 1 + int(sum(points) / len(points) * LEVELS / MOST_POINTS))
