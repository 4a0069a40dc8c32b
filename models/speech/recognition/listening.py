"""From a recording to sentences: windows of speech, a batch at a time, so that text comes while the work goes on.

In a job, what was heard so far is kept in the job's folder: an interrupted one goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from core.contracts import Context, Sound, Utterance, dump, load
from core.home import read_json, write_json
from core.intake.sound import blocks
from core.language import N_
from core.sound.transcripts import clock
from models.speech.recognition import activity, missed, script
from models.speech.recognition.engines import Asked, Recogniser
from models.speech.recognition.script import Script
from models.speech.recognition.sentences import sentences
from models.speech.voices import encoder

CHECKPOINT = "heard.json"
SURE_SECONDS = 3.0  # of speech, to tell its language by


@dataclass
class Listened:
    """What was heard: `voices` holds a unit vector for each utterance where asked for (None: too short to tell)."""

    language: str = ""
    language_probability: float = 1.0
    utterances: list[Utterance] = field(default_factory=list)
    voices: list[np.ndarray | None] = field(default_factory=list)
    speech_seconds: float = 0.0
    done: float = 0.0  # seconds of the recording that need not be listened to again


def listen(
    sound: Sound, recogniser: Recogniser, asked: Asked, context: Context, *, language: str = "", detect: bool = True,
    threshold: float = 0.5, writing: Script = "simplified", voices: bool = False,
) -> Listened:  # fmt: skip
    """Everything that is said in the recording. `language` "" finds it out from the first windows."""
    so_far = _resumed(context) or Listened(language=language)
    heard_before = so_far.done
    for utterance in so_far.utterances:
        context.text(utterance.text)
    found = activity.windows(blocks(sound, context=context), detect=detect, threshold=threshold)
    for batch in _batches((window for window in found if window.start >= heard_before - 1e-6), recogniser.batch):
        context.check()
        if not so_far.language:
            so_far.language, so_far.language_probability = _language(batch, recogniser)
        answers = recogniser.decode([one.samples for one in batch], so_far.language, asked)
        if detect:
            answers = missed.completed(batch, answers, recogniser, so_far.language, asked, threshold=threshold)
        for window, heard in zip(batch, answers):
            spoken = "en" if asked.task == "translate" else so_far.language
            for one in sentences(heard.words, spoken, window.start):
                utterance = script.written(one, spoken, writing)
                so_far.utterances.append(utterance)
                so_far.voices.append(_voice(window, utterance) if voices else None)
                context.text(utterance.text)
            so_far.speech_seconds += window.seconds
            so_far.done = window.start + window.seconds
        _keep(so_far, context)
        context.progress(
            min(1.0, so_far.done / sound.seconds), N_("Listening: {done} of {total}"),
            done=clock(so_far.done), total=clock(sound.seconds),
        )  # fmt: skip
    return so_far


def _batches(windows: Iterator[activity.Window], most: int) -> Iterator[list[activity.Window]]:
    """One window first, then twice as many each time: the first sentence is there soon, the rest is fast."""
    size, batch = 1, []
    for window in windows:
        batch.append(window)
        if len(batch) == size:
            yield batch
            size, batch = min(most, 2 * size), []
    if batch:
        yield batch


def _language(batch: list[activity.Window], recogniser: Recogniser) -> tuple[str, float]:
    window = next((one for one in batch if one.seconds >= SURE_SECONDS), max(batch, key=lambda one: one.seconds))
    return next(iter(recogniser.languages(window.samples).items()))


def _voice(window: activity.Window, utterance: Utterance) -> np.ndarray | None:
    start, end = (round((at - window.start) * activity.RATE) for at in (utterance.start, utterance.end))
    return encoder.embed(window.samples[max(0, start) : end])


def _keep(so_far: Listened, context: Context) -> None:
    if context.folder is None:
        return
    voices = [None if voice is None else voice.round(5).tolist() for voice in so_far.voices]
    write_json(context.folder / CHECKPOINT, {
        "language": so_far.language, "probability": so_far.language_probability, "utterances": dump(so_far.utterances),
        "voices": voices, "speech": so_far.speech_seconds, "done": so_far.done,
    })  # fmt: skip


def _resumed(context: Context) -> Listened | None:
    if context.folder is None or not (context.folder / CHECKPOINT).exists():
        return None
    kept = read_json(context.folder / CHECKPOINT)
    voices = [None if voice is None else np.array(voice, np.float32) for voice in kept["voices"]]
    return Listened(
        kept["language"], kept["probability"], list(load(kept["utterances"])), voices, kept["speech"], kept["done"]
    )  # fmt: skip
