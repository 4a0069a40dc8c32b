"""The tables of the advisor's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Message, Records
from core.language import N_
from models.finance.portfolio.charts import CASH, LEAST_SHOWN, found_times
from models.finance.portfolio.shares import whole_shares

if TYPE_CHECKING:
    from models.finance.portfolio.results import Answer

SHORT_NOTE = N_("Not investment advice")


def methods(answer: Answer) -> Records:
    """Every portfolio out of sample, in numbers (`+ 0.0` makes a rounded −0 a 0)."""
    import pandas as pd

    rows = []
    for column, name in enumerate(answer.names):
        of, (ahead, (low, high)) = (
            lambda measure, c=column: answer.measured.of(measure, c)[0],
            answer.measured.ahead_of("sharpe", column),
        )
        rows.append(
            {
                N_("portfolio"): name,
                N_("growth, % a year"): round(100 * of("growth"), 1),
                N_("volatility, % a year"): round(100 * of("volatility"), 1),
                N_("Sharpe ratio"): round(of("sharpe"), 2),
                N_("Sharpe ratio minus that of 1/N"): round(ahead, 2) + 0.0,
                N_("95 % from"): round(low, 2) + 0.0,
                N_("95 % to"): round(high, 2) + 0.0,
                N_("largest draw-down, %"): round(100 * of("drawdown"), 1),
                N_("conditional value at risk (5 %), %"): round(100 * of("tail"), 2),
                N_("turnover a year, %"): _turnover(answer, column),
            }
        )
    return Records(
        N_("Methods side by side"),
        pd.DataFrame(rows),
        words=("portfolio",),
        caption=N_(
            "All at your risk level, on the same days, after costs. Where the interval of the difference holds "
            "0, a method is not better than 1/N. "
            "1/N all invested and the index hold no cash."
        ),
    )


def _turnover(answer: Answer, column: int) -> float | None:
    """Of the methods that were walked; the index and 1/N all invested stand without."""
    walked = [answer.params.method, "equal", "", *(m for m in answer.walks if m not in (answer.params.method, "equal"))]
    if column >= len(walked) or not walked[column]:
        return None
    return round(
        100 * float(answer.walks[walked[column]].turnover[1:].mean() if len(answer.steps) > 1 else 0) * answer.steps_a_year(), 0
    )


def bad_times(answer: Answer) -> Records | None:
    """Bad times in numbers: the portfolio, 1/N, the index."""
    import pandas as pd

    found = found_times(answer)
    if not found:
        return None
    rows = [
        {
            N_("time"): one.name,
            N_("first day"): one.start or "–",
            N_("last day"): one.end or "–",
            N_("portfolio, %"): _percent(one.total[0]),
            N_("worst fall within, %"): _percent(one.fall[0]),
            N_("1/N, %"): _percent(one.total[1]),
            N_("index, %"): _percent(one.total[2]),
            N_("nine of ten years, %"): f"{100 * one.low:.1f} … {100 * one.high:.1f}" if np.isfinite(one.low) else "–",
        }
        for one in found
    ]
    return Records(
        N_("Bad times in numbers"),
        pd.DataFrame(rows),
        words=("time",),
        caption=N_(
            "Known times: today's weights, held through days that they were partly learnt from; 1/N with as much in cash. Drawn "
            "years: months of the back-test put together anew, at the risk level; bad ones from the half in which 1/N did worse."
        ),
    )


def holdings(answer: Answer) -> Records:
    """Today's weights as a table to take away, as whole shares where there are prices and an amount."""
    import pandas as pd

    order = [i for i in np.argsort(-answer.weights, kind="stable") if answer.weights[i] > LEAST_SHOWN]
    weights, cash = answer.weights[order], 1 - float(answer.weights.sum())
    columns: dict[str, Any] = {
        N_("asset"): [*(answer.market.names[i] for i in order), CASH],
        N_("weight, %"): [round(100 * float(x), 2) for x in (*weights, cash)],
    }
    caption = Message(N_("What to hold after {day}."), {"day": str(answer.market.days[-1])[:10]})
    last, amount = answer.market.last, answer.params.amount
    if last is not None and amount > 0:
        prices = last[order]
        counts = whole_shares(weights, prices, amount)
        spent = counts * prices
        columns |= {
            N_("last price"): [*(float(x) for x in prices), None],
            N_("whole shares"): pd.Series([*(int(x) for x in counts), None], dtype="object"),
            N_("amount"): [round(float(x), 2) for x in (*spent, amount - spent.sum())],
            N_("weight in whole shares, %"): [round(100 * float(x) / amount, 2) for x in (*spent, amount - spent.sum())],
        }
        sentence = N_(
            "What to hold after {day}, and as whole shares for {amount} at the last prices of the table; what "
            "is left over is cash."
        )
        caption = Message(sentence, {"day": str(answer.market.days[-1])[:10], "amount": f"{amount:,.0f}"})
    frame = pd.DataFrame(columns)
    frame[N_("note")] = SHORT_NOTE
    return Records(N_("Weights to take away"), frame, caption=caption, words=("asset", "note"), main=True)


def _percent(share: float) -> float | None:
    return round(100 * share, 1) if np.isfinite(share) else None
