"""The panel of a capability: what a job was asked is shown, even where its work made the same question a quick one."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs
from core.contracts import Metric, Metrics
from core.source import Source
from core.ui import jobs_panel

SOURCE = Source(kind="sample", name="credit_data")


def page() -> None:
    from core.contracts import Capability, Metric, Metrics, Params, Table
    from core.ui import inputs, panel
    from tests.core.ui.test_panel import SOURCE

    def quick(given, params):
        return True

    def run(given, params, context):
        return Metrics((Metric("at once", 1.0),))

    capability = Capability("probe.index", "Index", "", (Table,), Metrics, Params, run, is_quick=quick)
    given = inputs.opened(SOURCE, preview=False)
    panel.run_and_show(capability, "probe", given, Params())


@pytest.mark.parametrize("asked", [SOURCE, Source(kind="sample", name="credit_german"), None])
def test_the_result_of_a_job_is_shown_where_its_question_has_become_a_quick_one(monkeypatch, asked):
    job = SimpleNamespace(id="one", source=asked, params={}) if asked else None
    monkeypatch.setattr(jobs_panel, "current", lambda capability_id, action: job)
    monkeypatch.setattr(jobs_panel, "job_panel", lambda job_id, key: "done")
    monkeypatch.setattr(jobs, "result", lambda job_id: Metrics((Metric("by the job", 1.0),)))
    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    assert [metric.label for metric in app.metric] == (["by the job"] if asked == SOURCE else [])
    assert any("Press run" in caption.value for caption in app.caption) == (asked != SOURCE)
    app.button(key="probe.run").click().run()
    assert [metric.label for metric in app.metric] == ["at once"], "pressed again, it is answered at once"
