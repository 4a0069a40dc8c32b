"""Every planted fault is found, named and mended; a clean table raises no alarm."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Table, TrainingParams
from core.language import translate
from core.lifecycle import guard
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.findings import MEND_TITLES, Finding
from core.lifecycle.split import split_rows
from tests.core.lifecycle import planted
from tests.core.lifecycle.planted import PARAMS, params, table

FAULTS = {  # what is planted: the kind of finding, its severity, its mend
    "copies": (planted.with_copies, "exact_duplicates", "warn", "drop_exact_duplicates"),
    "look-alikes": (planted.with_lookalikes, "near_duplicates", "warn", "group_near_duplicates"),
    "contradictions": (planted.with_contradictions, "contradictions", "warn", "drop_contradictions"),
    "resampling": (planted.with_resampling, "resampled", "warn", "drop_exact_duplicates"),
    "users": (planted.with_users, "group_leakage", "warn", "split_by_group:user_id"),
    "dates": (planted.with_dates, "time_ignored", "warn", "split_by_time:written"),
    "spellings": (planted.with_spellings, "class_spelling", "warn", "merge_class_spelling"),
    "code": (lambda: planted.with_column("code"), "target_proxy", "warn", "drop_column:extra"),
    "score": (lambda: planted.with_column("score"), "target_proxy", "warn", "drop_column:extra"),
    "path": (lambda: planted.with_column("path"), "target_proxy", "warn", "drop_column:extra"),
    "missing target": (lambda: set_cells("label", [3, 5], None), "target_missing", "stop", "drop_missing_target"),
    "empty text": (lambda: set_cells("text", [3, 5], " "), "empty_text", "warn", "drop_empty_text"),
    "rare class": (lambda: set_cells("label", [3], "seldom"), "rare_class", "stop", "drop_rare_classes"),
}  # fmt: skip


def set_cells(column: str, rows: list[int], value: object) -> pd.DataFrame:
    frame = planted.frame()
    frame.loc[rows, column] = value
    return frame


def found(frame: pd.DataFrame, **values: object) -> dict[str, Finding]:
    return {finding.kind: finding for finding in guard.inspect(table(frame), params(**values), ("text",))}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_mended(name: str) -> None:
    make, kind, severity, mend = FAULTS[name]
    given = table(make())
    findings = guard.inspect(given, PARAMS, ("text",))
    finding = next(f for f in findings if f.kind == kind)
    assert (finding.severity, finding.mend) == (severity, mend) and finding.rows > 0
    assert translate(finding.message).endswith(".") and translate(finding.mend_title)
    names = guard.recommended(findings)
    assert mend in names
    mended = guard.mend(given, names, params(mends=names))
    assert guard.inspect(mended, params(mends=names), ("text",)) == ()
    assert mended.digest != given.digest


@pytest.mark.parametrize("kind", ["number", "row", "weak", "category", "customer_id"])
def test_honest_columns_raise_no_alarm(kind: str) -> None:
    assert found(planted.with_column(kind)) == {}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_clean_texts_raise_no_alarm(seed: int) -> None:
    assert found(planted.frame(seed=seed)) == {}


def test_texts_that_a_few_words_decide_are_honest() -> None:
    """Telling words, several to a class and none in every text, are what a classifier is for."""
    assert "target_word" not in found(planted.frame(noise=0))


def test_a_word_in_every_text_of_a_class_is_named() -> None:
    finding = found(planted.with_word())["target_word"]
    assert "starred" in str(finding.message) and not finding.mend


def test_counts_are_exact() -> None:
    copies = found(planted.with_copies(30))["exact_duplicates"]
    assert copies.rows == 30 and copies.examples[0][0] == 400
    frame = planted.with_contradictions(20)
    assert found(frame)["contradictions"].rows == 40
    assert found(planted.with_spellings())["class_spelling"].rows == 15
    near = found(planted.with_lookalikes(40))["near_duplicates"]
    split = split_rows(table(planted.with_lookalikes(40)), PARAMS)
    twin = {**{row: row + 400 for row in range(40)}, **{row + 400: row for row in range(40)}}
    learnt = {*split.train.tolist(), *split.validation.tolist()}
    assert near.rows == sum(twin.get(row) in learnt for row in split.test.tolist())


def test_grouping_keeps_lookalikes_together_and_apart_in_a_given_split() -> None:
    frame = planted.with_lookalikes(40)
    mended = guard.mend(table(frame), ("group_near_duplicates",), PARAMS)
    assert (mended.frame[HIDDEN_GROUP][:40].to_numpy() == mended.frame[HIDDEN_GROUP][400:].to_numpy()).all()
    assert mended.frame[HIDDEN_GROUP].nunique() == 400
    given = table(frame.assign(split=["train"] * 400 + ["test"] * 40))
    assert found(given.frame)["near_duplicates"].rows == 40
    split = split_rows(guard.mend(given, ("group_near_duplicates",), PARAMS), PARAMS)
    assert split.left_out == 40 and len(split.test) == 40


def test_of_copies_across_a_given_split_the_test_row_stays() -> None:
    frame = planted.with_copies(40).assign(split=["train"] * 400 + ["test"] * 40)
    mended = guard.mend(table(frame), ("drop_exact_duplicates",), PARAMS)
    assert (mended.frame["split"] == "test").sum() == 40 and len(mended) == 400


def test_groups_leak_only_across_the_split() -> None:
    frame = planted.with_users()
    assert "group_leakage" in found(frame)
    assert "group_leakage" not in found(frame, group="user_id")
    assert "group_leakage" not in found(frame, mends=("split_by_group:user_id",))
    assert "group_leakage" not in found(planted.with_users(pure=0.0))


def test_threes_without_a_shared_class_are_no_group() -> None:
    """Of three rows by one user, two always agree: a row must not vouch for itself."""
    frame = planted.frame(600).assign(user_id=np.random.default_rng(0).permutation(np.arange(600) // 3))
    assert "group_leakage" not in found(frame)


def test_dates_leak_only_when_ignored() -> None:
    assert "time_ignored" not in found(planted.with_dates(), time="written")


@pytest.mark.parametrize(("label", "kind"), [
    (None, "target_missing"), ("one", "one_class"), ([f"id {row}" for row in range(400)], "target_like_id"),
    ([str(row % 70) for row in range(400)], "target_like_number"),
])  # fmt: skip
def test_targets_that_are_none(label: object, kind: str) -> None:
    finding = found(planted.frame().assign(label=label))[kind]
    assert finding.severity == ("warn" if kind == "target_like_number" else "stop") and not finding.mend


def test_whole_numbers_keep_their_names_when_a_cell_is_empty() -> None:
    frame = planted.frame().assign(label=[1.0, 0.0] * 200)
    frame.loc[7, "label"] = np.nan
    mended = guard.mend(table(frame), ("drop_missing_target",), PARAMS)
    assert len(mended) == 399 and str(mended.notices[-1]).endswith(": 1.")


def test_an_unreadable_time_stops_and_can_be_left_out() -> None:
    frame = planted.with_dates()
    frame.loc[5, "written"] = "soon"
    finding = found(frame, time="written")["split_impossible"]
    assert finding.severity == "stop" and finding.mend == "drop_missing_time:written" and finding.rows == 1
    mended = guard.mend(table(frame), (finding.mend,), params(time="written"))
    assert split_rows(mended, params(time="written")).kind == "time"


def test_classes_on_one_side_only() -> None:
    frame = planted.frame().assign(split=["train"] * 300 + ["test"] * 100)
    frame.loc[390:399, "label"] = "late"
    assert found(frame)["unseen_class"].rows == 10
    frame = planted.frame().assign(split=["train"] * 300 + ["test"] * 100)
    frame.loc[:9, "label"] = "early"
    assert found(frame)["unmeasured_class"].severity == "note"


def test_several_labels_in_a_cell_are_classes_of_their_own() -> None:
    class Several(planted.TextParams):
        labels: str = "several"

    frame = planted.frame().assign(label=["a | b", "b", "c | a", "c"] * 100)
    assert guard.inspect(table(frame), Several(text="text", target="label"), ("text",)) == ()


def test_a_table_without_texts_is_guarded_too() -> None:
    frame = pd.DataFrame({"x": np.arange(100.0), "label": ["a", "b"] * 50})
    twice = pd.concat([frame, frame.iloc[:20]], ignore_index=True)
    kinds = {finding.kind for finding in guard.inspect(table(twice), TrainingParams(target="label"))}
    assert kinds == {"exact_duplicates"}


def test_text_columns_come_from_the_params_when_not_given() -> None:
    assert {f.kind for f in guard.inspect(table(planted.with_lookalikes()), PARAMS)} == {"near_duplicates"}


def test_recommended_is_ordered_and_splits_once() -> None:
    frame = planted.with_users().assign(written=planted.with_dates()["written"].tolist() + ["2024-05-05"] * 200)
    frame.loc[3, "label"] = None
    findings = guard.inspect(table(frame), PARAMS, ("text",))
    assert {"split_by_group:user_id", "split_by_time:written"} <= {finding.mend for finding in findings}
    assert guard.recommended(findings) == ("drop_missing_target", "split_by_group:user_id")


@pytest.mark.parametrize("name", ["polish", "drop_column:nowhere", "split_by_group:nowhere"])
def test_an_unknown_mend_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        guard.mend(table(planted.frame()), (name,), PARAMS)


def test_mends_are_deterministic() -> None:
    names = tuple(name for name in MEND_TITLES if not name.startswith(("split_by", "drop_column", "drop_missing_time")))
    frame = planted.with_copies()
    frame.loc[3, "label"] = None
    first, again = (guard.mend(table(frame), names, PARAMS) for _ in range(2))
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert first.digest == again.digest and len(first.notices) == len(names)


@pytest.mark.parametrize("name", ["reviews_zh", "reviews_en", "reuters_r8", "news20_en"])
def test_the_samples_raise_no_false_alarm(name: str) -> None:
    samples = pytest.importorskip("core.samples")
    if not samples.available(name):
        pytest.skip(f"{name} is not on this machine")
    given: Table = samples.load(name)
    kinds = {finding.kind for finding in guard.inspect(given, PARAMS, ("text",))}
    assert kinds <= {"exact_duplicates", "near_duplicates", "contradictions"}  # each looked at: truly there
