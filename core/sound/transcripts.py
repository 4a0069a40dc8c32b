"""Transcripts as files: SRT and WebVTT subtitles, plain text, JSON and Word.

Subtitles follow common practice (BBC Subtitle Guidelines): two lines of at most 42 characters (21 in Chinese), seven seconds at
most; longer sentences are parted at their words, whose times are known.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from core.contracts import Transcript, Utterance, dump
from core.language import N_, translate

LINE_CHARACTERS, LINES = 42, 2
CUE_SECONDS = 7.0
WIDE = 2  # how many Latin characters a Chinese one is as wide as
PARTING = ".!?。！？…;；,，、:："


def named(result: Transcript, names: tuple[str, ...]) -> Transcript:
    """The transcript with the speakers called `names`; an empty one keeps the old."""
    if not any(names):
        return result
    kept = (*names, *[""] * len(result.speakers))
    return replace(result, speakers=tuple(new.strip() or old for new, old in zip(kept, result.speakers)))


def speaker_of(result: Transcript, utterance: Utterance, language: str) -> str:
    """The name of who speaks, in `language`; empty where nobody was told apart."""
    known = 0 <= utterance.speaker < len(result.speakers)
    return translate(result.speakers[utterance.speaker], language) if known else ""


def to_srt(result: Transcript, language: str = "en") -> bytes:
    """SubRip subtitles, UTF-8."""
    cues = []
    for number, (start, end, text, speaker) in enumerate(_cues(result, language), 1):
        said = f"{speaker}: {text}" if speaker else text
        cues.append(f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{_lines(said, result)}\n")
    return "\n".join(cues).encode("utf-8", "replace")


def to_vtt(result: Transcript, language: str = "en") -> bytes:
    """WebVTT subtitles; who speaks stands in a voice tag."""
    cues = ["WEBVTT\n"]
    for start, end, text, speaker in _cues(result, language):
        escaped = _lines(text, result).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        voice = " ".join(speaker.replace("<", "").replace(">", "").replace("&", "&amp;").split())
        cues.append(f"{stamp(start, '.')} --> {stamp(end, '.')}\n{f'<v {voice}>' if voice else ''}{escaped}\n")
    return "\n".join(cues).encode("utf-8", "replace")


def to_text(result: Transcript, language: str = "en") -> bytes:
    """Running text; where speakers are told apart, a paragraph for each turn under the speaker's name."""
    paragraphs = [f"{speaker}: {text}" if speaker else text for speaker, _start, text in turns(result, language)]
    return ("\n\n".join(paragraphs) + "\n").encode("utf-8", "replace")


def to_json(result: Transcript, language: str = "en") -> bytes:
    """Language, speakers and sentences with the times of their words."""
    sentences = [
        {"start": one.start, "end": one.end, "speaker": speaker_of(result, one, language) or None, "text": one.text,
         "words": [{"word": w.text, "start": w.start, "end": w.end, "probability": w.probability} for w in one.words]}
        for one in result.utterances
    ]  # fmt: skip
    return json.dumps({"language": result.language, "sentences": dump(sentences)}, ensure_ascii=False, indent=1).encode(
        "utf-8", "replace"
    )


def to_docx(result: Transcript, language: str = "en") -> bytes:
    """A Word document: a paragraph for each turn with its time and speaker."""
    import docx

    document = docx.Document()
    document.add_heading(_clean(translate(result.title, language)), 1)
    for speaker, start, text in turns(result, language):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"[{clock(start)}] ").italic = True
        if speaker:
            paragraph.add_run(f"{_clean(speaker)}: ").bold = True
        paragraph.add_run(_clean(text))
    document.core_properties.author = "Panorama"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS: dict[str, tuple[str, str, Callable[[Transcript, str], bytes]]] = {
    "srt": (N_("Subtitles (SRT)"), "application/x-subrip", to_srt),
    "vtt": (N_("Subtitles (WebVTT)"), "text/vtt", to_vtt),
    "txt": (N_("Text (TXT)"), "text/plain", to_text),
    "docx": (N_("Word (DOCX)"), WORD, to_docx),
    "json": (N_("Words with times (JSON)"), "application/json", to_json),
}


def turns(result: Transcript, language: str) -> list[tuple[str, float, str]]:
    """(speaker, start, text) of what one speaker says in one go; without speakers, a paragraph ends at a pause of two seconds."""
    space = " " if result.is_spaced else ""
    found: list[tuple[str, float, str]] = []
    before: Utterance | None = None
    for one in result.utterances:
        is_same = before is not None and one.speaker == before.speaker and (one.speaker >= 0 or one.start - before.end < 2.0)
        if is_same:
            speaker, start, text = found[-1]
            found[-1] = (speaker, start, text + space + one.text)
        else:
            found.append((speaker_of(result, one, language), one.start, one.text))
        before = one
    return found


def speaking_times(result: Transcript, language: str) -> list[tuple[str, float]]:
    """Seconds of speech of each speaker, in the order in which they first speak."""
    times = [0.0] * len(result.speakers)
    for one in result.utterances:
        if one.speaker >= 0:
            times[one.speaker] += one.end - one.start
    return [(translate(name, language), seconds) for name, seconds in zip(result.speakers, times)]


def stamp(seconds: float, point: str) -> str:
    """`01:02:03,456`."""
    milliseconds = max(0, round(1000 * seconds))
    rest, thousandths = divmod(milliseconds, 1000)
    return f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{point}{thousandths:03d}"


def clock(seconds: float) -> str:
    """`2:03`, with hours where there are any."""
    whole = int(max(0.0, seconds))
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{whole // 60 % 60:0{2 if hours else 1}d}:{whole % 60:02d}"


def _cues(result: Transcript, language: str) -> Iterator[tuple[float, float, str, str]]:
    """(start, end, text, speaker) of each subtitle; none ends after the next begins."""
    found = [
        (start, end, text, speaker_of(result, one, language)) for one in result.utterances for start, end, text in _parts(one)
    ]
    for place, (start, end, text, speaker) in enumerate(found):
        later = found[place + 1][0] if place + 1 < len(found) else end
        yield start, max(start + 0.001, min(end, later) if later > start else end), text, speaker


def _parts(one: Utterance) -> Iterator[tuple[float, float, str]]:
    """The sentence, or pieces of it that fit a subtitle, parted after punctuation where there is some in the second half."""
    if _fits(one.text, one.end - one.start) or len(one.words) < 2:
        yield one.start, one.end, one.text.strip()
        return
    words = list(one.words)
    while words:
        count = 1
        while count < len(words) and _fits("".join(w.text for w in words[: count + 1]), words[count].end - words[0].start):
            count += 1
        if count < len(words):
            stops = [k for k in range(count // 2, count) if words[k].text.rstrip()[-1:] in PARTING]
            count = stops[-1] + 1 if stops else count
        yield words[0].start, words[count - 1].end, "".join(word.text for word in words[:count]).strip()
        words = words[count:]


def _fits(text: str, seconds: float) -> bool:
    return _width(text) <= LINE_CHARACTERS * LINES and seconds <= CUE_SECONDS


def _width(text: str) -> int:
    return sum(WIDE if ord(character) >= 0x2E80 else 1 for character in text)


def _lines(text: str, result: Transcript) -> str:
    """The text on one line, or on two of about the same length."""
    text = " ".join(text.split())
    if _width(text) <= LINE_CHARACTERS:
        return text
    breaks = [k for k, c in enumerate(text) if c == " "] if result.is_spaced else list(range(1, len(text)))
    if not breaks:
        return text
    middle = min(breaks, key=lambda k: abs(_width(text[:k]) - _width(text[k:])))
    return text[:middle].rstrip() + "\n" + text[middle:].lstrip()


def _clean(text: str) -> str:
    """Without characters that XML forbids."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE))


def as_any(result: Any) -> Transcript | None:
    """The transcript in a result, the first one of a report."""
    from core.contracts import Report

    found = [section.result for section in result.sections] if isinstance(result, Report) else [result]
    return next((one for one in found if isinstance(one, Transcript)), None)
