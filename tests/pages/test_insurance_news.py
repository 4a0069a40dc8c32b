"""The pages of insurance and news: the sample is there with its columns, one click starts, and the result is shown."""

from core import jobs
from core.source import Source
from tests.pages.test_pages import opened


def test_pricing_starts_by_one_click_with_guessed_columns(monkeypatch):
    submitted: list[tuple[Source, dict]] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((source, params))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/finance.py", capability="finance.insurance")
    assert not app.exception and not app.error
    app.button(key="finance.insurance.now").click().run()
    source, params = submitted[0]
    assert (source.name, params["target"], params["exposure"], params["loss"]) == ("motor_policies", "claims", "exposure", "loss")
    assert params["without"] == [] and params["time"] == params["group"] == ""


def test_a_few_headlines_are_read_at_once(monkeypatch):
    from core.intake import spool

    rows = [
        "when,headline,firm",
        *(f"2024-0{k}-01,Lender {k} {'defaults' if k == 3 else 'meets'},Firm {k % 2}" for k in range(1, 10)),
    ]
    upload = spool("\n".join(rows).encode(), "news.csv")
    app = opened("pages/finance.py", capability="finance.news", data=upload.digest)
    app.segmented_control(key="finance.news.way").set_value("upload").run()
    app.selectbox(key="finance.news.params.judge").set_value("words").run()
    next(box for box in app.selectbox if box.label == "Company column").set_value("firm").run()
    app.button(key="finance.news.run").click().run()
    assert not app.exception and not app.error
    assert any("9 headlines" in element.value for element in app.markdown)
