"""What the leak guard found, each in a sentence, mended by one click."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Params, Table
from core.ui.language import _, say
from core.ui.plain import plain
from core.ui.trouble import attempt

ICONS = {"stop": ":material/block:", "warn": ":material/warning:", "note": ":material/info:"}


def guard_panel(table: Table, params: Params, text_columns: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Shows the findings and returns the names of the mends that the user chose."""
    findings = attempt(lambda: inspect(table.digest, params.model_dump_json(), table, params, text_columns))
    if findings is None:
        return ()
    chosen = st.session_state.setdefault(f"{key}.mends", ())
    if not findings:
        st.success(
            _("No leak found: no duplicates across the split, no group on both sides, no column that gives the target away.")
        )
        return ()
    names = [finding.mend for finding in findings if finding.mend]
    chosen = tuple(name for name in chosen if name in names)
    _all(findings, chosen, key)
    for index, finding in enumerate(findings):
        _finding(finding, chosen, f"{key}.{index}", f"{key}.mends")
    return chosen


@st.cache_resource(max_entries=8, ttl=3600, show_spinner=False)
def inspect(digest: str, fingerprint: str, _table: Table, _params: Any, _text_columns: tuple[str, ...]) -> tuple[Any, ...]:
    """The guard's findings, computed once for a table and its params."""
    from core.lifecycle import guard

    return guard.inspect(_table, _params, _text_columns)


def _all(findings: tuple[Any, ...], chosen: tuple[str, ...], key: str) -> None:
    from core.lifecycle import guard

    wanted = guard.recommended(findings)
    left = [name for name in wanted if name not in chosen]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Findings: {count}, mended: {mended}", count=len(findings), mended=len(chosen)), width="content")
        if left:
            label = _("Mend all recommended ({count})", count=len(left))
            st.button(label, type="primary", key=f"{key}.all", on_click=_choose, args=(f"{key}.mends", (*chosen, *left)))


def _finding(finding: Any, chosen: tuple[str, ...], key: str, state: str) -> None:
    mended = finding.mend in chosen
    with st.container(border=True):
        _line(finding, chosen, mended, key, state)
        if finding.examples and not mended:
            with st.expander(_("Rows concerned: {count}", count=f"{finding.rows:,}"), type="compact"):
                for row, text in finding.examples:
                    st.caption(f"{row + 1} · {plain(text)}")


def _line(finding: Any, chosen: tuple[str, ...], mended: bool, key: str, state: str) -> None:
    """The sentence and, at its end, the button."""
    left, right = st.columns([4, 1.3], vertical_alignment="center")
    with left:
        icon = ":material/check_circle:" if mended else ICONS.get(finding.severity, ICONS["warn"])
        st.markdown(f"{icon} {say(finding.message)}")
    if not finding.mend:
        return
    with right:
        if mended:
            rest = tuple(name for name in chosen if name != finding.mend)
            st.button(_("Undo"), key=f"{key}.undo", on_click=_choose, args=(state, rest), width="stretch")
        else:
            wanted = (*chosen, finding.mend)
            st.button(say(finding.mend_title), key=f"{key}.mend", on_click=_choose, args=(state, wanted), width="stretch")


def _choose(state: str, names: tuple[str, ...]) -> None:
    """Keeps the mends in the order in which they are to be applied."""
    from core.lifecycle.findings import MEND_TITLES

    order = list(MEND_TITLES)
    st.session_state[state] = tuple(sorted(dict.fromkeys(names), key=lambda name: order.index(name.partition(":")[0])))
