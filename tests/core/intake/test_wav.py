"""Headers of WAV files that do not tell the truth."""

import struct

import numpy as np
import pytest

from core.intake import spool
from core.intake.sound import read_sound
from core.intake.wav import claimed
from tests.hostile.bad_sounds import tone, wav


@pytest.mark.parametrize("said", [2**31, 8_000])
def test_a_header_that_lies_is_said(said):
    given = read_sound(spool(wav(tone(), claimed=said), "lie.wav"))
    assert [one for one in map(str, given.notices) if f"claims {said:,} bytes of samples, but 16,000 are there" in one]
    assert given.seconds == pytest.approx(min(said, 16_000) / 32_000)


@pytest.mark.parametrize("said", [None, 0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_right_header_and_an_unknown_length_are_no_lies(tmp_path, said):
    path = tmp_path / "x.wav"
    path.write_bytes(wav(tone(), claimed=said))
    assert claimed(path) is None


@pytest.mark.parametrize("behind", [b"LIST" + struct.pack("<I", 4) + b"INFO", b"\0", b""])
def test_chunks_behind_the_samples_are_no_samples(tmp_path, behind):
    path = tmp_path / "x.wav"
    path.write_bytes(wav(np.zeros((1, 800), np.float32)) + behind)
    assert claimed(path) is None


@pytest.mark.parametrize("content", [b"", b"RIFF", wav(tone())[:30], b"fLaC" + bytes(100)])
def test_half_a_header_is_nobodys_lie(tmp_path, content):
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert claimed(path) is None
