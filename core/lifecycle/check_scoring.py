"""Guard: rows with an event. Copies stay on one side of the split by themselves; contradictions are the nature of chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.contracts import InputError, Message, Table
from core.language import N_
from core.lifecycle import check_columns, check_rows, check_target
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.findings import Finding, fault
from core.lifecycle.look import Look

FAR = 0.05  # AUC above a reference that asks for an explanation


def ready(table: Table, params: Any) -> tuple[Table, Any, list[Finding]]:
    """Table and params to look at: without columns that are not learnt from, equal rows numbered; and why there is no target."""
    from core.learning.scoring import resolved, without
    from core.lifecycle.split_scoring import numbered

    try:
        params = resolved(table, params)
    except InputError as error:
        return table, params, [Finding("target_not_two", "stop", Message(error.message_id, error.values))]
    gone = without(params) - {params.target, params.group, params.time, "split", HIDDEN_GROUP}
    table = numbered(table, params)
    return replace(table, frame=table.frame.drop(columns=[name for name in gone if name in table.frame])), params, []


def checks(look: Look) -> Iterator[Finding]:
    """The target, copies, columns that give the target away or mark groups, time order ignored."""
    yield from check_target.target(look)
    if HIDDEN_GROUP in look.frame:
        look = replace(look, exact=look.frame[HIDDEN_GROUP].to_numpy())
    yield from _copies(look)
    for finding in check_columns.columns(look):
        # A number that comes again and tells of the event is a feature; only what is named like one marks a customer or a card.
        column = str(finding.message.values.get("column", ""))
        if finding.kind != "group_leakage" or check_columns.names_somebody(column):
            yield finding


def _copies(look: Look) -> Iterator[Finding]:
    repeated = check_rows.surplus(look)
    if HIDDEN_GROUP in look.frame and repeated.any():
        sentence = N_("Rows that are the same as another in all that is learnt from: {rows}. They stay on one side of the split, "
                      "so that they do not flatter the score.")  # fmt: skip
        yield fault("same_rows", "note", sentence, np.flatnonzero(repeated), look.names)


def too_good(score: float, low: float, params: Any, published: float | None) -> list[Finding]:
    """A finding where the AUC lies far above the reference, or above what is plausible: probably a leak.

    `low` is the lower end of its interval: where it does not lie above the reference, it may as well be chance.
    """
    values = {"score": f"{score:.3f}", "published": f"{published:.3f}" if published is not None else ""}
    if published is not None and score >= published + FAR:
        if low <= published:
            sentence = N_("The AUC of {score} is far above the reference of {published}: probably a leak, or chance, for there "
                          "are few rows to measure with. Look at the columns that drive the score.")  # fmt: skip
            return [fault("too_good", "note", sentence, 0, **values)]
        sentence = N_("The AUC of {score} is far above the reference of {published}: probably a leak, something in the table "
                      "that is only known afterwards. Look at the columns that drive the score, and leave out what a new row "
                      "will not have.")  # fmt: skip
        return [fault("too_good", "warn", sentence, 0, **values)]
    if published is None and score >= params.suspicious:
        sentence = N_("An AUC of {score} is hardly ever reached honestly: probably a leak, something in the table that is only "
                      "known afterwards. Look at the columns that drive the score, and leave out what a new row will not "
                      "have.")  # fmt: skip
        return [fault("too_good", "warn", sentence, 0, **values)]
    return []
