"""What goes into a picture's file comes out again: pixels, size, and what is known of it."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from core.contracts import Image, InputError
from core.visual import encode

KINDS = ["png", "jpeg", "webp"]


def gradient(height: int = 60, width: int = 90) -> np.ndarray:
    """Smooth, so that lossy formats keep it well."""
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([255 * rows / height, 255 * columns / width, 0 * rows + 90], 2).astype(np.uint8)


def opened(data: bytes) -> Pillow.Image:
    picture = Pillow.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(("kind", "most"), [("png", 0), ("jpeg", 4), ("webp", 6)])
def test_pixels_come_back(kind, most):
    pixels = gradient()
    image = encode.image("t", pixels, kind=kind)
    assert encode.media_type(image.data) == f"image/{kind}"
    assert np.abs(encode.decode(image).astype(int) - pixels).mean() <= most
    assert (image.width, image.height) == (90, 60)


def test_a_large_picture_is_scaled_and_keeps_its_own_size():
    image = encode.image("t", gradient(900, 3000), most=600)
    assert encode.decode(image).shape == (180, 600, 3)
    assert (image.width, image.height) == (3000, 900)


def test_grey_pixels_are_taken():
    image = encode.image("t", np.full((5, 7), 99, np.uint8), kind="png")
    assert (encode.decode(image) == 99).all()


@pytest.mark.parametrize("pixels", [np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros(4, np.uint8)])
def test_what_is_no_picture_is_refused(pixels):
    with pytest.raises(ValueError, match="uint8"):
        encode.image("t", pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_alpha_makes_transparent(kind):
    alpha = np.zeros((60, 90), np.uint8)
    alpha[:, 45:] = 255
    image = encode.image("t", gradient(), kind=kind, alpha=alpha)
    assert encode.media_type(image.data) == ("image/png" if kind == "jpeg" else f"image/{kind}")
    assert opened(image.data).convert("RGBA").getpixel((10, 10))[3] == 0
    assert (encode.decode(image)[10, 10] == 255).all()  # transparent on white
    assert encode.decode(image)[10, 80, 2] < 120


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("generated", [True, False])
def test_what_is_known_goes_into_the_file(kind, generated):
    details = {"Model": "画家 <x> & y\x00", "Seed": "3"}
    picture = opened(encode.image("t", gradient(), kind=kind, generated=generated, details=details).data)
    described = str(picture.getxmp())
    assert ("trainedAlgorithmicMedia" in described) == generated
    assert "Model: 画家 <x> & y ; Seed: 3" in described
    if kind == "png":
        assert picture.text["Model"] == "画家 <x> & y "
    else:
        assert picture.getexif()[0x010E].encode("latin-1").decode() == "Model: 画家 <x> & y ; Seed: 3"
        assert picture.getexif()[0x0131] == encode.SOFTWARE


def test_a_picture_of_which_nothing_is_known_says_nothing():
    assert not opened(encode.image("t", gradient()).data).getxmp()


def test_a_very_long_description_still_fits_a_jpeg():
    image = encode.image("t", gradient(), generated=True, details={"Prompt": "猫" * 50_000})
    assert encode.decode(image).shape == (60, 90, 3)


def test_a_damaged_file_is_told_in_a_sentence():
    with pytest.raises(InputError, match="damaged"):
        encode.decode(Image("t", b"\x89PNG no more", 3, 3))
    whole = encode.image("t", gradient()).data
    with pytest.raises(InputError, match="damaged"):
        encode.decode(Image("t", whole[: len(whole) // 2], 90, 60))
