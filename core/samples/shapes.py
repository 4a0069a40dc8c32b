"""Shapes on textured ground with the mask that belongs to them: simulated, so that every pixel's truth is known."""

from __future__ import annotations

import numpy as np

from core.language import N_

SIDE = 96  # pixels
KINDS = (N_("ellipse"), N_("star"), N_("square"))  # of `scene`, whose masks hold 1, 2, 3 for them
MOST_SHAPES = 3
APART = (50, 110)  # how far the colours of shape and ground lie apart in RGB, of 255 a channel
TRIES = 30  # places that are tried for one more shape


def shape(seed: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Pixels, uint8 (side, side, 3) RGB, and mask, uint8 (side, side), 1 inside the shape; the same for the same seed.

    The ground and the shape each have two colours in clouds of their own, which lie near to each other; light from one side and
    grain are over both. Grey values overlap, so that no threshold parts them.
    """
    random = np.random.default_rng(seed)
    mask = _mask(random, side)
    below = random.uniform(50, 205, 3)
    ground = _clouds(random, side, _colors(random, below))
    inside = _clouds(random, side, _colors(random, below + random.normal(0, 26, 3)))
    return _lit(random, _over(ground, inside, mask)), mask


def scene(seed: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Pixels as of `shape`, with one to three shapes that do not touch, and mask, uint8 (side, side): the number in `KINDS`, from
    1, of the shape that stands there; 0 is ground. Colours say nothing of the kind, only form does.
    """
    random = np.random.default_rng([seed, 1])
    mask = np.zeros((side, side), np.uint8)
    below = random.uniform(50, 205, 3)
    pixels = _clouds(random, side, _colors(random, below))
    wanted = random.integers(1, MOST_SHAPES + 1)
    for _ in range(TRIES):
        kind = int(random.integers(len(KINDS)))
        one = _outline(random, side, kind)
        if _blur(one.astype(np.float32), 0.02 * side)[mask > 0].sum() > 0:
            continue
        away = random.normal(0, 1, 3)
        away *= random.uniform(*APART) / np.linalg.norm(away)
        pixels = _over(pixels, _clouds(random, side, _colors(random, below + away)), one)
        mask[one > 0] = kind + 1
        wanted -= 1
        if not wanted:
            break
    return _lit(random, pixels), mask


def _outline(random: np.random.Generator, side: int, kind: int) -> np.ndarray:
    """One of `KINDS`, turned, wholly on the picture."""
    import cv2

    turns = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    reach = (
        np.ones_like(turns), 1 + 0.4 * np.sign(np.sin(5 * turns)), 1 / np.maximum(np.abs(np.cos(turns)), np.abs(np.sin(turns))),
    )[kind]  # fmt: skip
    radius = side * random.uniform(0.13, 0.24)
    flat, angle = (random.uniform(0.6, 1), random.uniform(0, np.pi)) if kind == 0 else (1.0, random.uniform(0, np.pi))
    x, y = radius * reach * np.cos(turns), radius * reach * flat * np.sin(turns)
    corners = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], 1)
    room = np.abs(corners).max() + 1
    corners += random.uniform(room, side - room, 2)
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [corners.round().astype(np.int32)], 1)
    return mask


def _over(ground: np.ndarray, inside: np.ndarray, mask: np.ndarray) -> np.ndarray:
    soft = _blur(mask.astype(np.float32), 0.7)[..., None]
    return ground * (1 - soft) + inside * soft


def _lit(random: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    """With light from one side, and grain."""
    side = len(pixels)
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, side), np.linspace(-0.5, 0.5, side))
    angle = random.uniform(0, 2 * np.pi)
    light = 1 + 0.5 * (across * np.cos(angle) + down * np.sin(angle))
    return (pixels * light[..., None] + random.normal(0, 9, (side, side, 3))).clip(0, 255).astype(np.uint8)


def _colors(random: np.random.Generator, about: np.ndarray) -> np.ndarray:
    """Two colours of about that kind."""
    return (about + random.normal(0, 22, (2, 3))).clip(15, 240)


def _clouds(random: np.random.Generator, side: int, colors: np.ndarray) -> np.ndarray:
    field = _blur(random.normal(0, 1, (side, side)).astype(np.float32), random.uniform(1.5, 5) * side / SIDE)
    share = ((field - field.min()) / max(float(np.ptp(field)), 1e-6))[..., None]
    return colors[0] * share + colors[1] * (1 - share)


def _mask(random: np.random.Generator, side: int) -> np.ndarray:
    """An ellipse, a star or a blob, turned, somewhere in the middle."""
    import cv2

    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    kind = random.integers(3)
    if kind == 0:
        reach = np.ones_like(turns)
    elif kind == 1:
        reach = 1 + 0.35 * np.sign(np.sin(turns * random.integers(3, 7)))
    else:
        waves = [random.uniform(-0.18, 0.18) * np.cos(k * turns + random.uniform(0, 6)) for k in (2, 3, 4, 5)]
        reach = 1 + np.sum(waves, 0)
    radius = side * random.uniform(0.16, 0.3)
    flat, angle = random.uniform(0.55, 1), random.uniform(0, np.pi)
    x, y = radius * reach * np.cos(turns), radius * reach * flat * np.sin(turns)
    centre = side * random.uniform(0.36, 0.64, 2)
    corners = np.stack([x * np.cos(angle) - y * np.sin(angle) + centre[0], x * np.sin(angle) + y * np.cos(angle) + centre[1]], 1)
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [corners.round().astype(np.int32)], 1)
    return mask


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    import cv2

    return cv2.GaussianBlur(values, (0, 0), sigma)
