"""Tells voices apart: one person or two in two recordings, who of the people known here speaks, and who speaks when in a meeting.

A speaker encoder turns a voice into a vector. How alike two are is judged by error rates measured on voices that no threshold was
chosen on. It is decision support, no proof of who somebody is.
"""

from __future__ import annotations

from time import perf_counter
from typing import Literal

from core.contracts import Bar, Capability, Context, Evidence, Message, Params, Report, Sound, parameter, recording
from core.language import N_
from core.weights import Entry
from models.speech.voices import verification

TITLES = {"group": N_("Who speaks when"), "compare": N_("Voices compared"), "identify": N_("Who it may be"),
          "enrol": N_("Voice kept"), "forget": N_("Person forgotten")}  # fmt: skip
_WITH_THRESHOLD = ("compare", "identify")
MISUSE = N_("Decision support, no proof: never refuse, accuse or pay anybody on this alone. Naming people without their consent "
            "is against the law in many places.")  # fmt: skip
IMITATED = N_("A recording of a voice, an imitation or a synthetic voice can pass for the person: this is no lock.")
WRONG, ONE_VOICE = N_("speech given to the wrong voice, simulated meetings"), N_("one voice for all")
GROUPED = N_("Measured on {voices} recorded and synthetic voices that nothing was chosen on, one to four in a meeting put "
             "together of their turns. The number of voices was found in {right} % of the meetings; where it is given, {known} % "
             "of the speech goes to the wrong voice.")  # fmt: skip
CLEAN = N_("In a real meeting more goes wrong: people interrupt each other, and the room and one microphone make voices alike.")
GROUPS = N_("Speakers are groups of like voices, not persons: nobody is identified.")


class SpeakersParams(Params):
    """What to do with the voices."""

    action: Literal["group", "compare", "identify", "enrol", "forget"] = parameter(
        "group", title=N_("What to do"), help=N_("Voices are kept and named only for people who agreed to it."),
        choices={"group": N_("Who speaks when"), "compare": N_("Compare voices: one person or two?"),
                 "identify": N_("Name known people"), "enrol": N_("Keep a voice under a name"), "forget": N_("Forget a person")},
    )  # fmt: skip
    other: str = recording(
        title=N_("Second recording"), when={"action": ("compare",)}, help=N_("The voice to compare with, of one person alone."),
    )  # fmt: skip
    count: int = parameter(
        0, ge=0, le=20, title=N_("How many speakers"), when={"action": ("group",)},
        help=N_("0 finds it out; a number that you know is surer."),
    )  # fmt: skip
    name: str = parameter(
        "", max_length=80, title=N_("Name"), when={"action": ("enrol", "forget")}, help=N_("Of the person to keep or to forget."),
    )  # fmt: skip
    consent: bool = parameter(
        False, title=N_("The person has agreed"), when={"action": ("enrol",)},
        help=N_("The person agrees that the voice is kept and compared here. This can be taken back: then forget the person."),
    )  # fmt: skip
    false_accepts: Literal["0.1", "0.01"] = parameter(
        "0.01", title=N_("False accepts"), when={"action": _WITH_THRESHOLD},
        help=N_("How often two different people may be taken for one. The fewer, the more often one person is taken for two."),
        choices={"0.1": "10 %", "0.01": "1 %"},
    )  # fmt: skip


def run(given: Sound, params: SpeakersParams, context: Context) -> Report:
    """Does what `params.action` says.

    Raises:
        InputError: too little speech, no name, no consent, no second recording.
        UnavailableError: weights are not on this machine.
    """
    from models.speech.voices import answers

    started = perf_counter()
    notices: list[Message] = []
    summary, sections = answers.ACTIONS[params.action](given, params, context, notices)
    return Report(
        title=TITLES[params.action], summary=summary, sections=tuple(sections),
        evidence=_evidence(params, perf_counter() - started), notices=(*given.notices, *notices),
    )  # fmt: skip


def _evidence(params: SpeakersParams, seconds: float) -> Evidence:
    """Who answered; where voices are compared, how often that was wrong among voices that nothing was chosen on."""
    from core import weights
    from models.speech.voices import encoder

    entry = weights.entry(encoder.NAME)
    if params.action == "group":
        return _grouping(params, entry, seconds)
    if params.action not in _WITH_THRESHOLD:
        forgotten = params.action == "forget"
        return Evidence(
            answered_by="" if forgotten else entry.title, license="" if forgotten else entry.licence, seconds=seconds,
            caveats=(MISUSE, IMITATED) if params.action == "enrol" else (),
        )  # fmt: skip
    facts = verification.calibration().facts
    low, high = facts["interval"]
    return Evidence(
        metric=verification.EQUAL, score=facts["equal_error_rate"], interval=(low, high), baseline=facts["baseline"],
        baseline_name=verification.BASELINE, bar=0.05, data=verification.DATA, rows=facts["pairs"], lower_is_better=True,
        reference=verification.WAN.value, reference_source=verification.WAN.source,
        reference_protocol=verification.WAN.protocol, answered_by=entry.title, license=entry.licence, seconds=seconds,
        caveats=(verification.count(facts["voices_measured"]), verification.FEW, MISUSE, IMITATED),
    )  # fmt: skip


def _grouping(params: SpeakersParams, entry: Entry, seconds: float) -> Evidence:
    """How much of the speech of simulated meetings was given to the wrong voice: voices that nothing was chosen on."""
    from models.speech.voices import grouping

    facts = grouping.calibration()
    values: dict[str, object] = {
        "voices": facts["voices"], "right": f"{100 * facts['counted_right']:.0f}",
        "known": f"{100 * facts['wrong_with_known_count']:.1f}",
    }  # fmt: skip
    told = Message(GROUPED, values)
    low, high = facts["interval"]
    return Evidence(
        metric=WRONG, score=facts["wrong"], interval=(low, high), baseline=facts["baseline"], baseline_name=ONE_VOICE,
        data=verification.DATA, rows=facts["meetings"], lower_is_better=True, answered_by=entry.title, license=entry.licence,
        seconds=seconds, caveats=(told, CLEAN, GROUPS),
    )  # fmt: skip


CAPABILITY = Capability(
    id="speech.speakers",
    title=N_("Speakers"),
    summary=N_("Says who speaks when, whether two recordings are of one person, and names people who agreed to be known here."),
    takes=(Sound,),
    returns=Report,
    params=SpeakersParams,
    run=run,
    samples=("two_voices", "librivox", "inaugural", "cards"),
    weights=("speaker-encoder", "silero-vad"),
    metric=verification.EQUAL,
    bars=(
        Bar(verification.DATA, verification.EQUAL, 0.05, measure=verification.equal, reference=verification.WAN,
            lower_is_better=True),
    ),
)  # fmt: skip
