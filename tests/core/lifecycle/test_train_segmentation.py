"""Training on masks: the split keeps copies together, an interrupted training ends equal, faults are one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core import samples
from core.contracts import Cancelled, Context, Gallery, InputError, Table, dump, load
from core.intake.pictures import find, masks, pixels
from core.lifecycle import guard, split_segmentation
from core.lifecycle.train import train
from models.vision.segment import CAPABILITY, TrainSegmenter
from tests.masked import png, squares, table

QUICK: dict[str, Any] = {"architecture": "unet", "width": 8, "epochs": 8, "batch": 2, "rate": 0.01, "augmentation": False}


def split(given: Table, **params: Any) -> Any:
    chosen = TrainSegmenter(**params)
    return split_segmentation.split_pictures(given, split_segmentation.cells_of(given, chosen.target), chosen)


def parts(found: Any) -> list[set[int]]:
    return [set(part.tolist()) for part in (found.train, found.validation, found.test)]


def test_parts_share_no_picture_and_hold_all_of_them() -> None:
    found = split(table(squares()))
    assert sorted(k for part in parts(found) for k in part) == list(range(12)) and all(parts(found))
    assert parts(split(table(squares()))) == parts(found) != parts(split(table(squares()), seed=1))


def test_copies_stay_on_one_side_even_at_another_size() -> None:
    files, mask = {}, np.zeros((96, 96), np.uint8)
    mask[20:40, 20:40] = 255
    for number in range(12):
        clouds = Image.fromarray(np.random.default_rng(number).integers(0, 255, (7, 7, 3), dtype=np.uint8))
        for side, name in ((96, f"{number}.png"), (150, f"copy{number}.png")):
            files[f"images/{name}"] = png(np.asarray(clouds.resize((96, 96), Image.Resampling.BICUBIC).resize((side, side))))
            files[f"masks/{name}"] = png(np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.NEAREST)))
    given = table(files)
    names = [Path(name).stem.removeprefix("copy") for name in given.frame["name"]]
    for seed in range(3):
        seen = [{names[k] for k in part} for part in parts(split(given, seed=seed))]
        assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


def test_groups_stay_together_and_a_given_split_is_kept() -> None:
    given = table(squares())
    grouped = Table(given.frame.assign(person=np.arange(12) // 3), "g")
    seen = [{k // 3 for k in part} for part in parts(split(grouped, group="person"))]
    assert not seen[0] & seen[2] and not seen[1] & seen[2]
    said = Table(given.frame.assign(split=["test"] * 3 + ["validation"] * 2 + ["train"] * 7), "s")
    assert parts(split(said)) == [set(range(5, 12)), {3, 4}, {0, 1, 2}]


def test_a_class_that_is_measured_is_learnt_too() -> None:
    files = squares()
    for number in (3, 7):
        mask = np.zeros((32, 32), np.uint8)
        mask[:8, :8] = 1
        files[f"masks/{number}.png"] = png(mask)
        files[f"masks/{number + 1}.png"] = png(2 * mask)
    given = table({name: content for name, content in files.items() if not name.startswith("masks") or name[6] in "3478"})
    given = Table(given.frame[given.frame["mask"].notna()].reset_index(drop=True), "few")
    for seed in range(8):
        found = split(given, seed=seed, test_share=0.5)
        names = [{n for k in part for n in masks.names_in(given.frame["mask"][k])} for part in parts(found)]
        assert names[2] <= names[0] | names[1]


@pytest.mark.parametrize(
    ("given", "params", "said"),
    [
        (lambda: Table(pd.DataFrame({"text": ["a"]}), "t"), {}, "no masks"),
        (lambda: table({name: file for name, file in squares().items() if name.startswith("images")}), {}, "no masks"),
        (lambda: table({**{n: f for n, f in squares(6).items() if n.startswith("images")},
                        **{f"masks/{k}.png": png(np.zeros((32, 32), np.uint8)) for k in range(6)}}), {}, "one class only"),
        (lambda: table(squares(3)), {}, "too few"),
        (lambda: table({n: f for n, f in squares(8).items() if n not in {f"masks/{k}.png" for k in range(5)}}), {}, "too few"),
        (lambda: table(squares()), {"split": "time"}, "at random, by group or as given"),
        (lambda: table(squares()), {"split": "given"}, "train or test"),
        (lambda: table(squares()), {"group": "nobody"}, "no column nobody"),
        (lambda: Table(table(squares()).frame.assign(mask="{}"), "t"), {}, "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_from_is_one_sentence(given: Any, params: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        train(CAPABILITY, given(), TrainSegmenter(**QUICK, **params), Context())
    assert str(caught.value).endswith(".")


def test_the_guard_asks_for_no_target() -> None:
    assert guard.inspect(table(squares()), TrainSegmenter()) == ()


class Stopping(Context):
    """Asks to stop after some looks; notes the epochs that it hears of."""

    def __init__(self, folder: Path, after: int = 10**9) -> None:
        self.folder, self.left, self.epochs = folder, after, []

    def metric(self, step: float, **values: float) -> None:
        self.epochs.append(step)

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled("Stopped.")


def test_it_learns_is_measured_and_an_interrupted_one_ends_equal(tmp_path: Path) -> None:
    given = table(squares(16))
    whole = train(CAPABILITY, given, TrainSegmenter(**QUICK), Context())
    evidence = whole.report.evidence
    assert evidence is not None and evidence.score > 0.85
    assert evidence.score > whole.baselines["the commonest class everywhere"]["miou"]
    assert evidence.baseline == max(scores["miou"] for scores in whole.baselines.values())
    assert dump(load(dump(whole.report))) == dump(whole.report)
    gallery = next(part.result for part in whole.report.sections if isinstance(part.result, Gallery))
    assert len(gallery.images) == 3 and "Simulated" not in str(evidence.caveats)

    whole.model.save(tmp_path / "model")
    assert {path.suffix for path in (tmp_path / "model").iterdir()} == {".safetensors", ".json"}
    seen = pixels(find(given.frame["picture"][0]))
    assert (CAPABILITY.learner.load(tmp_path / "model").labels(seen) == whole.model.labels(seen)).all()

    folder = tmp_path / "job"
    folder.mkdir()
    with pytest.raises(Cancelled):
        train(CAPABILITY, given, TrainSegmenter(**QUICK), Stopping(folder, after=70))
    assert (folder / "training.safetensors").exists()
    resumed = Stopping(folder)
    again = train(CAPABILITY, given, TrainSegmenter(**QUICK), resumed)
    assert resumed.epochs[0] > 1 and resumed.epochs[-1] == QUICK["epochs"], "it went on, and did not begin anew"
    assert again.metrics == pytest.approx(whole.metrics, abs=1e-6)
    ours, theirs = (model.network.state_dict() for model in (again.model, whole.model))
    assert all(np.allclose(ours[name], theirs[name], atol=1e-5) for name in ours)


def test_a_simulated_sample_is_called_so() -> None:
    whole = samples.load("shapes")
    few = Table(whole.frame.head(12), whole.name, whole.digest)
    evidence = train(CAPABILITY, few, TrainSegmenter(**{**QUICK, "epochs": 1}), Context()).report.evidence
    assert evidence.data == "shapes, simulated" and any("Simulated" in str(caveat) for caveat in evidence.caveats)
