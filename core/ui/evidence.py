"""The evidence card: is the score good, compared with what, and what really answered?"""

from __future__ import annotations

import streamlit as st

from core.contracts import Evidence
from core.ui.language import _, language, say
from core.ui.numbers import duration, interval, number
from core.ui.plain import plain
from core.ui.words import measured_on


def evidence_card(evidence: Evidence, key: str) -> None:
    """One bordered card: verdict, score on a line with what it is to be compared with, and where it all comes from."""
    with st.container(border=True, key=f"{key}.card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**" + _("Evidence") + "**", width="content")
            for text, color in verdicts(evidence):
                st.badge(text, color=color)  # type: ignore[arg-type]
        if evidence.fallback:
            st.warning(say(evidence.fallback), icon=":material/warning:")
        if evidence.score is not None:
            _score(evidence, key)
        _facts(evidence)
        for caveat in evidence.caveats:
            st.caption(":material/warning: " + say(caveat))


def _score(evidence: Evidence, key: str) -> None:
    from core.ui import charts

    left, right = st.columns([1, 2.4], vertical_alignment="center")
    spread = interval(evidence.interval, _(evidence.unit))
    left.metric(
        plain(_(evidence.metric)) or _("Score"),
        number(evidence.score, _(evidence.unit)),
        delta=_("95 %: {interval}", interval=spread) if spread else None,
        delta_color="off",
        delta_arrow="off",
    )
    with right:
        config = {**charts.CONFIG, "displayModeBar": False, "staticPlot": True}
        st.plotly_chart(charts.figure(evidence), theme=None, config=config, key=f"{key}.chart")
        st.caption(
            _("{metric} on rows that training never saw; the line is the 95 % interval.", metric=plain(_(evidence.metric)))
        )


def verdicts(evidence: Evidence) -> list[tuple[str, str]]:
    """What the comparison says, each with a colour that only repeats the words."""
    if evidence.score is None:
        return [(_("No score for this input: it has no known answers"), "gray")]
    found: list[tuple[str, str]] = []
    if evidence.baseline is not None:
        nearest = evidence.interval[evidence.lower_is_better] if evidence.interval else evidence.score
        points = f"{100 * (evidence.score - evidence.baseline):+.1f}"
        if evidence.unit:
            found.append(_with_unit(evidence, nearest))
        elif evidence.lower_is_better and nearest < evidence.baseline:
            below = f"{100 * (evidence.baseline - evidence.score):.1f}"
            found.append((_("{points} points under the baseline; lower is better", points=below), "green"))
        elif not evidence.lower_is_better and nearest > evidence.baseline:
            found.append((_("{points} points over the baseline", points=points), "green"))
        else:
            found.append((_("Not clearly better than the baseline ({points} points)", points=points), "orange"))
    if evidence.bar is not None:
        met = evidence.score <= evidence.bar if evidence.lower_is_better else evidence.score >= evidence.bar
        missed = _("Above its bar") if evidence.lower_is_better else _("Below its bar")
        found.append((_("Meets its bar") if met else missed, "green" if met else "orange"))
    return found


def _with_unit(evidence: Evidence, nearest: float) -> tuple[str, str]:
    """The same in the score's own unit."""
    assert evidence.score is not None and evidence.baseline is not None
    ahead = (evidence.score - evidence.baseline) * (-1 if evidence.lower_is_better else 1)
    values = {"amount": f"{ahead:+.1f}" if abs(ahead) >= 0.5 else f"{ahead:+.2f}", "unit": _(evidence.unit)}
    if (nearest < evidence.baseline) if evidence.lower_is_better else (nearest > evidence.baseline):
        return _("{amount} {unit} better than the baseline", **values), "green"
    return _("Not clearly better than the baseline ({amount} {unit})", **values), "orange"


def _facts(evidence: Evidence) -> None:
    """Label and value pairs, two columns wide."""
    rows = [
        (_("Answered by"), _joined(_(evidence.answered_by), evidence.license)),
        (
            _("Measured on"),
            _joined(
                measured_on(evidence.data, language()), _("rows: {count}", count=f"{evidence.rows:,}") if evidence.rows else ""
            ),
        ),
        (
            _("Baseline"),
            _joined(number(evidence.baseline, _(evidence.unit)), _(evidence.baseline_name))
            if evidence.baseline is not None
            else "",
        ),
        (
            _("Reference"),
            _joined(number(evidence.reference, _(evidence.unit)), evidence.reference_source)
            if evidence.reference is not None
            else "",
        ),
        (_("Protocol of the reference"), _(evidence.reference_protocol)),
        (_("Bar"), number(evidence.bar, _(evidence.unit)) if evidence.bar is not None else ""),
        (_("Time"), duration(evidence.seconds) if evidence.seconds is not None else ""),
    ]
    known = [(name, value) for name, value in rows if value]
    columns = st.columns(2, gap="medium")
    for index, (name, value) in enumerate(known):
        columns[index % 2].markdown(f":small[:gray[{name}]]  \n{plain(value)}")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
