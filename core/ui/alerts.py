"""Rows to look at, one below the other: what makes each suspicious, and whether the alert was right."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Queue
from core.language import N_, translate
from core.ui.language import _, language, say
from core.ui.numbers import MISSING
from core.ui.trouble import attempt

SCORE, REASONS, DECISION = N_("Score (%)"), N_("Why"), N_("Decision")
OPEN = N_("open")


def frame_of(result: Queue, language: str) -> Any:
    """The queue as a table in the reader's language: score in percent, decision, reasons, then the rows as they were given."""
    frame = result.frame.reset_index(drop=True).copy()
    decided = _decided(result)
    names = {True: translate(result.choices[0], language), False: translate(result.choices[1], language)}
    ours = {
        SCORE: [round(100 * score, 2) for score in result.scores],
        DECISION: [names[decided[key]] if key in decided else translate(OPEN, language) for key in result.keys],
        REASONS: ["; ".join(translate(reason, language) for reason in row) for row in result.reasons],
    }
    for place, (name, cells) in enumerate(ours.items()):
        title = translate(name, language)
        while title in frame.columns:
            title += " *"
        frame.insert(place, title, cells)
    return frame


def _decided(result: Queue) -> dict[str, bool]:
    from core.decisions import known

    return known(result.subject, result.keys)


def alerts(result: Queue, key: str) -> None:
    """The table with a column to decide in; decisions are kept as soon as they are made."""
    if title := say(result.title):
        st.markdown(f"**{title}**")
    if not result.keys:
        st.info(_("There are no alerts: no rows came in."))
        return
    frame = frame_of(result, language())
    score, decision, reasons = frame.columns[:3]
    choices = [_(OPEN), *(_(name) for name in result.choices)]
    columns: dict[Any, Any] = {
        score: st.column_config.ProgressColumn(format="%.1f", min_value=0, max_value=100),
        decision: st.column_config.SelectboxColumn(options=choices, required=True, pinned=True),
        reasons: st.column_config.TextColumn(width="large"),
    }
    edited = st.data_editor(
        frame, hide_index=True, column_config=columns, disabled=[name for name in frame.columns if name != decision],
        height=38 + 35 * min(12, max(1, len(frame))), key=f"{key}.queue.{language()}", placeholder=MISSING,
    )  # fmt: skip
    _keep(result, frame[decision].tolist(), edited[decision].tolist(), choices)
    if caption := say(result.caption):
        st.caption(caption)


def _keep(result: Queue, before: list[str], after: list[str], choices: list[str]) -> None:
    from core.decisions import keep

    meaning = dict(zip(choices, (None, True, False)))
    changed = {key: meaning[new] for key, old, new in zip(result.keys, before, after) if new != old and new in meaning}

    def kept() -> bool:
        keep(result.subject, changed)
        return True

    done: bool | None = attempt(kept) if changed else None
    if done:
        st.toast(_("Kept. The next training on a table with these rows takes it as their label."))
