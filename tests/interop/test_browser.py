"""The page in headless Chromium, Debian's package; where there is none, these tests say so."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from test_attacks import ATTACKS, attacked_by

import smh_p2p

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
INK = {"light": "color: #1b1b1b; background: #fff", "dark": "color: #eee; background: #121212"}

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


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """What opens a page of HTML on a screen."""
    contexts = []

    def opened(html: str, size: dict[str, int] = DESK, scheme: str = "light", **more: Any) -> Page:
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, **more))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_content(html)
        return page

    yield opened
    for each in contexts:
        each.close()


@pytest.fixture(scope="module")
def html() -> str:
    return smh_p2p.to_html(smh_p2p.load_summary())


def number_of(page: Any, fact: str) -> Locator:
    """Return the raised number after a fact."""
    found = page.locator(f"[popovertarget={fact}].number")
    assert isinstance(found, Locator)
    return found


def test_nothing_is_asked_for_and_nothing_complained_of(
    browser: Browser, html: str, tmp_path: Path
) -> None:
    file = tmp_path / "exchange.html"
    file.write_text(html, encoding="utf-8")
    page = browser.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    number_of(page, "seas-3").click()
    expect(page.locator("#seas-3")).to_be_visible()
    assert requests == [file.as_uri()]
    assert complaints == []
    page.close()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_on_a_desk_a_card_with_the_passage_opens_beside_its_fact(
    opened: Callable[..., Page], html: str, script: bool
) -> None:
    page = opened(html, java_script_enabled=script)
    number, card, main = number_of(page, "seas-3"), page.locator("#seas-3"), page.locator("main")
    number.scroll_into_view_if_needed()
    place, height = number.bounding_box(), page.locator(".smh-page").bounding_box()
    expect(card).to_be_hidden()
    number.click()
    expect(card.locator("mark")).to_have_text("Guam")
    expect(card).to_be_in_viewport(ratio=1)
    assert (number.bounding_box(), page.locator(".smh-page").bounding_box()) == (place, height)
    beside, facts = card.bounding_box(), main.bounding_box()
    assert place is not None
    assert beside is not None
    assert facts is not None
    assert beside["x"] >= facts["x"] + facts["width"]
    assert beside["y"] <= place["y"] + place["height"]
    assert beside["y"] + beside["height"] >= place["y"]
    number_of(page, "seas-4").click()
    expect(card).to_be_hidden()
    expect(page.locator("#seas-4")).to_be_visible()
    main.click(position={"x": 1, "y": 1})
    expect(page.locator("#seas-4")).to_be_hidden()


def test_on_a_phone_the_card_is_a_sheet_that_takes_no_space_while_closed(
    opened: Callable[..., Page], html: str
) -> None:
    page = opened(html, PHONE, has_touch=True)
    number, card = number_of(page, "seas-12"), page.locator("#seas-12")
    number.scroll_into_view_if_needed()
    place = number.bounding_box()
    fixed = (
        "all => all.filter(each => ['fixed', 'sticky'].includes(getComputedStyle(each).position))"
    )
    visible = page.locator(":visible")
    assert (
        visible.evaluate_all(f"{fixed[:-1]}).length)".replace("all => all", "all => (all", 1)) == 0
    )
    number.tap()
    expect(card.locator("mark")).to_have_text("Wyoming")
    sheet = card.bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"]) == (0, PHONE["width"])
    assert sheet["y"] + sheet["height"] == PHONE["height"]
    assert sheet["height"] <= 0.6 * PHONE["height"]
    assert number.bounding_box() == place
    card.get_by_role("button", name="Close").tap()
    expect(card).to_be_hidden()
    assert number.bounding_box() == place


def test_the_keyboard_opens_and_closes_every_card_and_keeps_its_place(
    opened: Callable[..., Page], html: str
) -> None:
    page = opened(html)
    for fact in ("title", "period"):
        page.keyboard.press("Tab")
        number = number_of(page, fact)
        expect(number).to_be_focused()
        for close in ("Escape", "Tab Enter"):
            page.keyboard.press("Enter")
            expect(page.locator(f"#{fact}")).to_be_visible()
            for key in close.split():
                page.keyboard.press(key)
            expect(page.locator(f"#{fact}")).to_be_hidden()
            expect(number).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("fact", ["", "groups-0"])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    opened: Callable[..., Page], html: str, size: dict[str, int], scheme: str, fact: str
) -> None:
    page = opened(html, size, scheme)
    if fact:
        number_of(page, fact).click()
        expect(page.locator(f"#{fact}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_on_paper_the_numbers_refer_to_numbered_paragraphs_and_no_card_is_open(
    opened: Callable[..., Page], html: str
) -> None:
    page = opened(html, scheme="dark")
    number_of(page, "sessions-0").click()
    page.emulate_media(media="print")
    assert page.locator(".card:visible").count() == 0
    assert page.locator(".number:visible").count() == page.locator(".number").count() > 30
    paragraphs = page.locator("aside li")
    text = "element => getComputedStyle(element, '::before').content"
    assert paragraphs.first.evaluate(text) == "counter(paragraph)"
    expect(paragraphs.nth(12)).to_contain_text("Participating SEAs: Alaska")
    expect(number_of(page, "seas-3")).to_have_text("13")
    side = page.locator("aside")
    assert side.evaluate("side => side.scrollHeight - side.clientHeight") <= 1
    colours = "each => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor]"
    black_on_white = ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.locator(".smh-page").evaluate(colours) == black_on_white
    assert page.pdf()[:5] == b"%PDF-"


# A page in a page

HOST = """<!DOCTYPE html><html lang="en"><title>A notebook</title>
<body><h1>A notebook</h1><h2>Part</h2><p>A <a href="#x">link</a> and <b>more</b></p>
<table><tr><th>A</th><td>1</td></tr></table><ul><li>one</li></ul><pre>code</pre>
<aside>Aside</aside><button class="number" popovertarget="seas-3">1</button><main>
<div style="height: 900px; overflow: auto">{}</div></main></body></html>"""
# All computed styles of the host's own elements
STYLES = """() => [...document.querySelectorAll("html, body, body > :not(main), table *, main, a")]
.filter(each => !each.closest(".smh-page, .smh-piece"))
.map(each => [each.tagName, ...getComputedStyle(each)]
.map(name => `${name}: ${getComputedStyle(each).getPropertyValue(name)}`))"""


def pieces(summary: smh_p2p.Summary) -> str:
    """Return what a notebook shows of a summary and of some of its parts."""
    exchange = summary.exchange
    parts = (exchange, summary, exchange.sea("GU"), exchange.session(3), summary.cite("/goal"))
    return "".join(each._repr_html_() for each in parts)


@pytest.mark.parametrize("show", [smh_p2p.to_iframe, smh_p2p.to_html, pieces])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_shows_two_of_them_looks_as_without_them(
    opened: Callable[..., Page], show: Callable[[smh_p2p.Summary], str], scheme: str
) -> None:
    one = show(smh_p2p.load_summary())
    with_them = opened(HOST.format(one + one), scheme=scheme)
    without = opened(HOST.format(""), scheme=scheme)
    assert with_them.evaluate(STYLES) == without.evaluate(STYLES)
    assert with_them.title() == without.title()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_two_frames_in_one_page_work_and_leave_its_place(
    opened: Callable[..., Page], size: dict[str, int]
) -> None:
    summary = smh_p2p.load_summary()
    other = attrs.evolve(summary, exchange=attrs.evolve(summary.exchange, title="Another"))
    page = opened(HOST.format(smh_p2p.to_iframe(summary) + smh_p2p.to_iframe(other)), size)
    frames = [page.frame_locator("iframe").nth(each) for each in (0, 1)]
    expect(frames[1].locator("h1")).to_have_text("Another")
    for fact, passage in (("seas-3", "Guam"), ("seas-12", "Wyoming")):
        for frame in frames:
            number = number_of(frame, fact)
            number.evaluate("each => each.scrollIntoView({block: 'center'})")
            place = page.evaluate("[scrollX, scrollY, location.hash]")
            box = number.bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            expect(frame.locator(f"#{fact}")).to_be_visible()
            expect(frame.locator(f"#{fact} mark")).to_have_text(passage)
            assert page.evaluate("[scrollX, scrollY, location.hash]") == place
    assert page.locator("body > [popover]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_notebook_shows_all_in_its_own_colours(opened: Callable[..., Page], scheme: str) -> None:
    page = opened(
        '<!DOCTYPE html><html lang="en"><title>A notebook</title>'
        f'<body style="{INK[scheme]}"><main><h1>A notebook</h1>'
        f"{pieces(smh_p2p.load_summary())}</main></body></html>"
    )
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


# A map on any ground

BOX = """each => {
  const {x, y, width, height} = each.getBoundingClientRect();
  return {x: x + scrollX, y: y + scrollY, width, height};
}"""
# The contrast (WCAG 2) of the colour most seen in each box and the one that differs most from it.
CONTRASTS = """async ([picture, boxes, scale]) => {
  const image = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const light = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]].reduce((sum, [part, weight]) =>
    sum + weight * (part <= 10 ? part / 3294.6 : ((part / 255 + .055) / 1.055) ** 2.4), 0);
  return boxes.map(({x, y, width, height}) => {
    const box = [x, y, width, height].map(each => Math.round(each * scale));
    const {data} = canvas.getImageData(...box);
    const seen = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = data.slice(at, at + 3).join();
      seen.set(colour, (seen.get(colour) ?? 0) + 1);
    }
    const colours = [...seen].sort(([, one], [, other]) => other - one);
    const [ground, ...inks] = colours.map(([colour]) => light(colour.split(",")));
    return Math.max(1, ...inks.map(ink =>
      (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05)));
  });
}"""


def contrast(page: Page, boxes: list[Any]) -> list[float]:
    """Return the contrast of what is drawn in each box of a page."""
    picture = base64.b64encode(page.screenshot(full_page=True)).decode()
    scale = page.evaluate("devicePixelRatio")
    found = page.evaluate(CONTRASTS, [f"data:image/png;base64,{picture}", boxes, scale])
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("way", ["a picture", "in the page"])
@pytest.mark.parametrize("page_scheme", ["light", "dark"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_every_label_of_the_map_can_be_read_on_any_page_and_system(
    opened: Callable[..., Page], way: str, page_scheme: str, system: str
) -> None:
    exchange = smh_p2p.load()
    strangers = (smh_p2p.SEA(name="Palau", abbreviation="PW"), smh_p2p.SEA(name="Narnia"))
    svg = smh_p2p.to_svg(attrs.evolve(exchange, seas=(*exchange.seas, *strangers)))
    style = (
        f"body {{ margin: 9px; {INK[page_scheme]} }} svg, img {{ display: block; width: 800px }}"
    )
    host = f"<!DOCTYPE html><style>{style}</style>"
    inside = opened(host + svg, scheme=system, device_scale_factor=2)
    boxes = inside.locator("svg text").evaluate_all(f"all => all.map({BOX})")
    assert len(boxes) == 57 + 2 * 2 + 5
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    picture = f'<img src="{address}" alt="">'
    page = inside
    if way == "a picture":
        page = opened(host + picture, scheme=system, device_scale_factor=2)
    contrasts = contrast(page, [each for each in boxes if each["width"]])
    assert min(contrasts) >= 4.5


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_map_of_a_page_can_be_read(opened: Callable[..., Page], html: str, system: str) -> None:
    page = opened(html, scheme=system, device_scale_factor=2)
    boxes = page.locator("svg text").evaluate_all(f"all => all.map({BOX})")
    assert min(contrast(page, boxes)) >= 4.5
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


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_lost(browser: Browser, attack: str, tmp_path: Path) -> None:
    exchange = attacked_by(attack)
    data = json.dumps(smh_p2p.to_jsonld(exchange)).replace("<", "\\u003c")
    host = (
        f'<!DOCTYPE html><script type="application/ld+json">{data}</script>'
        f"{smh_p2p.to_svg(exchange)}{smh_p2p.to_iframe(exchange)}{exchange._repr_html_()}"
    )
    requests: list[str] = []
    for name, html in (("host", host), ("page", smh_p2p.to_html(exchange))):
        file = tmp_path / f"{name}.html"
        file.write_text(html, encoding="utf-8", newline="")
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto(file.as_uri())
        assert page.evaluate("typeof attacked") == "undefined"
        assert "".join(attack.split()) in "".join(page.inner_text("body").split())
        if name == "host":
            found = page.text_content("script[type='application/ld+json']")
            assert json.loads(str(found)) == smh_p2p.to_jsonld(exchange)
        page.close()
    assert [url.rpartition("/")[2] for url in requests if url.startswith("file:")] == [
        "host.html",
        "page.html",
    ]
    assert not [url for url in requests if not url.startswith(("file:", "about:", "data:"))]
