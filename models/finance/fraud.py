"""Finds fraud in payments, and what is unlike the rest in any table: alerts with reasons, in the order to look at them.

Trees (LightGBM) that learn from labels, an isolation forest and an autoencoder that need none, and a blend of the three. What
customers and terminals did before a payment is computed without looking ahead; rows are split by time, with a gap as long as it
takes until fraud is known. Each alert can be accepted or dismissed, and the next training takes that as a label.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from core.contracts import Bar, Capability, Context, Evidence, Learner, Model, Params, Reference, Report, Table
from core.contracts.params import column, columns, parameter
from core.language import N_
from core.learning.scoring import ScoringParams

TREES = ("lightgbm", "blend")
NETWORKS = ("autoencoder", "blend", "unlabelled")
PLAIN = "phishing, split by identical row as here: a plain LightGBM reaches .980, a logistic regression .965"
PHISHING = Reference(0.980, "Measured by this project before the capability was written", PLAIN)


class FindFraud(Params):
    """What to look for."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200,
        help=N_("A run, a registered name or shipped:<name>; empty takes the newest model that was trained here."),
    )  # fmt: skip
    day: str = parameter(
        "", max_length=40, title=N_("Day"), help=N_("Whose alerts are wanted, e.g. 2018-07-09; empty takes the last one."),
    )  # fmt: skip
    alerts: int = parameter(
        10, ge=1, le=1_000, title=N_("Alerts"), help=N_("How many can be looked at: a day, or in all where there are no times."),
    )  # fmt: skip


class TrainFraud(ScoringParams):
    """How to learn."""

    target: str = column(
        "label", optional=True, title=N_("Target column"),
        help=N_("The column that says what was fraud. Without one, what is unlike the rest is looked for."),
    )  # fmt: skip
    time: str = column(
        "date", optional=True, title=N_("Time column"),
        help=N_("When it happened. The latest rows are measured, and the past of customers and terminals is looked at."),
    )  # fmt: skip
    amount: str = column("amount", optional=True, title=N_("Amount column"), help=N_("How much was paid."))
    customer: str = column(
        "user", optional=True, title=N_("Customer column"), help=N_("Who paid: a customer, a card or an account."),
    )  # fmt: skip
    terminal: str = column(
        "item", optional=True, title=N_("Terminal column"), help=N_("Where or to whom it was paid: a terminal or a merchant."),
    )  # fmt: skip
    protected: tuple[str, ...] = columns(
        "any", advanced=True, title=N_("Protected columns"), help=N_("Sex, age and the like: not learnt from unless asked."),
    )  # fmt: skip
    use_protected: bool = parameter(
        False, advanced=True, title=N_("Learn from protected columns"), help=N_("In many countries the law forbids it."),
    )  # fmt: skip
    method: Literal["blend", "lightgbm", "forest", "autoencoder", "unlabelled"] = parameter(
        "blend", title=N_("Method"), help=N_("The last three never see a label: they look for what is unlike the rest."),
        choices={"blend": N_("LightGBM, forest and autoencoder together"), "lightgbm": N_("LightGBM"),
                 "forest": N_("Isolation forest, without labels"), "autoencoder": N_("Autoencoder, without labels"),
                 "unlabelled": N_("Forest and autoencoder together, without labels")},
    )  # fmt: skip
    alerts: int = parameter(
        10, ge=1, le=100, title=N_("Alerts a day"),
        help=N_("How many customers (or rows) can be looked at in a day; at most 100."),
    )  # fmt: skip
    alert_cost: float = parameter(
        10.0, ge=0, le=1e9, title=N_("Cost of an alert"), unit=N_("money of the table"),
        help=N_("What looking at one alert costs."),
    )  # fmt: skip
    decisions: bool = parameter(
        True, title=N_("Use decisions on alerts"),
        help=N_("What was accepted or dismissed in a queue of alerts counts as the label of that row."),
    )  # fmt: skip
    delay: float = parameter(
        7.0, ge=0, le=3_650, unit=N_("days"), title=N_("Label delay"),
        help=N_("How long it takes until fraud is known. So long a gap lies before the rows that are measured, and so long "
                "before a payment the known past of its terminal ends."),
    )  # fmt: skip
    budget: float = parameter(
        0.01, ge=0.001, le=0.5, advanced=True, title=N_("Share looked at"),
        help=N_("Share of the rows, those with the highest scores, that can be looked into: precision and lift are for it."),
    )  # fmt: skip
    balance: Literal["none", "weights", "fewer", "repeated"] = parameter(
        "none", advanced=True, when={"method": TREES}, title=N_("Balance"),
        help=N_("How rare frauds get more say, in the rows to learn from only. Chances are corrected for it afterwards."),
        choices={"none": N_("Rows as they are"), "weights": N_("Class weights"), "fewer": N_("Fewer honest rows"),
                 "repeated": N_("Frauds repeated")},
    )  # fmt: skip
    ratio: int = parameter(
        10, ge=1, le=1_000, advanced=True, when={"balance": ("fewer", "repeated")}, title=N_("Honest rows for each fraud"),
        help=N_("What drawing or repeating aims at."),
    )  # fmt: skip
    rounds: int = parameter(
        500, ge=10, le=5_000, advanced=True, when={"method": TREES}, title=N_("Trees at most"),
        help=N_("Fewer are kept where more make the validation rows worse."),
    )  # fmt: skip
    rate: float = parameter(
        0.05, ge=0.001, le=1, advanced=True, when={"method": TREES}, title=N_("Learning rate"),
        help=N_("How far each step goes."),
    )  # fmt: skip
    leaves: int = parameter(
        15, ge=2, le=255, advanced=True, when={"method": TREES}, title=N_("Leaves"), help=N_("Of a tree at most."),
    )  # fmt: skip
    trees: int = parameter(
        100, ge=10, le=1_000, advanced=True, when={"method": ("forest", *NETWORKS)}, title=N_("Trees of the isolation forest"),
        help=N_("More are steadier and slower."),
    )  # fmt: skip
    set_aside: float = parameter(
        0.1, ge=0, le=0.5, advanced=True, when={"method": NETWORKS}, title=N_("Share not learnt from"),
        help=N_("The autoencoder does not learn from so many of the rows that the isolation forest finds least usual."),
    )  # fmt: skip
    epochs: int = parameter(
        20, ge=1, le=200, advanced=True, when={"method": NETWORKS}, title=N_("Epochs"),
        help=N_("Passes over the training rows at most."),
    )  # fmt: skip

    @property
    def labelled(self) -> bool:
        return bool(self.target)

    def prepared(self, table: Table, context: Context) -> tuple[Table, ScoringParams]:
        """The table with decisions as labels, times as dates and what is known of each payment from before it."""
        from models.finance.frauds.preparing import prepared

        return prepared(table, self, context)


def fit(train: Table, validation: Table, params: TrainFraud, context: Context) -> Model:
    """Learns as `params.method` says; labels reach nothing but the trees and the weights of a blend."""
    from models.finance.frauds import fitting

    return fitting.fit(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a fitted detector wrote."""
    from models.finance.frauds.detector import Detector

    return Detector.load(folder)


def illustrate(model: Any, parts: Any, scores: Any, params: TrainFraud, context: Context) -> Any:
    """Alerts with their reasons, money saved, cards found a day."""
    from models.finance.frauds.shown import sections

    return sections(model, parts, scores, params, context)


def run(inputs: Table, params: FindFraud, context: Context) -> Report:
    """The alerts among the rows of a table, each with its reasons, by the model that `params.model` names."""
    from core.fitted import evidence, open_model
    from models.finance.frauds.alerts import report

    with open_model(CAPABILITY, params.model) as model:
        found: Any = model
        return report(found, inputs, context, params.day, params.alerts, evidence(CAPABILITY, params.model))


def above_regression(context: Context) -> Evidence:
    """Average precision on the simulated payments, minus that of a logistic regression on the same columns."""
    from models.finance.frauds.bars import gain

    return gain(CAPABILITY, context)


def without_labels(context: Context) -> Evidence:
    """Average precision on shuttle of what never saw a label, and was chosen by none."""
    from models.finance.frauds.bars import average_precision

    return average_precision(CAPABILITY, {"method": "unlabelled"}, context)


def with_labels(context: Context) -> Evidence:
    """Average precision on shuttle with labels."""
    from models.finance.frauds.bars import average_precision

    return average_precision(CAPABILITY, {"method": "blend"}, context)


def phishing(context: Context) -> Evidence:
    """AUC on phishing, rows that are alike on one side, in five folds."""
    from models.finance.frauds.bars import repeated_auc

    return repeated_auc(CAPABILITY, context)


CAPABILITY = Capability(
    id="finance.fraud",
    title=N_("Detect fraud"),
    summary=N_("Learns which payments are fraud or unlike the rest, and puts before you what to look at first, with reasons."),
    takes=(Table,),
    returns=Report,
    params=FindFraud,
    run=run,
    samples=("transactions", "phishing", "shuttle"),
    metric="average_precision",
    bars=(
        Bar("phishing", N_("ROC AUC, mean of 5 folds"), 0.975, reference=PHISHING, measure=phishing),
        Bar("shuttle", N_("average precision without labels"), 0.98, measure=without_labels),
        Bar("shuttle", N_("average precision with labels"), 0.999, measure=with_labels),
        Bar("transactions", N_("average precision minus that of a logistic regression"), 0.0, measure=above_regression),
    ),
    learner=Learner(TrainFraud, fit, load, illustrate=illustrate),
)
