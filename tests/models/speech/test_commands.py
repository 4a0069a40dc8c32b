"""Words: augmentation, words of a recording, training that ends and is kept, and one sentence for what cannot be used."""

import numpy as np
import pytest
import torch

from core import fitted, samples
from core.contracts import Audio, Context, InputError, NotFoundError, Records, Table
from core.intake import sound_sets, spool
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.lifecycle.train import train
from core.sound import encode
from models.speech import commands
from models.speech.words import augment, clips, networks

WAYS = augment.WAYS


def recording(values: np.ndarray, name: str = "x.wav"):
    return read_sound(spool(encode.encode(values.astype(np.float32), 16_000, kind="wav"), name))


def letter(name: str) -> np.ndarray:
    frame = samples.load("letters_all").frame
    return clips.open_clip(frame.loc[frame["name"] == f"{name}_nohash_0.ogg", "sound"].iloc[0])


def few() -> Table:
    """Three words that are far apart, of fourteen speakers."""
    table = samples.load("letters")
    return Table(table.frame[table.frame["label"].isin(["s", "o", "i"])].reset_index(drop=True), "letters", "few")


@pytest.fixture(scope="module")
def trained():
    params = commands.TrainWords(target="label", sound="sound", group="speaker", epochs=30)
    return train(commands.CAPABILITY, few(), params, Context())


@pytest.mark.parametrize("way", WAYS)
def test_each_change_changes_and_chance_is_the_generators(way: str):
    word = letter("m/de")
    plain = augment.changed(word, (), torch.Generator().manual_seed(1))
    made = [augment.changed(word, (way,), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2, 3, 4)]
    assert all(len(clip) == clips.LENGTH and np.isfinite(clip).all() for clip in made)
    assert np.array_equal(made[0], made[1]) and any(not np.allclose(made[0], other) for other in made[2:])
    assert len(plain) == clips.LENGTH


def test_noise_is_as_far_below_as_was_asked_and_speed_shortens():
    word = letter("m/de")
    clip = clips.placed(word)
    noise = augment.noisy(clip, 20.0, is_pink=True, generator=torch.Generator().manual_seed(0)) - clip
    assert 20 * np.log10(clips.NORMAL / noise.std()) == pytest.approx(20, abs=0.1)
    assert len(augment.faster(word, 1.25)) == pytest.approx(len(word) / 1.25, abs=2)
    step = int(0.05 * clips.RATE)
    tick = np.zeros(clips.LENGTH, np.float32)
    tick[0] = 1.0
    assert augment.echoed(tick, 0.05, 0.5)[[0, step, 2 * step]].tolist() == pytest.approx([1, 0.5, 0.25])


def test_words_are_parted_by_pauses():
    pause = np.zeros(8_000, np.float32)
    words = [letter(f"{name}/de") for name in "msa"]
    found = clips.words_in(recording(np.concatenate([pause, *(piece for word in words for piece in (word, pause))])))
    assert len(found) == 3 and all(0 <= start < end for start, end, _ in found)


def test_three_words_of_speakers_never_heard(trained):
    evidence = trained.report.evidence
    assert trained.split.kind == "group" and set(trained.baselines) >= {"nearest neighbour on mean MFCC", "majority class"}
    assert evidence.score > 0.75  # three words far apart: guessing is right in a third
    assert any(isinstance(section.result, Audio) for section in trained.report.sections)


def test_a_saved_recogniser_answers_the_same(trained, tmp_path):
    trained.model.save(tmp_path)
    again = networks.load(tmp_path)
    asked = few()
    assert np.allclose(again.predict(asked).probabilities, trained.model.predict(asked).probabilities, atol=1e-5)
    assert again.describe()["augmentation"] == list(WAYS)


def test_a_recording_is_answered_word_by_word(trained, monkeypatch):
    from contextlib import contextmanager

    from core.contracts import Evidence

    @contextmanager
    def opened(capability, reference):
        yield trained.model

    monkeypatch.setattr(fitted, "open_model", opened)
    monkeypatch.setattr(fitted, "evidence", lambda capability, reference: Evidence())
    report = commands.run(samples.sound("letters_said"), commands.Commands(least=0.0), Context())
    table = next(section.result for section in report.sections if isinstance(section.result, Records))
    assert len(table.frame) == 5
    sure = commands.run(samples.sound("letters_said"), commands.Commands(least=0.99), Context())
    assert "unknown" in next(s.result for s in sure.sections if isinstance(s.result, Records)).frame["word"].tolist()


@pytest.mark.parametrize("values", [np.zeros(16_000), 1e-4 * np.ones(16_000)])
def test_silence_gets_one_sentence(values: np.ndarray):
    with pytest.raises(InputError, match="nothing to hear"):
        clips.words_in(recording(values))


def test_without_a_model_it_says_so(ready_store):
    with pytest.raises(NotFoundError, match="Train one first"):
        commands.run(samples.sound("letters_said"), commands.Commands(), Context())


def test_long_and_short_clips_have_one_length():
    for seconds in (0.15, 5.0):
        noise = np.random.default_rng(0).normal(0, 0.1, int(seconds * 16_000)).astype(np.float32)
        assert len(clips.placed(clips.cut(noise, "x"))) == clips.LENGTH
    assert clips.inputs([clips.placed(letter("m/de"))]).shape == (1, 129, 39)
    assert decoded(sound_sets.find(samples.load("letters").frame["sound"].iloc[0])).dtype == np.float32
