"""The protocol of He et al. (2017) on MovieLens-small: the last item of each user among 99 drawn ones, for NCF and popularity."""

from __future__ import annotations

from core import samples
from core.contracts import Context, Evidence
from core.language import N_

FLATTERS = N_("Scores among drawn items flatter and may turn the order of methods (Krichene & Rendle 2020).")


def against_drawn(context: Context) -> Evidence:
    """HR@10 of NCF with its interval, beside popularity in the same draws."""
    from core.learning.interactions import columns_of, read
    from core.lifecycle.evaluate_recommendation import measure
    from core.lifecycle.split_recommendation import LEAVE_ONE_OUT, split
    from core.lifecycle.train_recommendation import parts_of
    from models.recommend.fitting import fit
    from models.recommend.train import MOVIES, TrainRecommender

    table = samples.load("movielens_small")
    params = TrainRecommender(**MOVIES, method="ncf", split=LEAVE_ONE_OUT, trials=0)  # type: ignore[arg-type]
    data = read(table, columns_of(params))
    cut = split(data, LEAVE_ONE_OUT, params.test_share, params.seed)
    learnt, validation, test = parts_of(table, data, cut)
    model = fit(learnt, validation, params, context)
    found = measure(model, test, params.seed, context).sampled
    context.log(f"NDCG@10 of NCF among 99 drawn items: {found['ncf']['ndcg']}; of popularity: {found['popularity']['ndcg']}")
    score, interval = found["ncf"]["hit_rate"]
    return Evidence(
        metric="HR@10", score=score, interval=interval, baseline=found["popularity"]["hit_rate"][0],
        baseline_name=N_("the same popular items for everybody"), data=table.name, rows=len(test.users),
        answered_by="Neural collaborative filtering", caveats=(FLATTERS,),
    )  # fmt: skip
