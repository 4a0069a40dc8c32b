"""A part of a longer work, and the learning curve of it."""

from __future__ import annotations

import json

from core.contracts import Context, Result, Series
from core.language import N_

CURVE = "learning_curve.jsonl"  # in the context's folder: a resumed training keeps the points from before


class Span(Context):
    """The part of a longer work that goes from share `start` to share `end`; keeps the points of the learning curve."""

    def __init__(self, whole: Context, start: float, end: float) -> None:
        self.whole, self.start, self.end = whole, start, end
        self.folder = whole.folder
        self.points = self._earlier()

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self.whole.progress(self.start + (self.end - self.start) * min(max(share, 0.0), 1.0), message, **values)

    def metric(self, step: float, **values: float) -> None:
        self.points[step] = {**self.points.get(step, {}), **values}
        if self.folder is not None:
            with (self.folder / CURVE).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([step, {name: float(value) for name, value in values.items()}]) + "\n")
        self.whole.metric(step, **values)

    def log(self, line: str) -> None:
        self.whole.log(line)

    def text(self, piece: str) -> None:
        self.whole.text(piece)

    def part(self, result: Result) -> None:
        self.whole.part(result)

    def check(self) -> None:
        self.whole.check()

    def _earlier(self) -> dict[float, dict[str, float]]:
        points: dict[float, dict[str, float]] = {}
        if self.folder is None or not (self.folder / CURVE).exists():
            return points
        for line in (self.folder / CURVE).read_text("utf-8").splitlines():
            try:
                step, values = json.loads(line)
            except ValueError:  # cut off by a kill
                continue
            points[step] = {**points.get(step, {}), **values}
        return points

    def curves(self) -> tuple[Series, ...]:
        """What `metric` was told: one chart for losses, one for the rest."""
        steps = sorted(self.points)
        names = dict.fromkeys(name for step in steps for name in self.points[step])
        charts = []
        for title, is_loss in ((N_("Loss while learning"), True), (N_("Scores while learning"), False)):
            lines = {
                name: tuple(self.points[step].get(name, float("nan")) for step in steps)
                for name in names
                if ("loss" in name) == is_loss
            }
            if lines:
                caption = N_("Where the line of the validation rows turns while that of the training rows goes on, "
                             "the model begins to learn by heart.")  # fmt: skip
                charts.append(Series(title, tuple(steps), lines, N_("Step"), N_("Value"), caption))
        return tuple(charts)
