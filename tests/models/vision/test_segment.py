"""vision.segment: planted shapes and real people are cut out; backgrounds are what was asked for; bad input gets a sentence."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from core import runs, samples
from core.contracts import Context, Gallery, Image, InputError, Pictures, Records, Regions, UserError, dump, load
from core.home import write_json
from core.intake import spool
from core.intake.pictures import pixels, read_pictures
from core.lifecycle.train import train
from core.samples.shapes import shape
from core.source import Source, open_input
from models.vision import people, segment
from models.vision.segmentation import matte, trial
from tests.hostile.bad_pictures import BAD_PICTURES, archive
from tests.masked import squares, table


def run(given: Pictures, **params):
    return segment.run(given, segment.SegmentParams(**params), Context())


def first(report, kind):
    return next((section.result for section in report.sections if isinstance(section.result, kind)), None)


def planted(seed: int = 3, side: int = 160):
    picture, mask = shape(seed, side)
    return Pictures.of(picture, "shape"), mask > 0, " ".join(f"{share:.3f}" for share in trial.around(mask))


def opened(image: Image) -> np.ndarray:
    with Pillow.open(io.BytesIO(image.data)) as file:
        return np.asarray(file)


def test_a_planted_shape_is_cut_out_along_its_edge():
    given, truth, box = planted()
    report = run(given, model="grabcut", box=box, feather=0)
    cut = opened(first(report, Image))
    assert cut.shape == (160, 160, 4)
    assert trial.overlap(cut[:, :, 3] >= 128, truth) > 0.9
    assert trial.overlap(first(report, Regions).mask == 1, truth) > 0.9
    assert dump(load(dump(report))) == dump(report)


def test_people_are_found_each_by_itself():
    report = run(samples.pictures("two_people"))
    regions = first(report, Regions)
    assert regions.names == ("person", "person")
    left, right = ((np.nonzero(regions.mask == k)[1].mean() / regions.mask.shape[1]) for k in (1, 2))
    assert min(left, right) < 0.45 < 0.6 < max(left, right)
    rows, columns = regions.mask.shape
    assert (
        len(np.unique(regions.mask[int(0.4 * rows) : int(0.6 * rows), int(0.68 * columns) : int(0.78 * columns)])) <= 2
    )  # one body
    alpha = opened(first(report, Image))[:, :, 3]
    assert alpha[:20, :20].max() == 0
    assert (alpha > 250).mean() > 0.2


def test_the_background_is_what_was_asked_for_and_the_thing_stays():
    given, truth, box = planted()
    before = pixels(given.items[0]).astype(int)
    inside = np.asarray(Pillow.fromarray(truth).resize((160, 160))) & trial.filled((0.3, 0.3, 0.7, 0.7), truth.shape)
    green = opened(first(run(given, model="grabcut", box=box, background="color", color="#00B140"), Image)).astype(int)
    assert np.abs(green[2, 2] - [0, 0xB1, 0x40]).max() < 12
    assert np.median(np.abs(green[inside] - before[inside])) < 12
    blurred = opened(first(run(given, model="grabcut", box=box, background="blur", strength=0.05), Image)).astype(int)
    assert np.abs(np.diff(blurred[:25], axis=1)).mean() < 0.5 * np.abs(np.diff(before[:25], axis=1)).mean()
    two = Pictures((*given.items, Pictures.of(np.full((40, 60, 3), (10, 20, 200), np.uint8), "blue").items[0]))
    replaced = opened(first(run(two, model="grabcut", box=box, background="picture"), Image)).astype(int)
    assert np.abs(replaced[2, 2] - [10, 20, 200]).max() < 12


def test_a_soft_edge_is_wider_than_a_sharp_one():
    alpha = np.zeros((40, 40), np.float32)
    alpha[:, 20:] = 1
    assert ((matte.feathered(alpha, 8) > 0.05) & (matte.feathered(alpha, 8) < 0.95)).sum() > 5 * 40
    assert (matte.feathered(alpha, 0) == alpha).all()


def test_the_edge_moves_to_that_of_the_picture():
    picture = np.full((200, 200, 3), 40, np.uint8)
    picture[:, 100:] = 220
    rough = np.zeros((200, 200), np.float32)
    rough[:, 101:] = 1
    fitted = matte.fitted(picture, rough)
    assert np.abs((fitted >= 0.5).argmax(1) - 100).max() <= 1


@pytest.mark.parametrize("box", ["0 0 1", "0.5 0 0.4 1", "a b c d", "0 0 2 1", "nan 0 1 1", "0.5 0.5 0.5 0.5"])
def test_a_wrong_box_gets_one_sentence(box):
    with pytest.raises(InputError, match="four numbers"):
        run(planted()[0], model="grabcut", box=box)


def test_a_drawn_box_and_four_numbers_are_one_and_two_boxes_are_two_things():
    given, _, box = planted()
    x0, y0, x1, y1 = box.split()
    written = run(given, model="grabcut", box=box)
    drawn = run(given, model="grabcut", box=f'[{{"kind": "box", "points": [[{x1}, {y0}], [{x0}, {y1}]]}}]')
    assert (first(written, Regions).mask == first(drawn, Regions).mask).all()
    two = np.concatenate([pixels(given.items[0])] * 2, 1)
    halves = [(float(x) / 2, float(x) / 2 + 0.5) for x in (x0, x1)]
    text = "; ".join(f"box {name}: {a:.3f},{y0} {b:.3f},{y1}" for name, a, b in zip(("left", "right"), *halves))
    both = first(run(Pictures.of(two, "two"), model="grabcut", box=text), Regions)
    assert both.names == ("left", "right")
    assert np.nonzero(both.mask == 1)[1].max() < 160 <= np.nonzero(both.mask == 2)[1].min()


def test_no_box_is_said():
    assert any("No box was drawn" in str(notice) for notice in run(planted()[0], model="grabcut").notices)


@pytest.mark.parametrize("box", ["box: 0.1,0.1 0.1,0.9", "line: 0.1,0.1 0.9,0.9", "box: 0.1 0.9", "[1]"])
def test_a_shape_that_is_no_box_gets_one_sentence(box):
    with pytest.raises(InputError) as caught:
        run(planted()[0], model="grabcut", box=box)
    assert str(caught.value).endswith(".")


def test_wrong_colour_and_missing_background_get_one_sentence():
    with pytest.raises(InputError, match="#FFFFFF"):
        run(planted()[0], background="color", color="red")
    with pytest.raises(InputError, match="two pictures"):
        run(planted()[0], background="picture")


def test_a_box_over_all_of_the_picture_and_an_even_picture_are_no_trouble():
    assert run(planted()[0], model="grabcut", box="0 0 1 1").sections
    even = run(Pictures.of(np.full((30, 50, 3), 128, np.uint8)), model="grabcut")
    assert str(even.summary)


def test_nobody_is_found_where_nobody_is():
    even = Pictures.of(np.full((200, 200, 3), 128, np.uint8))
    assert "Nobody was found" in str(run(even).summary)
    assert len(people.find(np.full((200, 200, 3), 128, np.uint8))[0]) == 0


def test_a_batch_has_a_gallery_and_a_row_for_each_picture():
    given = Pictures.of([shape(seed, 96)[0] for seed in range(14)], "shape")
    report = run(given, model="grabcut")
    assert len(first(report, Gallery).images) == 12
    assert len(first(report, Records).frame) == 14


def test_boxes_of_people_lie_in_the_picture():
    street = pixels(samples.pictures("street").items[0])
    boxes, scores = people.find(street)
    assert len(boxes) >= 3 and (np.diff(scores) <= 0).all()
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= [street.shape[1], street.shape[0]]).all()


@pytest.fixture
def trained(tmp_path, ready_store) -> str:
    """A run of a U-Net that learnt to find bright squares."""
    found = train(segment.CAPABILITY, table(squares(16)), segment.TrainSegmenter(
        architecture="unet", width=8, epochs=8, batch=2, rate=0.01, augmentation=False), Context())  # fmt: skip
    found.model.save(tmp_path / runs.MODEL)
    write_json(tmp_path / runs.REPORT, dump(found.report))
    facts = {"metrics": found.metrics, "data": "squares", "digest": "d", "rows": 16, "seconds": 1.0}
    write_json(tmp_path / runs.FACTS, facts)
    return runs.record("vision.segment", tmp_path, params={}, facts=facts).id


def test_a_trained_network_answers_by_its_run_and_is_measured_where_masks_come_along(trained):
    files = squares(3)
    alone = read_pictures(spool(files["images/0.png"], "0.png"))
    report = run(alone, model=trained)
    regions = first(report, Regions)
    truth = np.asarray(Pillow.open(io.BytesIO(files["masks/0.png"]))) > 0
    large = np.asarray(Pillow.fromarray(regions.mask).resize(truth.shape[::-1], Pillow.Resampling.NEAREST))
    assert regions.names == ("foreground",) and trial.overlap(large == 1, truth) > 0.7
    assert first(report, Records).frame["class"].tolist() == ["foreground"]
    assert report.evidence.data == "set.zip" and report.evidence.score is not None
    assert dump(load(dump(report))) == dump(report)

    whole = run(read_pictures(spool(archive(files), "squares.zip")), model=trained)
    assert len(first(whole, Gallery).images) == 3, "masks are no pictures to look at"
    assert whole.evidence.data == "squares.zip" and whole.evidence.rows == 3
    assert whole.evidence.score > 0.8 > whole.evidence.baseline
    assert any("flatters" in str(notice) for notice in whole.notices)
    with pytest.raises(InputError, match="dragon"):
        run(alone, model=trained, classes="dragon")


def test_a_run_that_is_not_there_is_one_sentence(ready_store):
    with pytest.raises(UserError) as caught:
        run(planted()[0], model="nobody")
    assert str(caught.value).endswith(".")


def test_the_bar_is_met():
    evidence = trial.boxed(Context())
    assert evidence.baseline < segment.CAPABILITY.bars[0].value <= evidence.score


@pytest.mark.parametrize("model", ["selfie", "grabcut"])
@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_picture_gets_one_sentence(bad, model):
    try:
        upload = spool(BAD_PICTURES[bad].make(), BAD_PICTURES[bad].name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), (Pictures,))
        report = run(given, model=model)
        assert dump(load(dump(report))) == dump(report)
    except UserError as error:
        assert str(error).endswith((".", "?"))
