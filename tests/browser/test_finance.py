"""Finance, clicked through in Chromium: loans uploaded, columns corrected, a leak mended, trained, predicted, downloaded; the
same in Chinese; an alert dismissed; a forecast.
"""

import json
import re
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from core.language import catalogue
from core.samples.transactions import World, simulate
from tests.browser.test_journey import click, job_of, wait_for
from tests.browser.test_vision import upload
from tests.loans import loans

pytestmark = pytest.mark.browser

OWN = {"", "CSV", "Excel", "JSON", *loans(1).frame}  # no text, the same in every language, and names of the user's columns
FORMULA = "=SUM(A1)"  # a cell that a spreadsheet would run


def table_of_loans(rows: int = 300) -> pd.DataFrame:
    """Loans whose outcome is in `repaid`; `label` looks like a target and is none, `written_off` gives the outcome away."""
    frame = loans(rows).frame.rename(columns={"outcome": "repaid"})
    number = np.arange(rows)
    return frame.assign(label=np.where(number % 3, "new", "renewed"), written_off=(frame["repaid"] == "bad") * (100.0 + number))


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def box(page, key: str):
    """The field of a select box; its widget key may end in what belongs to the table."""
    return page.locator(f"[class*=st-key-{key.replace('.', '-')}] [data-testid=stSelectbox] input").first


def choose(page, key: str, option: str) -> None:
    box(page, key).click()
    page.get_by_role("option", name=option, exact=True).click()


def finished(page, server) -> dict:
    wait_for(page, lambda: "job=" in page.url)
    job = wait_for(page, lambda: (found := job_of(page, server))["state"] in ("done", "failed") and found)
    assert job["state"] == "done", job["error"]
    return job


def english(page) -> set[str]:
    """Lines on the page that are English ids with a Chinese text, or sentences in Latin letters only."""
    chinese = catalogue("zh")
    lines = {line.strip() for line in page.locator("[data-testid=stMain]").inner_text().splitlines()}
    lines |= {text.strip() for text in page.locator("[data-testid=stMain] svg text").all_text_contents()}
    known = {line for line in lines if line not in OWN and chinese.gettext(line) not in ("", line)}
    return known | {line for line in lines if re.fullmatch(r"[A-Za-z' ,;:.-]+", line) and len(line.split()) > 3}


def test_loans_from_upload_to_reasons_and_the_same_in_chinese(visit, server) -> None:
    params = quote(json.dumps({"method": "logistic", "compare": False}))
    page = visit(f"/finance?capability=finance.credit&params={params}")
    click(page, "finance.credit.way", 1)
    upload(page, "loans.csv", "text/csv", csv(table_of_loans()))
    wait_for(page, lambda: box(page, "finance.credit.train.target").input_value() == "label")
    choose(page, "finance.credit.train.target", "repaid")
    wait_for(page, lambda: box(page, "finance.credit.train.positive").input_value() == "bad")
    click(page, "step", 1)
    page.get_by_text("written_off").first.wait_for()
    click(page, "finance.credit.guard.all")
    page.locator(".st-key-finance-credit-guard-all").wait_for(state="detached")
    click(page, "step", 2)
    click(page, "finance.credit.start")
    finished(page, server)
    for heading in ("Scores", "Calibration", "Cut-off by cost"):
        page.locator("[data-testid=stHeading]").filter(has_text=heading).first.wait_for()
    assert page.locator("[class*=st-key-finance-credit-trained-result] .js-plotly-plot").count() >= 3

    found = page.get_by_text(re.compile('^ROC AUC .* the event is "bad"')).first.inner_text()
    assert 60 < float(found.split()[2]) < 97, "it learnt, and not from the column that gives the outcome away"

    reader = visit(page.url.partition(server.url)[2], "zh-CN")
    reader.locator("[class*=st-key-finance-credit-trained-result] .js-plotly-plot").first.wait_for()
    reader.locator("[class*=st-key-finance-credit-trained-files-json]").wait_for()
    assert english(reader) == set()

    click(page, "finance.credit.use")
    page.locator(".st-key-finance-credit-predict-way").wait_for()
    click(page, "finance.credit.predict.way", 1)
    new = table_of_loans(40).drop(columns=["repaid", "written_off"])
    new.loc[0, "home"] = FORMULA
    page.locator(".st-key-finance-credit-predict-way").wait_for()
    upload(page, "new.csv", "text/csv", csv(new))
    page.get_by_text("new.csv · rows: 40").wait_for()
    click(page, "finance.credit.predict.run")
    page.locator("[class*=st-key-finance-credit-predict-files-csv] button").first.wait_for()
    with page.expect_download() as download:
        click(page, "finance.credit.predict.files.csv")
    text = Path(download.value.path()).read_text("utf-8-sig")
    taken = pd.read_csv(download.value.path())
    assert len(taken) == 40 and "," + FORMULA not in text and "\n" + FORMULA not in text
    chances = next(taken[name] for name in taken if "chance" in name.lower())
    assert chances.corr(new["debt"], method="spearman") > 0.3, "the planted signal: debt raises the chance"
    reasons = next(taken[name] for name in taken if "raised" in name.lower())
    assert reasons.astype(str).str.contains("debt|income|home").mean() > 0.5


def test_an_alert_is_dismissed_and_stays_so_after_f5(visit, server) -> None:
    world = World(customers=60, terminals=80, days=40, side=12.0, terminals_a_day=1 / 150, customers_a_day=1 / 150)
    params = quote(json.dumps({"method": "lightgbm", "rounds": 40, "delay": 3}))
    page = visit(f"/finance?capability=finance.fraud&params={params}")
    click(page, "finance.fraud.way", 1)
    upload(page, "payments.csv", "text/csv", csv(simulate(world).drop(columns="scenario")))
    click(page, "finance.fraud.now")
    finished(page, server)
    grid = page.locator("[class*=st-key-finance-fraud-trained-result][class*=queue] canvas[data-testid=data-grid-canvas]").first
    grid.wait_for()
    grid.scroll_into_view_if_needed()
    cell = grid.locator("[data-testid=glide-cell-0-0]")
    assert cell.inner_text() == "open"
    page.wait_for_timeout(1000)
    grid.click(position={"x": 40, "y": 52}, force=True)  # a transparent layer for scrolling lies over it
    page.keyboard.press("Enter")
    page.get_by_text("honest", exact=True).last.click()
    page.keyboard.press("Enter")
    page.get_by_text("Kept.").first.wait_for()
    page.reload()
    grid.wait_for()
    wait_for(page, lambda: cell.inner_text() == "honest", 30)


def test_a_forecast_is_a_chart_in_one_click(visit) -> None:
    params = quote(json.dumps({"methods": "fast", "window": 400, "folds": 1, "test_share": 0.05}))
    page = visit(f"/finance?capability=finance.forecast&sample=transit_chicago&params={params}")
    click(page, "finance.forecast.run")
    page.locator("[class*=st-key-finance-forecast][class*=result] .js-plotly-plot").first.wait_for()
