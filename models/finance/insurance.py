"""Prices insurance risk: claim frequency, claim severity and pure premium from a table of policies, by generalised linear models
with a rating table and by boosted trees, measured as actuaries do: deviance, Gini, lift, double lift, balance.

A fitted tariff prices new policies, with loadings for expense and profit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from core.contracts import Bar, Capability, Context, Evidence, Learner, Model, Params, Report, Table, TrainingParams
from core.contracts.params import column, columns, parameter
from core.language import N_


class PricePolicies(Params):
    """What to price with."""

    model: str = parameter(
        "", title=N_("Model"), max_length=200,
        help=N_("A run, a registered name or shipped:<name>; empty takes the newest model that was trained here."),
    )  # fmt: skip
    expense: float = parameter(
        0.25, ge=0, le=0.9, title=N_("Expense loading"), help=N_("Share of the premium that goes into running the business."),
    )  # fmt: skip
    profit: float = parameter(
        0.05, ge=0, le=0.5, title=N_("Profit loading"), help=N_("Share of the premium that is kept for profit and risk."),
    )  # fmt: skip
    fixed: float = parameter(
        0.0, ge=0, le=1e9, title=N_("Fixed expense"), unit=N_("money of the table"), help=N_("What each policy costs a year at "
                                                                                             "least."),
    )  # fmt: skip


class TrainPricing(TrainingParams):
    """How to learn."""

    task: ClassVar[str] = "pricing"

    target: str = column("claims", title=N_("Claims column"), help=N_("How many claims each policy had."))
    exposure: str = column(
        "exposure", optional=True, title=N_("Exposure column"),
        help=N_("How long or how many were insured, e.g. years; without one, every row counts the same."),
    )  # fmt: skip
    loss: str = column(
        "loss", optional=True, title=N_("Loss column"),
        help=N_("What all claims of the row cost together; without one, only the frequency is learnt."),
    )  # fmt: skip
    without: tuple[str, ...] = columns(
        "any", title=N_("Columns not to price by"), help=N_("E.g. sex or nationality: in many countries the law forbids it."),
    )  # fmt: skip
    method: Literal["auto", "glm_product", "glm_tweedie", "lightgbm_product", "lightgbm_tweedie"] = parameter(
        "auto", title=N_("Method"), help=N_("All are fitted and compared; this one sets the price."),
        choices={"auto": N_("The best on the validation rows"), "glm_product": N_("GLM, frequency × severity"),
                 "glm_tweedie": N_("GLM, Tweedie"), "lightgbm_product": N_("LightGBM, frequency × severity"),
                 "lightgbm_tweedie": N_("LightGBM, Tweedie")},
    )  # fmt: skip
    power: float = parameter(
        0.0, ge=0, le=1.99, advanced=True, title=N_("Tweedie power"),
        help=N_("Of the variance, between 1 (Poisson) and 2 (gamma); 0 takes the likeliest on the training rows."),
    )  # fmt: skip
    rounds: int = parameter(
        600, ge=10, le=5_000, advanced=True, title=N_("Trees at most"),
        help=N_("Fewer are kept where more make the validation rows worse."),
    )  # fmt: skip
    rate: float = parameter(
        0.05, ge=0.001, le=1, advanced=True, title=N_("Learning rate"), help=N_("How far each step goes."),
    )  # fmt: skip
    leaves: int = parameter(8, ge=2, le=255, advanced=True, title=N_("Leaves"), help=N_("Of a tree at most."))

    @property
    def unlearnt(self) -> tuple[str, ...]:
        """Columns that are no features."""
        return (self.target, self.exposure, self.loss, self.group, self.time, "split", *self.without)


def fit(train: Table, validation: Table, params: TrainPricing, context: Context) -> Model:
    """Fits GLMs and trees for frequency, severity and premium."""
    from models.finance.pricing import fitting

    return fitting.fit(train, validation, params, context)


def load(folder: Path) -> Model:
    """What `save` of a tariff wrote."""
    from models.finance.pricing.tariff import Tariff

    return Tariff.load(folder)


def run(inputs: Table, params: PricePolicies, context: Context) -> Report:
    """The premium of each policy of a table, by the tariff that `params.model` names.

    Raises:
        InputError: columns of the tariff are missing, or the loadings leave nothing of the premium.
        NotFoundError: nothing was trained yet.
    """
    from core.fitted import evidence, open_model
    from models.finance.pricing.premiums import report

    with open_model(CAPABILITY, params.model) as model:
        found: Any = model
        return report(found, inputs, params, evidence(CAPABILITY, params.model))


def gini_of_truth(context: Context) -> Evidence:
    """The Gini index on held-out simulated policies, as a share of the one that the true prices have."""
    from models.finance.pricing.trial import share_of_truth

    return share_of_truth(CAPABILITY, "gini", context)


def deviance_of_truth(context: Context) -> Evidence:
    """How much of the deviance the tariff explains on held-out simulated policies, as a share of what the true prices explain."""
    from models.finance.pricing.trial import share_of_truth

    return share_of_truth(CAPABILITY, "explained", context)


def frequency_1973(context: Context) -> Evidence:
    """Poisson deviance explained in the cells of 1973, in eight folds, each cell priced by what the other folds say."""
    from models.finance.pricing.trial import folds_of_1973

    return folds_of_1973(CAPABILITY, context)


CAPABILITY = Capability(
    id="finance.insurance",
    title=N_("Price insurance risk"),
    summary=N_(
        "Learns from policies and their claims what a risk costs, shows how far the price can be trusted, and prices new ones."
    ),
    takes=(Table,),
    returns=Report,
    params=PricePolicies,
    run=run,
    samples=("motor_policies", "car_insurance_1973"),
    metric="gini",
    bars=(
        Bar("motor_policies", N_("Gini as a share of the true prices' Gini"), 0.9, measure=gini_of_truth),
        Bar("motor_policies", N_("Explained deviance as a share of the true prices'"), 0.7, measure=deviance_of_truth),
        Bar("car_insurance_1973", N_("Explained Poisson deviance, eight folds"), 0.5, measure=frequency_1973),
    ),
    learner=Learner(TrainPricing, fit, load),
)
