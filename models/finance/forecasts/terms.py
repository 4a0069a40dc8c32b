"""Words for what is forecast and for how it is scored."""

from __future__ import annotations

from core.language import N_

NO_ADVICE = N_("No investment advice: a forecast says what was usual in the past, and prices owe it nothing.")
QUANTITIES = {"returns": N_("the log return"), "volatility": N_("the volatility")}
AXES = {"value": N_("Value"), "returns": N_("Log return, %"), "volatility": N_("Absolute return and volatility, %")}
# Name, unit and meaning of the score that is shown first.
SCORES = {
    "value": (N_("mean absolute scaled error"), "MASE",
              N_("The mean absolute error over that of the naive forecast, one step (or season) ahead, on the steps fitted on.")),
    "returns": (N_("root mean squared error"), "%", N_("Of daily log returns in percent; lower is better.")),
    "volatility": (N_("QLIKE loss"), "QLIKE",
                   N_("log f + y / f, f the forecast variance and y the squared return in percent squared; lower is better.")),
}  # fmt: skip
