"""Videos from bytes, frame by frame, through PyAV (FFmpeg's libraries).

The container is told FFmpeg by what the file's first bytes are, never guessed, and is read from an open file: a playlist that
calls itself a video cannot make it open another file or a socket.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from core.contracts import Context, InputError, LimitError, Message, Video
from core.intake import sniff
from core.intake.limits import MAX_FRAME_SIDE, MAX_VIDEO_FRAMES, MAX_VIDEO_PIXELS, MAX_VIDEO_SECONDS
from core.intake.uploads import Upload
from core.language import N_

CONTAINERS = {"mp4": "mov", "avi": "avi", "matroska": "matroska"}
USUAL_RATE = 25.0  # frames a second, where the file does not say
THREADS = 2


def read_video(upload: Upload, context: Context | None = None) -> Video:
    """The upload as a video: the file itself, or the only one of a ZIP archive. Raises what `read_file` raises."""
    if upload.kind == "zip":
        from core.intake.video_archive import read_archive

        return read_archive(upload, context)
    return read_file(upload)


def read_file(upload: Upload) -> Video:
    """What the file's header says, and that its first frame can be decoded.

    Raises InputError where it is no video, is damaged or holds no frame; LimitError where its frames are too large.
    """
    if upload.kind not in sniff.VIDEO_KINDS:
        what = Message(sniff.REFUSED.get(upload.kind, N_("a table or a text")))
        raise InputError(
            N_("{name} is {what}, not a video. Give an MP4, MOV, AVI, MKV or WebM file."), name=upload.name, what=what
        )
    video = Video(upload.name, upload.path, 0, 0, USUAL_RATE, 0, 0.0, upload.digest)
    with _opened(video, upload.kind) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_VIDEO_PIXELS:
            raise LimitError(
                N_("The frames of {name} are {width} × {height} pixels, too large. Give it smaller."),
                name=upload.name, width=width, height=height,
            )  # fmt: skip
        first = next(container.decode(stream), None)
        if first is None:
            raise InputError(N_("There is not one frame in {name}. Choose another video."), name=upload.name)
        shown = _upright(first)
        rate = float(stream.average_rate or stream.guessed_rate or USUAL_RATE)
        rate = rate if 0 < rate <= 1000 else USUAL_RATE
        seconds = _seconds(container, stream, rate)
        frames = int(stream.frames or round(seconds * rate)) or 1
        return Video(
            upload.name, upload.path, shown.shape[1], shown.shape[0], rate, frames, seconds or frames / rate, upload.digest,
            _notices(upload.name, max(width, height), frames, seconds),
        )  # fmt: skip


def frames(
    video: Video, context: Context | None = None, *, start: float = 0.0, stop: float | None = None, every: int = 1
) -> Generator[tuple[int, float, np.ndarray], None, None]:
    """Number, time in seconds and pixels (uint8, RGB, upright) of every `every`th frame between two times in seconds.

    A frame that cannot be decoded is passed over. Ends at the limits of `core.intake.limits`. Close the iterator to stop early.
    """
    context = context or Context()
    end = min(stop if stop is not None else MAX_VIDEO_SECONDS, MAX_VIDEO_SECONDS)
    with _opened(video, sniff.kind_of(video.path, video.name)) as (container, stream):
        first: float | None = None
        for number, frame in enumerate(_decoded(container, stream, video)):
            context.check()
            seconds = float(frame.time) if frame.time is not None else number / video.rate
            first = seconds if first is None else first
            seconds -= first
            if seconds > end or number >= MAX_VIDEO_FRAMES:
                return
            if seconds >= start and number % every == 0:
                yield number, seconds, _upright(frame)


def count(video: Video) -> int:
    """How many frames the file holds, counted packet by packet without decoding them: what a header says may be a guess."""
    with _opened(video, sniff.kind_of(video.path, video.name)) as (container, stream):
        return sum(1 for packet in container.demux(stream) if packet.size)


@contextmanager
def _opened(video: Video, kind: str) -> Iterator[tuple[Any, Any]]:
    """The container and its first video stream, closed again at the end; what FFmpeg complains of meanwhile is one sentence."""
    import av

    try:
        with video.path.open("rb") as file, av.open(file, format=CONTAINERS[kind], metadata_errors="ignore") as container:
            if not container.streams.video:
                raise InputError(N_("There is no picture in {name}, only sound. Choose a video."), name=video.name)
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise InputError(N_("{name} is coded in a way that is not known here. Save it as H.264."), name=video.name)
            stream.thread_type, stream.codec_context.thread_count = "AUTO", THREADS
            yield container, stream
    except (av.FFmpegError, ValueError, OSError) as error:
        raise InputError(N_("{name} is damaged or no video. Save it anew, as an MP4 for example."), name=video.name) from error


def _decoded(container: Any, stream: Any, video: Video) -> Iterator[Any]:
    """The frames; a packet that cannot be decoded is passed over, the end of a cut-off file is its end."""
    import av

    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue
    except av.EOFError:
        return


def _upright(frame: Any) -> np.ndarray:
    """The frame's pixels, scaled down to `MAX_FRAME_SIDE`, turned as the camera was held."""
    longest = max(frame.width, frame.height)
    if longest > MAX_FRAME_SIDE:
        scale = MAX_FRAME_SIDE / longest
        found = frame.to_ndarray(
            format="rgb24", width=max(2, round(frame.width * scale)), height=max(2, round(frame.height * scale))
        )
    else:
        found = frame.to_ndarray(format="rgb24")
    turns = round((getattr(frame, "rotation", 0) or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(found, turns)) if turns else found


def _seconds(container: Any, stream: Any, rate: float) -> float:
    import av

    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return float(container.duration / av.time_base)
    return float(stream.frames) / rate


def _notices(name: str, longest: int, count: int, seconds: float) -> tuple[Message, ...]:
    found = []
    if longest > MAX_FRAME_SIDE:
        found.append(Message(N_("{name}: frames are scaled down to {side} pixels."), {"name": name, "side": MAX_FRAME_SIDE}))
    if seconds > MAX_VIDEO_SECONDS or count > MAX_VIDEO_FRAMES:
        sentence = N_("{name}: the first {minutes} minutes are used, the rest is left out.")
        minutes = min(MAX_VIDEO_SECONDS, MAX_VIDEO_FRAMES / max(count / max(seconds, 1e-9), 1e-9)) / 60
        found.append(Message(sentence, {"name": name, "minutes": f"{minutes:.0f}"}))
    return tuple(found)
