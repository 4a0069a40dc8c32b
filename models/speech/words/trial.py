"""How well words of speakers are recognised whom nothing was learnt from: every clip of the sample is asked about once."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np

from core import samples
from core.contracts import Context, Evidence, Message, Table
from core.language import N_
from core.lifecycle import baselines_sounds, sound_prints
from core.lifecycle.bootstrap import intervals
from core.lifecycle.span import Span
from models.speech.words.measures import GAIN

SAMPLE, LEFT_OUT = "letters", 2
NEAREST = N_("nearest neighbour, the better of two")


def apart(method: Literal["cnn", "gru"], context: Context) -> Evidence:
    """Accuracy of `method` less that of the nearest neighbour, mean MFCC or dynamic time warping, whichever is better.

    Two speakers at a time are left out, all others are learnt from, by both. The settings are the defaults, which were chosen on
    the sample of other letters. The interval draws whole speakers.
    """
    table = samples.load(SAMPLE)
    speakers = sorted(table.frame["speaker"].unique())
    right = {name: np.zeros(len(table), bool) for name in ("ours", "mean", "warped")}
    for start in range(0, len(speakers), LEFT_OUT):
        span = Span(context, start / len(speakers), (start + LEFT_OUT) / len(speakers))
        _fold(table, method, speakers[start : start + LEFT_OUT], right, span)
    ours, best = right["ours"], max(("mean", "warped"), key=lambda name: right[name].mean())
    gain = ours.astype(float) - right[best]
    numbers = np.array([speakers.index(name) for name in table.frame["speaker"]])
    spread = intervals(lambda drawn: {"gain": gain @ drawn / drawn.sum(0)}, len(gain), groups=numbers)["gain"]
    context.log(", ".join(f"{name} {found.mean():.4f}" for name, found in right.items()))
    values: dict[str, object] = {name: f"{found.mean():.3f}" for name, found in right.items()}
    told = N_("{ours} against {mean} by mean MFCC and {warped} by dynamic time warping; guessing is right in 0.1.")
    return Evidence(
        metric=GAIN, score=float(gain.mean()), interval=spread, baseline=0.0, baseline_name=NEAREST, data=SAMPLE, rows=len(gain),
        answered_by=f"MFCC + {method.upper()}",
        caveats=(Message(told, values), N_("14 speakers, each of another language, one clip a letter: a rough figure.")),
    )  # fmt: skip


def _fold(
    table: Table, method: Literal["cnn", "gru"], tested: list[str], right: dict[str, np.ndarray], context: Span
) -> None:  # fmt: skip
    from core.lifecycle.targets import class_names
    from models.speech.commands import TrainWords, fit

    rows = table.frame["speaker"].isin(tested).to_numpy()
    known, test = (Table(table.frame[mask].reset_index(drop=True), SAMPLE) for mask in (~rows, rows))
    truth = np.array(class_names(test.frame["label"]))
    params = TrainWords(method=method, target="label", sound="sound")
    model: Any = fit(known, Table(known.frame.iloc[:0], SAMPLE), params, context)
    right["ours"][rows] = np.array(model.predict(test, Context()).best) == truth
    learnt, asked = (sound_prints.prints(part.frame["sound"].tolist()) for part in (known, test))
    labels = [(name,) for name in known.frame["label"]]
    near = partial(baselines_sounds.nearest, learnt, labels, asked, truth.tolist())
    for name, warped in (("mean", False), ("warped", True)):
        right[name][rows] = np.array(near(warped=warped).best) == truth
