"""A planted change of mood must be found in the trend, the products, the words and the aspects, in both languages."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import fitted, runs
from core.contracts import Context, Evidence, InputError, Labels, Report, Table, Texts, UnavailableError, dump, load
from core.home import write_json
from models.text.classify import CAPABILITY as CLASSIFY
from models.text.opinions import drivers, polarity, trend
from models.text.sentiment import SentimentParams, run
from tests.models.text.comments import labelled, planted

COLUMNS = {"text": "comment", "date": "day", "product": "shop"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small fast model for each language, by the name of the shipped one that it stands in for."""
    found = {}
    learner = CLASSIFY.learner
    for language in ("zh", "en"):
        params = learner.params(text="text", target="label", method="tfidf")
        model = learner.fit(labelled(language), labelled(language, rows=100, seed=7), params, Context())
        found[f"sentiment-fast-{language}"] = tmp_path_factory.mktemp(language)
        model.save(found[f"sentiment-fast-{language}"])
    return found


@pytest.fixture
def small_models(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the fast models are there, as on a machine that never fetched the accurate ones."""

    def folder(capability: object, reference: str = "") -> Path:
        name = reference.removeprefix("shipped:")
        if name not in folders:
            raise UnavailableError("{name} is not there.", name=name)
        return folders[name]

    monkeypatch.setattr(fitted, "model_folder", folder)


def answer(given: Texts | Table, **params: object) -> Report:
    report = run(given, SentimentParams(**params), Context())
    assert dump(load(dump(report))) == dump(report)
    return report


def of_kind(report: Report, title: str) -> object:
    found = [section.result for section in report.sections if str(section.title) == title]
    assert len(found) == 1, f"{title} is not among {[str(section.title) for section in report.sections]}"
    return found[0]


def titles(report: Report) -> list[str]:
    return [str(section.title) for section in report.sections]


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("language", ["zh", "en"])
class TestPlanted:
    @pytest.fixture(scope="class")
    def reports(self) -> dict[str, Report]:
        return {}

    @pytest.fixture
    def report(self, language: str, reports: dict[str, Report], small_models: None) -> Report:
        if language not in reports:
            reports[language] = answer(planted(language), model="fast", **COLUMNS)
        return reports[language]

    def test_every_comment_gets_the_polarity_it_was_written_with(self, report: Report, language: str):
        frame = of_kind(report, "All comments").frame
        table = planted(language).frame
        assert list(frame["comment"]) == list(table["comment"]) and list(frame["shop"]) == list(table["shop"])
        assert (frame["language"] == language).all() and (frame["judged by"] == f"sentiment-fast-{language}").all()
        bad = (table["shop"] == "B") & (table["day"] >= "2024-03-01")
        positive = frame["polarity"] == "positive"
        assert positive[bad].mean() < 0.2 < 0.8 < positive[~bad].mean()

    def test_the_trend_falls_in_march(self, report: Report):
        line = of_kind(report, "Share of positive comments over time")
        assert line.x_label == "Week"
        share = np.array(line.lines["positive"])
        before = share[[x < "2024-02-26" for x in line.x]]
        after = share[[x >= "2024-03-04" for x in line.x]]
        assert before.mean() > 0.8 > 0.75 > after.mean()
        low, high = line.bands["positive"]
        assert all(a <= s <= b for a, s, b in zip(low, share, high, strict=True))
        assert sum(line.counts) <= 900

    def test_only_product_b_falls(self, report: Report):
        lines = of_kind(report, "Share of positive comments over time, by product")
        after = [x >= "2024-03-04" for x in lines.x]
        late = {name: np.nanmean(np.array(values)[after]) for name, values in lines.lines.items()}
        assert late["B"] < 0.3 and late["A"] > 0.75 and late["C"] > 0.75

    def test_the_change_is_dated(self, report: Report):
        frame = of_kind(report, "What changed").frame
        assert list(frame["product"]) == ["B"]
        assert abs(pd.Timestamp(frame["since"][0]) - pd.Timestamp("2024-03-01")) <= pd.Timedelta(days=4)
        assert frame["share positive before"][0] > 0.8 > 0.2 > frame["share positive after"][0]

    def test_product_b_comes_last_and_its_interval_stands_apart(self, report: Report):
        ranked = of_kind(report, "Products by share of positive comments")
        assert ranked.names[-1] == "B"
        assert ranked.high[-1] < min(ranked.low[:-1])

    def test_the_words_say_why(self, report: Report, language: str):
        words = of_kind(report, "Driving words")
        weight = dict(zip(words.names, words.values, strict=True))
        negative, positive = {"en": (("broken", "awful"), ("wonderful", "love")), "zh": (("破损", "糟糕"), ("喜欢", "实惠"))}[
            language
        ]
        assert all(weight[word] < 0 for word in negative) and all(weight[word] > 0 for word in positive)
        assert all(low > 0 or high < 0 for low, high in zip(words.low, words.high, strict=True))

    def test_the_cloud_is_coloured_by_what_comments_say(self, report: Report, language: str):
        cloud = of_kind(report, "Word cloud")
        sign = dict(zip(cloud.words, cloud.signs, strict=True))
        bad, good = {"en": ("broken", "wonderful"), "zh": ("破损", "喜欢")}[language]
        assert sign[bad] < -0.5 < 0.5 < sign[good]

    def test_packaging_and_delivery_are_the_aspects_that_suffer(self, report: Report, language: str):
        aspects = of_kind(report, "Aspects by share of positive mentions")
        share = dict(zip(aspects.names, aspects.values, strict=True))
        bad, good = {"en": (("packaging", "delivery"), "taste"), "zh": (("包装", "物流"), "味道")}[language]
        assert all(share[name] < 0.2 for name in bad) and share[good] > 0.5
        said = of_kind(report, "What is said of each aspect").frame.set_index("aspect")
        assert {"en": "wonderful", "zh": "好"}[language] in said.loc[good, "said well"]

    def test_examples_stand_at_their_end(self, report: Report):
        best, worst = of_kind(report, "The most positive comments").frame, of_kind(report, "The most negative comments").frame
        assert best["probability"].min() > 0.6 and worst["probability"].max() < 0.4
        assert best["probability"].is_monotonic_decreasing and worst["probability"].is_monotonic_increasing


@pytest.mark.usefixtures("small_models")
class TestOddInput:
    def test_one_comment_gets_a_probability_and_the_words_behind_it(self):
        report = answer(Texts.of("The taste is wonderful, I love the quality"))
        labels = of_kind(report, "Polarity")
        assert isinstance(labels, Labels) and labels.best == ("positive",)
        assert abs(labels.probabilities.sum() - 1) < 1e-6
        assert "positive" in str(report.summary)
        shown = of_kind(report, "What speaks for positive")
        assert shown.text.startswith("The taste") and max(weight for _, _, weight in shown.spans) > 0

    def test_a_missing_accurate_model_is_said(self):
        report = answer(Texts.of("The taste is wonderful"))
        assert "fast one answered" in str(report.evidence.fallback)
        assert report.evidence.answered_by.startswith("sentiment-fast-en")

    def test_mixed_languages_are_judged_each_by_its_own_model(self):
        texts = ["The taste is awful, I hate the quality", "味道非常好，质量很棒"] * 4
        frame = of_kind(answer(Texts.of(texts)), "All comments").frame
        assert list(frame["polarity"]) == ["negative", "positive"] * 4
        assert list(frame["judged by"]) == ["sentiment-fast-en", "sentiment-fast-zh"] * 4

    def test_a_third_language_is_a_guess_and_says_so(self):
        report = answer(Texts.of(["Отличный товар", "The taste is awful"]), model="fast")
        assert "neither in Chinese nor in English" in str(report.evidence.fallback)
        assert list(of_kind(report, "All comments").frame["language"]) == ["other", "en"]

    def test_empty_and_emoji_only_comments_are_not_judged(self):
        texts = ["", "   ", "😡😡😡", "!!!", "\u200b", "The taste is wonderful", "I hate the quality"]
        report = answer(Texts.of(texts))
        frame = of_kind(report, "All comments").frame
        assert list(frame["polarity"][:5]) == ["not judged"] * 5
        assert frame["probability of positive"][:5].isna().all()
        assert any("Comments without words" in str(notice) and str(notice).endswith(" 5.") for notice in report.notices)

    def test_nothing_but_emoji_makes_a_report_too(self):
        for texts in (["😀"], ["😀"] * 10):
            report = answer(Texts.of(texts))
            assert not any("Polarity" in title or "words" in title for title in titles(report))
            assert report.evidence.answered_by == ""

    def test_no_comment_at_all_is_an_error(self):
        with pytest.raises(InputError, match="no comment"):
            answer(Texts.of([]))

    def test_missing_cells_are_kept_in_their_rows(self):
        frame = pd.DataFrame({"text": ["The taste is awful", None, "I love the quality", float("nan"), "x", "y", "z"]})
        done = of_kind(answer(Table(frame), text="text"), "All comments").frame
        assert list(done["polarity"][:4]) == ["negative", "not judged", "positive", "not judged"]

    def test_a_column_without_dates_is_said_and_no_trend_is_shown(self):
        table = planted("en", rows=60)
        table.frame["day"] = None
        report = answer(table, **COLUMNS)
        assert not any("over time" in title or "changed" in title for title in titles(report))
        assert any("no date in it" in str(notice) for notice in report.notices)
        assert of_kind(report, "Products by share of positive comments")

    @pytest.mark.parametrize("form", ["%Y年%m月%d日", "%Y%m%d", "%d.%m.%Y %H:%M"])
    def test_dates_are_read_as_people_write_them_and_the_unreadable_are_counted(self, form: str):
        table = planted("en", rows=300)
        table.frame["day"] = pd.to_datetime(table.frame["day"]).dt.strftime(form)
        table.frame.loc[:9, "day"] = "soon"
        report = answer(table, **COLUMNS)
        line = of_kind(report, "Share of positive comments over time")
        assert line.x[0] >= "2024-01-01" and line.x[-1] < "2024-07-01" and 250 < sum(line.counts) <= 290
        assert any("10 of 300;" in str(notice) for notice in report.notices)

    def test_columns_that_were_not_named_are_pointed_out(self):
        notices = " ".join(str(notice) for notice in answer(planted("en", rows=40), text="comment").notices)
        assert "column day looks like dates" in notices and "column shop looks like products" in notices

    def test_a_model_of_ones_own_answers_with_the_evidence_of_its_run(
        self, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ):
        measured = Evidence(metric="accuracy", score=0.9, interval=(0.8, 0.95), baseline=0.5)
        monkeypatch.setitem(folders, "mine", folders["sentiment-fast-en"])
        monkeypatch.setattr(fitted, "resolve", lambda capability, reference="": f"run of {reference}")
        monkeypatch.setattr(runs, "report", lambda run: {"run of mine": Report("", "", (), measured)}[run])
        report = answer(Texts.of(["The taste is awful", "I love the quality"]), model="own", own_model="mine")
        assert list(of_kind(report, "All comments").frame["polarity"]) == ["negative", "positive"]
        assert report.evidence.answered_by == "mine (2)" and report.evidence.score == 0.9

    def test_the_evidence_is_the_card_of_the_model_that_answered_most(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        for language, score in (("en", 0.8), ("zh", 0.85)):
            name = f"sentiment-fast-{language}"
            shutil.copytree(fitted.model_folder(CLASSIFY, fitted.SHIPPED + name), tmp_path / name)
            card = {
                "metric": "accuracy",
                "score": score,
                "interval": [score - 0.02, score + 0.02],
                "baseline": 0.5,
                "test_rows": 900,
            }
            write_json(tmp_path / name / "card.json", card)
        monkeypatch.setattr(fitted, "model_folder", lambda _, reference: tmp_path / reference.removeprefix(fitted.SHIPPED))
        found = answer(Texts.of(["味道太差", "质量很棒", "I love the quality"]), model="fast").evidence
        assert (found.metric, found.score, found.baseline, found.rows) == ("accuracy", 0.85, 0.5, 900)
        assert found.interval == pytest.approx((0.83, 0.87))
        told = " ".join(str(caveat) for caveat in found.caveats)
        assert "sentiment-fast-en answered too: accuracy 0.800" in told and "five stars" in told and "books" in told

    def test_one_row(self):
        report = answer(planted("en", rows=1), **COLUMNS)
        assert len(of_kind(report, "All comments").frame) == 1

    def test_a_wrong_column_is_named(self):
        with pytest.raises(InputError, match="nowhere"):
            answer(planted("en", rows=5), text="comment", date="nowhere")

    def test_columns_of_the_same_name_are_not_overwritten(self):
        frame = pd.DataFrame({"polarity": ["mine"] * 6, "comment": ["I love the quality"] * 6})
        done = of_kind(answer(Table(frame), text="comment"), "All comments").frame
        assert list(done["polarity"]) == ["mine"] * 6 and list(done["polarity (Panorama)"]) == ["positive"] * 6

    def test_exported_cells_cannot_be_formulas(self):
        from core.intake import export

        frame = pd.DataFrame({"comment": ['=HYPERLINK("http://x","I love the quality")', "+I hate the quality", "@SUM(1)"] * 2})
        written = export.to_csv(of_kind(answer(Table(frame), text="comment"), "All comments").frame).decode("utf-8-sig")
        cells = [line.lstrip('"') for line in written.splitlines()[1:]]
        assert len(cells) == 6 and not any(cell.startswith(("=", "+", "@", "-")) for cell in cells)

    def test_the_band_widens_what_counts_as_unclear(self):
        texts = Texts.of(["zebra umbrella", "The taste is wonderful, I love the quality"] * 5)
        unclear = [(of_kind(answer(texts, band=band), "All comments").frame["polarity"] == "unclear").sum() for band in (0, 0.4)]
        assert unclear == [0, 5]

    def test_many_comments_go_to_the_fast_model_and_it_is_said(self):
        report = answer(planted("en", rows=40), accurate_limit=30, **COLUMNS)
        assert any("fast model answered" in str(notice) for notice in report.notices)
        assert not report.evidence.fallback

    def test_the_same_seed_gives_the_same_report(self):
        first, second = (answer(planted("zh", rows=60), model="fast", **COLUMNS) for _ in range(2))
        assert [dump(s) for s in first.sections] == [dump(s) for s in second.sections]


@pytest.mark.parametrize(
    ("classes", "named", "expected"),
    [
        (("great", "other"), "", [0.7, 0.1]),
        (("negative", "positive"), "", [0.3, 0.9]),
        (("0", "1"), "", [0.3, 0.9]),
        (("坏", "好评"), "", [0.3, 0.9]),
        (("bad", "fine"), "Fine", [0.3, 0.9]),
    ],
)
def test_classes_of_two_become_one_probability(classes: tuple[str, str], named: str, expected: list[float]):
    labels = Labels(("a", "b"), classes, np.array([[0.7, 0.3], [0.1, 0.9]], np.float32))
    assert polarity.positive_probability(labels, named) == pytest.approx(expected)


def test_half_of_neutral_counts_as_positive():
    labels = Labels(("a",), ("negative", "neutral", "positive"), np.array([[0.2, 0.4, 0.4]], np.float32))
    assert polarity.positive_probability(labels) == pytest.approx([0.6])


def test_classes_without_a_known_name_ask_for_one():
    labels = Labels(("a",), ("sport", "politics"), np.array([[0.5, 0.5]], np.float32))
    with pytest.raises(InputError, match="sport, politics"):
        polarity.positive_probability(labels)


@pytest.mark.parametrize(
    ("days", "period"), [(30, "Day"), (200, "Week"), (1_000, "Month"), (4_000, "Quarter"), (9_000, "Year")]
)  # fmt: skip
def test_the_period_follows_the_span(days: int, period: str):
    dates = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.linspace(0, days, 3_000).round(), unit="D")
    line = trend.trend(pd.DataFrame({"date": dates, "polarity": ["positive", "negative"] * 1_500}))
    assert line is not None and line.x_label == period and sum(line.counts) == 3_000


def test_a_point_that_would_stand_on_few_comments_takes_a_longer_period():
    dates = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.linspace(0, 360, 120).round(), unit="D")
    line = trend.trend(pd.DataFrame({"date": dates, "polarity": "positive"}))
    assert line is not None and line.x_label == "Month" and len(line.x) == 12


def test_words_are_not_blamed_for_the_mood_of_their_language():
    texts = ["good coffee"] * 30 + ["bad coffee"] * 10 + ["好 咖啡"] * 10 + ["坏 咖啡"] * 30
    polarity_ = np.array((["positive"] * 30 + ["negative"] * 10) + (["positive"] * 10 + ["negative"] * 30))
    reading = drivers.read(texts, ["en"] * 40 + ["zh"] * 40, np.arange(80), 0, Context())
    found = drivers.drivers(reading, polarity_, 5)
    odds = dict(zip(found.words, found.log_odds, strict=True))
    assert abs(odds["coffee"]) < 0.1 and abs(odds["咖啡"]) < 0.1
    assert odds["good"] > 1 and odds["好"] > 1 and odds["bad"] < -1 and odds["坏"] < -1


def test_log_odds_are_those_of_the_paper():
    ratio, deviation = drivers.log_odds(np.array([30, 70]), np.array([10, 90]))
    first, second = (30 + 4) / (120 - 34), (10 + 4) / (120 - 14)  # 20 words of prior, 40 of 200 of them the first word
    assert ratio[0] == pytest.approx(np.log(first / second)) and ratio[1] < 0
    assert deviation[0] == pytest.approx(np.sqrt(1 / 34 + 1 / 14))


def test_chance_alone_is_no_change():
    rng = np.random.default_rng(0)
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 180, 2_000), unit="D")
    judged = pd.DataFrame(
        {"date": dates, "product": rng.choice(list("ABCD"), 2_000), "polarity": rng.choice(["positive", "negative"], 2_000)}
    )
    assert trend.changes(judged, 5) is None


def test_the_interval_is_wilsons():
    share, low, high = trend.share_with_interval(8, 10)  # Wilson (1927): .490 to .943
    assert share == 0.8 and low == pytest.approx(0.490, abs=5e-4) and high == pytest.approx(0.943, abs=5e-4)
