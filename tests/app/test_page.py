"""The page in Chromium, through the real server, by mouse and by keyboard."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

import labelsphere as ls

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Served:
    """A server process.

    Args:
        folder: The tagger's folder.
        pictures: Folder to review.
    """

    def __init__(self, folder: Path, pictures: Path) -> None:
        self.folder = folder
        self.pictures = pictures
        command = [sys.executable, "-m", "labelsphere", "serve", folder, "--port", "0"]
        self.process = subprocess.Popen(
            [*map(str, command), "--review", str(pictures), "--pictures", str(pictures)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert self.process.stderr is not None
        found = None
        for line in self.process.stderr:
            found = re.search(r"http://\S+", line)
            if found:
                break
        assert found, "the server did not say where it listens"
        self.url = found.group()
        self.base = self.url.split("/#")[0]
        self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.drain.start()

    def stop(self) -> int:
        """End it as a service manager does."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def pictures(tmp_path: Path, png: bytes) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(png)
    (folder / "a.txt").write_text("blue, <i>odd</i>\n")
    return folder


@pytest.fixture
def served(folder: Path, pictures: Path) -> Iterator[Served]:
    server = Served(folder, pictures)
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page whose errors and requests are noted."""

    def __init__(self, browser: "Browser", served: Served, viewport: dict[str, int]) -> None:
        self.context = browser.new_context(viewport=viewport)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        self.page.on(
            "request",
            lambda r: None if r.url.startswith(served.base) else self.faults.append(r.url),
        )
        self.page.goto(served.url)
        self.page.wait_for_selector("#model:not(:empty)")

    def no_fault(self) -> None:
        """Nothing failed, and nothing was requested from elsewhere."""
        assert [f for f in self.faults if not f.startswith(("blob:", "data:"))] == []
        self.context.close()


@needs_chromium
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_four_views_by_mouse(
    browser: "Browser", served: Served, viewport: dict[str, int], tmp_path: Path, png: bytes
) -> None:
    shown = tmp_path / "<img src=x onerror=alert(1)>.png"
    shown.write_bytes(png)
    watched = Watched(browser, served, viewport)
    page = watched.page
    assert "token" not in page.url

    page.set_input_files("#files", [shown, served.pictures / "a.txt"])
    page.wait_for_selector(".tag")
    assert page.locator(".picture .notice").count() == 1
    assert page.locator("main img").count() == 0
    page.locator(".tag >> text=Accept").first.click()
    page.locator(".tag.accept >> text=Why?").first.click()
    page.wait_for_selector(".why")
    # The one tagged picture of the folder is shown as it is, 24 × 20 pixels.
    page.wait_for_selector(".like canvas[width='24']")
    assert page.inner_text(".like li").strip() == "<i>odd</i>, blue"
    before = page.locator(".tag .name").all_inner_texts()
    page.fill("#specific", "1")
    page.dispatch_event("#specific", "change")
    page.wait_for_selector("#status:has-text('most specific first')")
    assert sorted(page.locator(".tag .name").all_inner_texts()) == sorted(before)
    assert page.locator(".tag.accept").count() > 0  # What a person accepted stays accepted.
    with page.expect_download() as saved:
        page.click("text=Download .txt")
    assert Path(saved.value.path()).read_text().strip()

    page.click("nav >> text=Explore")
    page.wait_for_selector("#nearest li")
    first = page.inner_text("#nearest li >> nth=0").split("\n")[0]
    page.click("#nearest button >> nth=0")
    page.wait_for_selector(f"#terms >> text={first}")
    page.fill("#search-name", "sky")
    page.click("text=Subtract")
    page.wait_for_selector("#terms .minus")

    page.click("nav >> text=Teach")
    page.fill("#teach-name", "new tag")
    page.fill("#teach-like", "red, warm")
    page.click("#teach button[type=submit]")
    page.wait_for_selector("#keep:not([disabled])")
    assert page.locator(".gets").count() == 2
    assert page.locator("#lies li").count() > 2
    page.click("#keep")
    page.wait_for_selector("#status:has-text('is in the tagger')")
    assert "new tag" in ls.Tagger.load(served.folder).vocabulary.names

    page.click("nav >> text=Review")
    page.wait_for_selector("#review-question strong")
    page.wait_for_function("document.getElementById('review-picture').width > 1")
    assert page.inner_text("#review-question strong") == "<i>odd</i>"
    page.click("#review-no")
    page.wait_for_selector("#review-undo:not([disabled])")
    assert (served.pictures / "a.txt").read_text() == "blue\n"
    page.click("#review-undo")
    page.wait_for_selector("#status:has-text('undone')")
    assert (served.pictures / "a.txt").read_text() == "blue, <i>odd</i>\n"

    for view in ("tag", "explore", "teach", "review"):
        page.click(f"nav a[href='#{view}']")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{view} is wider than the window by {wide} pixels"
    watched.no_fault()


@needs_chromium
def test_the_four_views_by_keyboard_alone(browser: "Browser", served: Served) -> None:
    watched = Watched(browser, served, DESKTOP)
    page = watched.page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    tab_to("#files")
    page.set_input_files("#files", [served.pictures / "a.png"])
    page.wait_for_selector(".tag")
    tab_to(".tag")
    page.keyboard.press("ArrowDown")
    label = page.evaluate("document.activeElement.dataset.label")
    page.keyboard.press("r")
    page.wait_for_selector(f".tag.reject[data-label={label!r}]")
    page.keyboard.press("w")
    page.wait_for_selector(".why")
    page.evaluate("document.activeElement.blur()")
    tab_to("#specific")
    page.keyboard.press("End")
    page.wait_for_selector("#status:has-text('most specific first')")

    page.evaluate("document.activeElement.blur()")
    tab_to("nav a[href='#explore']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#nearest li")
    tab_to("#map")
    for key in ("ArrowLeft", "ArrowUp", "+", "-"):
        page.keyboard.press(key)
    tab_to("#search-name")
    page.keyboard.type("blue")
    page.keyboard.press("Enter")
    page.wait_for_selector("#terms >> text=blue")
    tab_to("#nearest button")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#terms button').length == 1")

    page.goto(served.base + "/#teach")
    tab_to("#teach-name")
    page.keyboard.type("typed")
    tab_to("#teach-like")
    page.keyboard.type("green, plant")
    page.keyboard.press("Enter")
    page.wait_for_selector("#keep:not([disabled])")
    tab_to("#keep")
    page.keyboard.press("Enter")
    page.wait_for_selector("#status:has-text('is in the tagger')")

    page.goto(served.base + "/#review")
    page.wait_for_selector("#review-question strong")
    page.keyboard.press("n")
    page.wait_for_selector("#review-undo:not([disabled])")
    page.keyboard.press("u")
    page.wait_for_selector("#status:has-text('undone')")
    assert (served.pictures / "a.txt").read_text() == "blue, <i>odd</i>\n"
    watched.no_fault()


@needs_chromium
def test_teach_lists_a_picture_once_and_its_message_stays_in_sight(
    browser: "Browser", served: Served
) -> None:
    watched = Watched(browser, served, PHONE)
    page = watched.page
    a, b = served.pictures / "a.png", served.pictures / "b.png"
    page.set_input_files("#files", [a])
    page.wait_for_selector(".tag")
    page.set_input_files("#files", [a])
    page.wait_for_selector(".picture >> nth=1")
    page.click("nav a[href='#teach']")
    page.set_input_files("#teach-shown", [a, b])
    page.set_input_files("#teach-files", [a])
    for _ in range(2):
        page.fill("#teach-name", "new tag")  # An input disables the button that is awaited.
        page.click("#teach button[type=submit]")
        page.wait_for_selector("#keep:not([disabled])")
        names = [text.split(":")[0] for text in page.locator(".gets").all_inner_texts()]
        assert names == ["a.png", "b.png"]

    # The phone shows the buttons after scrolling past the header and the top of the form.
    page.locator("#keep").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('keep').scrollIntoView({block: 'start'})")
    assert page.evaluate("scrollY") > 100
    page.locator("#status").wait_for()
    on_top = page.evaluate(
        """() => {
          const box = document.getElementById("status").getBoundingClientRect();
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
          return box.top >= 0 && document.elementFromPoint(x, y)?.id === "status";
        }"""
    )
    assert on_top, "the message is covered or scrolled out of the window"
    watched.no_fault()


@needs_chromium
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm for axe-core")
def test_axe_finds_no_serious_fault(
    browser: "Browser", served: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("axe")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "axe-core@4.10.3"]
    if subprocess.run(install, cwd=place, check=False, capture_output=True).returncode:
        pytest.skip("axe-core cannot be had from the npm registry")
    axe = (place / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        watched = Watched(browser, served, DESKTOP)
        page = watched.page
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_input_files("#files", [served.pictures / "a.png"])
        page.wait_for_selector(".tag")
        page.evaluate(axe)
        for view in ("tag", "explore", "teach", "review"):
            page.click(f"nav a[href='#{view}']")
            page.wait_for_timeout(300)
            found = page.evaluate("axe.run()")["violations"]
            serious = [
                (fault["id"], [node["html"] for node in fault["nodes"]])
                for fault in found
                if fault["impact"] in ("serious", "critical")
            ]
            assert serious == [], f"{view}, {scheme}: {serious}"
        watched.context.close()


def test_sigterm_under_load_answers_what_was_taken(served: Served, png: bytes) -> None:
    statuses: list[int] = []
    refused = threading.Event()

    def send() -> None:
        headers = {"Content-Type": "image/png"}
        while not refused.is_set():
            try:
                request = Request(served.base + "/v1/tag", png, headers)
                with urlopen(request, timeout=30) as answer:
                    assert answer.read().endswith(b"]}")
                    statuses.append(answer.status)
            except HTTPError as error:
                statuses.append(error.code)
                refused.set()
            # After the signal the port is closed: new connections are refused.
            except (URLError, ConnectionError, RemoteDisconnected):
                refused.set()

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    deadline = time.monotonic() + 120
    while len(statuses) < 20 and time.monotonic() < deadline and not refused.is_set():
        time.sleep(0.05)
    assert served.stop() == 0
    for sender in senders:
        sender.join(60)
    assert set(statuses) == {200}
    assert not list(served.folder.parent.glob(".*partial"))
    ls.Tagger.load(served.folder)
