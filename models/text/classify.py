"""Sorts texts into classes of your own: train on a table of labelled texts, in English or Chinese, one label or several.

Five methods, from seconds to minutes of training: TF-IDF with a linear machine, a frozen sentence encoder with logistic
regression, TextCNN, BiLSTM with attention, and a transformer whose upper layers are fine-tuned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Learner,
    Message,
    Model,
    Params,
    Reference,
    Report,
    Table,
    Texts,
    TrainingParams,
    column,
    parameter,
)
from core.language import N_

NEURAL = ("textcnn", "bilstm")
LINEAR = ("tfidf", "encoded", "blend")
TUNED = ("transformer", "blend")
EVIDENCE = Reference(
    0.9707,
    "Yao, Mao & Luo 2019, Graph Convolutional Networks for Text Classification (Text GCN)",
    "R8, 5,485 training and 2,189 test documents (ours: without 79 repeated ones); their TF-IDF with logistic regression: .9374",
)
NEWSGROUPS = Reference(
    0.8634,
    "Yao, Mao & Luo 2019, Graph Convolutional Networks for Text Classification (Text GCN)",
    "20 newsgroups by date, 11,314 training and 7,532 test posts; their TF-IDF with logistic regression: .8319",
)


class Classify(Params):
    """What to answer with."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200,
        help=N_("A run, a registered name or shipped:<name>; empty takes the newest model that was trained here."),
    )  # fmt: skip
    text: str = column("text", title=N_("Text column"), help=N_("The column with the texts to sort."))


class TrainClassifier(TrainingParams):
    """How to learn."""

    text: str = column("text", title=N_("Text column"), help=N_("The column with the texts to learn from."))
    method: Literal["tfidf", "encoded", "textcnn", "bilstm", "transformer", "blend"] = parameter(
        "tfidf", title=N_("Method"), help=N_("From seconds (the first) to minutes or hours (the last two) of training."),
        choices={"tfidf": N_("TF-IDF and a linear machine"), "encoded": N_("Frozen encoder and logistic regression"),
                 "textcnn": N_("TextCNN"), "bilstm": N_("BiLSTM with attention"), "transformer": N_("Fine-tuned transformer"),
                 "blend": N_("Fine-tuned transformer and TF-IDF together")},
    )  # fmt: skip
    labels: Literal["auto", "one", "several"] = parameter(
        "auto", advanced=True, title=N_("Labels of a text"), help=N_("Several when cells such as sport|money hold several."),
        choices={"auto": N_("Find out"), "one": N_("One"), "several": N_("Several")},
    )  # fmt: skip
    separator: Literal["auto", "|", ";"] = parameter(
        "auto", advanced=True, title=N_("Separator"), help=N_("The mark between several labels of a cell."),
        choices={"auto": N_("Find out"), "|": "|", ";": ";"},
    )  # fmt: skip
    threshold: float = parameter(
        0.5, ge=0.05, le=0.95, advanced=True, title=N_("Threshold"),
        help=N_("With several labels: the probability from which one counts."),
    )  # fmt: skip
    balanced: bool = parameter(
        False, title=N_("Class weights"),
        help=N_("Rare classes get as much say as common ones: more of them are found, at some accuracy."),
    )  # fmt: skip
    strength: float = parameter(
        0.0, ge=0, le=1000, advanced=True, when={"method": LINEAR}, title=N_("C"),
        help=N_("Inverse strength of the penalty on large weights; 0 tries several on the validation rows."),
    )  # fmt: skip
    encoder: Literal["e5-small", "minilm-l6", "intfloat/multilingual-e5-small", "BAAI/bge-m3"] = parameter(
        "e5-small", when={"method": ("encoded",)}, title=N_("Encoder"), help=N_("The sentence encoder that reads the texts."),
    )  # fmt: skip
    weights: Literal[
        "e5-small", "minilm-l6", "intfloat/multilingual-e5-small", "distilbert-base-uncased",
        "hfl/chinese-roberta-wwm-ext", "BAAI/bge-m3",
    ] = parameter(
        "e5-small", when={"method": TUNED}, title=N_("Pretrained model"), help=N_("The transformer to start from."),
    )  # fmt: skip
    trained_layers: int = parameter(
        4, ge=1, le=48, when={"method": TUNED}, advanced=True, title=N_("Layers trained"),
        help=N_("The uppermost layers are trained; those below and the embeddings stay frozen."),
    )  # fmt: skip
    max_tokens: int = parameter(
        128, ge=16, le=512, unit=N_("tokens"), when={"method": NEURAL + TUNED}, advanced=True, title=N_("Longest text"),
        help=N_("Tokens of a text that are read. Longer is slower."),
    )  # fmt: skip
    epochs: int = parameter(
        20, ge=1, le=200, when={"method": NEURAL}, title=N_("Epochs"), help=N_("Passes over the training rows at most."),
    )  # fmt: skip
    tuning_epochs: int = parameter(
        3, ge=1, le=50, when={"method": TUNED}, title=N_("Epochs"), help=N_("Passes over the training rows at most."),
    )  # fmt: skip
    patience: int = parameter(
        3, ge=0, le=50, when={"method": NEURAL + TUNED}, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the validation rows; the best one is kept."),
    )  # fmt: skip
    rate: float = parameter(
        1e-3, ge=1e-6, le=1, when={"method": NEURAL}, advanced=True, title=N_("Learning rate"),
        help=N_("How far each step goes."),
    )  # fmt: skip
    tuning_rate: float = parameter(
        1e-4, ge=1e-7, le=1e-2, when={"method": TUNED}, advanced=True, title=N_("Learning rate"),
        help=N_("Of the top layer; each layer below learns a tenth more slowly, the head ten times as fast."),
    )  # fmt: skip
    batch: int = parameter(
        64, ge=1, le=1024, when={"method": NEURAL}, advanced=True, title=N_("Batch"), unit=N_("texts"), help=N_("Texts a step."),
    )  # fmt: skip
    tuning_batch: int = parameter(
        32, ge=1, le=512, when={"method": TUNED}, advanced=True, title=N_("Batch"), unit=N_("texts"), help=N_("Texts a step."),
    )  # fmt: skip
    dropout: float = parameter(
        0.5, ge=0, le=0.9, when={"method": NEURAL}, advanced=True, title=N_("Dropout"),
        help=N_("Share of the network switched off at random while it learns, so that it does not learn by heart."),
    )  # fmt: skip
    tuning_dropout: float = parameter(
        0.1, ge=0, le=0.9, when={"method": TUNED}, advanced=True, title=N_("Dropout"),
        help=N_("Share of the network switched off at random while it learns, so that it does not learn by heart."),
    )  # fmt: skip
    width: int = parameter(
        128, ge=8, le=1024, when={"method": NEURAL}, advanced=True, title=N_("Width"), help=N_("Size of a word's vector."),
    )  # fmt: skip
    warmup: float = parameter(
        0.1, ge=0, le=0.5, when={"method": TUNED}, advanced=True, title=N_("Warm-up"),
        help=N_("Share of the steps over which the learning rate rises; after that it falls to 0."),
    )  # fmt: skip
    smoothing: float = parameter(
        0.1, ge=0, le=0.5, when={"method": TUNED}, advanced=True, title=N_("Label smoothing"),
        help=N_("How much the labels are doubted while learning; helps where some are wrong."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainClassifier, context: Context) -> Model:
    """Trains `params.method` on the training rows, with the validation rows to choose, stop and calibrate by.

    Raises `InputError` for a table that there is nothing to learn from: no text, no target, one class, a class with one row.
    """
    from core.learning.labelling import Labelling
    from core.learning.targets import read_rows
    from models.text.classifiers import method

    learnt, kept, classes, several = read_rows(train, validation, params, context)
    labelling = Labelling(classes, several, params.threshold)
    return method(params.method).fit(learnt, kept, labelling, params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted classifier wrote."""
    from models.text.classifiers.base import load as load_classifier

    return load_classifier(folder)


def run(inputs: Texts | Table, params: Classify, context: Context) -> Report:
    """Sorts texts, or the text column of a table, with the model that `params.model` names.

    The first section holds the answers (`Labels`). A table comes back with its answers; a few texts come with the words that
    drove each answer and with the preparation of the first.
    """
    from core.fitted import evidence, open_model
    from models.text.classifiers.report import report

    texts = texts_from(inputs, params.text)
    with open_model(CAPABILITY, params.model) as model:
        return report(inputs, texts, model, evidence(CAPABILITY, params.model), context)


def texts_from(inputs: Texts | Table, text_column: str = "") -> Texts:
    """The texts to read, long ones cut; notices say how many are empty and how many were cut."""
    from core.learning.targets import LONGEST_TEXT

    if isinstance(inputs, Table):
        from core.intake import texts_of
        from core.intake.roles import guess

        inputs = texts_of(inputs, text_column or guess(inputs.frame, "text"))
    items = tuple(item[:LONGEST_TEXT] for item in inputs.items)
    notices = list(inputs.notices)
    empty, long = sum(not item.strip() for item in items), sum(len(item) > LONGEST_TEXT for item in inputs.items)
    if empty:
        notices.append(
            Message(N_("Empty texts, whose answer is only the model's leaning without any words: {count}."), {"count": empty})
        )
    if long:
        values: dict[str, object] = {"count": long, "limit": LONGEST_TEXT}
        notices.append(Message(N_("Texts longer than {limit} characters, of which the rest was not read: {count}."), values))
    return Texts(items, inputs.name, tuple(notices))


CAPABILITY = Capability(
    id="text.classify",
    title=N_("Sort texts into classes"),
    summary=N_("Train on your own labelled texts, see what the model learnt and where it errs, and sort new texts with it."),
    takes=(Texts, Table),
    returns=Report,
    params=Classify,
    run=run,
    samples=("reuters_r8", "news20_en", "reviews_zh", "reviews_en"),
    weights=("e5-small", "minilm-l6", "distilbert-base-uncased", "hfl/chinese-roberta-wwm-ext", "BAAI/bge-m3"),
    metric="accuracy",
    bars=(
        Bar("reuters_r8", N_("accuracy"), 0.970, {"method": "tfidf", "split": "given"}, EVIDENCE),
        Bar("news20_en", N_("accuracy"), 0.80, {"method": "tfidf", "split": "given"}, NEWSGROUPS),
        Bar("reviews_zh", N_("accuracy"), 0.87, shipped="sentiment-zh"),
        Bar("reviews_en", N_("accuracy"), 0.86, shipped="sentiment-en"),
    ),
    learner=Learner(TrainClassifier, fit, load),
    example=("Wheat exports rose by a tenth after the harvest.", "The bank raised its prime lending rate to 8 pct from 7-3/4."),
)
