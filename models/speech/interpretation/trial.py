"""The bar of `speech.translate`: a Chinese talk into English, against translations written before anything was heard."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from core import samples, weights
from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle.evaluate_translation import measure as measured
from models.speech.interpretation import ways
from models.speech.interpretation.meeting import PAIRS
from models.speech.recognition import engines

CLIPS = "meeting_zh"
CHRF = N_("chrF, Chinese speech to English text")
OTHER = N_("a fluent sentence of the same talk, another one")


def talk(way: ways.Way, engine: str = "auto") -> Callable[[Context], Evidence]:
    """A bar's `measure`: chrF over the ten sentences, each listened to by itself.

    The baseline is the next sentence's reference.
    """

    def measure(context: Context) -> Evidence:
        started = perf_counter()
        answers, done = translated(way, engine, context)
        references = [english for _, english in PAIRS]
        scores, spread = measured(answers, references)
        others, _ = measured(references[1:] + references[:1], references)
        item = weights.entry("whisper-base")
        by = item.title + (f", {done}" if done else "")
        return Evidence(
            metric=CHRF, score=scores["chrf"], interval=spread.get("chrf"), baseline=others["chrf"], baseline_name=OTHER,
            data=CLIPS, rows=len(PAIRS), answered_by=by, license=item.licence, seconds=perf_counter() - started,
        )  # fmt: skip

    return measure


def translated(way: ways.Way, engine: str, context: Context) -> tuple[list[str], str]:
    """The English of each clip, and the engine that translated where Whisper did not."""
    recogniser = engines.library_of("faster", "whisper-base", context)
    found, by = [], ""
    for sound, _ in samples.clips(CLIPS):
        context.check()
        done = ways.interpret(sound, way, "en", recogniser, engine, Context(), lambda sentence: None, language="zh")
        found.append(" ".join(sentence.translated for sentence in done.sentences))
        by = by or done.answered_by
    return found, by
