"""Scores loans: how likely each is to go bad, why, where to cut by what errors cost, and what that means for whom.

LightGBM, logistic regression, a scorecard with points and, where customers have a history, an LSTM, all in one run on the same
held-out rows; reasons for each decision, and the smallest change that would turn it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Learner,
    Model,
    Params,
    Reference,
    Report,
    Section,
    Table,
    column,
    columns,
    parameter,
)
from core.language import N_
from core.learning.scoring import ScoringParams
from models.finance.lending import trial

METRIC = N_("ROC AUC, mean of 5 × 5 folds")


class Credit(Params):
    """How to decide on new loans."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200,
        help=N_("A run, a registered name or shipped:<name>; empty takes the newest model that was trained here."),
    )  # fmt: skip
    cutoff: float = parameter(
        0.0, ge=0, le=1, title=N_("Cut-off"),
        help=N_("Chance from which a loan is refused; 0 takes the one that cost least in training."),
    )  # fmt: skip
    fixed: tuple[str, ...] = columns(
        "any", title=N_("Columns that cannot change"),
        help=N_("Left as they are when the smallest change that turns a decision is looked for; protected columns always are."),
    )  # fmt: skip
    changes: int = parameter(
        20, ge=0, le=500, advanced=True, title=N_("Changes looked for"), unit=N_("rows"),
        help=N_("For so many refused rows, the first ones, the smallest change that would turn the decision is looked for."),
    )  # fmt: skip


class TrainCredit(ScoringParams):
    """How to learn to score."""

    suspicious: ClassVar[float] = 0.97

    group: str = column(
        "group", optional=True, title=N_("Customer column"),
        help=N_("Rows of one customer stay on one side of the split; with a time column they are read as a history."),
    )  # fmt: skip
    time: str = column(
        "date", optional=True, title=N_("Time column"),
        help=N_("Dates of the rows. With a customer column: the order of the history; without: the test part is the latest "
                "rows."),
    )  # fmt: skip
    method: Literal["blend", "lightgbm", "logistic", "scorecard", "lstm"] = parameter(
        "blend", title=N_("Method"), help=N_("Whose score is kept. LSTM needs customers with several dated rows."),
        choices={"blend": N_("LightGBM and logistic regression"), "lightgbm": N_("LightGBM"), "logistic": N_("Logistic "
                                                                                                             "regression"),
                 "scorecard": N_("Scorecard with points"), "lstm": N_("LSTM on the history")},
    )  # fmt: skip
    compare: bool = parameter(
        True, title=N_("Compare all methods"), help=N_("The other methods learn from the same rows and stand beside it."),
    )  # fmt: skip
    cost_bad: float = parameter(
        5.0, gt=0, le=1e9, title=N_("Cost of a bad loan that is granted"),
        help=N_("In any unit: only the ratio to the other cost matters for the cut-off. 5 to 1 came with the German data."),
    )  # fmt: skip
    cost_lost: float = parameter(
        1.0, gt=0, le=1e9, title=N_("Cost of a good loan that is refused"), help=N_("What is not earned on it, in the same "
                                                                                    "unit."),
    )  # fmt: skip
    monotone: Literal["none", "proposed"] = parameter(
        "none", title=N_("Monotone numbers"),
        help=N_("Whether the chance may only rise, or only fall, with a number: easier to explain, harder to game."),
        choices={"none": N_("As named below"), "proposed": N_("Proposed from the training rows")},
    )  # fmt: skip
    rising: tuple[str, ...] = columns(
        "any", advanced=True, title=N_("Chance rises with"), help=N_("Numbers with which the chance of the event may only rise."),
    )  # fmt: skip
    falling: tuple[str, ...] = columns(
        "any", advanced=True, title=N_("Chance falls with"), help=N_("Numbers with which the chance of the event may only fall."),
    )  # fmt: skip
    balanced: bool = parameter(
        False, advanced=True, title=N_("Class weights"),
        help=N_("Events count as much as the rest while learning; calibration brings the chances back to what is true."),
    )  # fmt: skip
    calibration: Literal["platt", "isotonic", "none"] = parameter(
        "platt", advanced=True, title=N_("Calibration"), help=N_("Turns scores into chances, on rows to choose by."),
        choices={"platt": N_("Sigmoid (Platt)"), "isotonic": N_("Isotonic"), "none": N_("None")},
    )  # fmt: skip
    base_points: float = parameter(
        600.0, ge=0, le=10_000, advanced=True, title=N_("Base points"), unit=N_("points"), help=N_("Of the scorecard, at the "
                                                                                                   "base odds."),
    )  # fmt: skip
    base_odds: float = parameter(
        20.0, gt=0, le=10_000, advanced=True, title=N_("Base odds"), help=N_("Good loans to a bad one at the base points."),
    )  # fmt: skip
    double_odds: float = parameter(
        50.0, gt=0, le=1_000, advanced=True, title=N_("Points to double the odds"), unit=N_("points"),
        help=N_("So many more points stand for twice as many good loans to a bad one."),
    )  # fmt: skip
    epochs: int = parameter(
        30, ge=1, le=300, advanced=True, title=N_("Epochs"), help=N_("Passes of the LSTM over the training rows at most."),
    )  # fmt: skip
    history: tuple[str, ...] = ()  # columns that change over time, and after a |, how many rows are read: set by `prepared`

    def prepared(self, table: Table, context: Context) -> tuple[Table, ScoringParams]:
        """Customers with several dated rows become one row each."""
        from core.contracts import InputError
        from models.finance.lending import history

        found = history.found(table, self)
        if found is None:
            if self.method == "lstm":
                raise InputError(N_("An LSTM reads the history of customers: name a customer column with several rows each "
                                    "and one "
                                    "outcome, and a time column with dates. Or choose another method."))  # fmt: skip
            return table, self
        kept = self.model_copy(update={"history": (str(found.steps), *found.changing), "split": _by_customer(self.split)})
        return history.one_a_customer(table, found), kept


def _by_customer(split: str) -> str:
    """Each customer is one row then: a split by group is one by row."""
    return "random" if split in ("auto", "group") else split


def fit(train: Table, validation: Table, params: TrainCredit, context: Context) -> Model:
    """Trains the methods and chooses settings, calibration and cut-off on inner folds or validation rows."""
    from models.finance.lending import fitting
    from models.finance.lending.history import History

    steps, *changing = params.history or ("0",)
    history = History(params.group, params.time, tuple(changing), int(steps)) if changing else None
    return fitting.fit(train, validation, params, history, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted score wrote."""
    from models.finance.lending.scorer import load as load_scorer

    return load_scorer(folder)


def illustrate(model: Any, parts: Sequence[Table], scores: Any, params: Any, context: Context) -> tuple[Section, ...]:
    """Costs, reasons, the scorecard, rates by protected groups, stability."""
    from models.finance.lending.illustrating import sections

    return sections(model, parts, scores, params, context)


def run(inputs: Table, params: Credit, context: Context) -> Report:
    """Scores the rows of a table: chance, decision, reasons, for refused ones the smallest change, and how far they moved."""
    from core.fitted import evidence, open_model
    from models.finance.lending.decisions import Asked, report

    opened: Any
    asked = Asked(params.cutoff, params.fixed, params.changes)
    with open_model(CAPABILITY, params.model) as opened:
        return report(opened, inputs, asked, context, evidence(CAPABILITY, params.model))


def _reference(value: float) -> Reference:
    return Reference(value, "LightGBM 4.7.0", N_("its defaults, repeated 5-fold cross-validation, measured by us"))


CAPABILITY = Capability(
    id="finance.credit",
    title=N_("Score loans"),
    summary=N_(
        "Learns from loans that went well or badly; gives chances, a scorecard, reasons, a cut-off by cost and checks of "
        "fairness."
    ),
    takes=(Table,),
    returns=Report,
    params=Credit,
    run=run,
    samples=("credit_german", "credit_data", "lending_club", "payment_history"),
    metric="auc",
    bars=(
        Bar("credit_german", METRIC, 0.79, reference=_reference(0.794), measure=trial.german),
        Bar("credit_data", METRIC, 0.845, reference=_reference(0.847), measure=trial.data),
        Bar("lending_club", METRIC, 0.735, reference=_reference(0.732), measure=trial.club),
    ),
    learner=Learner(TrainCredit, fit, load, illustrate=illustrate),
)
