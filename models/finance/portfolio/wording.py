"""What a user writes: opinions on returns, and limits for groups of assets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.contracts import InputError
from core.language import N_

_PARTS = re.compile(r"[;；\n]")
_NAMES = re.compile(r"[,，、]")
_PERCENT = re.compile(r"([+\-−]?\d+(?:[.]\d+)?)\s*[%％]?")
_GROUP = re.compile(r"(?P<name>.+?)\s*(?:<=|≤|<)?\s*(?P<most>\d+(?:\.\d+)?)\s*[%％]")
MOST_A_YEAR = 100.0  # percent: beyond it, a digit too many is likelier than an opinion
MOST_NAMED = 12  # names listed in a sentence


@dataclass(frozen=True)
class View:
    """An opinion: `asset` returns `value` a year (share of 1), or that much more than the asset `other` (-1: none)."""

    asset: int
    value: float
    other: int = -1


@dataclass(frozen=True)
class Group:
    """Assets (by place) that together may be `most` of the portfolio (share of 1)."""

    name: str
    most: float
    assets: tuple[int, ...]


def views(text: str, names: Sequence[str]) -> tuple[View, ...]:
    """`aapl: 5%; aapl > msft: 2%` as opinions, parted by semicolons or lines.

    Raises:
        InputError: a part cannot be read, or names an asset that is not there.
    """
    found = []
    for part in filter(str.strip, _PARTS.split(text)):
        about, _, amount = part.replace("：", ":").rpartition(":")
        match = _PERCENT.fullmatch(amount.strip())
        if not about.strip() or match is None:
            raise InputError(N_("The view {text} cannot be read. Write for example: {first}: 5%; {first} > {second}: 2%."),
                             text=part.strip()[:80], first=names[0], second=names[1])  # fmt: skip
        value = float(match[1].replace("−", "-"))
        if abs(value) > MOST_A_YEAR:
            raise InputError(
                N_("The view {text} says more than {most:g} % a year: correct it."), text=part.strip()[:80], most=MOST_A_YEAR
            )
        better, _, worse = about.replace("＞", ">").partition(">")
        view = View(_place(better, names), value / 100, _place(worse, names) if worse.strip() else -1)
        if view.asset == view.other:
            raise InputError(N_("The view {text} compares an asset with itself: name two."), text=part.strip()[:80])
        found.append(view)
    return tuple(found)


def groups(text: str, names: Sequence[str]) -> tuple[Group, ...]:
    """`tech 40%: aapl, msft; energy 20%: cvx, xom` as limits, parted by semicolons or lines.

    Raises:
        InputError: a part cannot be read, or names an asset that is not there.
    """
    found = []
    for part in filter(str.strip, _PARTS.split(text)):
        head, _, members = part.replace("：", ":").partition(":")
        match = _GROUP.fullmatch(head.strip())
        listed = [name for name in _NAMES.split(members) if name.strip()]
        if match is None or not listed or float(match["most"]) > 100:
            raise InputError(N_("The limit {text} cannot be read. Write for example: tech 40%: {first}, {second}."),
                             text=part.strip()[:80], first=names[0], second=names[1])  # fmt: skip
        members_found = tuple(dict.fromkeys(_place(name, names) for name in listed))
        found.append(Group(match["name"].strip(), float(match["most"]) / 100, members_found))
    return tuple(found)


def _place(name: str, names: Sequence[str]) -> int:
    wanted = name.strip().casefold()
    for place, known in enumerate(names):
        if known.strip().casefold() == wanted:
            return place
    shown = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    raise InputError(N_("There is no asset {name}. The table has: {names}."), name=name.strip()[:80] or "–", names=shown)
