"""Lines of text in pixels, by an engine that is loaded once for all sessions."""

from __future__ import annotations

import numpy as np

from core import cache, device
from core.contracts import UnavailableError
from core.intake import ocr
from core.language import N_

KEY = ("ocr", "pictures")
FINE_SIDE = 3200  # pixels of the longer side at most when small text is looked for: a conv net of 3200² needs about 2 GB
ENLARGED = 2.0


def read(pixels: np.ndarray, *, least: float, fine: bool) -> list[ocr.Line]:
    """The lines in `pixels`, uint8 (height, width, 3) RGB, with corners in its pixels; `fine` looks at it enlarged."""
    import cv2

    longest = max(pixels.shape[:2])
    scale = min(ENLARGED, FINE_SIDE / longest) if fine else min(1.0, ocr.MOST_SIDE / longest)
    seen = pixels[:, :, ::-1]
    if scale != 1:
        kind = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        seen = cv2.resize(np.ascontiguousarray(seen), None, fx=scale, fy=scale, interpolation=kind)
    with cache.lease(KEY, _load, timeout=120) as engine:
        found = ocr.recognise(engine, seen, least)
    whole = np.array([pixels.shape[1] / seen.shape[1], pixels.shape[0] / seen.shape[0]], np.float32)
    return [ocr.Line(line.text, line.score, line.corners * whole) for line in found]


def _load() -> object:
    try:
        return ocr.engine(device.cores(), FINE_SIDE)
    except ImportError as error:
        raise UnavailableError(N_("The package for reading text is missing. Install it with: pip install rapidocr")) from error
