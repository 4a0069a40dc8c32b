"""Writes down what is said in a recording or a video: sentences with times and speakers, to read, to hear, and as subtitles.

Whisper listens, through faster-whisper or openai-whisper. Silero VAD finds the speech, long recordings are worked on window by
window, and voices are told apart by a speaker encoder.
"""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from time import perf_counter
from typing import Literal

from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Params,
    Reference,
    Report,
    Section,
    Sound,
    Transcript,
    parameter,
)
from core.language import N_
from models.speech.recognition import scoring, script, trial
from models.speech.recognition.engines import LIBRARIES, Asked, library_of
from models.speech.recognition.languages import LANGUAGES, checked
from models.speech.recognition.listening import Listened, listen
from models.speech.voices import grouping

BASE, TINY = "whisper-base", "whisper-tiny-en"
MODELS = {
    BASE: N_("Whisper base, about 100 languages"),
    TINY: N_("Whisper tiny, English only, the fastest"),
    "Systran/faster-whisper-small": N_("Whisper small, from the hub"),
    "Systran/faster-whisper-medium": N_("Whisper medium, from the hub"),
    "mobiuslabsgmbh/faster-whisper-large-v3-turbo": N_("Whisper large-v3-turbo, from the hub"),
    "Systran/faster-whisper-large-v3": N_("Whisper large-v3, from the hub"),
}
PICTURED_SECONDS = 1800  # longer recordings get no waveform and spectrogram: there is nothing to see in them
SPEAKER = N_("Speaker {number}")
CARD = "model card of openai/whisper-base"


class TranscribeParams(Params):
    """How to listen."""

    model: str = parameter(
        BASE, title=N_("Model"), choices=MODELS, max_length=200, help=N_("Larger ones make fewer mistakes and take longer."),
    )  # fmt: skip
    language: str = parameter(
        "auto", title=N_("Language"), choices=LANGUAGES, max_length=8,
        help=N_("What is spoken. It is found out where you do not say."),
    )  # fmt: skip
    writing: Literal["simplified", "traditional", "heard"] = parameter(
        "simplified", title=N_("Chinese characters"), choices=script.SCRIPTS, when={"language": ("auto", "zh", "yue")},
        help=N_("Whisper mixes both; this makes them one."),
    )  # fmt: skip
    speakers: bool = parameter(
        False, title=N_("Tell speakers apart"), help=N_("Groups the sentences by voice. Names can be given afterwards.")
    )
    count: int = parameter(
        0, ge=0, le=20, title=N_("How many speakers"), when={"speakers": (True,)},
        help=N_("0 finds it out; a number that you know is surer."),
    )  # fmt: skip
    glossary: str = parameter(
        "", title=N_("Names and terms"), max_length=600,
        help=N_("Words to expect and how they are spelt, e.g. names and products, parted by commas."),
    )  # fmt: skip
    reference: str = parameter(
        "", title=N_("Reference text"), max_length=200_000, advanced=True,
        help=N_("What is really said. If you give it, errors are counted and shown."),
    )  # fmt: skip
    library: Literal["faster", "openai"] = parameter(
        "faster", title=N_("Library"), choices=LIBRARIES, advanced=True,
        help=N_("openai-whisper is the reference and much slower; both use the same weights."),
    )  # fmt: skip
    beam: int = parameter(
        5, ge=1, le=10, title=N_("Beam size"), advanced=True,
        help=N_("How many readings are followed at once; 1 is the fastest."),
    )  # fmt: skip
    detect: bool = parameter(
        True, title=N_("Skip silence"), advanced=True,
        help=N_("Listens only where a voice is found, so that noise does not become words."),
    )  # fmt: skip
    threshold: float = parameter(
        0.5, ge=0.05, le=0.95, title=N_("Voice threshold"), advanced=True, when={"detect": (True,)},
        help=N_("Lower it where faint voices are missed."),
    )  # fmt: skip


def run(given: Sound, params: TranscribeParams, context: Context) -> Report:
    """Listens to the whole recording.

    Raises:
        InputError: the language is not one that the model knows.
        UnavailableError: the weights are not on this machine and cannot be had.
        BusyError: others use the model for longer than one should wait.
    """
    started = perf_counter()
    language = checked(params.language, params.model == TINY)
    recogniser = library_of(params.library, params.model, context)
    recogniser.ready(context)
    context.progress(0.0, N_("Listening"))
    # As a sentence of its own: bare names look like the beginning of what is said, and are then left out.
    glossary = params.glossary.strip().rstrip(".,;，；。")
    asked = Asked(beam=params.beam, prompt=f"Glossary: {glossary}." if glossary else "")
    heard = listen(
        given, recogniser, asked, context, language=language, detect=params.detect, threshold=params.threshold,
        writing=params.writing, voices=params.speakers,
    )  # fmt: skip
    seconds = perf_counter() - started
    transcript = _transcript(given, heard, params)
    sections = [
        Section(N_("What is said"), transcript), Section("", _facts(given, heard, seconds, language)),
        *_compared(given, transcript, params), *_pictures(given),
    ]  # fmt: skip
    return Report(
        title=N_("Transcript"), summary=_summary(given, transcript, heard), sections=tuple(sections),
        evidence=_evidence(given, transcript, params, seconds), notices=given.notices,
    )  # fmt: skip


def _transcript(given: Sound, heard: Listened, params: TranscribeParams) -> Transcript:
    from core.sound import keeping

    utterances = heard.utterances
    if params.speakers:
        utterances = grouping.group(utterances, heard.voices, params.count)
    count = 1 + max((one.speaker for one in utterances), default=-1)
    names = tuple(Message(SPEAKER, {"number": number}) for number in range(1, count + 1))
    audio = keeping.keep_sound(given.name, given)
    return Transcript(N_("What is said"), tuple(utterances), heard.language, names, audio)


def _summary(given: Sound, transcript: Transcript, heard: Listened) -> Message:
    from core.sound.transcripts import clock

    if not transcript.utterances:
        return Message(N_("No speech was found. If there is some, lower the voice threshold or switch off skipping silence."))
    values: dict[str, object] = {
        "sentences": len(transcript.utterances), "length": clock(given.seconds),
        "language": Message(LANGUAGES.get(heard.language, heard.language)),
    }  # fmt: skip
    if transcript.speakers:
        values["speakers"] = len(transcript.speakers)
        return Message(N_("{sentences} sentences in {length}, in {language}; voices told apart: {speakers}."), values)
    return Message(N_("{sentences} sentences in {length}, in {language}."), values)


def _facts(given: Sound, heard: Listened, seconds: float, language: str) -> Metrics:
    told = {
        "speed": N_("Length of the recording over the time that it took."),
        "speech": N_("Share of the recording in which a voice was found."),
        "language": N_("Probability of the language that was found."),
        "words": N_("Mean probability of the words. It is no error rate."),
    }
    items = [
        Metric(N_("Speed"), given.seconds / max(seconds, 1e-9), N_("times real time"), help=told["speed"]),
        Metric(N_("Share of speech"), min(1.0, heard.speech_seconds / given.seconds), help=told["speech"]),
    ]
    if not language and heard.utterances:
        items.append(Metric(N_("Certainty of the language"), heard.language_probability, help=told["language"]))
    words = [word.probability for one in heard.utterances for word in one.words]
    if words:
        items.append(Metric(N_("Confidence"), sum(words) / len(words), help=told["words"]))
    return Metrics(tuple(items))


def _compared(given: Sound, transcript: Transcript, params: TranscribeParams) -> list[Section]:
    """Errors and where they are, if what is really said is known."""
    reference = params.reference.strip() or given.said
    if not reference:
        return []
    language = transcript.language or "en"
    if not scoring.normalised(reference, language):
        raise InputError(N_("There is not one word in the reference text. Write what is said in the recording."))
    found = [scoring.score([(reference, transcript.text)], language)]
    if found[0].metric == scoring.WORDS:
        found.append(scoring.score([(reference, transcript.text)], language, characters=True))
    told = N_("Replaced, left out and added ones over the length of the reference, case and punctuation aside.")
    metrics = Metrics(tuple(Metric(one.metric, one.rate, interval=one.interval, help=told) for one in found))
    first = found[0]
    counted = Message(
        N_("Replaced: {replaced}, left out: {left_out}, added: {added}, of {length}. Case and punctuation do not count."),
        {"replaced": first.replaced, "left_out": first.left_out, "added": first.added, "length": first.length},
    )  # fmt: skip
    differences = scoring.alignment(reference, transcript.text, language)
    return [
        Section(N_("Beside the reference"), metrics, counted), Section(N_("Differences from the reference"), differences),
    ]  # fmt: skip


def _pictures(given: Sound) -> list[Section]:
    from core.intake.sound import samples
    from core.sound import pictures

    if given.seconds > PICTURED_SECONDS:
        return []
    rate = min(given.rate, 16_000)
    return [Section(image.title, image) for image in pictures.pictures(samples(given, rate), rate)]


def _evidence(given: Sound, transcript: Transcript, params: TranscribeParams, seconds: float) -> Evidence:
    from core import weights

    item = weights.entry(params.model)
    package = {"faster": "faster-whisper", "openai": "openai-whisper"}[params.library]
    caveats = [N_("Whisper may write what nobody said, above all in silence and noise. Listen before you quote.")]
    if transcript.speakers:
        caveats.append(N_("Speakers are groups of like voices, not persons: nobody is identified."))
    card = Evidence(
        answered_by=f"{item.title} · {package} {importlib.metadata.version(package)}", license=item.licence, seconds=seconds,
        data=given.name, caveats=tuple(caveats),
    )  # fmt: skip
    reference = params.reference.strip() or given.said
    if not reference:
        return card
    found = scoring.score([(reference, transcript.text)], transcript.language or "en")
    return replace(
        card, metric=found.metric, score=found.rate, interval=found.interval, baseline=1.0, baseline_name=trial.NOTHING,
        lower_is_better=True,
    )  # fmt: skip


CAPABILITY = Capability(
    id="speech.transcribe",
    title=N_("Transcribe speech"),
    summary=N_("Writes down what is said in recordings and videos, with times and speakers, and makes subtitles of it."),
    takes=(Sound,),
    returns=Report,
    params=TranscribeParams,
    run=run,
    samples=("librivox", "two_voices", "mandarin", "inaugural", "cards"),
    weights=(BASE, TINY, "silero-vad", "speaker-encoder"),
    metric=scoring.WORDS,
    bars=(
        Bar("librivox", scoring.WORDS, 0.03, measure=trial.librivox("faster", BASE), lower_is_better=True,
            reference=Reference(0.0501, CARD, N_("LibriSpeech test-clean: other recordings of the same kind, 5.4 hours."))),
        Bar("librivox, openai-whisper", scoring.WORDS, 0.03, measure=trial.librivox("openai", BASE), lower_is_better=True),
    ),
)  # fmt: skip
