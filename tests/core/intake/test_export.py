import io
import json

import openpyxl
import pandas as pd
import pytest

from core.contracts import LimitError
from core.intake import export, read_table, spool

FRAME = pd.DataFrame(
    {
        "评论": ["好", "=1+1", None],
        "n": [1, 2, 3],
        "x": [0.5, None, float("inf")],
        "at": pd.to_datetime(["2024-03-05", None, None]),
        "@cmd": pd.Series(["-1", "a\x07b", "\ud800"], dtype=object),
    }
)


@pytest.mark.parametrize("risky", ["=1", "+1", "-1+2", "@a", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_formulas_get_an_apostrophe(risky):
    assert export.safe_text(risky) == "'" + risky


@pytest.mark.parametrize("harmless", ["", "a=1", "-5", "-5.25", "好", "'=1"])
def test_other_texts_stay(harmless):
    assert export.safe_text(harmless) == harmless


def test_csv_opens_in_excel_with_chinese():
    content = export.to_csv(FRAME)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[:3] == ["评论,n,x,at,'@cmd", "好,1,0.5,2024-03-05,-1", "'=1+1,2,,,a\x07b"]
    assert read_table(spool(content, "x.csv")).columns == ["评论", "n", "x", "at", "'@cmd"]


def test_xlsx_holds_no_formula():
    sheet = openpyxl.load_workbook(io.BytesIO(export.to_xlsx(FRAME))).active
    assert [cell.value for cell in sheet[1]] == ["评论", "n", "x", "at", "'@cmd"]
    assert [cell.value for cell in sheet[3]] == ["'=1+1", 2, None, None, "ab"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_xlsx_says_where_a_text_was_cut_and_refuses_too_many_rows(monkeypatch):
    sheet = openpyxl.load_workbook(io.BytesIO(export.to_xlsx(pd.DataFrame({"a": ["x" * 40_000]})))).active
    assert len(sheet["A2"].value) == 32_767 and sheet["A2"].value.endswith("…")
    monkeypatch.setattr(export, "MAX_EXCEL_ROWS", 3)
    with pytest.raises(LimitError):
        export.to_xlsx(FRAME)


def test_json_lines_hold_the_values_themselves():
    lines = [json.loads(line) for line in export.to_jsonl(FRAME).decode().splitlines()]
    assert lines[1] == {"评论": "=1+1", "n": 2, "x": None, "at": None, "@cmd": "a\ufffdb"}
    assert lines[0]["at"].startswith("2024-03-05T00:00:00")
