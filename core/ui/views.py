"""`show(result)`: any result on the page, picture first, table second, a caption under every chart."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.contracts import (
    Cards,
    Curves,
    Evidence,
    Graph,
    Highlights,
    Labels,
    Matrix,
    Message,
    Metrics,
    Points,
    Queue,
    Ranking,
    Records,
    Report,
    Series,
    Spans,
    Terms,
    Text,
)
from core.language import N_, translate
from core.ui import cards, theme, thumbnails
from core.ui.language import _, language, say
from core.ui.markup import highlighted, named, paragraphs
from core.ui.numbers import MISSING, SHORT_UNIT, interval, number, significant
from core.ui.plain import plain
from core.ui.words import word_by_word

ROWS_SHOWN = 10_000
LETTER_WIDTH = 7.0  # pixels of a letter in the name of a number, on average
LEAST_WIDTH = 220  # pixels of its box: two stand side by side in a window of 800 pixels, four in one of 1,440
CLOUD_WIDTH = 780
LONG_TEXT = 3_000  # characters above which a text scrolls in a box of its own
LONG_TEXT_HEIGHT = 480
GENERATED = N_("Written by a language model")


def show(result: Any, key: str) -> None:
    """Draws any result type. `key` tells apart the same result shown twice on one page."""
    view = VIEWS.get(type(result))
    if isinstance(result, Queue):
        from core.ui.alerts import alerts

        view = alerts
    if view is None:
        from core.ui import audible_views, visual_views  # pages without pictures and sounds need none of it

        view = {**visual_views.VIEWS, **audible_views.VIEWS}[type(result)]
    view(result, key)


def _heading(result: Any) -> None:
    if title := say(result.title):
        st.markdown(f"**{title}**")


def _chart(result: Any, key: str) -> None:
    from core.ui import charts

    _heading(result)
    width: Any = CLOUD_WIDTH if isinstance(result, Terms) else "stretch"  # words stand apart when a cloud is pulled wide
    st.plotly_chart(charts.figure(result), theme=None, config=charts.CONFIG, key=key, width=width)
    st.caption(say(result.caption) or _default_caption(result))


def _default_caption(result: Any) -> str:
    if isinstance(result, Terms):
        return _("Size shows weight; blue with ⁺ speaks for, orange with ⁻ speaks against.")
    if isinstance(result, Ranking):
        return _("Entries: {count}, the first on top.", count=len(result.names))
    if isinstance(result, Graph):
        return _("The larger, the more often; a wider line: more often together. Names: {count}.", count=len(result.nodes))
    if isinstance(result, Points):
        return _("Near means alike. Points: {count}; point at one to read it.", count=f"{len(result.names):,}")
    if isinstance(result, Matrix):
        return _("Rows: {rows}. Columns: {columns}.", rows=_(result.y_label), columns=_(result.x_label))
    return _("{y} by {x}.", y=_(result.y_label), x=_(result.x_label))


def _labels(result: Labels, key: str) -> None:
    from core.ui import charts

    result = word_by_word(result, language())
    if not result.items:
        st.info(_("There is nothing to show: no rows came in."))
        return
    if len(result.items) == 1:
        best = result.best[0] or _("none of the classes")
        confidence = number(float(result.confidence[0]))
        st.markdown(_("Answer: {label} · {probability}", label=f"**{plain(best)}**", probability=confidence))
    st.plotly_chart(charts.figure(result), theme=None, config=charts.CONFIG, key=key)
    if len(result.items) == 1:
        st.caption(_("Probability of each class for this text."))
        return
    st.caption(_("How often each answer was given; items: {count}.", count=f"{len(result.items):,}"))
    table(answers_frame(result), key + ".table")


def answers_frame(result: Labels) -> Any:
    """The answers of `result` as a table: item, label, confidence in percent."""
    import pandas as pd

    return pd.DataFrame({_("Text"): list(result.items), _("Label"): list(result.best), _("Confidence"): result.confidence * 100})


def table(frame: Any, key: str, pictures: Sequence[str] = ()) -> None:
    """The first rows of a table, with their `pictures` (references); a column called Confidence holds percent."""
    shown, columns = thumbnails.pictured(frame.head(ROWS_SHOWN), pictures[:ROWS_SHOWN])
    confidence = st.column_config.ProgressColumn(format="%.1f %%", min_value=0, max_value=100)
    row_height = thumbnails.ROW_HEIGHT if columns else 35
    height = 38 + min(350, row_height * max(1, len(frame)))
    st.dataframe(
        shown, hide_index=True, height=height, row_height=row_height, column_config={_("Confidence"): confidence, **columns},
        key=key, placeholder=MISSING,
    )  # fmt: skip
    if columns and len(frame) > thumbnails.MOST:
        st.caption(_("Pictures are shown for the first {count} rows.", count=thumbnails.MOST))
    if len(frame) > ROWS_SHOWN:
        text = _("The first {shown} of {count} rows; the download has all.", shown=f"{ROWS_SHOWN:,}", count=f"{len(frame):,}")
        st.caption(text)


def _metrics(result: Metrics, key: str) -> None:
    with st.container(horizontal=True, key=key):
        for metric in result.items:
            unit = _(metric.unit)
            spread = interval(metric.interval, unit)
            short = len(unit) <= SHORT_UNIT
            st.metric(
                plain(_(metric.name)),
                number(metric.value, unit) if short else significant(metric.value),
                delta=_("95 %: {interval}", interval=spread) if spread else None if short else plain(unit),
                delta_color="off",
                delta_arrow="off",
                help=_(metric.help) or None,
                border=True,
                width=_width(plain(_(metric.name))),
            )


def _width(name: str) -> int:
    """Pixels of a number's box, so that its name is not cut off; a Chinese character is as wide as two letters."""
    letters = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name)
    return max(LEAST_WIDTH, 62 + round(LETTER_WIDTH * letters))


def _records(result: Records, key: str) -> None:
    _heading(result)
    table(worded(result, language()), key, result.pictures)
    if caption := say(result.caption):
        st.caption(caption)


def worded(result: Records, language: str) -> Any:
    """The table as a reader of `language` gets it on the page, in the report, as a file: our own names and words translated."""
    words = {name: [translate(c, language) if isinstance(c, str) else c for c in result.frame[name]] for name in result.words}
    frame = result.frame.assign(**words)
    ours = [name for name in frame.columns if isinstance(name, str) and name not in result.given]
    return frame.rename(columns={name: translate(name, language) for name in ours})


def _highlights(result: Highlights, key: str) -> None:
    _heading(result)
    st.html(highlighted(result, theme.current()))
    st.caption(say(result.caption) or _("Blue, solid line: speaks for the answer. Orange, dashed line: speaks against it."))


def _source(result: Spans | Text) -> None:
    """Where the text stands, and its caption. A source that is a bare string is a name that a user gave."""
    source = say(result.source) if isinstance(result.source, Message) else plain(result.source)
    if text := " · ".join(part for part in (source, say(result.caption)) if part):
        st.caption(text)


def _spans(result: Spans, key: str) -> None:
    _heading(result)
    with st.container(border=True, key=key, height=LONG_TEXT_HEIGHT if len(result.text) > LONG_TEXT else "content"):
        st.html(named(result, theme.current(), _))
    _source(result)


def _text(result: Text, key: str) -> None:
    _heading(result)
    with st.container(border=True, key=key, height=LONG_TEXT_HEIGHT if len(result.text) > LONG_TEXT else "content"):
        if result.generated:
            st.badge(_(GENERATED), icon=":material/smart_toy:", color="orange")
        st.html(paragraphs(result.text))
    _source(result)


def _cards(result: Cards, key: str) -> None:
    _heading(result)
    st.html(cards.drawn(result, theme.current(), lambda sentence: translate(sentence, language())))
    if caption := say(result.caption):
        st.caption(caption)


def _evidence(result: Evidence, key: str) -> None:
    from core.ui.evidence import evidence_card

    evidence_card(result, key)


def untitled(result: Any, heading: Any) -> Any:
    """`result` without its title where the heading above it says the same already."""
    return replace(result, title="") if getattr(result, "title", None) == heading else result


def remaining_notices(report: Report) -> list[Message]:
    """The notices that the evidence card does not say as well."""
    said = report.evidence.caveats if report.evidence else ()
    return [notice for notice in report.notices if notice not in said]


def _report(result: Report, key: str) -> None:
    if summary := say(result.summary):
        st.markdown(summary)
    notices = [say(notice) for notice in remaining_notices(result)]
    if notices:
        st.info("\n".join(f"- {text}" for text in notices) if len(notices) > 1 else notices[0])
    for index, section in enumerate(result.sections):
        if title := say(section.title):
            st.subheader(title, anchor=False)
        show(untitled(section.result, section.title), f"{key}.{index}")
        if section.caption != getattr(section.result, "caption", "") and (caption := say(section.caption)):
            st.caption(caption)
    if result.evidence:
        _evidence(result.evidence, key + ".evidence")


VIEWS: dict[type, Callable[..., None]] = {
    Series: _chart, Curves: _chart, Matrix: _chart, Ranking: _chart, Terms: _chart, Graph: _chart, Points: _chart,
    Labels: _labels, Metrics: _metrics, Spans: _spans, Text: _text, Records: _records, Highlights: _highlights,
    Evidence: _evidence, Report: _report, Cards: _cards,
}  # fmt: skip
