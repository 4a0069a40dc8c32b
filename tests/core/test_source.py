import pytest
from pydantic import ValidationError

from core.contracts import NotFoundError
from core.intake import spool
from core.source import Source, open_source


def test_an_upload_is_opened_under_its_own_name():
    upload = spool(b"one, two\nthree, four\n", "x.csv")
    source = Source(kind="upload", name="x.txt", digest=upload.digest)
    table = open_source(Source.model_validate_json(source.model_dump_json()))
    assert table.name == "x.txt" and table.columns == ["text"] and table.digest == upload.digest


def test_what_is_gone_is_said_so():
    with pytest.raises(NotFoundError):
        open_source(Source(kind="upload", name="x.csv", digest="0" * 64))
    with pytest.raises(NotFoundError):
        open_source(Source(kind="upload", name="x.csv"))


def test_is_frozen_and_knows_its_kinds():
    with pytest.raises(ValidationError):
        Source(kind="url", name="x")
    with pytest.raises(ValidationError):
        Source(kind="sample", name="x").name = "y"


def test_a_sample_is_opened_by_its_name():
    table = open_source(Source(kind="sample", name="reviews_zh"))
    assert {"text", "label"} <= set(table.columns) and len(table) > 1000
