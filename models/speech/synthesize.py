"""Reads texts aloud, in English and Chinese: voices to choose and to blend, speed, pitch and pauses, long texts by sentences.

Kokoro speaks both languages, Piper speaks English several times as fast. What they make says of itself that it is synthetic.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Documents,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Params,
    Report,
    Section,
    Transcript,
    parameter,
)
from core.language import N_
from models.speech.recognition import scoring
from models.speech.synthesis import engines, marking, speaking, trial, voices
from models.speech.synthesis.speaking import Reader, Spoken

AT_ONCE = 1_200  # letters (a Chinese character counts three) that one waits for; more are a job


class SynthesizeParams(Params):
    """Who reads and how."""

    voice: str = parameter(
        "af_heart", title=N_("English voice"), choices={**voices.ENGLISH, **voices.FAST}, max_length=40,
        help=N_("Reads the English sentences, and those of languages that have no voice here."),
    )  # fmt: skip
    chinese_voice: str = parameter(
        "zf_xiaoxiao", title=N_("Chinese voice"), choices=voices.CHINESE, max_length=40, help=N_("Reads the Chinese sentences."),
    )  # fmt: skip
    speed: float = parameter(
        1.0, ge=0.7, le=1.5, title=N_("Speed"), unit="×", help=N_("1 is the speed that the voice was made with.")
    )
    pitch: float = parameter(
        0.0, ge=-4, le=4, title=N_("Pitch"), unit=N_("semitones"), help=N_("Higher or lower; the timbre moves with it."),
    )  # fmt: skip
    preview: bool = parameter(
        False, title=N_("Voices side by side"), help=N_("Every voice of that language reads the first sentence, to choose from.")
    )
    blend: str = parameter(
        voices.NONE, title=N_("Blend with"), max_length=40, advanced=True,
        choices={voices.NONE: N_("No other voice"), **voices.ENGLISH, **voices.CHINESE},
        help=N_("A voice between two. Those of Kokoro can be blended, also across languages."),
    )  # fmt: skip
    share: float = parameter(
        0.5, ge=0, le=1, title=N_("Share of the second voice"), advanced=True,
        help=N_("0 is the first voice alone, 1 the second."),
    )  # fmt: skip
    pause: float = parameter(
        0.3, ge=0, le=3, title=N_("Pause between sentences"), unit=N_("seconds"), advanced=True,
        help=N_('Longer ones between paragraphs. In the text, <break time="500ms"/> makes one.'),
    )  # fmt: skip
    language: Literal["auto", "en", "zh"] = parameter(
        "auto", title=N_("Language"), advanced=True, help=N_("Found out sentence by sentence where you do not say."),
        choices={"auto": N_("Sentence by sentence"), "en": N_("English"), "zh": N_("Chinese")},
    )  # fmt: skip
    most: int = parameter(
        marking.MOST_CHARACTERS, ge=1, le=marking.MOST_CHARACTERS, title=N_("At most"), unit=N_("characters"), advanced=True,
        help=N_("The rest of a longer text is left out, with a notice; 30,000 are about half an hour."),
    )  # fmt: skip
    kind: Literal["flac", "wav"] = parameter(
        "flac", title=N_("File"), choices={"flac": "FLAC", "wav": "WAV"}, advanced=True,
        help=N_("Neither loses anything; FLAC is half as large."),
    )  # fmt: skip


def run(given: Documents, params: SynthesizeParams, context: Context) -> Report:
    """Reads the documents aloud, one after the other.

    Raises:
        InputError: there are no words in them, or a voice is not one of ours.
        UnavailableError: the weights are not on this machine and cannot be had.
        BusyError: others use the model for longer than one should wait.
    """
    started = perf_counter()
    reader = reader_of(params)
    script = marking.script(given, params.language, params.pause, params.most)
    if not script.sayings:
        raise InputError(N_("There are no words to read aloud: give a text with at least one sentence."))
    context.progress(0.0, N_("Loading the voices"))
    if params.preview:
        return _preview(given, script, reader, context, started)
    for voice in {reader.voice_for(saying) for saying in script.sayings}:
        engines.fetch(voice, context)
    spoken = []
    for one in speaking.speak(script.sayings, reader, context):
        spoken.append(one)
        context.part(speaking.part(one, reader))
    if not spoken:
        raise InputError(N_("Nothing in this text can be spoken. Write it in English or Chinese words."))
    return _report(given, script, reader, spoken, params, perf_counter() - started)


def reader_of(params: SynthesizeParams) -> Reader:
    """The reader that the params ask for. Raises InputError for a voice that is none of its language."""
    english = voices.checked(params.voice, {**voices.ENGLISH, **voices.FAST})
    chinese = voices.checked(params.chinese_voice, voices.CHINESE)
    blended = [voices.voice(name, params.blend, params.share) for name in (english, chinese)]
    return Reader(blended[0], blended[1], params.speed, params.pitch)


def is_slow(given: Documents, params: SynthesizeParams) -> bool:
    """Whether one waits too long for this much; Piper takes a fifth of the time."""
    letters = sum(marking.weight(item.text[: min(params.most, 10 * AT_ONCE)]) for item in given.items[:50])
    return not params.preview and letters > AT_ONCE * (5 if params.voice == voices.PIPER else 1)


def _report(
    given: Documents, script: marking.Script, reader: Reader, spoken: list[Spoken], params: SynthesizeParams, seconds: float
) -> Report:  # fmt: skip
    audio = speaking.kept(N_("Read aloud"), spoken, reader, params.kind)
    read = Transcript(
        N_("Sentence by sentence"), tuple(one.utterance for one in spoken), _language(spoken), audio=replace(audio, pictures=())
    )  # fmt: skip
    values: dict[str, object] = {"sentences": len(spoken), "seconds": f"{audio.seconds:.1f}"}
    return Report(
        title=N_("Read aloud"), summary=Message(N_("{sentences} sentences, {seconds} seconds of speech."), values),
        sections=(Section("", audio), Section("", read), Section("", _facts(audio.seconds, seconds))),
        evidence=_evidence(given, reader, spoken, seconds), notices=(*given.notices, *_notices(script, reader, params)),
    )  # fmt: skip


def _preview(given: Documents, script: marking.Script, reader: Reader, context: Context, started: float) -> Report:
    """The first sentence by each voice that speaks its language."""
    saying = replace(script.sayings[0], pause=0.0)
    offered = voices.CHINESE if saying.language == "zh" else {**voices.ENGLISH, **voices.FAST}
    spoken, sections = [], []
    for place, (name, title) in enumerate(offered.items()):
        context.check()
        context.progress(place / len(offered), N_("Speaking: voice {done} of {total}"), done=place + 1, total=len(offered))
        voice = voices.Voice(name)
        engines.fetch(voice, context)
        alone = replace(reader, english=voice, chinese=voice)
        one = Spoken(saying, alone.say(saying), 0.0)
        if not len(one.samples):
            raise InputError(N_("Nothing in this text can be spoken. Write it in English or Chinese words."))
        spoken.append(one)
        audio = speaking.kept(title, [one], alone, draw=False)
        context.part(audio)
        sections.append(Section("", audio))
    seconds = perf_counter() - started
    facts = _facts(sum(len(one.samples) for one in spoken) / engines.RATE, seconds)
    return Report(
        title=N_("Voices side by side"),
        summary=Message(N_("{count} voices read: {text}"), {"count": len(spoken), "text": saying.text}),
        sections=(*sections, Section("", facts)), evidence=_evidence(given, reader, spoken, seconds), notices=given.notices,
    )  # fmt: skip


def _language(spoken: Iterable[Spoken]) -> str:
    """The language of most sentences."""
    found = [one.saying.language for one in spoken]
    return "zh" if found.count("zh") * 2 > len(found) else "en"


def _facts(length: float, seconds: float) -> Metrics:
    return Metrics((
        Metric(N_("Length"), length, N_("seconds"), help=N_("Of the speech, pauses included.")),
        Metric(N_("Speed"), length / max(seconds, 1e-9), N_("times real time"),
               help=N_("Length of the speech over the time that it took.")),
    ))  # fmt: skip


def _notices(script: marking.Script, reader: Reader, params: SynthesizeParams) -> list[Message]:
    found = []
    if script.left_out:
        values: dict[str, object] = {"count": f"{params.most:,}", "left": f"{script.left_out:,}"}
        found.append(
            Message(N_("Only the first {count} characters were read; left out: {left}. Give the rest by itself."), values)
        )
    if script.foreign:
        sentence = N_("Sentences in languages that have no voice here: {count}. They were read as if they were English.")
        found.append(Message(sentence, {"count": script.foreign}))
    if params.blend != voices.NONE and reader.english.is_piper and any(one.language == "en" for one in script.sayings):
        found.append(Message(N_("Joe cannot be blended and reads alone. Choose another English voice to blend.")))
    return found


def _evidence(given: Documents, reader: Reader, spoken: list[Spoken], seconds: float) -> Evidence:
    used = {reader.voice_for(one.saying) for one in spoken}
    names = ([voices.KOKORO] if any(not voice.is_piper for voice in used) else []) + (
        [voices.PIPER] if any(voice.is_piper for voice in used) else []
    )
    packages = {voices.KOKORO: "kokoro-onnx", voices.PIPER: "piper-tts"}
    said = [f"{weights.entry(name).title} · {packages[name]} {importlib.metadata.version(packages[name])}" for name in names]
    fallback: str | Message = ""
    if reader.english.is_piper and any(one.saying.language == "zh" for one in spoken):
        fallback = N_("Piper's voice speaks English only: Kokoro read the Chinese sentences.")
    return Evidence(
        answered_by=", ".join(said), license=", ".join(dict.fromkeys(weights.entry(name).licence for name in names)),
        data=given.name, seconds=seconds, fallback=fallback,
        caveats=(*voices.caveats(used), N_("Names, abbreviations and figures may be misread: listen before you pass it on.")),
    )  # fmt: skip


CAPABILITY = Capability(
    id="speech.synthesize",
    title=N_("Read aloud"),
    summary=N_("Reads texts and documents aloud in English and Chinese, with voices to choose, to compare and to blend."),
    takes=(Documents,),
    returns=Report,
    params=SynthesizeParams,
    run=run,
    samples=("welcome", "handbook_en", "handbook_zh"),
    weights=(voices.KOKORO, voices.KOKORO_VOICES, voices.PIPER),
    metric=scoring.WORDS,
    bars=(
        Bar("handbook_en", N_("word error rate, heard again: Heart"), 0.06, measure=trial.round_trip("af_heart", "en"),
            lower_is_better=True),
        Bar("handbook_en", N_("word error rate, heard again: Joe (Piper)"), 0.06, measure=trial.round_trip(voices.PIPER, "en"),
            lower_is_better=True),
        Bar("handbook_zh", N_("character error rate, heard again: Xiaoxiao"), 0.10,
            measure=trial.round_trip("zf_xiaoxiao", "zh"), lower_is_better=True),
    ),
    example=(
        "Good morning, and welcome.", "Every word that you hear was made by a model on this very machine.",
        '<break time="700ms"/> 大家好，欢迎使用。', "您听到的每一个字都是由这台机器上的模型合成的。",
    ),
    is_slow=is_slow,
)  # fmt: skip
