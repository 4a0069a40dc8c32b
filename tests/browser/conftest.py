"""A real server in a home of its own, and a real Chromium."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from benchmarks.pages import FLAGS
from benchmarks.server import Server, panorama


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, shared_weights) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "weights").symlink_to(shared_weights)
    with panorama(str(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., object]]:
    """Starts a Chromium with those flags besides the usual ones; Playwright itself can be started only once."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium")
    with sync_playwright() as play:
        yield lambda *flags: play.chromium.launch(executable_path=path, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def chromium(launch) -> Iterator[object]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium, server: Server):
    """Opens a page as a browser of that locale would; fails the test on an exception shown or a request to another host."""
    contexts, foreign = [], []

    def open_page(path: str = "/", locale: str = "en-US"):
        context = chromium.new_context(locale=locale, viewport={"width": 1440, "height": 1000}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda request: None if server.url[7:] in request.url or request.url.startswith(("data:", "blob:"))
                else foreign.append(request.url))  # fmt: skip
        page.goto(server.url + path)
        # A page with a chat box at its end has another scrolling container than stMain.
        page.wait_for_selector("[data-testid=stApp] h1, [data-testid=stApp] h2")
        return page

    yield open_page
    shown = [page.locator("[data-testid=stException]").count() for context in contexts for page in context.pages]
    for context in contexts:
        context.close()
    assert not any(shown), "a traceback is on the page"
    assert not foreign, f"the page asked other hosts: {foreign[:3]}"
