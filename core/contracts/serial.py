"""Typed results as JSON and back: how a job keeps them and the API sends them."""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import fields
from typing import Any

import numpy as np

from core.contracts.audible import Audio, Transcript, Utterance, Word
from core.contracts.inputs import Message
from core.contracts.results import (
    Card,
    Cards,
    Curves,
    Evidence,
    Graph,
    Highlights,
    Labels,
    Matrix,
    Metric,
    Metrics,
    Points,
    Queue,
    Ranking,
    Records,
    Report,
    Section,
    Series,
    Spans,
    Terms,
    Text,
)  # fmt: skip
from core.contracts.visual import Boxes, Film, Gallery, Image, Keypoints, Regions

_TYPES = {
    kind.__name__: kind
    for kind in (
        Message, Labels, Series, Curves, Matrix, Ranking, Terms, Records, Highlights, Spans, Text, Graph,
        Points, Queue, Metric, Metrics, Evidence, Section, Report, Boxes, Film, Gallery, Image, Keypoints, Regions,
        Audio, Word, Utterance, Transcript, Card, Cards,
    )
}  # fmt: skip


def dump(value: Any) -> Any:
    """JSON-able form of a result: plain objects with a `type` key; not-a-number becomes null, bytes Base64. `load` inverts it."""
    if type(value).__name__ in _TYPES:
        return {"type": type(value).__name__, **{f.name: dump(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, np.ndarray):
        if value.dtype == np.uint8:  # masks: a number for each pixel would be a book
            packed = base64.b64encode(zlib.compress(np.ascontiguousarray(value).tobytes())).decode("ascii")
            return {"type": "array", "dtype": "uint8", "shape": list(value.shape), "deflate": packed}
        return {"type": "array", "dtype": str(value.dtype), "shape": list(value.shape), "values": dump(value.tolist())}
    if isinstance(value, bytes):
        return {"type": "bytes", "base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, np.generic):
        return dump(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [dump(item) for item in value]
    if type(value).__name__ == "DataFrame":
        return {"type": "frame", "columns": {str(name): [dump(x) for x in value[name].tolist()] for name in value.columns}}
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)  # dates and the like


def load(value: Any) -> Any:
    """What `dump` wrote, as the typed result it was. Lists come back as tuples."""
    if isinstance(value, list):
        return tuple(load(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    if kind == "array" and "deflate" in value:
        raw = zlib.decompress(base64.b64decode(value["deflate"]))
        return np.frombuffer(raw, np.uint8).reshape(value["shape"])
    if kind == "array":
        values = np.array(value["values"], dtype=value["dtype"])
        return values.reshape(value.get("shape", values.shape))  # an empty one has no shape of its own
    if kind == "bytes":
        return base64.b64decode(value["base64"])
    if kind == "frame":
        import pandas as pd

        return pd.DataFrame(value["columns"])
    if isinstance(kind, str) and kind in _TYPES:
        return _TYPES[kind](**{name: load(item) for name, item in value.items() if name != "type"})
    return {name: load(item) for name, item in value.items()}
