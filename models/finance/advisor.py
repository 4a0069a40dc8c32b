"""A few questions to a level of risk, a portfolio that keeps to it, and an honest back-test of the way it was chosen.

Prices or returns come as a wide or a long table. Methods are skfolio's; every rebalancing of the back-test learns from the past
alone, pays its costs, and stands beside 1/N, which is harder to beat than it looks (DeMiguel, Garlappi and Uppal, "Optimal
versus naive diversification", Review of Financial Studies 22, 2009). Not investment advice.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np

from core.contracts import Bar, Capability, Context, Params, Report, Table, UserError, column, columns, parameter
from core.language import N_
from models.finance.portfolio import measures, methods, questionnaire, trial, walk, wording
from models.finance.portfolio.methods import EQUAL, METHODS, Rules
from models.finance.portfolio.prices import Market, read, with_index
from models.finance.portfolio.results import Answer, report

SAMPLES = ("stocks_daily", "stock_factors_daily")  # of American shares: the S&P 500 is their market
INDEX = "sp500_daily"
MOST_ROWS_READ = 2_000  # of more, how many portfolios there are is not worth counting
SLOW_FITS = 60  # estimated optimisations beyond which one does not wait
COMPARED = (methods.EVEN_RISK, methods.TREE, methods.LEAST_RISK, methods.BEST_RATIO, methods.TARGET)


class AdvisorParams(Params):
    """Questions on the person first, then on the portfolio."""

    age: int = parameter(
        40, ge=18, le=110, title=N_("Age"), unit=N_("years"), help=N_("The older, the less time to make up for losses.")
    )
    horizon: int = parameter(
        10, ge=0, le=60, title=N_("When is the money needed?"), unit=N_("years"), help=N_("The sooner, the less it may swing."),
    )  # fmt: skip
    income: Literal["unsteady", "steady", "secure"] = parameter(
        "steady", title=N_("How steady is your income?"), choices=questionnaire.INCOME,
        help=N_("Who can live on a steady income need not sell at a bad time."),
    )  # fmt: skip
    reserve: int = parameter(
        6, ge=0, le=120, title=N_("How long would your savings last?"), unit=N_("months"),
        help=N_("Money set aside for everyday life, apart from this portfolio."),
    )  # fmt: skip
    loss: Literal["none", "5", "10", "20", "40"] = parameter(
        "20", title=N_("Largest loss you can bear in a year"), choices=questionnaire.LOSS,
        help=N_("Without having to sell or to lose sleep."),
    )  # fmt: skip
    fall: Literal["sell", "reduce", "wait", "buy"] = parameter(
        "wait", title=N_("The portfolio loses a fifth in a month: what do you do?"), choices=questionnaire.FALL,
        help=N_("What you would do, not what one should do."),
    )  # fmt: skip
    experience: Literal["none", "funds", "shares", "long"] = parameter(
        "funds", title=N_("Experience with"), choices=questionnaire.EXPERIENCE, help=N_("What you have owned before."),
    )  # fmt: skip
    method: str = parameter(
        methods.EVEN_RISK,
        title=N_("Method"),
        choices=METHODS,
        help=N_(
            "How the portfolio is chosen from the past. What swings more than your risk level allows is held partly in cash."
        ),
    )
    views: str = parameter(
        "", max_length=1_000, title=N_("My views"), when={"method": (methods.VIEWS,)},
        help=N_("Returns a year that you expect, such as: aapl: 5%; aapl > msft: 2%"),
    )  # fmt: skip
    confidence: float = parameter(
        0.5, ge=0.01, le=1, title=N_("Confidence in my views"), when={"method": (methods.VIEWS,)},
        help=N_("1 takes them for certain, near 0 leaves the market as it is."),
    )  # fmt: skip
    amount: float = parameter(
        10_000, ge=0, le=1e12, title=N_("Amount of money"), unit=N_("in the currency of the prices"),
        help=N_("For the number of whole shares. 0: weights only."),
    )  # fmt: skip
    most: float = parameter(
        25,
        ge=1,
        le=100,
        title=N_("Largest weight of one asset"),
        unit="%",
        help=N_("Of what is invested. Nothing is sold short."),
    )
    groups: str = parameter(
        "", max_length=4_000, title=N_("Limits for groups"), advanced=True,
        help=N_("Sectors or regions and the most they may hold, such as: tech 40%: aapl, msft; energy 20%: cvx, xom"),
    )  # fmt: skip
    costs: float = parameter(
        10, ge=0, le=1_000, title=N_("Cost of trading"), unit=N_("basis points"), advanced=True,
        help=N_("Of what is bought and of what is sold; 10 basis points are 0.1 %."),
    )  # fmt: skip
    rebalance: walk.Every = parameter(
        "quarter",
        title=N_("Rebalance every"),
        advanced=True,
        choices={"month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")},
        help=N_("At the end of it, new weights are bought."),
    )
    window: float = parameter(
        3, ge=0.25, le=20, title=N_("Learn from the last"), unit=N_("years"), advanced=True,
        help=N_("The past that every choice of weights looks at."),
    )  # fmt: skip
    interest: float = parameter(
        0, ge=-2, le=20, title=N_("Interest on cash"), unit=N_("% a year"), advanced=True,
        help=N_("What cash earns; the Sharpe ratio counts what is above it."),
    )  # fmt: skip
    level: Literal["auto", "1", "2", "3", "4", "5"] = parameter(
        "auto", title=N_("Risk level"), advanced=True, help=N_("From your answers, or set by hand."),
        choices={"auto": N_("From my answers"), "1": "1", "2": "2", "3": "3", "4": "4", "5": "5"},
    )  # fmt: skip
    compare: bool = parameter(
        True, title=N_("All methods side by side"), advanced=True, help=N_("Off: only the chosen one, which is quicker.")
    )
    index: Literal["auto", "sp500", "none"] = parameter(
        "auto",
        title=N_("Index"),
        advanced=True,
        help=N_("A market to stand beside. A column of your own table can be one, too."),
        choices={"auto": N_("S&P 500 beside the samples"), "sp500": "S&P 500", "none": N_("None")},
    )
    kind: Literal["auto", "prices", "returns"] = parameter(
        "auto", title=N_("The numbers are"), advanced=True, help=N_("Whether the table holds prices or returns."),
        choices={"auto": N_("Find out"), "prices": N_("Prices"), "returns": N_("Returns")},
    )  # fmt: skip
    date: str = column("date", title=N_("Date column"), help=N_("The day of each row."))
    asset: str = column(
        "asset", optional=True, title=N_("Asset column"),
        help=N_("Of a long table with one row for each date and asset. None: every column is an asset."),
    )  # fmt: skip
    price: str = column("price", optional=True, title=N_("Price column"), help=N_("Of a long table: prices or returns."))
    assets: tuple[str, ...] = columns(
        "any",
        title=N_("Columns that are assets"),
        advanced=True,
        help=N_("Of a wide table. None chosen: all columns with numbers."),
    )
    benchmark: str = column(
        "any", optional=True, advanced=True, title=N_("Index column"), help=N_("An index to stand beside; it is not bought."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("Of the drawn days behind the intervals.")
    )


def run(given: Table, params: AdvisorParams, context: Context) -> Report:
    """The risk level, the portfolio for it, and what choosing this way would have brought.

    Raises:
        InputError: the table holds no prices over time, or the limits cannot be kept.
        LimitError: there are too many assets.
    """
    started = perf_counter()
    context.progress(0.01, N_("Reading the prices"))
    person = questionnaire.profile(params)
    market = _beside_an_index(read(given, params), given, params)
    rules = _rules(market, params, person.volatility)
    now = walk.today(market, params.window)
    methods.need_possible(methods.here(rules, [*now.places]), len(now.places))
    at = walk.steps(market, params.window, params.rebalance)
    walks = _walks(market, at, params, rules, context)
    chosen = methods.weigh(params.method, market.returns[now.start : now.stop, now.places], rules, [*now.places])
    weights = np.zeros(len(market.names))
    weights[now.places] = chosen.weights
    compared, index = _compared(market, at, walks, params)
    context.progress(0.92, N_("Drawing days anew for the intervals"))
    measured = measures.measure(
        compared, market.periods, 1, context, interest=rules.interest, seed=params.seed
    )  # the second portfolio is 1/N
    answer = Answer(market, params, person, rules, now, weights, at, walks, compared, index, measured, chosen.fallback)
    return report(answer, given, perf_counter() - started)


def is_slow(given: Table, params: AdvisorParams) -> bool:
    """Whether so many portfolios have to be chosen that one does not wait for it. Asked at every click, so it reads little."""
    if len(given) > MOST_ROWS_READ:
        return True
    try:
        return _fits(read(given, params), params) > SLOW_FITS
    except UserError:
        return False  # running it says what is wrong


def _fits(market: Market, params: AdvisorParams) -> int:
    each = {"month": 12, "quarter": 4, "year": 1}[params.rebalance]
    return int(max(0.0, market.years() - params.window) * each) * (len(COMPARED) if params.compare else 1)


def _rules(market: Market, params: AdvisorParams, volatility: float) -> Rules:
    """The settings in the units of one period."""
    views = wording.views(params.views, market.names) if params.method == methods.VIEWS else ()
    return Rules(
        most=params.most / 100, groups=wording.groups(params.groups, market.names), volatility=volatility / market.periods**0.5,
        interest=(1 + params.interest / 100) ** (1 / market.periods) - 1, confidence=params.confidence,
        views=tuple(replace(view, value=view.value / market.periods) for view in views),
    )  # fmt: skip


def _walks(market: Market, at: list[walk.Step], params: AdvisorParams, rules: Rules, context: Context) -> dict[str, walk.Walk]:
    """The back-test of the chosen method and of 1/N, and of all others where they are asked for. Views are of today: none in the
    past.
    """
    wanted = list(dict.fromkeys([params.method, EQUAL, *(COMPARED if params.compare else ())]))
    past, found = replace(rules, views=()), {}
    for place, method in enumerate(wanted):
        span = (0.05 + 0.85 * place / len(wanted), 0.05 + 0.85 * (place + 1) / len(wanted))
        weights, fallbacks = walk.weights_of(method, market, at, past, context, span)
        found[method] = walk.hold(market, at, weights, params.costs / 10_000, rules.interest, fallbacks)
    return found


def _compared(market: Market, at: list[walk.Step], walks: dict[str, walk.Walk], params: AdvisorParams) -> tuple[np.ndarray, int]:
    """Returns out of sample (rows, portfolios): the chosen one, 1/N at the same risk, 1/N all invested, other methods, the index.

    The second value is the column of the index, -1 where there is none for all of the time.
    """
    full = walk.weights_of(EQUAL, market, at, Rules(), Context())[0]
    invested = walk.hold(market, at, full, params.costs / 10_000)
    others = [walks[method].returns for method in walks if method not in (params.method, EQUAL)]
    found = [walks[params.method].returns, walks[EQUAL].returns, invested.returns, *others]
    own = None if market.index is None else market.index[at[0].row + 1 :]
    if own is None or not np.isfinite(own).all():
        return np.stack(found, 1), -1
    return np.stack([*found, own], 1), len(found)


def _beside_an_index(market: Market, given: Table, params: AdvisorParams) -> Market:
    """With the S&P 500 where that is asked for, or where the table is a sample of American shares."""
    if market.index is not None or params.index == "none" or (params.index == "auto" and given.name not in SAMPLES):
        return market
    from core import samples
    from core.contracts import UnavailableError

    try:
        frame = samples.load(INDEX).frame
    except UnavailableError:
        return market
    return with_index(market, "S&P 500", frame["date"].astype("datetime64[us]"), frame["sp500"])


CAPABILITY = Capability(
    id="finance.advisor",
    title=N_("A portfolio for your risk"),
    summary=N_(
        "A few questions give a risk level and a portfolio of your assets, back-tested with costs beside 1/N. "
        "Not investment advice."
    ),
    takes=(Table,),
    returns=Report,
    params=AdvisorParams,
    run=run,
    samples=SAMPLES,
    metric=trial.AHEAD,
    bars=(
        Bar(trial.DATA, trial.AHEAD, 0.0, measure=trial.sharpe, unit=trial.SHARPE),
        Bar(trial.DATA, trial.FALL, 0.0, measure=trial.drawdown, lower_is_better=True),
    ),
    is_slow=is_slow,
)
