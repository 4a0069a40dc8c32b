"""Changed copies of pictures to learn from: each turned, shifted, bent or recoloured by chance, on the device that learns.

`shift` is for digits, letters and signs, which must not be mirrored: small turns, shifts and shears with elastic bending (Simard,
Steinkraus & Platt 2003). `photo` is for photographs: mirrored, cut, turned a little, brighter or darker, more or less colourful.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

PRESETS = ("none", "shift", "photo")


@dataclass(frozen=True)
class Change:
    """The most that is done to a picture: degrees turned; shares zoomed, sheared, shifted, bent; `color` of light and colour."""

    turn: float
    zoom: tuple[float, float]
    shear: float
    shift: float
    bend: float = 0.0
    color: float = 0.0
    mirror: bool = False


CHANGES = {
    "shift": Change(turn=12, zoom=(0.9, 1.12), shear=0.12, shift=0.07, bend=0.045),
    "photo": Change(turn=10, zoom=(0.75, 1.0), shear=0.05, shift=0.08, color=0.25, mirror=True),
}


def augmented(batch: Tensor, preset: str, generator: torch.Generator | None = None) -> Tensor:
    """Float pictures (n, 3, height, width) from 0 to 1, each changed by chance; `none` leaves them alone."""
    return batch if preset == "none" else changed(batch, CHANGES[preset], generator)[0]


def changed(batch: Tensor, change: Change, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """The pictures changed by chance, and the grid (n, height, width, 2) of `F.grid_sample`: from where each pixel came."""
    count = len(batch)

    def chance(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator).mul_(2).sub_(1).to(batch.device)

    grid = F.affine_grid(_affine(change, count, chance), list(batch.shape), align_corners=False)
    if change.bend:
        grid = grid + change.bend * _smooth(chance(count, 2, 7, 7), batch.shape[-2:]).permute(0, 2, 3, 1)
    batch = F.grid_sample(batch, grid, padding_mode="border", align_corners=False)
    return _recoloured(batch, change.color, chance) if change.color else batch, grid


def _affine(change: Change, count: int, chance: Callable[..., Tensor]) -> Tensor:
    """Matrices (n, 2, 3) from where a pixel goes to where it comes from."""
    turn = torch.deg2rad(chance(count) * change.turn)
    low, high = change.zoom
    zoom = low + (chance(count) + 1) / 2 * (high - low)
    shear, across, down = (chance(count) * most for most in (change.shear, change.shift, change.shift))
    mirror = torch.where(chance(count) > 0, 1.0, -1.0) if change.mirror else torch.ones_like(turn)
    cos, sin = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    rows = torch.stack([mirror * cos, -sin + shear, 2 * across, mirror * sin, cos, 2 * down], 1)
    return rows.view(count, 2, 3)


def _smooth(field: Tensor, size: torch.Size) -> Tensor:
    """A coarse field of displacements, drawn out to `size` without corners."""
    return F.interpolate(field, size=tuple(size), mode="bicubic", align_corners=True)


def _recoloured(batch: Tensor, most: float, chance: Callable[..., Tensor]) -> Tensor:
    light, contrast, color = (1 + most * chance(len(batch), 1, 1, 1) for _ in range(3))
    batch = batch * light
    batch = (batch - batch.mean((1, 2, 3), keepdim=True)) * contrast + batch.mean((1, 2, 3), keepdim=True)
    grey = batch.mean(1, keepdim=True)
    return (grey + (batch - grey) * color).clamp(0, 1)
