"""What a sound looks like: its waveform, and its spectrogram on one colour scale, so that two of them can be compared.

Both are transparent around the plot, with labels in a grey that reads on light and on dark ground.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from core.contracts import Image, Message
from core.language import N_
from core.visual import colors, encode

LOW, HIGH = -100.0, 0.0  # dB of full scale at both ends of the colour scale, whatever the sound
WINDOW = 1024  # samples of a Fourier transform
WIDTH, HEIGHT, LOW_HEIGHT = 1200, 300, 120  # pixels of the plot; of the waveform's
LEFT, BOTTOM, TOP, RIGHT = 84, 36, 12, 96  # pixels around it
TYPE, GREY = 19, (125, 133, 144)
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
WAVEFORM, SPECTROGRAM = N_("Waveform"), N_("Spectrogram")
SCALE = N_("Time in seconds across, frequency in kHz up; colours from {low} to {high} dB of full scale.")


def pictures(samples: np.ndarray, rate: int) -> tuple[Image, Image]:
    """Waveform and spectrogram of float32 samples, (n,) or (channels, n) of which the mean is drawn."""
    mono = samples if samples.ndim == 1 else samples.mean(0)
    return waveform(mono, rate), spectrogram(mono, rate)


def waveform(samples: np.ndarray, rate: int) -> Image:
    """The least and greatest sample of each column, from -1 to 1."""
    import cv2

    ends = np.linspace(0, len(samples), WIDTH + 1).astype(int)
    plot = np.zeros((LOW_HEIGHT, WIDTH, 4), np.uint8)
    middle, shade = (LOW_HEIGHT - 1) / 2, (*colors.rgb(colors.CATEGORICAL[5]), 255)
    for column, (start, end) in enumerate(itertools.pairwise(ends)):
        part = samples[start : max(end, start + 1)]
        low, high = (float(part.min()), float(part.max())) if len(part) else (0.0, 0.0)
        cv2.line(plot, (column, round(middle - high * middle)), (column, round(middle - low * middle)), shade)
    labels = [(LOW_HEIGHT * (1 - level) / 2, f"{level:+g}" if level else "0") for level in (-1, 0, 1)]
    return _framed(WAVEFORM, plot, len(samples) / rate, labels, "")


def spectrogram(samples: np.ndarray, rate: int) -> Image:
    """Power in dB of full scale by time and frequency, from a Hann window of 1,024 samples; a full-scale sine is 0 dB."""
    import cv2

    power = levels(samples)
    share = ((power - LOW) / (HIGH - LOW)).clip(0, 1)
    whole = (255 * share[::-1]).round().astype(np.uint8)
    grey = np.asarray(cv2.resize(whole, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    plot = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    plot[..., :3] = _shades(grey)
    top = rate / 2000
    step = next((s for s in (0.5, 1, 2, 4, 5, 10, 20, 50) if top / s <= 5), 100)
    labels = [(HEIGHT * (1 - k * step / top), f"{k * step:g} kHz") for k in range(int(top / step) + 1)]
    caption = Message(SCALE, {"low": f"{LOW:g}", "high": f"{HIGH:g}"})
    return _framed(SPECTROGRAM, plot, len(samples) / rate, labels, caption, with_scale=True)


def levels(samples: np.ndarray) -> np.ndarray:
    """Float32 (513, columns) in dB of full scale; the columns are evenly spread over the sound."""
    whole = np.pad(samples.astype(np.float32), (0, max(0, WINDOW - len(samples))))
    count = int(min(WIDTH, max(1, (len(whole) - WINDOW) // (WINDOW // 8) + 1)))
    starts = np.linspace(0, len(whole) - WINDOW, count).astype(int)
    window = np.hanning(WINDOW).astype(np.float32)
    pieces = whole[starts[:, None] + np.arange(WINDOW)] * window
    size = np.abs(np.fft.rfft(pieces, axis=1)).T * (2 / window.sum())
    return (20 * np.log10(np.maximum(size, 1e-7))).astype(np.float32)


def _shades(grey: np.ndarray) -> np.ndarray:
    """Inferno's colours, which grow evenly lighter, for the colour-blind too; uint8 RGB."""
    import cv2

    return np.asarray(cv2.cvtColor(cv2.applyColorMap(grey, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB))


def _framed(
    title: str, plot: np.ndarray, seconds: float, labels: list[tuple[float, str]], caption: Any, *, with_scale: bool = False
) -> Image:
    """The plot with its axes, and with the colour scale at its right."""
    height, width = plot.shape[:2]
    whole = np.zeros((height + TOP + BOTTOM, width + LEFT + RIGHT, 4), np.uint8)
    whole[TOP : TOP + height, LEFT : LEFT + width] = plot
    ink = np.zeros((*whole.shape[:2], 3), np.uint8)
    for y, text in labels:
        _write(ink, LEFT - 8, round(TOP + y) + TYPE // 3, text, "right")
        ink[min(TOP + height - 1, max(TOP, round(TOP + y))), LEFT - 5 : LEFT] = 255
    step = next((tick for tick in TICKS if seconds / tick <= 8), TICKS[-1])
    for k in range(int(seconds / step) + 1):
        x = LEFT + round(width * k * step / max(seconds, 1e-9))
        _write(ink, x, TOP + height + TYPE + 8, _clock(k * step), "middle")
        ink[TOP + height : TOP + height + 5, min(x, whole.shape[1] - 1)] = 255
    if with_scale:
        left = LEFT + width + 14
        whole[TOP : TOP + height, left : left + 14, :3] = _shades(np.linspace(255, 0, height).astype(np.uint8)[:, None])
        whole[TOP : TOP + height, left : left + 14, 3] = 255
        for share, level in ((0.0, HIGH), (0.5, (HIGH + LOW) / 2), (1.0, LOW)):
            _write(ink, left + 20, TOP + round(share * (height - 1)) + TYPE // 3, f"{level:g}", "left")
    there = ink.max(2) > 0
    whole[there, :3], whole[..., 3] = GREY, np.maximum(whole[..., 3], ink.max(2))
    return encode.image(title, whole[..., :3], alpha=whole[..., 3], kind="png", caption=caption)


def _write(ink: np.ndarray, x: int, y: int, text: str, side: str) -> None:
    import cv2

    face = cv2.FontFace("uni")
    wide = cv2.getTextSize((0, 0), text, (0, 0), face, TYPE)[2]
    x -= {"left": 0, "middle": wide // 2, "right": wide}[side]
    x = min(x, ink.shape[1] - wide)
    cv2.putText(ink, text, (x, min(ink.shape[0] - 3, max(TYPE - 3, y))), (255, 255, 255), face, TYPE)


def _clock(seconds: float) -> str:
    """Seconds under a minute as they are, else minutes and seconds."""
    return f"{seconds:g}" if seconds < 60 else f"{int(seconds // 60)}:{int(seconds % 60):02d}"
