"""Pictures, archives and videos that somebody will upload one day. Import `BAD_PICTURES` to try them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BadPicture:
    name: str
    make: Callable[[], bytes]


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    """A small picture with something on it, as a file of that kind."""
    from PIL import Image

    width, height = size
    across = np.linspace(0, 255, width, dtype=np.uint8)[None].repeat(height, 0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    image = Image.fromarray(np.stack([across, down, 255 - across], 2)).convert(mode)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(20_000))) + chunk(b"IEND", b"")


def archive(files: dict[str, bytes], **options: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content, **options)
    return stream.getvalue()


def many_frames(kind: str, count: int) -> bytes:
    from PIL import Image

    frames = [Image.new("RGB", (8, 8), (k % 255, 0, k // 255 % 255)) for k in range(count)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], duration=20)
    return stream.getvalue()


def video(frames: int = 12, size: tuple[int, int] = (64, 48), rate: int = 10, container: str = "mp4") -> bytes:
    """A small H.264 video of a white square that moves to the right."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as out:
        track = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        track.width, track.height, track.pix_fmt = size[0], size[1], "yuv420p"
        for number in range(frames):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[10:20, 2 * number : 2 * number + 10] = 255
            out.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(track.encode())
    return stream.getvalue()


def long_animation(frames: int = 100_000) -> bytes:
    """An animated WebP of so many frames of one pixel, all of them really there (container as in RFC 9649)."""
    from PIL import Image

    def chunk(name: bytes, content: bytes) -> bytes:
        return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)

    stream = io.BytesIO()
    Image.new("RGB", (1, 1), (200, 30, 30)).save(stream, "WEBP", lossless=True)
    frame = chunk(b"ANMF", bytes(12) + struct.pack("<I", 20)[:3] + b"\0" + stream.getvalue()[12:])
    head = chunk(b"VP8X", b"\x02" + bytes(9)) + chunk(b"ANIM", bytes(6))
    body = b"WEBP" + head + frame * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def irregular() -> bytes:
    """A video whose frames come after 0.1, 0.2, 0.4, 0.8… seconds."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="matroska") as out:
        track = out.add_stream("libx264", rate=1000, options={"preset": "ultrafast"})
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 * number, np.uint8), format="rgb24")
            frame.pts = 0 if number == 0 else 100 * 2 ** (number - 1)
            out.mux(track.encode(frame))
        out.mux(track.encode())
    return stream.getvalue()


def without_frames() -> bytes:
    """A whole video file to which no frame was written."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4", options={"movflags": "empty_moov"}) as out:
        track = out.add_stream("libx264", rate=10)
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        out.start_encoding()
    return stream.getvalue()


def without_moov() -> bytes:
    whole = video()
    return whole.replace(b"moov", b"junk")


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/steal.ts\n#EXT-X-ENDLIST\n"

BAD_PICTURES = {
    "not one byte": BadPicture("empty.png", lambda: b""),
    "a program named PNG": BadPicture("x.png", lambda: b"\x7fELF" + bytes(200)),
    "a huge PNG of 20 kB": BadPicture("huge.png", lambda: png_header(50_000, 50_000)),
    "half a JPEG": BadPicture("half.jpg", lambda: picture("JPEG", (640, 480))[:4000]),
    "a PNG with nonsense in it": BadPicture("noise.png", lambda: png_header(64, 64)[:60] + bytes(300)),
    "an animated WebP": BadPicture("film.webp", lambda: many_frames("WEBP", 300)),
    "an animated GIF": BadPicture("film.gif", lambda: many_frames("GIF", 300)),
    "one pixel": BadPicture("one.png", lambda: picture(size=(1, 1))),
    "a line": BadPicture("line.png", lambda: picture(size=(4000, 1))),
    "a text named JPEG": BadPicture("x.jpg", lambda: b"hello, this is no picture"),
    "an archive with ways out": BadPicture("out.zip", lambda: archive({"../../evil.png": picture(), "/etc/a.png": picture()})),
    "a bomb": BadPicture("bomb.zip", lambda: archive({"a.png": bytes(200 * 1024**2)})),
    "an archive without pictures": BadPicture("none.zip", lambda: archive({"a.txt": b"nothing"})),
    "an archive in an archive": BadPicture("nested.zip", lambda: archive({"inner.zip": archive({"a.png": picture()})})),
    "a cut archive": BadPicture("cut.zip", lambda: archive({"a.png": picture(), "b.png": picture("JPEG")})[:-60]),
    "a video of no frames": BadPicture("none.mp4", lambda: b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)),
    "a whole video without frames": BadPicture("whole.mp4", without_frames),
    "a video of changing rate": BadPicture("uneven.mkv", irregular),
    "a video without moov": BadPicture("broken.mp4", without_moov),
    "a playlist named MP4": BadPicture("list.mp4", lambda: PLAYLIST),
    "a cut video": BadPicture("cut.mkv", lambda: video(container="matroska")[:900]),
}  # fmt: skip
