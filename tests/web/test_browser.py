"""The pages in a real browser: they fit, they speak no errors, and they show the numbers of the API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from chromium import browser
from flask import Flask
from playwright.sync_api import Browser, Page, Response
from werkzeug.serving import make_server

from plugin.report import figures, subject

PATHS = ["/", "/?period=2026-11-23", "/?period=this+month", "/?period=2025", "/kpi", "/kpi/service_level"]
PATHS += ["/staffing", "/staffing?from=history&period=2026-W47"]
PATHS += ["/kpi/asa", "/sources", "/incidents", "/incidents/1", "/wall", "/login"]
LANGUAGES = ("en", "lv", "ru", "zh")
#: What a browser shows does not depend on the database behind it; test_pages.py asks both.
pytestmark = pytest.mark.parametrize("centre", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(pages: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, pages, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Visit:
    """A page with everything that went wrong while it was open."""

    def __init__(self, opened: Browser, address: str, width: int, scheme: Any, language: str = "en") -> None:
        self.context = opened.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 or not response.url.startswith(self.address):
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.evaluate(SETTLED)
        return self.page

    def too_wide(self) -> list[str]:
        """What reaches beyond the window."""
        if self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            return []
        found: list[str] = self.page.evaluate(
            """[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
               .map(e => e.tagName + "." + e.className)"""
        )
        return found or ["the page"]


@pytest.fixture
def visit(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    width, scheme, language = request.param
    opened = Visit(chromium, address, width, scheme, language)
    yield opened
    opened.context.close()


def every(*widths: int) -> list[tuple[int, str, str]]:
    return [(width, scheme, "en") for width in widths for scheme in ("light", "dark")]


@pytest.mark.parametrize("visit", every(360, 768, 1440), indirect=True)
def test_every_page_fits_and_says_no_error(visit: Visit) -> None:
    for path in PATHS:
        visit.open(path)
        assert visit.too_wide() == [], path
        assert visit.complaints == [], path


@pytest.mark.parametrize("visit", [(320, "light", language) for language in LANGUAGES], indirect=True)
def test_pages_fit_the_smallest_phone_in_every_language(visit: Visit) -> None:
    for path in PATHS:
        visit.open(path)
        assert visit.too_wide() == [], path


@pytest.mark.parametrize("visit", [(360, "light", "ru")], indirect=True)
def test_a_phone_shows_an_incident_of_the_list_as_a_whole(visit: Visit) -> None:
    page = visit.open("/incidents")
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.scroll'))")
    assert "Предел" in page.evaluate(
        "[...document.querySelectorAll('td')].map(e => getComputedStyle(e, '::before').content).join()"
    )


@pytest.mark.parametrize("visit", every(360, 1440), indirect=True)
def test_the_tiles_show_the_numbers_of_the_api(visit: Visit) -> None:
    page = visit.open("/?period=2026-11-23")
    shown = {str(each.get_attribute("data-kpi")): each.inner_text() for each in page.locator(".tiles [data-kpi]").all()}
    kpis = quote(",".join(shown))
    answer = page.request.get(f"{visit.address}/api/v1/report?from=2026-11-23&to=2026-11-24&kpi={kpis}").json()
    values = answer["rows"][0]["values"]
    assert len(shown) == 13
    assert shown == {kpi: figures.figure(values[kpi]["value"], subject.unit(kpi)) for kpi in shown}


@pytest.mark.parametrize("visit", every(360, 1440), indirect=True)
def test_pictures_are_drawn_as_wide_as_their_place(visit: Visit) -> None:
    page = visit.open("/?period=2026-11-23")
    for place in page.locator("[data-chart]").all():
        place.scroll_into_view_if_needed()
    page.locator(".drawing.drawn svg").nth(3).wait_for()
    for place in page.locator(".drawing").all():
        room, drawn = place.bounding_box(), place.locator("svg").bounding_box()
        assert room
        assert drawn
        assert room["width"] - 21 <= drawn["width"] <= room["width"]
    assert page.evaluate("document.fonts.check('600 16px Inter')")


@pytest.mark.parametrize("visit", [(1440, "light", "en")], indirect=True)
def test_the_colours_follow_the_system(visit: Visit) -> None:
    page = visit.open("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert light == "rgb(244, 245, 243)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 19, 23)"


@pytest.mark.parametrize("visit", every(1440), indirect=True)
def test_text_stands_out_from_its_ground(visit: Visit) -> None:
    """WCAG 2 AA: 4.5 to 1 for what is read."""
    for path in ("/", "/kpi/service_level", "/sources", "/wall"):
        page = visit.open(path)
        assert page.evaluate(CONTRAST) == [], path


@pytest.mark.parametrize("visit", [(1440, "light", "en")], indirect=True)
def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.getElementById('content').contains(document.activeElement)")
    assert inside
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("visit", [(1440, "light", "en")], indirect=True)
def test_choosing_a_language_needs_no_button(visit: Visit) -> None:
    page = visit.open("/kpi")
    page.select_option("#language", "zh")
    page.wait_for_selector("html[lang=zh]")
    assert page.url.endswith("/kpi")


@pytest.mark.parametrize("visit", [(1920, "dark", "en")], indirect=True)
def test_the_wall_says_when_it_is_cut_off(visit: Visit) -> None:
    page = visit.open("/wall")
    assert "Checked" in page.inner_text("#checked")
    page.evaluate("document.querySelector('[data-poll]').dataset.poll = 'http://127.0.0.1:9/'")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".stale")
    assert "These numbers are old." in page.inner_text("#lost")


#: Waits for what the page does by itself after it is loaded: its fonts, the drawings that are in sight, the first turn of the wall.
SETTLED = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame(); await frame(); await new Promise((done) => setTimeout(done));
  await document.fonts.ready;
  const awaited = "[data-chart][data-width]:not(.drawn), #checked:empty";
  for (let frames = 0; document.querySelector(awaited); frames += 1) {
    if (frames > 1800) throw new Error(`${document.querySelector(awaited).outerHTML} comes to no end`);
    await frame();
  }
}
"""
CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const part = (value) => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => { for (let e = element; e; e = e.parentElement) {
    const colour = rgba(getComputedStyle(e).backgroundColor); if (colour[3] > 0.99) return colour; } return [255, 255, 255, 1]; };
  const found = new Set();
  for (const element of document.querySelectorAll("main *, header *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest("svg, .hidden, .skip, option, noscript") || !element.getClientRects().length) continue;
    const a = light(rgba(getComputedStyle(element).color)), b = light(ground(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}
"""
