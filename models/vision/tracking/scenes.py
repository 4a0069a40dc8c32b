"""Frames one after another with their times, from a video or from the numbered pictures of a MOT sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.contracts import Context, InputError, Message, Pictures, Video
from core.language import N_


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
        return Scene(given, every, given.width, given.height, given.rate, given.frames, None, list(given.notices))
    if len(given) < 2:
        raise InputError(N_("To follow something, give a video, or a ZIP archive with the numbered pictures of a sequence."))
    truths = [(name, path) for name, path in given.files.items() if name.lower().rpartition("/")[2] in ("gt.txt", "truth.txt")]
    first = given.items[0]
    notices = [*given.notices, Message(N_("A sequence of pictures: {rate} frames a second are assumed."), {"rate": f"{rate:g}"})]
    return Scene(given, every, first.width, first.height, rate, len(given), truths[0] if truths else None, notices)
