"""The methods side by side: heard, seen on one colour scale, and measured where the clean recording is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Audio, Image, Message, Ranking, Records, Section
from core.language import N_
from core.sound import keeping, measures, pictures
from models.speech.enhancement.scene import Scene

PICTURED_SECONDS = 600.0  # longer recordings get no spectrograms: there is nothing to see in them
NOISY, GIVEN, CLEAN = N_("Noisy input"), N_("Recording as given"), N_("Clean recording")


@dataclass(frozen=True)
class Cleaned:
    """What a method made of a recording, in how many seconds; `title` is marked for translation, or a user's own name."""

    title: str
    samples: np.ndarray
    seconds: float


def sections(scene: Scene, noisy: np.ndarray, found: list[Cleaned], rows: dict[str, measures.Measured]) -> list[Section]:
    """`noisy` (n,) is what the methods were given; `rows` hold what was measured of it and of each method, by title."""
    told: list[Section] = []
    if rows:
        told.append(Section(measures.GAIN, gains(scene, noisy, found, rows)))
    told.append(Section(N_("Side by side"), table(scene, noisy, found, rows)))
    first = NOISY if scene.clean is not None else GIVEN
    heard = [Cleaned(first, noisy, 0.0), *found, *([Cleaned(CLEAN, scene.clean, 0.0)] if scene.clean is not None else [])]
    told += [Section("", audio(one, scene.rate, {} if one in (heard[0],) else {"Cleaned by": one.title})) for one in heard]
    return told


def audio(one: Cleaned, rate: int, details: dict[str, str] | None = None) -> Audio:
    """To be heard and seen."""
    shown: tuple[Image, ...] = ()
    if len(one.samples) <= PICTURED_SECONDS * rate:
        shown = (pictures.spectrogram(one.samples, rate),)
    return keeping.keep(one.title, one.samples, rate, pictures=shown, details=details)


def gains(scene: Scene, noisy: np.ndarray, found: list[Cleaned], rows: dict[str, measures.Measured]) -> Ranking:
    """The SI-SDR gain of each method with its interval."""
    assert scene.clean is not None
    before = rows[NOISY].si_sdr
    spread = [measures.gain_interval(scene.clean, noisy, one.samples, scene.rate) for one in found]
    has_spread = all(math.isfinite(low) for low, _ in spread)
    caption = N_("How many dB nearer to the clean recording; below 0 it is farther away. Intervals (95 %) over half seconds.")
    return Ranking(
        measures.GAIN, tuple(one.title for one in found), tuple(rows[one.title].si_sdr - before for one in found), N_("dB"),
        caption if has_spread else N_("How many dB nearer to the clean recording; below 0 it is farther away."),
        tuple(low for low, _ in spread) if has_spread else (), tuple(high for _, high in spread) if has_spread else (),
        words=tuple(one.title for one in found),
    )  # fmt: skip


def table(scene: Scene, noisy: np.ndarray, found: list[Cleaned], rows: dict[str, measures.Measured]) -> Records:
    """A row for the input and for each method."""
    import pandas as pd

    seconds = len(noisy) / scene.rate
    lines: list[dict[str, Any]] = []
    for one in [Cleaned(NOISY if rows else GIVEN, noisy, math.nan), *found]:
        line: dict[str, Any] = {N_("recording"): one.title}
        if one.title in rows:
            measured = rows[one.title]
            line |= {N_("SI-SDR (dB)"): measured.si_sdr, N_("gain (dB)"): measured.si_sdr - rows[NOISY].si_sdr,
                     N_("SNR (dB)"): measured.snr, "PESQ": measured.pesq, "STOI": measured.stoi}  # fmt: skip
        else:
            line[N_("taken away (dB)")] = _level(noisy) - _level(one.samples)
        line[N_("times real time")] = seconds / one.seconds if one.seconds > 0 else math.nan
        lines.append(line)
    frame = pd.DataFrame(lines).dropna(axis=1, how="all")
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].round(3)
    caption = (
        N_("SI-SDR and SNR compare with the clean recording; PESQ (to 4.6) and STOI (to 1) stand for how it sounds and how "
           "well it is understood.") if rows else
        N_("The clean recording is not known, so nothing can be said about quality: listen. What was taken away may be speech.")
    )  # fmt: skip
    return Records(N_("Side by side"), frame, caption, words=("recording",))


def _level(samples: np.ndarray) -> float:
    return 20 * math.log10(max(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))), 1e-6)) if len(samples) else -120.0


def pesq_notice() -> tuple[Message, ...]:
    """What to say where PESQ is not there."""
    if measures.has_pesq():
        return ()
    return (Message(N_("PESQ is left out: the package pesq is not installed. It needs a C compiler: pip install pesq.")),)
