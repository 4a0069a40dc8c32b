"""What the leak guard found, each in a sentence, mended by one click."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.contracts import Params, Table
from core.ui import progress, thumbnails
from core.ui.language import _, say
from core.ui.plain import plain
from core.ui.trouble import attempt

PATIENCE = 2.0  # seconds without a bar
LOOK_SECONDS = 900.0  # that a second session waits for the first one's look
EXAMPLE_WIDTH = 144  # pixels of a picture with its name
ICONS = {"stop": ":material/block:", "warn": ":material/warning:", "note": ":material/info:"}


def guard_panel(table: Table, params: Params, text_columns: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Shows the findings and returns the names of the mends that the user chose."""
    findings = _looked(table, params, text_columns, key)
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
    column = thumbnails.column_of(table.frame)
    pictures = table.frame[column].tolist() if column else []
    for index, finding in enumerate(findings):
        _finding(finding, chosen, f"{key}.{index}", f"{key}.mends", pictures)
    return chosen


def _looked(table: Table, params: Params, text_columns: tuple[str, ...], key: str) -> tuple[Any, ...] | None:
    """The findings; None (with a sentence shown) where the user stopped the search, or it is impossible."""
    place, of = f"{key}.stopped", (table.digest, params.model_dump_json())
    if st.session_state.get(place) == of:
        st.info(_("The search was stopped. Pictures that were read by then need not be read again."))
        st.button(_("Go on looking"), key=f"{key}.again", on_click=partial(st.session_state.pop, place, None))
        return None
    stop = (f"{key}.stop", partial(st.session_state.__setitem__, place, of))
    return attempt(lambda: inspect(table, params, text_columns, stop))


def inspect(table: Table, params: Any, text_columns: tuple[str, ...], stop: tuple[str, Any]) -> tuple[Any, ...]:
    """The guard's findings, computed once for a table and its params; after two seconds with a bar and a button to stop."""
    from core.cache import lease
    from core.lifecycle import guard

    key = ("findings", table.digest, params.model_dump_json(), text_columns)
    with progress.bar(_("Looking for leaks…"), PATIENCE, stop) as context:
        found = partial(guard.inspect, table, params, text_columns, context)
        with lease(key, found, concurrent=True, timeout=LOOK_SECONDS) as findings:
            return findings


def _all(findings: tuple[Any, ...], chosen: tuple[str, ...], key: str) -> None:
    from core.lifecycle import guard

    wanted = guard.recommended(findings)
    left = [name for name in wanted if name not in chosen]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Findings: {count}, mended: {mended}", count=len(findings), mended=len(chosen)), width="content")
        if left:
            label = _("Mend all recommended ({count})", count=len(left))
            st.button(label, type="primary", key=f"{key}.all", on_click=_choose, args=(f"{key}.mends", (*chosen, *left)))


def _finding(finding: Any, chosen: tuple[str, ...], key: str, state: str, pictures: list[Any]) -> None:
    mended = finding.mend in chosen
    with st.container(border=True):
        _line(finding, chosen, mended, key, state)
        if finding.examples and not mended:
            with st.expander(_("Rows concerned: {count}", count=f"{finding.rows:,}"), type="compact"):
                _examples(finding.examples, pictures)


def _examples(examples: tuple[tuple[int, str], ...], pictures: list[Any]) -> None:
    """What stands in the rows; of pictures, the pictures themselves."""
    if not pictures:
        for row, text in examples:
            st.caption(f"{row + 1} · {plain(text)}")
        return
    with st.container(horizontal=True, gap="small"):
        for row, text in examples:
            with st.container(width=EXAMPLE_WIDTH, gap="xsmall"):
                if shown := thumbnails.small(pictures[row]):
                    st.image(shown, width=thumbnails.SIDE)
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
