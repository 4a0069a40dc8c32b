"""Motor policies that a program makes: simulated, with a known true price, so that a model can be held against what there is to
find.

The margins follow the French third-party policies freMTPL2 as Noll, Salzmann and Wüthrich (2018, "Case Study: French Motor
Third-Party Liability Claims") describe them: about one claim in ten policy years, half a year of exposure on average, areas A to
F,
bonus-malus from 50. What a driver or a car adds to the price is our own choice and stands below; no row is of a real person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NAME = "motor_policies"
ROWS, SEED = 50_000, 0
AREAS = ("A", "B", "C", "D", "E", "F")
AREA_SHARES = (0.153, 0.111, 0.283, 0.224, 0.202, 0.027)
AREA_FREQUENCY = (0.80, 0.88, 1.00, 1.15, 1.30, 1.45)  # true relativities, area C is the base
AREA_SEVERITY = (1.10, 1.05, 1.00, 0.95, 0.92, 0.90)
USES = ("private", "commuting", "business")
USE_SHARES = (0.55, 0.33, 0.12)
USE_FREQUENCY = (1.00, 1.15, 1.45)
BASE_FREQUENCY, BASE_SEVERITY = 0.062, 1_700.0  # claims a year, money a claim
SHAPE = 1.3  # of the gamma distribution of a claim


def motor_policies(_: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """50,000 policies of two years: `exposure` in years, `claims` counted, `loss` in all of a policy's claims."""
    import pandas as pd

    random = np.random.default_rng(SEED)
    age = np.clip(18 + random.gamma(3.2, 8.6, ROWS), 18, 90).astype(int)
    seniority = np.clip(age - 18, 0, 40)
    malus = np.where(random.random(ROWS) < 0.35, np.clip(random.gamma(1.5, 22, ROWS), 0, 120), 0) * (random.random(ROWS) < 0.9)
    bonus = np.clip(100 - 4 * np.minimum(seniority, 13), 50, 100)
    exposure = np.where(random.random(ROWS) < 0.25, 1.0, np.maximum(random.beta(0.8, 1.5, ROWS), 0.02))
    frame = pd.DataFrame({
        "year": random.choice((2023, 2024), ROWS), "area": random.choice(AREAS, ROWS, p=AREA_SHARES), "driver_age": age,
        "bonus_malus": np.clip(bonus + malus, 50, 230).astype(int),
        "vehicle_age": np.minimum(random.geometric(0.13, ROWS) - 1, 30), "vehicle_power": 4 + random.binomial(11, 0.22, ROWS),
        "fuel": random.choice(("petrol", "diesel"), ROWS), "use": random.choice(USES, ROWS, p=USE_SHARES),
        "colour": random.choice(("black", "white", "grey", "blue", "red"), ROWS), "exposure": exposure.round(3),
    })  # fmt: skip
    frequency, severity = true_rates(frame)
    claims = random.poisson(frequency * frame["exposure"].to_numpy())
    loss = random.gamma(np.where(claims > 0, SHAPE * claims, 1.0), severity / SHAPE) * (claims > 0)
    return frame.assign(claims=claims, loss=loss.round(2))


def true_rates(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What the program draws from: claims a year and mean money a claim of each policy. The colour of the car says nothing.

    Young drivers of strong cars have more claims than either would explain: products of relativities miss it, trees need not.
    """
    age, power = frame["driver_age"].to_numpy(float), frame["vehicle_power"].to_numpy(float)
    young = np.exp(-((age - 18) / 9))
    strong = np.clip(power - 6, 0, None)
    frequency = (
        BASE_FREQUENCY * _of(frame["area"], AREAS, AREA_FREQUENCY) * _of(frame["use"], USES, USE_FREQUENCY)
        * (1 + 1.4 * young + 0.35 * np.clip(age - 70, 0, None) / 10) * np.exp(0.011 * (frame["bonus_malus"].to_numpy(float) - 50))
        * (1 + 0.30 * young * strong) * (1 - 0.012 * np.minimum(frame["vehicle_age"].to_numpy(float), 15))
    )  # fmt: skip
    severity = (
        BASE_SEVERITY * _of(frame["area"], AREAS, AREA_SEVERITY) * (1 + 0.05 * strong)
        * np.exp(-0.02 * np.minimum(frame["vehicle_age"].to_numpy(float), 20)) * (1 + 0.25 * young)
    )  # fmt: skip
    return frequency, severity


def _of(column: pd.Series, names: tuple[str, ...], values: tuple[float, ...]) -> np.ndarray:
    return np.asarray(column.map(dict(zip(names, values))), float)
