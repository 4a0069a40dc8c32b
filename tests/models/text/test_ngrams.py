"""The fast counter counts what scikit-learn counts, on text of every kind."""

import random

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.svm import LinearSVC

from core.contracts import Context
from core.learning.labelling import Labelling
from core.learning.targets import Rows
from models.text.classifiers import tfidf
from models.text.classifiers.ngrams import ABSENT, Counter, Table, word_hashes

ENGLISH = {"analyzer": "word", "ngram_range": (1, 2)}
CHINESE = {"analyzer": "char", "ngram_range": (1, 3)}
ODD = (
    "", " ", "\n\n", "a", "a b c", "x1 x_1 Ünïcode ÜNÏCODE İstanbul", "𝒳 math 𝒳", "emoji 😀😀 end", "wh\u0000at \ud800 half",
    "it's don't", "tab\tand\r\nline", "好 好好  好", "ΑΣ ΑΣ.", "00 10 20 a0 b0",
)  # fmt: skip


def corpus(seed: int, alphabet: str, rows: int = 300) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices(alphabet, k=draw.randrange(60))) for _ in range(rows)] + list(ODD)


@pytest.mark.parametrize("shape", [ENGLISH, CHINESE], ids=["words", "characters"])
@pytest.mark.parametrize("rarest", [1, 2])
@pytest.mark.parametrize("alphabet", ["abc dE_\n", "好坏很不，。 \t"])
def test_counts_are_those_of_scikit_learn(shape, rarest, alphabet):
    known = CountVectorizer(min_df=rarest, **shape).fit(corpus(0, alphabet))
    counter = Counter(known.get_feature_names_out().tolist(), "words" if shape is ENGLISH else "characters")
    unseen = corpus(1, alphabet + "zß")
    expected = known.transform(unseen)
    expected.sort_indices()
    found = counter.count(tuple(unseen))
    np.testing.assert_array_equal(found.indptr, expected.indptr)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_array_equal(found.data, expected.data)


@pytest.mark.parametrize("alphabet", ["abcde fgh", "好坏很不，。喜欢"])
@pytest.mark.parametrize("classes", [2, 3])
def test_decision_values_are_those_of_scikit_learns_pipeline(alphabet, classes):
    items = [item for item in corpus(2, alphabet) if item.strip()]
    targets = np.array([len(item) % classes for item in items])
    unit = tfidf.unit_for(tuple(items))
    vectorizer: TfidfVectorizer = tfidf.vectorizer_for(unit, len(items))
    machine = LinearSVC(random_state=0).fit(vectorizer.fit_transform(items), targets)
    fast = tfidf.TfidfClassifier(
        Labelling(tuple(map(str, range(classes)))), Counter(vectorizer.get_feature_names_out().tolist(), unit), vectorizer.idf_,
        machine.coef_.T.copy(), machine.intercept_, 1.0,
    )  # fmt: skip
    unseen = tuple(corpus(3, alphabet))
    expected = machine.decision_function(vectorizer.transform(unseen)).reshape(len(unseen), -1)
    np.testing.assert_allclose(fast.decisions(unseen), expected, atol=1e-12)


@pytest.mark.parametrize("classes", [2, 3])
def test_contributions_and_bias_add_up_to_the_score(classes):
    words = ["wheat", "bank", "goal"][:classes]
    items = tuple(f"the {words[k % classes]} is here again today" for k in range(300))
    rows = Rows(items, np.arange(300) % classes)

    class Plain:
        strength, balanced, seed = 1.0, False, 0

    model = tfidf.fit(rows, Rows((), np.zeros(0, np.int64)), Labelling(tuple(words)), Plain, Context())
    text = "The bank is a wheat bank"
    for place in range(classes):
        bias = tfidf._per_class(model.bias[None], model.labelling)[0, place]
        assert sum(model.contributions(text, place).values()) + bias == pytest.approx(model.scores((text,), Context())[0, place])
    shown = model.explain(text, "bank")
    places = {text[start:end]: weight for start, end, weight in shown.spans}
    assert max(places, key=places.get) == "bank"
    assert places["wheat"] < 0


def test_the_table_finds_all_keys_and_no_others():
    draw = np.random.default_rng(0)
    keys = np.unique(draw.integers(0, 2**62, 5_000))
    draw.shuffle(keys)
    table = Table(keys)
    np.testing.assert_array_equal(table.find(keys), np.arange(len(keys)))
    assert (table.find(np.setdiff1d(draw.integers(0, 2**62, 5_000), keys)) == ABSENT).all()
    assert (Table(np.zeros(0, np.int64)).find(keys) == ABSENT).all()


def test_word_hashes_depend_on_the_word_alone():
    hashes, ends = word_hashes(("The cat x the", "", "dog cat"))
    assert ends.tolist() == [3, 3, 5]
    the, cat, again, dog, last = hashes.tolist()
    assert (the, cat) == (again, last)
    assert len({the, cat, dog}) == 3


def test_neighbouring_numbers_do_not_share_a_hash():
    words = tuple(f"{number:05d}" for number in range(100_000))
    hashes, _ = word_hashes((" ".join(words),))
    assert len(np.unique(hashes)) == len(words)
