"""Pictures sorted by a ready network and by ones that are trained here, on pictures whose answer is planted."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import registry, samples
from core.contracts import Context, Gallery, InputError, Labels, Pictures, Ranking, Report, Table, UserError, dump, load
from core.intake import spool
from core.intake.pictures import pixels, read_pictures, table_of
from core.language import translate
from core.lifecycle.train import Trained, train
from core.source import Source, open_input
from tests.hostile.bad_pictures import BAD_PICTURES

torch = pytest.importorskip("torch")

from models.vision.classifiers import augment, backbones, features, gradcam, imagenet  # noqa: E402
from models.vision.classify import CAPABILITY, Classify, TrainClassifier  # noqa: E402

COLORS = {"red": (230, 40, 40), "blue": (40, 40, 230)}


def run(given: Pictures, **params: Any) -> Report:
    return CAPABILITY.run(given, Classify(**params), Context())


def square(color: tuple[int, int, int], seed: int, side: int = 40, place: tuple[int, int] | None = None) -> np.ndarray:
    """Dark noise with a square of that colour in it, somewhere or at `place` (row, column)."""
    dice = np.random.default_rng(seed)
    found = dice.integers(0, 120, (side, side, 3)).astype(np.uint8)
    row, column = place or dice.integers(0, side - side // 3, 2)
    found[row : row + side // 3, column : column + side // 3] = color
    return found


def zipped(files: dict[str, np.ndarray], **texts: str) -> Table:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, found in files.items():
            content = io.BytesIO()
            Image.fromarray(found).save(content, "PNG")
            archive.writestr(name, content.getvalue())
        for name, text in texts.items():
            archive.writestr(name.replace("_", "."), text)
    return table_of(read_pictures(spool(stream.getvalue(), "pictures.zip")))


def colors(count: int = 60) -> Table:
    names = list(COLORS)
    return zipped({f"{names[k % 2]}/{k:02d}.png": square(COLORS[names[k % 2]], k) for k in range(count)})


# The ready network


def test_the_network_says_what_it_is_known_to_say() -> None:
    """Top classes of the three photographs, as measured with the package's weights and the normalisation that they were made
    with; probabilities within what resizing differs by between versions of Pillow."""
    answer = run(samples.pictures("nature"), heat=False)
    frame = answer.sections[-1].result.frame
    assert frame["class"].tolist() == ["fox squirrel", "admiral", "lemon"]
    assert frame["class in Chinese"].tolist() == ["狐松鼠", "红蛱蝶", "柠檬"]
    assert np.allclose(frame["probability, %"], [90.0, 30.9, 80.1], atol=3)


def test_photographs_have_the_variances_that_the_network_has_stored() -> None:
    """The normalisation is the one that the weights were trained with: another one is off by a factor of five."""
    backbone = backbones.load("efficientnet-lite0")
    cuts = np.stack([backbone.cut(pixels(item)) for name in ("nature", "buildings") for item in samples.pictures(name).items])
    with torch.inference_mode():
        found = backbone.network._conv_stem(backbone.normal(cuts)).var((0, 2, 3))
    ratio = torch.log(found / backbone.network._bn0.running_var)
    assert abs(float(ratio[ratio.isfinite()].median())) < 0.4


def test_same_padding_puts_the_odd_pixel_to_the_right_and_below() -> None:
    from models.vision.classifiers.efficientnet import SameConv

    layer = SameConv(1, 1, 3, stride=2)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        found = layer(torch.ones(1, 1, 4, 4))[0, 0]
    assert found.tolist() == [[9, 6], [6, 4]]  # TensorFlow's; symmetric padding would give [[4, 6], [6, 9]]


def test_one_picture_comes_first_then_its_heat_map_bars_and_table() -> None:
    whole = samples.pictures("nature")
    answer = run(Pictures(whole.items[:1], whole.name), top=3)
    kinds = [type(section.result).__name__ for section in answer.sections]
    assert kinds == ["Image", "Image", "Ranking", "Records"]
    bars: Ranking = answer.sections[2].result
    assert bars.names[0] == "fox squirrel 狐松鼠" and len(bars.names) == 3
    assert "狐松鼠" in translate(answer.summary, "zh") and "fox squirrel" not in translate(answer.summary, "zh")
    assert "fox squirrel" in translate(answer.summary, "en")
    assert answer.evidence.answered_by == "EfficientNet-Lite0, ImageNet" and answer.evidence.license == "Apache-2.0"
    assert dump(load(dump(answer))) == dump(answer)


def test_many_pictures_are_summed_up_and_at_most_twelve_shown() -> None:
    dice = np.random.default_rng(0)
    many = Pictures.of([dice.integers(0, 256, (40, 50, 3), dtype=np.uint8) for _ in range(30)])
    answer = run(many, heat=False)
    gallery: Gallery = answer.sections[0].result
    assert len(gallery.images) == 12 and len(answer.sections[-1].result.frame) == 30
    assert sum(answer.sections[1].result.values) == 30 and "30" in str(gallery.caption)


def test_a_thousand_names_in_two_languages() -> None:
    names = imagenet.names()
    assert len(names) == 1000 and len({english for english, _ in names}) == 1000
    assert all(any("㐀" <= letter <= "鿿" for letter in chinese) for _, chinese in names)
    known = dict(names)
    assert (known["kite"], known["crane"], known["goldfish"], known["toilet tissue"]) == ("鸢", "起重机", "金鱼", "卫生纸")


def test_a_damaged_picture_among_others_is_named_and_left_out() -> None:
    good = io.BytesIO()
    Image.fromarray(square((255, 0, 0), 0)).save(good, "PNG")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("good.png", good.getvalue())
        archive.writestr("bad.png", good.getvalue()[:400])
        archive.writestr("other.png", good.getvalue())
    answer = run(read_pictures(spool(stream.getvalue(), "mixed.zip")), heat=False)
    assert len(answer.sections[-1].result.frame) == 2
    assert any("bad.png" in translate(notice, "en") for notice in answer.notices)


# The bomb takes half a minute to refuse, which the tests of the intake do.
@pytest.mark.parametrize("bad", [name for name in BAD_PICTURES if name != "a bomb"])
def test_a_bad_file_gets_a_sentence_or_an_answer(bad: str) -> None:
    case = BAD_PICTURES[bad]
    try:
        upload = spool(case.make(), case.name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), CAPABILITY.takes)
        assert isinstance(run(given), Report)
    except UserError as error:
        assert str(error).endswith((".", "?", "!")) and "Traceback" not in str(error)


def test_a_model_that_is_not_there_is_named(ready_store: Path) -> None:
    with pytest.raises(UserError):
        run(samples.pictures("nature"), model="no such model")
    with pytest.raises(UserError, match="MobileNetV3"):
        run(samples.pictures("nature"), model="timm/mobilenetv3_large_100.ra_in1k")


def test_a_network_of_timm_is_read_from_its_published_form(tmp_path: Path) -> None:
    timm = pytest.importorskip("timm")
    from safetensors.torch import save_file

    made = timm.create_model("mobilenetv3_small_050", pretrained=False).eval()
    save_file(made.state_dict(), tmp_path / "model.safetensors")
    told = {"input_size": [3, 96, 96], "mean": [0.5] * 3, "std": [0.25] * 3, "crop_pct": 1.0, "interpolation": "bicubic"}
    config = {"architecture": "mobilenetv3_small_050", "num_classes": 1000, "pretrained_cfg": told}
    (tmp_path / "config.json").write_text(json.dumps(config))
    backbone = backbones.from_timm("some/network", tmp_path)
    assert (backbone.size, backbone.crop, backbone.bicubic) == (96, 1.0, True)
    seen = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3), dtype=np.uint8)
    with torch.inference_mode():
        batch = backbone.normal(seen)
        assert torch.allclose(batch.cpu()[0, 0], (torch.from_numpy(seen[0, :, :, 0]) / 255 - 0.5) / 0.25, atol=1e-5)
        network = backbone.network
        found = network.scores(network.pooled(network.maps(batch))).cpu()
        assert torch.allclose(found, made(batch.cpu()), atol=1e-4)
    assert network.upper(2) == list(network.network.blocks)[-2:]


# Heat maps


def test_the_heat_lies_where_the_evidence_is() -> None:
    """A squirrel pasted into one corner of a plain ground: that corner is warm, the opposite one is not."""
    squirrel = Image.fromarray(pixels(samples.pictures("nature").items[0])).crop((120, 90, 400, 370)).resize((224, 224))
    for corner in ((0, 0), (1, 1)):
        canvas = np.full((448, 448, 3), 128, np.uint8)
        top, left = (224 * side for side in corner)
        canvas[top : top + 224, left : left + 224] = np.asarray(squirrel)
        with backbones.leased("efficientnet-lite0") as backbone:
            sorter = imagenet._sorter(backbone)
            amount = sorter.heat(canvas, imagenet.names().index(("fox squirrel", "狐松鼠")))
        half = amount.shape[0] // 2
        quarters = {(row, column): amount[row * half : (row + 1) * half, column * half : (column + 1) * half].sum()
                    for row in (0, 1) for column in (0, 1)}  # fmt: skip
        assert max(quarters, key=lambda place: quarters[place]) == corner
        assert quarters[corner] > 5 * quarters[1 - corner[0], 1 - corner[1]]


def test_heat_is_the_positive_part_of_what_channels_say() -> None:
    maps = torch.zeros(1, 2, 2, 2)
    maps[0, 0, 0, 0], maps[0, 1, 1, 1] = 3.0, 5.0
    found = gradcam.heat(maps, lambda seen: torch.stack([seen[:, 0].sum() - seen[:, 1].sum(), seen.sum()])[None], 0)
    assert found.tolist() == [[1, 0], [0, 0]]
    assert gradcam.heat(torch.zeros(1, 2, 2, 2), lambda seen: seen.sum((2, 3)), 0).max() == 0


# Training


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Trained]:
    """Each method trained once on planted colours."""
    settings = {
        "frozen": {"size": 64, "augmentation": "none"},
        "tuned": {"size": 64, "tuning_epochs": 1, "augmentation": "none"},
        "scratch": {"epochs": 6, "width": 8, "size": 32, "augmentation": "shift", "rate": 0.01, "batch": 16},
    }
    known: dict[str, Trained] = {}

    def get(method: str) -> Trained:
        if method not in known:
            known[method] = train(CAPABILITY, colors(), TrainClassifier(method=method, **settings[method]), Context())
        return known[method]

    return get


@pytest.mark.parametrize("method", ["frozen", "tuned", "scratch"])
def test_planted_colours_are_learnt_and_the_saved_model_says_the_same(
    method: str, fitted: Callable[[str], Trained], tmp_path: Path
) -> None:
    trained = fitted(method)
    assert trained.metrics["accuracy"] >= 0.9
    asked = Pictures.of([square(COLORS[name], 100 + k) for k, name in enumerate(["red", "blue"] * 4)])
    first = trained.model.predict(asked, Context())
    assert first.items == tuple(item.name for item in asked.items)
    assert sum(a == b for a, b in zip(first.best, ["red", "blue"] * 4)) >= 7
    trained.model.save(tmp_path)
    assert {path.suffix for path in tmp_path.rglob("*")} <= {".json", ".npz", ".safetensors"}
    again = CAPABILITY.learner.load(tmp_path)
    assert np.allclose(again.predict(asked, Context()).probabilities, first.probabilities, atol=1e-5)
    assert again.describe() == trained.model.describe()
    assert dump(load(dump(trained.report))) == dump(trained.report)


def test_the_report_shows_pictures_and_both_baselines(fitted: Callable[[str], Trained]) -> None:
    report = fitted("scratch").report
    titles = [str(section.title) for section in report.sections]
    assert {"Where the model looked", "What augmentation makes of a picture", "Confusion matrix"} <= set(titles)
    baselines = next(section.result for section in report.sections if str(section.title) == "Against the baselines")
    assert baselines.names == ("this model", "majority class", "logistic regression on pixels")
    assert report.evidence.interval[0] < 1.0  # twelve right answers do not prove perfection


def test_wrong_answers_are_shown_with_their_pictures() -> None:
    from models.vision.classifiers.illustrated import illustrated

    table = colors(12)
    params = TrainClassifier(picture="picture", target="label")

    class Stubborn:
        labelling = type("L", (), {"classes": ("blue", "red")})()
        settings = {"augmentation": "photo"}

        def heat(self, found: np.ndarray, place: int) -> np.ndarray:
            return np.ones((4, 4), np.float32)

        def square(self, item: object) -> np.ndarray:
            return np.zeros((32, 32, 3), np.uint8)

    chances = np.tile(np.array([[0.1, 0.9]], np.float32), (12, 1))
    answer = Labels(tuple(table.frame["name"]), ("blue", "red"), chances)
    sections = illustrated(Stubborn(), (table, table, table), answer, params, Context())
    by_title = {str(section.title): section.result for section in sections}
    (confused,) = by_title["Most confused classes"].images
    assert str(confused.title) == "blue taken for red" and str(confused.caption) == "6 test pictures"
    assert len(by_title["Surest mistakes, as pictures"].images) == 6
    assert str(by_title["Surest mistakes, as pictures"].images[0].caption) == "blue, answered red, 90% sure"


def test_several_labels_a_picture() -> None:
    """A table beside the pictures says which of two squares are there."""
    dice = np.random.default_rng(0)
    files, rows = {}, ["file,tags"]
    for k in range(72):
        chosen = [name for name, keep in zip(COLORS, dice.random(2) < 0.6) if keep] or ["red"]
        found = dice.integers(0, 100, (32, 32, 3)).astype(np.uint8)
        for place, name in enumerate(chosen):
            row, column = dice.integers(0, 6, 2)
            found[row : row + 10, column + 14 * place : column + 14 * place + 10] = COLORS[name]
        files[f"{k:02d}.png"] = found
        rows.append(f"{k:02d}.png,{' | '.join(chosen)}")
    table = zipped(files, labels_csv="\n".join(rows))
    trained = train(CAPABILITY, table, TrainClassifier(target="tags", size=64, augmentation="none"), Context())
    assert trained.model.labelling.multilabel and trained.metrics["micro_f1"] > 0.85
    asked = Pictures.of([files["00.png"], files["01.png"]])
    answer = trained.model.predict(asked, Context())
    assert answer.multilabel and set(answer.classes) == {"red", "blue"}


def test_own_model_answers_like_a_ready_one(fitted: Callable[[str], Trained]) -> None:
    from core.contracts import Evidence
    from models.vision.classifiers.report import report

    asked = Pictures.of([square(COLORS["red"], 200), square(COLORS["blue"], 201), square(COLORS["red"], 202)])
    answer = report(asked, fitted("frozen").model, Evidence(metric="Accuracy", score=1.0), 5, True, Context())
    assert [type(section.result).__name__ for section in answer.sections] == ["Gallery", "Ranking", "Gallery", "Records"]
    assert answer.sections[-1].result.frame["class"].tolist() == ["red", "blue", "red"]
    one = report(Pictures(asked.items[:1]), fitted("frozen").model, Evidence(), 5, True, Context())
    assert "red" in str(one.summary)


def test_the_shipped_model_reads_digits() -> None:
    whole = samples.pictures("mnist_5k")
    kept = [item for item in whole.items if item.name.startswith("test/")][::25]
    answer = run(Pictures(tuple(kept), whole.name), model="shipped:digits", heat=False)
    truth = [item.name.split("/")[1] for item in kept]
    right = sum(a == b for a, b in zip(answer.sections[-1].result.frame["class"], truth))
    assert len(kept) > 35 and right >= 0.95 * len(kept)
    assert answer.evidence.score >= 0.985 and answer.evidence.data == "mnist_5k"


def test_many_squares_are_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.vision.classifiers import rows

    references = colors(6).frame["picture"].tolist()
    held = rows.squares(references, 32, Context())
    monkeypatch.setattr(rows, "MOST_IN_MEMORY", 100)
    filed = rows.squares(references, 32, Context())
    assert isinstance(filed, np.memmap) and not isinstance(held, np.memmap) and (held == filed).all()


def test_features_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    references = colors(6).frame["picture"].tolist()
    first = features.features(references, "efficientnet-lite0", 64, Context())
    changed = features.features(references, "efficientnet-lite0", 64, Context(), "photo", 1)
    assert first.shape == changed.shape == (6, 1280) and not np.allclose(first, changed)
    monkeypatch.setattr(features, "vectors", lambda *given: pytest.fail("computed again"))
    assert (features.features(references[::-1], "efficientnet-lite0", 64, Context())[::-1] == first).all()


def test_an_interrupted_training_ends_where_the_uninterrupted_one_does(tmp_path: Path) -> None:
    class Kept(Context):
        folder = tmp_path

        def __init__(self, until: int = 10**9) -> None:
            self.left = until

        def check(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt

    params = TrainClassifier(picture="picture", method="scratch", epochs=3, width=8, size=28, augmentation="shift", batch=16)
    table = colors(40)
    whole = train(CAPABILITY, table, params, Context())
    with pytest.raises(KeyboardInterrupt):
        train(CAPABILITY, table, params, Kept(14))
    assert (tmp_path / "training.safetensors").exists()
    again = train(CAPABILITY, table, params, Kept())
    asked = Pictures.of([square(COLORS["red"], 300)])
    assert np.allclose(whole.model.predict(asked).probabilities, again.model.predict(asked).probabilities, atol=1e-5)


def test_a_table_without_pictures_is_refused() -> None:
    import pandas as pd

    frame = pd.DataFrame({"text": ["a"] * 20, "label": ["x", "y"] * 10})
    with pytest.raises(InputError, match="ZIP"):
        train(CAPABILITY, Table(frame), TrainClassifier(), Context())


# Changed copies


def test_digits_are_never_mirrored_and_nothing_leaves_its_range() -> None:
    batch = torch.zeros(64, 3, 32, 32)
    batch[:, :, 8:24, 6:12] = 1.0  # a stroke on the left
    shifted = augment.augmented(batch, "shift", torch.Generator().manual_seed(0))
    left = shifted[..., :16].sum((1, 2, 3)) > shifted[..., 16:].sum((1, 2, 3))
    assert left.all() and not torch.allclose(shifted, batch)
    mirrored = augment.augmented(batch, "photo", torch.Generator().manual_seed(0))
    left = mirrored[..., :16].sum((1, 2, 3)) > mirrored[..., 16:].sum((1, 2, 3))
    assert 16 < int(left.sum()) < 48
    assert mirrored.min() >= 0 and mirrored.max() <= 1
    assert augment.augmented(batch, "none") is batch


def test_the_registry_knows_it() -> None:
    assert registry.get("vision.classify") is CAPABILITY or registry.get("vision.classify").id == CAPABILITY.id
