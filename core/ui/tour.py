"""The guided tour: five short pages in a dialog, with a way on at the end."""

from __future__ import annotations

import streamlit as st

from core.language import N_
from core.ui.language import _

STOPS = (
    (":material/waving_hand:", N_("Welcome"), N_(
        "Panorama puts large AI models to work on your own data. One upload goes all the way: check, train, measure, explain, "
        "predict, report. This tour takes a minute.")),
    (":material/upload_file:", N_("Bring your data, or use ours"), N_(
        "Every panel opens with real sample data. Upload a spreadsheet of your own at any time: it stays on this machine.")),
    (":material/shield:", N_("The leak guard"), N_(
        "Before training, Panorama looks for what makes a score look better than it is: duplicates, one customer on both sides "
        "of the split, a column that gives the answer away. One click mends it.")),
    (":material/sync:", N_("Work that survives"), N_(
        "Training runs in the background with progress and a live learning curve. Close the tab, come back, cancel, resume: "
        "nothing is lost.")),
    (":material/bar_chart:", N_("Evidence on every result"), N_(
        "Each score stands beside a trivial baseline, a published reference and its 95 % interval, and says which model "
        "answered. Hand it over as one HTML report.")),
)  # fmt: skip


def offer(label: str) -> None:
    """The button that starts the tour."""
    if st.button(label, key="tour.open", icon=":material/explore:"):
        st.session_state["tour.stop"] = 0
        st.dialog(_("Guided tour"), width="medium")(_stop)()


def _stop() -> None:
    index = st.session_state.get("tour.stop", 0)
    icon, title, text = STOPS[index]
    st.subheader(f"{icon} {_(title)}", anchor=False)
    st.markdown(_(text))
    st.progress((index + 1) / len(STOPS), text=f"{index + 1} / {len(STOPS)}")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if index:
            st.button(_("Back"), key="tour.back", on_click=_move, args=(index - 1,))
        if index + 1 < len(STOPS):
            st.button(_("Next"), key="tour.next", type="primary", on_click=_move, args=(index + 1,))
        elif st.button(_("Start with the sample reviews"), key="tour.start", type="primary"):
            st.switch_page("pages/text.py", query_params={"capability": "text.classify"})


def _move(index: int) -> None:
    st.session_state["tour.stop"] = index
