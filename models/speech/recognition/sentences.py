"""Words with times become sentences: at punctuation, at pauses, and where a sentence would be too long to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.contracts import Utterance, Word
from core.contracts.audible import UNSPACED

ENDS = ".!?。！？…"
COMMAS = ",;:，；：、"
PAUSE_SECONDS = 1.2  # between two words: another sentence begins
UNSPACED_PAUSE_SECONDS = 0.6  # where punctuation is often not written
LONG_SECONDS, LONGEST_SECONDS = 12.0, 20.0  # from which on a comma ends it; any word
ABBREVIATED = {"mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "etc.", "e.g.", "i.e.", "no.", "jr.", "sr.", "u.s."}


def sentences(words: Iterable[Word], language: str, offset: float = 0.0) -> list[Utterance]:
    """The sentences of `words`; `offset` seconds are added to all times."""
    return [_utterance(part, language, offset) for part in _parts(list(words), language) if "".join(w.text for w in part).strip()]


def _parts(words: list[Word], language: str) -> Iterator[list[Word]]:
    pause = UNSPACED_PAUSE_SECONDS if language in UNSPACED else PAUSE_SECONDS
    part: list[Word] = []
    for place, word in enumerate(words):
        part.append(word)
        later = words[place + 1] if place + 1 < len(words) else None
        if later is None or later.start - word.end >= pause or _ends(word, later) or _is_long(part):
            yield part
            part = []


def _ends(word: Word, later: Word) -> bool:
    """Whether the sentence ends with this word: not after "Mr.", an initial, or the point in "3." before a small letter."""
    text = word.text.strip().rstrip("\"'”’)]」』")
    if not text or text[-1] not in ENDS:
        return False
    if text[-1] == "." and (text.lower() in ABBREVIATED or (len(text) == 2 and text[0].isalpha() and text[0].isupper())):
        return False
    return text[-1] != "." or not later.text.strip()[:1].islower()


def _is_long(part: list[Word]) -> bool:
    seconds = part[-1].end - part[0].start
    return seconds >= LONGEST_SECONDS or (seconds >= LONG_SECONDS and part[-1].text.strip()[-1:] in tuple(COMMAS))


def _utterance(part: list[Word], language: str, offset: float) -> Utterance:
    moved = tuple(
        Word(
            w.text if place else w.text.lstrip(),
            round(w.start + offset, 2),
            round(max(w.start, w.end) + offset, 2),
            w.probability,
        )
        for place, w in enumerate(part)
    )
    return Utterance("".join(word.text for word in moved).strip(), moved[0].start, moved[-1].end, words=moved)
