"""Sounds as files: what goes in comes out, and a synthetic one says so."""

import io

import numpy as np
import pytest

from core.sound import encode
from tests.hostile.bad_sounds import tone


def read(content: bytes, kind: str) -> tuple[np.ndarray, dict[str, str]]:
    import av

    with av.open(io.BytesIO(content), format=kind) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        return np.concatenate(frames, axis=1).astype(np.float32) / 32768, dict(container.metadata)


@pytest.mark.parametrize("kind", ["flac", "wav"])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_survive(kind, channels):
    given = np.concatenate([tone(0.7, height=300 + 200 * k) for k in range(channels)])
    found, _metadata = read(encode.encode(given[0] if channels == 1 else given, 16_000, kind=kind), kind)
    flat = found.reshape(-1)
    assert np.abs(flat[: given.size] - given.T.reshape(-1)).max() < 1e-4 and flat.size == given.size


@pytest.mark.parametrize("kind", ["flac", "wav"])
def test_a_synthetic_one_says_so_in_its_metadata(kind):
    content = encode.encode(tone()[0], 16_000, kind=kind, generated=True, details={"voice": "雨 \x00 af_heart"})
    said = " ".join(read(content, kind)[1].values())
    assert encode.GENERATED in said and "雨" in said and "\x00" not in said
    assert encode.GENERATED not in " ".join(read(encode.encode(tone()[0], 16_000, kind=kind), kind)[1].values())


def test_pieces_are_one_sound_and_the_same_each_time():
    given = tone(3.0)[0]
    target = io.BytesIO()
    with encode.Writer(target, 16_000) as out:
        for start in range(0, len(given), 777):
            out.add(given[start : start + 777])
    assert target.getvalue() == encode.encode(given, 16_000) and out.samples == len(given)


def test_what_is_no_number_or_too_loud_is_kept_within_bounds():
    found, _ = read(encode.encode(np.array([np.nan, 9.0, -9.0, 0.0] * 50, np.float32), 16_000), "flac")
    assert np.isfinite(found).all() and found.max() <= 1 and found.min() >= -1


def test_more_than_two_channels_are_refused():
    with pytest.raises(ValueError, match="one or two"):
        encode.encode(np.zeros((3, 10), np.float32), 16_000)
