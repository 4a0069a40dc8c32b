"""chrF and BLEU are sacrebleu's own, also on a part of the segments; intervals, baselines and sections."""

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF

from core import samples
from core.contracts import Ranking, Records, dump, load
from core.lifecycle import evaluate_translation as measured
from core.lifecycle.evaluate_translation import COPY, Counts, scores


def pairs(language: str, rows: int = 60) -> tuple[list[str], list[str]]:
    frame = samples.load("parallel_gnome").frame
    frame = frame[frame["language"] == language].head(rows)
    return frame["source_en"].tolist(), frame["target"].tolist()


def spoilt(texts: list[str], seed: int = 0) -> list[str]:
    """Every third text with letters exchanged, every fifth empty."""
    dice = np.random.default_rng(seed)
    return ["" if k % 5 == 4 else "".join(dice.permutation(list(text))) if k % 3 else text for k, text in enumerate(texts)]


@pytest.mark.parametrize(("language", "tokenizer"), [("zh-CN", "zh"), ("de", "13a")])
@pytest.mark.parametrize("make", [spoilt, list, lambda texts: [""] * len(texts), lambda texts: ["x"] * len(texts)])
def test_scores_are_those_of_sacrebleu(language, tokenizer, make) -> None:
    _, references = pairs(language)
    answers = make(references)
    found, _ = measured.measure(answers, references)
    assert measured.tokenizer_of(references) == tokenizer
    assert found["chrf"] == pytest.approx(CHRF().corpus_score(answers, [references]).score / 100, abs=1e-9)
    assert found["bleu"] == pytest.approx(BLEU(tokenize=tokenizer).corpus_score(answers, [references]).score / 100, abs=1e-9)
    assert found["exact"] == np.mean([a.strip() == r.strip() for a, r in zip(answers, references, strict=True)])


def test_a_resample_is_the_score_of_the_segments_drawn() -> None:
    _, references = pairs("de")
    answers = spoilt(references)
    drawn = np.random.default_rng(1).integers(0, len(answers), len(answers))
    weights = np.bincount(drawn, minlength=len(answers))[:, None].astype(float)
    found = scores(Counts.of(answers, references), weights)
    picked = [answers[k] for k in drawn], [[references[k] for k in drawn]]
    assert found["chrf"][0] == pytest.approx(CHRF().corpus_score(*picked).score / 100, abs=1e-9)
    assert found["bleu"][0] == pytest.approx(BLEU().corpus_score(*picked).score / 100, abs=1e-9)


def test_intervals_hold_the_score_and_narrow_with_more_segments() -> None:
    _, references = pairs("de", 400)
    answers = spoilt(references)
    found, spread = measured.measure(answers, references)
    _, wide = measured.measure(answers[:60], references[:60])
    for name in ("chrf", "bleu"):
        assert spread[name][0] <= found[name] <= spread[name][1]
        assert spread[name][1] - spread[name][0] < wide[name][1] - wide[name][0]
    units = np.arange(400) // 40  # segments that hang together tell less
    _, clustered = measured.measure(answers, references, units=units)
    assert clustered["chrf"] != spread["chrf"]


def test_the_copy_and_further_baselines_stand_beside_the_answers() -> None:
    sources, references = pairs("de")
    whole = measured.evaluate(sources, references, references, baselines={"worse": spoilt(references)}, rows=range(100, 160))
    assert whole.metrics["chrf"] == pytest.approx(1.0) and whole.metrics["exact"] == 1.0
    assert set(whole.baselines) == {COPY, "worse"}
    assert whole.baselines[COPY]["chrf"] == pytest.approx(CHRF().corpus_score(sources, [references]).score / 100, abs=1e-9)
    kinds = [type(section.result) for section in whole.sections]
    assert kinds.count(Ranking) == 3 and kinds.count(Records) == 2
    table = whole.sections[-1].result.frame
    assert table["row"].tolist()[:2] == [101, 102] and "worse" in table.columns
    for section in whole.sections:
        assert dump(load(dump(section.result))) == dump(section.result)


def test_the_worst_translations_come_first() -> None:
    sources, references = pairs("de")
    answers = [*references]
    answers[17] = "zzz"
    worst = next(s.result for s in measured.evaluate(sources, answers, references).sections if "Worst" in str(s.title))
    assert worst.frame["row"].iloc[0] == 18


def test_nothing_to_say_is_no_crash() -> None:
    found = measured.evaluate(["", "a"], ["", ""], ["", "b"])
    assert found.metrics["chrf"] == 0.0 and found.metrics["bleu"] == 0.0
