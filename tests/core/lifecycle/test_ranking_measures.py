import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.lifecycle import ranking_measures


def test_scores_of_a_list_by_hand():
    truth = csr_matrix(np.array([[1, 0, 0, 1, 0], [0, 0, 0, 0, 1]], np.float32))
    lists = np.array([[2, 3, 0], [1, 0, -1]])
    hit = ranking_measures.hits(lists, truth)
    assert hit.tolist() == [[False, True, True], [False, False, False]]
    found = ranking_measures.of_each(hit, np.array([2, 1]))
    gained, ideal = 1 / np.log2(3) + 1 / np.log2(4), 1 + 1 / np.log2(3)
    assert found["ndcg"] == pytest.approx([gained / ideal, 0])
    assert found["hit_rate"].tolist() == [1, 0] and found["recall"].tolist() == [1, 0]
    assert found["map"] == pytest.approx([(1 / 2 + 2 / 3) / 2, 0])
    assert found["mrr"] == pytest.approx([0.5, 0])


def test_ndcg_is_that_of_scikit_learn():
    from sklearn.metrics import ndcg_score

    generator = np.random.default_rng(0)
    truth, scores = generator.random((20, 30)) < 0.2, generator.random((20, 30))
    truth[:, 0] = True
    lists = np.argsort(-scores, axis=1)[:, :10]
    found = ranking_measures.of_each(ranking_measures.hits(lists, csr_matrix(truth.astype(np.float32))), truth.sum(1))
    assert found["ndcg"].mean() == pytest.approx(ndcg_score(truth, scores, k=10))


def test_lists_that_are_all_the_same_are_neither_wide_nor_new():
    chosen = csr_matrix(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], np.float32))
    same = ranking_measures.of_all(np.array([[0, 1]] * 4), chosen)
    wide = ranking_measures.of_all(np.array([[0, 1], [2, 3], [1, 2], [3, 1]]), chosen)
    assert same["coverage"] == 0.5 and wide["coverage"] == 1
    assert same["diversity"] < wide["diversity"] <= 1
    assert same["novelty"] == pytest.approx((0 + 1) / 2)
    assert same["popularity_bias"] > wide["popularity_bias"]
