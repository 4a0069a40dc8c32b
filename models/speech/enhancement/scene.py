"""What is to be cleaned: the recording as it is, or with noise mixed in here; and the clean one, where it is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core import samples
from core.contracts import Context, InputError, Message, Sound
from core.intake.sound import blocks
from core.intake.sound import samples as decoded
from core.language import N_
from core.sound import noise
from core.sound.measures import is_silent
from models.speech.enhancement import arrays

MOST_RATE = 48_000  # the most that the methods hear
LEAST_RATE = 16_000  # below which much of a voice is missing
MOST_SECONDS = 900.0  # of a recording that are cleaned
SPEAKERS = ("librivox", "inaugural", "cards")  # samples of which a babble is made, the recording itself aside
CLEAN = ("librivox", "inaugural", "cards", "mandarin")  # samples without noise
IN_SAMPLES = "sample"
ONE, ARRAY, SIMULATED = "one", "array", "simulated"
MICROPHONES = {
    ONE: N_("One: the mean of the channels"), ARRAY: N_("An array: a channel for each"),
    SIMULATED: N_("A simulated array, to try"),
}  # fmt: skip
MOST_LAG = 1.0  # seconds between the recording and the clean one
LEAST_LIKENESS = 0.1  # correlation with the clean recording, below which it is another one: an SI-SDR of -20 dB
UNEQUAL_SECONDS = 0.05  # that their lengths may differ before it is said
_SIMULATED = N_("Simulated: a line of {count} microphones, {spacing} cm apart, in the open, without echoes; the voice is "
                "straight ahead, the noise comes from {angle}° to the side. Real rooms are harder.")  # fmt: skip
_FAST = N_("{name} has {rate} kHz; it is cleaned at {used} kHz, the most that the methods hear, and comes out so.")
_SLOW = N_("{name} has {rate} kHz, so nothing above {most} kHz is in it; no method brings that back.")
_CHANNELS = N_("{name} has {count} channels; their mean is cleaned. If each is a microphone of its own, choose an array below "
               "More settings.")  # fmt: skip
_CUT = N_("{name}: the first {minutes} minutes are used, the rest is left out.")


@dataclass(frozen=True)
class Scene:
    """Float32 samples at `rate`: `heard` (channels, n) is to be cleaned, `clean` (n,) is what is to come out, where it is known.

    `mixed`: the noise that was mixed in here, "" for none.
    """

    heard: np.ndarray
    rate: int
    clean: np.ndarray | None = None
    mixed: str = ""
    notices: tuple[Message, ...] = ()


def scene(
    given: Sound, kind: str, ratio: float, seed: int, context: Context, *, microphones: str = ONE, reference: str = ""
) -> Scene:
    """The recording, with noise of `kind` at `ratio` dB unless that is "none"; `microphones` is one of `MICROPHONES`, `reference`
    names the clean recording as `core.source.second_sound` wants it (then no noise is mixed in).

    Raises InputError where noise is to be mixed into silence, where an array has one channel, where the clean recording is silent
    or another one.
    """
    rate = min(given.rate, MOST_RATE)
    whole, notices = read(given, rate, context, microphones == ARRAY)
    notices = (*_form(given, microphones), *notices)
    if microphones == ARRAY and len(whole) < 2:
        raise InputError(N_("{name} has one channel, so there is no array. Give a recording with a channel for each microphone, "
                            "or simulate an array."), name=given.name)  # fmt: skip
    if kind == IN_SAMPLES:
        kind = "pink" if microphones == SIMULATED or given.digest in _clean() else "none"
    if reference and microphones != SIMULATED:
        return _compared(given, whole, rate, reference, notices, context)
    if kind == "none":
        if microphones == SIMULATED:
            raise InputError(N_("A simulated array hears a voice and a noise: choose a kind of noise to mix in."))
        return Scene(whole, rate, notices=notices)
    voice = whole[0] if microphones == ARRAY else whole.mean(0)
    if is_silent(voice):
        raise InputError(
            N_("{name} is silent, so no noise can be mixed in at a ratio to it. Choose another recording, or no noise."),
            name=given.name,
        )  # fmt: skip
    speech = voices(rate, given.digest) if kind == "babble" else ()
    added = noise.noise(kind, len(voice), rate, seed, speech)
    clean, heard = noise.mixed(voice, added, ratio)
    if microphones == ONE:
        return Scene(heard[None], rate, clean, kind, notices)
    if microphones == SIMULATED:
        simulated = arrays.simulated(clean, heard - clean, rate, seed)
        return Scene(simulated, rate, clean, kind, (*notices, Message(_SIMULATED, _simulated_values())))
    # As from all around: each microphone hears a noise of its own, at the same scale as the first.
    scale = float(np.abs(clean).max()) / max(float(np.abs(voice).max()), 1e-9)
    level = float(np.std(heard - clean))
    own = [level * noise.noise(kind, len(voice), rate, seed + number, speech) for number in range(1, len(whole))]
    rest = [scale * channel + one for channel, one in zip(whole[1:], own)]
    return Scene(np.stack([heard, *rest]).astype(np.float32), rate, clean, kind, notices)


def _form(given: Sound, microphones: str) -> tuple[Message, ...]:
    """What becomes of a rate or of channels that are not the usual ones."""
    found = []
    if given.rate > MOST_RATE:
        found.append(Message(_FAST, {"name": given.name, "rate": f"{given.rate / 1000:g}", "used": f"{MOST_RATE / 1000:g}"}))
    if given.rate < LEAST_RATE:
        found.append(Message(_SLOW, {"name": given.name, "rate": f"{given.rate / 1000:g}", "most": f"{given.rate / 2000:g}"}))
    if given.channels > 1 and microphones != ARRAY:
        found.append(Message(_CHANNELS, {"name": given.name, "count": given.channels}))
    return tuple(found)


def _simulated_values() -> dict[str, object]:
    return {"count": arrays.MICROPHONES, "spacing": f"{100 * arrays.SPACING:g}", "angle": f"{arrays.NOISE_ANGLE:g}"}


def _compared(
    given: Sound, whole: np.ndarray, rate: int, reference: str, notices: tuple[Message, ...], context: Context
) -> Scene:
    """The recording beside the clean one that was given: put in step with it, and both cut to what they share."""
    from core.source import second_sound

    other = second_sound(reference, context)
    read_clean, told = read(other, rate, context)
    clean, found = read_clean[0], [*notices, *told]
    if is_silent(clean):
        raise InputError(N_("{name} is silent, so there is nothing to compare with. Give the clean recording."), name=other.name)
    late, likeness = lag(clean, whole[0], rate)
    if likeness < LEAST_LIKENESS:
        raise InputError(N_("{name} hardly resembles the recording, however shifted: give the clean version of the same one."),
                         name=other.name)  # fmt: skip
    if late:
        values: dict[str, object] = {"milliseconds": f"{1000 * late / rate:+.1f}"}
        found.append(
            Message(
                N_("Between the recording and the clean one there was a shift of {milliseconds} ms; it is taken out."), values
            )
        )
    whole, clean = whole[:, max(0, late) :], clean[max(0, -late) :]
    length = min(whole.shape[1], len(clean))
    if abs(given.seconds - other.seconds) > UNEQUAL_SECONDS:
        lengths: dict[str, object] = {
            "first": f"{given.seconds:.2f}",
            "second": f"{other.seconds:.2f}",
            "used": f"{length / rate:.2f}",
        }
        found.append(Message(N_("The recording has {first} s, the clean one {second} s; the {used} s that both have are used."),
                             lengths))  # fmt: skip
    clean = clean[:length]
    if is_silent(clean):
        raise InputError(N_("{name} is silent, so there is nothing to compare with. Give the clean recording."), name=other.name)
    return Scene(whole[:, :length], rate, clean, "", tuple(found))


def lag(clean: np.ndarray, heard: np.ndarray, rate: int) -> tuple[int, float]:
    """Samples by which `heard` is later than `clean`, at most `MOST_LAG` seconds, by their highest correlation; and that."""
    length = max(len(clean), len(heard))
    size, most = 1 << (2 * length - 1).bit_length(), min(length - 1, round(MOST_LAG * rate))
    spectra = [np.fft.rfft(part - part.mean(), size) for part in (heard, clean)]
    likeness = np.fft.irfft(spectra[0] * np.conj(spectra[1]), size)
    around = np.concatenate([likeness[-most:], likeness[: most + 1]]) if most else likeness[:1]
    place = int(np.argmax(around))
    power = float(np.linalg.norm(heard - heard.mean()) * np.linalg.norm(clean - clean.mean()))
    return place - most, float(around[place]) / max(power, 1e-12)


def read(given: Sound, rate: int, context: Context, channels: bool = False) -> tuple[np.ndarray, tuple[Message, ...]]:
    """Float32 (channels, n), one channel unless `channels`, and a notice where the end is left out."""
    found, length, most = [], 0, round(MOST_SECONDS * rate)
    for block in blocks(given, rate, mono=not channels, context=context):
        found.append(block[:, : most - length])
        length += found[-1].shape[1]
        if length >= most:
            break
    whole = np.concatenate(found, axis=1) if found else np.zeros((1, 0), np.float32)
    if given.seconds <= MOST_SECONDS:
        return whole, ()
    return whole, (Message(_CUT, {"name": given.name, "minutes": f"{MOST_SECONDS / 60:g}"}),)


def voices(rate: int, without: str = "") -> list[np.ndarray]:
    """Speech of the samples at `rate`, but of the recording of the digest `without`."""
    found = [samples.sound(name) for name in SPEAKERS]
    return [decoded(one, rate) for one in found if one.digest != without]


@lru_cache(maxsize=1)
def _clean() -> frozenset[str]:
    return frozenset(samples.sound(name).digest for name in CLEAN)
