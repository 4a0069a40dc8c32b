"""The page of finance: the columns of loans are guessed and shown, and a click trains with them."""

import pytest

from core import jobs
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
