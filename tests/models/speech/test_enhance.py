"""Cleaning speech: noise of a known kind, measures with known values, methods that gain and keep time, odd recordings."""

import itertools
import math

import numpy as np
import pytest

from core import samples
from core.contracts import Audio, Context, InputError, dump, load
from core.intake import spool
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.sound import encode, measures, noise, rates
from models.speech.enhance import CAPABILITY, EnhanceParams, run
from models.speech.enhancement import methods, native, scene, trial
from tests.hostile.bad_sounds import tone

RATE = 16_000
QUICK = EnhanceParams(model="spectral", noise="none")


def recording(values: np.ndarray, rate: int = RATE, name: str = "x.wav"):
    return read_sound(spool(encode.encode(values, rate, kind="wav"), name))


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    return decoded(samples.clips("librivox")[1][0], RATE)


@pytest.fixture(scope="module")
def mixture(voice) -> tuple[np.ndarray, np.ndarray]:
    return noise.mixed(voice, noise.noise("pink", len(voice), RATE, 0), 0.0)


@pytest.mark.parametrize("kind", noise.KINDS)
def test_noise_has_power_one_and_follows_from_its_seed(kind, voice):
    first, again, other = (noise.noise(kind, RATE, RATE, seed, [voice]) for seed in (1, 1, 2))
    assert np.mean(first.astype(float) ** 2) == pytest.approx(1, rel=1e-3)
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def octaves(values: np.ndarray) -> np.ndarray:
    power = np.abs(np.fft.rfft(values)) ** 2
    edges = [250 * 2**k * len(values) // RATE for k in range(6)]
    return np.array([power[low:high].sum() for low, high in itertools.pairwise(edges)])


def test_pink_noise_has_the_same_power_in_each_octave_and_white_noise_twice_as_much():
    pink, white = (octaves(noise.noise(kind, 60 * RATE, RATE, 0)) for kind in ("pink", "white"))
    assert pink / pink.mean() == pytest.approx(1, abs=0.1)
    assert white[1:] / white[:-1] == pytest.approx(2, abs=0.1)


def test_a_hum_stands_on_the_mains():
    power = np.abs(np.fft.rfft(noise.noise("hum", RATE, RATE, 0))) ** 2
    assert power.argmax() == 50 and power[50::50].sum() > 0.9 * power.sum()


@pytest.mark.parametrize("ratio", [-10.0, 0.0, 17.5])
def test_a_mixture_has_the_ratio_that_was_asked_for(voice, ratio):
    clean, noisy = noise.mixed(voice, noise.noise("white", len(voice), RATE, 0), ratio)
    assert measures.snr(clean, noisy) == pytest.approx(ratio, abs=0.01)
    assert np.abs(noisy).max() <= noise.LOUDEST + 1e-6


def test_si_sdr_of_a_known_angle():
    """A target and something at a right angle to it, a tenth as large: 20 dB, at any level and offset."""
    turns = 2 * np.pi * 10 * np.arange(1_000) / 1_000
    target = np.sin(turns)
    heard = target + 0.1 * np.cos(turns)
    assert measures.si_sdr(target, heard) == pytest.approx(20, abs=1e-6)
    assert measures.si_sdr(target, 0.01 * heard + 0.3) == pytest.approx(20, abs=1e-6)
    assert measures.snr(target, heard) == pytest.approx(20, abs=1e-6)
    assert measures.snr(target, 0.5 * target) == pytest.approx(10 * math.log10(4), abs=1e-6)


def test_measures_of_the_same_of_silence_and_of_little(voice):
    same = measures.measure(voice, voice, RATE)
    assert same.si_sdr == same.snr == measures.MOST and same.stoi == pytest.approx(1, abs=1e-3)
    silent = measures.measure(np.zeros(RATE, np.float32), voice[:RATE], RATE)
    assert all(math.isnan(value) for value in (silent.si_sdr, silent.snr, silent.pesq, silent.stoi))
    assert math.isnan(measures.stoi(voice[:1_000], voice[:1_000], RATE))
    assert measures.si_sdr(voice, np.zeros_like(voice)) == -measures.MOST
    with pytest.raises(ValueError, match="cannot be compared"):
        measures.measure(voice, voice[:-1], RATE)


def test_pesq_is_left_out_where_it_is_not_installed(voice, monkeypatch):
    monkeypatch.setattr(measures, "has_pesq", lambda: False)
    assert math.isnan(measures.pesq(voice, voice, RATE))


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_pesq_of_the_same_is_the_best(voice, rate):
    pytest.importorskip("pesq")
    given = rates.resampled(voice, RATE, rate)
    assert measures.pesq(given, given, rate) > 4.5


@pytest.mark.parametrize(("method", "least"), [("deepfilternet3", 6.0), ("rnnoise", 3.5), ("spectral", 2.0)])
def test_each_method_gains_and_comes_out_in_time(method, least, mixture):
    """A shift of a few samples alone would cost all of the gain."""
    clean, noisy = mixture
    cleaned = methods.enhanced(method, noisy, RATE, Context())
    assert cleaned.shape == noisy.shape and cleaned.dtype == np.float32 and np.isfinite(cleaned).all()
    assert measures.si_sdr(clean, cleaned) - measures.si_sdr(clean, noisy) >= least
    lags = np.correlate(cleaned[RATE : 2 * RATE], clean[RATE - 200 : 2 * RATE + 200], "valid")
    assert abs(int(lags[::-1].argmax()) - 200) <= 1


@pytest.mark.parametrize("method", methods.METHODS)
def test_a_state_belongs_to_one_recording(method, mixture):
    _, noisy = mixture
    first, again = (methods.enhanced(method, noisy[:RATE], RATE, Context()) for _ in range(2))
    assert np.array_equal(first, again)


def test_the_limit_of_attenuation_holds_back():
    """Noise without a voice: at 12 dB more of it is left than at 100."""
    hiss = (0.1 * noise.noise("white", 3 * native.RATE, native.RATE, 0)).astype(np.float32)
    held, free = (np.std(native.deepfilternet(hiss, Context(), limit)[native.RATE :]) for limit in (12.0, 100.0))
    assert 20 * math.log10(np.std(hiss) / held) == pytest.approx(12, abs=1) and free < held / 2


class Stopped(Context):
    def check(self) -> None:
        raise InterruptedError


@pytest.mark.parametrize("method", methods.METHODS)
def test_cleaning_can_be_stopped(method, mixture):
    with pytest.raises(InterruptedError):
        methods.enhanced(method, mixture[1], RATE, Stopped())


def test_the_interval_of_a_gain_holds_the_gain(mixture):
    clean, noisy = mixture
    cleaned = methods.enhanced("spectral", noisy, RATE, Context())
    low, high = measures.gain_interval(clean, noisy, cleaned, RATE)
    assert low < measures.si_sdr(clean, cleaned) - measures.si_sdr(clean, noisy) < high
    assert all(map(math.isnan, measures.gain_interval(clean[:RATE], noisy[:RATE], cleaned[:RATE], RATE)))


def test_a_sample_gets_noise_and_is_measured():
    report = run(samples.sound("inaugural"), EnhanceParams(), Context())
    card = report.evidence
    assert card.unit == "dB" and card.score > 3 and card.interval[0] <= card.score <= card.interval[1]
    heard = [section.result for section in report.sections if isinstance(section.result, Audio)]
    assert len(heard) == 5 and len({one.file for one in heard}) == 5
    assert all(one.seconds == heard[0].seconds and one.rate == RATE and one.pictures for one in heard)
    assert dump(load(dump(report))) == dump(report)


def test_an_own_recording_stays_as_it_is_and_is_not_measured(voice):
    report = run(recording(voice), EnhanceParams(model="spectral"), Context())
    assert report.evidence.score is None and report.sections[0].result.frame.shape[0] == 2
    assert not any("STOI" in section.result.frame for section in report.sections[:1])


def test_a_babble_is_of_other_voices():
    assert len(scene.voices(RATE)) - len(scene.voices(RATE, samples.sound("inaugural").digest)) == 1


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (11_025, 2), (44_100, 1), (48_000, 2), (192_000, 1)])
def test_any_rate_and_number_of_channels(rate, channels):
    given = tone(1.0, rate, channels=channels) if channels > 1 else tone(1.0, rate)[0]
    report = run(recording(given, rate), EnhanceParams(noise="white"), Context())
    heard = next(section.result for section in report.sections if isinstance(section.result, Audio))
    assert heard.rate == min(rate, scene.MOST_RATE) and heard.seconds == pytest.approx(1, abs=0.01)


def test_silence_cannot_be_given_a_ratio_but_can_be_cleaned():
    silent = recording(np.zeros(RATE, np.float32))
    with pytest.raises(InputError, match="silent"):
        run(silent, EnhanceParams(noise="pink", model="spectral"), Context())
    report = run(silent, EnhanceParams(), Context())
    assert report.evidence.score is None and any("silent" in str(notice) for notice in report.notices)


def test_what_is_longer_than_the_limit_is_cut_with_a_notice(monkeypatch, voice):
    monkeypatch.setattr(scene, "MOST_SECONDS", 1.0)
    report = run(recording(voice), QUICK, Context())
    heard = next(section.result for section in report.sections if isinstance(section.result, Audio))
    assert heard.seconds == pytest.approx(1.0) and any("left out" in str(notice) for notice in report.notices)


def test_the_bar_is_measured_on_clips_apart_from_the_noise():
    (bar,) = [bar for bar in CAPABILITY.bars if "pink" in bar.sample]
    assert bar.value == 8.0 and bar.unit == "dB"
    gains = trial.gains("spectral", "pink", 0.0, Context(), (0,))
    low, high = trial.interval(gains.mean(1))
    assert gains.shape == (5, 1) and low < gains.mean() < high
