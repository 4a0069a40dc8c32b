"""The same promises kept by every method of text classification, on texts whose classes follow from planted words."""

import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.contracts import Cancelled, Context, Table, Texts
from models.text import classify
from models.text.classifiers import METHODS
from models.text.classifiers.base import load
from models.text.classifiers.steps import steps

NOISE = ["the", "of", "a", "table", "river", "lamp", "on", "in", "with", "green", "paper", "stone", "under", "chair", "window"]
PLANTED = {"farm": ["wheat", "harvest"], "money": ["bank", "interest"], "sport": ["match", "goal"]}
QUICK = {
    "tfidf": {}, "encoded": {},
    "textcnn": {"epochs": 8, "width": 32, "rate": 5e-3, "batch": 16, "dropout": 0.2},
    "bilstm": {"epochs": 8, "width": 32, "rate": 5e-3, "batch": 16, "dropout": 0.2},
    "transformer": {"tuning_epochs": 4, "tuning_rate": 1e-3, "tuning_batch": 16, "max_tokens": 32, "trained_layers": 1},
}  # fmt: skip
QUICK["blend"] = QUICK["transformer"]
NEURAL = ("textcnn", "bilstm", "transformer")


def planted(rows: int, seed: int = 0, several: bool = False, mark: str = "|") -> Table:
    draw, made = random.Random(seed), []
    for _ in range(rows):
        labels = draw.sample(sorted(PLANTED), draw.choice((1, 2)) if several else 1)
        words = draw.choices(NOISE, k=8) + [draw.choice(PLANTED[label]) for label in labels]
        draw.shuffle(words)
        made.append({"text": " ".join(words), "label": mark.join(labels)})
    return Table(pd.DataFrame(made), digest=f"{rows}-{seed}")


def params(method: str, **values: object) -> classify.TrainClassifier:
    return classify.TrainClassifier(text="text", target="label", method=method, **{**QUICK[method], **values})


def right(model, table: Table) -> float:
    best = model.predict(Texts.of(table.frame["text"]), Context()).best
    return float(np.mean([a == b for a, b in zip(best, table.frame["label"])]))


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory) -> Path:
    """A BERT of two layers whose random weights are real enough to tell words apart."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *NOISE, *(word for group in PLANTED.values() for word in group)]
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(0)
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    bert = BertModel(BertConfig(**size, vocab_size=len(words), max_position_embeddings=64, initializer_range=0.05))
    bert.embeddings.position_embeddings.weight.data.zero_()  # or random places would drown the words
    bert.save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def small_weights(monkeypatch, tiny_bert):
    """Small stand-ins for the pretrained parts: the tiny transformer, and for the encoder one random direction a word."""
    from core import weights
    from core.weights.manifest import Entry, WeightFile

    entry = Entry("tiny", "Tiny", "text", "MIT", "", (WeightFile("model.safetensors", 1, "a" * 64),))
    monkeypatch.setattr(weights, "locate", lambda name, context=None: tiny_bert)
    monkeypatch.setattr(weights, "entry", lambda name: entry)

    def encode(texts, name="e5-small", context=None):
        def direction(word: str) -> np.ndarray:
            return np.random.default_rng(list(word.encode())).normal(size=48)

        return np.array([sum((direction(w) for w in text.lower().split()), np.zeros(48)) for text in texts], np.float32)

    from core.learning import loop
    from models.text.classifiers import encoded

    monkeypatch.setattr(encoded, "encode", encode)
    monkeypatch.setattr(loop, "MOST_THREADS", 1)  # tiny networks gain nothing from more, and lose much on a busy machine


@pytest.fixture(scope="session")
def fitted(request):
    """One fitted model a method for the whole file: training is the slow part."""
    made: dict[str, object] = {}

    def fit(method: str):
        if method not in made:
            made[method] = classify.fit(planted(240, 1), planted(60, 2), params(method), Context())
        return made[method]

    return fit


@pytest.mark.parametrize("method", METHODS)
class TestEveryMethod:
    def test_learns_what_the_planted_words_mean(self, fitted, method):
        assert right(fitted(method), planted(150, 3)) >= 0.9

    def test_probabilities_are_calibrated_and_sum_to_one(self, fitted, method):
        table = planted(150, 3)
        labels = fitted(method).predict(Texts.of(table.frame["text"]), Context())
        assert labels.classes == ("farm", "money", "sport")
        assert labels.probabilities.dtype == np.float32
        np.testing.assert_allclose(labels.probabilities.sum(1), 1, atol=1e-5)
        truth = np.array([labels.classes.index(label) for label in table.frame["label"]])
        assert -np.log(labels.probabilities[np.arange(150), truth]).mean() < 0.5 * np.log(3)

    def test_saved_and_loaded_it_answers_the_same(self, fitted, method, tmp_path):
        texts = Texts.of(planted(40, 4).frame["text"])
        fitted(method).save(tmp_path / "model")
        loaded = load(tmp_path / "model")
        before, after = (model.predict(texts, Context()).probabilities for model in (fitted(method), loaded))
        np.testing.assert_allclose(after, before, atol=1e-6)
        assert {path.suffix for path in (tmp_path / "model").rglob("*.*")} <= {".json", ".npz", ".safetensors"}

    def test_the_order_and_company_of_texts_do_not_matter(self, fitted, method):
        items = (*planted(30, 5).frame["text"], "", "  ", "goal", "unseen words only", "wheat " * 400)
        whole = fitted(method).predict(Texts(items), Context()).probabilities
        alone = np.concatenate([fitted(method).predict(Texts((item,)), Context()).probabilities for item in items])
        np.testing.assert_allclose(alone, whole, atol=2e-2 if method in ("transformer", "blend") else 1e-5)  # bfloat16 there

    def test_no_texts_get_no_answers(self, fitted, method):
        assert fitted(method).predict(Texts(()), Context()).probabilities.shape == (0, 3)

    def test_the_explanation_points_at_the_planted_word(self, fitted, method):
        text = "the green table harvest under a lamp in the river"
        shown = fitted(method).explain(text)
        strongest = max(shown.spans, key=lambda span: span[2])
        assert text[strongest[0] : strongest[1]] == "harvest"
        assert abs(max(weight for _, _, weight in shown.spans) - 1) < 1e-6
        assert all(0 <= start < end <= len(text) for start, end, _ in shown.spans)

    def test_several_labels(self, method):
        given = params(method, labels="several")
        model = classify.fit(planted(300, 6, several=True), planted(80, 7, several=True), given, Context())
        table = planted(100, 8, several=True)
        labels = model.predict(Texts.of(table.frame["text"]), Context())
        assert labels.multilabel
        found = [set(best.split(" | ")) if best else set() for best in labels.best]
        truth = [set(cell.split("|")) for cell in table.frame["label"]]
        both = sum(len(a & b) for a, b in zip(found, truth))
        assert 2 * both / (sum(map(len, found)) + sum(map(len, truth))) >= 0.85

    def test_a_rare_class_is_found_more_often_with_class_weights(self, method):
        given = params(method, balanced=True)
        table = planted(240, 9).frame
        rare = pd.concat([table[table["label"] != "sport"], table[table["label"] == "sport"].head(8)])
        model = classify.fit(Table(rare), planted(60, 2), given, Context())
        assert right(model, Table(planted(200, 10).frame.query("label == 'sport'"))) >= 0.5

    def test_stopping_stops_it(self, method):
        class Stopping(Context):
            def check(self) -> None:
                raise Cancelled("stopped")

        with pytest.raises(Cancelled):
            classify.fit(planted(60, 1), planted(20, 2), params(method), Stopping())

    def test_facts_for_the_model_card_are_plain(self, fitted, method):
        facts = json.loads(json.dumps(fitted(method).describe()))
        assert facts["method"] == method
        assert facts["classes"] == ["farm", "money", "sport"]
        assert facts["parameters"] > 0

    def test_steps_show_words_units_and_vector(self, fitted, method):
        report = steps("The bank  raised interest", fitted(method))
        words, units, vector = (section.result for section in report.sections[1:])
        assert words.frame["word"].tolist() == ["The", "bank", "raised", "interest"]
        assert words.frame["stop word"].tolist() == [True, False, False, False]
        assert any("bank" in unit.lower() for unit in units.frame["unit"])
        assert len(vector.values) > 0

    def test_the_same_seed_gives_the_same_model(self, fitted, method):
        again = classify.fit(planted(240, 1), planted(60, 2), params(method), Context())
        texts = Texts.of(planted(20, 4).frame["text"])
        np.testing.assert_allclose(
            again.predict(texts, Context()).probabilities, fitted(method).predict(texts, Context()).probabilities, atol=1e-6
        )


class Interrupted(Context):
    """Stops at the n-th check, as a killed process does from the checkpoint's point of view."""

    def __init__(self, folder: Path, after: int) -> None:
        self.folder, self.left, self.points = folder, after, []

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled("stopped")

    def metric(self, step: float, **values: float) -> None:
        self.points.append((step, values))


@pytest.mark.parametrize("method", NEURAL)
@pytest.mark.parametrize("within_epoch", [False, True])
def test_resumed_training_ends_where_the_uninterrupted_one_does(fitted, method, within_epoch, tmp_path, monkeypatch):
    from core.learning import loop

    if within_epoch:
        monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    first = Interrupted(tmp_path, after=60)
    with pytest.raises(Cancelled):
        classify.fit(planted(240, 1), planted(60, 2), params(method), first)
    assert first.points, "it should have been stopped after the first epoch"
    second = Interrupted(tmp_path, after=10**9)
    resumed = classify.fit(planted(240, 1), planted(60, 2), params(method), second)
    assert second.points[0][0] == first.points[-1][0] + 1, "finished epochs are not trained again"
    texts = Texts.of(planted(40, 4).frame["text"])
    np.testing.assert_allclose(
        resumed.predict(texts, Context()).probabilities, fitted(method).predict(texts, Context()).probabilities, atol=1e-4
    )


@pytest.mark.parametrize("method", NEURAL)
def test_the_live_curve_and_early_stopping(method, tmp_path):
    context = Interrupted(tmp_path, after=10**9)
    many = {"tuning_epochs": 40} if method == "transformer" else {"epochs": 40}
    classify.fit(planted(240, 1), planted(60, 2), params(method, patience=1, **many), context)
    assert set(context.points[0][1]) == {"train_loss", "validation_loss", "validation_accuracy"}
    assert len(context.points) < 40


def test_a_transformer_keeps_only_what_it_trained(fitted, tmp_path):
    from safetensors.numpy import load_file

    fitted("transformer").save(tmp_path / "model")
    tensors = load_file(tmp_path / "model" / "upper.safetensors")
    assert {name.split(".")[1] for name in tensors if name.startswith("layers")} == {"0"}, "one layer of two was trained"
    assert not any("embeddings" in name for name in tensors)
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}


def test_a_transformer_refuses_other_weights_than_its_own(fitted, tmp_path, monkeypatch):
    from core.contracts import UnavailableError
    from models.text.classifiers import transformer

    fitted("transformer").save(tmp_path / "model")
    monkeypatch.setattr(transformer, "checksum", lambda name: "b" * 64)
    with pytest.raises(UnavailableError, match="other weights"):
        load(tmp_path / "model")


@pytest.mark.parametrize("family", ["bert", "distilbert", "xlm-roberta"])
def test_lower_and_upper_layers_make_the_whole_model(family, tiny_bert, tmp_path, monkeypatch):
    import torch
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    from core import weights
    from models.text.classifiers.states import Reader

    small = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
    if family == "distilbert":
        small = {"dim": 32, "n_layers": 3, "n_heads": 2, "hidden_dim": 64}
    torch.manual_seed(0)
    whole = AutoModel.from_config(AutoConfig.for_model(family, vocab_size=40, pad_token_id=0, **small)).eval()
    whole.save_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tiny_bert)
    tokenizer.save_pretrained(tmp_path)
    monkeypatch.setattr(weights, "locate", lambda name, context=None: tmp_path)
    reader, upper = Reader.open("tiny", 2, 16, "cpu", None)
    assert (len(reader.layers), len(upper)) == (1, 2)
    items = ("wheat in the river", "goal")
    states, mask = reader.states(reader.numbers(items))
    with torch.inference_mode():
        for layer in upper:
            states = layer(states, mask[:, None, None, :])
        read = tokenizer(list(items), padding=True, return_tensors="pt")
        expected = whole(input_ids=read["input_ids"], attention_mask=read["attention_mask"]).last_hidden_state
    torch.testing.assert_close(states[mask], expected[mask], atol=1e-5, rtol=1e-4)
