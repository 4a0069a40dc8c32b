"""Learns what users may like next from what they and others chose: nine methods side by side, measured on what came next.

Popularity, item neighbours, EASE, PureSVD, ALS, BPR, neural collaborative filtering, DeepFM, and a list fused of them; settings,
the weights of the fused list and the method that answers are chosen on interactions that no score is reported of.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Learner,
    Model,
    Params,
    Reference,
    Report,
    Table,
    TrainingParams,
    column,
    columns,
    parameter,
)  # fmt: skip
from core.language import N_
from models.recommend import methods

CHOICES = {"all": N_("All of them, compared"), **methods.TITLES}


class Recommend(Params):
    """Whom to recommend to."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200,
        help=N_("Run or name of a trained model. Empty: EASE is learnt at once from the table that is given."),
    )  # fmt: skip
    user: str = column("user", title=N_("User column"), help=N_("Who gets a list: one for each different value."))
    item: str = column(
        "item", optional=True, advanced=True, title=N_("Item column"), help=N_("Read only where no trained model is chosen.")
    )
    count: int = parameter(10, ge=1, le=100, title=N_("Length of the list"), unit=N_("items"), help=N_("Items for each user."))


class TrainRecommender(TrainingParams):
    """How to learn."""

    task: ClassVar[str] = "recommendation"
    group: ClassVar[str] = ""  # type: ignore[misc]  # users are the groups

    user: str = column("user", title=N_("User column"), help=N_("Who rated, bought, read or listened."))
    item: str = column("item", title=N_("Item column"), help=N_("What is recommended: a film, a product, an article."))
    target: str = column(
        "rating", optional=True, title=N_("Rating column"),
        help=N_("How well it was liked. None: every row counts, and pairs that come again count more."),
    )  # fmt: skip
    time: str = column(
        "date", optional=True, title=N_("Time column"),
        help=N_("When it was chosen. None: what is measured with is drawn instead of the latest."),
    )  # fmt: skip
    title: str = column("title", optional=True, title=N_("Title column"), help=N_("What an item is called."))
    item_columns: tuple[str, ...] = columns(
        "any", title=N_("Facts of items"), advanced=True,
        help=N_("Columns that DeepFM learns from, such as genres. None: columns that are the same for all rows of an item."),
    )  # fmt: skip
    user_columns: tuple[str, ...] = columns(
        "any", title=N_("Facts of users"), advanced=True,
        help=N_("Likewise of users, such as age. None: columns that are the same for all rows of a user."),
    )  # fmt: skip
    method: Literal["all", "popularity", "item_knn", "ease", "pure_svd", "als", "bpr", "ncf", "deepfm", "fused"] = parameter(
        "all", title=N_("Method"), choices=CHOICES,
        help=N_("All are compared, and the best on validation interactions answers; or one of them alone."),
    )  # fmt: skip
    trials: int = parameter(
        20, ge=0, le=200, title=N_("Trials of the search"), unit=N_("trials"),
        help=N_("Settings that Optuna tries for each method on validation interactions; neural ones get a twentieth of them."),
    )  # fmt: skip
    split: Literal["auto", "each_user", "leave_one_out", "time"] = parameter(  # type: ignore[assignment]
        "auto", title=N_("Split"), help=N_("Which interactions are kept aside to measure with."),
        choices={"auto": N_("Choose for me"), "each_user": N_("The latest of each user"),
                 "leave_one_out": N_("The last of each user"), "time": N_("All after a date")},
    )  # fmt: skip
    least_rating: float = parameter(
        0.0, ge=-1e6, le=1e6, title=N_("Least rating"), advanced=True,
        help=N_("Ratings below it do not count as liked and are left out; 0 counts every rating as a choice."),
    )  # fmt: skip


def fit(train: Table, validation: Table, params: TrainRecommender, context: Context) -> Model:
    """Every method that is asked for, settled on the validation interactions and then learnt from both tables."""
    from models.recommend.fitting import fit as fit_methods

    return fit_methods(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted recommender wrote."""
    from models.recommend.recommender import load as load_recommender

    return load_recommender(folder)


def run(given: Table, params: Recommend, context: Context) -> Report:
    """Lists for the users of a table, by a trained model, or by EASE learnt from that table at once.

    Raises:
        InputError: a column is not there or says nothing.
        NotFoundError: there is no such model.
    """
    from models.recommend.answering import report

    return report(given, params, CAPABILITY, context)


def _against_drawn(context: Context) -> object:
    from models.recommend.trial import against_drawn

    return against_drawn(context)


MOVIES: dict[str, object] = {"target": "rating", "time": "timestamp", "title": "title"}
LATEST = Reference(
    0.141, "EASE (Steck 2019) with λ = 400, no search",
    "MovieLens-small, the last 20 % of each user by time, all ratings positive, full ranking, NDCG@10",
)  # fmt: skip
LAST = Reference(
    0.044, "PureSVD (Cremonesi et al. 2010), 64 factors", "MovieLens-small, leave-one-out by time, full ranking, NDCG@10"
)
HE = Reference(0.730, "He et al. 2017, NeuMF with 64 factors", "MovieLens 1M, leave-one-out, 99 drawn negatives: HR@10")

CAPABILITY = Capability(
    id="recommend.train",
    title=N_("Recommend from choices"),
    summary=N_("Learns from what users chose, compares nine methods on what they chose next, and makes a list for each of them."),
    takes=(Table,),
    returns=Report,
    params=Recommend,
    run=run,
    samples=("movielens_small",),
    metric="ndcg",
    bars=(
        Bar("movielens_small", N_("NDCG@10, the latest fifth of each user"), 0.145,
            {**MOVIES, "method": "all", "split": "each_user"}, LATEST),
        Bar("movielens_small", N_("NDCG@10, leave-one-out"), 0.045, {**MOVIES, "method": "all", "split": "leave_one_out"}, LAST),
        Bar("movielens_small", N_("HR@10 of NCF among 99 drawn items, where chance has .10"), 0.10, reference=HE,
            measure=_against_drawn),  # type: ignore[arg-type]
    ),
    learner=Learner(TrainRecommender, fit, load),
)  # fmt: skip
