"""Near duplicates are those whose shingles say so, in every script, and no others."""

import itertools

import numpy as np
import pandas as pd
import pytest

from core.lifecycle import fingerprints
from core.lifecycle.columns import Roles
from core.lifecycle.duplicates import exact_groups, near_groups
from tests.core.lifecycle.planted import WORDS


def similarity(first: str, second: str, size: int) -> float:
    """Jaccard similarity, written out: shingles of letters, those at the end of a text filled up."""
    one, two = (
        {folded[i : i + size] for i in range(len(folded))} for folded in (first.replace(" ", ""), second.replace(" ", ""))
    )
    return len(one & two) / len(one | two)


@pytest.mark.parametrize(("first", "second"), [
    ("Great  product!!", "great product"), ("ＡＢＣ１２３", "abc123"), ("很好，推荐。", "很好 推荐"),
    ("naïve Café", "NAÏVE CAFÉ"), ("a\u200bb", "ab"),
])  # fmt: skip
def test_case_space_and_punctuation_do_not_count(first: str, second: str) -> None:
    assert len(set(fingerprints.keys([first, second]))) == 1


@pytest.mark.parametrize(("first", "second"), [("good 😀", "good 😡"), ("!!!", "???"), ("C++", "C"), ("不好", "好"), ("", "a")])
def test_what_carries_meaning_counts(first: str, second: str) -> None:
    assert len(set(fingerprints.keys([first, second]))) == 2


def test_pairs_are_those_of_every_comparison() -> None:
    """All pairs compared one by one give the same: none too many, and (with probability .99 each) none missed."""
    generator = np.random.default_rng(0)
    texts = []
    for _ in range(30):
        words = generator.choice(WORDS, 25).tolist()
        for changed in range(6):
            texts.append(" ".join([*WORDS[:changed], *words[changed:]]))
    expected = {
        pair: similarity(texts[pair[0]], texts[pair[1]], fingerprints.SHINGLE)
        for pair in itertools.combinations(range(len(texts)), 2)
    }
    found = {tuple(pair) for pair in fingerprints.near_pairs(texts, 0.8).tolist()}
    assert found <= {pair for pair, value in expected.items() if value >= 0.8}
    sure = {pair for pair, value in expected.items() if value >= 0.88}
    assert len(sure) > 20 and len(sure - found) <= 0.02 * len(sure)
    assert any(0.65 < value < 0.8 for value in expected.values())


def test_chinese_look_alikes() -> None:
    texts = [
        "这家酒店的服务非常好房间也很干净下次还会再来住",
        "这家酒店的服务非常好，房间也很干净，下次还会再来住的",
        "手机电池不耐用屏幕也有划痕客服态度还很差劲",
    ]
    groups = near_groups(texts, np.arange(3))
    assert groups[0] == groups[1] != groups[2]


def test_short_texts_are_compared_exactly_only() -> None:
    texts = ["good product", "good products", "Good product."]
    frame = pd.DataFrame({"text": texts, "label": "a"})
    exact = exact_groups(frame, Roles("label", ("text",)))
    assert exact.tolist() == [0, 1, 0] and near_groups(texts, exact).tolist() == [0, 1, 0]


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    texts = [" ".join(generator.choice(WORDS, 20)) for _ in range(50)]
    texts += [text + " more" for text in texts]
    whole = fingerprints.near_pairs(texts, 0.8)
    monkeypatch.setattr(fingerprints, "CHUNK", 300)
    assert (fingerprints.near_pairs(texts, 0.8) == whole).all() and len(whole) >= 49


def test_nothing_comes_of_nothing() -> None:
    assert near_groups([], np.zeros(0, np.int64)).tolist() == []
    assert near_groups(["", " "], np.array([0, 1])).tolist() == [0, 1]
