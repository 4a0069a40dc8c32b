"""The bars of `speech.transcribe`: how many words are wrong on recordings whose text is known."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from core import samples, weights
from core.contracts import Context, Evidence
from core.language import N_
from models.speech.recognition import engines, scoring
from models.speech.recognition.engines import Asked, Library
from models.speech.recognition.listening import listen

CLIPS = "librivox"
NOTHING = N_("no text at all")


def librivox(library: Library, model: str) -> Callable[[Context], Evidence]:
    """A bar's `measure`: the word error rate on the five clips, each listened to by itself, language unknown.

    The baseline writes nothing, which is one error for each word.
    """

    def measure(context: Context) -> Evidence:
        started = perf_counter()
        pairs = []
        for text, said in heard(library, model, CLIPS, context):
            pairs.append((said, text))
        found = scoring.score(pairs, "en")
        item = weights.entry(model)
        return Evidence(
            metric=scoring.WORDS, score=found.rate, interval=found.interval, baseline=1.0, baseline_name=NOTHING, data=CLIPS,
            rows=len(pairs), lower_is_better=True, answered_by=f"{item.title}, {engines.LIBRARIES[library]}",
            license=item.licence, seconds=perf_counter() - started,
        )  # fmt: skip

    return measure


def heard(library: Library, model: str, sample: str, context: Context) -> list[tuple[str, str]]:
    """(text that was heard, text that was said) of each clip of a sample."""
    recogniser = engines.library_of(library, model, context)
    found = []
    for sound, said in samples.clips(sample):
        done = listen(sound, recogniser, Asked(), _Quiet(context))
        found.append((" ".join(one.text for one in done.utterances), said))
    return found


class _Quiet(Context):
    """Only passes the wish to stop on: a bar must not leave or find a checkpoint."""

    def __init__(self, outer: Context) -> None:
        self._outer = outer

    def check(self) -> None:
        self._outer.check()
