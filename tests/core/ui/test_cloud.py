"""The word cloud: no overlaps, nothing outside, the same picture every time."""

import random

from core.ui import cloud


def words(count: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    chance = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz服务质量价格"
    names = tuple("".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(count))
    return names, tuple(chance.random() ** 3 + 0.01 for _ in names)


def test_words_neither_overlap_nor_leave_the_picture():
    placed = cloud.lay_out(*words(80))
    assert len(placed) > 20
    boxes = []
    for word in placed:
        half = cloud.width_of(word.label, word.size) / 2
        boxes.append((word.x - half, word.y - word.size / 2, word.x + half, word.y + word.size / 2))
    for index, one in enumerate(boxes):
        assert one[0] >= 0 and one[1] >= 0 and one[2] <= cloud.WIDTH and one[3] <= cloud.HEIGHT
        for other in boxes[:index]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_heavier_is_larger_and_order_does_not_matter():
    names, weights = words(20)
    placed = cloud.lay_out(names, weights)
    assert [word.size for word in placed] == sorted((word.size for word in placed), reverse=True)
    backwards = cloud.lay_out(names[::-1], weights[::-1])
    assert [(w.word, w.x, w.y) for w in placed] == [(w.word, w.x, w.y) for w in backwards]


def test_no_words_no_picture():
    assert cloud.lay_out((), ()) == []
