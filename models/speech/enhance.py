"""Takes noise out of recordings of speech, by several methods side by side: to hear, to see, and measured where the clean
recording is known.

DeepFilterNet3 and RNNoise come ready; a spectral method without learning stands beside them. Noise can be mixed in here at a
known ratio, so that what a method takes away can be measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import ClassVar, Literal

import numpy as np

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    InputError,
    Learner,
    Message,
    Model,
    Params,
    Report,
    Sound,
    Table,
    TrainingParams,
    column,
    parameter,
    recording,
)
from core.fitted import open_model
from core.language import N_
from core.sound import measures
from core.sound.noise import KINDS
from models.speech.enhancement import methods, results, trial
from models.speech.enhancement.results import Cleaned
from models.speech.enhancement.scene import CLEAN, IN_SAMPLES, MICROPHONES, ONE, Scene, scene

ALL = "all"
NOISES = (IN_SAMPLES, *KINDS)
LISTEN = N_("Denoised speech is for people: recognisers often do better with the noisy recording.")
VOICES = N_("Voices in the background are speech, too: these methods keep them or remove the wrong one, and mostly lose. Where "
            "several people talk, listen to the result before you use it.")  # fmt: skip
OWN_NOISE = N_("The clean recording may have noise of its own; a method that takes that away, too, loses in these measures.")
NOT_KNOWN = N_("Nothing was measured on your recording: the clean one is not known.")


class TrainEnhancer(TrainingParams):
    """How to learn from clean recordings."""

    task: ClassVar[str] = "enhancement"

    target: str = column(
        "sound", title=N_("Recording column"), help=N_("The column that names the clean recordings; noise is mixed in here."),
    )  # fmt: skip
    group: str = column(
        "speaker", optional=True, title=N_("Speaker column"),
        help=N_("Recordings of one speaker stay on one side of the split, so that the score is that for voices never heard. "
                "In an archive with a folder for each speaker it is label, which names the folder."),
    )  # fmt: skip
    time: ClassVar[str] = ""  # type: ignore[misc]  # nothing to do with voices: no field for it
    split: Literal["auto", "group", "given"] = parameter(  # type: ignore[assignment]
        "auto", advanced=True, title=N_("Split"), help=N_("How rows are kept aside to measure with."),
        choices={"auto": N_("Choose for me"), "group": N_("By speaker"), "given": N_("As given in the column split")},
    )  # fmt: skip
    loss: Literal["si_sdr", "spectral"] = parameter(
        "si_sdr", title=N_("Loss"), choices={"si_sdr": N_("SI-SDR"), "spectral": N_("Compressed spectrum")},
        help=N_("What is made small: the distance of the samples, or that of the compressed magnitudes."),
    )  # fmt: skip
    epochs: int = parameter(30, ge=1, le=500, title=N_("Epochs"), help=N_("Passes over the training recordings at most."))
    width: int = parameter(
        96, ge=8, le=512, title=N_("Width"), advanced=True, help=N_("States of the GRU in each direction."),
    )  # fmt: skip
    layers: int = parameter(2, ge=1, le=4, title=N_("Layers"), advanced=True, help=N_("GRUs one on top of the other."))
    batch: int = parameter(
        8, ge=1, le=64, advanced=True, title=N_("Batch"), unit=N_("recordings"), help=N_("Mixtures a step, two seconds each."),
    )  # fmt: skip
    rate: float = parameter(
        2e-3, ge=1e-6, le=0.1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."),
    )  # fmt: skip
    patience: int = parameter(
        10, ge=0, le=200, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the validation speakers; the best one is kept."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainEnhancer, context: Context) -> Model:
    """A mask network trained on mixtures of the recordings with noise.

    Raises InputError where none of the recordings can be used.
    """
    from models.speech.enhancement import learning

    return learning.fit(train, validation, params, context)


def peers() -> dict[str, Callable[[np.ndarray, Context], np.ndarray]]:
    """DeepFilterNet3 and RNNoise, where they are on this machine, on samples at 16 kHz."""
    from core import weights
    from core.lifecycle.mixtures import RATE

    ready = [name for name in methods.METHODS if name != methods.SPECTRAL and weights.status(name).state == "present"]
    return {
        methods.METHODS[name]: lambda samples, context, name=name: methods.enhanced(name, samples, RATE, context)  # type: ignore[misc]
        for name in ready
    }


def load(folder: Path) -> Model:
    """What `save` of a fitted network wrote."""
    from models.speech.enhancement import network

    return network.load(folder)


class EnhanceParams(Params):
    """What to clean with."""

    model: str = parameter(
        ALL, title=N_("Method"), choices={ALL: N_("All side by side"), **methods.METHODS}, max_length=200,
        help=N_("DeepFilterNet3 is the strongest; RNNoise is tiny and quick; log-MMSE has learnt nothing."),
    )  # fmt: skip
    noise: Literal["sample", "none", "white", "pink", "brown", "babble", "hum"] = parameter(
        "sample", title=N_("Noise to mix in"),
        help=N_("Noise of a known kind makes it possible to measure. Samples are clean, so they get some."),
        choices={IN_SAMPLES: N_("Pink noise into samples, none into your own"), "none": N_("None"), **KINDS},
    )  # fmt: skip
    ratio: float = parameter(
        5.0, ge=-10, le=30, title=N_("Signal-to-noise ratio"), unit=N_("dB"),
        when={"noise": NOISES}, help=N_("At 0 the noise is as loud as the voice."),
    )  # fmt: skip
    limit: float = parameter(
        100.0, ge=6, le=100, title=N_("Attenuation limit"), unit=N_("dB"), advanced=True,
        when={"model": (ALL, methods.DEEPFILTERNET)},
        help=N_("Of DeepFilterNet3: 12 to 24 keeps some of the surroundings, 100 takes all noise."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("The same seed gives the same noise."),
        when={"noise": NOISES},
    )  # fmt: skip
    microphones: Literal["one", "array", "simulated"] = parameter(
        "one", title=N_("Microphones"), choices=MICROPHONES, advanced=True,
        help=N_("With several, a voice can be kept by where it comes from: delay-and-sum and MVDR stand beside the rest."),
    )  # fmt: skip
    compared: bool = parameter(
        False, title=N_("Compare with a clean recording"), advanced=True, when={"microphones": ("one", "array")},
        help=N_("If you have the same recording without the noise, what is gained is measured; then no noise is mixed in."),
    )  # fmt: skip
    clean: str = recording(
        title=N_("Clean recording"), when={"compared": (True,)},
        help=N_("The same voice without noise. A shift of up to a second is found."),
    )  # fmt: skip


def run(given: Sound, params: EnhanceParams, context: Context) -> Report:
    """Cleans the recording with one method or all.

    Raises:
        InputError: noise is to be mixed into silence.
        UnavailableError: what the method needs is not on this machine.
    """
    started = perf_counter()
    before = scene(
        given, params.noise, params.ratio, params.seed, context, microphones=params.microphones,
        reference=params.clean if params.compared else "",
    )  # fmt: skip
    if params.compared and not params.clean:
        raise InputError(N_("Give the clean recording to compare with, or switch the comparison off."))
    noisy = before.heard[0]
    found = _cleaned(before, params, context)
    rows: dict[str, measures.Measured] = {}
    if before.clean is not None:
        for title, samples in ((results.NOISY, noisy), *((one.title, one.samples) for one in found)):
            context.check()
            rows[title] = measures.measure(before.clean, samples, before.rate)
    seconds = perf_counter() - started
    return Report(
        title=N_("Cleaned recording"), summary=_summary(before, found, rows, params),
        sections=tuple(results.sections(before, noisy, found, rows)),
        evidence=_evidence(given, before, (noisy, found, rows), params, seconds),
        notices=(*given.notices, *before.notices, *(results.pesq_notice() if rows else ())),
    )  # fmt: skip


def chosen(params: EnhanceParams) -> tuple[str, ...]:
    """The methods asked for, the one that is judged first. A model that was trained here stands beside the best of the
    others and the baseline.
    """
    several = () if params.microphones == ONE else tuple(methods.ARRAYS)
    if params.model == ALL:
        return (*several, *methods.METHODS)
    beside = () if params.model in methods.METHODS else (methods.DEEPFILTERNET, methods.SPECTRAL)
    return (*several, params.model, *beside)


def title_of(method: str) -> str:
    return (methods.METHODS | methods.ARRAYS).get(method, methods.LEARNT)


def _cleaned(before: Scene, params: EnhanceParams, context: Context) -> list[Cleaned]:
    found = []
    asked = chosen(params)
    for place, method in enumerate(asked):
        context.progress(place / len(asked), N_("Cleaning with {name}"), name=Message(title_of(method)))
        started = perf_counter()
        if method in methods.ARRAYS:
            samples = methods.from_array(method, before.heard, before.rate, context, params.limit)
        elif method in methods.METHODS:
            samples = methods.enhanced(method, before.heard[0], before.rate, context, params.limit)
        else:
            with open_model(CAPABILITY, method) as model:
                samples = methods.by_model(model, before.heard[0], before.rate, context)
        found.append(Cleaned(title_of(method), samples, perf_counter() - started))
    return found


def _summary(before: Scene, found: list[Cleaned], rows: dict[str, measures.Measured], params: EnhanceParams) -> Message:
    if not rows:
        names: dict[str, object] = {"seconds": f"{before.heard.shape[1] / before.rate:.1f}", "count": len(found)}
        return Message(N_("{seconds} s cleaned; methods to compare: {count}. Listen to them, and keep the one you like."), names)
    first = found[0]
    values: dict[str, object] = {
        "name": Message(first.title), "gain": f"{rows[first.title].si_sdr - rows[results.NOISY].si_sdr:+.1f}",
        "before": f"{rows[results.NOISY].si_sdr:.1f}", "after": f"{rows[first.title].si_sdr:.1f}",
    }  # fmt: skip
    if before.mixed:
        values |= {"noise": Message(KINDS[before.mixed]), "ratio": f"{params.ratio:g}"}
        return Message(N_("{noise} was mixed in at {ratio} dB. {name} brings the SI-SDR from {before} to {after} dB: {gain} dB."),
                       values)  # fmt: skip
    return Message(N_("{name} brings the SI-SDR from {before} to {after} dB: {gain} dB."), values)


def _evidence(
    given: Sound, before: Scene, done: tuple[np.ndarray, list[Cleaned], dict[str, measures.Measured]], params: EnhanceParams,
    seconds: float,
) -> Evidence:  # fmt: skip
    """What the first method gained beside log-MMSE, where that could be measured."""
    noisy, found, rows = done
    used = {one.title: methods.answered_by(method) for method, one in zip(chosen(params), found)}
    card = Evidence(
        answered_by=" · ".join(name for name, _ in used.values()),
        license=" · ".join(dict.fromkeys(licence for _, licence in used.values())),
        seconds=seconds, data=given.name, caveats=(LISTEN, VOICES, OWN_NOISE if rows else NOT_KNOWN),
    )  # fmt: skip
    if not rows or before.clean is None:
        return card
    first, start = found[0], rows[results.NOISY].si_sdr
    low, high = measures.gain_interval(before.clean, noisy, first.samples, before.rate)
    trivial = methods.METHODS[methods.SPECTRAL]
    is_compared = trivial in rows and first.title != trivial
    return replace(
        card, metric=trial.GAIN, unit="dB", score=rows[first.title].si_sdr - start,
        interval=(low, high) if math.isfinite(low) else None,
        baseline=rows[trivial].si_sdr - start if is_compared else 0.0,
        baseline_name=trivial if is_compared else N_("the recording as it is"),
    )  # fmt: skip


CAPABILITY = Capability(
    id="speech.enhance",
    title=N_("Clean speech"),
    summary=N_("Takes noise out of speech by several methods side by side, learns to do so, and measures what each gains."),
    takes=(Sound,),
    returns=Report,
    params=EnhanceParams,
    run=run,
    samples=CLEAN,
    weights=(methods.DEEPFILTERNET, methods.RNNOISE),
    metric=trial.GAIN,
    learner=Learner(TrainEnhancer, fit, load, peers=peers, samples=("letters_all", "letters")),
    ready=True,
    bars=(
        Bar("librivox, pink noise at 0 dB", trial.GAIN, 8.0, measure=trial.librivox(methods.DEEPFILTERNET), unit="dB"),
    ),
)  # fmt: skip
