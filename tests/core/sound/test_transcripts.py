"""Transcripts as files: times, lines and speakers as the formats want them."""

import io
import itertools
import json
import re

import pytest

from core.contracts import Message, Transcript, Utterance, Word
from core.sound import transcripts


def utterance(text: str, start: float, end: float, speaker: int = -1) -> Utterance:
    """With words evenly spread over its time."""
    parts = re.findall(r"\S+\s*", text) if " " in text else list(text)
    step = (end - start) / max(1, len(parts))
    words = tuple(Word(part, start + k * step, start + (k + 1) * step) for k, part in enumerate(parts))
    return Utterance(text, start, end, speaker, words)


SPEAKERS = (Message("Speaker {number}", {"number": 1}), Message("Speaker {number}", {"number": 2}))
TWO = Transcript(
    "t", (utterance("Good morning.", 0.5, 1.5, 0), utterance("And <to> you & all.", 3661.25, 3663.0, 1)), "en", SPEAKERS
)
LONG = Transcript("t", (utterance(" ".join(f"word{k}," if k % 9 == 8 else f"word{k}" for k in range(60)), 0.0, 30.0),), "en")


def cues(text: str) -> list[tuple[str, str, str]]:
    return re.findall(r"(\S+) --> (\S+)\n(.+?)\n(?:\n|\Z)", text, re.DOTALL)


def test_srt():
    text = transcripts.to_srt(TWO).decode()
    assert text.startswith("1\n00:00:00,500 --> 00:00:01,500\nSpeaker 1: Good morning.\n\n2\n01:01:01,250 -->")
    assert "And <to> you & all." in text


def test_vtt_escapes_and_names_the_voice_in_the_readers_language():
    text = transcripts.to_vtt(TWO, "zh").decode()
    assert text.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n<v 说话人 1>Good morning.")
    assert "And &lt;to&gt; you &amp; all." in text


@pytest.mark.parametrize("result", [LONG, Transcript("t", (utterance("今天天气很好，我们去公园散步吧。" * 6, 0.0, 40.0),), "zh")])
def test_a_long_sentence_becomes_subtitles_that_can_be_read_and_loses_nothing(result):
    found = cues(transcripts.to_srt(result).decode())
    assert len(found) > 3
    for _start, _end, text in found:
        lines = text.split("\n")
        assert len(lines) <= 2 and all(transcripts._width(line) <= transcripts.LINE_CHARACTERS + 6 for line in lines)
    joined = "".join(text for _s, _e, text in found)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", result.text)
    ends = [(start, end) for start, end, _ in found]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))


def test_text_has_a_paragraph_for_each_turn_and_names_follow():
    named = transcripts.named(TWO, ("Anna", ""))
    assert transcripts.to_text(named).decode() == "Anna: Good morning.\n\nSpeaker 2: And <to> you & all.\n"
    assert transcripts.speaking_times(named, "zh") == [("Anna", 1.0), ("说话人 2", 1.75)]


def test_json_has_the_words():
    found = json.loads(transcripts.to_json(TWO))
    assert found["sentences"][0]["words"][0] == {"word": "Good ", "start": 0.5, "end": 1.0, "probability": 1.0}


def test_docx_opens_and_holds_what_was_said():
    import docx

    odd = Transcript("t", (utterance("a \x00 b", 61.0, 62.0),), "en")
    assert "a  b" in docx.Document(io.BytesIO(transcripts.to_docx(odd))).paragraphs[1].text
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(transcripts.to_docx(TWO))).paragraphs)
    assert "[0:00] Speaker 1: Good morning." in text and "[1:01:01] Speaker 2:" in text


def test_nothing_said_is_a_valid_file_too():
    nothing = Transcript("t", ())
    for ending, (_label, _kind, make) in transcripts.FORMS.items():
        assert make(nothing, "en") is not None, ending
