"""What follows a result: downloads, a link to share, the API call, and a word of feedback."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import streamlit as st

from core.contracts import Capability, Evidence, Labels, Params, Records, Report, dump
from core.ui import feedback, report, share
from core.ui.inputs import Given
from core.ui.language import _, language
from core.ui.views import answers_frame, show, worded

API_TEXTS = 3


def outcome(
    capability: Capability, result: Any, key: str, *, given: Given | None, params: Params, model: str = "",
    card: dict[str, Any] | None = None, data: str = "",
) -> None:  # fmt: skip
    """The result and everything that one does with it. `data` names what it was measured on where there is no `given`."""
    show(result, f"{key}.result")
    named = data or (given.name if given else "")
    downloads(capability, result, f"{key}.files", data=named, card=card)
    evidence = evidence_of(result)
    answered_by = model or (evidence.answered_by if evidence else "")
    if given is not None:
        feedback.ask(key, input_digest=given.digest, model=answered_by or capability.id)


def evidence_of(result: Any) -> Evidence | None:
    return result.evidence if isinstance(result, Report) else result if isinstance(result, Evidence) else None


def downloads(capability: Capability, result: Any, key: str, *, data: str = "", card: dict[str, Any] | None = None) -> None:
    """CSV and Excel where there is a table, JSON and the report always. Each is made when it is asked for."""
    from core.intake import export

    stem, chosen = capability.id.replace(".", "-"), language()  # a download is made outside the session
    whole = report.as_report(capability.title, capability.summary, result)
    frame = frame_of(result)
    with st.container(horizontal=True, vertical_alignment="center"):
        html = partial(report.render, whole, chosen, data=data, card=card)
        st.download_button(
            _("Report (HTML)"), html, f"{stem}.html", "text/html", key=f"{key}.html", on_click="ignore", type="primary",
            help=_("One file that opens anywhere, offline, and prints well."),
        )  # fmt: skip
        if frame is not None:
            csv, xlsx = partial(export.to_csv, frame), partial(export.to_xlsx, frame)
            st.download_button("CSV", csv, f"{stem}.csv", "text/csv", key=f"{key}.csv", on_click="ignore")
            excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            st.download_button("Excel", xlsx, f"{stem}.xlsx", excel, key=f"{key}.xlsx", on_click="ignore")
        text = partial(_json, result)
        st.download_button("JSON", text, f"{stem}.json", "application/json", key=f"{key}.json", on_click="ignore")


def _json(result: Any) -> bytes:
    return json.dumps(dump(result), ensure_ascii=False).encode("utf-8", "replace")


def frame_of(result: Any) -> Any | None:
    """The table to download: answers with the probability of each class, the rows they belong to, or a report's longest table."""
    if isinstance(result, Labels):
        frame = answers_frame(result)
        for index, name in enumerate(result.classes):
            column = f"p({name})"
            frame[column] = result.probabilities[:, index]
        return frame
    if isinstance(result, Records):
        return worded(result, language())
    if isinstance(result, Report):
        frames = [frame for frame in (frame_of(section.result) for section in result.sections) if frame is not None]
        answers = next((len(section.result.items) for section in result.sections if isinstance(section.result, Labels)), 0)
        rows = [frame for frame in frames if len(frame) == answers]
        return rows[-1] if rows else max(frames, key=len, default=None)
    return None


def pass_on(capability: Capability, key: str, *, given: Given | None, params: Params) -> None:
    """Share link and API call, folded away."""
    with st.expander(_("Share and integrate")):
        st.caption(_("A link to this page with the same data and settings"))
        st.code(share.link(capability.id, given.source if given else None, params), language=None, wrap_lines=True)
        st.caption(_("The same over HTTP; all routes are described at {address}", address=f"{share.origin()}/api/docs"))
        if given is not None and given.texts is None and given.source.kind == "upload":
            st.code(share.curl_file(capability.id, given.source.name, params), language="bash", wrap_lines=True)
        else:
            texts = given.texts.items[:API_TEXTS] if given and given.texts else capability.example[:API_TEXTS] or ("…",)
            st.code(share.curl(capability.id, texts, params), language="bash", wrap_lines=True)
