"""Where people are in a picture, by NanoDet-g: what other capabilities look at one by one."""

from __future__ import annotations

import numpy as np

from models.vision.runtime import session

WEIGHTS = "nanodet"
SIDE, STRIDE = 512, 32  # pixels of the longer side that suit the model; its input is a multiple of the stride
LEAST = 0.4  # of the score, which estimates class probability times overlap and so is lower than that of other detectors
OVERLAP = 0.5  # intersection over union above which two boxes are one person
PERSON = 0  # of COCO's classes
GREY = 114  # of the padding, as YOLO pads


def find(pixels: np.ndarray, least: float = LEAST, most: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Boxes, float32 (n, 4) as x0, y0, x1, y1 in pixels of `pixels` (uint8 RGB), and scores (n,), the surest first."""
    import cv2

    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    padded = [-(-side // STRIDE) * STRIDE for side in size]
    canvas = np.full((padded[1], padded[0], 3), GREY, np.uint8)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[: size[1], : size[0]] = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=kind)
    given = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32) / 255
    with session(WEIGHTS, "nanodet_yolo.onnx") as model:
        answer = model.run(None, {"images": given})[0][0]  # (84, anchors): centre, size, score of each class
    scores = answer[4 + PERSON]
    sure = np.flatnonzero(scores >= least)
    centre, extent = answer[:2, sure].T, answer[2:4, sure].T
    boxes = np.concatenate([centre - extent / 2, centre + extent / 2], 1) * ([width / size[0], height / size[1]] * 2)
    kept = cv2.dnn.NMSBoxes(np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).tolist(), scores[sure].tolist(),
                            least, OVERLAP)  # fmt: skip
    chosen = np.array(kept, int).reshape(-1)[:most]
    return boxes[chosen].clip(0, [width, height, width, height]).astype(np.float32), scores[sure][chosen]
