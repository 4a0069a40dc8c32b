"""Where faces are, by BlazeFace (back model): boxes, and six points of each face."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.vision.runtime import session

WEIGHTS = "blazeface"
SIDE = 256  # pixels; the model's input is a square of it
LEAST = 0.5
OVERLAP = 0.3  # intersection over union above which two boxes are one face
INSIDE = 0.7  # share of a box: so much of it inside a surer one is a part of that face (an eye, a pair of glasses)
ROOM = (1.0, 1.3)  # of the longer side: a face that fills its picture needs room around, or parts of it are taken for faces
HEAD = 1.3  # side of the square at the top of a person in which the head is looked for, in widths of the person
MOST_PEOPLE = 20
RIGHT_EYE, LEFT_EYE = 0, 1  # among the points; then nose, mouth, right ear, left ear


class Faces(NamedTuple):
    """n faces, the surest first: boxes (n, 4) as x0, y0, x1, y1, scores (n,), points (n, 6, 2) as x, y; pixels of the picture."""

    boxes: np.ndarray
    scores: np.ndarray
    points: np.ndarray

    def largest(self) -> int:
        sizes = (self.boxes[:, 2] - self.boxes[:, 0]) * (self.boxes[:, 3] - self.boxes[:, 1])
        return int(sizes.argmax())


NONE = Faces(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 6, 2), np.float32))


def find(pixels: np.ndarray, least: float = LEAST, *, fine: bool = False) -> Faces:
    """The faces in `pixels`, uint8 (height, width, 3) RGB. `fine` also looks at quarters, and at the heads of people."""
    height, width = pixels.shape[:2]
    squares = [_square(0, 0, width, height, room) for room in ROOM]
    if fine:
        squares += _parts(pixels)
    return _together([_look(pixels, square, least) for square in squares], least)


def _parts(pixels: np.ndarray) -> list[tuple[int, int, int]]:
    """Squares over the quarters of the picture, which overlap, and over the heads of the people in it."""
    from models.vision import people

    height, width = pixels.shape[:2]
    corners = [(x, y, x + 0.6 * width, y + 0.6 * height) for x in (0, 0.4 * width) for y in (0, 0.4 * height)]
    squares = [_square(*corner, 1.0) for corner in corners]
    for x0, y0, x1, _y1 in people.find(pixels, least=0.3, most=MOST_PEOPLE)[0].tolist():
        side = HEAD * (x1 - x0)
        squares.append((int((x0 + x1 - side) / 2), int(y0 - 0.2 * side), max(8, int(side))))
    return squares


def _square(x0: float, y0: float, x1: float, y1: float, room: float) -> tuple[int, int, int]:
    """Left, top and side of a square around the middle of a box."""
    side = max(8, int(np.ceil(max(x1 - x0, y1 - y0) * room)))
    return int((x0 + x1 - side) / 2), int((y0 + y1 - side) / 2), side


def _look(pixels: np.ndarray, square: tuple[int, int, int], least: float) -> Faces:
    """The faces in one square of the picture; what lies outside of the picture is black."""
    import cv2

    left, top, side = square
    scale = SIDE / side
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
    kind = cv2.INTER_LINEAR
    given = pixels
    if scale < 0.5:  # an affine map skips pixels where it shrinks; the area filter does not
        shrink = 2 * scale
        size = max(1, round(pixels.shape[1] * shrink)), max(1, round(pixels.shape[0] * shrink))
        given = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
        move[:, :2] /= [size[0] / pixels.shape[1], size[1] / pixels.shape[0]]
    canvas = cv2.warpAffine(np.ascontiguousarray(given), move, (SIDE, SIDE), flags=kind)
    with session(WEIGHTS, "blazeface.onnx") as model:
        names = ["Identity", "Identity_1", "Identity_2", "Identity_3"]
        near, far, near_boxes, far_boxes = model.run(names, {"input": canvas[None].astype(np.float32) / 127.5 - 1})
    logits = np.concatenate([near[0, :, 0], far[0, :, 0]])
    scores = 1 / (1 + np.exp(-logits.clip(-50, 50)))
    sure = np.flatnonzero(scores >= least)
    values, anchors = np.concatenate([near_boxes[0], far_boxes[0]])[sure], _anchors()[sure]
    middle, extent = anchors + values[:, :2], values[:, 2:4]
    boxes = np.concatenate([middle - extent / 2, middle + extent / 2], 1)
    points = anchors[:, None] + values[:, 4:].reshape(-1, 6, 2)
    place = np.array([left, top], np.float32)
    found = Faces(boxes / scale + np.tile(place, 2), scores[sure], points / scale + place)
    return _together([found], least)


def _anchors() -> np.ndarray:
    """Centres of the 896 places that the model gives an answer for (MediaPipe's SSD anchors), in pixels of its input."""
    parts = []
    for stride, each in ((16, 2), (32, 6)):
        line = (np.arange(SIDE // stride) + 0.5) * stride
        across, down = np.meshgrid(line, line)
        parts.append(np.repeat(np.stack([across.ravel(), down.ravel()], 1), each, axis=0))
    return np.concatenate(parts)


def _together(parts: list[Faces], least: float) -> Faces:
    """All faces of several looks, each once, the surest first."""
    import cv2

    boxes, scores, points = (np.concatenate([part[k] for part in parts]) for k in range(3))
    sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)
    surest_first = np.array(cv2.dnn.NMSBoxes(sizes.tolist(), scores.tolist(), least, OVERLAP), int).reshape(-1)
    kept: list[int] = []
    for place in surest_first:
        if all(_shared(boxes[place], boxes[other]) < INSIDE for other in kept):
            kept.append(int(place))
    return Faces(boxes[kept].astype(np.float32), scores[kept].astype(np.float32), points[kept].astype(np.float32))


def _shared(one: np.ndarray, two: np.ndarray) -> float:
    """The share of the smaller box that lies in the other one."""
    inner = (np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2])).clip(0).prod()
    return float(inner / max(min((one[2:] - one[:2]).prod(), (two[2:] - two[:2]).prod()), 1e-6))
