"""A film is H.264 that a browser plays while it loads, holds the frames given, and is kept under its content."""

import hashlib
import os
import time

import numpy as np
import pytest

from core.contracts import Film, InputError, NotFoundError
from core.home import home
from core.visual import encode, film


def made(count: int = 10, width: int = 64, height: int = 48, rate: float = 10.0, first: int = 0) -> Film:
    """A square that moves to the right."""
    with film.FilmWriter("t", width, height, rate) as writer:
        for number in range(count):
            frame = np.full((height, width, 3), 40, np.uint8)
            left = first + number * 4 % max(1, width - 16)
            frame[8:24, left : left + 16] = (220, 40, 40)
            writer.add(frame)
    return writer.film("c")


def decoded(result: Film) -> tuple:
    import av

    with av.open(str(film.path_of(result))) as container:
        stream = container.streams.video[0]
        facts = (stream.codec_context.name, stream.pix_fmt, float(stream.average_rate), stream.width, stream.height)
        return facts, [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_frames_come_back():
    result = made()
    (codec, layout, rate, width, height), frames = decoded(result)
    assert (codec, layout, rate, width, height) == ("h264", "yuv420p", 10.0, 64, 48)
    assert len(frames) == 10
    for number in (0, 9):
        assert np.abs(frames[number][16, number * 4 + 8].astype(int) - (220, 40, 40)).max() < 25
        assert np.abs(frames[number][40, 5].astype(int) - 40).max() < 12
    assert (result.width, result.height, result.rate, result.seconds) == (64, 48, 10.0, 1.0)


def test_the_index_comes_first_so_that_it_plays_while_it_loads():
    content = film.path_of(made()).read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_its_name_is_its_content():
    result = made()
    assert result.file == hashlib.sha256(film.path_of(result).read_bytes()).hexdigest() + ".mp4"
    assert [path.name for path in home("films").iterdir()] == [result.file]


@pytest.mark.parametrize(
    ("width", "height", "kept"), [(65, 49, (66, 50)), (1921, 1081, (1280, 720)), (2, 2, (2, 2)), (1, 1, (2, 2))]
)
def test_odd_and_large_frames(width, height, kept):
    result = made(3, width, height)
    (_codec, _layout, _rate, *size), frames = decoded(result)
    assert tuple(size) == (result.width, result.height) == kept
    assert len(frames) == 3


def test_an_odd_side_is_not_stretched():
    stripes = np.zeros((49, 65, 3), np.uint8)
    stripes[::6] = 255
    with film.FilmWriter("t", 65, 49, 10) as writer:
        for _number in range(3):
            writer.add(stripes)
    _facts, frames = decoded(writer.film())
    assert frames[0].shape == (50, 66, 3)
    assert np.abs(frames[0][:49, :65].astype(int) - stripes).mean() < 12


def test_the_poster_is_a_later_frame():
    poster = encode.decode(made(10).poster)
    assert poster[16, 7 * 4 + 8, 0] > 180 and poster[16, 4, 0] < 80  # the eighth frame


def test_a_film_without_frames_is_told():
    with film.FilmWriter("t", 64, 48, 10) as writer:
        pass
    with pytest.raises(InputError, match="not one frame"):
        writer.film()
    assert not list(home("films").iterdir())


def test_work_that_breaks_off_leaves_no_file():
    def broken() -> None:
        with film.FilmWriter("t", 64, 48, 10) as writer:
            for _number in range(100):  # so many that some are on disk
                writer.add(np.zeros((48, 64, 3), np.uint8))
            assert list(home("films").iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert not list(home("films").iterdir())


def test_a_frame_of_another_size_is_refused():
    with film.FilmWriter("t", 64, 48, 10) as writer, pytest.raises(ValueError, match="frame"):
        writer.add(np.zeros((64, 48, 3), np.uint8))


@pytest.mark.parametrize(
    "name", ["", "x.mp4", "../" + "0" * 64 + ".mp4", "0" * 64, "0" * 64 + ".mp4\n", "A" * 64 + ".mp4", "0" * 64 + ".mp4"]
)
def test_no_other_file_can_be_asked_for(name):
    with pytest.raises(NotFoundError):
        film.path_of(name)


def test_films_not_looked_at_make_room(monkeypatch):
    old, looked_at = made(8, first=1), made(8, first=2)
    size = film.path_of(old).stat().st_size
    for result, age in ((old, 300), (looked_at, 600)):
        os.utime(home("films") / result.file, (time.time() - age,) * 2)
    film.path_of(looked_at)  # the older one is watched again
    unfinished = home("films") / ".1.ab.part"
    unfinished.write_bytes(b"x")
    os.utime(unfinished, (1, 1))
    monkeypatch.setattr(film, "MOST_BYTES", int(2.5 * size))
    newest = made(8, first=3)
    assert {path.name for path in home("films").iterdir()} == {looked_at.file, newest.file}
    assert not film.is_kept(old) and film.is_kept(newest)
    monkeypatch.setattr(film, "MOST_BYTES", 0)
    last = made(8, first=4)
    assert {path.name for path in home("films").iterdir()} == {last.file}
