"""A part of a page that is drawn anew under somebody's eyes and hands, and answers that come one after the other."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scripts import page_with

pytestmark = pytest.mark.browser
PART = """<section id="part"><details id="d"><summary>More</summary>
<button data-toggles="older">2 versions</button></details><ol id="older" hidden><li>Before</li></ol>
<div class="kept" id="kept"></div><div id="later" hx-trigger="load delay:200ms"></div>
<form id="one" action="/one/"><input name="text" aria-label="One"><button>Say it</button></form>
<form id="two" action="/two/"><input name="text" aria-label="Two"><button>Say it</button></form>
<a href="/a/">Open</a><a href="/b/">Open</a></section>"""
PUT = """async ({ html, id = "part" }) => {
  const { put } = await import("/put.js");
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  window.before = document.activeElement;
  put(document.getElementById(id), fresh);
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with page_with(chromium, PART) as page:
        yield page


def drawn_anew(page: Page, html: str = PART) -> None:
    page.evaluate(PUT, {"html": html})


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.outerHTML")


def test_what_was_unfolded_shown_and_typed_stays(page: Page) -> None:
    page.locator("summary").click()
    page.evaluate(
        "document.querySelector('[data-toggles]').setAttribute('aria-expanded', 'true'); older.hidden = false"
    )
    page.evaluate("kept.textContent = 'As it was'; later.textContent = 'Loaded'")
    page.get_by_label("Two").fill("Weet jij het?")
    drawn_anew(page)
    expect(page.locator("details")).to_have_attribute("open", "")
    expect(page.locator("#older")).to_be_visible()
    expect(page.locator("[data-toggles]")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#kept")).to_have_text("As it was")
    expect(page.locator("#later")).to_have_text("Loaded")
    expect(page.get_by_label("Two")).to_have_value("Weet jij het?")
    expect(page.get_by_label("One")).to_have_value("")


def test_the_caret_stays_where_somebody_types(page: Page) -> None:
    field = page.get_by_label("Two")
    field.fill("Weet het?")
    field.evaluate("field => field.setSelectionRange(4, 4)")
    drawn_anew(page)
    page.keyboard.type(" jij")
    expect(page.get_by_label("Two")).to_have_value("Weet jij het?")


def test_focus_never_goes_on_to_what_does_the_same_to_something_else(page: Page) -> None:
    page.locator("#two button").focus()
    drawn_anew(page)
    expect(page.locator("#two button")).to_be_focused()
    page.locator("a[href='/b/']").focus()
    drawn_anew(page)
    expect(page.locator("a[href='/b/']")).to_be_focused()
    page.locator("a[href='/a/']").focus()
    drawn_anew(page, PART.replace('<a href="/a/">Open</a>', ""))
    assert focused(page).startswith("<body")


def test_who_stood_there_before_a_dialog_is_found_again(page: Page) -> None:
    page.evaluate("window.opener = document.querySelector('#two button')")
    drawn_anew(page)
    drawn_anew(page)
    found = "async () => (await import('/put.js')).heir(window.opener)?.form.id"
    assert page.evaluate(found) == "two"
    drawn_anew(page, PART.replace('action="/two/"', 'action="/three/"'))
    assert page.evaluate(found) is None


def test_nothing_is_drawn_anew_under_a_hand(page: Page) -> None:
    page.evaluate("import('/hands.js')")
    page.evaluate(
        "addEventListener('click', (event) => { window.heard = event.target.outerHTML; event.preventDefault() })"
    )
    draw = "async (html) => (await import('/hands.js')).offHand(() => { part.outerHTML = html })"
    page.locator("#two button").hover()
    page.mouse.down()
    page.evaluate(draw, "<p id='part'>Anew</p>")
    expect(page.locator("section")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#part")).to_have_text("Anew")
    assert page.evaluate("heard") == "<button>Say it</button>"


def test_the_space_bar_is_a_hand_too(page: Page) -> None:
    page.evaluate("import('/hands.js')")
    page.evaluate("addEventListener('click', (event) => { window.heard = event.target.href; event.preventDefault() })")
    page.evaluate("two.onsubmit = () => false")
    page.locator("#two button").focus()
    page.keyboard.down(" ")
    page.evaluate("async () => (await import('/hands.js')).offHand(() => { part.outerHTML = '<p id=part>Anew</p>' })")
    expect(page.locator("section")).to_be_visible()
    page.keyboard.up(" ")
    expect(page.locator("#part")).to_have_text("Anew")


def test_what_is_asked_again_and_again_is_answered_in_turn(page: Page) -> None:
    """The first answer is slow; what was asked for meanwhile, three times, is asked once more, and nothing overlaps."""
    runs = page.evaluate("""async () => {
      const { inTurn } = await import("/turns.js");
      const runs = [];
      let running = 0;
      const ask = inTurn(async () => {
        runs.push(++running);
        await new Promise((done) => setTimeout(done, 100));
        running -= 1;
      }, 10);
      ask();
      await new Promise((done) => setTimeout(done, 50));
      ask(), ask(), ask();
      await new Promise((done) => setTimeout(done, 500));
      return runs;
    }""")
    assert runs == [1, 1]
