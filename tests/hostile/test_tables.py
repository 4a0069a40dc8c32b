"""Every bad file gets a table with notices or one plain sentence: never a traceback, a path or a crash."""

import io
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts import UserError
from core.home import home
from core.intake import export, read_table, read_texts, spool
from tests.hostile.bad_tables import BAD_TABLES, parquet_of, workbook

ENDINGS = st.sampled_from(["csv", "tsv", "txt", "xlsx", "parquet", "json", "jsonl", "dat"])
BEGINNINGS = st.sampled_from(
    [b"", b"a,b\n", b"{", b"[", b'{"a":', b'[{"a":1},', b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"sep=;\n"]
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


@pytest.mark.parametrize("case", BAD_TABLES.values(), ids=BAD_TABLES.keys())
def test_bad_table(case):
    if case.error:
        with pytest.raises(case.error) as raised:
            read_table(spool(case.make(), case.name))
        sentence = str(raised.value)
        assert sentence.endswith(".")
        assert not re.search(r"/(tmp|home|root)/|Traceback|Error\b|Exception", sentence)
        assert str(home()) not in sentence and len(sentence) < 400
    else:
        table = read_table(spool(case.make(), case.name))
        assert table.frame.shape == case.shape
        assert len(set(table.columns)) == len(table.columns)
        assert "/" not in table.name and table.name.isprintable() and len(table.name) <= 120
        sentence = " ".join(map(str, table.notices))
    for words in case.words:
        assert words in sentence


@pytest.mark.parametrize(
    "case", [c for c in BAD_TABLES.values() if c.readable], ids=[n for n, c in BAD_TABLES.items() if c.readable]
)
def test_what_is_read_can_be_exported(case):
    frame = read_table(spool(case.make(), case.name)).frame
    csv = pd.read_csv(io.BytesIO(export.to_csv(frame)), dtype=str, keep_default_na=False)
    xlsx = pd.read_excel(io.BytesIO(export.to_xlsx(frame)), dtype=str, keep_default_na=False)
    for cells in (csv, xlsx):
        assert len(cells) == len(frame)
        texts = [str(cell) for cell in [*cells.columns, *cells.to_numpy().ravel()]]
        assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert export.to_jsonl(frame).count(b"\n") == len(frame)


def test_markup_in_a_name_stays_data():
    case = BAD_TABLES["html in a name"]
    assert read_table(spool(case.make(), case.name)).columns[0] == "<img src=x onerror=alert(1)>"


@QUICK
@given(BEGINNINGS, st.binary(max_size=400), ENDINGS)
def test_random_bytes_raise_nothing_but_user_errors(beginning, content, ending):
    try:
        upload = spool(beginning + content, f"x.{ending}")
        assert len(read_table(upload)) > 0
        read_texts(upload)
    except UserError as error:
        assert str(error)


@QUICK
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.sampled_from(["xlsx", "parquet"]))
def test_flipped_bytes_raise_nothing_but_user_errors(place, value, ending):
    content = bytearray(workbook() if ending == "xlsx" else parquet_of(text=["a", "b"], n=[1, 2]))
    content[int(place * len(content))] = value
    try:
        read_table(spool(bytes(content), f"x.{ending}"))
    except UserError as error:
        assert str(error)
