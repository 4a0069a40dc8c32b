"""From clean recordings to a network that cleans and an honest report: split by speaker, fitted on mixtures, measured once.

The fitted model has, besides `save` and `describe`, `enhance(samples)`: float32 (n,) at 16 kHz, cleaned. It is measured on voices
it never heard, with noises it never met; log-MMSE and the noisy input stand beside it on the same mixtures.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import samples
from core.contracts import (
    Capability,
    Context,
    Evidence,
    InputError,
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
from core.lifecycle.bootstrap import draws
from core.lifecycle.columns import SPLIT_COLUMN, need_column
from core.lifecycle.mixtures import HELD_OUT, LEARNT, RATE, Mixture, Piece, mixtures, pieces
from core.lifecycle.span import Span
from core.lifecycle.split import Split
from core.sound import measures, spectral
from core.sound.measures import Measured
from core.sound.noise import KINDS

LEAST_UNITS = 3  # speakers, or clips where speakers are not known: to learn from, to measure with, and one more
VALIDATION_SHARE, LEAST_TO_CHOOSE = 0.15, 4  # of the units that are not measured with; below so many none is put aside
MOST_MEASURED = 30  # pieces, each with every kind of noise
FEW_SPEAKERS = 10
TEST_SEED = 500_000  # of the noise that is measured with
NOISY, SPECTRAL = N_("Noisy input"), N_("Log-MMSE, a spectral baseline")
GAIN = N_("SI-SDR gain in dB")


@dataclass(frozen=True)
class Row:
    """One mixture and what was measured of it: before, and by name of the method after cleaning."""

    mixture: Mixture
    before: Measured
    after: dict[str, Measured]


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
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    fitting = Span(context, 0.02, 0.85)
    fitting.progress(0.0, N_("Learning"))
    model: Any = capability.learner.fit(parts[0], parts[1], params, fitting)
    seconds = time.perf_counter() - started
    context.progress(0.85, N_("Measuring on speakers who were never learnt from"))
    held = pieces(parts[2].frame[params.target].tolist(), [units[row] for row in split.test], Span(context, 0.85, 0.87))
    rows = measured(model, held, params.seed, Span(context, 0.87, 0.99))
    report = _report(capability, model, table, params, split, rows, fitting, seconds)
    score, low, high = gain(rows, THIS)
    base = gain(rows, SPECTRAL)
    metrics = {"gain": score, "gain_low": low, "gain_high": high}
    context.progress(1.0, N_("Done"))
    return Trained(model, report, metrics, {SPECTRAL: {"gain": base[0]}, NOISY: {"gain": 0.0}}, split, ())


def units_of(table: Table, params: Any) -> list[str]:
    """What must stay on one side, for each row: the speaker, or the file where speakers are not known."""
    if params.group:
        need_column(table, params.group)
        return [str(one) for one in table.frame[params.group]]
    if sound_sets.SPEAKER in table.frame:
        return [str(one) for one in table.frame[sound_sets.SPEAKER]]
    return [hashlib.sha256(sound_sets.path_of(one).read_bytes()).hexdigest() for one in table.frame[params.target]]


def has_speakers(table: Table, params: Any) -> bool:
    return bool(params.group) or sound_sets.SPEAKER in table.frame


def split_speakers(table: Table, params: Any) -> tuple[Split, list[str]]:
    """Whole speakers on one side, as the column `split` says where it does; and the unit of each row.

    Raises InputError for no recordings, too few speakers, or a speaker on both sides of a given split.
    """
    if params.target not in table.frame or not len(table) or not all(map(sound_sets.is_reference, table.frame[params.target])):
        raise InputError(N_("There are no recordings in the column {column}. Give a ZIP archive of clean "
                            "recordings of speech."), column=params.target)  # fmt: skip
    units = units_of(table, params)
    names = sorted(set(units))
    if len(names) < LEAST_UNITS:
        raise InputError(
            N_("There are {count} speakers: too few to learn from some and measure with others. Give recordings of at least "
               "{least}, or choose another speaker column."), count=len(names), least=LEAST_UNITS,
        )  # fmt: skip
    said = table.frame[SPLIT_COLUMN].astype(str).str.lower() if SPLIT_COLUMN in table.frame else None
    if params.split in ("auto", "given") and said is not None and {"train", "test"} <= set(said):
        kind, test = "given", {unit for unit, part in zip(units, said) if part == "test"}
    else:
        order = np.random.default_rng(params.seed).permutation(len(names))
        kind, test = "group", {names[k] for k in order[: min(len(names) - 2, max(1, round(params.test_share * len(names))))]}
    rest = [name for name in np.random.default_rng(params.seed + 1).permutation(names).tolist() if name not in test]
    aside = max(1, round(VALIDATION_SHARE * len(rest))) if len(rest) >= LEAST_TO_CHOOSE else 0
    if not rest:
        raise InputError(
            N_("The split leaves no rows to learn from or none to measure with: choose another split or test share.")
        )
    part = {**dict.fromkeys(rest[aside:], 0), **dict.fromkeys(rest[:aside], 1), **dict.fromkeys(test, 2)}
    numbers = np.array([part[unit] for unit in units])
    rows = [np.flatnonzero(numbers == k) for k in range(3)]
    values: dict[str, object] = {"train": len(rest) - aside, "validation": aside, "test": len(test)}
    how = (
        Message(N_("Speakers: {train} to learn from, {validation} to choose by, {test} to measure with."), values)
        if has_speakers(table, params) else
        Message(N_("Recordings: {train} to learn from, {validation} to choose by, {test} to measure with; who speaks is not "
                   "known."), values)
    )  # fmt: skip
    return Split(rows[0], rows[1], rows[2], how, kind), units


def measured(model: Any, held: list[Piece], seed: int, context: Context) -> list[Row]:
    """Each held-out piece with every held-out noise, and with pink noise, which was learnt from: cleaned and measured once."""
    chosen = [held[k] for k in np.sort(np.random.default_rng(seed).permutation(len(held))[:MOST_MEASURED])]
    kinds = (*HELD_OUT, "pink")
    rows = []
    for place, mixture in enumerate(mixtures(chosen, kinds, TEST_SEED + seed)):
        context.check()
        context.progress(place / (len(chosen) * len(kinds)), N_("Measuring on speakers who were never learnt from"))
        cleaned = {THIS: model.enhance(mixture.noisy), SPECTRAL: spectral.log_mmse(mixture.noisy, RATE, Context())}
        after = {name: measures.measure(mixture.clean, one, RATE) for name, one in cleaned.items()}
        rows.append(Row(mixture, measures.measure(mixture.clean, mixture.noisy, RATE), after))
    return rows


def gain(rows: list[Row], name: str, seed: int = 0) -> tuple[float, float, float]:
    """Mean SI-SDR gain in dB over the mixtures with noises that were never learnt from, and its 95 % interval over pieces."""
    kept = [row for row in rows if not row.mixture.is_learnt]
    values = np.array([row.after[name].si_sdr - row.before.si_sdr for row in kept])
    # A piece comes with several noises: those rows are no independent evidence of each other.
    places = np.unique([row.mixture.piece for row in kept], return_inverse=True)[1]
    means = np.concatenate([values @ weights / weights.sum(0) for weights in draws(len(values), 1_000, seed, places)])
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


def _report(
    capability: Capability, model: Any, table: Table, params: Any, split: Split, rows: list[Row], fitting: Span, seconds: float
) -> Report:  # fmt: skip
    facts = model.describe()
    found = {name: gain(rows, name) for name in (THIS, SPECTRAL)}
    score, low, high = found[THIS]
    count = sum(not row.mixture.is_learnt for row in rows)
    values: dict[str, object] = {
        "score": f"{score:+.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}", "count": count, "data": table.name,
        "baseline": f"{found[SPECTRAL][0]:+.1f}",
    }  # fmt: skip
    summary = Message(
        N_("SI-SDR gain {score} dB (95 % interval {low} to {high}) on {count} mixtures of {data}: voices that were never heard, "
           "noises that were never met. Log-MMSE, which has learnt nothing, gains {baseline} dB on them."), values,
    )  # fmt: skip
    versus = Ranking(
        GAIN, (THIS, SPECTRAL, NOISY), (score, found[SPECTRAL][0], 0.0), N_("dB"),
        N_("On the same mixtures, with 95 % bootstrap intervals over pieces of speech. The noisy input gains nothing by "
           "definition."),
        (low, found[SPECTRAL][1], 0.0), (high, found[SPECTRAL][2], 0.0), words=(THIS, SPECTRAL, NOISY),
    )  # fmt: skip
    sections = (
        Section(N_("Against the baselines"), versus), Section("", _means(rows)), Section("", _kinds(rows)),
        *(Section(series.title, series) for series in fitting.curves()),
        Section(N_("Split"), _parts(split), split.how), Section(N_("Training"), _cost(facts, seconds)),
    )  # fmt: skip
    card = Evidence(
        metric=GAIN, score=score, interval=(low, high), baseline=found[SPECTRAL][0], baseline_name=SPECTRAL, unit=N_("dB"),
        data=samples.called(table.name), rows=count, answered_by=str(facts["method"]),
        caveats=_caveats(table, params, rows, split), seconds=seconds,
    )  # fmt: skip
    return Report(capability.title, summary, sections, card, table.notices)


def _means(rows: list[Row]) -> Records:
    """Every measure of the input and of each method, the mean over the mixtures with noises never learnt from."""
    import pandas as pd

    kept = [row for row in rows if not row.mixture.is_learnt]
    lines = []
    for name in (NOISY, THIS, SPECTRAL):
        found = [row.before if name == NOISY else row.after[name] for row in kept]
        lines.append({N_("recording"): name, N_("SI-SDR (dB)"): _mean(found, "si_sdr"),
                      N_("gain (dB)"): _mean(found, "si_sdr") - _mean([row.before for row in kept], "si_sdr"),
                      "PESQ": _mean(found, "pesq"), "STOI": _mean(found, "stoi")})  # fmt: skip
    frame = pd.DataFrame(lines).dropna(axis=1, how="all").round(3)
    caption = N_("Means over the mixtures with noises that were never learnt from.")
    return Records(N_("Every measure"), frame, caption, words=("recording",))


def _kinds(rows: list[Row]) -> Records:
    import pandas as pd

    lines = []
    for kind in dict.fromkeys(row.mixture.kind for row in rows):
        own = [row for row in rows if row.mixture.kind == kind]
        line: dict[str, Any] = {N_("noise"): KINDS[kind], N_("mixtures"): len(own)}
        line[N_("learnt from")] = N_("yes") if kind in LEARNT and kind != "babble" else (
            N_("other voices") if kind == "babble" else N_("no"))  # fmt: skip
        for title, name in ((N_("gain (dB)"), THIS), (N_("log-MMSE, gain (dB)"), SPECTRAL)):
            line[title] = float(np.mean([row.after[name].si_sdr - row.before.si_sdr for row in own]))
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


def _caveats(table: Table, params: Any, rows: list[Row], split: Split) -> tuple[Message, ...]:
    found = []
    if not has_speakers(table, params):
        found.append(Message(N_("Who speaks is not known: voices may stand on both sides of the split, and the score may be too "
                                "good. Name the speaker column.")))  # fmt: skip
    elif (count := len({row.mixture.unit for row in rows})) < FEW_SPEAKERS:
        found.append(Message(N_("Measured on {count} speakers only: the interval is that over pieces of their speech, not over "
                                "speakers."), {"count": count}))  # fmt: skip
    if not len(split.validation):
        found.append(Message(N_("Too few speakers to put some aside to choose by: the last epoch was taken.")))
    if not measures.has_pesq():
        found.append(Message(N_("PESQ is left out: the package pesq is not installed. It needs a C compiler: pip install pesq.")))
    return tuple(found)


def _cost(facts: dict[str, Any], seconds: float) -> Metrics:
    return Metrics((
        Metric(N_("Time to learn"), seconds, N_("seconds")),
        Metric(N_("Parameters"), float(facts.get("parameters", 0)), N_("numbers")),
        Metric(N_("Epochs done"), float(facts.get("epochs", 0)), N_("epochs")),
    ))  # fmt: skip
