"""The capability around the methods: what it refuses and in which words, several labels, what `run` answers."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from core.contracts import Context, Evidence, Highlights, InputError, Table, Texts, dump
from core.contracts import load as load_result
from core.learning.labelling import Labelling
from core.learning.targets import LONGEST_TEXT, balanced_weights, quality
from models.text import classify

TEXTS = [f"{word} number {k}" for k in range(10) for word in ("good", "bad")]
LABELS = ["yes", "no"] * 10


def table(texts=TEXTS, labels=LABELS) -> Table:
    return Table(pd.DataFrame({"text": texts, "label": labels}))


def fit(train: Table, validation: Table | None = None, **values):
    params = classify.TrainClassifier(**{"text": "text", "target": "label", **values})
    return classify.fit(train, validation or table(), params, Context())


@pytest.mark.parametrize(
    ("given", "values", "sentence"),
    [
        (table(), {"text": "comment"}, "no column comment"),
        (table(), {"text": "label"}, "text and the target"),
        (table(labels=["yes"] * 20), {}, "one class only"),
        (table(labels=[None] * 20), {}, "is empty"),
        (table(labels=["  "] * 20), {}, "is empty"),
        (table(labels=["rare", *LABELS[1:]]), {}, "fewer than two rows.*rare"),
        (table([f"text {k}" for k in range(3000)], [str(k // 2) for k in range(3000)]), {}, "1500 classes; at most 1000"),
        (table(texts=["", " "] * 10), {}, "no words to learn from"),
        (table(texts=[None] * 20), {}, "no words to learn from"),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_is_refused_in_a_sentence(given, values, sentence):
    with pytest.raises(InputError, match=sentence):
        fit(given, **values)


def test_column_names_that_look_like_code_are_only_names():
    frame = pd.DataFrame({"<img onerror=alert(1)>": TEXTS, "=1+1": LABELS})
    model = classify.fit(
        Table(frame), Table(frame), classify.TrainClassifier(text="<img onerror=alert(1)>", target="=1+1"), Context()
    )
    assert model.predict(Texts.of(["good", "bad"]), Context()).best == ("yes", "no")


def test_missing_targets_and_classes_unknown_to_training_are_left_out():
    train = table(labels=[None, *LABELS[1:]])
    validation = table(labels=["unheard of", *LABELS[1:]])
    model = fit(train, validation)
    assert model.predict(Texts.of("good"), Context()).classes == ("no", "yes")


@pytest.mark.parametrize(
    ("cells", "labels", "several"),
    [
        (["a|b", "a", "b", "b|a"] * 5, "auto", True),
        (["a;b", "a", "b", "b;a"] * 5, "auto", True),
        (["a|b", "a", "b", "b|a"] * 5, "one", False),
        (["C|O", "N", "C|O", "N"] * 5, "auto", True),
        (["plain", "other", "plain", "other"] * 5, "auto", False),
        (["plain", "other", "plain", "other"] * 5, "several", True),
    ],
)
def test_several_labels_are_found_out(cells, labels, several):
    model = fit(table(TEXTS, cells), table(TEXTS, cells), labels=labels)
    answer = model.predict(Texts.of(["good 1"]), Context())
    assert answer.multilabel is several
    assert set(answer.classes) == {part for cell in cells for part in (cell.replace(";", "|").split("|") if several else [cell])}


def test_a_label_that_every_row_has_is_answered_always():
    cells = ["all|yes", "all"] * 10
    model = fit(table(TEXTS, cells), table(TEXTS, cells), labels="several")
    answer = model.predict(Texts.of(["good", "bad", "else"]), Context())
    assert (answer.probabilities[:, answer.classes.index("all")] >= 0.5).all()


@pytest.fixture
def model_of_a_run(monkeypatch):
    from core import fitted

    asked = []
    monkeypatch.setattr(fitted, "evidence", lambda capability, reference="": Evidence("Accuracy", 0.9))

    @contextmanager
    def open_model(capability, reference="", timeout=60.0):
        asked.append((capability.id, reference))
        yield fit(table())

    monkeypatch.setattr(fitted, "open_model", open_model)
    return asked


def test_run_answers_texts_with_reasons_and_says_what_it_left_out(model_of_a_run):
    given = Texts.of(["good 3", "", "   ", "bad " * LONGEST_TEXT])
    report = classify.run(given, classify.Classify(model="abc"), Context())
    answer = report.sections[0].result
    assert model_of_a_run == [("text.classify", "abc")]
    assert (answer.best[0], answer.best[3]) == ("yes", "no")
    said = [str(notice) for notice in report.notices]
    assert said[0].startswith("Empty texts") and said[0].endswith("2.") and said[1].startswith("Texts longer") and len(said) == 2
    assert report.evidence.score == 0.9
    reasons = [section.result for section in report.sections if isinstance(section.result, Highlights)]
    start, end, weight = max(reasons[0].spans, key=lambda span: span[2])
    assert "good" in reasons[0].text[start:end] and weight > 0
    assert dump(load_result(dump(report))) == dump(report)


def test_a_table_comes_back_with_its_answers(model_of_a_run):
    report = classify.run(table(), classify.Classify(text="text"), Context())
    rows = report.sections[1].result.frame
    assert tuple(rows["answer"]) == report.sections[0].result.best == tuple(LABELS)
    assert list(rows["text"]) == TEXTS and (rows["probability"] > 0.5).all()


def test_run_names_the_columns_when_the_text_column_is_not_there(model_of_a_run):
    with pytest.raises(InputError, match="no column comment"):
        classify.run(table(), classify.Classify(text="comment"), Context())


def test_calibration_mends_scores_that_are_too_sure():
    draw = np.random.default_rng(0)
    targets = draw.integers(0, 3, 4000)
    honest = np.eye(3)[targets] * 2 + draw.normal(size=(4000, 3))
    labelling = Labelling(("a", "b", "c")).calibrated(honest * 25, targets)
    plain = Labelling(("a", "b", "c")).calibrated(honest, targets)
    assert labelling.scale * 25 == pytest.approx(plain.scale, rel=0.01)
    sure = labelling.probabilities(honest * 25).max(1)
    right = labelling.probabilities(honest * 25).argmax(1) == targets
    assert sure.mean() == pytest.approx(right.mean(), abs=0.02)


def test_weights_and_quality_by_hand():
    np.testing.assert_allclose(balanced_weights(np.array([0, 0, 0, 1]), 2), [4 / 6, 2])
    np.testing.assert_allclose(balanced_weights(np.array([[1, 0], [1, 0], [1, 1], [0, 1]], np.float32), 2), [1, 1])
    assert quality(np.array([[2, 1], [0, 1], [3, 0]]), np.array([0, 1, 1])) == pytest.approx(2 / 3)
    assert quality(np.array([[1.0, -1], [1, 1]]), np.array([[1, 0], [0, 1]], np.float32)) == pytest.approx(2 * 2 / 5)
