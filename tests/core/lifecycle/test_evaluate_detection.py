"""Average precision equals pycocotools', knows a perfect answer and a hopeless one, and its intervals hold the truth."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Matrix, Table
from core.lifecycle import evaluate_detection as judged
from core.lifecycle import train_detection
from core.lifecycle.baselines_detection import grid
from core.lifecycle.evaluate_detection import Marked, Scene, evaluate


def marked(boxes: object, names: tuple[str, ...], scores: object = None) -> Marked:
    return Marked(np.array(boxes, np.float32).reshape(-1, 4), names, None if scores is None else np.array(scores, np.float32))


def scene(truth: Marked, answer: Marked, name: str = "a") -> Scene:
    return Scene(name, 400, 300, truth, answer)


def crowd(pictures: int, seed: int = 0) -> list[Scene]:
    """Scenes in which four of five boxes are found, a little beside, with three that are not there."""
    dice, found = np.random.default_rng(seed), []
    for number in range(pictures):
        count = int(dice.integers(3, 9))
        low = dice.uniform(0, 250, (count, 2))
        boxes = np.hstack([low, low + dice.uniform(10, 110, (count, 2))])
        names = dice.choice(["a", "b"], count).tolist()
        seen = dice.random(count) < 0.8
        wrong = dice.uniform(0, 250, (3, 2))
        answers = np.vstack([boxes[seen] + dice.normal(0, 5, (int(seen.sum()), 4)), np.hstack([wrong, wrong + 40])])
        labels = [name for name, is_seen in zip(names, seen) if is_seen] + ["a", "b", "stranger"]
        found.append(scene(marked(boxes, tuple(names)), marked(answers, tuple(labels), dice.random(len(labels))), str(number)))
    return found


def test_average_precision_is_that_of_pycocotools():
    scenes = crowd(12)
    found = evaluate(scenes, 0.3)
    precision = judged._pycocotools(scenes, found.classes).eval["precision"][:, :, :, 0, -1]
    assert found.metrics["ap50"] == pytest.approx(precision[0].mean(), abs=1e-6)
    assert found.metrics["ap"] == pytest.approx(precision.mean(), abs=1e-6)
    low, high = found.intervals["ap50"]
    assert low < found.metrics["ap50"] < high and found.units == 12


def test_a_perfect_answer_has_one_and_a_wrong_class_nothing():
    truth = marked([[10, 10, 50, 60], [100, 100, 180, 190]], ("cat", "dog"))
    perfect = evaluate([scene(truth, marked(truth.boxes, truth.classes, [0.9, 0.8]))], 0.5)
    assert perfect.metrics == pytest.approx({"ap50": 1.0, "ap": 1.0, "precision": 1.0, "recall": 1.0})
    swapped = evaluate([scene(truth, marked(truth.boxes, ("dog", "cat"), [0.9, 0.8]))], 0.5)
    assert swapped.metrics["ap50"] == 0


def test_a_box_that_shares_less_than_half_counts_for_nothing():
    truth = marked([[0, 0, 100, 100]], ("cat",))
    assert evaluate([scene(truth, marked([[0, 0, 100, 51]], ("cat",), [0.9]))], 0.5).metrics["ap50"] == pytest.approx(1.0)
    assert evaluate([scene(truth, marked([[0, 0, 100, 49]], ("cat",), [0.9]))], 0.5).metrics["ap50"] == 0


def test_confusions_know_what_was_missed_and_what_is_not_there():
    truth = marked([[0, 0, 50, 50], [100, 0, 150, 50], [200, 0, 250, 50]], ("cat", "dog", "cat"))
    answer = marked([[0, 0, 50, 50], [100, 0, 150, 50], [300, 200, 350, 250]], ("cat", "cat", "dog"), [0.9, 0.9, 0.9])
    matrix = next(s.result for s in evaluate([scene(truth, answer)], 0.5).sections if isinstance(s.result, Matrix))
    counts = {(t, a): int(matrix.values[i, j]) for i, t in enumerate(matrix.rows) for j, a in enumerate(matrix.columns)}
    assert counts["cat", "cat"] == 1 and counts["dog", "cat"] == 1
    assert counts["cat", judged.BACKGROUND] == 1 and counts[judged.BACKGROUND, "dog"] == 1


def test_nothing_found_and_nothing_there_are_answers_too():
    empty = marked([], ())
    nothing = marked([], (), [])
    assert evaluate([scene(marked([[0, 0, 9, 9]], ("cat",)), nothing)], 0.5).metrics["ap50"] == 0
    assert evaluate([scene(empty, nothing)], 0.5).metrics["ap50"] == 0


def test_the_grid_is_a_baseline_that_finds_what_lies_on_a_grid():
    boxes = [[x, y, x + 50, y + 50] for x in range(0, 400, 50) for y in range(0, 300, 50)]
    truth = marked(boxes, ("cat",) * len(boxes))
    assert grid([scene(truth, marked([], (), []))], [truth]).metrics["ap50"] > 0.9
    assert grid([scene(truth, marked([], (), []))], []).metrics["ap50"] == 0


def table(names: list[list[str]], split: list[str] | None = None) -> Table:
    cells = [json.dumps([[name, 0, 0, 9, 9] for name in row]) for row in names]
    frame = pd.DataFrame({"picture": [f"p{k}" for k in range(len(cells))], "name": [str(k) for k in range(len(cells))],
                          "boxes": cells})  # fmt: skip
    return Table(frame.assign(split=split) if split else frame, "set")


def parts(given: Table, seed: int = 0):
    annotated = given.frame["boxes"].notna().to_numpy()
    return train_detection.split_pictures(given, train_detection.marks(given, "boxes"), annotated, 0.2, seed)


def test_the_split_keeps_pictures_whole_and_learns_every_class_that_it_measures():
    given = table([["a"] * 30, ["a"] * 8, ["b"] * 5])
    split = parts(given)
    assert sorted([*split.train, *split.validation, *split.test]) == [0, 1, 2]
    assert split.test.tolist() == [1]  # of the rest, "b" would be measured but never learnt, and picture 0 is most of the boxes
    assert parts(given).test.tolist() == split.test.tolist()


def test_folders_called_train_and_test_decide():
    split = parts(table([["a"], ["a"], ["a"]], ["test", "train", "train"]))
    assert split.kind == "given" and split.test.tolist() == [0]


@pytest.mark.parametrize("names", [[["a"]], [[], []], [[], [], ["a"]]])
def test_too_little_is_one_sentence(names: list[list[str]]):
    with pytest.raises(InputError):
        parts(table(names))


def test_a_set_without_boxes_says_what_to_give():
    with pytest.raises(InputError, match="COCO"):
        train_detection.marks(Table(pd.DataFrame({"picture": ["a"]}), "set"), "boxes")
    with pytest.raises(InputError, match="row 1"):
        train_detection.marks(Table(pd.DataFrame({"picture": ["a"], "boxes": ['[["a", "x"]]']}), "set"), "boxes")
