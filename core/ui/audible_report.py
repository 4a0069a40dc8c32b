"""Sounds and transcripts in the report: all of it inside the one file, sounds too where they are not too large."""

from __future__ import annotations

import base64
import html
from typing import Any

from core.contracts import Audio, Transcript
from core.language import N_, translate
from core.sound import encode, keeping, transcripts
from core.ui import overlay
from core.ui.audible_views import GENERATED_SOUND, SOUND_GONE, facts
from core.ui.theme import LIGHT

MOST_SOUND_BYTES = 8 * 1000**2  # a larger sound stays on the server
SPEAKING_TIME = N_("Speaking time")
SOUND_LEFT_OUT = N_("The sound is too large for this file. Download it on the page.")


def heard(result: Any, language: str) -> str:
    """An `Audio` or a `Transcript` as HTML, without title and caption."""
    return _audio(result, language) if isinstance(result, Audio) else _transcript(result, language)


def _audio(result: Audio, language: str) -> str:
    mark = f"<p class='muted'>{html.escape(translate(GENERATED_SOUND, language))}</p>" if result.generated else ""
    pictures = "".join(
        f"<img src='{overlay.data_uri(one.data)}' alt='{html.escape(translate(one.title, language), quote=True)}'>"
        for one in result.pictures
    )
    return f"{mark}{_element(result, language)}{pictures}<div class='muted'>{html.escape(facts(result))}</div>"


def _element(result: Audio, language: str) -> str:
    kept = keeping.is_kept(result)
    if not kept or keeping.path_of(result).stat().st_size > MOST_SOUND_BYTES:
        return f"<p class='muted'>{html.escape(translate(SOUND_LEFT_OUT if kept else SOUND_GONE, language))}</p>"
    content = base64.b64encode(keeping.path_of(result).read_bytes()).decode("ascii")
    return f"<audio controls src='data:{encode.media_type(result.file)};base64,{content}'></audio>"


def _transcript(result: Transcript, language: str) -> str:
    """A row for each turn of a speaker: when, who, what."""
    rows = []
    colors = {translate(name, language): LIGHT.categorical[place % 8] for place, name in enumerate(result.speakers)}
    for speaker, start, text in transcripts.turns(result, language):
        who = f"<b style='color:{colors.get(speaker, LIGHT.text)}'>{html.escape(speaker)}</b><br>" if speaker else ""
        said = f"<td dir='auto'>{who}{html.escape(text)}</td>"
        rows.append(f"<tr><td class='number muted' style='width:70px'>{transcripts.clock(start)}</td>{said}</tr>")
    times = " · ".join(f"{html.escape(n)} {transcripts.clock(s)}" for n, s in transcripts.speaking_times(result, language))
    below = f"<p class='muted'>{html.escape(translate(SPEAKING_TIME, language))}: {times}</p>" if times else ""
    sound = _element(result.audio, language) if result.audio is not None else ""
    return f"{sound}<table><tbody>{''.join(rows)}</tbody></table>{below}"
