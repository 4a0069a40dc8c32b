"""A whole translator from a planted table: it learns, is saved as plain files, answers the same again, and says what it is."""

import numpy as np
import pytest

from core.contracts import Cancelled, Context, InputError, Records, Table, Texts, dump, load
from core.lifecycle.evaluate_translation import COPY
from core.lifecycle.train import train
from models.text.translate import CAPABILITY, TrainTranslator, fit
from models.text.translate import load as load_translator
from models.text.translation import dictionary, model
from models.text.translation.vocabulary import Vocabulary
from tests.models.text.translation import planted

QUICK = {
    "width": 48,
    "vocabulary": 120,
    "rate": 1e-2,
    "batch": 16,
    "dropout": 0.1,
    "beam": 2,
    "source": "english",
    "target": "translation",
}
KINDS = {"gru": {"epochs": 12}, "transformer": {"epochs": 16, "layers": 1, "rate": 4e-3}}


def params(kind: str = "gru", **values) -> TrainTranslator:
    return TrainTranslator(kind=kind, **{**QUICK, **KINDS[kind], **values})


@pytest.fixture(scope="module", params=KINDS)
def trained(request):
    return train(CAPABILITY, planted.table(260), params(request.param), Context())


def test_it_learns_the_planted_language_and_is_measured_beside_its_baselines(trained):
    evidence = trained.report.evidence
    assert evidence.metric == "chrF" and evidence.score > 0.6
    assert set(trained.baselines) == {COPY, model.DICTIONARY}
    assert trained.baselines[COPY]["chrf"] < evidence.score
    assert evidence.baseline == max(scores["chrf"] for scores in trained.baselines.values())
    assert model.DEMO in [str(caveat) for caveat in evidence.caveats]
    assert any("Loss" in str(section.title) for section in trained.report.sections)
    assert dump(load(dump(trained.report))) == dump(trained.report)


def test_a_saved_model_answers_the_same_from_plain_files(trained, tmp_path):
    asked = Texts.of([*planted.table(8, 5).frame["english"], "", "🙂", "unknown words stand here."])
    trained.model.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {model.SETTINGS, model.WEIGHTS, "pieces.model"}
    first, again = trained.model.predict(asked), load_translator(tmp_path).predict(asked)
    assert isinstance(first, Records) and first.frame.equals(again.frame) and len(first.frame) == len(asked)
    assert first.frame.iloc[8, 1] == ""


def test_attention_of_a_sentence_is_a_heat_map_whose_rows_sum_to_one(trained):
    found = trained.model.attention("the old tree sings.", Context())
    values = np.asarray(found.values)
    assert values.shape == (len(found.rows), len(found.columns)) and np.allclose(values.sum(1), 1.0, atol=1e-3)
    assert len(set(found.rows)) == len(found.rows) and found.rows[-1] == "</s>"
    with pytest.raises(InputError, match="no sentence"):
        trained.model.attention("  ", Context())


def test_a_long_text_is_translated_sentence_by_sentence(trained):
    text = " ".join(planted.table(60, 7).frame["english"])
    assert len(trained.model.vocabulary.numbers(text)) > model.LONGEST
    (answer,) = trained.model.translate([text], Context())
    assert answer.count(".") >= 30
    assert trained.model.translate(["the old tree. " * 3_000], Context(), beam=1)[0]


def test_too_few_pairs_and_a_stop(trained):
    with pytest.raises(InputError, match="at least 50"):
        fit(planted.table(20), planted.table(5, 1), params(), Context())

    class Stopped(Context):
        def check(self):
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        trained.model.translate(["the old tree."], Stopped())
    with pytest.raises(Cancelled):
        fit(planted.table(80), planted.table(5, 1), params(), Stopped())


def test_the_same_seed_gives_the_same_model():
    first, again = (fit(planted.table(80), planted.table(10, 1), params(epochs=2), Context()) for _ in range(2))
    assert all((tensor == again.network.state_dict()[name]).all() for name, tensor in first.network.state_dict().items())


def test_without_lexicon_and_resampling_it_trains_too():
    plain = fit(planted.table(80), planted.table(10, 1), params(epochs=1, lexicon=False, resample=False), Context())
    assert float(plain.network.known_chances.sum()) == 0.0


def test_the_dictionary_knows_the_words_and_leaves_the_unknown():
    frame = planted.table(300).frame
    table = dictionary.learn(frame["english"].tolist(), frame["translation"].tolist(), "en", "de")
    assert {word: table.best.get(word) for word in planted.WORDS} == planted.WORDS
    assert table.translate("The OLD zebra") == "das alt zebra"


def test_baselines_learn_from_the_first_two_tables_only():
    third = planted.table(30, 9)
    asked = Table(third.frame.drop(columns="translation"), third.name, third.digest)
    found = model.baselines(planted.table(200), planted.table(30, 1), asked, params(), Context())
    right = [answer.rstrip(".").split() == [planted.WORDS[word] for word in source.rstrip(".").split()]
             for answer, source in zip(found[model.DICTIONARY], third.frame["english"], strict=True)]  # fmt: skip
    assert np.mean(right) > 0.9


def test_pieces_come_back_as_the_text_they_were():
    texts = [*planted.table(100).frame["english"], "打开终端窗口，然后重新启动计算机。"]
    vocabulary = Vocabulary.learnt(texts, 120)
    for text in texts[:5]:
        assert vocabulary.text(vocabulary.numbers(text)) == text
        ways = vocabulary.segmentations(text)
        assert len(ways) > 1 and all(vocabulary.text(way) == text for way in ways)
    assert Vocabulary(vocabulary.serialised).numbers(texts[0]) == vocabulary.numbers(texts[0])
    hanzi = ["".join(chr(0x4E00 + 7 * row + k) for k in range(12)) for row in range(60)]
    assert len(Vocabulary.learnt(hanzi, 60)) > 400, "one for each character, whatever was asked for"
    with pytest.raises(InputError, match="too little text"):
        Vocabulary.learnt(["", "  "], 100)
