"""A camera that films, in the input area of pictures: frames go to the server by WebRTC and come back with their marks.

streamlit-webrtc carries them, and is imported only where somebody has opened this. No server of the internet is asked for
addresses: browser and server find each other in one network. For others, `PANORAMA_ICE_SERVERS` holds STUN and TURN servers as
a JSON list in the form of the browsers' own `iceServers`.
"""

from __future__ import annotations

import ipaddress
import json
import os
import time
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from core.contracts import Capability, Context, Params, UnavailableError
from core.language import N_
from core.ui import forms, progress, share, terms
from core.ui.language import _, say
from core.ui.numbers import significant
from core.ui.trouble import attempt

CAMERA = {"audio": False, "video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 15}}}
HEIGHT, WIDTH = 480, 640  # of the grey frame that loads the models, and that lines and zones are drawn on
GREY, GRID = 150, 130
SILENT_SECONDS = 4.0  # without a frame, after which something is wrong
VIDEO = {"autoPlay": True, "controls": False, "muted": True, "playsInline": True,
         "style": {"width": "100%", "maxHeight": "560px", "borderRadius": "6px"}}  # fmt: skip
DENIED = N_("The browser does not let this page use the camera. Allow it beside the address, then press start.")
NO_CAMERA = N_("No camera was found. Connect one, then press start.")
NO_INTERFACE = N_("This browser gives no page a camera. Use another browser, or open the page over HTTPS.")
IN_USE = N_("Another program uses the camera. Close that program, then press start.")
TROUBLE = {"denied": DENIED, "missing": NO_CAMERA, "unsupported": NO_INTERFACE}  # as live.js names it
WORDS = {
    "start": N_("Start"), "stop": N_("Stop"), "select_device": N_("Choose a camera"), "select_camera": N_("Camera"),
    "device_ask_permission": N_("Allow this page to use the camera: the browser asks for it."),
    "device_not_available": IN_USE, "device_access_denied": DENIED, "media_api_not_available": NO_INTERFACE,
}  # fmt: skip
MISSING = N_("Live video needs the package streamlit-webrtc, which is not installed here. Ask whoever runs the server, or take "
             "single pictures.")  # fmt: skip
INSECURE = N_("Browsers give the camera to pages on this machine or over HTTPS only, and this page is neither. Open it over "
              "HTTPS, or take it to the machine that has the camera.")  # fmt: skip
WRONG_SERVERS = N_("PANORAMA_ICE_SERVERS is no JSON list of servers such as {example}. Whoever runs the server has to mend it.")
EXAMPLE = '[{"urls": "stun:stun.example.org"}]'
KEPT_NOWHERE = N_("Frames are looked at in the server's memory and not kept anywhere. Stop switches the camera off.")


def panel(capability: Capability) -> None:
    """Settings, the picture with its marks, and how fast it goes; or one sentence why that cannot be."""
    assert capability.live is not None, "only for capabilities with `live`"
    if reason := hindrance(str(st.context.url or "")):
        st.info(_(reason))
        return
    key = f"{capability.id}.live"
    camera = st.container()  # above the settings, so that one sees what they do
    params = forms.form(
        capability.params, key, start=share.shared_values(), ground=empty_frame, allows=capability.live.allows,
    )  # fmt: skip
    if any(item.kind == "drawing" for item in forms.fields(capability.params)):
        st.caption(_("The grey picture stands for the camera's. What is drawn on it shows on the camera's picture at once."))
    trouble = TROUBLE.get(_camera_of(key))
    with camera:
        if params is None or not terms.accepted(params, key) or not _is_ready(capability, params, key):
            return
        if trouble:
            st.warning(_(trouble))
            return
        servers = attempt(ice_servers)
        if servers is not None:
            _filmed(capability, params, servers, f"{key}.stream")


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "panorama_camera", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text("utf-8")
    )


def _camera_of(key: str) -> str:
    """What the browser says of its camera, also while it films; empty where it has not said anything yet."""
    place = f"{key}.camera"
    known = str((st.session_state.get(place) or {}).get("camera") or "")
    _component()(key=place, data={"known": known}, default={"camera": ""}, on_camera_change=lambda: None)
    return known


def hindrance(url: str) -> str:
    """Why there can be no live video on a page of that address; empty where there can."""
    if find_spec("streamlit_webrtc") is None:
        return MISSING
    return "" if not url or is_secure(url) else INSECURE


def is_secure(url: str) -> bool:
    """Whether browsers let a page of that address use a camera (W3C, Secure Contexts, 3.1)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ice_servers() -> list[dict[str, Any]]:
    """What `PANORAMA_ICE_SERVERS` says, by default none: then only addresses of one network are tried.

    Raises UnavailableError where it says nothing that can be read.
    """
    try:
        servers = json.loads(os.environ.get("PANORAMA_ICE_SERVERS") or "[]")
    except ValueError:
        servers = None
    if not isinstance(servers, list) or not all(isinstance(server, dict) and server.get("urls") for server in servers):
        raise UnavailableError(WRONG_SERVERS, example=EXAMPLE)
    return servers


@lru_cache(maxsize=1)
def empty_frame() -> bytes:
    """A grey picture with a grid, in the shape of most cameras, to draw lines and zones on: their places are shares."""
    import numpy as np

    from core.visual.encode import encode

    pixels = np.full((HEIGHT, WIDTH, 3), GREY, np.uint8)
    pixels[:: HEIGHT // 6], pixels[:, :: WIDTH // 8] = GRID, GRID
    return encode(pixels, kind="png")


def _is_ready(capability: Capability, params: Params, key: str) -> bool:
    """Whether these params work: an empty frame is marked with them, which loads the models before the camera starts."""
    signature = params.model_dump_json()
    if st.session_state.get(f"{key}.ready") != signature:
        with progress.bar() as context:
            if attempt(lambda: _tried(capability, params, context)) is None:
                return False
        st.session_state[f"{key}.ready"] = signature
    return True


def _tried(capability: Capability, params: Params, context: Context) -> bool:
    import numpy as np

    assert capability.live is not None
    capability.live.open(params, context)(np.full((HEIGHT, WIDTH, 3), GREY, np.uint8))
    return True


def _filmed(capability: Capability, params: Params, servers: list[dict[str, Any]], key: str) -> None:
    """The picture, with what it says of itself below. New settings are taken over while it films; tracks then begin anew."""
    from streamlit_webrtc import WebRtcMode, webrtc_streamer

    from core.visual.stream import Stream

    live = capability.live
    assert live is not None
    signature = params.model_dump_json()

    def begin() -> Stream:
        stream = Stream(live.open(params, Context()))
        stream.signature = signature
        return stream

    camera: Any = webrtc_streamer(
        key, WebRtcMode.SENDRECV, rtc_configuration={"iceServers": servers}, media_stream_constraints=CAMERA,
        video_processor_factory=begin, async_processing=False, sendback_audio=False, video_html_attrs=VIDEO,
        translations={name: _(word) for name, word in WORDS.items()}, media_toggle_controls=False,
    )  # type: ignore[call-overload]  # fmt: skip
    stream = camera.video_processor
    if stream is not None and stream.signature != signature:
        mark = attempt(lambda: live.open(params, Context()))
        if mark is not None:
            stream.mark, stream.signature = mark, signature
    if camera.state.playing:
        _said(key, time.monotonic())
    else:
        st.caption(_(KEPT_NOWHERE))
        st.caption(_("The browser asks before it uses the camera. If nothing starts, another program may be using it."))


@st.fragment(run_every=1.0)
def _said(key: str, since: float) -> None:
    """How fast it goes, or what is wrong; read again every second while it films."""
    camera = st.session_state.get(key)
    stream = camera.video_processor if camera is not None else None
    last = max(since, getattr(stream, "last", None) or 0.0)
    if stream is not None and stream.fault is not None:
        st.error(say(stream.fault))
    elif time.monotonic() - last > SILENT_SECONDS:
        st.warning(_("No picture comes from the camera. It was unplugged or switched off, or this network does not let it "
                     "through. Press stop, then start."))  # fmt: skip
    elif stream is not None:
        pace = stream.pace
        st.caption(
            _("{marked} of {given} frames a second are marked; marking one takes {latency} ms.", marked=significant(pace.marked),
              given=significant(pace.given), latency=f"{pace.latency:.0f}")
        )  # fmt: skip
    st.caption(_(KEPT_NOWHERE))
