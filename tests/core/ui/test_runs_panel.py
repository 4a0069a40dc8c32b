"""Learning curves of several runs over each other."""

from core.ui.runs_panel import overlaid


def test_a_chart_for_each_measure_with_a_line_for_each_run_that_has_it():
    loss, accuracy = ((0.0, 1.0), (1.0, 0.5)), ((1.0,), (0.7,))
    charts = overlaid({"textcnn · a": {"loss": loss, "accuracy": accuracy}, "bilstm · b": {"loss": accuracy}})
    assert [chart.title for chart in charts] == ["loss", "accuracy"]
    assert charts[0].curves == {"textcnn · a": loss, "bilstm · b": accuracy} and charts[1].curves == {"textcnn · a": accuracy}
    assert overlaid({}) == []
