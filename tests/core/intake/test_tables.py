"""Delimited text, lines, JSON, Excel and Parquet: what is read, and how it is typed."""

import csv
import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts import InputError, LimitError
from core.intake import build, read_table, read_texts, spool, texts_of, workbook

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n\t,;|\"'"), max_size=12).map(
    lambda text: "#" + text
)


def read(content, name="x.csv"):
    return read_table(spool(content if isinstance(content, bytes) else content.encode(), name))


def told(table):
    return " ".join(map(str, table.notices))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELL | st.just(""), min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    st.sampled_from(",\t;|"),
)
def test_any_texts_come_back_as_they_were(rows, separator):
    rows[0][0] = rows[0][0] or "#"
    header = [f"名字{i}" for i in range(len(rows[0]))]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    frame = read(written.getvalue(), "x.csv").frame
    assert list(frame.columns) == header
    assert frame.astype(object).where(frame.notna(), "").to_numpy().tolist() == rows


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_separators_are_found(separator):
    others = ",\t;|".replace(separator, "")
    table = read(f"text{separator}n\nwell {others[0]} well{separator}1\na {others[1:]} b{separator}2\n")
    assert table.columns[-1] == "n"
    assert table.frame["n"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        ("a;b\n1,5;2,5\n", (1, 2)),
        ("text\nhello, world\nfine\n", (2, 1)),
        ("sep=;\na;b\n1;2\n", (1, 2)),
        ('a,b\n"x,\ny",2\n', (1, 2)),
        ("a,b\r1,2\r", (1, 2)),
        ("\n\na,b\r\n\r\n1,2", (1, 2)),
        ("Report\na,b\n1,2\n3,4\n", (3, 2)),
        ("a,b,\n1,2,\n", (1, 2)),
    ],
)
def test_shapes_of_odd_files(content, shape):
    assert read(content).frame.shape == shape


def test_words_for_missing_stay_text_in_texts_and_are_missing_among_numbers():
    frame = read("text,n\nNone,1\nNA,NA\nnull,3\n,\n").frame
    assert frame["text"].tolist()[:3] == ["None", "NA", "null"]
    assert frame["text"].isna().tolist() == [False, False, False, True]
    assert frame["n"].dtype == np.float64 and frame["n"].isna().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2"], "int64"),
        (["1.5", "-2e3"], "float64"),
        (["007", "008"], "str"),
        (["+8613800000000", "1"], "str"),
        (["1", "x"], "str"),
        (["110101199003078888", "1"], "str"),
        (["1e999", "1"], "str"),
        (["true", "false"], "str"),
        (["2024-01-01", "2024-01-02"], "str"),
        (["NA", "NA"], "str"),
        ([".5", "1."], "float64"),
        (["1,000", "2"], "str"),
        (["inf", "1"], "str"),
        (["0x10", "1"], "str"),
    ],
)
def test_numbers_are_parsed_only_where_they_are_amounts(cells, kind):
    frame = read("a\tb\n" + "".join(f"{cell}\tz\n" for cell in cells)).frame
    assert str(frame["a"].dtype) == kind
    if kind == "str":
        assert frame["a"].tolist() == cells


def test_formulas_are_kept_as_they_are():
    assert read("text,n\n=1+1,a\n@x,b\n").frame["text"].tolist() == ["=1+1", "@x"]


def test_rows_beyond_a_chunk_are_all_there_and_the_late_column_too():
    content = "a,b\n" + "".join(f"{i},x{i}\n" for i in range(45_000)) + "45000,y,late\n"
    frame = read(content).frame
    assert frame["a"].tolist() == list(range(45_001))
    assert frame["column 3"].notna().sum() == 1 and frame["column 3"].iloc[-1] == "late"


def test_limits_count_while_reading(monkeypatch):
    monkeypatch.setattr(build, "MAX_ROWS", 30)
    monkeypatch.setattr(build, "CHUNK_ROWS", 8)
    assert len(read("a,b\n" + "1,2\n" * 30)) == 30
    with pytest.raises(LimitError, match="more than 30 rows"):
        read("a,b\n" + "1,2\n" * 31)
    monkeypatch.setattr(build, "MAX_CELLS", 20)
    with pytest.raises(LimitError, match="more than 20 cells"):
        read("a,b\n" + "1,2\n" * 11)


def test_lines_are_texts_and_never_numbers():
    assert read_texts(spool("很好\n\n 1.50 \nhello, world\n".encode(), "x.txt")).items == ("很好", "1.50", "hello, world")


def test_a_tabbed_txt_is_a_table():
    assert read("earn\tprofits rose\nacq\tbought it\n", "r8.txt").frame.shape == (1, 2)


def test_json_lines_and_arrays():
    objects = [{"text": "好", "n": 1, "tags": ["a"]}, {"text": None, "n": 2.5, "late": True}, {"text": "x", "n": None}]
    for content, name in (("\n".join(map(json.dumps, objects)), "x.jsonl"), (json.dumps(objects, indent=1), "x.json")):
        table = read(content, name)
        assert table.columns == ["text", "n", "tags", "late"]
        assert table.frame["n"].tolist()[:2] == [1, 2.5]
        assert table.frame["tags"].iloc[0] == '["a"]' and "JSON text" in told(table)
        assert table.frame["text"].isna().tolist() == [False, True, False]
    assert read_texts(spool(b'"one"\n"two"\n', "x.jsonl")).items == ("one", "two")


def excel(*rows, sheets=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in sheets:
        book.create_sheet(name)["A1"] = "other"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_excel():
    when = pd.Timestamp("2024-03-05 10:30").to_pydatetime()
    table = read(
        excel([], ["评论", "n", "when", "no"], ["好", 1, when, "007"], [], [None, 2.5, when.date(), "008"], sheets=["Two"]),
        "x.xlsx",
    )
    assert table.columns == ["评论", "n", "when", "no"]
    assert table.frame.isna().all(axis=1).tolist() == [False, True, False]
    assert table.frame["n"].dropna().tolist() == [1, 2.5]
    assert table.frame["when"].dropna().tolist() == ["2024-03-05 10:30:00", "2024-03-05"]
    assert table.frame["no"].dropna().tolist() == ["007", "008"]
    assert "only Sheet was read" in told(table)


def test_excel_named_csv_is_read_as_what_it_is():
    assert read(excel(["a", "b"], [1, 2]), "x.csv").frame.shape == (1, 2)


def test_excel_with_formatted_but_empty_cells_is_limited(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_CELLS", 50)
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active["Z2"].font = openpyxl.styles.Font(bold=True)
    book.active["Z3"].font = openpyxl.styles.Font(bold=True)
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(LimitError, match="empty ones included"):
        read(written.getvalue(), "x.xlsx")


def test_parquet_keeps_types():
    frame = pd.DataFrame(
        {
            "text": ["好", None],
            "n": [1, 2],
            "x": [0.5, None],
            "yes": [True, False],
            "maybe": [True, None],
            "at": pd.to_datetime(["2024-03-05 10:00", None]).tz_localize("Asia/Shanghai"),
            "list": [[1], None],
            "raw": [b"\xff", b""],
            "kind": pd.Categorical(["a", "b"]),
        }
    )
    written = io.BytesIO()
    frame.to_parquet(written)
    table = read(written.getvalue(), "x.parquet")
    assert {name: str(kind) for name, kind in table.frame.dtypes.items()} == {
        "text": "str",
        "n": "int64",
        "x": "float64",
        "yes": "bool",
        "maybe": "str",
        "at": "datetime64[us]",
        "list": "str",
        "kind": "str",
    }
    assert table.frame["at"].iloc[0] == pd.Timestamp("2024-03-05 02:00")
    assert table.frame["list"].iloc[0] == "[1]"
    assert "binary" in told(table) and "JSON text" in told(table)


def test_texts_stand_beside_their_rows():
    table = read("评论,n\n好,1\n,2\n差,3\n")
    texts = texts_of(table, "评论")
    assert texts.items == ("好", "", "差") and "Rows without a text" in str(texts.notices[-1])
    assert texts_of(table, "n").items == ("1", "2", "3")
    with pytest.raises(InputError, match="has no column nothing"):
        texts_of(table, "nothing")


def test_texts_of_a_table_are_its_text_column():
    content = "id,review,label\n" + "".join(f"{i},This is review number {i} of the product,{i % 2}\n" for i in range(20))
    assert read_texts(spool(content.encode(), "x.csv")).items[3] == "This is review number 3 of the product"
    with pytest.raises(InputError, match="No column"):
        read_texts(spool(b"a,b\n1,2\n", "x.csv"))
