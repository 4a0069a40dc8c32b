"""The live camera's panel, as far as it goes without a browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import registry
from core.contracts import UnavailableError
from core.ui import live
from core.ui.forms import fields

ROOT = Path(__file__).parents[3]
LIVE = {name: capability for name, capability in registry.capabilities().items() if capability.live is not None}


def page(capability: str, way: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["capability"] = capability
    app.session_state["picture.way"] = way
    return app


@pytest.mark.parametrize(("url", "secure"), [
    ("http://localhost:8501/vision", True), ("http://127.0.0.1:8501/", True), ("http://[::1]:8501/", True),
    ("https://panorama.example.org/vision", True), ("http://a.localhost/", True), ("http://192.168.1.7:8501/", False),
    ("http://panorama.example.org/", False), ("http://localhost.example.org/", False), ("http://127.0.0.1.example.org/", False),
])  # fmt: skip
def test_a_camera_is_given_to_secure_pages_only(url: str, secure: bool):
    assert live.is_secure(url) is secure
    assert live.hindrance(url) == ("" if secure else live.INSECURE)


def test_without_the_library_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "find_spec", lambda name: None)
    assert live.hindrance("http://localhost:8501/") == live.MISSING


def test_no_server_of_the_internet_is_asked_unless_somebody_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PANORAMA_ICE_SERVERS", raising=False)
    assert live.ice_servers() == []
    given = [{"urls": ["turn:turn.example.org"], "username": "a", "credential": "b"}]
    monkeypatch.setenv("PANORAMA_ICE_SERVERS", json.dumps(given))
    assert live.ice_servers() == given


@pytest.mark.parametrize("text", ["nonsense", "{}", '["stun:a"]', '[{"url": "stun:a"}]', "1"])
def test_servers_that_cannot_be_read_are_one_sentence(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PANORAMA_ICE_SERVERS", text)
    with pytest.raises(UnavailableError, match="PANORAMA_ICE_SERVERS"):
        live.ice_servers()


def test_five_capabilities_look_at_a_camera_and_allow_what_they_have():
    assert set(LIVE) == {"vision.detect", "vision.track", "vision.pose", "vision.faces", "vision.segment"}
    for capability in LIVE.values():
        known = {item.name: item for item in fields(capability.params)}
        for name, allowed in capability.live.allows.items():
            assert name in known
            for value in allowed:
                assert getattr(capability.params(**{name: value}), name) == value


def test_the_panel_offers_what_is_allowed_and_a_bad_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    filmed = []  # streamlit-webrtc needs a real server
    monkeypatch.setattr(live, "_filmed", lambda capability, params, servers, key: filmed.append(params))
    app = page("vision.segment", "live").switch_page("pages/vision.py").run()
    assert not app.exception
    shown = {widget.key.rpartition(".")[2]: widget for widget in app.button_group if widget.key}
    assert "vision.segment.live.background" in {widget.key for widget in app.button_group}
    assert len(shown["background"].options) == 2
    assert [(one.model, one.background) for one in filmed] == [("selfie", "blur")]
    app.session_state["vision.segment.live.background"] = "color"
    app.run()
    filmed.clear()
    app.text_input(key="vision.segment.live.color").set_value("green").run()
    assert not app.exception and [error.value for error in app.error if "#FFFFFF" in error.value]
    assert not filmed


def test_the_library_is_imported_only_where_somebody_opens_the_camera():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=120)\n"
        "app.query_params['capability'] = 'vision.faces'\n"
        "app.switch_page('pages/vision.py').run(); assert not app.exception\n"
        "print(sorted({'streamlit_webrtc', 'aiortc'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"
