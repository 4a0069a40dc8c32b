"""Training a network that cleans: who is on which side, what mixtures are, and what the report says."""

import zipfile
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core import samples
from core.contracts import Context, InputError, Table, dump, load
from core.intake import roles, sound_sets, spool
from core.lifecycle import evaluate_enhancement, guard, split_speakers
from core.lifecycle import mixtures as made
from core.lifecycle import train_enhancement as training
from core.lifecycle.train import train
from core.sound import measures
from models.speech.enhance import CAPABILITY, EnhanceParams, TrainEnhancer, run
from tests.hostile.bad_sounds import tone, wav


@pytest.fixture
def table() -> Table:
    whole = samples.load("letters")
    frame = whole.frame[whole.frame["speaker"].isin(["cs", "es", "it", "pt_BR", "de"])].reset_index(drop=True)
    return Table(frame, whole.name, whole.digest)


def test_a_speaker_stands_on_one_side(table):
    split, units = split_speakers.split_speakers(table, TrainEnhancer())
    parts = [{units[row] for row in rows} for rows in (split.train, split.validation, split.test)]
    assert all(parts) and not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    assert sum(map(len, (split.train, split.validation, split.test))) == len(table)


def test_a_given_split_decides(table):
    frame = table.frame.assign(split=["test" if name == "es" else "train" for name in table.frame["speaker"]])
    split, units = split_speakers.split_speakers(Table(frame, "x", "x"), TrainEnhancer())
    assert split.kind == "given" and {units[row] for row in split.test} == {"es"}


def test_too_few_speakers_and_no_recordings_are_said(table):
    two = Table(table.frame[table.frame["speaker"].isin(["cs", "es"])].reset_index(drop=True), "x", "x")
    with pytest.raises(InputError, match="too few"):
        split_speakers.split_speakers(two, TrainEnhancer())
    with pytest.raises(InputError, match="no recordings"):
        split_speakers.split_speakers(Table(table.frame.drop(columns="sound"), "x", "x"), TrainEnhancer())


def _set(tmp_path, names: list[str], same: dict[str, str] | None = None) -> Table:
    """An archive of tones, each of its own height unless `same` names another clip, as a table."""
    path = tmp_path / "voices.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, wav(tone(0.2, height=200.0 + 10 * names.index((same or {}).get(name, name)))))
    with path.open("rb") as stream:
        return sound_sets.read_table(spool(stream, path.name))


def test_a_folder_is_a_speaker_and_its_chapters_are_no_others(tmp_path):
    names = [
        f"corpus/{who}/{chapter}/{take}.wav" for who in ("ann", "bob", "cem", "dee", "eva") for chapter in "12" for take in "ab"
    ]
    table = _set(tmp_path, names)
    assert roles.guess(table.frame, "speaker") == "label"
    split, units = split_speakers.split_speakers(table, TrainEnhancer())
    assert set(units) == {"ann", "bob", "cem", "dee", "eva"}
    folders = [{names[row].split("/")[1] for row in rows} for rows in (split.train, split.validation, split.test)]
    assert all(folders) and sum(map(len, folders)) == 5
    assert str(split.how).startswith("Speakers: 3 to learn from")


def test_the_leak_guard_says_whom_it_takes_for_speakers(tmp_path):
    def said(names: list[str], same: dict[str, str] | None = None) -> list[tuple[str, str]]:
        return [(one.kind, one.severity) for one in guard.inspect(_set(tmp_path, names, same), TrainEnhancer())]

    assert said([f"{who}/a.wav" for who in "abcd"], {"d/a.wav": "a/a.wav"}) == [("folders", "note"), ("twice", "note")]
    assert said(["one.wav", "two.wav", "three.wav"]) == [("no_speakers", "warn")]
    assert said(["ann/a.wav", "bob/b.wav"]) == [("split_impossible", "stop")]


def test_speakers_who_share_a_file_stay_together(tmp_path):
    names = [f"{who}/{take}.wav" for who in ("ann", "bob", "cem", "dee") for take in "ab"]
    units = split_speakers.units_of(_set(tmp_path, names, {"dee/b.wav": "ann/a.wav"}), TrainEnhancer())
    assert units[0] == units[1] == units[6] == units[7] and len(set(units)) == 3


def test_without_folders_a_file_stands_for_itself(tmp_path):
    table = _set(tmp_path, ["one.wav", "two.wav", "three.wav", "four.wav"], {"two.wav": "one.wav"})
    split, units = split_speakers.split_speakers(table, TrainEnhancer())
    assert len(set(units)) == 3 and "not known" in str(split.how)


def rows_of(gains: dict[str, list[float]]) -> list[evaluate_enhancement.Row]:
    """Rows with the SI-SDR gains given by method, a piece each."""

    def at(value: float) -> measures.Measured:
        return measures.Measured(value, 0.0, 0.0, 0.0)

    none = np.zeros(0, np.float32)
    return [
        evaluate_enhancement.Row(made.Mixture(none, none, f"speaker {place}", "hum", 0.0, False, place), at(0.0),
                                 {name: at(values[place]) for name, values in gains.items()})
        for place in range(len(next(iter(gains.values()))))
    ]  # fmt: skip


def test_the_verdict_goes_by_the_interval_of_the_difference():
    better, wide = [1.0, 1.1, 0.9, 1.0], [-3.0, 5.0, -2.0, 4.0]
    for values, said in ((better, "beats"), ([-one for one in better], "loses to"), (wide, "cannot be told apart")):
        rows = rows_of({training.THIS: [3 + one for one in values], evaluate_enhancement.SPECTRAL: [3.0] * 4})
        assert said in str(training.verdict(rows))


def test_whole_speakers_are_drawn_where_there_are_enough():
    rows = rows_of({training.THIS: list(range(12))})
    whole = evaluate_enhancement.gain(rows, training.THIS)
    doubled = [replace(row, mixture=replace(row.mixture, piece=place)) for place, row in enumerate([*rows, *rows])]
    assert evaluate_enhancement.gain(doubled, training.THIS) == pytest.approx(whole)  # a second piece of each is no new evidence


def test_peers_are_measured_on_the_same_mixtures(table):
    held = made.pieces(table.frame["sound"].tolist()[:20], table.frame["speaker"].tolist()[:20], Context())[:1]
    idle = Perfect(
        {one.noisy.tobytes(): one.noisy for one in made.mixtures(held, (*made.HELD_OUT, "pink"), evaluate_enhancement.TEST_SEED)}
    )
    rows = evaluate_enhancement.measured(idle, held, 0, Context(), {"nothing": lambda noisy, context: noisy.copy()})
    assert evaluate_enhancement.gain(rows, "nothing") == pytest.approx((0, 0, 0), abs=1e-9)


def test_pieces_hold_all_that_was_said_and_keep_speakers_apart(table):
    found = made.pieces(table.frame["sound"].tolist(), table.frame["speaker"].tolist(), Context())
    size = made.PIECE_SECONDS * made.RATE
    assert all(size / 2 <= len(one.samples) <= 1.5 * size for one in found)
    assert {one.unit for one in found} == set(table.frame["speaker"])


def test_mixtures_follow_from_their_seed_and_are_as_noisy_as_they_say(table):
    found = made.pieces(table.frame["sound"].tolist()[:30], table.frame["speaker"].tolist()[:30], Context())[:3]
    first, again, other = (list(made.mixtures(found, made.HELD_OUT, seed)) for seed in (0, 0, 1))
    assert all(np.array_equal(a.noisy, b.noisy) for a, b in zip(first, again))
    assert not np.array_equal(first[0].noisy, other[0].noisy)
    assert all(measures.snr(one.clean, one.noisy) == pytest.approx(one.ratio, abs=0.05) for one in first)
    assert not any(one.is_learnt for one in first) and {one.kind for one in first} == set(made.HELD_OUT)


def test_noises_to_measure_with_are_not_learnt():
    assert set(made.LEARNT) & set(made.HELD_OUT) == {"babble"}  # of other voices


@dataclass
class Perfect:
    """Knows every clean recording."""

    known: dict

    def enhance(self, noisy):
        return self.known[noisy.tobytes()]


def test_a_perfect_model_and_an_idle_one_are_measured_as_such(table):
    held = made.pieces(table.frame["sound"].tolist()[:20], table.frame["speaker"].tolist()[:20], Context())[:2]
    kinds = (*made.HELD_OUT, "pink")
    seen = list(made.mixtures(held, kinds, evaluate_enhancement.TEST_SEED))
    best = evaluate_enhancement.measured(Perfect({one.noisy.tobytes(): one.clean for one in seen}), held, 0, Context())
    idle = evaluate_enhancement.measured(Perfect({one.noisy.tobytes(): one.noisy for one in seen}), held, 0, Context())
    assert evaluate_enhancement.gain(idle, training.THIS) == pytest.approx((0, 0, 0), abs=1e-9)
    assert evaluate_enhancement.gain(best, training.THIS)[0] > 80
    assert evaluate_enhancement.gain(best, evaluate_enhancement.SPECTRAL) == evaluate_enhancement.gain(
        idle, evaluate_enhancement.SPECTRAL
    )


def test_from_training_to_use(table, tmp_path, monkeypatch):
    """A tiny network learns, is measured, saved, read again, and cleans a recording through `run`."""
    monkeypatch.setattr(evaluate_enhancement, "MOST_MEASURED", 1)
    params = TrainEnhancer(epochs=2, width=16, layers=1, batch=4)
    trained = train(CAPABILITY, table, params, Context())
    card = trained.report.evidence
    assert card.unit == "dB" and card.interval[0] <= card.score <= card.interval[1]
    assert card.baseline == pytest.approx(trained.baselines[evaluate_enhancement.SPECTRAL]["gain"])
    assert {"DeepFilterNet3", "RNNoise"} <= set(trained.report.sections[0].result.names)
    assert dump(load(dump(trained.report))) == dump(trained.report)
    trained.model.save(tmp_path)
    again = CAPABILITY.learner.load(tmp_path)
    noisy = np.random.default_rng(0).standard_normal(20_000).astype(np.float32) * 0.1
    assert np.allclose(again.enhance(noisy), trained.model.enhance(noisy), atol=1e-6)

    import contextlib

    from models.speech import enhance

    monkeypatch.setattr(enhance, "open_model", lambda capability, name: contextlib.nullcontext(again))
    report = run(samples.sound("cards"), EnhanceParams(model="a run"), Context())
    assert len(report.sections[0].result.names) == 3


def test_long_recordings_go_through_in_stretches_without_a_seam(monkeypatch):
    from models.speech.enhancement import network

    model = network.made({"width": 16, "layers": 1}, 0)
    noisy = np.random.default_rng(0).standard_normal(8 * network.RATE).astype(np.float32) * 0.1
    whole = model.enhance(noisy)
    monkeypatch.setattr(network, "AT_ONCE", 3 * network.RATE)
    parted = model.enhance(noisy)
    assert parted.shape == noisy.shape and np.isfinite(parted).all()
    assert measures.si_sdr(whole, parted) > 15


def test_what_is_learnt_from_is_never_a_pause():
    from models.speech.enhancement import learning

    samples = np.zeros(4 * made.RATE, np.float32)
    samples[-8_000:-7_900] = 0.1
    for seed in range(8):
        clean, noisy = learning._drawn([made.Piece(samples, "a")], 0, [seed])
        assert clean.any() and np.isfinite(noisy).all() and len(clean) == learning.STRETCH


def test_losses_are_least_where_nothing_is_wrong():
    import torch

    from models.speech.enhancement import learning

    clean = torch.randn(2, 8_000, generator=torch.Generator().manual_seed(0))
    for loss in (learning.si_sdr_loss, learning.spectral_loss):
        assert loss(clean, clean) < loss(clean, clean + 0.1 * torch.randn(2, 8_000))
    assert float(learning.si_sdr_loss(clean, 0.5 * clean)) < -60
    part = clean + 0.1 * clean.flip(1)
    known = -np.mean([measures.si_sdr(a.numpy(), b.numpy()) for a, b in zip(clean, part)])
    assert float(learning.si_sdr_loss(clean, part)) == pytest.approx(known, abs=0.01)
