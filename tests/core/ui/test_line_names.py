"""Curves of learning are called in words."""

import pytest

from core.ui.line_names import line_name


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("train_loss", "loss, training rows", "训练行的损失"),
        ("validation_accuracy", "accuracy, validation rows", "验证行的准确率"),
        ("validation_accuracy_none", "accuracy none, validation rows", "验证行的accuracy none"),
        ("frechet_distance", "Fréchet distance", "弗雷歇距离"),
        ("sales_total", "sales_total", "sales_total"),
        ("train_", "train_", "train_"),
    ],
)
def test_names_of_curves_are_words_and_all_others_stay(name, english, chinese):
    assert (line_name(name, "en"), line_name(name, "zh")) == (english, chinese)
