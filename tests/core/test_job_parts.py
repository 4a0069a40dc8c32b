"""Parts of a result that stand while the work goes on."""

from core.contracts import Metric, Metrics
from core.home import home
from core.jobs import folder
from core.lifecycle.span import Span


def part(name: str) -> Metrics:
    return Metrics((Metric(name, 1.0),))


def test_a_reader_gets_the_last_parts_of_the_latest_attempt_and_none_that_is_torn():
    from core.contracts import dump

    (home("jobs") / "abc").mkdir()
    for attempt, name in ((1, "old"), (2, "first"), (2, "second"), (2, "third")):
        folder.append_part("abc", attempt, dump(part(name)))
    with (folder.of("abc") / "parts.jsonl").open("a") as stream:
        stream.write('[2, {"torn')
    assert [one.items[0].name for one in folder.read_parts("abc", 2, 3)] == ["second", "third"]  # the torn line counts
    assert [one.items[0].name for one in folder.read_parts("abc", 1, 9)] == ["old"]
    assert folder.read_parts("gone", 1, 9) == []


def test_a_part_of_a_longer_work_passes_parts_on():
    from core.contracts import Context

    class Noting(Context):
        def __init__(self):
            self.parts = []

        def part(self, result):
            self.parts.append(result)

    whole = Noting()
    Span(whole, 0.2, 0.4).part(part("a"))
    assert [one.items[0].name for one in whole.parts] == ["a"]
