"""The page in headless Chromium, Debian's package; where there is none, these tests say so."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import smh_p2p

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
MARK = "rgb(255, 224, 138)"

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "REQUIRE_BROWSER" not in os.environ,
    reason="needs Chromium: apt-get install chromium",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "exchange.html"
    path.write_text(smh_p2p.to_html(smh_p2p.load_summary()), encoding="utf-8")
    return path


@pytest.fixture(params=["with script", "without script"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport=DESK,  # type: ignore[arg-type]
        color_scheme="light",
        java_script_enabled=request.param == "with script",
    )
    yield made
    made.close()


def marked(page: Page) -> list[str]:
    pieces = page.locator("aside span").all()
    return [each.inner_text() for each in pieces if background(each) == MARK]


def background(piece: object) -> str:
    return piece.evaluate("element => getComputedStyle(element).backgroundColor")  # type: ignore[attr-defined,no-any-return]


def test_nothing_is_asked_for_and_nothing_complained_of(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(file.as_uri())
    page.get_by_role("link", name="Guam", exact=True).hover()
    assert asked == [file.as_uri()]
    assert told == []
    page.close()


def test_the_passage_is_marked_where_its_fact_is_pointed_at_focused_or_followed(
    context: BrowserContext, file: Path
) -> None:
    page = context.new_page()
    page.goto(file.as_uri())
    guam = page.get_by_role("link", name="Guam", exact=True)
    assert marked(page) == []
    guam.hover()
    assert marked(page) == ["Guam"]
    page.mouse.move(0, 0)
    guam.focus()
    assert marked(page) == ["Guam"]
    place = guam.bounding_box()
    page.keyboard.press("Enter")
    assert marked(page) == ["Guam"]
    expect(page.locator("aside span", has_text="Guam").first).to_be_in_viewport()
    assert guam.bounding_box() == place


def test_the_keyboard_reaches_every_fact(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Tab")
    assert marked(page) == ["August 2019"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    browser: Browser, file: Path, size: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_a_tap_on_a_phone_brings_the_passage_into_sight_and_leaves_the_fact_there(
    browser: Browser, file: Path
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(file.as_uri())
    wyoming = page.get_by_role("link", name="Wyoming", exact=True)
    wyoming.scroll_into_view_if_needed()
    place = wyoming.bounding_box()
    wyoming.tap()
    assert marked(page) == ["Wyoming"]
    expect(page.locator("aside span", has_text="Wyoming").first).to_be_in_viewport()
    assert wyoming.bounding_box() == place
    context.close()


def test_in_print_the_source_follows_whole(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    side = page.locator("aside")
    assert side.evaluate("side => side.scrollHeight - side.clientHeight") <= 1
    assert page.pdf()[:5] == b"%PDF-"
    page.close()


@pytest.mark.parametrize("colours", ["#000; background: #fff", "#fff; background: #111"])
def test_a_notebook_shows_it_in_its_own_colours(browser: Browser, colours: str) -> None:
    page = browser.new_page()
    page.set_content(
        '<!DOCTYPE html><html lang="en"><title>A notebook</title>'
        f'<body style="color: {colours}"><main><h1>A notebook</h1>'
        f"{smh_p2p.load()._repr_html_()}</main></body></html>"
    )
    for part in page.locator("details").all():
        part.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


SELECT = """async graph => {
    const text = await (await fetch(graph[1].id)).text();
    const targets = graph.flatMap(each => each.target ?? []);
    return targets.map(({selector: [{prefix, exact, suffix}, {start, end}]}) => ({
        exact,
        matches: text.split(prefix + exact + suffix).length - 1,
        byCodePoints: [...text].slice(start, end).join(""),
        byUnits: text.slice(start, end),
    }));
}"""


def test_the_selectors_of_annotations_hold_in_the_text_that_a_browser_fetches(
    browser: Browser,
) -> None:
    base, above = "https://example.org/", "\ufeff\U0001f9e0 \U0001d54a\U0001d544\u210d\r\n\r\n"
    summary = smh_p2p.read_summary(f"{above}Rural P2P Exchange\r\n\r\nParticipating SEAs: Guam")
    text = f"{base}{summary.exchange.identifier}/source.txt"
    page = browser.new_page()
    page.route(base, lambda route: route.fulfill(content_type="text/html", body="<title>A</title>"))
    served = summary.files()["source.txt"]
    page.route(text, lambda route: route.fulfill(content_type="text/plain", body=served))
    page.goto(base)
    selections = page.evaluate(SELECT, smh_p2p.citations_to_jsonld(summary, base)["@graph"])
    assert "Guam" in [each["exact"] for each in selections]
    for each in selections:
        assert each["matches"] == 1
        assert each["byCodePoints"] == each["exact"]
        assert each["byUnits"] != each["exact"]  # a browser counts a character above as two
    page.close()
