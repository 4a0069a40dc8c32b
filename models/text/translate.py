"""Translates documents with their paragraphs and headings, by one engine or several side by side, and trains engines of its own.

Two sequence-to-sequence networks are trained here from pairs of texts: a recurrent one with attention and a small Transformer.
Beside them answer a translation memory, Gemma with a few examples, and OPUS-MT and NLLB from a model hub.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import ClassVar, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Documents,
    InputError,
    Learner,
    Message,
    Model,
    Params,
    Report,
    Table,
    TrainingParams,
    column,
    parameter,
)
from core.language import N_

Language = Literal["auto", "zh", "en", "de", "fr", "es", "it", "ja", "ko", "ru"]
_LANGUAGES = {
    "auto": N_("Recognise it"), "zh": N_("Chinese"), "en": N_("English"), "de": N_("German"), "fr": N_("French"),
    "es": N_("Spanish"), "it": N_("Italian"), "ja": N_("Japanese"), "ko": N_("Korean"), "ru": N_("Russian"),
}  # fmt: skip
SAMPLES = ("parallel_gnome", "parallel_django")  # of pairs; the shipped models are measured on the test rows of the first
_TRANSFORMER: dict[str, tuple[object, ...]] = {"kind": ("transformer",)}


class TranslateParams(Params):
    """What to translate with."""

    target: Language = parameter(
        "auto", title=N_("Into"), choices={**_LANGUAGES, "auto": N_("English, or Chinese from English")},
        help=N_("The language of the translation."),
    )  # fmt: skip
    source: Language = parameter("auto", title=N_("From"), help=N_("The language of the text."), choices=_LANGUAGES)
    # An engine that is one file of weights has its name in `core/weights.toml`: the page asks for consent where one is needed.
    engine: Literal["auto", "own", "memory", "gemma-3-270m", "opus-mt", "facebook/nllb-200-distilled-600M"] = parameter(
        "auto", title=N_("Engine"), help=N_("What translates. Engines that are not on this machine say how to get them."),
        choices={"auto": N_("The best one on this machine"), "own": N_("Trained here (seq2seq)"),
                 "memory": N_("Translation memory"), "gemma-3-270m": N_("Gemma 3 270M, few-shot"),
                 "opus-mt": N_("OPUS-MT, from the hub"), "facebook/nllb-200-distilled-600M": N_("NLLB-200, from the hub")},
    )  # fmt: skip
    model: str = parameter(
        "", title=N_("My model"), when={"engine": ("auto", "own")}, max_length=200,
        help=N_("The run or the registered name of a model trained here; empty: the one that comes with Panorama."),
    )  # fmt: skip
    compare: bool = parameter(
        False, title=N_("Side by side"), help=N_("Every engine that is on this machine translates the same text."),
    )  # fmt: skip
    beam: int = parameter(
        0, ge=0, le=16, title=N_("Beam"), advanced=True,
        help=N_("So many beginnings of a sentence are followed at once; 1 is the fastest, 0 the engine's own choice."),
    )  # fmt: skip
    most_sentences: int = parameter(
        200, ge=1, le=20_000, title=N_("At most"), unit=N_("sentences"), advanced=True,
        help=N_("The rest of a longer document is left out, with a notice."),
    )  # fmt: skip


class TrainTranslator(TrainingParams):
    """How to learn."""

    task: ClassVar[str] = "translation"

    source: str = column("source", title=N_("Source column"), help=N_("The column with the texts to translate."))
    target: str = column("translation", title=N_("Translation column"), help=N_("The column with their translations."))
    language_column: str = column(
        "any", optional=True, advanced=True, title=N_("Language column"),
        help=N_("Where a table has several languages: the column that names them."),
    )  # fmt: skip
    language: str = parameter(
        "", max_length=40, title=N_("Language"),
        help=N_("Only pairs of this language are used, e.g. de; empty: the Chinese ones, else the commonest."),
    )  # fmt: skip
    direction: Literal["forward", "backward"] = parameter(
        "forward", title=N_("Direction"), help=N_("Backward learns to translate the translations back."),
        choices={"forward": N_("Source to translation"), "backward": N_("Translation to source")},
    )  # fmt: skip
    kind: Literal["gru", "transformer"] = parameter(
        "gru", title=N_("Network"), help=N_("With a thousand pairs the recurrent network learns more in the same time."),
        choices={"gru": N_("GRU with attention"), "transformer": N_("Transformer")},
    )  # fmt: skip
    epochs: int = parameter(25, ge=1, le=500, title=N_("Epochs"), help=N_("Passes over the training rows at most."))
    vocabulary: int = parameter(
        2_000, ge=60, le=32_000, advanced=True, title=N_("Vocabulary"), unit=N_("pieces"),
        help=N_("Pieces of words of both languages together, learnt from the training pairs (SentencePiece)."),
    )  # fmt: skip
    width: int = parameter(
        192, ge=16, le=1024, multiple_of=8, advanced=True, title=N_("Width"), help=N_("Size of a piece's vector."),
    )  # fmt: skip
    layers: int = parameter(
        2, ge=1, le=8, advanced=True, when=_TRANSFORMER, title=N_("Layers"),
        help=N_("Of the reading and of the writing half each."),
    )  # fmt: skip
    dropout: float = parameter(
        0.25, ge=0, le=0.9, advanced=True, title=N_("Dropout"),
        help=N_("Share of the network switched off at random while it learns, so that it does not learn by heart."),
    )  # fmt: skip
    smoothing: float = parameter(
        0.1, ge=0, le=0.5, advanced=True, title=N_("Label smoothing"),
        help=N_("How much each next piece is doubted while learning."),
    )  # fmt: skip
    lexicon: bool = parameter(
        True, advanced=True, title=N_("Start from a dictionary"),
        help=N_("A table of which piece translates which, learnt from the same pairs, guides attention and answers."),
    )  # fmt: skip
    resample: bool = parameter(
        True, advanced=True, title=N_("Cut words anew"),
        help=N_("Every epoch words are cut into pieces in another way, which makes up for few pairs."),
    )  # fmt: skip
    batch: int = parameter(32, ge=1, le=512, advanced=True, title=N_("Batch"), unit=N_("pairs"), help=N_("Pairs a step."))
    rate: float = parameter(2e-3, ge=1e-6, le=0.1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."))
    warmup: float = parameter(
        0.05, ge=0, le=0.5, advanced=True, title=N_("Warm-up"),
        help=N_("Share of the steps over which the learning rate rises; after that it falls to 0."),
    )  # fmt: skip
    patience: int = parameter(
        8, ge=0, le=100, advanced=True, title=N_("Patience"), unit=N_("epochs"),
        help=N_("Stops after so many epochs without a better result on the validation rows; the best one is kept."),
    )  # fmt: skip
    beam: int = parameter(
        8, ge=1, le=16, advanced=True, title=N_("Beam"),
        help=N_("So many beginnings of a sentence are followed at once; 1 is the fastest."),
    )  # fmt: skip
    penalty: float = parameter(
        1.2, ge=0, le=3, advanced=True, title=N_("Length penalty"), help=N_("Higher values favour longer translations."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainTranslator, context: Context) -> Model:
    """Trains a network on the pairs of `train`; those of `validation` say when to stop.

    Raises `InputError` where there are too few pairs.
    """
    from models.text.translation.model import fit as fit_translator

    return fit_translator(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted translator wrote."""
    from models.text.translation.model import load as load_translator

    return load_translator(folder)


def baselines(train: Table, validation: Table, asked: Table, params: TrainTranslator, context: Context) -> dict[str, list[str]]:
    """The sources of `asked`, translated word by word with a dictionary learnt from the other two tables."""
    from models.text.translation.model import baselines as simple

    return simple(train, validation, asked, params, context)


def sample_pairs() -> Table:
    """What the shipped models learn from: the rows of the first sample of pairs and the training rows of the second."""
    import pandas as pd

    from core import samples

    first, second = (samples.load(name) for name in SAMPLES)
    more = second.frame[second.frame["split"] == "train"]
    return Table(pd.concat([first.frame, more], ignore_index=True), SAMPLES[0], f"{first.digest}+{second.digest}")


def run(given: Documents, params: TranslateParams, context: Context) -> Report:
    """Translates documents block by block, sentence by sentence.

    Raises:
        InputError: there are no words, or source and target are one language by choice.
        UnavailableError: the engine is not on this machine and cannot be had; the sentence says what to do.
    """
    from models.text.translation import answers, documents, engines
    from models.text.translation.languages import name_of

    started = perf_counter()
    source, target, notices = _languages(given, params)
    if source == target:
        return answers.nothing_to_do(given, target, perf_counter() - started)
    plan = documents.plan(given, target, params.most_sentences)
    if not plan.asked:
        return answers.nothing_to_do(given, target, perf_counter() - started)
    if plan.left_out:
        sentence = N_("Only the first {count} sentences were translated. Raise the limit to translate more.")
        notices.append(Message(sentence, {"count": len(plan.asked)}))
    if plan.foreign:
        sentence = N_("{count} sentences are in {language} already and stand as they are.")
        notices.append(Message(sentence, {"count": plan.foreign, "language": name_of(target)}))
    job = engines.Job(plan.asked, source, target, params.beam, params.model if params.engine in ("auto", "own") else "")
    found, more = answers.gather(job, params.engine, params.compare, context)
    return answers.report(given, plan, job, found, [*given.notices, *notices, *more], perf_counter() - started)


def _languages(given: Documents, params: TranslateParams) -> tuple[str, str, list[Message]]:
    """Source, target, and what had to be assumed."""
    from models.text.translation.languages import READ, detect
    from models.text.words import has_words

    text = "\n".join(document.text[:READ] for document in given.items[:50])
    if not has_words(text) and not any(has_words(document.text) for document in given.items):
        raise InputError(N_("There are no words to translate: give a text with at least one sentence."))
    if params.source != "auto" and params.source == params.target:
        raise InputError(N_("Choose two different languages to translate between."))
    found = detect(text) if params.source == "auto" else params.source
    notices = []
    if found == "other":
        found = "en" if params.target != "en" else "zh"
        notices.append(Message(N_("The language of the text was not recognised: choose it by hand for a better translation.")))
    target = params.target if params.target != "auto" else "zh" if found == "en" else "en"
    return found, target, notices


CAPABILITY = Capability(
    id="text.translate",
    title=N_("Translation"),
    summary=N_("Translates documents with their paragraphs, several engines side by side, and trains a translator on your own "
               "pairs."),
    takes=(Documents,),
    returns=Report,
    params=TranslateParams,
    run=run,
    samples=("cable_en", "railway_zh", "handbook_en", "handbook_zh", "parallel_gnome", "parallel_django"),
    weights=("translation-en-zh", "translation-zh-en", "gemma-3-270m", "Helsinki-NLP/opus-mt-en-zh", "Helsinki-NLP/opus-mt-zh-en",
             "Helsinki-NLP/opus-mt-en-de", "Helsinki-NLP/opus-mt-de-en", "Helsinki-NLP/opus-mt-en-fr",
             "Helsinki-NLP/opus-mt-fr-en", "facebook/nllb-200-distilled-600M", "e5-small"),
    metric="chrf",
    # Several times the source as it is: no more is promised of a demonstration. The dictionary is the harder line; it stands
    # beside the score as the baseline, and the card says so where it is not beaten.
    bars=(
        Bar("parallel_gnome", N_("chrF, English to Chinese"), 0.15, shipped="translation-en-zh", table=sample_pairs),
        Bar("parallel_gnome", N_("chrF, Chinese to English"), 0.15, shipped="translation-zh-en", table=sample_pairs),
    ),
    learner=Learner(TrainTranslator, fit, load, baselines, samples=SAMPLES),
    ready=True,
    example=("Select the files you want to copy, then press Enter.", "打开终端窗口，然后重新启动计算机。"),
)  # fmt: skip
