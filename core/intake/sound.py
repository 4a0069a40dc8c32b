"""Sounds from bytes, piece by piece, through PyAV (FFmpeg's libraries): recordings, and the sound of videos.

As with videos, the container is told FFmpeg by what the first bytes are and is read from an open file: a playlist that calls
itself a WAV cannot make it open another file or a socket.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Context, InputError, LimitError, Message, Sound
from core.intake import sniff, wav
from core.intake.limits import (
    MAX_SOUND_CHANNELS,
    MAX_SOUND_RATE,
    MAX_SOUND_SECONDS,
    MIN_SOUND_RATE,
    MIN_SOUND_SECONDS,
)
from core.intake.uploads import Upload
from core.language import N_

CONTAINERS = {"wav": "wav", "mp3": "mp3", "flac": "flac", "ogg": "ogg", "m4a": "mov", "aiff": "aiff",
              "mp4": "mov", "avi": "avi", "matroska": "matroska"}  # fmt: skip
KINDS = tuple(CONTAINERS)
SPEECH_RATE = 16_000  # samples a second that speech models hear
FULL = 0.9995  # of the largest value: a sample at or above is as loud as can be
CLIPPED_SHARE = 1e-4  # of the samples, from which on it is said
SILENT = 10 ** (-55 / 20)  # peak below which there is nothing to hear
OFFSET = 0.005  # of the largest value, from which on a constant offset is said
CUT_SECONDS = 1.0  # that a file may be shorter than its header says before that is said

_LIE = N_("{name}: its header claims {said} bytes of samples, but {there} are there; what both have is used.")


@dataclass
class _Heard:
    """What one pass over all samples found."""

    samples: int = 0
    values: int = 0
    peak: float = 0.0
    total: float = 0.0
    full: int = 0
    broken: int = 0

    def add(self, block: np.ndarray) -> None:
        size = np.abs(block)
        self.samples += block.shape[1]
        self.values += block.size
        self.peak = max(self.peak, float(size.max(initial=0.0)))
        self.total += float(block.sum(dtype=np.float64))
        self.full += int((size >= FULL).sum())


def read_sound(upload: Upload, context: Context | None = None) -> Sound:
    """What is in the file, every sample looked at once: its real length, and whether it is clipped, silent or damaged.

    Raises InputError where it holds no sound or is damaged, LimitError where it has too many channels or samples a second.
    """
    if upload.kind not in CONTAINERS:
        what = Message(sniff.REFUSED.get(upload.kind, N_("a table or a text")))
        raise InputError(
            N_("{name} is {what}, not a sound. Give a WAV, MP3, FLAC, OGG, M4A or WebM file, or a video."),
            name=upload.name, what=what,
        )  # fmt: skip
    context = context or Context()
    heard = _Heard()
    with _opened(upload.path, upload.name, upload.kind) as (container, stream):
        rate, channels = int(stream.codec_context.sample_rate), int(stream.codec_context.channels)
        _check(upload.name, rate, channels)
        said = _said_seconds(container, stream)
        for block in _limited(_decoded(container, stream, heard, context), round(MAX_SOUND_SECONDS * rate)):
            heard.add(block)
            if said:
                context.progress(min(1.0, heard.samples / rate / said), N_("Reading {name}"), name=upload.name)
    seconds = heard.samples / rate
    if seconds < MIN_SOUND_SECONDS:
        raise InputError(
            N_("{name} is too short: {milliseconds} ms. Give at least a tenth of a second."),
            name=upload.name, milliseconds=f"{1000 * seconds:.3g}",
        )  # fmt: skip
    offset = heard.total / max(1, heard.values)
    notices = _notices(upload.name, heard, seconds, said, offset)
    if upload.kind == "wav" and (lie := wav.claimed(upload.path)):
        notices = (Message(_LIE, {"name": upload.name, "said": f"{lie[0]:,}", "there": f"{lie[1]:,}"}), *notices)
    return Sound(upload.name, upload.path, rate, channels, seconds, upload.digest, offset, notices=notices)


def blocks(
    sound: Sound, rate: int = SPEECH_RATE, *, mono: bool = True, context: Context | None = None
) -> Generator[np.ndarray, None, None]:
    """The samples in pieces of up to a few seconds: float32 (channels, n) in -1..1 at `rate`; one channel where `mono`.

    Channels are averaged for mono, what is not a number counts as 0, a constant offset is taken out. Ends at the limits of
    `core.intake.limits`. Close the iterator to stop early.
    """
    context = context or Context()
    with _opened(sound.path, sound.name, sniff.kind_of(sound.path, sound.name)) as (container, stream):
        native = _limited(_decoded(container, stream, _Heard(), context), round(MAX_SOUND_SECONDS * sound.rate))
        for block in _resampled(native, sound, rate, mono):
            yield np.clip(block - np.float32(sound.offset if abs(sound.offset) >= OFFSET else 0.0), -1.0, 1.0)


def samples(sound: Sound, rate: int = SPEECH_RATE, mono: bool = True, context: Context | None = None) -> np.ndarray:
    """All samples at once: float32 (n,) where `mono`, else (channels, n); an hour at 16 kHz takes 230 MB."""
    found = list(blocks(sound, rate, mono=mono, context=context))
    whole = np.concatenate(found, axis=1) if found else np.zeros((1 if mono else sound.channels, 0), np.float32)
    return whole[0] if mono else whole


@contextmanager
def _opened(path: Any, name: str, kind: str) -> Iterator[tuple[Any, Any]]:
    """The container and its first audio stream; what FFmpeg complains of meanwhile is one sentence."""
    import av

    try:
        with path.open("rb") as file, av.open(file, format=CONTAINERS[kind], metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise InputError(N_("There is no sound in {name}. Choose a recording, or a video with sound."), name=name)
            stream = container.streams.audio[0]
            if stream.codec_context is None:
                raise InputError(N_("The sound of {name} is coded in a way that is not known here. Save it as WAV."), name=name)
            yield container, stream
    except (av.FFmpegError, ValueError, OSError, KeyError) as error:
        raise InputError(N_("{name} is damaged or no sound. Save it anew, as WAV for example."), name=name) from error


def _check(name: str, rate: int, channels: int) -> None:
    if not MIN_SOUND_RATE <= rate <= MAX_SOUND_RATE:
        raise LimitError(
            N_("{name} has {rate} samples a second. Save it with 8,000 to 192,000."), name=name, rate=f"{rate:,}"
        )  # fmt: skip
    if not 1 <= channels <= MAX_SOUND_CHANNELS:  # 0: more than FFmpeg can count
        raise LimitError(
            N_("{name} has more than {limit} channels. Save it with fewer."), name=name, limit=MAX_SOUND_CHANNELS
        )  # fmt: skip


def _decoded(container: Any, stream: Any, heard: _Heard, context: Context) -> Iterator[np.ndarray]:
    """Float32 (channels, n) at the file's own rate; a packet that cannot be decoded is passed over."""
    import av

    packed: Any = None
    form: tuple[int, int] | None = None
    try:
        for packet in container.demux(stream):
            context.check()
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                own = (frame.sample_rate, frame.layout.nb_channels)
                if form is not None and own != form:
                    continue  # a file that changes its form midway is a broken one
                if packed is None:
                    # Packed, never planar: PyAV 18 crashes the process where a frame has a plane for each of eight channels.
                    form, packed = own, av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
                for piece in packed.resample(frame):
                    yield _finite(np.asarray(piece.to_ndarray(), np.float32).reshape(-1, own[1]).T, heard)
    except av.EOFError:
        return


def _finite(block: np.ndarray, heard: _Heard) -> np.ndarray:
    sound = np.isfinite(block)
    if sound.all():
        return block
    heard.broken += int((~sound).sum())
    return np.where(sound, block, np.float32(0))


def _limited(pieces: Iterator[np.ndarray], most: int) -> Iterator[np.ndarray]:
    """The first `most` samples of each channel."""
    left = most
    for piece in pieces:
        if piece.shape[1] >= left:
            yield piece[:, :left]
            return
        left -= piece.shape[1]
        yield piece


def _resampled(pieces: Iterator[np.ndarray], sound: Sound, rate: int, mono: bool) -> Iterator[np.ndarray]:
    """The pieces at another rate. Mono is the mean: FFmpeg's own mixing makes two equal channels louder and clips them."""
    import av

    if mono:
        pieces = (piece.mean(0, keepdims=True) for piece in pieces)
    if rate == sound.rate:
        yield from pieces
        return
    # swresample knows layouts, not numbers: each channel is resampled by itself, which is the same.
    each = [av.AudioResampler(format="fltp", layout="mono", rate=rate) for _ in range(1 if mono else sound.channels)]
    for piece in pieces:
        frames = [_frame(channel, sound.rate) for channel in piece]
        done = [_joined(one.resample(frame)) for one, frame in zip(each, frames)]
        if done[0].shape[1]:
            yield np.concatenate(done)
    last = [_joined(one.resample(None)) for one in each]
    if last[0].shape[1]:
        yield np.concatenate(last)


def _frame(channel: np.ndarray, rate: int) -> Any:
    import av

    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channel[None], np.float32), format="fltp", layout="mono")
    frame.sample_rate = rate
    return frame


def _joined(frames: list[Any]) -> np.ndarray:
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1) if frames else np.zeros((1, 0), np.float32)


def _said_seconds(container: Any, stream: Any) -> float:
    """The length that the header claims, 0 where it says none."""
    import av

    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return float(container.duration / av.time_base) if container.duration else 0.0


def _notices(name: str, heard: _Heard, seconds: float, said: float, offset: float) -> tuple[Message, ...]:
    found: list[Message] = []
    values: dict[str, object] = {"name": name}
    if seconds >= MAX_SOUND_SECONDS - 1e-6:
        hours = f"{MAX_SOUND_SECONDS / 3600:g}"
        found.append(Message(N_("{name}: the first {hours} hours are used, the rest is left out."), {**values, "hours": hours}))
    elif said - seconds > max(CUT_SECONDS, 0.02 * said):
        found.append(Message(
            N_("{name} ends after {seconds} s, although its header speaks of {said} s: it is cut off or damaged."),
            {**values, "seconds": f"{seconds:.1f}", "said": f"{said:.1f}"},
        ))  # fmt: skip
    if heard.broken:
        found.append(Message(
            N_("{name}: {count} samples are no numbers; silence stands in for them."), {**values, "count": f"{heard.broken:,}"},
        ))  # fmt: skip
    if heard.peak < SILENT:
        found.append(Message(N_("{name} is silent, or nearly so: nothing in it is louder than -55 dB."), values))
    share = heard.full / max(1, heard.values)
    if share >= CLIPPED_SHARE:
        found.append(Message(
            N_("{name} is clipped: {share} % of the samples are as loud as can be, and words may be distorted there."),
            {**values, "share": f"{100 * share:.2g}"},
        ))  # fmt: skip
    if abs(offset) >= OFFSET:
        found.append(Message(
            N_("{name} has a constant offset of {percent} % of the full range; it is taken out."),
            {**values, "percent": f"{100 * offset:.2g}"},
        ))  # fmt: skip
    return tuple(found)
