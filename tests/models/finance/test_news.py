"""Risk in the news: what words say, the index over time, planted lags, and tables that are no news."""

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import Context, InputError, Table, UserError, dump, load
from models.finance.news import CAPABILITY, NewsParams, read
from models.finance.newsroom import periods, shown
from models.finance.newsroom.risk import by_words, verdicts
from models.finance.newsroom.trial import headlines


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Lender defaults on its bonds", "negative"), ("Regulator fines broker for fraud", "negative"),
        ("Court finds no fraud at broker", "positive"), ("Debts fall", "positive"), ("Debts rise", "negative"),
        ("Sales fall", "negative"), ("Sales rise", "positive"),
        ("某公司债券违约", "negative"), ("某公司否认造假", "positive"), ("某公司负债减少", "positive"), ("某公司负债上升",
                                                            "negative"),
        ("某公司销量下滑", "negative"), ("某公司销量上升", "positive"),
    ],
)  # fmt: skip
def test_words_directions_and_negations(text: str, label: str) -> None:
    found = by_words(text, "en" if text.isascii() else "zh")
    assert found is not None and found.label == label


@pytest.mark.parametrize("text", ["Halvern signs a contract", "Eastern Bank opens", "The forge of Ashby", "公司召开年会"])
def test_beginnings_of_other_words_say_nothing(text: str) -> None:
    assert by_words(text, "en" if text.isascii() else "zh") is None


def test_who_answered_is_said_and_a_list_alone_asks_no_model() -> None:
    found, fallbacks = verdicts(["Lender defaults", "Lender meets", "!!!"], ["en"] * 3, "words", 500, Context())
    assert [one.by for one in found] == ["word list", "nobody", "nobody"] and not fallbacks
    assert found[0].risk == 1.0 and found[0].kind == "default" and found[1].risk == 0


def test_headlines_to_measure_with_are_none_that_taught() -> None:
    from models.finance.newsroom import taught

    first = set(pd.read_csv(taught.FILE)["text"])
    rows = headlines()
    assert len(rows) == 120 and not first & {row["text"] for row in rows}
    assert {(row["language"], row["label"]) for row in rows} == {
        (a, b) for a in ("en", "zh") for b in ("negative", "neutral", "positive")
    }


def test_the_index_looks_back_only_and_finds_the_planted_peak() -> None:
    dates = pd.Series(pd.date_range("2024-01-01", periods=140, freq="D"))
    place, starts = periods.numbered(dates, "W-SUN")
    risk = np.where(place == 12, 1.0, 0.1)
    found = periods.index(risk, place, starts, 2, 0)
    assert len(starts) == 20 and found.counts.sum() == 140
    assert found.index[11] == pytest.approx(10) and found.index[12] == pytest.approx(55) and found.index[13] == pytest.approx(55)
    assert found.index[14] == pytest.approx(10) and found.own[12] == pytest.approx(100)
    assert starts[found.peaks[0]] in ("2024-03-25", "2024-04-01") and len(found.peaks) == 1


def test_empty_periods_stay_empty() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-01", "2024-05-01"]))
    place, starts = periods.numbered(dates, "M")
    found = periods.index(np.array([0.0, 1.0]), place, starts, 1, 0)
    assert len(starts) == 5 and np.isnan(found.index[1:4]).all() and found.index[4] == 100


def test_prices_that_fall_a_period_later_are_found_at_that_lag() -> None:
    random = np.random.default_rng(0)
    risk = random.random(60) * 100
    change = np.concatenate([[0.0], -0.01 * risk[:-1]]) + random.normal(0, 0.05, 60)
    found = {lag: (r, low, high) for lag, r, low, high, _ in periods.lags(risk, 100 * np.exp(np.cumsum(change)))}
    assert found[1][0] < -0.9 and found[1][2] < 0
    assert all(abs(found[lag][0]) < 0.35 for lag in found if lag != 1)


def test_the_simulated_crises_are_there() -> None:
    frame, _ = read(samples.load("news_simulated"), NewsParams(price="price_simulated"))
    found, _ = verdicts(
        frame["text"].tolist(),
        ["zh" if "集团" in t or "银行" in t or "能源" in t else "en" for t in frame["text"]],
        "words",
        0,
        Context(),
    )
    place, starts = periods.numbered(frame["date"], "W-SUN")
    index = periods.index(np.array([one.risk for one in found]), place, starts, 3, 0)
    peaks = [starts[k] for k in index.peaks]
    assert any("2024-05-20" <= peak <= "2024-07-07" for peak in peaks) and any(
        "2024-09-23" <= peak <= "2024-11-10" for peak in peaks
    )


def small(rows: int = 9) -> pd.DataFrame:
    """So few that no encoder is asked for topics."""
    texts = ["Lender defaults on bonds", "Maker recalls cars", "Bank meets"]
    return pd.DataFrame({
        "when": pd.date_range("2024-01-01", periods=rows, freq="15D").astype(str),
            "headline": [texts[k % 3] for k in range(rows)],
        "firm": ["A", "B", "C"] * (rows // 3), "price": np.linspace(10, 20, rows),
    })  # fmt: skip


def test_a_small_table_gives_a_whole_report() -> None:
    params = NewsParams(judge="words", company="firm", price="price", least=1)
    found = CAPABILITY.run(Table(small(), "news"), params, Context())
    titles = [str(section.title) for section in found.sections]
    assert titles[:2] == ["In numbers", "Risk index over time"] and "Risk by company" in titles and titles[-1] == "All headlines"
    assert found.evidence.answered_by == "panorama-words (6)"
    assert dump(load(dump(found))) == dump(found)


def test_rows_without_a_date_are_counted_and_prices_that_are_none_are_said() -> None:
    frame = small().assign(price=-1.0)
    frame.loc[0, "when"], frame.loc[1, "headline"] = "soon", None
    kept, notices = read(Table(frame, "news"), NewsParams(price="price"))
    assert len(kept) == 7 and "2" in str(notices[0]) and "price" in str(notices[1]) and kept["price"].isna().all()


BAD = {
    "empty": small().head(0), "no dates": small().drop(columns="when"), "no texts": small()[["when", "price"]],
    "all missing": small().assign(headline=None), "no date can be read": small().assign(when="soon"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_news_gets_one_sentence(name: str) -> None:
    with pytest.raises(UserError) as caught:
        CAPABILITY.run(
            Table(BAD[name], "bad"), NewsParams(judge="words", text="headline" if "headline" in BAD[name] else ""), Context()
        )
    assert str(caught.value).endswith(".")


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="Preis"):
        CAPABILITY.run(Table(small(), "news"), NewsParams(price="Preis"), Context())


def test_one_headline_is_enough_and_extreme_dates_are_no_trouble() -> None:
    one = small(3).head(1)
    assert CAPABILITY.run(Table(one, "news"), NewsParams(judge="words", company="firm"), Context()).sections
    far = small().assign(when=["1700-01-01", "2200-01-01", *small()["when"][2:]])
    assert CAPABILITY.run(Table(far, "news"), NewsParams(judge="words", company="firm"), Context()).sections


def test_topics_need_enough_headlines() -> None:
    assert shown.topics(small().assign(text="x"), 0, 0, Context()) == [""] * 9
