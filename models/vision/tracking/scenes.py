"""Frames one after another with their times, from a video or from the numbered pictures of a MOT sequence, and their truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.contracts import Context, InputError, Message, Pictures, Video
from core.language import N_
from models.vision.tracking.measures import Seen, read

TRUTHS, SEQUENCE = ("gt.txt", "truth.txt"), "seqinfo.ini"
MOST_BYTES = 64 * 1024  # of a sequence's description, which has ten lines


@dataclass
class Scene:
    """What is followed through: `rate` in frames a second of those given, `count` of them, `truth` (a gt.txt) where one came."""

    given: Pictures | Video
    every: int
    width: int
    height: int
    rate: float
    count: int
    truth: tuple[str, Path] | None = None
    notices: list[Message] = field(default_factory=list)

    def frames(self, context: Context) -> Iterator[tuple[int, float, np.ndarray]]:
        """Number (from 0), seconds and pixels of every `every`th frame."""
        if isinstance(self.given, Video):
            from core.intake.video import frames

            yield from frames(self.given, context, every=self.every)
            return
        from core.intake.pictures import pixels

        for number in range(0, len(self.given), self.every):
            context.check()
            found = pixels(self.given.items[number])
            if found.shape[:2] != (self.height, self.width):
                raise InputError(N_("{name} is of another size than the first picture. The pictures of a sequence are all "
                                    "of one size."),
                                 name=self.given.items[number].name)  # fmt: skip
            yield number, number / self.rate, found


def scene(given: Pictures | Video, every: int, rate: float) -> Scene:
    """The scene of a video, or of pictures in the order of their names. Raises InputError for a single picture."""
    if isinstance(given, Video):
        return Scene(given, every, given.width, given.height, given.rate, given.frames, _truth(given), list(given.notices))
    if len(given) < 2:
        raise InputError(N_("To follow something, give a video, or a ZIP archive with the numbered pictures of a sequence."))
    first = given.items[0]
    notices = [*given.notices, Message(N_("A sequence of pictures: {rate} frames a second are assumed."), {"rate": f"{rate:g}"})]
    return Scene(given, every, first.width, first.height, rate, len(given), _truth(given), notices)


def read_truth(whole: Scene) -> Mapping[int, Seen]:
    """The truth that came with a scene, by frame from 1; empty where none came. A notice says where it ends early.

    Raises InputError for a file that cannot be read, and for the truth of another scene, which has other frames.
    """
    from core.intake.video import count

    if whole.truth is None:
        return {}
    name, path = whole.truth
    found = read(path, name)
    if not found:
        raise InputError(N_("There is no box in {name}. Give the truth of this video, or leave it out."), name=name)
    frames, last = count(whole.given) if isinstance(whole.given, Video) else whole.count, max(found)
    if min(found) < 1:
        raise InputError(N_("{name} counts frames from {first}; the MOT challenge counts from 1. Correct it."),
                         name=name, first=min(found))  # fmt: skip
    if last > frames:
        raise InputError(N_("{name} goes to frame {last}, but there are {count} frames. Give the truth of this video."),
                         name=name, last=last, count=frames)  # fmt: skip
    told = _length(whole.given.files)
    if told is not None and told != frames:
        raise InputError(N_("{name} says that there are {told} frames, but there are {count}. Give the truth of this video."),
                         name=SEQUENCE, told=told, count=frames)  # fmt: skip
    if last < frames:
        whole.notices.append(Message(N_("{name} ends with frame {last} of {count}: whoever is found later counts as false."),
                                     {"name": name, "last": last, "count": frames}))  # fmt: skip
    return found


def _truth(given: Pictures | Video) -> tuple[str, Path] | None:
    """The truth among the files of an archive, the one that lies highest."""
    named = [(name, path) for name, path in given.files.items() if name.lower().rpartition("/")[2] in TRUTHS]
    return min(named, key=lambda one: (one[0].count("/"), one[0]), default=None)


def _length(files: Mapping[str, Path]) -> int | None:
    """The number of frames by the sequence's own description, where there is one."""
    from configparser import ConfigParser, Error

    for name, path in sorted(files.items()):
        if name.lower().rpartition("/")[2] == SEQUENCE and path.stat().st_size <= MOST_BYTES:
            parser = ConfigParser(interpolation=None)
            try:
                parser.read_string(path.read_text("utf-8", "replace"))
                return parser.getint("Sequence", "seqLength")
            except (Error, ValueError):
                return None
    return None
