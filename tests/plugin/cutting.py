"""Cuts out what is bright: an area, and a picture that goes on to other capabilities."""

from __future__ import annotations

import numpy as np

from core.contracts import Capability, Context, Params, Pictures, Regions, Report, Section, parameter


class CutParams(Params):
    threshold: int = parameter(200, ge=1, le=255, title="Threshold", help="How bright.")


def run(given: Pictures, params: CutParams, context: Context) -> Report:
    from core.intake.pictures import pixels
    from core.visual import encode

    seen = pixels(given.items[0])
    mask = (seen.mean(2) >= params.threshold).astype(np.uint8)
    regions = Regions("Bright", encode.image("", seen), mask, ("bright",))
    cut = encode.image("Cut out", seen, alpha=mask * 255, kind="png", details={"Threshold": str(params.threshold)})
    return Report("Cut out", "", (Section("", regions), Section("", cut)))


CAPABILITY = Capability("plugin.cutting", "Cutting", "Cuts out what is bright.", (Pictures,), Report, CutParams, run)
