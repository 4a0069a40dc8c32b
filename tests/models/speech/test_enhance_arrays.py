"""Several microphones, and a clean recording to compare with."""

import numpy as np
import pytest

from core import samples
from core.contracts import Context, InputError
from core.intake import spool
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.sound import encode, measures, noise
from models.speech.enhance import EnhanceParams, run
from models.speech.enhancement import arrays, methods, scene
from tests.hostile.bad_sounds import tone, wav

RATE = 16_000


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    return decoded(samples.clips("cards")[0][0], RATE)


def uploaded(values: np.ndarray, name: str = "x.wav") -> str:
    return spool(encode.encode(values, RATE, kind="wav"), name).digest


def opened(values: np.ndarray):
    return read_sound(spool(encode.encode(values, RATE, kind="wav"), "heard.wav"))


def told(report) -> str:
    return " ".join(str(one) for one in report.notices)


@pytest.mark.parametrize("late", [0.0, 2.5 / RATE, -7.25 / RATE])
def test_a_delay_may_be_part_of_a_sample(late):
    turns = 2 * np.pi * 500 / RATE
    times = np.arange(RATE)
    found = arrays.delayed(np.sin(turns * times).astype(np.float32), RATE, late)
    assert found[200:-200] == pytest.approx(np.sin(turns * (times - late * RATE))[200:-200], abs=0.01)


def test_delays_of_known_channels_are_found(voice):
    lates = np.array([0.0, 3.0, -2.5, 6.25]) / RATE
    channels = np.stack([arrays.delayed(voice, RATE, late) for late in lates])
    assert arrays.delays(channels, voice, RATE) == pytest.approx(lates, abs=0.13 / RATE)


@pytest.mark.parametrize(("method", "least"), [("mvdr", 8.0), ("delay_and_sum", 3.0)])
def test_the_voice_is_kept_and_noise_from_the_side_is_not(voice, method, least):
    clean, heard = noise.mixed(voice, noise.noise("white", len(voice), RATE, 0), 0.0)
    channels = arrays.simulated(clean, heard - clean, RATE, 0)
    found = methods.from_array(method, channels, RATE, Context())
    assert found.shape == clean.shape and found.dtype == np.float32
    assert measures.si_sdr(clean, found) - measures.si_sdr(clean, channels[0]) >= least


def test_an_array_of_a_few_samples_is_left_as_it_is():
    few = np.ones((2, 300), np.float32)
    assert np.array_equal(arrays.mvdr(few, few[0], RATE, Context()), few[0])
    assert np.array_equal(arrays.delay_and_sum(few, few[0], RATE, Context()), few[0])


def test_a_simulated_array_says_so_and_stands_beside_the_single_microphones():
    report = run(samples.sound("cards"), EnhanceParams(model="spectral", microphones="simulated"), Context())
    assert "Simulated" in told(report) and report.sections[0].result.names[:2] == tuple(methods.ARRAYS.values())


def test_an_array_needs_channels_and_a_simulated_one_noise():
    with pytest.raises(InputError, match="one channel"):
        run(samples.sound("cards"), EnhanceParams(microphones="array"), Context())
    with pytest.raises(InputError, match="choose a kind of noise"):
        run(samples.sound("cards"), EnhanceParams(microphones="simulated", noise="none"), Context())


def test_an_uploaded_array_keeps_its_channels(voice):
    report = run(opened(np.stack([voice, 0.5 * voice])), EnhanceParams(microphones="array", model="spectral"), Context())
    assert report.evidence.score is None and len(report.sections[0].result.frame) == 4


def test_a_clean_recording_is_put_in_step_and_cut(voice):
    """The noisy one begins 300 samples later and is shorter."""
    clean, heard = noise.mixed(voice, noise.noise("white", len(voice), RATE, 0), 5.0)
    kept = len(heard) - RATE // 2
    late = np.concatenate([np.zeros(300, np.float32), heard[:kept]])
    params = EnhanceParams(model="spectral", compared=True, clean=uploaded(voice))
    report = run(opened(late), params, Context())
    before = report.sections[1].result.frame
    assert before["SI-SDR (dB)"][0] == pytest.approx(measures.si_sdr(clean[:kept], heard[:kept]), abs=0.05)
    assert "shift of" in told(report) and "that both have are used" in told(report)


def test_another_recording_and_silence_are_refused(voice):
    for clean, said in ((uploaded(np.zeros(RATE, np.float32)), "silent"), ("sample:inaugural", "hardly resembles"), ("", "Give")):
        with pytest.raises(InputError, match=said):
            run(opened(voice), EnhanceParams(model="spectral", compared=True, clean=clean), Context())


def test_a_lag_and_its_likeness(voice):
    later = np.concatenate([np.zeros(123, np.float32), voice])
    assert scene.lag(voice, later, RATE)[0] == 123 and scene.lag(later, voice, RATE)[0] == -123
    assert scene.lag(voice, later, RATE)[1] > 0.99


@pytest.mark.parametrize(
    ("rate", "channels", "microphones", "said"),
    [(192_000, 1, "one", "192 kHz; it is cleaned at 48 kHz"), (8_000, 1, "one", "nothing above 4 kHz"),
     (16_000, 6, "one", "6 channels; their mean is cleaned"), (16_000, 6, "array", "")],
)  # fmt: skip
def test_what_becomes_of_rates_and_channels_is_said(rate, channels, microphones, said):
    given = read_sound(spool(wav(tone(0.3, rate, channels=channels), rate), "x.wav"))
    found = scene.scene(given, "none", 0.0, 0, Context(), microphones=microphones)
    assert [said in str(one) for one in found.notices] == ([True] if said else [])
    assert found.rate <= scene.MOST_RATE and len(found.heard) == (channels if microphones == "array" else 1)
