"""What a window's text leaves out: stretches in which somebody speaks and no word was heard.

Whisper sometimes ends a window's text too early, above all where one voice follows another, or passes over a part of it; the word
before is then stretched over the gap. Each such stretch becomes a window of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.contracts import Word
from models.speech.recognition import activity
from models.speech.recognition.activity import Window
from models.speech.recognition.engines import RATE, Asked, Heard, Recogniser

GAP_SECONDS = 1.6  # without a word, from which on it is looked whether somebody speaks there
WORD_SECONDS = 1.0  # that a word may last at the edge of a gap
SPEECH_SECONDS = 0.5  # of speech in a gap, from which on it is listened to


def completed(
    windows: Sequence[Window], heard: Sequence[Heard], recogniser: Recogniser, language: str, asked: Asked, *, threshold: float
) -> list[Heard]:
    """`heard` with the words of what was missed in between, each listened to once."""
    places, rest = [], []
    for place, (window, one) in enumerate(zip(windows, heard)):
        for start, end in gaps(one.words, window.seconds) if one.words else ():
            part = window.samples[int(start * RATE) : int(end * RATE)]
            spoken = activity.speech(part, threshold)
            if sum(b - a for a, b in spoken) >= SPEECH_SECONDS * RATE:
                first, last = max(0, spoken[0][0]), spoken[-1][1]
                places.append(place)
                rest.append(Window(start + first / RATE, part[first:last]))
    found = list(heard)
    for first in range(0, len(rest), recogniser.batch):
        batch = rest[first : first + recogniser.batch]
        answers = recogniser.decode([window.samples for window in batch], language, asked)
        for place, window, answer in zip(places[first:], batch, answers):
            found[place] = _with(found[place], window, answer)
    return found


def gaps(words: Sequence[Word], seconds: float) -> list[tuple[float, float]]:
    """Stretches of `GAP_SECONDS` and more without a word; a word that lasts as long ends after `WORD_SECONDS`."""
    ends = [
        0.0,
        *(min(word.end, word.start + WORD_SECONDS) if word.end - word.start >= GAP_SECONDS else word.end for word in words),
    ]
    starts = [*(word.start for word in words), seconds]
    return [(end, start) for end, start in zip(ends, starts) if start - end >= GAP_SECONDS]


def _with(heard: Heard, window: Window, more: Heard) -> Heard:
    """The words of both in order of time; a stretched word is cut where the new ones begin."""
    if not more.words:
        return heard
    moved = [Word(w.text, round(w.start + window.start, 2), round(w.end + window.start, 2), w.probability) for w in more.words]
    begin = moved[0].start
    kept = [
        Word(w.text, w.start, round(max(w.start, min(w.end, begin)), 2), w.probability) if w.start < begin < w.end else w
        for w in heard.words
    ]
    words = sorted([*kept, *moved], key=lambda word: word.start)
    return Heard("".join(word.text for word in words).strip(), words, min(heard.log_probability, more.log_probability))
