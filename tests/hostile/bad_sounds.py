"""Sounds that somebody will upload one day. Import `BAD_SOUNDS` to try them."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.sound import encode
from tests.hostile.bad_pictures import PLAYLIST, video


@dataclass(frozen=True)
class BadSound:
    name: str
    make: Callable[[], bytes]


def tone(seconds: float = 0.5, rate: int = 16_000, height: float = 440.0, loud: float = 0.5, channels: int = 1) -> np.ndarray:
    """A sine, float32 (channels, n)."""
    wave = loud * np.sin(2 * np.pi * height * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave.astype(np.float32)[None], channels, 0)


def wav(samples: np.ndarray, rate: int = 16_000, *, floats: bool = False, claimed: int | None = None) -> bytes:
    """A WAV file by hand: (channels, n) as 16 bit or 32 bit floats; `claimed` bytes of samples in the header where it lies."""
    channels, width = len(samples), 4 if floats else 2
    values = samples.T.astype("<f4") if floats else (samples.T.clip(-1, 1) * 32767).astype("<i2")
    data = values.tobytes()
    size = len(data) if claimed is None else claimed
    form = struct.pack("<HHIIHH", 3 if floats else 1, channels, rate, rate * channels * width, channels * width, 8 * width)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size & 0xFFFFFFFF)
    return b"RIFF" + struct.pack("<I", (4 + len(head) + size) & 0xFFFFFFFF) + head + data


def coded(container: str, codec: str, samples: np.ndarray | None = None, rate: int = 48_000) -> bytes:
    """The samples in another container and codec."""
    import av

    given = tone(1.0, rate) if samples is None else samples
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as out:
        track = out.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=track.codec_context.format.name, layout="mono", rate=rate,
                                      frame_size=track.codec_context.frame_size or 1024)  # fmt: skip
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(given), format="fltp", layout="mono")
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(track.encode(piece))
        out.mux(track.encode())
    return stream.getvalue()


def with_nonsense() -> np.ndarray:
    broken = tone(0.5)
    broken[0, 100:200], broken[0, 300] = np.nan, np.inf
    return broken


BAD_SOUNDS = {
    "a program named WAV": BadSound("x.wav", lambda: b"\x7fELF" + bytes(200)),
    "a playlist named WAV": BadSound("list.wav", lambda: PLAYLIST),
    "a playlist named MP3": BadSound("list.mp3", lambda: PLAYLIST),
    "a text named MP3": BadSound("x.mp3", lambda: b"hello, this is no sound"),
    "a header without samples": BadSound("none.wav", lambda: wav(np.zeros((1, 0), np.float32))),
    "one sample": BadSound("one.wav", lambda: wav(np.zeros((1, 1), np.float32))),
    "a header that claims too much": BadSound("lie.wav", lambda: wav(tone(), claimed=2**31)),
    "a header that claims too little": BadSound("short.wav", lambda: wav(tone(), claimed=8_000)),
    "half a WAV header": BadSound("half.wav", lambda: wav(tone())[:30]),
    "a cut MP3": BadSound("cut.mp3", lambda: coded("mp3", "libmp3lame")[:3_000]),
    "a cut FLAC": BadSound("cut.flac", lambda: encode.encode(tone(1.0)[0], 16_000)[:12_000]),
    "an M4A without its index": BadSound("x.m4a", lambda: coded("ipod", "aac")[:2_000]),
    "nonsense in an Ogg": BadSound("x.ogg", lambda: coded("ogg", "libopus")[:200] + bytes(range(256)) * 20),
    "a video without sound": BadSound("silent.mp4", video),
    "floats that are no numbers": BadSound("nan.wav", lambda: wav(with_nonsense(), floats=True)),
    "floats above the scale": BadSound("loud.wav", lambda: wav(30 * tone(), floats=True)),
    "silence": BadSound("silence.wav", lambda: wav(np.zeros((1, 8_000), np.float32))),
    "nothing but an offset": BadSound("offset.wav", lambda: wav(np.full((1, 8_000), 0.4, np.float32))),
    "192 kHz": BadSound("fast.wav", lambda: wav(tone(0.3, 192_000), 192_000)),
    "8 kHz": BadSound("slow.wav", lambda: wav(tone(0.3, 8_000), 8_000)),
    "eight channels": BadSound("eight.wav", lambda: wav(tone(0.3, channels=8))),
    "100 samples a second": BadSound("crawl.wav", lambda: wav(tone(60, 100, 10), 100)),
    "a thousand channels": BadSound("many.wav", lambda: wav(np.zeros((1000, 4_000), np.float32))),
}  # fmt: skip
