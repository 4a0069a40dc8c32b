"""Pictures from seeds, and a generator that learns: same seed, same picture; what learnt comes nearer to the real ones."""

import io
import itertools
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from core import samples, weights
from core.contracts import Cancelled, Context, Report, Table, UnavailableError, UserError, dump
from core.contracts import load as load_result
from core.intake import spool
from core.lifecycle.train import Trained, train
from core.source import Source, open_source
from core.visual.encode import GENERATED, decode
from models.vision.generate import CAPABILITY, Generate, TrainGenerator, load
from models.vision.generation import features, latents, reading
from models.vision.generation.engines import DIGITS, FACES
from models.vision.generation.networks import SIZES, Discriminator, Generator, initialise
from tests.hostile.bad_pictures import BAD_PICTURES

SMALL: dict[str, Any] = {"epochs": 4, "width": 16, "latent": 16, "rate": 2e-3, "only": "1"}


def run(**params: Any) -> Report:
    return CAPABILITY.run(None, Generate(**params), Context())


def drawn(report: Report) -> list[np.ndarray]:
    return [decode(image) for image in report.sections[0].result.images]


class Heard(Context):
    """Notes what it is told; stops when `stop` says so."""

    def __init__(self, folder: Path | None = None, stop: Any = lambda heard: False) -> None:
        self.folder, self.stop, self.points, self.lines = folder, stop, [], []
        self.checked = time.monotonic()
        self.longest = 0.0

    def metric(self, step: float, **values: float) -> None:
        self.points.append((step, values))

    def log(self, line: str) -> None:
        self.lines.append(line)

    def check(self) -> None:
        now = time.monotonic()
        self.longest, self.checked = max(self.longest, now - self.checked if self.points else 0.0), now
        if self.stop(self):
            raise Cancelled("stop")


@pytest.fixture(scope="module", autouse=True)
def module_home(tmp_path_factory: pytest.TempPathFactory, shared_weights: Path, shared_pictures: Path) -> Any:
    """What is trained once for all tests stands in a home of its own."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "weights").symlink_to(shared_weights)
    (folder / "pictures").symlink_to(shared_pictures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANORAMA_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def ones(module_home: Path) -> Table:
    frame = samples.load("mnist_5k").frame
    return Table(frame[frame["label"] == "1"].head(300).drop(columns="split").reset_index(drop=True), "ones", "digest")


@pytest.fixture(scope="module")
def trained(ones: Table) -> tuple[Trained, Heard]:
    heard = Heard()
    return train(CAPABILITY, ones, TrainGenerator(**SMALL), heard), heard


# Drawing


@pytest.mark.parametrize("model", [FACES, DIGITS])
def test_the_same_seed_is_the_same_picture_wherever_it_stands(model: str) -> None:
    first, again, later = (drawn(run(model=model, seed=seed, count=count)) for seed, count in ((5, 4), (5, 4), (7, 2)))
    assert all(np.array_equal(one, other) for one, other in zip(first, again))
    assert np.abs(first[2].astype(int) - later[0]).max() <= 1  # another batch: sums in another order
    assert np.abs(first[0].astype(int) - first[1]).mean() > 5


@pytest.mark.parametrize("task", ["pictures", "interpolation"])
def test_every_file_says_that_a_model_made_it(task: str) -> None:
    report = run(task=task, seed=41, end_seed=43, count=3)
    for image in report.sections[0].result.images:
        with Image.open(io.BytesIO(image.data)) as opened:
            assert GENERATED in opened.info["XML:com.adobe.xmp"] and FACES in opened.info["Model"]
            assert "4" in opened.info["Seed"]
        assert image.generated
    assert report.evidence.license == "MIT" and "do not exist" in str(report.evidence.caveats[0])
    assert dump(load_result(dump(report))) == dump(report)


def test_the_way_begins_and_ends_at_its_seeds() -> None:
    way = drawn(run(task="interpolation", seed=3, end_seed=9, truncation=0.6))
    ends = [drawn(run(seed=seed, count=1, truncation=0.6))[0] for seed in (3, 9)]
    assert np.abs(way[0].astype(int) - ends[0]).max() <= 1 and np.abs(way[-1].astype(int) - ends[1]).max() <= 1
    steps = [np.abs(one.astype(int) - other).mean() for one, other in itertools.pairwise(way)]
    assert max(steps) < np.abs(way[0].astype(int) - way[-1]).mean()  # no jump
    film = run(task="interpolation").sections[1].result
    assert film.seconds > 3 and film.width >= 64


def test_a_walk_keeps_the_length_and_turns_evenly() -> None:
    start, end = latents.seeded([1, 2], 100)
    way = latents.walk(start, end, 9)
    lengths = np.linalg.norm(way, axis=1)
    assert lengths.min() >= min(lengths[0], lengths[-1]) - 1e-3
    units = way / lengths[:, None]
    angles = np.arccos(np.clip((units[1:] * units[:-1]).sum(1), -1, 1))
    assert angles == pytest.approx(angles.mean(), abs=1e-3)
    assert np.allclose(latents.walk(start, start, 5), start, atol=1e-5)


def test_truncation_cuts_and_leaves_the_rest() -> None:
    whole, cut = latents.seeded([7], 400)[0], latents.seeded([7], 400, 0.5)[0]
    assert np.abs(cut).max() <= 1 < np.abs(whole).max()
    assert np.array_equal(cut[np.abs(whole) <= 1], whole[np.abs(whole) <= 1])
    assert latents.following(latents.MOST_SEED, 2) == [latents.MOST_SEED, 0]


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, context: Context | None = None) -> Path:
        raise UnavailableError("{name} is missing.", name=name)

    from core import cache

    cache.forget(("generator", FACES))
    monkeypatch.setattr(weights, "locate", missing)
    with pytest.raises(UnavailableError, match=FACES):
        run()


# Networks, reading, features


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("spectral", [False, True])
def test_the_networks_fit_each_other(size: int, spectral: bool) -> None:
    generator, discriminator = Generator(10, 8, size, 3), Discriminator(8, size, 3, spectral)
    initialise(generator)
    initialise(discriminator)
    pictures = generator(torch.randn(4, 10))
    assert pictures.shape == (4, 3, size, size) and pictures.abs().max() <= 1
    assert discriminator(pictures).shape == (4,)


def test_colour_is_kept_where_there_is_any(ones: Table) -> None:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place in range(3):
            one = np.zeros((40, 60, 3), np.uint8)
            one[:, 10:50, 0] = 200 + place  # the square in the middle is red
            written = io.BytesIO()
            Image.fromarray(one).save(written, "PNG")
            archive.writestr(f"{place}.png", written.getvalue())
    upload = spool(packed.getvalue(), "red.zip")
    table = open_source(Source(kind="upload", name=upload.name, digest=upload.digest))
    red = reading.read(table, 32, Context())
    assert red.shape == (3, 32, 32, 3) and (red[:, :, :, 0] >= 200).all() and not red[:, :, :, 1:].any()
    assert reading.read(ones, 28, Context()).shape == (300, 28, 28, 1)


def test_features_tell_digits_from_noise_and_do_not_depend_on_the_batch(ones: Table) -> None:
    real = reading.read(ones, 28, Context())[:80]
    found = features.features(real, Context())
    assert found.shape == (80, 112)
    assert np.allclose(found[70:], features.features(real[70:], Context()), atol=1e-3)


# Learning


def test_it_comes_nearer_to_pictures_that_it_never_saw(trained: tuple[Trained, Heard]) -> None:
    metrics, evidence = trained[0].metrics, trained[0].report.evidence
    assert metrics["frechet_real"] < metrics["frechet"] < metrics["frechet_first"]
    assert (
        evidence.score == metrics["fall"] > evidence.baseline == 0
        and evidence.interval[0] <= evidence.score <= evidence.interval[1]
    )
    assert evidence.interval[0] > 0
    assert "fell by" in str(trained[0].report.summary)


def test_its_learning_can_be_watched(trained: tuple[Trained, Heard]) -> None:
    found, heard = trained
    names = {name for _, values in heard.points for name in values}
    assert names == {"generator_loss", "discriminator_loss", "frechet_distance"}
    strip, film = (section.result for section in found.report.sections[:2])
    assert [image.title.values["epoch"] for image in strip.images] == ["0", "1", "2", "3", "4"]
    assert all(image.generated for image in strip.images) and film.seconds > 0.5
    assert dump(load_result(dump(found.report))) == dump(found.report)


def test_it_is_saved_as_plain_files_and_draws_the_same(trained: tuple[Trained, Heard], tmp_path: Path) -> None:
    model: Any = trained[0].model
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".safetensors"}
    again: Any = load(tmp_path)
    difference = model.generate(8, 3, Context()).astype(int) - again.generate(8, 3, Context())
    assert np.abs(difference).mean() < 0.5  # half precision
    assert again.describe() == model.describe()


def test_an_interrupted_training_ends_where_the_other_does(ones: Table, trained: tuple[Trained, Heard], tmp_path: Path) -> None:
    stopped = Heard(tmp_path, lambda heard: any(step == 3 for step, _ in heard.points))
    with pytest.raises(Cancelled):
        train(CAPABILITY, ones, TrainGenerator(**SMALL), stopped)
    heard = Heard(tmp_path)
    again = train(CAPABILITY, ones, TrainGenerator(**SMALL), heard)
    assert any("goes on from epoch 2" in line for line in heard.lines)
    assert again.metrics == pytest.approx(trained[0].metrics, rel=1e-4)


def test_it_can_be_stopped_at_any_moment(trained: tuple[Trained, Heard]) -> None:
    assert trained[1].longest < 1.5


def test_spectral_and_mirrored_learn_too(ones: Table) -> None:
    params = TrainGenerator(**{**SMALL, "epochs": 1}, normalisation="spectral", mirror=True)
    found = train(CAPABILITY, Table(ones.frame.head(60), "few"), params, Context())
    assert found.model.describe()["normalisation"] == "spectral" and np.isfinite(found.metrics["frechet"])


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_archive_gets_one_sentence(bad: str) -> None:
    case = BAD_PICTURES[bad]
    try:
        upload = spool(case.make(), case.name)
        train(
            CAPABILITY,
            open_source(Source(kind="upload", name=upload.name, digest=upload.digest)),
            TrainGenerator(**SMALL),
            Context(),
        )
    except UserError as error:
        assert str(error).endswith((".", "?", "!")) and "Traceback" not in str(error)


def test_pictures_that_are_gone_are_told() -> None:
    frame = pd.DataFrame({"picture": [f"{'0' * 64}/{place:06d}.png" for place in range(50)]})
    with pytest.raises(UserError, match="can be opened"):
        train(CAPABILITY, Table(frame, "gone"), TrainGenerator(**{**SMALL, "only": ""}), Context())


def test_two_draw_at_once() -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(drawn(run(count=2)))) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 3 and all(np.array_equal(found[0][1], other[1]) for other in found)
