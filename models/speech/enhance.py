"""Takes noise out of recordings of speech, by several methods side by side: to hear, to see, and measured where the clean
recording is known.

DeepFilterNet3 and RNNoise come ready; a spectral method without learning stands beside them. Noise can be mixed in here at a
known ratio, so that what a method takes away can be measured.
"""

from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np

from core.contracts import Bar, Capability, Context, Evidence, Message, Params, Report, Sound, parameter
from core.language import N_
from models.speech.enhancement import measures, methods, results, trial
from models.speech.enhancement.noise import KINDS
from models.speech.enhancement.results import Cleaned
from models.speech.enhancement.scene import CLEAN, IN_SAMPLES, Scene, scene

ALL = "all"
LISTEN = N_("Denoised speech is for people: recognisers often do better with the noisy recording.")
VOICES = N_("Voices in the background are speech, too: these methods keep them or remove the wrong one, and mostly lose. Where "
            "several people talk, listen to the result before you use it.")  # fmt: skip
OWN_NOISE = N_("The clean recording may have noise of its own; a method that takes that away, too, loses in these measures.")
NOT_KNOWN = N_("Nothing was measured on your recording: the clean one is not known.")


class EnhanceParams(Params):
    """What to clean with."""

    model: str = parameter(
        ALL, title=N_("Method"), choices={ALL: N_("All side by side"), **methods.METHODS}, max_length=200,
        help=N_("DeepFilterNet3 is the strongest; RNNoise is tiny and quick; log-MMSE has learnt nothing."),
    )  # fmt: skip
    noise: Literal["sample", "none", "white", "pink", "babble", "hum"] = parameter(
        "sample", title=N_("Noise to mix in"),
        help=N_("Noise of a known kind makes it possible to measure. Samples are clean, so they get some."),
        choices={IN_SAMPLES: N_("Pink noise into samples, none into your own"), "none": N_("None"), **KINDS},
    )  # fmt: skip
    ratio: float = parameter(
        5.0, ge=-10, le=30, title=N_("Signal-to-noise ratio"), unit=N_("dB"),
        when={"noise": ("sample", "white", "pink", "babble", "hum")}, help=N_("At 0 the noise is as loud as the voice."),
    )  # fmt: skip
    limit: float = parameter(
        100.0, ge=6, le=100, title=N_("Attenuation limit"), unit=N_("dB"), advanced=True,
        when={"model": (ALL, methods.DEEPFILTERNET)},
        help=N_("Of DeepFilterNet3: 12 to 24 keeps some of the surroundings, 100 takes all noise."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("The same seed gives the same noise."),
        when={"noise": ("sample", "white", "pink", "babble", "hum")},
    )  # fmt: skip


def run(given: Sound, params: EnhanceParams, context: Context) -> Report:
    """Cleans the recording with one method or all.

    Raises:
        InputError: noise is to be mixed into silence.
        UnavailableError: what the method needs is not on this machine.
    """
    started = perf_counter()
    before = scene(given, params.noise, params.ratio, params.seed, context)
    noisy = before.heard.mean(0)
    found = _cleaned(noisy, before.rate, params, context)
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
    """The methods asked for, the strongest first."""
    return tuple(methods.METHODS) if params.model == ALL else (params.model,)


def _cleaned(noisy: np.ndarray, rate: int, params: EnhanceParams, context: Context) -> list[Cleaned]:
    found = []
    asked = chosen(params)
    for place, method in enumerate(asked):
        context.progress(place / len(asked), N_("Cleaning with {name}"), name=methods.METHODS[method])
        started = perf_counter()
        samples = methods.enhanced(method, noisy, rate, context, params.limit)
        found.append(Cleaned(methods.METHODS[method], samples, perf_counter() - started))
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
    summary=N_("Takes noise out of recordings of speech, by several methods side by side, and measures what each of them gains."),
    takes=(Sound,),
    returns=Report,
    params=EnhanceParams,
    run=run,
    samples=CLEAN,
    weights=(methods.DEEPFILTERNET, methods.RNNOISE),
    metric=trial.GAIN,
    bars=(
        Bar("librivox, pink noise at 0 dB", trial.GAIN, 8.0, measure=trial.librivox(methods.DEEPFILTERNET), unit="dB"),
    ),
)  # fmt: skip
