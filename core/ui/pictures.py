"""The input area of pictures and videos. All capabilities of a page that take them share it, so a picture is given once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Capability, Image, Message, Picture, Pictures, UserError, Video
from core.language import N_
from core.source import Source
from core.ui import inputs, progress
from core.ui.area import Area
from core.ui.documents import spooled
from core.ui.inputs import Given
from core.ui.language import _, say
from core.ui.numbers import duration, significant
from core.ui.plain import plain
from core.ui.trouble import attempt

WAYS = {"sample": inputs.WAYS["sample"], "upload": inputs.WAYS["upload"], "camera": N_("Camera"),
        "live": N_("Live camera")}  # fmt: skip
PICTURE_TYPES = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "zip"]
VIDEO_TYPES = ["mp4", "mov", "m4v", "avi", "mkv", "webm"]
THUMBNAILS = 12  # pictures shown before anything is done with them
THUMBNAIL_PIXELS, THUMBNAIL_WIDTH = 320, 128
DRAWN_PIXELS = 1280  # of the picture that shapes are drawn on
PREVIEW_WIDTH, PREVIEW_HEIGHT = 320, 240
SAMPLE_WIDTH = 136  # six in a row
PLAYED_BYTES = 64 * 1024**2  # of a video that is sent to the browser as it is: Streamlit reads it whole
PLAYED_CODECS = ("h264", "vp8", "vp9", "av1")  # in MP4 or WebM: what browsers play
READ_SECONDS = 900.0  # that a second session waits for the first one's unpacking
KEY = "picture"
PICTURES_HELP = N_("Several pictures together, or a ZIP of them. They stay on this machine.")
ZIP_HELP = N_("Several pictures together, or a ZIP: of pictures, or of one video with what describes it, such as gt.txt. They "
              "stay on this machine.")  # fmt: skip
AREA = Area(KEY)


def choose(capability: Capability) -> Given | None:
    """Sample, upload or camera; None (with a sentence shown) as long as nothing usable was given, and for a camera that films:
    there everything stands in the input area.
    """
    way = AREA.way({name: title for name, title in WAYS.items() if _is_offered(name, capability)})
    with st.container(border=True):
        if way == "sample":
            st.query_params.pop("data", None)
            return _sample(capability)
        st.query_params.pop("sample", None)
        if way == "live":
            from core.ui import live

            st.query_params.pop("data", None)
            live.panel(capability)
            return None
        return _upload(capability) if way == "upload" else _camera(capability)


def _is_offered(way: str, capability: Capability) -> bool:
    return {"camera": Pictures in capability.takes, "live": capability.live is not None}.get(way, True)


def put(image: Image) -> None:
    """Makes `image` the picture of the page; call it before the widgets are drawn."""
    from core.intake import spool
    from core.visual.saving import ending

    upload = spool(image.data, _("result") + "." + ending(image.data))
    AREA.put(upload)


def _sample(capability: Capability) -> Given | None:
    """The samples as small pictures to click; the first is chosen until another one is."""
    from core import samples

    known = samples.catalogue()
    names = [name for name in capability.samples if name in known]
    if not names:
        st.caption(_("There is no sample for this. Upload a picture, or take one."))
        return None
    place, asked = f"{KEY}.sample", st.query_params.get("sample", "")
    if st.session_state.get(place) not in names:
        st.session_state[place] = asked if asked in names else names[0]
    name = str(st.session_state[place])
    if len(names) > 1:
        with st.container(horizontal=True, key=f"{KEY}.samples"):
            for other in names:
                _sample_button(other, _(known[other].title), other == name)
    if name == names[0]:
        st.query_params.pop("sample", None)
    else:
        st.query_params["sample"] = name
    return _opened(capability, Source(kind="sample", name=name), known[name].caveats)


def _sample_button(name: str, title: str, is_chosen: bool) -> None:
    with st.container(width=SAMPLE_WIDTH, gap="xsmall"):
        if small := sample_thumbnail(name):
            st.image(small, width="stretch")
        st.button(
            title, key=f"{KEY}.sample.{name}", type="primary" if is_chosen else "secondary", width="stretch",
            on_click=_take_sample, args=(name,),
        )  # fmt: skip


def _take_sample(name: str) -> None:
    st.session_state[f"{KEY}.sample"] = name


@st.cache_data(max_entries=64, ttl=86_400, show_spinner=False)
def sample_thumbnail(name: str) -> bytes:
    """The first picture or frame of a sample, cut to the same shape as its neighbours; empty where it cannot be read now."""
    from core.source import open_input
    from core.visual.encode import encode

    try:
        opened: Any = open_input(Source(kind="sample", name=name), (Pictures, Video))
        pixels = _first_frame(opened) if isinstance(opened, Video) else _pixels(opened.items[0])
    except UserError:
        return b""  # whoever clicks it reads why
    height, width = pixels.shape[:2]
    high, wide = min(height, width * 3 // 4 or 1), min(width, height * 4 // 3 or 1)
    top, left = (height - high) // 2, (width - wide) // 2
    return encode(pixels[top : top + high, left : left + wide], most=THUMBNAIL_PIXELS, kind="jpeg")


def _upload(capability: Capability) -> Given | None:
    with_pictures, with_video = Pictures in capability.takes, Video in capability.takes
    types = [*(PICTURE_TYPES if with_pictures else ()), *(VIDEO_TYPES if with_video else ())]
    label = _("Pictures or a video") if with_pictures and with_video else _("Pictures") if with_pictures else _("A video")
    files = st.file_uploader(
        label, type=types, accept_multiple_files=True, key=AREA.uploader,
        help=_(ZIP_HELP if with_video else PICTURES_HELP),
    )  # fmt: skip
    if files:
        return _spooled(capability, tuple(file.file_id for file in files), files)
    upload = AREA.again(_("Give one file or several. Nothing leaves this machine."), capability.takes)
    return _opened(capability, Source(kind="upload", name=upload.name, digest=upload.digest)) if upload is not None else None


def _camera(capability: Capability) -> Given | None:
    file = st.camera_input(_("Take a picture"), key=f"{KEY}.camera", label_visibility="collapsed", width=480)
    if file is None:
        st.query_params.pop("data", None)
        st.caption(_("The browser asks before it uses the camera, and allows it on this machine or over HTTPS only."))
        return None
    return _spooled(capability, (file.file_id,), [file])


def _spooled(capability: Capability, ids: tuple[str, ...], files: list[Any]) -> Given | None:
    """What the browser sent, on disk and in the URL, so that it survives F5."""
    upload = AREA.sent(ids, lambda: spooled(files), capability.takes)
    return _opened(capability, Source(kind="upload", name=upload.name, digest=upload.digest)) if upload is not None else None


def _opened(capability: Capability, source: Source, caveats: tuple[str, ...] = ()) -> Given | None:
    """The source in the form that the capability takes, with a look at it."""
    opened = attempt(lambda: open_visual(source, capability.takes))
    if opened is None:
        return None
    if isinstance(opened, Video):
        if attempt(lambda: _show_video(opened)) is None:
            return None
    elif attempt(lambda: _show_pictures(opened)) is None:
        return None
    for notice in opened.notices:
        st.caption(":material/info: " + say(notice))
    if caveats:
        st.caption("  \n".join(":material/warning: " + say(caveat) for caveat in caveats))
    return Given(source, video=opened) if isinstance(opened, Video) else Given(source, pictures=opened)


def open_visual(source: Source, takes: tuple[type[Any], ...]) -> Pictures | Video:
    """What is behind a source, unpacked once for all reruns and sessions; a bar shows how far it is."""
    from core.cache import lease
    from core.source import open_input

    wanted = tuple(kind for kind in takes if kind in (Pictures, Video))
    with progress.bar() as context:
        key = ("pictures", source.model_dump_json(), *(kind.__name__ for kind in wanted))

        def read() -> Any:
            return open_input(source, wanted, context)

        with lease(key, read, concurrent=True, timeout=READ_SECONDS) as opened:
            return opened


def _show_pictures(given: Pictures) -> bool:
    first, count = given.items[0], len(given)
    if count == 1:
        values: dict[str, object] = {"name": first.name, "width": first.width, "height": first.height}
        st.caption(say(Message(N_("{name}: {width} × {height} pixels"), values)))
        st.image(thumbnail(first.digest, 2 * PREVIEW_WIDTH, first), width=_preview_width(first))
        return True
    st.caption(say(Message(N_("{name}: {count} pictures"), {"name": given.name, "count": f"{count:,}"})))
    with st.container(horizontal=True, gap="xsmall"):
        for picture in given.items[:THUMBNAILS]:
            small = thumbnail(picture.digest, THUMBNAIL_PIXELS, picture)
            st.image(small, caption=plain(picture.name.rpartition("/")[2], 24), width=THUMBNAIL_WIDTH)
    if count > THUMBNAILS:
        st.caption(_("The first {count} are shown here; all of them are worked on.", count=THUMBNAILS))
    return True


def _preview_width(given: Picture | Video) -> int:
    """So wide that neither side is longer than a preview may be; small pictures are enlarged a little."""
    width = min(PREVIEW_WIDTH, PREVIEW_HEIGHT * given.width // max(1, given.height), max(128, given.width))
    return max(16, width)


@st.cache_data(max_entries=256, ttl=3600, show_spinner=False)
def thumbnail(digest: str, side: int, _picture: Picture) -> bytes:
    """The picture with `side` pixels on its longer side, as a JPEG file."""
    from core.visual.encode import encode

    return encode(_pixels(_picture), most=side, kind="jpeg")


def _pixels(picture: Picture) -> Any:
    from core.intake.pictures import pixels

    return pixels(picture)


def _show_video(video: Video) -> bool:
    values: dict[str, object] = {
        "name": video.name, "width": video.width, "height": video.height, "seconds": duration(video.seconds),
        "rate": significant(video.rate),
    }  # fmt: skip
    st.caption(say(Message(N_("{name}: {width} × {height} pixels, {seconds}, {rate} frames a second"), values)))
    is_played = video_type(video.digest, video) and st.toggle(_("Play it here"), key=f"{KEY}.play.{video.digest[:12]}")
    if is_played:
        st.video(str(video.path), format=video_type(video.digest, video), width=480)
    else:
        st.image(first_frame(video.digest, video), width=_preview_width(video))
    return True


@st.cache_data(max_entries=64, ttl=3600, show_spinner=False)
def first_frame(digest: str, _video: Video) -> bytes:
    """The first frame as a JPEG file."""
    from core.visual.encode import encode

    return encode(_first_frame(_video), most=2 * PREVIEW_WIDTH, kind="jpeg")


def ground(given: Given) -> bytes:
    """The first picture, or the video's first frame, large enough to draw on."""
    if given.video is not None:
        return _ground(given.video.digest, lambda: _first_frame(given.video))
    assert given.pictures is not None
    return _ground(given.pictures.items[0].digest, lambda: _pixels(given.pictures.items[0]))


@st.cache_data(max_entries=32, ttl=3600, show_spinner=False)
def _ground(digest: str, _pixels_of: Any) -> bytes:
    from core.visual.encode import encode

    return encode(_pixels_of(), most=DRAWN_PIXELS, kind="jpeg")


def _first_frame(video: Video) -> Any:
    from contextlib import closing

    from core.intake.video import frames

    with closing(frames(video)) as running:
        return next(pixels for _number, _seconds, pixels in running)


@st.cache_data(max_entries=256, ttl=3600, show_spinner=False)
def video_type(digest: str, _video: Video) -> str:
    """`video/mp4` or `video/webm` where a browser plays the file as it is and it is not too large; else empty."""
    import av

    from core.intake import sniff

    kind = sniff.kind_of(_video.path, _video.name)
    container = {"mp4": "mov", "matroska": "matroska"}.get(kind)  # named, never guessed: a playlist could name other files
    is_webm = kind == "matroska" and _video.name.lower().endswith(".webm")
    if container is None or (kind == "matroska" and not is_webm) or _video.path.stat().st_size > PLAYED_BYTES:
        return ""
    try:
        with _video.path.open("rb") as stream, av.open(stream, format=container, metadata_errors="ignore") as opened:
            codec = opened.streams.video[0].codec_context.name
    except (av.FFmpegError, OSError, IndexError, ValueError):
        return ""
    return ("video/webm" if is_webm else "video/mp4") if codec in PLAYED_CODECS else ""
