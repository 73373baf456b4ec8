"""The matrix. The cases of a family come on one page, an honest message before and behind them.

Each is shown so that it can't hurt, or refused with a sentence; the honest ones always become tickets. What became of
each is printed as a table at the end of the run (`tests.faults.table`).
"""

import html
import json
import re
from collections.abc import Callable

import pytest

from connectors.parsing import MOST_UNREADABLE
from desk.inboxes.models import RawItem
from desk.people.permissions import Role
from tests.connectors.wire import Wire
from tests.hostile.cases import FAMILIES
from tests.hostile.said import NAMES, Network, Words, network
from tests.web.browsing import Browser
from tests.web.colleagues import colleague
from tests.web.test_hostile_text import Page

pytestmark = pytest.mark.django_db

MOST_HTML = 600_000  # characters of a ticket's page
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]")

Told = Callable[[str, str, str, str, str], None]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_hostile_messages(name: str, family: str, wire: Wire, agent: Browser, tell: Told) -> None:
    asked = network(name, wire)
    cases = FAMILIES[family]
    hostile = [Words(number, **case) for number, case in enumerate(cases.values(), 1)]
    first, last = Words(0, text="eerlijk eerst"), Words(999, text="eerlijk laatst")
    told = asked.say(first, *hostile, last)
    assert not told, told
    assert shown(asked, first, agent) == "eerlijk eerst"
    assert shown(asked, last, agent) == "eerlijk laatst"
    stuck = RawItem.objects.filter(inbox=asked.inbox, processed_at=None)
    assert [(row.item["external_id"], row.problem) for row in stuck] == []
    refused = [row.item["raw"] for row in RawItem.objects.filter(inbox=asked.inbox).exclude(problem="")]
    found = {case: shown(asked, words, agent) for case, words in zip(cases, hostile, strict=True)}
    missing = [case for case, words in found.items() if words is None]
    assert len(missing) <= len(refused), f"{missing} vanished, told of: {refused}"
    harmless(agent.page("/queue/"))
    for case, words in found.items():
        if words is None:
            tell(name, family, case, "refused, kept with its reason", "")
        else:
            tell(name, family, case, "shown", words[:70])


@pytest.mark.parametrize("name", NAMES)
def test_messages_that_answer_and_quote_each_other_in_a_circle(
    name: str, wire: Wire, agent: Browser, tell: Told
) -> None:
    asked = network(name, wire)
    circles = {
        "answers itself": {1: 1},
        "two that answer each other": {2: 3, 3: 2},
        "a ring of fifty": {number: 10 + (number - 9) % 50 for number in range(10, 60)},
    }
    above = {one: other for circle in circles.values() for one, other in circle.items()}
    words = [
        Words(number, parent=asked.id_of(other), quotes=asked.id_of(other), inside=nested(asked.id_of(other)))
        for number, other in above.items()
    ]
    assert not asked.say(*words, Words(999))
    assert len(asked.inbox.messages.filter(ticket__isnull=False)) == len(words) + 1
    for case, circle in circles.items():
        message = asked.found(words[list(above).index(min(circle))])
        assert message is not None
        harmless(agent.page(f"/tickets/{message.ticket_id}/thread/"))
        tell(name, "circles", case, "shown", shown(asked, words[list(above).index(min(circle))], agent) or "")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mail"])  # whatever lies in a mailbox is a mail
def test_a_page_of_things_that_are_none(name: str, wire: Wire, agent: Browser, tell: Told) -> None:
    """Five thousand of them: some are kept, the honest message between them is not harmed."""
    asked = network(name, wire)
    assert not asked.say(Words(1, text="eerlijk"), more=["1", "null", '"x"', "[[]]", "{}"] * 1_000)
    assert shown(asked, Words(1), agent) == "eerlijk"
    kept = RawItem.objects.filter(inbox=asked.inbox).exclude(problem="").count()
    assert 0 < kept <= MOST_UNREADABLE + 1
    tell(name, "JSON", "5,000 that are none", f"{kept} kept with their reason", "")


@pytest.mark.parametrize("name", ["x", "mastodon", "bluesky"])
@pytest.mark.parametrize("said", ["9" * 30, "-" + "9" * 30, "1e400", "", "veel", "٣"])
def test_a_limit_that_no_number_holds_stops_no_reading(name: str, said: str, wire: Wire, agent: Browser) -> None:
    asked = network(name, wire)
    for prefix in ("x-rate-limit", "x-ratelimit", "ratelimit"):
        asked.limits |= {f"{prefix}-{part}": said for part in ("limit", "remaining", "reset")}
    asked.limits = {name: value.encode().decode("latin-1") for name, value in asked.limits.items()}
    assert not asked.say(Words(1))
    assert shown(asked, Words(1), agent) == "gewoon"


def nested(other: str) -> str:
    """A quote in a quote in a quote, of itself."""
    quoted = json.dumps({"record": {"uri": other}, "quoted_status": {"id": other}})
    for _ in range(60):
        quoted = f'{{"record": {{"uri": "{other}", "embeds": [{quoted}]}}}}'
    return f'"embed": {quoted}, "quote": {quoted}'


def shown(asked: Network, words: Words, agent: Browser) -> str | None:
    """What an agent reads of a message on its ticket, whose whole page does no harm; None where it was refused."""
    message = asked.found(words)
    if message is None:
        return None
    if message.ticket_id is None:  # a mail of a machine, or of nobody: it is on the list of what was set aside
        administrator = Browser(colleague(Role.ADMINISTRATOR))
        harmless(administrator.page(f"/administration/inboxes/{asked.inbox.pk}/set-aside/"))
        return message.text
    page = harmless(agent.part(f"/tickets/{message.ticket_id}/"))
    said = re.search(rf'id="m{message.pk}".*?<blockquote class="said"[^>]*>(.*?)</blockquote>', page, re.DOTALL)
    assert said is not None
    return html.unescape(re.sub(r"<[^>]*>", "", said[1]))


def harmless(page: str) -> str:
    """The page, of which nothing runs, nothing is fetched from elsewhere, and nothing hides."""
    read = Page(page)
    assert read.dangers == []
    assert foreign(read) == []
    assert not UNSEEN.search(page), repr(UNSEEN.search(page))
    assert len(page) < MOST_HTML
    return page


def foreign(page: Page) -> list[str]:
    """What the page would have a browser fetch from elsewhere."""
    return [
        str(attributes["src"])
        for _tag, attributes in page.elements
        if attributes.get("src") and not str(attributes["src"]).startswith("/")
    ]
