"""Samples to recommend from."""

from __future__ import annotations

from core.language import N_
from core.samples.kinds import Sample, Shipped, Simulated

RECOMMEND = (
    Sample(
        name="movielens_small", title=N_("100,000 ratings of films (MovieLens)"), field="recommend", language="en", rows=100_004,
        columns=("user_id", "item_id", "rating", "timestamp", "title", "year", "genres"), target="rating", text_column="",
        licence="LicenseRef-GroupLens", notice="movielens.txt", source="dslabs 0.7.4, movielens (ml-latest-small, 2016)",
        origin=Shipped("movielens_small.csv.gz", "335d80d967225c8c97be597434a0bae67d1563a6956ea28410a0cf93b26da9ec", gaps=True),
        caveats=(
            N_("GroupLens' terms: no commercial use without leave. Cite Harper and Konstan 2015."),
            N_("Everybody in it rated at least 20 films, mostly in one sitting: visitors of a shop do not."),
        ),
    ),
    Sample(
        name="articles_read", title=N_("Debian's questions and answers with simulated readers"), field="recommend", language="en",
        rows=1071, columns=("reader_simulated", "article", "title", "text", "time_simulated"), target="", text_column="",
        licence="LicenseRef-Debian-FAQ", notice="debian-faq.txt", source="debian_faq, all sections", simulated=True,
        origin=Simulated(("debian_faq",), "core.samples.simulated_readers:readers"),
        caveats=(
            N_("The articles are real. Who read them and when is made up by a random generator: nobody was watched."),
            N_("Planted: each reader likes one chapter, and half of them read in another one in the last week."),
            N_("Fifteen articles have no reader: they are new, and only their text speaks for them."),
        ),
    ),
)  # fmt: skip
