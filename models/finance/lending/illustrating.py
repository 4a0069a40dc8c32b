"""What is shown of a trained score, on the test rows: costs, drivers, reasons, the scorecard, fairness, stability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.contracts import Context, Message, Ranking, Records, Section, Table
from core.language import N_
from core.learning.scoring import LogisticRegression, is_event, without
from core.lifecycle.evaluate_scoring import auc
from models.finance.lending import costs, fairness, stability
from models.finance.lending.decisions import Asked, changes_of
from models.finance.lending.fitting import NAMES
from models.finance.lending.reasons import NO_CHANGE, reasons
from models.finance.lending.scorecard import Scorecard
from models.finance.lending.scorer import Scorer

EXPLAINED = 2_000  # test rows whose contributions are computed
EXAMPLES = 5  # refused test rows that are told
DIRECTIONS = {1: N_("rises with it"), -1: N_("falls with it")}


def sections(model: Any, parts: Sequence[Table], scores: Any, params: Any, context: Context) -> tuple[Section, ...]:
    """The sections between the headline and the curves."""
    assert isinstance(model, Scorer) and model.chosen_by is not None
    train, _, test = parts
    event, chances = is_event(test.frame, params), np.asarray(scores)
    kept, truth, held = model.chosen_by
    found = list(costs.sections(model.costs, model.cutoff, (held, truth), (chances, event), params.seed))
    context.progress(0.2, N_("Looking for reasons"))
    found += _reasons(model, test, chances, params.seed, context)
    found += _scorecard(model)
    context.progress(0.6, N_("Comparing groups"))
    chosen_by = fairness.Part(kept, truth, held, held >= model.cutoff)
    measured = fairness.Part(test.frame, event, chances, chances >= model.cutoff)
    found += fairness.sections(chosen_by, measured, tuple(params.protected), model.cutoff, model.costs, params.seed)
    if params.protected:
        found.append(_without_protected(train, test, event, params))
    index = model.profile.index(test.frame, model.features, chances)
    found.append(stability.section(index, len(test), N_("The {rows} test rows against those learnt from.")))
    if bound := model.facts.get("monotone"):
        found.append(_directions(bound))
    return tuple(found)


def _reasons(model: Scorer, test: Table, chances: np.ndarray, seed: int, context: Context) -> list[Section]:
    """What drives the score, on a sample of the test rows, and a few refusals with their reasons."""
    import pandas as pd

    rows = np.arange(len(test))
    if len(rows) > EXPLAINED:
        rows = np.sort(np.random.default_rng(seed).choice(rows, EXPLAINED, replace=False))
    few = test.frame.iloc[rows].reset_index(drop=True)
    names, found = model.contributions(few)
    mean = np.abs(found).mean(0)
    order = np.argsort(-mean, kind="stable")[:15]
    values: dict[str, object] = {"rows": len(rows), "all": len(test)}
    caption = Message(N_("Mean distance that a column moves the log odds, up or down (SHAP values), over {rows} of {all} test "
                         "rows."),
                      values)  # fmt: skip
    drivers = Ranking(N_("What drives the score"), tuple(names[k] for k in order), tuple(float(mean[k]) for k in order),
                      N_("log odds"), caption)  # fmt: skip
    refused = chances[rows] >= model.cutoff
    changes = changes_of(model, few, refused, model.cutoff, Asked(changes=EXAMPLES), context)
    told = reasons(found, names, few, model.protected)
    lines = [(int(rows[place]) + 1, round(100 * float(chances[rows[place]]), 1), "; ".join(told[place]),
              str(change) if change else NO_CHANGE) for place, change in changes.items()]  # fmt: skip
    frame = pd.DataFrame(lines, columns=[N_("test row"), N_("chance (%)"), N_("raised by"), N_("granted if")])
    told_of = N_("The first refused test rows: what raised their chance most, and the smallest change of one or two columns "
                 "that would "
                 "turn the decision. Protected columns are never changed. It says what the score does, not what would "
                 "happen.")  # fmt: skip
    section = Section(drivers.title, drivers)
    if not lines:
        return [section]
    return [
        section,
        Section(N_("Reasons for refusals"), Records(N_("Reasons for refusals"), frame, told_of, words=("granted if",))),
    ]


def _scorecard(model: Scorer) -> list[Section]:
    """The points, of the method itself or of the scorecard that stands beside it."""
    card = model.card
    if card is None and NAMES["scorecard"] in model.rivals:
        card = next(part for part, _ in model.rivals[NAMES["scorecard"]].parts if isinstance(part, Scorecard))
    return [Section(N_("Scorecard"), card.table())] if card else []


def _without_protected(train: Table, test: Table, event: np.ndarray, params: Any) -> Section:
    """What the AUC gains from the protected columns: a logistic regression with and without them on the same rows."""
    learnt = is_event(train.frame, params)
    excluded = without(params) - set(params.protected)
    found = {N_("with the protected columns"): excluded, N_("without them"): excluded | set(params.protected)}
    values = {title: auc(LogisticRegression.fit(train.frame, learnt, out, seed=params.seed).scores(test.frame), event)
              for title, out in found.items()}  # fmt: skip
    gain = list(values.values())
    caption = Message(N_("ROC AUC of a logistic regression on the test rows. Leaving the protected columns out costs {price} "
                         "points "
                         "of AUC."), {"price": f"{100 * (gain[0] - gain[1]):.1f}"})  # fmt: skip
    title = N_("Price of leaving the protected columns out")
    return Section(title, Ranking(title, tuple(values), tuple(gain), "", caption, words=tuple(values)))


def _directions(bound: dict[str, int]) -> Section:
    import pandas as pd

    frame = pd.DataFrame({N_("column"): list(bound), N_("the chance"): [DIRECTIONS[sign] for sign in bound.values()]})
    title = N_("Directions that were kept to")
    return Section(
        title, Records(title, frame, N_("Named by the user, or proposed from the training rows alone."), words=("the chance",))
    )
