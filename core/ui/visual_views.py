"""Results that are pictures and films on the page: the picture first, what was counted second, the table folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.contracts import Boxes, Film, Gallery, Image, Keypoints, Message, Regions
from core.language import N_
from core.ui import overlay, share
from core.ui.language import _, say
from core.ui.numbers import duration, significant
from core.ui.plain import plain
from core.ui.views import table

GENERATED_PICTURE = N_("Made by a model")
NOTHING_FOUND = N_("Nothing was found in this picture.")
FILM_GONE = N_("This film is not kept any more; this is one frame of it. Run the video again to see it.")
THUMBNAIL_WIDTH = 220
MOST_WIDTH = 860  # pixels of a picture on the page
LEAST_WIDTH = 160  # small pictures (digits, faces) are enlarged to this


def _image(result: Image, key: str) -> None:
    _heading(result)
    _badge(result)
    st.image(result.data, width=min(MOST_WIDTH, max(LEAST_WIDTH, result.width)))
    _caption(result)


def _heading(result: Any) -> None:
    if title := _safe(result.title):
        st.markdown(f"**{title}**")


def _safe(sentence: str | Message) -> str:
    """A title or caption for markdown. A bare string may be the name of a user's file, so it is shown letter by letter."""
    return plain(_(sentence)) if isinstance(sentence, str) else say(sentence)


def _badge(image: Image) -> None:
    if image.generated:
        st.badge(_(GENERATED_PICTURE), icon=":material/smart_toy:", color="orange")


def _caption(result: Any) -> None:
    if caption := _safe(result.caption):
        st.caption(caption)


def _overlaid(result: Boxes | Regions | Keypoints) -> None:
    _heading(result)
    _badge(result.image)
    st.html(overlay.layered(result, _))
    _caption(result)


def _boxes(result: Boxes, key: str) -> None:
    _overlaid(result)
    if not result.labels:
        st.caption(_(NOTHING_FOUND))
        return
    if bars := overlay.count_bars(result, _):
        st.html(bars)
        st.caption(_("How many of each: {count} in all.", count=len(result.labels)))
    _folded(_("Table of {count} boxes", count=len(result.labels)), lambda: boxes_frame(result), f"{key}.table")


def _regions(result: Regions, key: str) -> None:
    _overlaid(result)


def _keypoints(result: Keypoints, key: str) -> None:
    _overlaid(result)
    if not len(result.points):
        st.caption(_(NOTHING_FOUND))
        return
    _folded(_("Table of the points"), lambda: points_frame(result), f"{key}.table")


def _folded(label: str, frame: Callable[[], Any], key: str) -> None:
    """A table that is made and sent only when somebody opens it."""
    fold = st.expander(label, icon=":material/table:", on_change="rerun", key=f"{key}.fold")
    if fold.open:
        with fold:
            table(frame(), key)


def boxes_frame(result: Boxes) -> Any:
    """The boxes as a table: label, confidence in percent, number where tracked, corners and size in pixels."""
    import pandas as pd

    columns: dict[str, Any] = {_("Label"): [_(label) for label in result.labels]}
    if result.scores:
        columns[_("Confidence")] = [100 * float(score) for score in result.scores]
    if result.ids:
        columns[_("Number")] = list(result.ids)
    corners = result.boxes.astype(float).round(1)
    columns |= {name: corners[:, index] for index, name in enumerate(("x0", "y0", "x1", "y1"))}
    columns[_("Width")] = (corners[:, 2] - corners[:, 0]).round(1)
    columns[_("Height")] = (corners[:, 3] - corners[:, 1]).round(1)
    return pd.DataFrame(columns)


def points_frame(result: Keypoints) -> Any:
    """The points as a table: body (from 1), name, place in pixels, confidence in percent."""
    import pandas as pd

    flat = result.points.reshape(-1, 3).astype(float)
    bodies = [number + 1 for number in range(len(result.points)) for _name in result.names]
    names = [_(name) for name in result.names] * len(result.points)
    columns = {_("Body"): bodies, _("Point"): names, "x": flat[:, 0].round(1), "y": flat[:, 1].round(1)}
    return pd.DataFrame({**columns, _("Confidence"): 100 * flat[:, 2]})


def _gallery(result: Gallery, key: str) -> None:
    _heading(result)
    is_mixed = not all(image.generated for image in result.images)
    if result.images and not is_mixed:
        _badge(result.images[0])
    with st.container(horizontal=True, key=key):
        for image in result.images:
            mark = _(GENERATED_PICTURE) if image.generated and is_mixed else ""
            below = " · ".join(part for part in (_safe(image.title), _safe(image.caption), mark) if part)
            st.image(image.data, caption=below or None, width=THUMBNAIL_WIDTH)
    _caption(result)


def _film(result: Film, key: str) -> None:
    from core.visual import film

    _heading(result)
    if not film.is_kept(result):
        st.image(result.poster.data, width=min(MOST_WIDTH, result.width))
        st.info(_(FILM_GONE))
    else:
        st.video(film_address(result), width=min(MOST_WIDTH, max(LEAST_WIDTH, result.width)))
    st.caption(" · ".join(part for part in (_safe(result.caption), film_facts(result)) if part))


def film_address(result: Film) -> str:
    """Where the browser streams it from, piece by piece: Streamlit itself would read the whole file at every rerun."""
    return f"{share.origin()}/api/v1/films/{result.file}"


def film_facts(result: Film) -> str:
    return f"{result.width} × {result.height}, {significant(result.rate)} / s, {duration(result.seconds)}"


VIEWS: dict[type, Callable[..., None]] = {
    Image: _image, Boxes: _boxes, Regions: _regions, Keypoints: _keypoints, Gallery: _gallery, Film: _film,
}  # fmt: skip
