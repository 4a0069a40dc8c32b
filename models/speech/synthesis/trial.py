"""The bars of `speech.synthesize`: what a recogniser understands of what was spoken, against what was to be said.

The baseline is a silent recording of the same length, which costs an error a word. The same sentences read by a person, where
there is a recording, give the reference: a recogniser that errs there errs here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np

from core import samples, weights
from core.contracts import Context, Evidence
from core.language import N_
from models.speech.recognition import engines as recognition
from models.speech.recognition import scoring
from models.speech.recognition.engines import Asked
from models.speech.synthesis import engines, sayings
from models.speech.synthesis.voices import Language, Voice

RECOGNISER = "whisper-base"
SILENCE = N_("a silent recording")


def round_trip(voice: str, language: Language) -> Callable[[Context], Evidence]:
    """A bar's `measure`: English over the novel and the handbook, Chinese over the handbook (`sayings`)."""

    def measure(context: Context) -> Evidence:
        started = perf_counter()
        texts = [*(sayings.novel() if language == "en" else ()), *sayings.handbook(language)]
        spoken = [engines.say(text, language, Voice(voice)) for text in texts]
        found = scoring.score(list(zip(texts, understood(spoken, language, context))), language)
        silent = scoring.score(list(zip(texts, understood([np.zeros_like(one) for one in spoken], language, context))), language)
        item = weights.entry("piper-joe" if voice == "piper-joe" else "kokoro-82m")
        return Evidence(
            metric=found.metric, score=found.rate, interval=found.interval, baseline=silent.rate, baseline_name=SILENCE,
            data="handbook", rows=len(texts), lower_is_better=True, answered_by=f"{item.title}, {voice}", license=item.licence,
            seconds=perf_counter() - started,
        )  # fmt: skip

    return measure


def understood(spoken: Sequence[np.ndarray], language: str, context: Context) -> list[str]:
    """What Whisper base writes of each sound at `engines.RATE`, the language told."""
    recogniser = recognition.library_of("faster", RECOGNISER, context)
    found = []
    for one in spoken:
        context.check()
        heard = recogniser.decode([engines.resampled(one, engines.RATE / recognition.RATE)], language, Asked())
        found.append(heard[0].text)
    return found


def person() -> scoring.Score:
    """The same recogniser on the recordings of the novel by a person, sentence by sentence."""
    from core.intake.sound import samples as decoded

    clips = samples.clips("librivox")
    recogniser = recognition.library_of("faster", RECOGNISER)
    heard = [recogniser.decode([decoded(sound, recognition.RATE)], "en", Asked())[0].text for sound, _ in clips]
    return scoring.score([(said, text) for (_, said), text in zip(clips, heard)], "en")
