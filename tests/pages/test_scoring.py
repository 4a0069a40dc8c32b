"""The page of finance: the columns of loans are guessed and shown, and a click trains with them."""

import pandas as pd
import pytest

from core import jobs
from core.contracts import Queue
from core.source import Source
from tests.pages.test_pages import opened


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_page_comes_up(locale):
    app = opened("pages/finance.py", locale)
    assert not app.exception and not app.error


def test_loans_are_learnt_from_with_the_columns_that_were_guessed(monkeypatch):
    submitted: list[tuple[Source, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/finance.py", capability="finance.credit", step="data")
    app.button(key="finance.credit.now").click().run()
    source, params = submitted[0]
    assert source.name == "credit_german" and params["target"] == "creditability" and params["positive"] == "bad"
    assert params["protected"] == ["personal_status_and_sex", "age_in_years", "foreign_worker"]
    assert params["group"] == params["time"] == ""
    app.selectbox(key="finance.credit.sample").select_index(3).run()
    app.button(key="finance.credit.now").click().run()
    source, params = submitted[1]
    assert source.name == "payment_history" and (params["group"], params["time"]) == ("customer", "month")
    assert params["positive"] == "yes"


def test_payments_are_learnt_from_with_the_columns_that_were_guessed(monkeypatch):
    submitted: list[tuple[Source, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/finance.py", capability="finance.fraud", step="data")
    app.button(key="finance.fraud.now").click().run(timeout=120)
    source, params = submitted[0]
    assert source.name == "transactions" and (params["target"], params["time"]) == ("fraud", "date_time")
    assert (params["amount"], params["customer"], params["terminal"]) == ("amount", "customer_id", "terminal_id")


def test_an_alert_is_accepted_in_the_queue_and_kept():
    from core import decisions
    from core.ui import alerts

    keys, choices = ("a" * 32, "b" * 32), ["open", "fraud", "honest"]
    result = Queue("Alerts", "finance.fraud", keys, pd.DataFrame({"金额": [5.0, 3.0]}), (0.9, 0.1), ((), ()), ("fraud", "honest"))
    assert alerts.frame_of(result, "zh").columns.tolist() == ["得分（%）", "决定", "理由", "金额"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alerts.st, "toast", lambda text: None)
        alerts._keep(result, ["open", "open"], ["fraud", "open"], choices)
        assert decisions.known("finance.fraud") == {keys[0]: True}
        assert alerts.frame_of(result, "en")["Decision"].tolist() == ["fraud", "open"]
        alerts._keep(result, ["fraud", "open"], ["open", "open"], choices)
    assert decisions.known("finance.fraud") == {}
