"""What is shown of judged headlines: index, peaks, companies, topics, prices, tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Message, Metric, Metrics, Ranking, Records, Section, Series
from core.language import N_
from models.finance.newsroom import periods
from models.finance.newsroom.risk import KINDS, NEGATIVE, POSITIVE

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 5_000  # headlines in which names are looked for; of more, the latest
GROUP_SIZE, MOST_TOPICS, LEAST_FOR_TOPICS = 40, 8, 12  # headlines
COMPANIES, LINES, BEHIND = 15, 4, 5
RISK = N_("Risk index (0 to 100)")


def abouts(frame: pd.DataFrame, given: bool, context: Context) -> list[tuple[str, ...]]:
    """Who each headline is about: the given company, else the organisations that are named in it."""
    if given:
        return [(name,) if name else () for name in frame["company"]]
    from models.text.recognition import find_all
    from models.text.recognition.names import merged

    first = max(0, len(frame) - MOST_NAMED)
    found: list[dict[str, None]] = [{} for _ in range(len(frame))]
    for mention in merged(find_all(frame["text"].tolist()[first:], context)):
        if mention.entity.kind == "organisation":
            found[first + mention.document][mention.name] = None
    return [tuple(names) for names in found]


def topics(frame: pd.DataFrame, wanted: int, seed: int, context: Context) -> list[str]:
    """The group of each headline by k-means of its vectors, called by the words that set it apart; "" where there are too few."""
    if len(frame) < LEAST_FOR_TOPICS:
        return [""] * len(frame)
    from sklearn.cluster import KMeans

    from models.text.encoder import encode
    from models.text.retrieval.corpus_map import labels_of

    texts = frame["text"].tolist()
    count = min(wanted or int(np.clip(len(texts) // GROUP_SIZE, 2, MOST_TOPICS)), len(set(texts)))
    assigned = KMeans(count, n_init=3, random_state=seed).fit_predict(encode(texts, context=context))
    names = labels_of(texts, assigned)
    return [names[int(group)] for group in assigned]


def sections(frame: pd.DataFrame, params: Any) -> tuple[tuple[Section, ...], Message]:
    """All results, charts first, and the sentence that sums them up."""
    code = periods.period_of(frame["date"], params.period)
    place, starts = periods.numbered(frame["date"], code)
    whole = periods.index(frame["risk"].to_numpy(), place, starts, params.window, params.seed)
    named, pairs = _companies(frame, params.least), _pairs(frame)
    found: list[Any] = [
        _index(whole, code, params.window), _peaks(frame, place, whole, params.window), _by_company(frame, pairs, named,
                                                            params.seed),
        _over_time(frame, pairs, named, (place, starts, code), params), _topics_over_time(frame, place, starts, code),
            _topics(frame),
        _prices(frame, place, whole, code), _table_of_companies(frame, pairs, named), _all(frame),
    ]  # fmt: skip
    numbers = Section(N_("In numbers"), _numbers(frame))
    return (numbers, *(Section(one.title, one) for one in found if one is not None)), _summary(frame, whole, place, params.window)


def _numbers(frame: pd.DataFrame) -> Metrics:
    from models.text.opinions.trend import share_with_interval

    share, low, high = share_with_interval(int((frame["verdict"] == NEGATIVE).sum()), len(frame))
    return Metrics((
        Metric(N_("Headlines"), float(len(frame)), N_("headlines")),
        Metric(N_("Negative"), share, "", (low, high),
               N_("Share of the headlines that sound like risk, with a Wilson interval.")),
        Metric(N_("Positive"), float((frame["verdict"] == POSITIVE).mean())),
        Metric(N_("Mean risk"), 100 * float(frame["risk"].mean()), N_("of 100"), None, N_("Share and strength of negative news "
                                                                                          "together.")),
    ))  # fmt: skip


def _index(whole: periods.Index, code: str, window: int) -> Series:
    values: dict[str, object] = {"window": window, "period": Message(periods.PERIODS[code])}
    return Series(
        N_("Risk index over time"), whole.starts,
        {N_("Risk index"): tuple(map(float, whole.index)), N_("Mean of all"): (whole.mean,) * len(whole.starts)},
        periods.PERIODS[code], RISK,
        Message(N_("100 × share × strength of negative news in {window} periods ({period}) up to each point; the band is a 95 % "
                   "bootstrap interval, the bars count headlines."), values),
        {"Risk index": (tuple(map(float, whole.low)), tuple(map(float, whole.high)))}, tuple(map(int, whole.counts)),
    )  # fmt: skip


def _behind(frame: pd.DataFrame, place: np.ndarray, peak: int, window: int) -> pd.DataFrame:
    """The riskiest headlines of the window that ends with the peak, each wording once."""
    inside = frame[(place <= peak) & (place > peak - window) & (frame["risk"] > 0).to_numpy()]
    return inside.drop_duplicates("text").sort_values("risk", ascending=False, kind="stable").head(BEHIND)


def _peaks(frame: pd.DataFrame, place: np.ndarray, whole: periods.Index, window: int) -> Records | None:
    import pandas as pd

    rows = []
    for peak in whole.peaks:
        for one in _behind(frame, place, peak, window).itertuples():
            rows.append({N_("peak"): whole.starts[peak], N_("risk index"): round(float(whole.index[peak]), 1),
                         N_("date"): str(one.date)[:10],
                         N_("headline"): one.text, N_("about"): ", ".join(one.about), N_("kind"): KINDS.get(one.kind, ""),
                         N_("judged by"): one.by})  # fmt: skip
    if not rows:
        return None
    return Records(
        N_("Peaks and the headlines behind them"), pd.DataFrame(rows),
        N_("Periods whose interval lies above the mean of all, at most three hills, with their riskiest headlines. Of many "
           "periods, one in forty would stand out by chance."), words=("kind", "judged by"),
    )  # fmt: skip


def _pairs(frame: pd.DataFrame) -> dict[str, list[int]]:
    """Rows of each name."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(frame["about"]):
        for name in names:
            rows[name].append(row)
    return rows


def _companies(frame: pd.DataFrame, least: int) -> list[str]:
    counted = Counter(name for names in frame["about"] for name in names)
    return [name for name, count in counted.most_common(COMPANIES) if count >= least]


def _by_company(frame: pd.DataFrame, pairs: dict[str, list[int]], named: list[str], seed: int) -> Ranking | None:
    if not named:
        return None
    rows = []
    for name in named:
        one = periods.index(frame["risk"].to_numpy()[pairs[name]], np.zeros(len(pairs[name]), int), ("",), 1, seed)
        rows.append((name, float(one.index[0]), float(one.low[0]), float(one.high[0])))
    names, values, low, high = zip(*sorted(rows, key=lambda row: -row[1]))
    return Ranking(N_("Risk by company"), names, values, N_("of 100"),
                   N_("Mean risk of all headlines about each, with a 95 % bootstrap interval: where two overlap widely, the "
                      "order may be chance."), low, high)  # fmt: skip


def _over_time(
    frame: pd.DataFrame, pairs: dict[str, list[int]], named: list[str], whole: tuple[np.ndarray, tuple[str, ...], str],
        params: Any
) -> Series | None:  # fmt: skip
    if len(named) < 2:
        return None
    (place, starts, code), lines, risk = whole, {}, frame["risk"].to_numpy()
    worst = sorted(named, key=lambda name: -float(risk[pairs[name]].sum()))[:LINES]
    for name in worst:
        one = periods.index(risk[pairs[name]], place[pairs[name]], starts, params.window, params.seed)
        lines[name] = tuple(map(float, one.index))
    return Series(N_("Risk over time, by company"), starts, lines, periods.PERIODS[code], RISK,
                  N_("The companies with the most risk in all; gaps are times without a headline about them."))  # fmt: skip


def _topics_over_time(frame: pd.DataFrame, place: np.ndarray, starts: tuple[str, ...], code: str) -> Series | None:
    names = [name for name, _ in Counter(frame["topic"]).most_common(LINES + 1) if name]
    if not names:
        return None
    counts = np.bincount(place, minlength=len(starts)).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        lines = {
            name: tuple(map(float, np.bincount(place[(frame["topic"] == name).to_numpy()], minlength=len(starts)) / counts))
            for name in names
        }
    return Series(N_("Topics over time"), starts, lines, periods.PERIODS[code], N_("Share of the headlines"),
                  N_("The commonest groups of alike headlines (k-means of their vectors), called by the words that set them "
                     "apart."),
                  counts=tuple(map(int, counts)))  # fmt: skip


def _topics(frame: pd.DataFrame) -> Ranking | None:
    known = frame[frame["topic"] != ""]
    if known.empty:
        return None
    table = known.groupby("topic")["risk"].mean().sort_values(ascending=False) * 100
    return Ranking(N_("Risk by topic"), tuple(map(str, table.index)), tuple(map(float, table)), N_("of 100"),
                   N_("Mean risk of the headlines of each group."))  # fmt: skip


def _prices(frame: pd.DataFrame, place: np.ndarray, whole: periods.Index, code: str) -> Series | None:
    if frame["price"].isna().all():
        return None
    prices = np.full(len(whole.starts), np.nan)
    for k, price in zip(place, frame["price"]):
        if price == price:
            prices[k] = price  # the last of the period
    found = periods.lags(whole.own, prices)
    if not found:
        return None
    lag, r, low, high, pairs = zip(*found)
    values: dict[str, object] = {"pairs": min(pairs), "lags": len(lag), "period": Message(periods.PERIODS[code])}
    return Series(
        N_("Does the price move with the risk?"), lag, {N_("Correlation"): r}, N_("Periods from the risk to the change of price"),
        N_("Correlation"),
        Message(N_("Pearson's correlation of one period's risk ({period}, not smoothed) with the change of price so many "
                   "periods later; left of 0 the price moved first. The band is Fisher's 95 % interval from at least {pairs} "
                   "pairs; of {lags} lags one in twenty would leave 0 by chance. It is no proof that one causes the other, and "
                   "no forecast."), values),
        {"Correlation": (low, high)},
    )  # fmt: skip


def _table_of_companies(frame: pd.DataFrame, pairs: dict[str, list[int]], named: list[str]) -> Records | None:
    import pandas as pd

    rows = []
    for name in named:
        own = frame.iloc[pairs[name]]
        worst = own.sort_values("risk", ascending=False, kind="stable").iloc[0]
        kinds = Counter(kind for kind in own["kind"] if kind)
        rows.append({N_("company"): name, N_("number of headlines"): len(own),
                     N_("negative"): int((own["verdict"] == NEGATIVE).sum()),
                     N_("positive"): int((own["verdict"] == POSITIVE).sum()), N_("risk"): round(100 * float(own["risk"].mean()),
                                                            1),
                     N_("commonest kind"): KINDS[kinds.most_common(1)[0][0]] if kinds else "",
                     N_("riskiest headline"): worst["text"] if worst["risk"] > 0 else "",
                     N_("latest"): str(own["date"].max())[:10]})  # fmt: skip
    if not rows:
        return None
    return Records(N_("Companies"), pd.DataFrame(rows), N_("Names are found by small models, which miss some and take others "
                                                           "for companies."),
                   words=("commonest kind",))  # fmt: skip


def _all(frame: pd.DataFrame) -> Records:
    import pandas as pd

    table = pd.DataFrame({
        N_("date"): frame["date"].astype("str").str[:10], N_("headline"): frame["text"], N_("verdict"): frame["verdict"],
        N_("score"): frame["score"].round(3), N_("kind"): [KINDS.get(kind, "") for kind in frame["kind"]],
        N_("words found"): frame["words"], N_("judged by"): frame["by"],
            N_("about"): [", ".join(names) for names in frame["about"]],
        N_("topic"): frame["topic"], N_("language"): frame["language"],
    })  # fmt: skip
    return Records(
        N_("All headlines"), table, N_("Scores go from −1 (risk) to 1 (good news)."), words=("verdict", "kind", "judged by")
    )


def _summary(frame: pd.DataFrame, whole: periods.Index, place: np.ndarray, window: int) -> Message:
    values: dict[str, object] = {
        "count": f"{len(frame):,}", "share": f"{(frame['verdict'] == NEGATIVE).mean():.0%}", "first": whole.starts[0],
        "last": str(frame["date"].max())[:10],
    }  # fmt: skip
    if not whole.peaks:
        return Message(N_("{count} headlines from {first} to {last}: {share} sound negative. No period stands out."), values)
    peak = whole.peaks[0]
    names = Counter(name for names in _behind(frame, place, peak, window)["about"] for name in names)
    values |= {"peak": whole.starts[peak], "index": f"{whole.index[peak]:.0f}", "mean": f"{whole.mean:.0f}"}
    if not names:
        return Message(N_("{count} headlines from {first} to {last}: {share} sound negative. The risk index peaks on {peak} at "
                          "{index} (mean {mean})."), values)  # fmt: skip
    return Message(N_("{count} headlines from {first} to {last}: {share} sound negative. The risk index peaks on {peak} at "
                      "{index} (mean {mean}), with news of {name} before "
                      "all."), {**values, "name": names.most_common(1)[0][0]})  # fmt: skip
