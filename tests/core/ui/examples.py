"""One result of each type, small and with names that try to break out."""

import numpy as np
import pandas as pd

from core.contracts import (
    Boxes,
    Card,
    Cards,
    Curves,
    Evidence,
    Film,
    Gallery,
    Graph,
    Highlights,
    Keypoints,
    Labels,
    Matrix,
    Metric,
    Metrics,
    Points,
    Ranking,
    Records,
    Regions,
    Report,
    Section,
    Series,
    Spans,
    Terms,
    Text,
)
from core.visual import encode

EVIL = "<script>alert(1)</script>"
SERIES = Series(
    "Trend", ("2024-01-01", "2024-02-01", "2024-03-01"), {"share": (0.2, float("nan"), 0.6)}, x_label="Month", y_label="Share",
    caption="By month", bands={"share": ((0.1, float("nan"), 0.5), (0.3, float("nan"), 0.7))}, counts=(4, 0, 9),
)  # fmt: skip
CURVES = Curves("ROC", {"a": ((0.0, 0.5, 1.0), (0.0, 0.9, 1.0)), EVIL: ((0.0, 1.0), (0.0, 1.0))}, diagonal=True)
MATRIX = Matrix("Confusion", ("a", EVIL), ("a", EVIL), np.array([[3, 1], [0, 6]]), x_label="Predicted", y_label="True")
RANKING = Ranking("Words", ("good", EVIL, "差"), (0.5, 0.25, -0.75), low=(0.4, 0.2, -0.8), high=(0.6, 0.3, -0.7))
TERMS = Terms("Cloud", ("good", EVIL, "差", "service"), (4.0, 1.0, 3.0, 2.0), (1.0, 0.0, -1.0, 0.0))
HIGHLIGHTS = Highlights("Why", f"good {EVIL} bad", ((0, 4, 0.9), (5, 5 + len(EVIL), -0.4)))
ONE_LABEL = Labels((EVIL,), ("a", "b", EVIL), np.array([[0.1, 0.7, 0.2]], dtype=np.float32))
MANY_LABELS = Labels(("x", EVIL, "z"), ("a", "b"), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], dtype=np.float32))
SEVERAL = Labels(("x", "y"), ("a", "b"), np.array([[0.9, 0.8], [0.1, 0.2]], dtype=np.float32), multilabel=True)
METRICS = Metrics((Metric("Accuracy", 0.873, interval=(0.861, 0.884), help="Share right."), Metric("Time", 12.3, unit="s")))
RECORDS = Records("Mistakes", pd.DataFrame({"text": [EVIL, "=1+1"], "p": [0.9, 0.8]}), "Worst first")
EVIDENCE = Evidence(
    metric="Accuracy", score=0.873, interval=(0.861, 0.884), baseline=0.62, baseline_name="majority class", reference=0.893,
    reference_source="Somebody 2017", reference_protocol="their split", bar=0.87, data=EVIL, rows=960, answered_by="TF-IDF",
    license="MIT", fallback="TF-IDF answered instead.", caveats=("Labels are noisy.",), seconds=3.0,
)  # fmt: skip
SPANS = Spans("Names", f"Ada met {EVIL} in Paris", ((0, 3, "person"), (8, 8 + len(EVIL), EVIL)), source="a.pdf, page 3")
TEXT = Text("Answer", f"{EVIL} ![x](x.png)", generated=True, source=EVIL)
GRAPH = Graph("Who", ("Ada", EVIL, "巴黎"), ("person", EVIL, "place"), (3.0, 1.0, 2.0), ((0, 1, 2.0, EVIL), (0, 2, 1.0, "")))
POINTS = Points("Map", (0.0, 1.0, 2.0), (0.0, 1.0, 0.5), ("a", EVIL, "c"), ("one", EVIL, "one"), ((0.5, 0.5, EVIL),), (1,))
PIXELS = np.full((60, 80, 3), (200, 180, 160), np.uint8)
IMAGE = encode.image(EVIL, PIXELS, caption=EVIL, generated=True)
BOXES = Boxes(
    EVIL, encode.image("", PIXELS), np.array([[8, 6, 40, 30], [20, 12, 60, 54], [1, 1, 5, 5]], np.float32), (EVIL, "车", EVIL),
    (0.876, 0.5, 0.25), (3, 4, 5), EVIL,
)  # fmt: skip
NO_BOXES = Boxes("None", encode.image("", PIXELS), np.zeros((0, 4), np.float32), ())
REGIONS = Regions(
    "Areas", encode.image("", PIXELS), np.repeat(np.array([[0, 1], [2, 2]], np.uint8), 8, 0).repeat(8, 1), (EVIL, "车")
)
KEYPOINTS = Keypoints(
    "Pose", encode.image("", PIXELS), np.array([[[10, 10, 0.9], [20, 30, 0.8], [40, 50, 0.1]]], np.float32),
    (EVIL, "肘", "knee"), ((0, 1), (1, 2)), boxes=np.array([[5, 5, 50, 55]], np.float32),
)  # fmt: skip
GALLERY = Gallery("Several", (IMAGE, encode.image("b", PIXELS[:30], kind="png")), EVIL)
FILM = Film("Gone", "0" * 64 + ".mp4", 80, 60, 25.0, 2.0, encode.image("", PIXELS), EVIL)
CARDS = Cards("Films", (Card(EVIL, EVIL, (EVIL, "喜剧"), (EVIL,), EVIL, 0.4), Card("b")), "Why each is there.")
VISUAL = (IMAGE, BOXES, NO_BOXES, REGIONS, KEYPOINTS, GALLERY, FILM)
ALL = (SERIES, CURVES, MATRIX, RANKING, TERMS, HIGHLIGHTS, ONE_LABEL, MANY_LABELS, SEVERAL, METRICS, RECORDS, EVIDENCE,
       SPANS, TEXT, GRAPH, POINTS, CARDS, *VISUAL)  # fmt: skip
REPORT = Report(
    "Sorting texts", "Trained on reviews.", tuple(Section(f"Part {i}", result) for i, result in enumerate(ALL)), EVIDENCE
)
