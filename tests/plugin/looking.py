"""Finds bright areas, by a threshold: a real answer on pictures and videos without any weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.contracts import (
    Boxes,
    Capability,
    Context,
    Message,
    Params,
    Pictures,
    Report,
    Section,
    Video,
    parameter,
)


class LookParams(Params):
    threshold: int = parameter(200, ge=1, le=255, title="Threshold", help="How bright.")


def find(pixels: np.ndarray, threshold: int) -> tuple[np.ndarray, tuple[str, ...], tuple[float, ...]]:
    """Corners, labels (`large` or `small`) and brightness of the areas whose grey value reaches the threshold."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = cv2.connectedComponentsWithStats((grey >= threshold).astype(np.uint8))[2][1:]
    found = found[found[:, 4] >= 20]
    corners = np.array([[x, y, x + w, y + h] for x, y, w, h, _area in found], np.float32).reshape(-1, 4)
    labels = tuple("large" if area >= 400 else "small" for *_place, area in found.tolist())
    scores = tuple(float(grey[y : y + h, x : x + w].mean() / 255) for x, y, w, h, _area in found.tolist())
    return corners, labels, scores


def run(given: Pictures | Video, params: LookParams, context: Context) -> Report:
    if isinstance(given, Video):
        return Report("Bright areas", "", (Section("", _film(given, params, context)),))
    from core.intake.pictures import pixels
    from core.visual import encode

    sections = []
    for place, picture in enumerate(given.items):
        context.progress(place / len(given))
        seen = pixels(picture)
        name = Message("{name}", {"name": picture.name})
        sections.append(Section(name, Boxes(name, encode.image("", seen), *find(seen, params.threshold))))
    return Report("Bright areas", "", tuple(sections))


def _film(given: Video, params: LookParams, context: Context) -> Any:
    from core.intake.video import frames
    from core.visual import colors, draw
    from core.visual.film import FilmWriter

    shades = colors.by_name(("large", "small"))
    with FilmWriter("Bright areas", given.width, given.height, given.rate) as writer:
        for number, _seconds, pixels in frames(given, context):
            context.progress(number / given.frames)
            writer.add(draw.boxes(pixels, *find(pixels, params.threshold), shades=shades))
    return writer.film()


CAPABILITY = Capability("plugin.looking", "Looking", "Finds bright areas.", (Pictures, Video), Report, LookParams, run)
