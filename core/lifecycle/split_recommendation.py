"""What is learnt from, chosen by and measured with: the later interactions of each user, the last one, or all after a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError, Message
from core.language import N_
from core.lifecycle.split import Split

if TYPE_CHECKING:
    from core.learning.interactions import Interactions

EACH_USER, LEAVE_ONE_OUT, TIME = "each_user", "leave_one_out", "time"
LEAST = 10  # interactions to measure with


def split(data: Interactions, kind: str, share: float, seed: int) -> Split:
    """Places of the interactions of each part.

    `each_user`: the last ⌈`share` · n⌉ of each user are measured with; `leave_one_out`: the last one; `time`: the last `share` of
    all. Ties in time keep the order of the table; without times the order is drawn. Validation is cut from the rest in the same
    way. Who has one interaction only is learnt from.

    Raises:
        InputError: there is nothing to measure with, or no time to cut by.
    """
    if kind == TIME and data.time is None:
        raise InputError(N_("A cut in time needs a column of times: choose one, or another split."))
    everything = np.arange(len(data))
    order = np.random.default_rng(seed).permutation(len(data)) if data.time is None else np.lexsort((data.row, data.time))
    rank = np.empty(len(data), np.int64)
    rank[order] = everything
    rest, test = _cut(data, everything, rank, kind, share)
    known = np.isin(data.item[test], data.item[rest])
    if len(test) < LEAST or not known.any():
        raise InputError(N_("Only {count} interactions can be kept aside to measure with, too few. Give users who chose several "
                            "items, and items that several chose."), count=int(known.sum()))  # fmt: skip
    learnt, validation = _cut(data, rest, rank, kind, share)
    values: dict[str, object] = {
        "train": f"{len(learnt):,}", "validation": f"{len(validation):,}", "test": f"{len(test):,}", "share": f"{share:.0%}",
    }  # fmt: skip
    sentence = {EACH_USER: _EACH_USER, LEAVE_ONE_OUT: _LEAVE_ONE_OUT, TIME: _TIME}[kind]
    return Split(learnt, validation, np.sort(test), Message(_DRAWN if data.time is None else sentence, values), kind, 0)


def _cut(data: Interactions, places: np.ndarray, rank: np.ndarray, kind: str, share: float) -> tuple[np.ndarray, np.ndarray]:
    """`places` without, and with, the last of them; both sorted."""
    if kind == TIME:
        assert data.time is not None
        times = data.time[places]
        late = times > np.quantile(times, 1 - share)
        return places[~late], places[late]
    order = places[np.lexsort((rank[places], data.user[places]))]
    counts = np.bincount(data.user[order], minlength=len(data.users))
    starts = np.cumsum(counts) - counts
    position = np.arange(len(order)) - starts[data.user[order]]
    kept = np.ceil(counts * share - 1e-9).astype(int) if kind == EACH_USER else np.ones(len(counts), int)
    kept[counts < 2] = 0
    late = position >= (counts - kept)[data.user[order]]
    return np.sort(order[~late]), np.sort(order[late])


_EACH_USER = N_("The last {share} of each user's interactions by time are measured with ({test}); {train} are learnt from, "
                "{validation} chosen by and then learnt from too. Every interaction counts as positive; ties in time keep the "
                "order of the table.")  # fmt: skip
_LEAVE_ONE_OUT = N_("The last interaction of each user is measured with ({test}); {train} are learnt from, {validation} chosen "
                    "by and then learnt from too. Every interaction counts as positive; ties in time keep the order of the "
                    "table.")  # fmt: skip
_TIME = N_("The last {share} of all interactions by time are measured with ({test}); {train} are learnt from, {validation} "
           "chosen by and then learnt from too.")  # fmt: skip
_DRAWN = N_("There is no column of times: a drawn {share} of each user's interactions, or one of them, is measured with "
            "({test}); {train} are learnt from, {validation} chosen by and then learnt from too.")  # fmt: skip
