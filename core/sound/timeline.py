"""Who speaks when, as a picture: a row for each speaker, time across."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.contracts import Image, Message
from core.language import N_
from core.sound import pictures
from core.visual import colors

ROW, GAP = 44, 8  # pixels of a speaker's row; between two
TITLE = N_("Who speaks when")
MOST = 20  # speakers that are drawn


def timeline(stretches: Sequence[tuple[float, float, int]], seconds: float) -> Image:
    """The stretches, (start, end, speaker) each, in seconds; speakers are numbered from 1 at the left, as they first speak."""
    count = min(MOST, 1 + max(speaker for _, _, speaker in stretches))
    plot = np.zeros((count * ROW, pictures.WIDTH, 4), np.uint8)
    for start, end, speaker in stretches:
        if speaker < count:
            left, right = (round(pictures.WIDTH * at / seconds) for at in (start, end))
            top = speaker * ROW + GAP // 2
            plot[top : top + ROW - GAP, left : max(right, left + 2)] = (*colors.rgb(colors.color(speaker)), 255)
    labels = [((row + 0.5) * ROW, str(row + 1)) for row in range(count)]
    caption = Message(N_("Time across, a row for each voice, numbered as they first speak. Rows are groups of like voices."))
    return pictures._framed(TITLE, plot, seconds, labels, caption)
