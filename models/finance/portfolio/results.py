"""The report of the advisor: what to hold, what that would have brought, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Evidence, Message, Metric, Metrics, Report, Section, Table
from core.contracts.results import Sentence
from core.language import N_
from models.finance.portfolio import charts, questionnaire, tables, trial
from models.finance.portfolio.measures import Measured, mean_interval
from models.finance.portfolio.methods import METHODS, Rules
from models.finance.portfolio.prices import YEAR, Market
from models.finance.portfolio.walk import Step, Walk

if TYPE_CHECKING:
    from models.finance.advisor import AdvisorParams

NOT_ADVICE = N_("Not investment advice: a calculation from past prices. It knows neither your whole situation nor the future.")
SURVIVORS = N_("Assets that failed or left the market and are not in the table make every back-test look better than it was.")
REFERENCE = N_(
    "DeMiguel, Garlappi and Uppal (2009) found none of 14 optimised portfolios reliably better than 1/N out of "
    "sample: expect the same."
)
MINE, EVEN, INVESTED = N_("Your portfolio"), N_("1/N at the same risk level"), N_("1/N, all invested")


@dataclass(frozen=True, eq=False)
class Answer:
    """All that is known when the report is written.

    `compared` (rows out of sample, portfolios) and `measured` have the chosen portfolio, 1/N at the same risk level, 1/N all
    invested, the other methods of `walks` in their order, and the index at column `index` (-1: none). `weights` (assets,) are
    today's.
    """

    market: Market
    params: AdvisorParams
    person: questionnaire.Profile
    rules: Rules
    now: Step
    weights: np.ndarray
    steps: list[Step]
    walks: dict[str, Walk]
    compared: np.ndarray
    index: int
    measured: Measured
    fallback: bool

    @property
    def walk(self) -> Walk:
        """The back-test of the chosen method."""
        return self.walks[self.params.method]

    @property
    def days(self) -> np.ndarray:
        """The days out of sample."""
        return self.market.days[self.steps[0].row + 1 :]

    @property
    def names(self) -> list[str]:
        """What each column of `compared` is called."""
        others = [METHODS[method] for method in self.walks if method not in (self.params.method, "equal")]
        return [MINE, EVEN, INVESTED, *others, *([self.market.index_name] if self.index >= 0 else [])]

    def steps_a_year(self) -> float:
        """Rebalancings a year, out of sample."""
        return len(self.steps) / max(float((self.days[-1] - self.days[0]) / YEAR), 1e-9)


def report(answer: Answer, given: Table, seconds: float) -> Report:
    """All sections, pictures first."""
    parts = [
        _numbers(answer),
        charts.holdings(answer),
        charts.growth(answer),
        charts.falls(answer),
        charts.frontier(answer),
        charts.sharpe_ratios(answer),
        tables.methods(answer),
        charts.rolling(answer),
        charts.weights_over_time(answer),
        charts.bad_times(answer),
        tables.bad_times(answer),
        questionnaire.table(answer.params, answer.person),
        tables.holdings(answer),
    ]
    titles = {0: N_("In numbers")}
    sections = tuple(Section(titles.get(i, getattr(part, "title", "")), part) for i, part in enumerate(parts) if part is not None)
    return Report(
        title=N_("A portfolio for your risk"),
        summary=_summary(answer),
        sections=sections,
        evidence=_evidence(answer, given, seconds),
        notices=(Message(NOT_ADVICE), *given.notices, *answer.market.notices, *_notices(answer)),
    )


def _numbers(answer: Answer) -> Metrics:
    def of(name: str) -> tuple[float, tuple[float, float]]:
        return answer.measured.of(name, 0)

    turnover, turnover_interval = mean_interval(answer.walk.turnover[1:], answer.steps_a_year(), answer.params.seed)
    ratio, (low, high) = of("sharpe")
    past = N_("Out of sample, after costs.")
    return Metrics(
        (
            Metric(
                N_("Risk level"), answer.person.level, unit=N_("of 5"), help=N_("From your answers; the table below says how.")
            ),
            Metric(N_("Growth a year"), *_split(of("growth")), help=past),
            Metric(N_("Volatility a year"), *_split(of("volatility")), help=past),
            Metric(N_("Sharpe ratio"), round(ratio, 2), unit=trial.SHARPE, interval=(round(low, 1), round(high, 1)), help=past),
            Metric(N_("Largest draw-down"), *_split(of("drawdown")), help=N_("The deepest fall from a height to the next low.")),
            Metric(
                N_("Conditional value at risk (5 %)"),
                *_split(of("tail")),
                help=N_("Mean return of the worst twentieth of all rows: of days in a daily table."),
            ),
            Metric(
                N_("Turnover a year"),
                turnover,
                "",
                turnover_interval,
                help=N_("Half of what is bought and sold, as a share of the portfolio."),
            ),
        )
    )


def _split(found: tuple[float, tuple[float, float]]) -> tuple[float, str, tuple[float, float]]:
    return found[0], "", found[1]


def _summary(answer: Answer) -> Message:
    ahead, (low, high) = answer.measured.ahead_of("sharpe", 0)
    values: dict[str, object] = {
        "level": answer.person.level,
        "method": Message(METHODS[answer.params.method]),
        "cash": f"{100 * (1 - answer.weights.sum()):.0f}",
        "start": str(answer.days[0])[:4],
        "end": str(answer.days[-1])[:4],
        "growth": f"{100 * answer.measured.of('growth', 0)[0]:.1f}",
        "fall": f"{-100 * answer.measured.of('drawdown', 0)[0]:.0f}",
        "sharpe": f"{answer.measured.of('sharpe', 0)[0]:.2f}",
        "ahead": f"{ahead:+.2f}",
        "low": f"{low:+.2f}",
        "high": f"{high:+.2f}",
    }
    if answer.params.method == "equal":
        sentence = N_(
            "Risk level {level} of 5: 1/N with {cash} % in cash. Chosen this way it would have grown by "
            "{growth} % a year from {start} "
            "to {end}, with a fall of {fall} % at worst."
        )
    elif low > 0:
        sentence = N_(
            "Risk level {level} of 5: {method}, {cash} % in cash. Out of sample from {start} to {end} it grew "
            "by {growth} % a year, with "
            "a fall of {fall} % at worst. Its Sharpe ratio {sharpe} is better than that of 1/N ({ahead}, 95 %: {low} to {high})."
        )
    elif high < 0:
        sentence = N_(
            "Risk level {level} of 5: {method}, {cash} % in cash. Out of sample from {start} to {end} it grew "
            "by {growth} % a year, with "
            "a fall of {fall} % at worst. Its Sharpe ratio {sharpe} is worse than that of 1/N ({ahead}, 95 %: {low} to {high})."
        )
    else:
        sentence = N_(
            "Risk level {level} of 5: {method}, {cash} % in cash. Out of sample from {start} to {end} it grew "
            "by {growth} % a year, with "
            "a fall of {fall} % at worst. Its Sharpe ratio {sharpe} is not better than that of 1/N beyond "
            "chance ({ahead}, 95 %: {low} to {high})."
        )
    return Message(sentence, values)


def _evidence(answer: Answer, given: Table, seconds: float) -> Evidence:
    from importlib.metadata import version

    from core import samples

    ahead, interval = answer.measured.ahead_of("sharpe", 0)
    known = samples.catalogue().get(given.name)
    caveats: list[Sentence] = [*(known.caveats if known else (SURVIVORS,)), REFERENCE]
    if answer.market.index_name == "S&P 500":
        caveats.append(N_("The S&P 500 stands here without dividends, so it looks worse than holding its shares."))
    return Evidence(
        metric=trial.AHEAD, score=ahead, interval=interval, baseline=0.0, baseline_name=EVEN, unit=trial.SHARPE, data=given.name,
        rows=len(answer.days), answered_by=f"skfolio {version('skfolio')}", license="BSD-3-Clause", seconds=seconds,
        caveats=tuple(caveats),
        fallback=N_("The method found no portfolio for today: 1/N stands in.") if answer.fallback else "",
    )  # fmt: skip


def _notices(answer: Answer) -> list[Message]:
    found: list[Message] = []
    count = len(answer.now.places)
    if answer.rules.most * count < 1 - 1e-9:
        sentence = N_("With {count} assets one must hold more than {most:g} %: the largest weight was raised to {raised:.0f} %.")
        found.append(Message(sentence, {"count": count, "most": 100 * answer.rules.most, "raised": 100 / count}))
    if answer.params.method == "black_litterman":
        found.append(
            Message(
                N_(
                    "Your views are of today, so the back-test is made without them: it shows the market "
                    "portfolio alone, here 1/N."
                )
            )
            if answer.rules.views
            else Message(N_("There are no views: the portfolio is that of the market, here 1/N. Write some to move it."))
        )
    for method, walk in answer.walks.items():
        if walk.fallbacks:
            sentence = N_("{method} had no answer at {count} of {all} rebalancings of the back-test; 1/N stood in.")
            found.append(
                Message(sentence, {"method": Message(METHODS[method]), "count": walk.fallbacks, "all": len(walk.turnover)})
            )
    return found
