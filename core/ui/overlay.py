"""Results on their picture: rectangles, areas and points as SVG over it, drawn by the browser in the reader's language.

The report gets one SVG with the picture inside. The page's sanitiser lets no SVG through, so there it is the picture as `<img>`,
the same SVG as a second `<img>` on top, and empty boxes that say on hover what they mark. Every text is escaped.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import numpy as np

from core.contracts import Boxes, Image, Keypoints, Regions
from core.ui.numbers import number
from core.ui.theme import FONT
from core.visual import colors, draw
from core.visual.encode import media_type

Say = Callable[[str], str]
Spot = tuple[tuple[float, ...], str]  # x0, y0, x1, y1, and what is there

SHOWN_WIDTH, SHOWN_HEIGHT = 860, 620  # pixels on the page at most
TYPE, PAD = 13.0, 4.0  # pixels on the page
LINE = 2.2
LABELS_SHOWN = 12
OUTLINE_POINTS = 4_000  # of all areas together; more are thinned out
MASK_SIDE = 512  # areas are outlined at this size at most
NARROW, WIDE = "fijlrtI.,:;'|!()[] 1", "mwMW%@"


def inline(result: Any, say: Say) -> str:
    """One `<svg>` with picture and marks: for the report."""
    image = picture_of(result)
    picture = f'<image href="{data_uri(image.data)}" width="{image.width}" height="{image.height}" preserveAspectRatio="none"/>'
    style = f"max-width:{_shown(image)[0]:.0f}px"
    return _svg(image, picture + _marks(result, say), f'role="img" style="{style}"') + _legend(result, say)


def layered(result: Any, say: Say) -> str:
    """Picture, marks and what they say on hover, as HTML without SVG elements: for the page."""
    image = picture_of(result)
    fill = "position:absolute;left:0;top:0;width:100%;height:100%"
    marks = "data:image/svg+xml," + quote(_svg(image, _marks(result, say), 'xmlns="http://www.w3.org/2000/svg"'), safe="")
    spots = "".join(_spot(image, spot) for spot in spots_of(result, say))
    width, _height = _shown(image)
    label = html.escape(say_title(result, say), quote=True)
    return (
        f'<div style="position:relative;width:100%;max-width:{width:.0f}px;overflow:hidden;border-radius:6px">'
        f'<img src="{data_uri(image.data)}" alt="{label}" style="display:block;width:100%;height:auto">'
        f'<img src="{marks}" alt="" style="{fill}">{spots}</div>{_legend(result, say)}'
    )


def picture_of(result: Any) -> Image:
    """The picture below the marks."""
    return result if isinstance(result, Image) else result.image


def say_title(result: Any, say: Say) -> str:
    """What a reader who sees no pictures hears."""
    counted = ", ".join(f"{say(name)}: {count}" for name, count in counts(result)) if isinstance(result, Boxes) else ""
    return " – ".join(part for part in (say(result.title), counted) if part)


def counts(result: Boxes) -> list[tuple[str, int]]:
    """How many boxes of each label, most first."""
    names = dict.fromkeys(result.labels)
    return sorted(((name, result.labels.count(name)) for name in names), key=lambda pair: -pair[1])


def count_bars(result: Boxes, say: Say) -> str:
    """A small bar for each label, in the colour of its boxes; nothing where one label is all there is."""
    counted, shades = counts(result)[:LABELS_SHOWN], colors.by_name(result.labels)
    if len(counted) < 2:
        return ""
    most = counted[0][1]
    rows = "".join(
        f'<div style="text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">{html.escape(say(name))}</div>'
        f'<div><span style="display:inline-block;vertical-align:middle;height:11px;border-radius:2px;margin-right:7px;'
        f'width:{76 * count / most:.1f}%;background:{shades[name]}"></span>{count:,}</div>'
        for name, count in counted
    )
    grid = "display:grid;grid-template-columns:fit-content(220px) 1fr;gap:3px 10px"
    return f'<div style="{grid};max-width:440px;font-size:13px;line-height:1.5;margin-top:8px">{rows}</div>'


def data_uri(data: bytes) -> str:
    return f"data:{media_type(data)};base64,{base64.b64encode(data).decode('ascii')}"


def spots_of(result: Any, say: Say) -> list[Spot]:
    """Where something is said on hover: the boxes, or a place around each point, the small ones last (on top)."""
    if isinstance(result, Boxes):
        order = draw.order_of_drawing(result.boxes)
        return [(tuple(result.boxes[i].tolist()), _tag(result, i, say, scores=True)) for i in order]
    if isinstance(result, Keypoints):
        reach = 6 * _unit(result.image)
        return [((x - reach, y - reach, x + reach, y + reach), text) for x, y, text in _points(result, say)]
    return []


def _shown(image: Image) -> tuple[float, float]:
    """How large the picture stands on the page at most; small ones are enlarged up to three times."""
    scale = min(SHOWN_WIDTH / image.width, SHOWN_HEIGHT / image.height, 3.0)
    return image.width * scale, image.height * scale


def _unit(image: Image) -> float:
    """Pixels of the picture to one on the page."""
    return image.width / _shown(image)[0]


def _svg(image: Image, inner: str, more: str) -> str:
    head = f'viewBox="0 0 {image.width} {image.height}" preserveAspectRatio="none"'
    return f'<svg {head} {more} font-family="{html.escape(FONT, quote=True)}">{inner}</svg>'


def _spot(image: Image, spot: Spot) -> str:
    corners, text = spot
    x0, y0, x1, y1 = (100 * v / side for v, side in zip(corners, (image.width, image.height) * 2))
    place = f"left:{x0:.2f}%;top:{y0:.2f}%;width:{max(0.0, x1 - x0):.2f}%;height:{max(0.0, y1 - y0):.2f}%"
    return f'<div title="{html.escape(text, quote=True)}" style="position:absolute;{place}"></div>'


def _marks(result: Any, say: Say) -> str:
    if isinstance(result, Boxes):
        return _boxes(result, say)
    if isinstance(result, Regions):
        return _regions(result, say)
    return _keypoints(result, say) if isinstance(result, Keypoints) else ""


def _tag(result: Boxes, index: int, say: Say, *, scores: bool) -> str:
    score = result.scores[index] if scores and result.scores else None
    return draw.tag_of(say(result.labels[index]), score, result.ids[index] if result.ids else None)


def _boxes(result: Boxes, say: Say) -> str:
    unit, shades = _unit(result.image), colors.by_name(result.labels)
    order = draw.order_of_drawing(result.boxes)
    rectangles, tags = [], []
    thick = LINE * unit * (1.0 if len(order) <= draw.TAGS else 0.55)
    for index in order:
        x0, y0, x1, y1 = (float(v) for v in result.boxes[index])
        shade = shades[result.labels[index]]
        told = html.escape(_tag(result, index, say, scores=True))
        shape = f'x="{x0:.1f}" y="{y0:.1f}" width="{max(0.0, x1 - x0):.1f}" height="{max(0.0, y1 - y0):.1f}"'
        rectangles.append(
            f'<rect {shape} fill="{shade}" fill-opacity="0.06" stroke="{shade}" stroke-width="{thick:.2f}">'
            f"<title>{told}</title></rect>"
        )
        text = _tag(result, index, say, scores=len(order) <= draw.SCORES)
        if text and len(order) <= draw.TAGS and not draw.is_line_of_text(result.boxes[index], unit):
            tags.append(_label(result.image, x0, y0, text, shade))
    return "".join(rectangles + tags)


def _label(image: Image, x: float, y: float, text: str, shade: str) -> str:
    """A word on a filled ground, its lower left corner at (x, y), moved into the picture."""
    text = text if len(text) <= draw.TAG_CHARACTERS else text[: draw.TAG_CHARACTERS - 1] + "…"
    unit = _unit(image)
    size, pad = TYPE * unit, PAD * unit
    wide, high = _width(text) * size, 1.4 * size
    x = max(0.0, min(x, image.width - wide - 2 * pad))
    top = max(0.0, min(y, image.height) - high)
    return (
        f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide + 2 * pad:.1f}" height="{high:.1f}" fill="{shade}"/>'
        f'<text x="{x + pad:.1f}" y="{top + 1.05 * size:.1f}" font-size="{size:.2f}" fill="{colors.text_on(shade)}" '
        f'textLength="{wide:.1f}" lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>'
    )


def _width(text: str) -> float:
    """About how wide a text is, in heights of its type; the browser fits the text to it exactly."""
    return sum(0.3 if c in NARROW else 0.82 if c in WIDE else 1.0 if ord(c) > 0x2E80 else 0.55 for c in text)


def _regions(result: Regions, say: Say) -> str:
    import cv2

    mask = np.ascontiguousarray(result.mask)
    longer = max(mask.shape)
    if longer > MASK_SIDE:
        size = tuple(max(1, round(side * MASK_SIDE / longer)) for side in mask.shape[::-1])
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    scale = result.image.width / mask.shape[1], result.image.height / mask.shape[0]
    outlines = [cv2.findContours((mask == k + 1).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)[0]
                for k in range(len(result.names))]  # fmt: skip
    smooth = 0.6 if sum(len(o) for found in outlines for o in found) > OUTLINE_POINTS else 0.0
    parts, tags, width = [], [], LINE * _unit(result.image)
    for index, (name, share) in enumerate(zip(result.names, shares(result))):
        shade = colors.color(index)
        drawn = [cv2.approxPolyDP(o, smooth, True) if smooth else o for o in outlines[index]]
        drawn = [(outline[:, 0] + 0.5) * scale for outline in drawn if len(outline) > 2]
        if not drawn:
            continue
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in outline) + "Z" for outline in drawn)
        told = html.escape(f"{say(name)} {number(share)}".strip())
        parts.append(
            f'<path d="{path}" fill="{shade}" fill-opacity="0.42" fill-rule="evenodd" stroke="{shade}" '
            f'stroke-width="{width:.2f}" stroke-linejoin="round"><title>{told}</title></path>'
        )
        if name:
            largest = max(drawn, key=lambda outline: np.ptp(outline[:, 0]) * np.ptp(outline[:, 1]))
            x, y = largest[largest[:, 1].argmin()]
            tags.append(_label(result.image, float(x), float(y), say(name), shade))
    return "".join(parts + tags)


def shares(result: Regions) -> list[float]:
    """The share of the picture that each name covers."""
    found = np.bincount(result.mask.reshape(-1), minlength=len(result.names) + 1)
    return [float(found[k + 1] / max(1, result.mask.size)) for k in range(len(result.names))]


def _points(result: Keypoints, say: Say) -> list[tuple[float, float, str]]:
    """The points that are drawn: place, and name with confidence."""
    return [
        (float(x), float(y), f"{say(name)} {number(float(confidence))}")
        for body in result.points
        for name, (x, y, confidence) in zip(result.names, body)
        if np.isfinite((x, y, confidence)).all() and confidence >= result.threshold
    ]


def _keypoints(result: Keypoints, say: Say) -> str:
    unit = _unit(result.image)
    parts = []
    for index, body in enumerate(result.points):
        shade = colors.color(index)
        seen = np.isfinite(body).all(1) & (body[:, 2] >= result.threshold)
        if index < len(result.boxes):
            x0, y0, x1, y1 = (float(v) for v in result.boxes[index])
            shape = f'x="{x0:.1f}" y="{y0:.1f}" width="{max(0.0, x1 - x0):.1f}" height="{max(0.0, y1 - y0):.1f}"'
            parts.append(f'<rect {shape} fill="none" stroke="{shade}" stroke-width="{LINE * unit:.2f}"/>')
        for a, b in result.bones:
            if seen[a] and seen[b]:
                ends = f'x1="{body[a][0]:.1f}" y1="{body[a][1]:.1f}" x2="{body[b][0]:.1f}" y2="{body[b][1]:.1f}"'
                parts.append(f'<line {ends} stroke="{shade}" stroke-width="{1.6 * LINE * unit:.2f}" stroke-linecap="round"/>')
        for name, (x, y, confidence), is_seen in zip(result.names, body, seen):
            if is_seen:
                told = html.escape(f"{say(name)} {number(float(confidence))}")
                parts.append(
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 * unit:.2f}" fill="{shade}" stroke="#FFFFFF" '
                    f'stroke-width="{1.2 * unit:.2f}"><title>{told}</title></circle>'
                )
    return "".join(parts)


def _legend(result: Any, say: Say) -> str:
    """The names of areas with the share of the picture that each covers."""
    if not isinstance(result, Regions):
        return ""
    items = "".join(
        f'<span style="margin-right:18px"><span style="display:inline-block;width:11px;height:11px;border-radius:3px;'
        f'background:{colors.color(index)};margin-right:6px"></span>{html.escape(say(name))} {number(share)}</span>'
        for index, (name, share) in enumerate(zip(result.names, shares(result)))
    )
    return f'<div style="font-size:13px;line-height:1.9">{items}</div>'
