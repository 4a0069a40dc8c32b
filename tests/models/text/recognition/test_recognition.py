"""Entities: exact offsets, both languages, patterns beside the models, and the planted test."""

import random
from itertools import pairwise

import pytest

from core.contracts import Cancelled, Context
from models.text.recognition import KINDS, Entity, find, find_all, patterns, trial
from models.text.recognition.names import merged
from models.text.recognition.phrases import key_phrases
from models.text.recognition.pieces import cut
from models.text.recognition.planted import CHINESE, ENGLISH

MIXED = (
    "Alice Johnson flew to Lisbon on 14 March 2024. Northwind Energy paid $2.5 million. "
    "林晓峰在杭州市的四川大学工作，2021年5月3日收到了120万元。\n\n周雨桐去了成都。"
)


def of_kind(text: str, kind: str) -> list[str]:
    return [entity.text for entity in find(text) if entity.kind == kind]


def test_both_languages_of_one_text_are_read() -> None:
    assert of_kind(MIXED, "person") == ["Alice Johnson", "林晓峰", "周雨桐"]
    assert of_kind(MIXED, "place") == ["Lisbon", "杭州市", "成都"]
    assert of_kind(MIXED, "date") == ["14 March 2024", "2021年5月3日"]
    assert of_kind(MIXED, "amount") == ["$2.5 million", "120万元"]
    assert "四川大学" in of_kind(MIXED, "organisation")


def test_offsets_are_exact_and_nothing_overlaps() -> None:
    dice = random.Random(0)
    parts = [
        "Alice Smith",
        "张伟",
        "\ud800",
        "🙂",
        "\u202e",
        "\x00",
        "Paris",
        "北京",
        " ",
        "\n\n",
        "。",
        ". ",
        "12%",
        "€5",
        "é",
        "《红楼梦》",
    ]
    texts = ["".join(dice.choice(parts) for _ in range(60)) for _ in range(30)] + [MIXED, "", " \n", "مرحبا 2021-05-03"]
    for text, entities in zip(texts, find_all(texts), strict=True):
        assert all(text[e.start : e.end] == e.text and e.text and e.kind in KINDS for e in entities)
        assert all(a.end <= b.start for a, b in pairwise(entities))


@pytest.mark.parametrize(
    ("text", "language", "kind", "expected"),
    [
        ("Pay €450,000 or EUR 40, 3.5 percent, 30 euros, 12 kg.", "en", "amount",
         ["€450,000", "EUR 40", "3.5 percent", "30 euros", "12 kg"]),
        ("On 3 May 2021, May 3, 2021-05-03 and March 2019.", "en", "date", ["3 May 2021", "May 3", "2021-05-03", "March 2019"]),
        ("花了￥30亿、450美元、百分之十五、12.5%和三千元。", "zh", "amount",
         ["￥30亿", "450美元", "百分之十五", "12.5%", "三千元"]),
        ("2021年5月3日、二〇二一年、去年12月、5月份和上午9点30分。", "zh", "date",
         ["2021年5月3日", "二〇二一年", "去年12月", "5月份", "上午9点30分"]),
        ("Version 1.2.3 has 40 options; 127.0.0.1:8501", "en", "amount", []),
        ("共有3个月和5个人", "zh", "date", []),
    ],
)  # fmt: skip
def test_patterns(text: str, language: str, kind: str, expected: list[str]) -> None:
    found = sorted(span for span in patterns.found(text, language) if span[2] == kind)
    assert [text[start:end] for start, end, _ in found] == expected


def test_durations_are_no_dates() -> None:
    assert of_kind("It takes five minutes, or two hours at most.", "date") == []
    assert of_kind("大约需要五分钟，最多两个小时。", "date") == []
    assert of_kind("She left two hours ago, on Monday.", "date") == ["two hours ago", "Monday"]


def test_pieces_hold_one_language_and_stand_in_the_text() -> None:
    pieces = cut(MIXED, 3)
    assert [piece.language for piece in pieces] == ["en", "zh", "zh"]
    assert all(MIXED[p.start : p.start + len(p.text)] == p.text and p.place == 3 for p in pieces)
    long = "word " * 5_000
    assert "".join(p.text for p in cut(long, 0)) == long.strip() and max(len(p.text) for p in cut(long, 0)) <= 1_500


def test_names_are_merged_conservatively() -> None:
    def person(text: str, start: int, kind: str = "person") -> Entity:
        return Entity(start, start + len(text), kind, text)

    one = [person("Alice Smith", 0), person("Smith", 20), person("ALICE SMITH", 30), person("Dr Smith", 50)]
    assert {mention.name for mention in merged([one])} == {"Alice Smith"}
    two = [person("Alice Smith", 0), person("Bob Smith", 20), person("Smith", 40)]
    assert {mention.name for mention in merged([two])} == {"Alice Smith", "Bob Smith", "Smith"}
    assert {mention.name for mention in merged([[person("Alice Smith", 0)], [person("Smith", 0)]])} == {"Alice Smith", "Smith"}
    mixed = [person("Linux", 0), person("Linux", 9, "work"), person("Linux", 19, "work")]
    assert {mention.node for mention in merged([mixed])} == {("work", "Linux")}


@pytest.mark.parametrize(("lists", "baseline"), [(ENGLISH, trial.capitalised), (CHINESE, trial.dictionary)])
def test_planted_names_are_found_above_the_baseline(lists, baseline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Synthetic sentences: what is planted is known. Real texts are harder."""
    monkeypatch.setattr(trial, "SENTENCES", 60)
    monkeypatch.setattr(trial.sentences, "__defaults__", (60, 1))
    ours, trivial = trial.measured(lists, trial.ours), trial.measured(lists, baseline)
    assert ours.precision > 0.85 and ours.recall > 0.85
    assert ours.interval[0] > trivial.interval[1]


def test_scores_are_those_of_the_definition() -> None:
    truth = [{(0, 1, "person"), (2, 3, "place")}, set()]
    found = [{(0, 1, "person"), (2, 3, "person")}, {(5, 6, "date")}]
    score = trial.scores(truth, found)
    assert score.precision == pytest.approx(1 / 3) and score.recall == pytest.approx(1 / 2) and score.f1 == pytest.approx(2 / 5)


def test_key_phrases_in_both_languages() -> None:
    english = ["The leak guard finds leaks. A leak guard is quick.", "The evidence card shows a score.", "Nothing here."]
    assert "leak guard" in [phrase for phrase, _ in key_phrases(english, 5)]
    chinese = ["证据卡显示置信区间。置信区间说明误差。", "服务器保存文件。"]
    found = key_phrases(chinese, 5)
    assert "置信区间" in [phrase for phrase, _ in found] and found[0][1] == 1.0
    assert key_phrases([], 5) == [] and key_phrases(["", "\ud800 🙂"], 5) == []


def test_work_can_be_cancelled() -> None:
    class Stopped(Context):
        def check(self) -> None:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        find("Alice went to Paris.", context=Stopped())
