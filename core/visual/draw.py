"""Draws results on pixels: for the pictures one takes away, and frame by frame for films.

Pixels are uint8 (height, width, 3) RGB; every function gives a new array and leaves the one it got. Coordinates are pixels of
that array. OpenCV brings a font with Chinese inside, so labels need none of the machine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from core.contracts import Boxes, Image, Keypoints, Regions
from core.visual import colors
from core.visual.encode import decode

Say = Callable[[str], str]
FLAT, LOW, LONG = 6.0, 34.0, 3.0  # pixels seen, and times the height: a box of that form holds a line of text
TAGS = 60  # boxes with their name written; where there are more, names would hide the picture
SCORES = 25  # boxes with their score written too
TAG_CHARACTERS = 40
REGION_STRENGTH = 0.45
# OpenCV's text functions crash on half a surrogate pair, and draw control characters as boxes.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\ufeff]+")


def line_width(shape: tuple[int, ...]) -> int:
    """Pixels that a line is wide on a picture of that shape."""
    return max(1, round(max(shape[:2]) / 420))


def type_size(shape: tuple[int, ...]) -> int:
    """Height of the type in pixels on a picture of that shape."""
    return max(11, round(max(shape[:2]) / 58))


def tag_of(label: str, score: float | None = None, number: int | None = None) -> str:
    """What is written at a box: `car #3 87 %`."""
    shown = None if score is None or not np.isfinite(score) else f"{score:.0%}".replace("%", " %")
    return " ".join(part for part in (label, None if number is None else f"#{number}", shown) if part)


def order_of_drawing(rectangles: np.ndarray) -> list[int]:
    """The large ones first, so that none hides a small one."""
    sizes = (rectangles[:, 2] - rectangles[:, 0]) * (rectangles[:, 3] - rectangles[:, 1])
    return [int(index) for index in np.argsort(-sizes, kind="stable")]


def boxes(
    pixels: np.ndarray, rectangles: np.ndarray, labels: Sequence[str] = (), scores: Sequence[float] = (),
    ids: Sequence[int] = (), *, shades: Mapping[str, str] | None = None, say: Say = str,
) -> np.ndarray:  # fmt: skip
    """Rectangles, (n, 4) as x0, y0, x1, y1, each in the colour of its label, with a tag.

    `shades` fixes the colour (`#RRGGBB`) of each label from frame to frame; `say` translates labels.
    """
    import cv2

    drawn, width = pixels.copy(), line_width(pixels.shape)
    known = shades or colors.by_name(labels)
    order = order_of_drawing(np.asarray(rectangles, float).reshape(-1, 4))
    tags = []
    for index in order:
        x0, y0, x1, y1 = (_whole(v) for v in rectangles[index])
        label = labels[index] if labels else ""
        shade = known.get(label, colors.color(0))
        cv2.rectangle(drawn, (x0, y0), (x1, y1), colors.rgb(shade), width, cv2.LINE_8)
        score = scores[index] if scores and len(order) <= SCORES else None
        text = tag_of(say(label) if label else "", score, ids[index] if ids else None)
        if not is_line_of_text(np.array((x0, y0, x1, y1))):
            tags.append((x0, y0, text, shade))
    if len(order) <= TAGS:  # above all lines
        for x, y, text, shade in tags:
            _tag(drawn, x, y, text, shade)
    return drawn


def is_line_of_text(corners: np.ndarray, unit: float = 1.0) -> bool:
    """Whether a box is so low and long that its name would hide what is in it; `unit`: its pixels to one that is seen."""
    wide, high = float(corners[2] - corners[0]), float(corners[3] - corners[1])
    return FLAT < high / unit < LOW and wide > LONG * high


def regions(
    pixels: np.ndarray, mask: np.ndarray, names: Sequence[str], *, say: Say = str, strength: float = REGION_STRENGTH
) -> np.ndarray:
    """Areas tinted in the colour of their name, with an outline. `mask` is stretched over the picture; k is `names[k - 1]`."""
    import cv2

    height, width = pixels.shape[:2]
    large = cv2.resize(np.ascontiguousarray(mask), (width, height), interpolation=cv2.INTER_NEAREST)
    drawn = pixels.copy()
    for index, name in enumerate(names):
        inside = large == index + 1
        if not inside.any():
            continue
        shade = np.array(colors.rgb(colors.color(index)), np.float32)
        drawn[inside] = (drawn[inside] * (1 - strength) + shade * strength).astype(np.uint8)
        outlines, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(drawn, outlines, -1, colors.rgb(colors.color(index)), line_width(pixels.shape))
        if name:
            top = max(outlines, key=cv2.contourArea)[:, 0]
            x, y = top[top[:, 1].argmin()]
            _tag(drawn, int(x), int(y), say(name), colors.color(index))
    return drawn


def keypoints(
    pixels: np.ndarray, points: np.ndarray, bones: Sequence[tuple[int, int]] = (), *, threshold: float = 0.3,
    rectangles: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Points, (n, points, 3) as x, y, confidence, and the bones between them; each body in a colour of its own."""
    import cv2

    drawn, width = pixels.copy(), line_width(pixels.shape)
    for number, body in enumerate(points):
        shade = colors.rgb(colors.color(number))
        seen = np.isfinite(body).all(1) & (body[:, 2] >= threshold)
        if rectangles is not None and number < len(rectangles):
            x0, y0, x1, y1 = (_whole(v) for v in rectangles[number])
            cv2.rectangle(drawn, (x0, y0), (x1, y1), shade, width, cv2.LINE_8)
        for a, b in bones:
            if seen[a] and seen[b]:
                cv2.line(drawn, _place(body[a]), _place(body[b]), shade, 2 * width, cv2.LINE_AA)
        for place in body[seen]:
            cv2.circle(drawn, _place(place), 2 * width + 1, (255, 255, 255), -1, cv2.LINE_AA)
            cv2.circle(drawn, _place(place), 2 * width, shade, -1, cv2.LINE_AA)
    return drawn


def trails(pixels: np.ndarray, paths: Sequence[np.ndarray], shades: Sequence[str] = ()) -> np.ndarray:
    """Where tracks came from: each path float (n, 2) as x, y, the oldest first; the older a stretch, the thinner its line."""
    import cv2

    drawn, width = pixels.copy(), line_width(pixels.shape)
    for number, path in enumerate(paths):
        shade = colors.rgb(shades[number] if shades else colors.color(number))
        for step in range(1, len(path)):
            thick = max(1, round(2 * width * step / len(path)))
            cv2.line(drawn, _place(path[step - 1]), _place(path[step]), shade, thick, cv2.LINE_AA)
    return drawn


def line(
    pixels: np.ndarray, start: Sequence[float], end: Sequence[float], text: str = "", shade: str = colors.CATEGORICAL[4]
) -> np.ndarray:
    """A line that is watched, with what crossed it as `text`."""
    import cv2

    drawn = pixels.copy()
    cv2.line(drawn, _place(start), _place(end), colors.rgb(shade), 2 * line_width(pixels.shape), cv2.LINE_AA)
    middle = [(a + b) / 2 for a, b in zip(start, end)]
    _tag(drawn, *_place(middle), text, shade)
    return drawn


def zone(
    pixels: np.ndarray, corners: np.ndarray, text: str = "", shade: str = colors.CATEGORICAL[4], *, strength: float = 0.18
) -> np.ndarray:
    """An area that is watched, (n, 2) corners as x, y: tinted, outlined, with what is in it as `text`."""
    import cv2

    outline = np.array([_place(corner) for corner in corners], np.int32)
    tint = pixels.copy()
    cv2.fillPoly(tint, [outline], colors.rgb(shade))
    drawn = cv2.addWeighted(pixels, 1 - strength, tint, strength, 0)
    cv2.polylines(drawn, [outline], True, colors.rgb(shade), line_width(pixels.shape), cv2.LINE_AA)
    x, y = outline[outline[:, 1].argmin()]
    _tag(drawn, int(x), int(y), text, shade)
    return drawn


def heat(pixels: np.ndarray, amount: np.ndarray, *, strength: float = 0.6) -> np.ndarray:
    """A heat map over the picture: `amount`, float (rows, columns) of any size, from nothing (unchanged) to its maximum (yellow).

    The colours are Inferno's, which grow evenly lighter, for the colour-blind too.
    """
    import cv2

    height, width = pixels.shape[:2]
    given = np.nan_to_num(np.asarray(amount, np.float32), nan=0.0, posinf=0.0, neginf=0.0).clip(0)
    share = cv2.resize(given / (float(given.max()) or 1.0), (width, height), interpolation=cv2.INTER_LINEAR).clip(0, 1)
    shades = cv2.cvtColor(cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    weight = (np.sqrt(share) * strength)[..., None]
    return (pixels * (1 - weight) + shades * weight).astype(np.uint8)


def tag(pixels: np.ndarray, x: float, y: float, text: str, shade: str) -> np.ndarray:
    """A word on a filled ground, its lower left corner at (x, y), moved into the picture."""
    drawn = pixels.copy()
    _tag(drawn, _whole(x), _whole(y), text, shade)
    return drawn


def drawn(result: Any, say: Say = str) -> np.ndarray:
    """The picture of an `Image`, `Boxes`, `Regions` or `Keypoints` with the result on it, as large as the picture's file."""
    if isinstance(result, Image):
        return decode(result)
    pixels = decode(result.image)
    scale = pixels.shape[1] / result.image.width, pixels.shape[0] / result.image.height
    if isinstance(result, Boxes):
        return boxes(pixels, result.boxes * (scale * 2), result.labels, result.scores, result.ids, say=say)
    if isinstance(result, Regions):
        return regions(pixels, result.mask, result.names, say=say)
    assert isinstance(result, Keypoints)
    rectangles = result.boxes * (scale * 2) if len(result.boxes) else None
    return keypoints(pixels, result.points * (*scale, 1), result.bones, threshold=result.threshold, rectangles=rectangles)


def _tag(drawn: np.ndarray, x: int, y: int, text: str, shade: str) -> None:
    """`tag` in place."""
    import cv2

    text = _UNWRITABLE.sub("", text).strip()[:TAG_CHARACTERS]
    if not text:
        return
    height, width = drawn.shape[:2]
    face, size = cv2.FontFace("uni"), type_size(drawn.shape)
    pad = max(2, size // 4)
    _left, _top, wide, _high = cv2.getTextSize((0, 0), text, (0, 0), face, size)
    x = max(0, min(x, width - wide - 2 * pad))
    bottom = max(size + 2 * pad, min(y, height - 1))
    cv2.rectangle(drawn, (x, bottom - size - 2 * pad), (x + wide + 2 * pad, bottom), colors.rgb(shade), -1)
    cv2.putText(drawn, text, (x + pad, bottom - pad - size // 6), colors.rgb(colors.text_on(shade)), face, size)


def _place(point: Any) -> tuple[int, int]:
    return _whole(point[0]), _whole(point[1])


def _whole(value: float) -> int:
    """A coordinate as OpenCV takes it: whole, and not beyond what its own arithmetic holds."""
    return int(np.clip(np.nan_to_num(value), -30_000, 30_000).round())
