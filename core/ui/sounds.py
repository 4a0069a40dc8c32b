"""The input area of sounds. All capabilities of a page that take them share it, so a recording is given once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Audio, Capability, Message, Sound
from core.language import N_
from core.source import Source
from core.ui import inputs, progress
from core.ui.area import Area
from core.ui.inputs import Given
from core.ui.language import _, say
from core.ui.numbers import duration
from core.ui.trouble import attempt

WAYS = {"sample": inputs.WAYS["sample"], "upload": inputs.WAYS["upload"], "microphone": N_("Microphone")}
TYPES = ["wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "webm", "mp4", "mov", "m4v", "mkv", "avi"]
MICROPHONE_RATE = 48_000  # samples a second: recognition hears 16,000, cleaning wants all
PLAYED_BYTES = 32 * 1024**2  # of a recording that is sent to the browser: Streamlit reads it whole
PLAYED = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "m4a": "audio/mp4"}
DRAWN_SECONDS = 600.0  # of a recording whose waveform is shown before anything is done with it
READ_SECONDS = 900.0  # that a second session waits for the first one's reading
KEY = "sound"
AREA = Area(KEY)


def choose(capability: Capability) -> Given | None:
    """Sample, upload or microphone; None (with a sentence shown) as long as nothing usable was given."""
    way = AREA.way(WAYS)
    with st.container(border=True):
        if way == "sample":
            st.query_params.pop("data", None)
            return _sample(capability)
        st.query_params.pop("sample", None)
        return _upload() if way == "upload" else _microphone()


def put(audio: Audio) -> None:
    """Makes `audio` the recording of the page; call it before the widgets are drawn."""
    from core.intake import spool
    from core.sound import keeping

    with keeping.path_of(audio).open("rb") as stream:
        upload = spool(stream, _("result") + "." + audio.file.rpartition(".")[2])
    AREA.put(upload)


def _sample(capability: Capability) -> Given | None:
    from core import samples

    known = samples.catalogue()
    names = [name for name in capability.samples if name in known and known[name].kind == "sound"]
    if not names:
        st.caption(_("There is no sample for this. Upload a recording, or make one."))
        return None
    asked = st.query_params.get("sample", "")
    name = st.selectbox(
        _("Sample"), names, index=names.index(asked) if asked in names else 0, format_func=lambda name: _(known[name].title),
        key=f"{KEY}.sample", persist_state="page", label_visibility="collapsed",
    )  # fmt: skip
    if name == names[0]:
        st.query_params.pop("sample", None)
    else:
        st.query_params["sample"] = name
    return _opened(Source(kind="sample", name=name), known[name].caveats)


def _upload() -> Given | None:
    file = st.file_uploader(
        _("A recording or a video"), type=TYPES, key=AREA.uploader,
        help=_("WAV, MP3, FLAC, OGG, M4A, WebM, or a video: its sound is taken. It stays on this machine."),
    )  # fmt: skip
    if file is not None:
        return _spooled(file)
    upload = AREA.again(_("Give one file. Nothing leaves this machine."))
    return _opened(Source(kind="upload", name=upload.name, digest=upload.digest)) if upload is not None else None


def _microphone() -> Given | None:
    file = st.audio_input(_("Record"), sample_rate=MICROPHONE_RATE, key=f"{KEY}.microphone", label_visibility="collapsed")
    if file is None:
        st.query_params.pop("data", None)
        st.caption(_("The browser asks before it uses the microphone, and allows it on this machine or over HTTPS only."))
        return None
    return _spooled(file, name=_("recording") + ".wav")


def _spooled(file: Any, name: str = "") -> Given | None:
    """What the browser sent, on disk and in the URL, so that it survives F5."""
    from core.intake import spool

    upload = AREA.sent(file.file_id, lambda: spool(file, name or file.name))
    return _opened(Source(kind="upload", name=upload.name, digest=upload.digest)) if upload is not None else None


def _opened(source: Source, caveats: tuple[str, ...] = ()) -> Given | None:
    """The source with a look at it, and a chance to hear it."""
    sound = attempt(lambda: open_sound(source))
    if sound is None:
        return None
    _show(sound)
    for notice in sound.notices:
        st.caption(":material/info: " + say(notice))
    if caveats:
        st.caption("  \n".join(":material/warning: " + say(caveat) for caveat in caveats))
    return Given(source, sound=sound)


def open_sound(source: Source) -> Sound:
    """What is behind a source, read once for all reruns and sessions; a bar shows how far it is."""
    from core import source as sources
    from core.cache import lease

    with progress.bar() as context:
        key = ("sound", source.model_dump_json())
        with lease(
            key, lambda: sources.open_sound(source, context), size=0, concurrent=True, timeout=READ_SECONDS
        ) as opened:  # fmt: skip
            return opened


def _show(sound: Sound) -> None:
    from core.intake import sniff

    values: dict[str, object] = {
        "name": sound.name, "seconds": duration(sound.seconds), "rate": f"{sound.rate / 1000:g}", "channels": sound.channels,
    }  # fmt: skip
    st.caption(say(Message(N_("{name}: {seconds}, {rate} kHz, channels: {channels}"), values)))
    kind = PLAYED.get(sniff.kind_of(sound.path, sound.name), "")
    if kind and sound.path.stat().st_size <= PLAYED_BYTES:
        st.audio(str(sound.path), format=kind)
    if sound.seconds <= DRAWN_SECONDS:
        st.image(drawn(sound.digest, sound), width="stretch")


@st.cache_data(max_entries=64, ttl=3600, show_spinner=False)
def drawn(digest: str, _sound: Sound) -> bytes:
    """The waveform as a PNG file."""
    from core.intake.sound import samples
    from core.sound import pictures

    rate = min(_sound.rate, 8_000)
    return pictures.waveform(samples(_sound, rate), rate).data
