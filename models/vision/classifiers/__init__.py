"""The methods that `vision.classify` trains: one module each, all on the one base in `base`.

A method's module has `fit(train, validation, labelling, params, context) -> PictureClassifier` and
`read(folder, settings, labelling) -> PictureClassifier`. A new method is one more module and one more line in `METHODS`.
"""

from __future__ import annotations

import importlib
from types import ModuleType

METHODS = ("frozen", "tuned", "scratch")


def method(name: str) -> ModuleType:
    """The module of that method; its heavy libraries are imported here and not before."""
    if name not in METHODS:
        raise ValueError(f"{name} is none of {METHODS}")
    return importlib.import_module(f"models.vision.classifiers.{name}")
