"""Headlines that a program makes, and headlines of Reuters with dates that a program makes: both are simulated where they say
so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEED = 0
FIRST_DAY, WEEKS, A_WEEK = np.datetime64("2024-01-01"), 52, 9
COMPANIES = {"en": ("Halvern Bank", "Orlan Motors", "Northfield Energy"), "zh": ("云山银行", "江远集团", "明川能源")}
CRISES = {"Orlan Motors": (20, 24), "云山银行": (38, 42)}  # weeks in which nearly all news of a company is bad
BAD_SHARE, CRISIS_SHARE, CRISIS_NEWS = 0.2, 0.9, 0.6
PRICE, SPREAD, FALL = (
    100.0,
    0.006,
    0.05,
)  # of the index: start, a week's deviation, what a week of bad news only costs the next week
REUTERS_ROWS, REUTERS_WORDS, REUTERS_FIRST, REUTERS_DAYS = 400, 24, np.datetime64("1987-02-26"), 236
TEMPLATES = {
    ("en", "bad"): ("{c} warns of a loss of ${n} million", "Regulator investigates {c} over false accounts",
                    "{c} recalls {n},000 products after accidents",
                    "Shares of {c} tumble as orders fall", "{c} to cut {n}00 jobs and close a plant", "Creditors of {c} fear a "
                                                                                                      "default"),
    ("en", "other"): ("{c} to report quarterly figures on day {n}", "{c} names new head of purchasing", "{c} presents a study "
                                                                                                        "on working from home",
                      "{c} holds annual meeting in Lisbon", "{c} raises profit forecast by {n} percent", "{c} wins contract "
                                                                                                         "worth ${n} million",
                      "{c} and suppliers sign agreement for {n} months", "Sales of {c} grow {n} percent"),
    ("zh", "bad"): ("{c}预计亏损{n}亿元", "监管部门对{c}立案调查", "{c}债券违约，涉及{n}亿元", "{c}股价大跌，市场担忧坏账",
                    "{c}宣布裁员{n}百人",
                    "{c}因事故停产{n}天"),
    ("zh", "other"): ("{c}将于{n}日公布季报", "{c}任命新的采购总监", "{c}举行第{n}届员工运动会", "{c}在上海召开年会",
                      "{c}上调盈利预期百分之{n}",
                      "{c}中标{n}亿元项目", "{c}与供应商签订{n}个月协议", "{c}销售额增长百分之{n}"),
}  # fmt: skip


def news(_: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A year of headlines of six invented companies in two languages, with a crisis of two of them, and the level of an index
    that
    falls the week after bad news.
    """
    import pandas as pd

    random = np.random.default_rng(SEED)
    rows, bad_shares = [], []
    for week in range(WEEKS):
        bad_of_week = []
        for _headline in range(A_WEEK):
            language = ("en", "zh")[random.integers(2)]
            company = str(random.choice(COMPANIES[language]))
            for name, (first, last) in CRISES.items():  # a crisis is written about more
                if first <= week < last and random.random() < CRISIS_NEWS:
                    company, language = name, "en" if name in COMPANIES["en"] else "zh"
            in_crisis = company in CRISES and CRISES[company][0] <= week < CRISES[company][1]
            bad = bool(random.random() < (CRISIS_SHARE if in_crisis else BAD_SHARE))
            chosen = TEMPLATES[language, "bad" if bad else "other"]
            text = chosen[random.integers(len(chosen))].format(c=company, n=random.integers(2, 29))
            rows.append((FIRST_DAY + 7 * week + random.integers(0, 7), text, language, week))
            bad_of_week.append(bad)
        bad_shares.append(float(np.mean(bad_of_week)))
    before = np.concatenate([[BAD_SHARE], bad_shares[:-1]])
    level = PRICE * np.exp(np.cumsum(random.normal(0, SPREAD, WEEKS) - FALL * (before - BAD_SHARE)))
    frame = pd.DataFrame(rows, columns=["date_simulated", "headline", "language", "week"])
    frame["price_simulated"] = level[frame.pop("week")].round(2)
    frame["date_simulated"] = frame["date_simulated"].astype("str").str[:10]
    return frame.sort_values(["date_simulated", "headline"], ignore_index=True)


def reuters(given: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The first words of Reuters' reports of 1987, with dates by chance: what changes over time in them is chance."""
    random = np.random.default_rng(SEED)
    frame = given["reuters_r8"]
    frame = frame[frame["split"] == "test"]
    heads = frame["text"].str.split().str[:REUTERS_WORDS].str.join(" ")
    frame = frame.assign(headline=heads).drop_duplicates("headline").sample(REUTERS_ROWS, random_state=SEED)
    days = REUTERS_FIRST + random.integers(0, REUTERS_DAYS, len(frame))
    frame = frame.assign(date_simulated=days.astype(str), topic=frame["label"])
    return frame.sort_values(["date_simulated", "headline"], ignore_index=True)[["date_simulated", "headline", "topic"]]
