"""What a pretrained network makes of pictures, as vectors. They are kept by content, so a second training starts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from core import weights
from core.contracts import Context
from core.intake.pictures import path_of
from core.language import N_
from core.vector_store import Store, key
from core.weights import checks
from models.vision.classifiers import backbones
from models.vision.classifiers.augment import augmented
from models.vision.classifiers.backbones import Backbone
from models.vision.classifiers.rows import opened

FORM = 2  # of how pictures are prepared; another number computes anew
BATCH = 16  # pictures at once: a second of work between two looks whether to stop


def features(
    references: Sequence[str], backbone_name: str, size: int, context: Context, preset: str = "none", round_: int = 0
) -> np.ndarray:
    """Vectors float32 (n, dimension) of the pictures that references name, scaled to `size`, changed by `preset`.

    `round_` numbers the changed copies of the same picture.
    """
    sums = "".join(file.sha256 for file in weights.entry(backbone_name).files)
    store = Store(f"pictures|{FORM}|{backbone_name}|{sums}|{size}|{preset}|{round_}")
    keys = [key(checks.digest(path_of(reference))) for reference in references]
    known = store.get(keys)
    missing = [row for row, name in enumerate(keys) if name not in known]
    for start in range(0, len(missing), BATCH):
        context.check()
        part = missing[start : start + BATCH]
        pixels = np.stack([backbones.whole(opened(references[row], 2 * size), size) for row in part])
        with backbones.leased(backbone_name) as backbone:
            found = vectors(backbone, pixels, preset, [int.from_bytes(keys[row][:6], "little") + round_ for row in part])
        store.put([keys[row] for row in part], found)
        known.update(zip((keys[row] for row in part), found))
        done = start + len(part)
        context.progress(done / len(missing), N_("{done} of {total} pictures seen"), done=done, total=len(missing))
    return np.stack([known[name] for name in keys]) if keys else np.zeros((0, 1), np.float32)


def vectors(backbone: Backbone, pixels: np.ndarray, preset: str = "none", seeds: Sequence[int] = ()) -> np.ndarray:
    """Vectors float32 (n, dimension) of pictures uint8 (n, size, size, 3), each changed by `preset` from its own seed."""
    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        alone = [augmented(batch[k : k + 1], preset, torch.Generator().manual_seed(seed)) for k, seed in enumerate(seeds)]
        changed = torch.cat(alone) if preset != "none" else batch
        return backbone.network.pooled(backbone.network.maps(backbone.normal(changed))).float().cpu().numpy()
