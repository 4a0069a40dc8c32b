"""Parallel texts: which columns and rows are pairs, how they are split, what the guard finds in them."""

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import InputError, Table, TrainingParams
from core.contracts.params import column, parameter
from core.lifecycle import guard, pairs
from core.lifecycle.columns import HIDDEN_GROUP, resolve, with_roles
from core.lifecycle.split import split_rows


class PairParams(TrainingParams):
    task = "translation"

    source: str = column("text", title="Source", help="The source.")
    target: str = column("any", title="Target", help="The target.")
    language_column: str = column("any", optional=True, title="Language column", help="Names the language.")
    language: str = parameter("", title="Language", help="Which one.")
    direction: str = parameter("forward", title="Direction", help="Which way.")


def frame(rows: int = 100) -> pd.DataFrame:
    return pd.DataFrame({"english": [f"sentence number {k} of all" for k in range(rows)],
                         "chinese": [f"第 {k} 句话在这里" for k in range(rows)]})  # fmt: skip


def table(of: pd.DataFrame) -> Table:
    return Table(of, "planted", "0" * 64)


def found(of: pd.DataFrame, **values: object) -> dict:
    params = PairParams(**values)
    return {finding.kind: finding for finding in guard.inspect(guard.mend(table(of), params.mends, params), params)}


def test_columns_are_guessed_and_turned_round() -> None:
    roles = resolve(table(frame()), PairParams())
    assert (roles.texts, roles.target) == (("english",), "chinese")
    back = PairParams(direction="backward")
    roles = resolve(table(frame()), back)
    assert (roles.texts, roles.target) == (("chinese",), "english")
    settled = with_roles(back, roles)
    assert resolve(table(frame()), settled) == roles, "what was turned once is not turned again"
    named = resolve(table(frame().assign(target="x", note="a note")), PairParams())
    assert (named.texts, named.target) == (("english",), "target")


@pytest.mark.parametrize(
    ("of", "values", "sentence"),
    [
        (pd.DataFrame({"a": ["x y"] * 20, "n": range(20)}), {}, "two columns with text"),
        (frame(), {"source": "english", "target": "english"}, "cannot be the same column"),
        (frame(), {"source": "nothing"}, "There is no column nothing"),
        (frame().assign(language="de"), {"language": "fr"}, "No row has the language fr"),
        (frame(), {"language_column": "lang"}, "There is no column lang"),
    ],
)
def test_what_cannot_be_is_one_sentence(of, values, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        guard.inspect(table(of), PairParams(**values))


def test_of_several_languages_one_is_used() -> None:
    mixed = pd.concat([frame(60).assign(language="de"), frame(40).assign(language="zh-CN")], ignore_index=True)
    chosen = pairs.chosen(table(mixed), PairParams())
    assert len(chosen) == 40 and "zh" in str(chosen.notices[0])
    assert len(pairs.chosen(table(mixed), PairParams(language="de"))) == 60
    assert pairs.chosen(chosen, PairParams()) is chosen, "done twice it changes nothing"
    without = mixed[mixed["language"] == "de"].assign(language=["fr"] * 20 + ["de"] * 40)
    assert len(pairs.chosen(table(without), PairParams())) == 40, "no Chinese: the commonest"


def test_pairs_of_one_source_stand_on_one_side() -> None:
    """Every source comes with four translations: the rows of each stay together in a split at random."""
    every = pd.concat([frame(60).assign(chinese=[f"{word} {k}" for k in range(60)]) for word in "甲乙丙丁"], ignore_index=True)
    for seed in range(3):
        split = split_rows(table(every), PairParams(seed=seed))
        parts = [set(every["english"].iloc[rows]) for rows in (split.train, split.validation, split.test)]
        assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
        assert len(split.train) + len(split.validation) + len(split.test) == len(every)


def test_the_shipped_pairs_share_no_source_across_their_split() -> None:
    """Whatever a sample's own split says: after the mends, nothing that is measured was learnt from."""
    from core.lifecycle import fingerprints

    params = PairParams(mends=("drop_exact_duplicates", "group_near_duplicates"))
    for name in ("parallel_gnome", "parallel_django"):
        mended = guard.mend(samples.load(name), params.mends, params)
        split = split_rows(mended, params)
        keys = np.array(fingerprints.keys(mended.frame["source_en"].tolist()), dtype=object)
        learnt = set(keys[split.train]) | set(keys[split.validation])
        assert len(split.test) > 100 and not learnt & set(keys[split.test])


def test_a_clean_table_raises_no_alarm() -> None:
    assert found(frame()) == {}


def test_what_is_wrong_with_pairs_is_named_and_mended() -> None:
    broken = frame()
    broken.loc[3, "chinese"] = None
    broken.loc[[5, 6], "english"] = "  "
    broken.loc[8, "chinese"] = broken.loc[8, "english"]
    broken.loc[100] = broken.loc[10]
    findings = found(broken)
    assert {name: finding.rows for name, finding in findings.items()} == {
        "target_missing": 1, "empty_text": 2, "untranslated": 1, "exact_duplicates": 1,
    }  # fmt: skip
    assert findings["target_missing"].severity == "stop" and findings["untranslated"].severity == "note"
    assert findings["exact_duplicates"].severity == "note", "rows of one source stay together, so nothing leaks"
    mends = (*guard.recommended(findings.values()), "drop_exact_duplicates")
    assert set(found(broken, mends=mends)) == {"untranslated"}
    left = guard.mend(table(broken), mends, PairParams())
    assert len(left) == 97


def test_a_translation_that_is_empty_everywhere_is_said_once() -> None:
    findings = found(frame().assign(chinese=None), source="english", target="chinese")
    assert [finding.mend for finding in findings.values()] == [""] and findings["target_missing"].severity == "stop"


def test_numbers_and_codes_that_are_their_own_translation_are_none_of_the_guards_business() -> None:
    assert "untranslated" not in found(pd.concat([frame(), pd.DataFrame({"english": ["42 %"], "chinese": ["42 %"]})]))


def test_lookalikes_across_a_given_split_are_found_and_left_out() -> None:
    of = frame().assign(split=["train"] * 80 + ["test"] * 20)
    text = "a long sentence about the harbour and the ships that wait there for the morning"
    of.loc[3, "english"], of.loc[90, "english"] = text, text + " tide"
    assert found(of)["near_duplicates"].rows == 1
    params = PairParams(mends=("group_near_duplicates",))
    mended = guard.mend(table(of), params.mends, params)
    split = split_rows(mended, params)
    assert HIDDEN_GROUP in mended.frame and split.left_out == 1 and len(split.test) == 20
    assert 3 not in [*split.train, *split.validation]
