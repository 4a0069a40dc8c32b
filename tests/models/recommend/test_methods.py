"""What every method promises, on users of two tastes."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.contracts import InputError
from core.learning.interactions import Columns, read
from models.recommend import methods
from models.recommend.methods import ease
from models.recommend.methods.base import top
from models.recommend.methods.fused import Fused, choose, standardized
from tests.models.recommend.simulated import tastes

SMALL = {
    "pure_svd": {"factors": 3}, "als": {"factors": 2, "regularization": 0.1, "confidence": 2.0},
    "bpr": {"factors": 4, "iterations": 300},
    "ncf": {"width": 8, "epochs": 8, "rate": 1e-2, "batch": 256}, "deepfm": {"width": 8, "epochs": 8, "rate": 1e-2, "batch": 256},
    "ease": {"penalty": 5.0},
}  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return read(tastes(), Columns("user", "item", "stars", "when", "title"))


@pytest.fixture(scope="module")
def fitted(data):
    return {name: methods.make(name, **SMALL.get(name, {})).fit(data) for name in methods.SINGLE}


@pytest.mark.parametrize("name", methods.SINGLE)
def test_lists_hold_what_is_of_the_taste_and_was_not_chosen(name, data, fitted):
    users = np.arange(len(data.users))
    lists, scores = fitted[name].recommend(users, 4)
    assert lists.dtype == np.int32 and scores.shape == (60, 4)
    assert (np.diff(scores, axis=1) <= 0).all()
    right = [data.items[item][0] == "ab"[user % 2] for user in users for item in lists[user]]
    assert not any(data.matrix[user, item] for user in users for item in lists[user])
    if name == "popularity":
        assert np.mean(right) < 0.7
    else:
        assert np.mean(right) > 0.9


@pytest.mark.parametrize("name", methods.SINGLE)
def test_it_comes_back_from_plain_files(name, data, fitted, tmp_path):
    fitted[name].save(tmp_path)
    again = methods.load(tmp_path, data)
    assert {path.suffix for path in tmp_path.rglob("*")} <= {".json", ".npz"}
    assert again.scores(np.arange(5)) == pytest.approx(fitted[name].scores(np.arange(5)), abs=1e-5)
    assert again.similarities(np.array([0, 1])).shape == (2, len(data.items))


@pytest.mark.parametrize("name", ["item_knn", "ease", "pure_svd", "als"])
def test_a_user_who_is_new_gets_what_those_with_the_same_choices_get(name, data, fitted):
    history = data.matrix[:3]
    assert fitted[name].scores_of(history) == pytest.approx(fitted[name].scores(np.arange(3)), abs=0.15)
    new = csr_matrix(([1.0, 1.0], ([0, 0], [data.item_number["a0"], data.item_number["a1"]])), shape=(1, len(data.items)))
    best = top(fitted[name].scores_of(new.astype(np.float32)), 5)[0][0]
    assert all(data.items[item][0] == "a" for item in best)


def test_methods_that_learn_vectors_of_users_say_so(data, fitted):
    with pytest.raises(InputError, match="knows only"):
        fitted["bpr"].scores_of(data.matrix[:1])


@pytest.mark.parametrize("name", ["als", "bpr", "ncf", "deepfm"])
def test_the_same_seed_gives_the_same_scores(name, data, fitted):
    again = methods.make(name, **SMALL[name]).fit(data)
    assert again.scores(np.arange(4)) == pytest.approx(fitted[name].scores(np.arange(4)), abs=1e-3)


def test_ease_gives_the_same_scores_from_users_and_from_items(data):
    """Both forms, and the definition of the paper written out."""
    choices, penalty = data.matrix.toarray().astype(np.float64), 5.0
    inverse = np.linalg.inv(choices.T @ choices + penalty * np.eye(choices.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    by_users, by_items = ease.Ease(penalty=penalty), ease.Ease(penalty=penalty)
    for method, learn in ((by_users, by_users._of_users), (by_items, by_items._of_items)):
        method.history = method.profile = data.matrix
        learn(data.matrix)
        assert method.scores(np.arange(60)) == pytest.approx(choices @ weights, abs=1e-4)


def test_ease_of_too_many_items_learns_the_most_popular(data, monkeypatch):
    monkeypatch.setattr(ease, "LARGEST", 10)
    method = ease.Ease(penalty=5.0).fit(data)
    scores = method.scores(np.arange(60))
    assert method.facts["items"] == 10 and scores.shape == (60, len(data.items))
    assert (scores != 0).any(0).sum() <= 10


def test_weights_of_a_fused_list_follow_what_is_good(data, fitted, tmp_path):
    users = np.arange(60)
    scored = {name: standardized(fitted[name].scores(users)) for name in ("popularity", "ease")}
    wanted = np.array([[name[0] == "ab"[user % 2] for name in data.items] for user in users])
    weights, good = choose(scored, lambda sums, rows: (sums * wanted[rows]).mean(1), users, 0, lambda: None)
    assert weights == {"ease": 1.0} and good == pytest.approx((scored["ease"] * wanted).mean(), rel=0.1)
    fused = Fused([fitted["popularity"], fitted["ease"]], weights={"popularity": 0.25, "ease": 0.75}).fit(data)
    assert fused.scores(users) == pytest.approx(0.25 * scored["popularity"] + 0.75 * scored["ease"], abs=1e-5)
    fused.save(tmp_path)
    assert methods.load(tmp_path, data).scores(users) == pytest.approx(fused.scores(users), abs=1e-5)


def test_equal_scores_stand_in_their_order_and_missing_ones_are_minus_one():
    scores = np.array([[1, 2, 2, -np.inf], [-np.inf] * 4], np.float32)
    assert top(scores, 5)[0].tolist() == [[1, 2, 0, -1, -1], [-1] * 5]
    assert top(scores, 2)[0].tolist() == [[1, 2], [-1, -1]]
