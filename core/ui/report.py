"""A report as one HTML file that needs nothing else: no script, no network, good on paper. A manager opens it by double click."""

from __future__ import annotations

import datetime
import html
from pathlib import Path
from typing import Any

from core.contracts import (
    Audio,
    Boxes,
    Cards,
    Evidence,
    Film,
    Gallery,
    Highlights,
    Image,
    Keypoints,
    Labels,
    Metrics,
    Queue,
    Ranking,
    Records,
    Regions,
    Report,
    Spans,
    Text,
    Transcript,
)
from core.language import N_, translate
from core.ui import alerts, cards, drawing
from core.ui.markup import highlighted, named, paragraphs
from core.ui.numbers import duration, interval, number
from core.ui.theme import FONT, LIGHT
from core.ui.views import GENERATED, remaining_notices, untitled, worded
from core.ui.words import measured_on, word_by_word

MOST_ROWS = 200
FOOTER = N_("Made with Panorama. Figures hold for the data named above.")
EVIDENCE, MODEL_CARD = N_("Evidence"), N_("Model card")
STYLE = Path(__file__).with_name("report.css")


def _style() -> str:
    """The style sheet, its colours those of the charts."""
    colors = {
        "text": LIGHT.text, "muted": LIGHT.muted, "grid": LIGHT.grid, "paper": LIGHT.paper, "accent": LIGHT.categorical[0],
        "warning": LIGHT.categorical[4], "font": FONT,
    }  # fmt: skip
    return ":root{" + "".join(f"--{name}:{value};" for name, value in colors.items()) + "}" + STYLE.read_text("utf-8")


def render(report: Report, language: str, *, data: str = "", card: dict[str, Any] | None = None) -> bytes:
    """The report in `language` as UTF-8 HTML.

    `data` says what it was measured on; `card` holds the facts of the model (`Model.describe`) and its parameters.
    """
    now = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    title = _say(report.title, language)
    facts = {translate(N_("Date"), language): now, translate(N_("Data"), language): data}
    body = [
        f"<header><h1>{title}</h1><div class='muted'>Panorama</div></header>",
        f"<p>{_say(report.summary, language)}</p>",
        _facts(facts),
        *(f"<div class='warning'>{_say(notice, language)}</div>" for notice in remaining_notices(report)),
        _evidence(report.evidence, language) if report.evidence else "",
        *(_section(section, language) for section in report.sections),
        _card(card or {}, language),
        f"<footer class='muted'>{_say(FOOTER, language)}</footer>",
    ]
    meta = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
    head = f"{meta}<title>{title}</title><style>{_style()}</style>"
    code = "zh-CN" if language == "zh" else language
    return f"<!doctype html><html lang='{code}'><head>{head}</head><body>{''.join(body)}</body></html>".encode("utf-8", "replace")


def as_report(title: str, summary: str, result: Any, evidence: Evidence | None = None) -> Report:
    """`result` as a report of its own; a report stays what it is."""
    from core.contracts import Section

    return result if isinstance(result, Report) else Report(title, summary, (Section("", result),), evidence)


def _say(sentence: Any, language: str) -> str:
    return html.escape(translate(sentence, language))


def _facts(facts: dict[str, Any]) -> str:
    pairs = "".join(
        f"<dt>{html.escape(str(k))}</dt><dd>{html.escape(str(v))}</dd>" for k, v in facts.items() if v not in ("", None)
    )
    return f"<dl>{pairs}</dl>" if pairs else ""


def _section(section: Any, language: str) -> str:
    title = _say(section.title, language)
    caption = _say(section.caption, language) if section.caption != getattr(section.result, "caption", "") else ""
    return (
        f"<section>{f'<h2>{title}</h2>' if title else ''}{_result(untitled(section.result, section.title), language)}"
        f"{f'<p class=muted>{caption}</p>' if caption else ''}</section>"
    )


def _result(result: Any, language: str) -> str:
    """Any result as HTML; a report inside a report gives its sections."""
    if isinstance(result, Report):
        inner = "".join(_section(section, language) for section in result.sections)
        return inner + (_evidence(result.evidence, language) if result.evidence else "")
    if isinstance(result, Metrics):
        return _metrics(result, language)
    if isinstance(result, Labels):
        return _labels(result, language)
    if isinstance(result, Evidence):
        return _evidence(result, language)
    title = _say(result.title, language)
    if isinstance(result, Records):
        picture = _table(worded(result, language), language)
    elif isinstance(result, Queue):
        picture = _table(alerts.frame_of(result, language), language)
    elif isinstance(result, Highlights):
        picture = highlighted(result, LIGHT)
    elif isinstance(result, Spans):
        picture = named(result, LIGHT, lambda kind: translate(kind, language))
    elif isinstance(result, Cards):
        picture = cards.drawn(result, LIGHT, lambda sentence: translate(sentence, language))
    elif isinstance(result, Text):
        mark = f"<p class='muted'>{_say(GENERATED, language)}</p>" if result.generated else ""
        picture = mark + paragraphs(result.text)
    elif isinstance(result, Image | Boxes | Regions | Keypoints | Gallery | Film):
        from core.ui import visual_report

        picture = visual_report.picture(result, language)
    elif isinstance(result, Audio | Transcript):
        from core.ui import audible_report

        picture = audible_report.heard(result, language)
    else:
        picture = drawing.svg(result, language)
    heading = f"<h3>{title}</h3>" if title else ""
    said = " · ".join(_say(s, language) for s in (getattr(result, "source", ""), result.caption) if s)
    below = f"<figcaption>{said}</figcaption>" if said else ""
    return f"{heading}<figure>{picture}{below}</figure>"


def _metrics(result: Metrics, language: str) -> str:
    cards = []
    for metric in result.items:
        unit = translate(metric.unit, language)
        spread = interval(metric.interval, unit)
        below = translate(N_("95 %: {interval}"), language, interval=spread) if spread else ""
        cards.append(
            f"<div class='card'><span class='muted'>{_say(metric.name, language)}</span>"
            f"<b>{html.escape(number(metric.value, unit))}</b><span class='muted'>{html.escape(below)}</span></div>"
        )
    return f"<div class='cards'>{''.join(cards)}</div>"


def _labels(result: Labels, language: str) -> str:
    import pandas as pd

    from core.ui.charts import answers

    if len(result.items) == 1:
        shares = sorted(zip(result.classes, (100 * result.probabilities[0]).tolist()), key=lambda pair: -pair[1])
        text = f"<p>{html.escape(result.items[0])}</p>"
        bars = Ranking("", tuple(name for name, _ in shares), tuple(value for _, value in shares), unit="%", words=result.words)
        return f"{text}<figure>{drawing.svg(bars, language)}</figure>"
    result = word_by_word(result, language)
    names, counts = answers(result)
    columns = [translate(name, language) for name in (N_("Text"), N_("Label"), N_("Confidence"))]
    confidence = [number(float(value)) for value in result.confidence]
    frame = pd.DataFrame(dict(zip(columns, (list(result.items), list(result.best), confidence))))
    return f"<figure>{drawing.svg(Ranking('', names, counts), language)}</figure>{_table(frame, language)}"


def _table(frame: Any, language: str) -> str:
    """The first rows as an HTML table, with a line that says so where rows were left out."""
    from pandas.api.types import is_numeric_dtype

    numeric = [is_numeric_dtype(dtype) for dtype in frame.dtypes]
    kinds = [" class='number'" if is_number else "" for is_number in numeric]
    head = "".join(f"<th{kind}>{html.escape(str(name))}</th>" for name, kind in zip(frame.columns, kinds))
    rows = "".join(
        "<tr>" + "".join(f"<td{kind}>{html.escape(_cell(value))}</td>" for value, kind in zip(row, kinds)) + "</tr>"
        for row in frame.head(MOST_ROWS).itertuples(index=False, name=None)
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if len(frame) <= MOST_ROWS:
        return table
    left_out = translate(N_("The first {shown} of {count} rows."), language, shown=MOST_ROWS, count=f"{len(frame):,}")
    return f"{table}<p class='muted'>{html.escape(left_out)}</p>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    text = "" if value is None else str(value)
    return text if len(text) <= 600 else text[:599] + "…"


def _evidence(evidence: Evidence, language: str) -> str:
    def t(sentence: Any, **values: object) -> str:
        return translate(sentence, language, **values)

    def value(figure: float | None) -> str:
        return number(figure, t(evidence.unit))

    spread = interval(evidence.interval, t(evidence.unit))
    facts = {
        t(N_("Score")): " ".join(x for x in (t(evidence.metric), value(evidence.score), f"({spread})" if spread else "") if x)
        if evidence.score is not None else "",
        t(N_("Baseline")): f"{value(evidence.baseline)} · {t(evidence.baseline_name)}" if evidence.baseline is not None else "",
        t(N_("Reference")): f"{value(evidence.reference)} · {evidence.reference_source}"
        if evidence.reference is not None else "",
        t(N_("Protocol of the reference")): t(evidence.reference_protocol),
        t(N_("Bar")): value(evidence.bar) if evidence.bar is not None else "",
        t(N_("Measured on")): " · ".join(
            x for x in (measured_on(evidence.data, language),
                        t(N_("rows: {count}"), count=f"{evidence.rows:,}") if evidence.rows else "") if x),
        t(N_("Answered by")): " · ".join(x for x in (t(evidence.answered_by), evidence.license) if x),
        t(N_("Time")): duration(evidence.seconds) if evidence.seconds is not None else "",
    }  # fmt: skip
    picture = f"<figure>{drawing.svg(evidence, language)}</figure>" if evidence.score is not None else ""
    warnings = "".join(f"<div class='warning'>{_say(s, language)}</div>" for s in (evidence.fallback, *evidence.caveats) if s)
    heading = f"<h2>{_say(EVIDENCE, language)}</h2>"
    return f"<div class='evidence'>{heading}{picture}{_facts(facts)}{warnings}</div>"


def _card(card: dict[str, Any], language: str) -> str:
    if not card:
        return ""
    facts = {name: ", ".join(map(str, v[:40])) if isinstance(v, list | tuple) else v for name, v in card.items()}
    return f"<section><h2>{_say(MODEL_CARD, language)}</h2>{_facts(facts)}</section>"
