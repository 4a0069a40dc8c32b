"""The advisor on its page: a table of one's own is answered at once, the sample of thirty years is a job."""

import json

from core import jobs
from core.intake import spool
from tests.models.finance.portfolio.made import prices, returns
from tests.pages.test_pages import opened

QUICK = {"compare": False, "window": 1, "rebalance": "year"}


def test_a_table_of_ones_own_becomes_a_portfolio():
    frame = prices(returns(4, spreads=(0.01,) * 4, means=(0.0004,) * 4), names=("甲", "乙", "丙", "丁"))
    upload = spool(frame.to_csv(index=False).encode(), "shares.csv")
    app = opened("pages/finance.py", capability="finance.advisor", data=upload.digest, params=json.dumps(QUICK))
    app.segmented_control(key="finance.advisor.way").set_value("upload").run()
    app.button(key="finance.advisor.run").click().run()
    assert not app.exception and not app.error
    assert any("Not investment advice" in element.value for element in app.info)
    assert {"甲", "乙", "丙", "丁"} <= set(app.dataframe[-1].value.iloc[:, 0])
    assert len(app.metric) >= 7


def test_thirty_years_are_a_job(monkeypatch):
    submitted: list[tuple[str, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source.name, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/finance.py", capability="finance.advisor")
    app.selectbox(key="finance.advisor.params.loss").select("5").run()
    app.button(key="finance.advisor.run").click().run()
    name, params = submitted[0]
    assert name == "stocks_daily" and params["loss"] == "5" and params["date"] == "date" and params["asset"] == ""
