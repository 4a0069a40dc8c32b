"""The pictures of the advisor's report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Curves, Message, Ranking, Series
from core.language import N_
from models.finance.portfolio import measures, stress
from models.finance.portfolio.methods import BEST_RATIO, LEAST_RISK, METHODS, here, weigh
from models.finance.portfolio.methods import frontier as efficient

if TYPE_CHECKING:
    from models.finance.portfolio.results import Answer

CASH = N_("Cash")
OTHERS = N_("Other assets")
POINTS = 400  # along a time axis: more than the pixels of a report tell apart
LINES = 6  # assets with a line of their own
LEAST_SHOWN = 0.0005  # weights below are not shown: an optimiser's zero


def holdings(answer: Answer) -> Ranking:
    """Today's weights, the largest first, cash last."""
    order = [i for i in np.argsort(-answer.weights, kind="stable") if answer.weights[i] > LEAST_SHOWN]
    cash = 1 - float(answer.weights.sum())
    names, values = [answer.market.names[i] for i in order], [100 * float(answer.weights[i]) for i in order]
    if cash > LEAST_SHOWN:
        names, values = [*names, CASH], [*values, 100 * cash]
    past = answer.market.days[answer.now.start]
    caption = Message(
        N_(
            "Shares of the whole in percent, learnt from {start} to {end}. Cash keeps the expected volatility "
            "at {volatility:g} % a year or below."
        ),
        {"start": str(past)[:10], "end": str(answer.market.days[-1])[:10], "volatility": 100 * answer.person.volatility},
    )
    return Ranking(N_("What to hold"), tuple(names), tuple(values), unit="%", caption=caption, words=(CASH,))


def growth(answer: Answer) -> Series:
    """What 1 became out of sample."""
    shown = _main(answer)
    value = np.cumprod(1 + answer.compared[:, shown], axis=0)
    rows = _rows(len(value))
    costs: dict[str, object] = {"costs": f"{answer.params.costs:g}", "window": f"{answer.params.window:g}"}
    return Series(
        N_("What 1 became, out of sample"),
        _days(answer, rows),
        _lines(answer, shown, value[rows]),
        x_label=N_("Date"),
        y_label=N_("Value of 1 at the start"),
        log=True,
        caption=Message(
            N_(
                "Every choice was made from the {window} years before it, after costs of {costs} basis points. "
                "The past does not promise anything."
            ),
            costs,
        ),
    )


def falls(answer: Answer) -> Series:
    """How far below its last height each portfolio stood; of each stretch of days the worst is drawn."""
    shown = _main(answer)
    rows = _rows(len(answer.compared))
    starts = np.concatenate([[0], rows[:-1] + 1])
    below = np.minimum.reduceat(measures.drawdowns(answer.compared[:, shown]), starts, axis=0)
    return Series(
        N_("Draw-down"),
        _days(answer, rows),
        _lines(answer, shown, 100 * below),
        x_label=N_("Date"),
        y_label=N_("Below the last height, %"),
        caption=N_("How much of its highest value so far each portfolio had lost: 0 is a new height."),
    )


def frontier(answer: Answer) -> Curves | None:
    """The efficient frontier of today's window with the chosen portfolio, 1/N and two well-known corners on it."""
    from skfolio.exceptions import OptimizationError

    from models.finance.portfolio.results import EVEN, INVESTED, MINE

    past = answer.market.returns[answer.now.start : answer.now.stop, answer.now.places]
    rules = here(answer.rules, [*answer.now.places])
    try:
        across, up, at = efficient(past, rules)
    except OptimizationError:  # the limits leave a single portfolio
        return None
    year = answer.market.periods
    free = replace(rules, volatility=None)
    portfolios = {
        INVESTED: weigh("equal", past, free).weights,
        METHODS[LEAST_RISK]: weigh(LEAST_RISK, past, free).weights,
        METHODS[BEST_RATIO]: weigh(BEST_RATIO, past, free).weights,
        EVEN: weigh("equal", past, rules).weights,
        MINE: answer.weights[answer.now.places],
    }
    marks = {
        name: (100 * x * float(np.sqrt(year)), 100 * y * year) for name, (x, y) in ((n, at(w)) for n, w in portfolios.items())
    }
    line = N_("Efficient frontier, all invested")
    curve = (tuple(float(x) for x in 100 * across * np.sqrt(year)), tuple(float(y) for y in 100 * up * year))
    return Curves(
        N_("Efficient frontier"),
        {line: curve},
        x_label=N_("Expected volatility, % a year"),
        y_label=N_("Expected return, % a year"),
        caption=N_(
            "Estimated from the last window: the true frontier is not known, and expected returns least of all. "
            "Portfolios with cash may lie left of it."
        ),
        words=(line, *marks),
        marks=marks,
    )


def sharpe_ratios(answer: Answer) -> Ranking:
    """Every portfolio's Sharpe ratio with its interval."""
    from models.finance.portfolio.trial import SHARPE

    found = [(name, *answer.measured.of("sharpe", column)) for column, name in enumerate(answer.names)]
    found.sort(key=lambda row: -row[1])
    return Ranking(
        N_("Sharpe ratios out of sample"),
        tuple(name for name, _, _ in found),
        tuple(value for _, value, _ in found),
        unit=SHARPE,
        low=tuple(bounds[0] for _, _, bounds in found),
        high=tuple(bounds[1] for _, _, bounds in found),
        words=tuple(answer.names),
        caption=N_(
            "Return above interest for each unit of volatility, a year, with 95 % intervals (stationary "
            "bootstrap). Who picks the best of these "
            "afterwards must expect less of it."
        ),
    )


def rolling(answer: Answer) -> Series | None:
    """The Sharpe ratio of the years before each day; None where the back-test is too short for it."""
    window = round(answer.market.periods * (3 if len(answer.days) > 9 * answer.market.periods else 1))
    if window < 12 or len(answer.days) < 2 * window:
        return None
    shown = _main(answer)
    ratios = measures.rolling_sharpe(answer.compared[:, shown], window, answer.market.periods, answer.rules.interest)[
        window - 1 :
    ]
    rows = _rows(len(ratios))
    years = round(window / answer.market.periods)
    return Series(
        N_("Rolling Sharpe ratio"),
        _days(answer, rows + window - 1),
        _lines(answer, shown, ratios[rows]),
        x_label=N_("Date"),
        y_label=N_("Sharpe ratio a year"),
        caption=Message(
            N_("Of the time before each day, in years: {years}. It shows how much a good or a bad stretch moves it."),
            {"years": years},
        ),
    )


def weights_over_time(answer: Answer) -> Series:
    """The weights as traded at each rebalancing, the largest assets one by one."""
    weights = answer.walk.weights
    order = np.argsort(-weights.mean(0), kind="stable")
    own, rest = order[:LINES], order[LINES:]
    lines = {answer.market.names[i]: tuple(float(x) for x in 100 * weights[:, i]) for i in own}
    if len(rest):
        lines[OTHERS] = tuple(float(x) for x in 100 * weights[:, rest].sum(1))
    lines[CASH] = tuple(float(x) for x in 100 * (1 - weights.sum(1)))
    days = tuple(str(answer.market.days[step.row])[:10] for step in answer.steps)
    return Series(N_("Weights over time"), days, lines, x_label=N_("Date"), y_label=N_("Share of the portfolio, %"),
                  caption=N_("As bought at each rebalancing. Lines that jump cost turnover."))  # fmt: skip


def bad_times(answer: Answer) -> Ranking | None:
    """What today's portfolio would have lost at worst in known bad times and drawn years."""
    found = found_times(answer)
    if not found:
        return None
    return Ranking(
        N_("Stress: the portfolio of today in bad times"),
        tuple(one.name for one in found),
        tuple(100 * one.total[0] for one in found),
        unit="%",
        words=tuple(one.name for one in found),
        caption=N_(
            "Change in value from the first to the last day of each time, with today's weights held all along; "
            "of drawn years the middle one."
        ),
    )


def found_times(answer: Answer) -> list[stress.Stress]:
    """Known bad times, then drawn years."""
    months = answer.days.astype("datetime64[M]").astype(int)
    drawn = stress.drawn_years(answer.compared[:, :2], months, answer.params.seed)
    return [*stress.known_times(answer.market, answer.weights), *drawn]


def _main(answer: Answer) -> list[int]:
    """The columns that stand in every chart: the chosen portfolio, 1/N twice, the index."""
    return [0, 1, 2, *([answer.index] if answer.index >= 0 else [])]


def _rows(count: int) -> np.ndarray:
    """At most `POINTS` rows of `count`, evenly, the last one among them."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(int))


def _days(answer: Answer, rows: np.ndarray) -> tuple[str, ...]:
    return tuple(str(day)[:10] for day in answer.days[rows])


def _lines(answer: Answer, shown: list[int], values: np.ndarray) -> dict[str, tuple[float, ...]]:
    return {answer.names[column]: tuple(float(x) for x in values[:, place]) for place, column in enumerate(shown)}
