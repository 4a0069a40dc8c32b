"""Cleaning speech: how fast, and what is gained by kind of noise: `python -m benchmarks speech_enhancement`.

The peer is the spectral baseline (log-MMSE) on the same mixtures in the same run.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from core import device, samples
from core.contracts import Context
from core.intake.sound import samples as decoded
from core.sound import measures, noise
from models.speech.enhancement import methods, scene, trial

FASTEST = 1.0  # real-time factor below which one can listen while it works
KINDS = tuple(noise.KINDS)
BAR = 8.0  # dB at 0 dB of pink noise


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`."""
    rows = [_speed(method) for method in methods.METHODS]
    for kind in KINDS:
        rows += _quality(kind)
    return rows


def _speed(method: str) -> dict[str, Any]:
    """Real-time factor on one clip of 11 s at 16 kHz, loading and resampling counted; the median of three."""
    clip = samples.sound("inaugural")
    voice = decoded(clip, clip.rate)
    methods.enhanced(method, voice[: clip.rate], clip.rate, Context())  # loaded
    turns = []
    for _ in range(3):
        started = time.perf_counter()
        methods.enhanced(method, voice, clip.rate, Context())
        turns.append((time.perf_counter() - started) / clip.seconds)
    factor = float(np.median(turns))
    what = f"{methods.METHODS[method]}: real-time factor, {device.cores()} cores, a clip of {clip.seconds:.0f} s"
    return {"what": what, "value": factor, "unit": "", "peer": None, "ratio": None, "bar": FASTEST, "met": factor <= FASTEST}


def _quality(kind: str) -> list[dict[str, Any]]:
    """Gain at 0 dB on the five LibriVox clips, with its interval over clips, beside log-MMSE."""
    scores: dict[str, list[measures.Measured]] = {name: [] for name in ("", *methods.METHODS)}
    for clip, _ in samples.clips(trial.CLIPS):
        voice = decoded(clip, clip.rate)
        others = scene.voices(clip.rate, samples.sound(trial.CLIPS).digest) if kind == "babble" else ()
        added = noise.noise(kind, len(voice), clip.rate, 0, others)
        clean, noisy = noise.mixed(voice, added, trial.RATIO)
        scores[""].append(measures.measure(clean, noisy, clip.rate))
        for method in methods.METHODS:
            cleaned = methods.enhanced(method, noisy, clip.rate, Context())
            scores[method].append(measures.measure(clean, cleaned, clip.rate))
    gains = {method: np.array([after.si_sdr - before.si_sdr for after, before in zip(scores[method], scores[""])])
             for method in methods.METHODS}  # fmt: skip
    rows = []
    for method in (methods.DEEPFILTERNET, methods.RNNOISE):
        low, high = trial.interval(gains[method])
        value = float(gains[method].mean())
        bar = BAR if (method, kind) == (methods.DEEPFILTERNET, "pink") else None
        rows.append({
            "what": f"{methods.METHODS[method]}, {kind} at 0 dB, five clips: SI-SDR gain [{low:.1f}, {high:.1f}]; "
                    f"PESQ {_mean(scores[''], 'pesq')} → {_mean(scores[method], 'pesq')}, "
                    f"STOI {_mean(scores[''], 'stoi')} → {_mean(scores[method], 'stoi')}",
            "value": value, "unit": "dB", "peer": float(gains[methods.SPECTRAL].mean()), "ratio": None, "bar": bar,
            "met": None if bar is None else value >= bar,
        })  # fmt: skip
    return rows


def _mean(found: list[measures.Measured], name: str) -> str:
    return f"{np.nanmean([getattr(one, name) for one in found]):.2f}"
