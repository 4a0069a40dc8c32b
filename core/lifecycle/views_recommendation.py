"""What a training of recommenders shows: charts of all methods first, then groups of users, lists beyond accuracy, an example."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.contracts import Message, Metric, Metrics, Ranking, Records, Section, Series
from core.language import N_
from core.lifecycle.evaluate import SCORES
from core.lifecycle.evaluate_recommendation import BASELINE, DRAWN, GROUPS, LENGTH, LENGTHS, Measured

SHOWN = ("ndcg", "hit_rate", "recall", "map", "mrr")
BEYOND = ("coverage", "diversity", "novelty", "popularity_bias")
EARLIER = 5  # items of the example's past


def sections(model: Any, measured: Measured, one_out: bool) -> tuple[Section, ...]:
    """All sections but that of the split and the cost."""
    compared = _compared(model, measured)
    lengths = _lengths(model, measured)
    groups = _groups(model, measured)
    found = [
        Section(compared.title, compared),
        Section(N_("Scores"), _metrics(measured.means[model.chosen], measured.intervals[model.chosen]),
                Message(N_("Of {name}, on lists of ten items."), {"name": Message(model.titles()[model.chosen])})),
        Section(lengths.title, lengths), Section(groups.title, groups),
    ]  # fmt: skip
    if one_out and measured.sampled:
        drawn = _sampled(model, measured)
        found.append(Section(drawn.title, drawn))
    if measured.cold is not None:
        found.append(Section(N_("New users"), _cold(measured)))
    weights = getattr(model.methods.get("fused"), "settings", {}).get("weights", {})
    if weights:
        fused = _weights(model, weights)
        found.append(Section(fused.title, fused))
    beyond, example = _beyond(model, measured), _example(model, measured)
    settled = _settings(model)
    return (
        *found,
        Section(beyond.title, beyond),
        Section(settled.title, settled),
        Section(example.title, example, example.caption),
    )


def _compared(model: Any, measured: Measured) -> Ranking:
    titles = model.titles()
    names = sorted(measured.means, key=lambda name: -measured.means[name]["ndcg"])
    spread = [measured.intervals[name]["ndcg"] for name in names]
    caption = Message(N_("NDCG@10 for {count} users with 95 % intervals over users; 1 would be lists that hold, at their top, "
                         "what users chose next. All lists leave out what the user had chosen."),
                      {"count": len(measured.users)})  # fmt: skip
    called = tuple(titles[name] for name in names)
    return Ranking(N_("Methods compared"), called, tuple(measured.means[name]["ndcg"] for name in names), "", caption,
                   tuple(low for low, _ in spread), tuple(high for _, high in spread), called)  # fmt: skip


def _metrics(means: dict[str, float], intervals: dict[str, tuple[float, float]]) -> Metrics:
    return Metrics(tuple(
        Metric(SCORES[key].title, means[key], SCORES[key].unit, intervals.get(key), SCORES[key].help) for key in (*SHOWN, *BEYOND)
    ))  # fmt: skip


def _lengths(model: Any, measured: Measured) -> Series:
    names = sorted(measured.by_length, key=lambda name: -measured.means[name]["ndcg"])[:5]
    lines = {model.titles()[name]: measured.by_length[name] for name in dict.fromkeys([*names, BASELINE])}
    return Series(N_("Longer lists"), LENGTHS, lines, N_("Items on the list"), "NDCG",
                  N_("NDCG at each length of the list, of the best methods and of popularity."))  # fmt: skip


def _groups(model: Any, measured: Measured) -> Ranking:
    """The method that answers and the baseline, for users of whom little or much is known."""
    from core.lifecycle.evaluate_recommendation import _intervals

    names, values, low, high = [], [], [], []
    for place, title in enumerate(GROUPS):
        mask = measured.groups == place
        if mask.any():
            each = measured.each[model.chosen][mask]
            spread = _intervals({"ndcg": each}, 0).get("ndcg", (float(each.mean()),) * 2)
            names.append(title)
            values.append(float(each.mean()))
            low.append(spread[0])
            high.append(spread[1])
    caption = N_("NDCG@10 of the method that answers, for thirds of the users by how many interactions were learnt from.")
    return Ranking(
        N_("By activity of the users"), tuple(names), tuple(values), "", caption, tuple(low), tuple(high), tuple(names)
    )


def _sampled(model: Any, measured: Measured) -> Records:
    import pandas as pd

    rows = [
        {N_("method"): model.titles()[name], "HR@10": found["hit_rate"][0], N_("95 % interval"): _span(found["hit_rate"][1]),
         "NDCG@10": found["ndcg"][0], N_("interval of NDCG"): _span(found["ndcg"][1])}
        for name, found in sorted(measured.sampled.items(), key=lambda pair: -pair[1]["hit_rate"][0])
    ]  # fmt: skip
    caption = Message(
        N_("The last item of each user among {count} drawn ones that the user never chose (protocol of He et al. 2017, who "
           "report HR@10 .730 and NDCG@10 .447 for NeuMF on MovieLens 1M, ten times these data). Such scores flatter and may "
           "even turn the order of methods (Krichene & Rendle 2020): go by those of full lists."), {"count": DRAWN},
    )  # fmt: skip
    return Records(N_("Against 99 drawn items"), pd.DataFrame(rows).round(3), caption, words=(N_("method"),))


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f} – {interval[1]:.3f}"


def _cold(measured: Measured) -> Metrics:
    assert measured.cold is not None
    return Metrics((
        Metric(N_("Users who are new"), float(measured.cold_users), N_("users")),
        Metric(SCORES["ndcg"].title, measured.cold[0], "", measured.cold[1],
               N_("New users get what is popular: nothing is known of them.")),
    ))  # fmt: skip


def _weights(model: Any, weights: dict[str, float]) -> Ranking:
    names = sorted(weights, key=lambda name: -weights[name])
    called = tuple(model.titles()[name] for name in names)
    return Ranking(N_("What the fused list is made of"), called, tuple(weights[name] for name in names), "",
                   N_("Weights of the methods' standardised scores, chosen on validation interactions; they add up to 1."),
                   words=called)  # fmt: skip


def _settings(model: Any) -> Records:
    """What each method was learnt with, as a search or the defaults have it."""
    import pandas as pd

    rows = [
        {N_("method"): model.titles()[name], N_("settings"): ", ".join(
            f"{key} {value:.4g}" for key, value in method.settings.items() if isinstance(value, int | float) and key != "seed"
        )}
        for name, method in model.methods.items() if name not in (BASELINE, "fused")
    ]  # fmt: skip
    caption = N_("Chosen on validation interactions where a search was asked for. half_life: a choice counts half for each so "
                 "many choices that its user made afterwards; 0 or very many: all count the same.")  # fmt: skip
    return Records(N_("Settings"), pd.DataFrame(rows, columns=["method", "settings"]), caption, words=(N_("method"),))


def _beyond(model: Any, measured: Measured) -> Records:
    import pandas as pd

    names = sorted(measured.means, key=lambda name: -measured.means[name]["ndcg"])
    columns: dict[str, Any] = {N_("method"): [model.titles()[name] for name in names]}
    columns |= {SCORES[key].title: [round(measured.means[name][key], 3) for name in names] for key in (*SHOWN, *BEYOND)}
    caption = N_("Coverage: share of all items that anybody is shown. Diversity: how differently the items of a list are "
                 "chosen. Novelty in bits: rarer items have more. Popularity bias: 1 is as popular as what is chosen "
                 "anyway.")  # fmt: skip
    return Records(N_("All measures of all methods"), pd.DataFrame(columns), caption, words=(N_("method"),))


def _example(model: Any, measured: Measured) -> Records:
    """The list of one user, with what was chosen afterwards marked."""
    row = int(np.argsort(np.abs(measured.each[model.chosen] - np.median(measured.each[model.chosen])), kind="stable")[0])
    user = int(measured.users[row])
    frame = model.frame([model.data.users[user]], measured.lists[row : row + 1, :LENGTH]).drop(columns="user")
    frame.insert(1, "chosen afterwards", ["✓" if right else "" for right in measured.hit[row, : len(frame)]])
    own = model.data.item[model.data.user == user][-EARLIER:]
    values: dict[str, object] = {"user": model.data.users[user], "titles": " · ".join(model.data.titles[place] for place in own)}
    given = tuple(name for name in frame.columns if name not in ("place on the list", "item", "title", "chosen afterwards"))
    caption = Message(N_("The list for user {user}, for whom it is as good as for the median user. Chosen before, among others: "
                         "{titles}."), values)  # fmt: skip
    return Records(N_("The list of one user"), frame, caption, given=given)


_MARKED = N_("chosen afterwards")
