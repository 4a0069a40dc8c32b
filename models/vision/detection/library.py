"""The one place where ultralytics comes in: offline, silent, without statistics, and never calling an installer."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from core import device
from core.home import home

# Read when it is imported, so they stand in the environment before that.
ENVIRONMENT = {"YOLO_AUTOINSTALL": "false", "YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false"}
# `sync` sends statistics; the others start trackers of their own as soon as their package is installed.
SILENT = dict.fromkeys(("sync", "mlflow", "raytune", "clearml", "comet", "dvc", "tensorboard", "wandb", "vscode_msg",
    "openvino_msg"), False)  # fmt: skip


def ultralytics() -> Any:
    """The library, ready to use. Whoever needs any part of it calls this first."""
    if "ultralytics" not in sys.modules:
        os.environ.update(ENVIRONMENT, YOLO_CONFIG_DIR=str(home("ultralytics")))
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # it is on unless it cannot be imported
    from PIL import Image

    opener = Image.open
    import ultralytics as library

    Image.open = opener  # the library puts its own there, which looks for a package when a file is no picture
    logging.getLogger("ultralytics").setLevel(logging.ERROR)
    if any(library.settings.get(name) is not value for name, value in SILENT.items()):
        library.settings.update(SILENT)
    return library


def use_free_cores() -> None:
    """The library leaves torch one core less than there are. This gives it those that nobody else is using."""
    import torch

    torch.set_num_threads(free_cores())


def free_cores() -> int:
    """The cores that nobody else is using: threads that wait for one another on a busy machine are ten times as slow as one
    thread alone (measured with two cores and a load of ten).
    """
    others = max(0, int(os.getloadavg()[0]) - 1) if hasattr(os, "getloadavg") else 0
    return max(1, device.cores() - others)
