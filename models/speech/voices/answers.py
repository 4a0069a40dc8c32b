"""What each action of `speech.speakers` answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import people, weights
from core.contracts import (
    Context,
    Curves,
    InputError,
    Message,
    Metric,
    Metrics,
    Records,
    Section,
    Sound,
    Transcript,
)
from core.language import N_
from models.speech.voices import encoder, meeting
from models.speech.voices.verification import Calibration, calibration

if TYPE_CHECKING:
    from models.speech.speakers import SpeakersParams

FOLDER = "voices"  # of the people who are known
SHORT = 3.0  # seconds of speech below which it is said that they are few
SPEAKER = N_("Speaker {number}")

Answer = tuple[Message, list[Section]]


def group(given: Sound, params: SpeakersParams, context: Context, notices: list[Message]) -> Answer:
    """A timeline, the stretches to listen to, and how long each voice speaks."""
    import pandas as pd

    from core.sound import keeping
    from core.sound.timeline import timeline
    from core.sound.transcripts import clock

    found = meeting.stretches(given, params.count, context)
    if not found:
        raise InputError(N_("Nobody speaks in {name}, as far as can be told. Give a recording with speech."), name=given.name)
    found = [replace(one, speaker=max(0, one.speaker)) for one in found]
    count = 1 + max(one.speaker for one in found)
    spoken = [sum(one.end - one.start for one in found if one.speaker == speaker) for speaker in range(count)]
    drawn = timeline([(one.start, one.end, one.speaker) for one in found], given.seconds)
    names = tuple(Message(SPEAKER, {"number": number}) for number in range(1, count + 1))
    told = [replace(one, text=f"{clock(one.start)}–{clock(one.end)}") for one in found]
    heard = Transcript(N_("Stretches of speech"), tuple(told), "", names, keeping.keep_sound(given.name, given))
    frame = pd.DataFrame({
        N_("Voice"): list(range(1, count + 1)), N_("Speaking time, s"): np.round(spoken, 1),
        N_("Share, %"): np.round(100 * np.array(spoken) / sum(spoken), 1),
        N_("Times"): [sum(one.speaker == speaker for one in found) for speaker in range(count)],
    })  # fmt: skip
    sections = [
        Section(drawn.title, drawn), Section(heard.title, heard),
        Section(N_("Speaking time"), Records(N_("Speaking time"), frame)),
    ]  # fmt: skip
    values: dict[str, object] = {"voices": count, "spoken": clock(sum(spoken)), "length": clock(given.seconds)}
    return Message(N_("Voices told apart: {voices}; {spoken} of {length} is speech."), values), sections


def compare(given: Sound, params: SpeakersParams, context: Context, notices: list[Message]) -> Answer:
    """How alike the voices of two recordings are, with the error rates of the threshold."""
    from core.source import second_sound

    other = second_sound(params.other, context)
    vectors, lengths = zip(*(_voice(sound) for sound in (given, other)))
    known, likeness = calibration(), float(vectors[0] @ vectors[1])
    threshold, _is_measured = known.threshold(float(params.false_accepts))
    for sound in (given, other):
        heard = len({one.speaker for one in meeting.stretches(sound, 0, context)})
        if heard > 1:
            told = N_("{name}: {count} voices seem to speak in it; all of it was compared as one voice.")
            notices.append(Message(told, {"name": sound.name, "count": heard}))
    metrics = Metrics((
        Metric(N_("Similarity"), round(likeness, 3), N_("cosine"), help=N_("1 is the same recording.")),
        Metric(N_("Threshold"), round(threshold, 3), N_("cosine"), help=N_("From the rate of false accepts that was asked for.")),
    ))  # fmt: skip
    sections = [Section(N_("How alike"), metrics), Section(N_("Error rates"), _roc(known, params))]
    if min(lengths) < SHORT:
        sections.insert(1, Section("", _short(min(lengths))))
    values: dict[str, object] = {"likeness": f"{likeness:.2f}", "threshold": f"{threshold:.2f}"}
    if likeness >= threshold:
        return Message(N_("Probably the same person: similarity {likeness}, at least {threshold} is needed."), values), sections
    return Message(N_("Probably two people: similarity {likeness}, at least {threshold} would be needed."), values), sections


def _short(seconds: float) -> Metrics:
    told = N_("Under three seconds a voice is told less surely than the error rates say.")
    return Metrics((Metric(N_("Speech in the shorter recording"), round(seconds, 1), N_("s"), help=told),))


def _voice(sound: Sound) -> tuple[np.ndarray, float]:
    """The voice and the seconds of speech. Raises InputError where there is too little speech."""
    found = meeting.voice(sound)
    if found is None:
        raise InputError(
            N_("There is too little speech in {name} to tell a voice by. Give at least a second, better five."), name=sound.name
        )
    return found


def _roc(known: Calibration, params: SpeakersParams) -> Curves:
    curve = tuple(zip(*known.facts["roc"]))
    at = next(row for row in known.facts["at"] if row["wanted"] == float(params.false_accepts))
    values: dict[str, object] = {
        "wanted": f"{100 * at['wanted']:g}", "accepted": f"{100 * at['accepted_wrongly']:.2g}",
        "refused": f"{100 * at['refused_wrongly']:.2g}", "count": known.facts["voices_measured"],
    }  # fmt: skip
    caption = N_("Of {count} voices. The threshold for {wanted} % false accepts, chosen on other voices, accepted {accepted} % "
                 "of the pairs of two people and refused {refused} % of those of one.")  # fmt: skip
    name = weights.entry(encoder.NAME).title
    return Curves(N_("Error rates"), {name: (tuple(curve[0]), tuple(curve[1]))}, N_("false accepts"), N_("right accepts"),
                  Message(caption, values), diagonal=True)  # fmt: skip


def enrol(given: Sound, params: SpeakersParams, context: Context, notices: list[Message]) -> Answer:
    """Keeps the voice of the recording, in which one person speaks, under the name."""
    name = people.clean(params.name)
    if not params.consent:
        raise InputError(N_("Only with consent: confirm that the person has agreed that the voice is kept here."))
    vector, seconds = _voice(given)
    heard = {one.speaker for one in meeting.stretches(given, 0, context)}
    if len(heard) > 1:
        raise InputError(
            N_("{count} voices seem to speak in {name}: give a recording in which the person speaks alone."),
            count=len(heard), name=given.name,
        )  # fmt: skip
    person, fresh = people.remember(FOLDER, name, encoder.NAME, [(given.digest, vector)])
    values: dict[str, object] = {
        "name": person.name, "fresh": fresh, "count": len(person.vectors), "seconds": f"{seconds:.1f}",
    }  # fmt: skip
    return Message(N_("{name}: new recordings kept: {fresh} ({seconds} s of speech), {count} in all."), values), _known()


def identify(given: Sound, params: SpeakersParams, context: Context, notices: list[Message]) -> Answer:
    """Names the voices of the recording that are those of people who are known."""
    import pandas as pd

    known = people.everybody(FOLDER, encoder.NAME)
    if not known:
        raise InputError(N_("Nobody is known yet. Choose the action that keeps a voice, with the person's consent."))
    vector, _seconds = _voice(given)
    comparisons = sum(len(person.vectors) for person in known)
    threshold, is_measured = calibration().threshold(float(params.false_accepts), comparisons)
    scored = sorted(((float((one.vectors @ vector).max()), one.name) for one in known), reverse=True)
    frame = pd.DataFrame({
        N_("Name"): [name for _, name in scored], N_("Similarity"): [round(score, 3) for score, _ in scored],
        N_("Over the threshold"): [score >= threshold for score, _ in scored],
    })  # fmt: skip
    values: dict[str, object] = {
        "threshold": f"{threshold:.3f}", "count": comparisons, "rate": f"{100 * float(params.false_accepts):g}",
    }  # fmt: skip
    caption = N_(
        "From a similarity of {threshold} on: with {count} kept recordings, at most about {rate} % of strangers get a name."
    )
    if not is_measured:
        caption = N_("From a similarity of {threshold} on, the highest seen between two people: so low a rate with {count} kept "
                     "recordings could not be measured.")  # fmt: skip
    table = Records(N_("Who it may be"), frame, Message(caption, values))
    score, name = scored[0]
    told: dict[str, object] = {"name": name, "score": f"{score:.2f}", "threshold": f"{threshold:.2f}"}
    summary = Message(N_("Probably {name}: similarity {score}, at least {threshold} is needed."), told)
    if score < threshold:
        summary = Message(N_("Nobody who is known: the nearest is {name} with {score}, {threshold} would be needed."), told)
    return summary, [Section(table.title, table)]


def forget(given: Sound, params: SpeakersParams, context: Context, notices: list[Message]) -> Answer:
    """Deletes a person, and lists who is known still."""
    name = people.clean(params.name)
    people.forget(FOLDER, name)
    return Message(N_("All that was kept of {name} is deleted."), {"name": name}), _known()


def _known() -> list[Section]:
    """Everybody who is kept."""
    import pandas as pd

    kept = people.everybody(FOLDER)
    if not kept:
        return []
    frame = pd.DataFrame({
        N_("Name"): [person.name for person in kept], N_("Recordings kept"): [len(person.vectors) for person in kept],
        N_("Agreed on"): [person.agreed[:10] for person in kept],
    })  # fmt: skip
    caption = N_("Kept on this machine as numbers, without sound, until they are forgotten.")
    return [Section(N_("Who is known here"), Records(N_("Who is known here"), frame, caption))]


ACTIONS: dict[str, Callable[[Sound, Any, Context, list[Message]], Answer]] = {
    "group": group, "compare": compare, "identify": identify, "enrol": enrol, "forget": forget,
}  # fmt: skip
