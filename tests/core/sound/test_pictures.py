"""Waveform and spectrogram: a tone is a line at its height, and two sounds share one colour scale."""

import numpy as np
import pytest

from core.sound import pictures
from core.visual import encode
from tests.hostile.bad_sounds import tone


@pytest.mark.parametrize("height", [500.0, 1_000.0, 3_000.0, 7_000.0])
def test_a_tone_is_a_line_at_its_height(height):
    levels = pictures.levels(tone(1.0, 16_000, height, loud=1.0)[0])
    rows = levels.mean(1)
    assert rows.argmax() * 16_000 / pictures.WINDOW == pytest.approx(height, abs=8)
    assert levels.max() == pytest.approx(0.0, abs=1.5)  # full scale is 0 dB


def test_half_as_loud_is_six_decibels_less_on_the_same_scale():
    loud, soft = (pictures.levels(tone(1.0, loud=level)[0]).max() for level in (0.8, 0.4))
    assert loud - soft == pytest.approx(6.02, abs=0.05)


@pytest.mark.parametrize(
    "samples", [np.zeros(1, np.float32), np.zeros(100_000, np.float32), tone(40.0)[0], tone(1.0, channels=2)]
)
def test_any_sound_has_both_pictures(samples):
    for image in pictures.pictures(samples, 16_000):
        shown = encode.decode(image)
        assert shown.shape[1] > shown.shape[0] and shown.std() > 1


def test_the_louder_half_of_a_waveform_is_higher():
    both = np.concatenate([tone(1.0, loud=0.1)[0], tone(1.0, loud=0.9)[0]])
    shown = encode.decode(pictures.waveform(both, 16_000))
    plot = shown[pictures.TOP :, pictures.LEFT : pictures.LEFT + pictures.WIDTH, 0] < 200
    left, right = (half.any(1).sum() for half in np.split(plot[: pictures.LOW_HEIGHT], 2, axis=1))
    assert right > 3 * left
