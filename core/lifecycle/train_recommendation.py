"""From interactions to lists and an honest report: split by user and time, fitted, measured on what users chose afterwards.

The fitted model has, besides `save` and `describe` (`name`, `method`), these attributes:
    data: the interactions it learnt from        methods: by name, each with `recommend(users, count)` and `scores(users)`
    chosen: the name of the one that answers     titles(): what each is called
    popular(count) -> places of items            frame(users, lists) -> lists as a table
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Capability, Context, Evidence, Message, Metric, Metrics, Report, Section, Table
from core.language import N_
from core.learning.interactions import Interactions, columns_of, read
from core.lifecycle.evaluate import SCORES
from core.lifecycle.evaluate_recommendation import BASELINE, Measured, measure
from core.lifecycle.span import Span
from core.lifecycle.split_recommendation import EACH_USER, LEAVE_ONE_OUT, TIME, split
from core.lifecycle.views_recommendation import sections

if TYPE_CHECKING:
    from core.lifecycle.split import Split
    from core.lifecycle.train import Trained

FEW_USERS = 100


def train(capability: Capability, table: Table, params: Any, context: Context) -> Trained:
    """Trains every method asked for and measures each once; which one answers was chosen on validation interactions.

    Raises InputError where the table cannot be learnt from; the sentence says what to give.
    """
    from core.lifecycle.train import Trained

    assert capability.learner is not None
    started = time.perf_counter()
    context.progress(0.0, N_("Reading interactions"))
    data = read(table, columns_of(params))
    cut = split(data, EACH_USER if params.split == "auto" else params.split, params.test_share, params.seed)
    context.log(str(cut.how))
    learnt, validation, test = parts_of(table, data, cut)
    model: Any = capability.learner.fit(learnt, validation, params, Span(context, 0.02, 0.85))
    seconds = time.perf_counter() - started
    context.progress(0.86, N_("Measuring on what users chose afterwards"))
    measured = measure(model, test, params.seed, Span(context, 0.86, 0.98))
    shown = sections(model, measured, cut.kind == LEAVE_ONE_OUT)
    report = _report(capability, model, table, params, (cut, data.notices), measured, shown, seconds)
    context.progress(1.0, N_("Done"))
    others = {BASELINE: measured.means[BASELINE]}
    return Trained(model, report, measured.means[model.chosen], others, cut, ())


def parts_of(table: Table, data: Interactions, cut: Split) -> tuple[Table, Table, Interactions]:
    """The rows to learn from and to choose by, and the interactions to measure with."""
    learnt, validation = (_part(table, data.owner, places) for places in (cut.train, cut.validation))
    return learnt, validation, data.chosen(_mask(len(data), cut.test))


def _part(table: Table, owner: np.ndarray, places: np.ndarray) -> Table:
    """All rows of some interactions, those that come again too."""
    wanted = np.append(_mask(int(owner.max(initial=-1)) + 1, places), False)  # the last place stands for rows of none
    return Table(table.frame[wanted[owner]].reset_index(drop=True), table.name, table.digest)


def _mask(count: int, places: np.ndarray) -> np.ndarray:
    mask = np.zeros(count, bool)
    mask[places] = True
    return mask


def _report(
    capability: Capability, model: Any, table: Table, params: Any, read_as: tuple[Split, tuple[Message, ...]], measured: Measured,
    shown: tuple[Section, ...], seconds: float,
) -> Report:  # fmt: skip
    cut, notices = read_as
    title, score = model.titles()[model.chosen], measured.means[model.chosen]["ndcg"]
    low, high = measured.intervals[model.chosen]["ndcg"]
    values: dict[str, object] = {
        "name": Message(title), "score": f"{score:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}", "data": table.name,
        "users": len(measured.users), "baseline": f"{measured.means[BASELINE]['ndcg']:.3f}",
    }  # fmt: skip
    summary = Message(
        N_("{name}, chosen on validation interactions, reaches NDCG@10 {score} (95 % interval {low} to {high}) for {users} users "
           "of {data}; the same popular items for everybody reach {baseline}."), values,
    )  # fmt: skip
    facts: dict[str, Any] = model.describe()
    cost = Metrics((
        Metric(N_("Time to learn"), seconds, N_("seconds")), Metric(N_("Users"), float(facts["users"]), N_("users")),
        Metric(N_("Items"), float(facts["items"]), N_("items")),
        Metric(N_("Interactions learnt from"), float(facts["interactions"]), N_("interactions")),
    ))  # fmt: skip
    card = _evidence(capability, facts, table, params, cut, measured, model.chosen, seconds)
    return Report(capability.title, summary, (*shown, Section(N_("Training"), cost, cut.how)), card, notices)


def _evidence(
    capability: Capability, facts: dict[str, Any], table: Table, params: Any, cut: Split, measured: Measured, chosen: str,
    seconds: float,
) -> Evidence:  # fmt: skip
    caveats: list[Any] = [cut.how, *facts.get("caveats", ())]
    if measured.unseen:
        sentence = N_(
            "Interactions with items that nobody chose before are not counted, for no method here can list them: {count}."
        )
        caveats.append(Message(sentence, {"count": measured.unseen}))
    if cut.kind == TIME:
        sentence = N_("After a cut in time few users of before remain: {count}. The score says little; {cold} users are new and "
                      "are measured apart.")  # fmt: skip
        caveats.append(Message(sentence, {"count": len(measured.users), "cold": measured.cold_users}))
    elif len(measured.users) < FEW_USERS:
        caveats.append(Message(N_("Only {count} users to measure with: the interval is wide."), {"count": len(measured.users)}))
    caveats.append(N_("What users would have liked but never saw counts as wrong: such scores order methods, and are low."))
    given = {**params.model_dump(), "split": cut.kind}
    bars = [bar for bar in capability.bars if bar.sample == table.name and not bar.measure]
    bar = next((bar for bar in bars if bar.params.items() <= given.items()), None)
    source = bar.reference if bar else None
    return Evidence(
        metric=SCORES["ndcg"].title, score=measured.means[chosen]["ndcg"], interval=measured.intervals[chosen]["ndcg"],
        baseline=measured.means[BASELINE]["ndcg"], baseline_name=N_("the same popular items for everybody"),
        reference=source.value if source else None, reference_source=source.source if source else "",
        reference_protocol=source.protocol if source else "", bar=bar.value if bar else None, data=table.name,
        rows=len(measured.users), answered_by=str(facts["method"]), caveats=tuple(caveats), seconds=seconds,
    )  # fmt: skip
