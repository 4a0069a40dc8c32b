"""Finds capabilities: every module of the listed packages that has a `CAPABILITY`.

This is the plug-in mechanism, and the only one: a team adds its own package through `PANORAMA_PACKAGES`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from functools import lru_cache

from core.contracts import Capability, NotFoundError
from core.language import N_


def packages() -> tuple[str, ...]:
    """`models` first, then those named in `PANORAMA_PACKAGES` (separated by commas)."""
    extra = os.environ.get("PANORAMA_PACKAGES", "")
    return ("models", *(name.strip() for name in extra.split(",") if name.strip()))


@lru_cache(maxsize=1)
def capabilities() -> dict[str, Capability]:
    """Every capability by id, in the order of the ids. Modules import no heavy library at their top, so this is quick."""
    found: dict[str, Capability] = {}
    for package_name in packages():
        package = importlib.import_module(package_name)
        for module_info in pkgutil.walk_packages(package.__path__, package_name + "."):
            if module_info.name.count(".") > package_name.count(".") + 2:
                continue  # models/text/classifiers/…: parts of a capability, which may import what is heavy
            capability = getattr(importlib.import_module(module_info.name), "CAPABILITY", None)
            if isinstance(capability, Capability):
                if capability.id in found:
                    raise ValueError(f"two capabilities are called {capability.id}")
                found[capability.id] = capability
    return dict(sorted(found.items()))


def get(capability_id: str) -> Capability:
    """The capability of that id; the error lists the choices."""
    try:
        return capabilities()[capability_id]
    except KeyError:
        raise NotFoundError(
            N_("There is no capability {name}. Choose one of: {choices}."), name=capability_id, choices=", ".join(capabilities())
        ) from None
