"""Whatever a stranger wrote, the page stays ours."""

import re
from html.parser import HTMLParser

import pytest

from desk.inboxes.gateway import Author
from desk.inboxes.models import Inbox
from desk.web.show import changes, text
from tests.web.browsing import Browser, asked_by

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></script><svg onload=alert(1)>",
    "{{ request.user.password }} {% now 'Y' %}",
    "javascript:alert(1) JaVaScRiPt://x.nl/%0aalert(1)",
    'https://kwaad.nl/"onmouseover="alert(1)',
    "data:text/html,<b>x</b>",
    "&lt;b&gt; &#x3c;script&#x3e;",
]


class Page(HTMLParser):
    """What a browser would make of it: elements, and every attribute that could run something."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    @property
    def dangers(self) -> list[str]:
        found = [f"{tag} {name}" for tag, attributes in self.elements for name in attributes if name.startswith("on")]
        found += [tag for tag, attributes in self.elements if "style" in attributes or tag == "style"]
        found += [
            f"script {attributes}"
            for tag, attributes in self.elements
            if tag == "script" and not attributes.get("src") and attributes.get("type") != "application/json"
        ]
        return found + [
            str(attributes["href"])
            for tag, attributes in self.elements
            if tag == "a" and not re.match(r"(https?://|/|#|\?)", attributes.get("href") or "#")
        ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_a_stranger_becomes_an_element(browser: Browser, inbox: Inbox, attack: str) -> None:
    clean = Page(browser.page("/queue/"))
    ticket = asked_by(
        inbox, "kwaad", attack, author=Author(external_id=attack[:50], handle=attack[:60], name=attack, followers=1)
    )
    queue, page = Page(browser.page("/queue/")), Page(browser.page(f"/tickets/{ticket.pk}/"))
    assert clean.dangers == queue.dangers == page.dangers == []
    assert not [tag for tag, attributes in page.elements if tag == "img" and attributes.get("src") == "x"]


def test_links_lead_out_without_telling_where_from(browser: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "marit", "Zie https://www.ns.nl/reis en abn.nl")
    links = [
        attributes
        for tag, attributes in Page(browser.part(f"/tickets/{ticket.pk}/")).elements
        if tag == "a" and str(attributes.get("href")).startswith("https://") and attributes.get("class") == "link"
    ]
    assert [link["href"] for link in links] == ["https://www.ns.nl/reis", "https://abn.nl"]
    assert all(link["rel"] == "noopener noreferrer nofollow ugc" and link["target"] == "_blank" for link in links)


def test_characters_that_turn_text_around_are_shown() -> None:
    shown = text.said("koop \u202elnA.nakre\u202c hier")
    assert "\u202e" not in shown
    assert "[U+202E]" in shown


def test_a_host_in_look_alike_letters_stands_beside_the_link() -> None:
    shown = text.said("https://аррӏе.com/inloggen")
    assert "xn--" in shown
    assert 'class="real-host"' in shown


def test_somebody_who_poses_is_called_out(browser: Browser, inbox: Inbox) -> None:
    posing = "Vlоtlijn"  # the o is Cyrillic
    ticket = asked_by(inbox, "vl", "Betaal hier", author=Author(external_id="9", handle="vl", name=posing))
    assert "mixes letters that look alike" in browser.page(f"/tickets/{ticket.pk}/")


def test_a_name_of_nothing_visible_gives_way_to_the_handle() -> None:
    assert text.name("\u200b\u202e", "marit") == "marit"
    assert text.name("", "") == "Unknown"


def test_four_thousand_accents_are_a_few() -> None:
    assert len(text.name("a" + "\u0301" * 4_000)) < 20
    assert len(text.said("a" + "\u0301" * 4_000)) < 300


def test_a_message_of_five_megabytes_is_cut_and_can_be_read_whole(browser: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "marit", "kort")
    ticket.messages.update(text="woord " * 900_000)
    part = browser.part(f"/tickets/{ticket.pk}/")
    assert len(part) < 100_000
    assert "Show all of it" in part
    message = ticket.messages.get()
    whole = browser.client.get(f"/messages/{message.pk}/text/")
    assert whole["Content-Type"] == "text/plain; charset=utf-8"
    assert len(whole.content) == 5_400_000


def test_a_change_between_versions_is_escaped_too() -> None:
    shown = changes.difference("de <b>oude</b> tekst", "de <i>nieuwe</i> tekst")
    assert "<b>" not in shown
    assert "<del>&lt;b&gt;oude&lt;/b&gt;</del><ins>&lt;i&gt;nieuwe&lt;/i&gt;</ins>" in shown
