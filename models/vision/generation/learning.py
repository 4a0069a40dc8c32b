"""From tables of pictures to a trained generator."""

from __future__ import annotations

from typing import Any

from core.contracts import Context, InputError, Table
from core.language import N_
from core.lifecycle.span import Span
from models.vision.generation import reading
from models.vision.generation.trained import GeneratorModel

FEATURES = N_("those of EfficientNet-Lite0's fifth stage (112 numbers a picture at 64 × 64 pixels), not of Inception v3")


def fit(train: Table, validation: Table, params: Any, context: Context) -> GeneratorModel:
    """Trains on the training pictures; the epoch nearest to the validation pictures is kept. Raises InputError for too few."""
    learnt = reading.read(train, params.size, Span(context, 0.0, 0.05))
    if len(learnt) < reading.LEAST:
        raise InputError(N_("There are {count} pictures, too few to learn to draw from: give at least {least}."),
                         count=len(learnt), least=reading.LEAST)  # fmt: skip
    kept = reading.read(validation, params.size, Span(context, 0.05, 0.06), learnt.shape[3]) if len(validation) else learnt[:0]
    from models.vision.generation.training import Training

    model = Training(learnt, kept, params, context).run()
    model.facts["features"] = FEATURES
    return model
