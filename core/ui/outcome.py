"""What follows a result: downloads, a link to share, the API call, and a word of feedback."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.contracts import Boxes, Capability, Evidence, Keypoints, Labels, Params, Queue, Records, Report, Transcript, dump
from core.ui import chain, feedback, report, share
from core.ui.inputs import Given
from core.ui.language import _, language, say
from core.ui.plain import plain
from core.ui.views import answers_frame, show, worded
from core.ui.words import word_by_word

API_TEXTS = 3


def outcome(
    capability: Capability, result: Any, key: str, *, given: Given | None, params: Params, model: str = "",
    card: dict[str, Any] | None = None, data: str = "",
) -> None:  # fmt: skip
    """The result and everything that one does with it. `data` names what it was measured on where there is no `given`."""
    show(result, f"{key}.result")
    result = _with_names(result)
    named = data or (given.name if given else "")
    downloads(capability, result, f"{key}.files", data=named, card=card)
    evidence = evidence_of(result)
    answered_by = model or (evidence.answered_by if evidence else "")
    if given is not None:
        feedback.ask(key, input_digest=given.digest, model=answered_by or capability.id)


def _with_names(result: Any) -> Any:
    """With the names that somebody has given to the speakers of a transcript, for all that is taken away."""
    parts = [section.result for section in result.sections] if isinstance(result, Report) else [result]
    if not any(isinstance(part, Transcript) for part in parts):
        return result
    from core.ui.audible_views import renamed

    return renamed(result)


def evidence_of(result: Any) -> Evidence | None:
    return result.evidence if isinstance(result, Report) else result if isinstance(result, Evidence) else None


def downloads(capability: Capability, result: Any, key: str, *, data: str = "", card: dict[str, Any] | None = None) -> None:
    """Pictures, films, text, CSV and Excel where there are any, JSON and the report always. Each is made when asked for."""
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
        _pictures(result, stem, key)
        if text := chain.text_of(result):
            content = partial(text.encode, "utf-8", "replace")
            st.download_button(_("Text (.txt)"), content, f"{stem}.txt", "text/plain", key=f"{key}.txt", on_click="ignore")
        _sounds(result, stem, key)
        if frame is not None:
            csv, xlsx = partial(export.to_csv, frame), partial(export.to_xlsx, frame)
            st.download_button("CSV", csv, f"{stem}.csv", "text/csv", key=f"{key}.csv", on_click="ignore")
            excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            st.download_button("Excel", xlsx, f"{stem}.xlsx", excel, key=f"{key}.xlsx", on_click="ignore")
        st.download_button(
            "JSON", partial(_json, result), f"{stem}.json", "application/json", key=f"{key}.json", on_click="ignore"
        )


def _pictures(result: Any, stem: str, key: str) -> None:
    """The one picture or film, or a ZIP of several."""
    from core.visual import saving

    found = saving.files(result, language())
    if not found:
        return
    kind: str = found[0].kind
    content: Callable[[], bytes] = found[0].content
    ending = found[0].name.rpartition(".")[2]
    label = _("Film (MP4)") if ending == "mp4" else _("Picture ({kind})", kind=ending.upper())
    if ending == "zip":
        label = _("All pictures (ZIP)")
    elif len(found) > 1:
        ending, kind, content = "zip", "application/zip", partial(saving.packed, found)
        label = _("All {count} pictures and films (ZIP)", count=len(found))
    st.download_button(label, content, f"{stem}.{ending}", kind, key=f"{key}.pictures", on_click="ignore")


def _sounds(result: Any, stem: str, key: str) -> None:
    """The sounds that a capability made, one button each; a recording that was given is the user's own."""
    from core.contracts import Audio
    from core.sound import encode, keeping

    parts = [section.result for section in result.sections] if isinstance(result, Report) else [result]
    found = [part for part in parts if isinstance(part, Audio) and keeping.is_kept(part)]
    for place, one in enumerate(found):
        ending = one.file.rpartition(".")[2]
        content: Callable[[], bytes] = partial(_read, one)
        label = _("Sound ({kind})", kind=ending.upper()) if len(found) == 1 else f"{plain(say(one.title))} ({ending.upper()})"
        st.download_button(
            label, content, f"{stem}-{place + 1}.{ending}", encode.media_type(one.file), key=f"{key}.sound.{place}",
            on_click="ignore",
        )  # fmt: skip


def _read(audio: Any) -> bytes:
    from core.sound import keeping

    return keeping.path_of(audio).read_bytes()


def _json(result: Any) -> bytes:
    return json.dumps(dump(result), ensure_ascii=False).encode("utf-8", "replace")


def frame_of(result: Any) -> Any | None:
    """The table to download: answers with the probability of each class, the rows they belong to, or of a report the main table
    (else the longest).
    """
    if isinstance(result, Labels):
        result = word_by_word(result, language())
        frame = answers_frame(result)
        for index, name in enumerate(result.classes):
            column = f"p({name})"
            frame[column] = result.probabilities[:, index]
        return frame
    if isinstance(result, Records):
        return worded(result, language())
    if isinstance(result, Queue):
        from core.ui import alerts

        return alerts.frame_of(result, language())
    if isinstance(result, Boxes | Keypoints):
        from core.ui.visual_views import boxes_frame, points_frame

        return boxes_frame(result) if isinstance(result, Boxes) else points_frame(result)
    if isinstance(result, Report):
        main = next((part for section in result.sections if isinstance(part := section.result, Records) and part.main), None)
        if main is not None:
            return worded(main, language())
        found = [(section.result, frame_of(section.result)) for section in result.sections]
        frames = [frame for of, frame in found if frame is not None and not isinstance(of, Boxes | Keypoints)]
        frames += [frame for kind in (Boxes, Keypoints) if (frame := _of_all(result, kind)) is not None]
        answers = next((len(section.result.items) for section in result.sections if isinstance(section.result, Labels)), 0)
        rows = [frame for frame in frames if len(frame) == answers]
        return rows[-1] if rows else max(frames, key=len, default=None)
    return None


def _of_all(result: Report, kind: type) -> Any | None:
    """The boxes (or points) of all pictures of a report in one table, with the name of the picture."""
    sections = [section for section in result.sections if isinstance(section.result, kind)]
    if not sections:
        return None
    import pandas as pd

    names = [_(section.title or section.result.title) for section in sections]
    frames: list[Any] = [frame_of(section.result) for section in sections]
    if len(frames) > 1:
        frames = [frame.assign(**{_("Picture"): name})[[_("Picture"), *frame.columns]] for name, frame in zip(names, frames)]
    return pd.concat(frames, ignore_index=True)


def pass_on(capability: Capability, key: str, *, given: Given | None, params: Params) -> None:
    """Share link and API call, folded away."""
    with st.expander(_("Share and integrate")):
        st.caption(_("A link to this page with the same data and settings"))
        st.code(share.link(capability.id, given.source if given else None, params), language=None, wrap_lines=True)
        st.caption(_("The same over HTTP; all routes are described at {address}", address=f"{share.origin()}/api/docs"))
        file = _file_of(given)
        if given is not None and (file or (given.texts is None and given.source.kind == "upload")):
            shown = given.source.name if given.source.kind == "upload" else file
            st.code(share.curl_file(capability.id, shown, params), language="bash", wrap_lines=True)
        else:
            texts = given.texts.items[:API_TEXTS] if given and given.texts else capability.example[:API_TEXTS] or ("…",)
            texts = () if given is not None and given.is_nothing else texts
            st.code(share.curl(capability.id, texts, params), language="bash", wrap_lines=True)


def _file_of(given: Given | None) -> str:
    """A name for what can only be sent as a file; empty for texts and tables."""
    kinds = {"video.mp4": given and given.video, "picture.jpg": given and given.pictures, "speech.wav": given and given.sound}
    return next((name for name, one in kinds.items() if one is not None), "")
