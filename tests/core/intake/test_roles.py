import numpy as np
import pandas as pd
import pytest

from core.intake import roles

N = 60
TEXTS = [f"The parcel number {i} came late but the colour is nice" for i in range(N)]
ZH = [f"第{i}次购买，物流很快，质量也不错" for i in range(N)]
DAYS = pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {
                "review_id": range(N),
                "review": TEXTS,
                "sentiment": ["pos", "neg"] * 30,
                "date": DAYS,
                "product_id": [f"p{i % 7}" for i in range(N)],
            },
            {"text": "review", "label": "sentiment", "date": "date", "group": "product_id", "number": ""},
        ),
        (
            {
                "编号": range(N),
                "评论内容": ZH,
                "标签": [0, 1] * 30,
                "下单日期": DAYS,
                "商品": ["手机", "电脑", "耳机"] * 20,
                "金额": np.linspace(1, 9, N),
            },
            {"text": "评论内容", "label": "标签", "date": "下单日期", "group": "商品", "number": "金额"},
        ),
        ({"a": TEXTS, "b": ["x", "y", "z"] * 20, "c": DAYS}, {"text": "a", "label": "b", "date": "c", "group": "", "number": ""}),
        (
            {
                "Comment": TEXTS,
                "createdAt": np.arange(N) * 86400 + 1_700_000_000,
                "customerId": [i % 9 for i in range(N)],
                "total": np.arange(N) / 7,
            },
            {"text": "Comment", "label": "", "date": "createdAt", "group": "customerId", "number": "total"},
        ),
        ({"text": ["好"] * N, "label": ["a"] * N}, {"text": "text", "label": "label"}),
        (
            {"class": ["a", "b"] * 30, "split": ["train", "test"] * 30, "text": TEXTS},
            {"label": "class", "text": "text", "any": "class"},
        ),
        (
            {"id": range(N), "email": [f"a{i}@example.org" for i in range(N)]},
            {"text": "", "label": "", "date": "", "group": "", "any": "email"},
        ),
    ],
)
def test_guess(columns, expected):
    frame = pd.DataFrame(columns)
    assert {kind: roles.guess(frame, kind) for kind in expected} == expected


def test_rows_sorted_by_class_still_show_all_classes():
    frame = pd.DataFrame({"words": [f"{text} {i}" for i, text in enumerate(TEXTS * 100)], "b": ["x"] * 3000 + ["y"] * 3000})
    assert roles.guess(frame, "label") == "b"


def test_repeated_ids_are_a_group_even_of_unknown_things():
    assert roles.guess(pd.DataFrame({"text": TEXTS, "template_id": [i // 3 for i in range(N)]}), "group") == "template_id"
    assert roles.guess(pd.DataFrame({"text": TEXTS, "long_url": ["a", "b"] * 30}), "group") == ""


def test_an_empty_frame_has_no_roles():
    for kind in ("text", "label", "number", "date", "group", "any"):
        assert roles.guess(pd.DataFrame(), kind) == ""
    assert roles.guess(pd.DataFrame({"x": [None, None]}), "text") == ""


DATED = {
    "2024-03-05": "2024-03-05",
    "2024/3/5": "2024-03-05",
    "2024年3月5日": "2024-03-05",
    "２０２４年３月５日": "2024-03-05",
    "2024年3月": "2024-03-01",
    "2024.03.05": "2024-03-05",
    "2024-03-05T10:30:01.5Z": "2024-03-05 10:30:01.5",
    "2024-03-05 10:30:00+08:00": "2024-03-05 02:30",
    "2024年3月5日 14时05分": "2024-03-05 14:05",
    "2024-3-5 下午3:20": "2024-03-05 15:20",
    "1709600400": "2024-03-05 01:00",
    "1709600400000": "2024-03-05 01:00",
    "20240305": "2024-03-05",
    "2024": "2024-01-01",
    "Mar 5, 2024": "2024-03-05",
    "5 March 2024": "2024-03-05",
    "1850-01-01": "1850-01-01",
}


@pytest.mark.parametrize(("written", "meant"), DATED.items())
def test_dates(written, meant):
    assert roles.dates(pd.Series([written, "no date"])).tolist() == [pd.Timestamp(meant), pd.NaT]


@pytest.mark.parametrize(
    "text", ["", "abc", "12", "may", "2024-13-01", "2024-02-30", "25:61", "1.5", "version 1.2.3", "99/99/2024", "2023-02-29"]
)
def test_what_is_no_date(text):
    assert roles.dates(pd.Series([text])).isna().all()


def test_the_column_decides_which_number_is_the_day():
    assert roles.dates(pd.Series(["3/5/2024", "25/12/2024"])).tolist() == [pd.Timestamp("2024-05-03"), pd.Timestamp("2024-12-25")]
    assert roles.dates(pd.Series(["3/5/2024", "12/25/2024"])).tolist() == [pd.Timestamp("2024-03-05"), pd.Timestamp("2024-12-25")]
    assert roles.dates(pd.Series(["3.5.2024"])).tolist() == [pd.Timestamp("2024-05-03")]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1_709_600_400, 1_709_600_400]),
        pd.Series([1_709_600_400.0, np.nan]),
        pd.Series(pd.to_datetime(["2024-03-05 01:00", None])),
        pd.Series(pd.to_datetime(["2024-03-05 01:00", None])).astype("datetime64[ns]"),
        pd.Series(pd.to_datetime(["2024-03-05 09:00", None])).dt.tz_localize("Asia/Shanghai"),
        pd.Series(["2024-03-05 01:00", None], dtype="str"),
        pd.Series(["2024-03-05 01:00", None], dtype=object),
    ],
)
def test_every_unit_gives_the_same_moment(values):
    values.index = [7, 3]
    parsed = roles.dates(values)
    assert parsed.dtype == "datetime64[us]" and parsed.index.tolist() == [7, 3]
    assert parsed.iloc[0] == pd.Timestamp("2024-03-05 01:00")
    assert parsed.isna().tolist() == values.isna().tolist()


def test_booleans_and_infinity_are_no_dates():
    assert roles.dates(pd.Series([True, False])).isna().all()
    assert roles.dates(pd.Series([np.inf, -np.inf, np.nan])).isna().all()


@pytest.mark.parametrize(
    ("columns", "pair"),
    [
        (("source_en", "target", "language", "split"), ("source_en", "target")),
        (("target", "source"), ("source", "target")),
        (("译文", "原文"), ("原文", "译文")),
        (("english", "deutsch"), ("english", "deutsch")),
        (("id", "english", "length", "deutsch"), ("english", "deutsch")),
        (("id", "english", "length"), ("", "")),
    ],
)
def test_source_and_translation_are_two_columns_of_texts(columns, pair) -> None:
    rows = 60
    cells = {
        "language": ["de", "fr"] * (rows // 2), "split": ["train", "train", "test"] * (rows // 3),
        "id": [f"m{k:04}" for k in range(rows)], "length": list(range(rows)),
    }  # fmt: skip
    frame = pd.DataFrame({name: cells.get(name, [f"{name} words {k}" for k in range(rows)]) for name in columns})
    assert (roles.guess(frame, "source"), roles.guess(frame, "translation")) == pair
