"""Forecasting on its page: one click on a sample."""

import json

from core import jobs
from core.learning.forecasting import trees
from core.ui import inputs
from models.finance import forecast
from tests.pages.test_pages import opened

FAST = json.dumps({"methods": "fast", "folds": 1, "horizon": 2})


def test_a_click_forecasts_the_sample_and_says_whether_that_is_better_than_naive(monkeypatch):
    monkeypatch.setattr(forecast, "QUICK_ROWS", 10_000)  # at once, not as a job
    monkeypatch.setattr(inputs, "ROWS_AT_ONCE", 10_000)
    monkeypatch.setattr(trees, "ROUNDS", 120)
    app = opened("pages/finance.py", capability="finance.forecast", sample="transit_chicago", params=FAST)
    assert not app.exception and not app.error
    app.button(key="finance.forecast.run").click().run()
    assert not app.exception and not app.error
    assert any("Better than naive" in element.value for element in app.markdown)
    assert len(app.dataframe) >= 4


def test_all_methods_are_a_job(monkeypatch):
    submitted = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((capability_id, action, source.name, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/finance.py", capability="finance.forecast", sample="sp500_daily")
    app.button(key="finance.forecast.run").click().run()
    ((name, action, sample, params),) = submitted
    assert (name, action, sample) == ("finance.forecast", "run", "sp500_daily")
    assert (params["date"], params["value"]) == ("date", "sp500")
