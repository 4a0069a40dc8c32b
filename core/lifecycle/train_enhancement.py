"""From clean recordings to a network that cleans and an honest report: split by speaker, fitted on mixtures, measured once.

The fitted model has, besides `save` and `describe`, `enhance(samples)`: float32 (n,) at 16 kHz, cleaned. It is measured on voices
it never heard, with noises it never met; the noisy input, log-MMSE and the learner's `peers` stand beside it on them.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from core import samples
from core.contracts import (
    Capability,
    Context,
    Evidence,
    Message,
    Metric,
    Metrics,
    Ranking,
    Records,
    Report,
    Section,
    Table,
)
from core.intake import sound_sets
from core.language import N_
from core.lifecycle.answers import THIS
from core.lifecycle.evaluate_enhancement import FEW_SPEAKERS, SPECTRAL, Row, gain, lead, measured, speakers
from core.lifecycle.mixtures import LEARNT, pieces
from core.lifecycle.span import Span
from core.lifecycle.split import Split
from core.lifecycle.split_speakers import FOLDERS, NOT_KNOWN, inspect, recordings_of, speakers_of, split_speakers
from core.sound import measures
from core.sound.measures import Measured
from core.sound.noise import KINDS

__all__ = ["inspect", "train"]  # `inspect` is what the leak guard asks

NOISY = N_("Noisy input")
GAIN = N_("SI-SDR gain in dB")


def train(capability: Capability, table: Table, params: Any, context: Context) -> Any:
    """Trains a network that cleans and measures it: the speakers to measure with reach neither `fit` nor any choice.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    context.progress(0.0, N_("Looking at the recordings"))
    split, units = split_speakers(table, params)
    context.log(str(split.how))
    known_by = speakers_of(table, params)
    params = params.model_copy(update={"target": recordings_of(table, params), "group": sound_sets.SPEAKER})
    frame = table.frame.assign(**{sound_sets.SPEAKER: units})  # so that a learner has the same speakers
    parts = [Table(frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.02, 0.8)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    held = pieces(parts[2].frame[params.target].tolist(), parts[2].frame[params.group].tolist(), Span(context, 0.8, 0.82))
    peers = capability.learner.peers() if capability.learner.peers else {}
    rows = measured(model, held, params.seed, Span(context, 0.82, 0.99), peers)
    facts = {**model.describe(), "seconds": seconds}
    report = _report(capability, facts, table, known_by, split, rows, fitting)
    score, low, high = gain(rows, THIS)
    others = {NOISY: {"gain": 0.0}, **{name: {"gain": gain(rows, name)[0]} for name in rows[0].after if name != THIS}}
    context.progress(1.0, N_("Done"))
    return Trained(model, report, {"gain": score, "gain_low": low, "gain_high": high}, others, split, ())


def _report(
    capability: Capability, facts: dict[str, Any], table: Table, known_by: str, split: Split, rows: list[Row], fitting: Span
) -> Report:  # fmt: skip
    score, low, high = gain(rows, THIS)
    count = sum(not row.mixture.is_learnt for row in rows)
    values: dict[str, object] = {
        "score": f"{score:+.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}", "count": count, "data": table.name,
        "verdict": verdict(rows),
    }  # fmt: skip
    summary = Message(
        N_("SI-SDR gain {score} dB (95 % interval {low} to {high}) on {count} mixtures of {data}: voices that were never heard, "
           "noises that were never met. {verdict}"), values,
    )  # fmt: skip
    sections = (
        Section(N_("Against other methods"), _versus(rows)), Section("", _means(rows)), Section("", _kinds(rows)),
        *(Section(series.title, series) for series in fitting.curves()),
        Section(N_("Split"), _parts(split), split.how), Section(N_("Training"), _cost(facts)),
    )  # fmt: skip
    card = Evidence(
        metric=GAIN, score=score, interval=(low, high), baseline=gain(rows, SPECTRAL)[0], baseline_name=SPECTRAL, unit=N_("dB"),
        data=samples.called(table.name), rows=count, answered_by=str(facts["method"]),
        caveats=_caveats(known_by, rows, split), seconds=facts["seconds"],
    )  # fmt: skip
    return Report(capability.title, summary, sections, card, table.notices)


def verdict(rows: list[Row]) -> Message:
    """Whether the network is worth anything: it beats log-MMSE, loses to it, or cannot be told apart from it."""
    difference, low, high = lead(rows, THIS, SPECTRAL)
    values: dict[str, object] = {"baseline": f"{gain(rows, SPECTRAL)[0]:+.1f}", "difference": f"{abs(difference):.1f}"}
    if low > 0:
        return Message(
            N_("It beats log-MMSE, which has learnt nothing and gains {baseline} dB on them, by {difference} dB."), values
        )
    if high < 0:
        return Message(N_("It loses to log-MMSE, which has learnt nothing and gains {baseline} dB on them, by {difference} dB: "
                          "clean with another method, or train longer and on more voices."), values)  # fmt: skip
    return Message(N_("It cannot be told apart from log-MMSE, which has learnt nothing and gains {baseline} dB on them."), values)


def _versus(rows: list[Row]) -> Ranking:
    """Every method on the same mixtures, the best first."""
    found = {NOISY: (0.0, 0.0, 0.0), **{name: gain(rows, name) for name in rows[0].after}}
    names = tuple(sorted(found, key=lambda name: -found[name][0]))
    score, low, high = (tuple(found[name][k] for name in names) for k in range(3))
    caption = (
        N_("On the same mixtures, with 95 % bootstrap intervals over speakers. The noisy input gains nothing by definition.")
        if speakers(rows) >= FEW_SPEAKERS else
        N_("On the same mixtures, with 95 % bootstrap intervals over pieces of speech. The noisy input gains nothing by "
           "definition.")
    )  # fmt: skip
    return Ranking(GAIN, names, score, N_("dB"), caption, low, high, words=names)


def _means(rows: list[Row]) -> Records:
    """Every measure of the input and of each method, the mean over the mixtures with noises never learnt from."""
    import pandas as pd

    kept = [row for row in rows if not row.mixture.is_learnt]
    lines = []
    for name in (NOISY, *rows[0].after):
        found = [row.before if name == NOISY else row.after[name] for row in kept]
        lines.append({N_("recording"): name, N_("SI-SDR (dB)"): _mean(found, "si_sdr"),
                      N_("gain (dB)"): _mean(found, "si_sdr") - _mean([row.before for row in kept], "si_sdr"),
                      "PESQ": _mean(found, "pesq"), "STOI": _mean(found, "stoi")})  # fmt: skip
    frame = pd.DataFrame(lines).dropna(axis=1, how="all").round(3)
    caption = N_("Means over the mixtures with noises that were never learnt from.")
    return Records(N_("Every measure"), frame, caption, words=("recording",))


def _kinds(rows: list[Row]) -> Records:
    import pandas as pd

    titles = {THIS: N_("this model, gain (dB)"), SPECTRAL: N_("log-MMSE, gain (dB)")}
    lines = []
    for kind in dict.fromkeys(row.mixture.kind for row in rows):
        own = [row for row in rows if row.mixture.kind == kind]
        line: dict[str, Any] = {N_("noise"): KINDS[kind], N_("mixtures"): len(own)}
        line[N_("learnt from")] = N_("yes") if kind in LEARNT and kind != "babble" else (
            N_("other voices") if kind == "babble" else N_("no"))  # fmt: skip
        line |= {titles.get(name, name): float(np.mean([row.gain(name) for row in own])) for name in own[0].after}
        lines.append(line)
    caption = N_("Pink noise was learnt from and stands here to compare; it does not count in the score.")
    return Records(N_("By kind of noise"), pd.DataFrame(lines).round(2), caption, words=("noise", "learnt from"))


def _mean(found: list[Measured], name: str) -> float:
    values = np.array([getattr(one, name) for one in found])
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _parts(split: Split) -> Records:
    import pandas as pd

    parts = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    return Records(N_("Recordings of each part"), pd.DataFrame({name: [len(rows)] for name, rows in parts.items()}), split.how)


def _caveats(known_by: str, rows: list[Row], split: Split) -> tuple[Message, ...]:
    found = []
    if not known_by:
        found.append(Message(NOT_KNOWN))
    elif (count := speakers(rows)) < FEW_SPEAKERS:
        found.append(Message(N_("Measured on {count} speakers only: the interval is that over pieces of their speech, not over "
                                "speakers."), {"count": count}))  # fmt: skip
    if known_by == sound_sets.LABEL:
        found.append(Message(FOLDERS))
    if not len(split.validation):
        found.append(Message(N_("Too few speakers to put some aside to choose by: the last epoch was taken.")))
    if not measures.has_pesq():
        found.append(Message(N_("PESQ is left out: the package pesq is not installed. It needs a C compiler: pip install pesq.")))
    return tuple(found)


def _cost(facts: dict[str, Any]) -> Metrics:
    return Metrics((
        Metric(N_("Time to learn"), facts["seconds"], N_("seconds")),
        Metric(N_("Parameters"), float(facts.get("parameters", 0)), N_("numbers")),
        Metric(N_("Epochs done"), float(facts.get("epochs", 0)), N_("epochs")),
    ))  # fmt: skip
