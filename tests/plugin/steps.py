"""Work in steps with a checkpoint, and every way in which work can go wrong. It also learns: which class a word stands for."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.contracts import (
    Capability,
    Context,
    InputError,
    Labels,
    Learner,
    Metric,
    Metrics,
    Params,
    Table,
    Texts,
    TrainingParams,
    column,
    parameter,
)
from core.home import read_json, write_json
from core.language import N_


class StepParams(Params):
    what: Literal["work", "refuse", "bug", "memory", "die", "native", "family"] = parameter("work", title="What", help="To do.")
    steps: int = parameter(3, ge=1, le=10_000, title="Steps", help="How many.")
    seconds: float = parameter(0.0, ge=0, le=60, unit="s", title="Pause", help="After each step.")


class StepTrainingParams(TrainingParams):
    text: str = column("text", title="Text", help="The column with the words.")
    steps: int = parameter(3, ge=1, le=10_000, title="Steps", help="How many.")
    seconds: float = parameter(0.0, ge=0, le=60, unit="s", title="Pause", help="After each step.")
    saving: float = parameter(0.0, ge=0, le=60, unit="s", title="Saving", help="How long it takes to save.")


class WordModel:
    """How often each word was seen with each class. Its two files are `saving` seconds apart."""

    def __init__(self, classes: tuple[str, ...], words: dict[str, list[int]], saving: float = 0.0) -> None:
        self.classes, self.words, self.saving = classes, words, saving

    def predict(self, inputs: Any, context: Context) -> Labels:
        counts = np.array([np.sum([self.words.get(w, [0] * len(self.classes)) for w in t.split()], 0) for t in inputs.items])
        shares = (counts + 1) / (counts + 1).sum(1, keepdims=True)
        return Labels(inputs.items, self.classes, shares.astype(np.float32))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "classes.json", self.classes)
        time.sleep(self.saving)
        write_json(folder / "words.json", self.words)

    def describe(self) -> dict[str, Any]:
        return {"method": "words", "classes": list(self.classes)}


def load(folder: Path) -> WordModel:
    return WordModel(tuple(read_json(folder / "classes.json")), read_json(folder / "words.json"))


def fit(train: Table, validation: Table, params: StepTrainingParams, context: Context) -> WordModel:
    _steps(params.steps, params.seconds, context)
    classes = tuple(sorted(set(train.frame[params.target])))
    seen = {name: Counter(" ".join(rows[params.text]).split()) for name, rows in train.frame.groupby(params.target)}
    words = sorted(set().union(*seen.values()))
    return WordModel(classes, {word: [seen[name][word] for name in classes] for word in words}, params.saving)


def run(table: Table, params: StepParams, context: Context) -> Metrics:
    match params.what:
        case "refuse":
            raise InputError(N_("The column {name} has no text in it."), name="a")
        case "bug":
            raise ZeroDivisionError("secret of the developer")
        case "memory":
            raise MemoryError
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "native":
            context.progress(0.5, N_("In native code."))
            hashlib.pbkdf2_hmac("sha256", b"x", b"y", 2**31 - 1)  # half an hour, without a look at Python
        case "family":
            stubborn = (
                "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(300)"
            )
            child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
            assert child.stdout is not None
            child.stdout.readline()
            context.metric(0, child=child.pid)
            time.sleep(300)
    first = _steps(params.steps, params.seconds, context)
    return Metrics((Metric("first step", first), Metric("rows", len(table))))


def _steps(steps: int, seconds: float, context: Context) -> int:
    """Goes through the steps that no earlier attempt has done; returns the first one done now."""
    checkpoint = context.folder / "step.json" if context.folder else None
    first = read_json(checkpoint) if checkpoint and checkpoint.exists() else 0
    context.log(f"from step {first}")
    for step in range(first, steps):
        time.sleep(seconds)
        context.check()
        context.metric(step, loss=1 / (step + 1))
        if checkpoint:
            write_json(checkpoint, step + 1)
        context.progress((step + 1) / steps, N_("Step {step} of {steps}."), step=step + 1, steps=steps)
    return first


CAPABILITY = Capability(
    "plugin.steps", "Steps", "Works in steps.", (Texts, Table), Metrics, StepParams, run, metric="accuracy",
    learner=Learner(StepTrainingParams, fit, load),
)  # fmt: skip
