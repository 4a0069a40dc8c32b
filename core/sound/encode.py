"""Samples into a sound file, FLAC or WAV, with metadata that says where it comes from."""

from __future__ import annotations

import io
import re
from typing import Any, Literal

import numpy as np

SOFTWARE = "Panorama"
# The IPTC's own term for what a model has made, as in the metadata of pictures.
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SYNTHETIC = "Synthetic: made by a model"
MEDIA_TYPES = {"flac": "audio/flac", "wav": "audio/wav"}
BLOCK = 16_384  # samples handed to the encoder at a time
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LAYOUTS = {1: "mono", 2: "stereo"}

Kind = Literal["flac", "wav"]


def encode(
    samples: np.ndarray, rate: int, *, kind: Kind = "flac", generated: bool = False, details: dict[str, str] | None = None
) -> bytes:
    """The file of float32 samples in -1..1, (n,) or (channels, n) with one or two channels, in 16 bit.

    `details` go into the metadata (Vorbis comments, RIFF INFO), and so does the fact that a model made it.
    """
    written = io.BytesIO()
    with Writer(written, rate, 1 if samples.ndim == 1 else len(samples), kind, generated=generated, details=details) as out:
        out.add(samples)
    return written.getvalue()


class Writer:
    """Writes a sound piece by piece into `target`, a path or a file; use it in a `with` block."""

    def __init__(
        self, target: Any, rate: int, channels: int = 1, kind: Kind = "flac", *, generated: bool = False,
        details: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        if channels not in _LAYOUTS:
            raise ValueError(f"a sound is written with one or two channels, not {channels}")
        import av

        self.rate, self.channels, self.samples, self._layout = rate, channels, 0, _LAYOUTS[channels]
        self._container = av.open(target, "w", format=kind, options={"fflags": "+bitexact"})
        for name, value in metadata(generated, details or {}).items():
            self._container.metadata[name] = value
        self._stream = self._container.add_stream("flac" if kind == "flac" else "pcm_s16le", rate=rate, layout=self._layout)
        self._left = np.zeros((channels, 0), np.int16)

    def __enter__(self) -> Writer:
        return self

    def add(self, samples: np.ndarray) -> None:
        """More samples: float32 in -1..1, (n,) or (channels, n)."""
        given = np.atleast_2d(np.asarray(samples, np.float32))
        if given.shape[0] != self.channels:
            raise ValueError(f"samples are (channels, n) with {self.channels} channels, not {given.shape}")
        whole = (np.nan_to_num(given).clip(-1, 1) * 32767).round().astype(np.int16)
        self._left = np.concatenate([self._left, whole], axis=1)
        while self._left.shape[1] >= BLOCK:
            self._write(self._left[:, :BLOCK])
            self._left = self._left[:, BLOCK:]

    def _write(self, block: np.ndarray) -> None:
        import av

        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T.reshape(1, -1)), format="s16", layout=self._layout)
        frame.sample_rate, frame.pts = self.rate, self.samples
        self.samples += block.shape[1]
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if kind is None:
                if self._left.shape[1]:
                    self._write(self._left)
                for packet in self._stream.encode():
                    self._container.mux(packet)
        finally:
            self._container.close()


def metadata(generated: bool, details: dict[str, str]) -> dict[str, str]:
    """What goes into the file besides the samples. Nothing of the user's own file is carried over."""
    said = "; ".join(f"{_CONTROL.sub(' ', name)}: {_CONTROL.sub(' ', value)}" for name, value in details.items())[:8_000]
    comment = " ".join(part for part in (f"{SYNTHETIC} ({GENERATED})." if generated else "", said) if part)
    return {"encoder": SOFTWARE, **({"comment": comment} if comment else {})}


def media_type(name: str) -> str:
    """`audio/flac` or `audio/wav`, by the ending of a name."""
    return MEDIA_TYPES[name.rpartition(".")[2]]
