"""What the header of a WAV file claims, beside what is in the file: decoders take the lesser of the two without a word."""

from __future__ import annotations

import struct
from pathlib import Path

MOST_CHUNKS = 64
# What programs that write into a pipe put for a length they do not know yet.
UNKNOWN = (range(1), range(0x7FFFF000, 0x80000000), range(0xFFFFF000, 0x1_0000_0000))


def claimed(path: Path) -> tuple[int, int] | None:
    """Bytes of samples that the header claims, and those that are there; None where it is right, or says that it does not know.

    What stands behind the samples and is no chunk of the format is taken for samples.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if not (start := file.read(12)).startswith(b"RIFF") or not start.endswith(b"WAVE"):
            return None
        for _ in range(MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                return None
            name, said = struct.unpack("<4sI", head)
            if name == b"data":
                there = size - file.tell()
                if any(said in one for one in UNKNOWN):
                    return None
                if said > there:
                    return said, there
                file.seek(said, 1)
                return None if _ends(file.read(10), there - said) else (said, there)
            file.seek(said + said % 2, 1)
    return None


def _ends(rest: bytes, count: int) -> bool:
    """Whether the `count` bytes behind the samples, which begin with `rest`, are no samples: nothing to speak of, or a chunk."""
    if count < 10:
        return True
    for start in (0, 1):  # samples of an odd number of bytes are followed by a zero
        name, said = struct.unpack("<4sI", rest[start : start + 8])
        if all(32 <= letter < 127 for letter in name) and said <= count:
            return True
    return False
