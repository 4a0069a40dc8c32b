"""One look for every chart, light and dark: colours that the colour-blind tell apart, and type that has Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.visual import colors

FONT = "'Source Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


@dataclass(frozen=True)
class Palette:
    """Colours by role. Categorical ones follow Okabe and Ito (2008), lifted for dark ground."""

    paper: str
    text: str
    muted: str
    grid: str
    categorical: tuple[str, ...]
    positive: str
    negative: str
    neutral: str
    sequential: tuple[str, str, str]


LIGHT = Palette(
    paper="#FFFFFF",
    text="#1B2430",
    muted="#5A6675",
    grid="#E4E9F0",
    categorical=colors.CATEGORICAL,
    positive="#0072B2",
    negative="#C2540A",
    neutral="#8A94A3",
    sequential=("#F3F7FB", "#7FB2D9", "#0B4F8A"),
)
DARK = Palette(
    paper="#10151D",
    text="#E6EBF2",
    muted="#9AA7B6",
    grid="#2A3340",
    categorical=("#56B4E9", "#F28E4B", "#2FC49A", "#DD8CC9", "#F0C04A", "#A5D8F5", "#C9A26B", "#A6B0BD"),
    positive="#56B4E9",
    negative="#F28E4B",
    neutral="#7C8897",
    sequential=("#18222E", "#2B6A9C", "#8FD0FF"),
)


def current() -> Palette:
    """The palette of the theme that the browser shows."""
    import streamlit as st

    return DARK if st.context.theme.type == "dark" else LIGHT


def template(palette: Palette) -> dict[str, Any]:
    """The one Plotly layout that every chart starts from."""
    axis = {
        "gridcolor": palette.grid, "linecolor": palette.grid, "zerolinecolor": palette.grid, "automargin": True,
        "ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)",
        "title": {"standoff": 10, "font": {"size": 13, "color": palette.muted}}, "tickfont": {"size": 12, "color": palette.muted},
    }  # fmt: skip
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": palette.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(palette.categorical),
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 8, "r": 16, "t": 16, "b": 8},
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "font": {"size": 12}},
            "hoverlabel": {"font": {"family": FONT, "size": 13}},
            "bargap": 0.28,
        }
    }
