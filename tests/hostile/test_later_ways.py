"""The same of what came later: what X is searched for, and events of a private conversation that are no messages."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.intake import found
from desk.inboxes.gateway import Control, ItemKind
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import Conversation, Message, Ticket, TicketEvent
from tests.connectors.wire import Wire
from tests.hostile.cases import BOMBS, DATES, FAMILIES, ODD_IDS
from tests.hostile.said import Network, Words, network
from tests.hostile.test_matrix import Told, harmless, shown
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db

CASES = {f"{family}, {case}": parts for family, cases in FAMILIES.items() for case, parts in cases.items()}
FIRST, LAST = Words(0, text="eerlijk eerst"), Words(999, text="eerlijk laatst")
HANDOVERS = ("pass_thread_control", "take_thread_control", "request_thread_control")

NO_OBJECTS: tuple[Any, ...] = (None, [], "x", 7, {})


def test_hostile_quotes_become_tickets_that_do_no_harm(wire: Wire, agent: Browser, tell: Told) -> None:
    asked = network("quotes", wire)
    hostile = {case: Words(number, **parts) for number, (case, parts) in enumerate(CASES.items(), 1)}
    assert not asked.say(FIRST, *hostile.values(), LAST)
    assert (shown(asked, FIRST, agent), shown(asked, LAST, agent)) == ("eerlijk eerst", "eerlijk laatst")
    assert not RawItem.objects.filter(inbox=asked.inbox, processed_at=None).exists()
    for number, (case, words) in enumerate(hostile.items()):
        message = asked.found(words)
        if message is not None and number % 29 == 0:  # the others as mentions, by the same reader
            harmless(agent.part(f"/tickets/{message.ticket_id}/"))
        tell("x", "quotes", case[:26], "shown" if message else "refused, kept with its reason", "")


def test_hostile_finds_are_looked_at_and_do_no_harm(wire: Wire, agent: Browser, tell: Told) -> None:
    asked = network("search", wire)
    Inbox.objects.filter(pk=asked.inbox.pk).update(options={"search": "spoor"})
    hostile = {case: Words(number, **parts) for number, (case, parts) in enumerate(CASES.items(), 1)}
    assert not asked.say(FIRST, *hostile.values(), LAST)
    assert not RawItem.objects.filter(inbox=asked.inbox, processed_at=None).exists()
    assert not Ticket.objects.exists()
    pages = _pages_of_monitoring(agent)
    assert len(pages) == -(-found.found().count() // found.SHOWN)
    for honest in (FIRST, LAST):
        assert sum(page.count(str(honest.text)) for page in pages) == 1
    for case, words in hostile.items():
        message = asked.found(words)
        assert message is None or message.kind == ItemKind.FOUND, case
        tell("x", "search", case[:26], "shown" if message else "refused, kept with its reason", "")


def _pages_of_monitoring(agent: Browser) -> list[str]:
    pages, cursor = list[str](), ""
    while True:
        pages.append(harmless(agent.page(f"/monitoring/?cursor={cursor}")))
        cursor = found.page(agent.person, cursor).next
        if not cursor:
            return pages


@pytest.mark.parametrize("name", ["messenger", "instagram"])
def test_hostile_events_of_a_conversation_leave_it_as_it_was_told(
    name: str, wire: Wire, agent: Browser, tell: Told
) -> None:
    asked = network(name, wire)
    honest = Words(1, text="eerlijk", files=("http://192.0.2.1/a.png",))  # of Instagram: files come in private
    assert not asked.say(honest)
    before = Message.objects.count()
    events = [event for case in _events(asked, asked.author_of(1)) for event in case]
    assert not asked.say(Words(2, text="ook eerlijk", files=honest.files), more=events)
    assert not RawItem.objects.filter(inbox=asked.inbox, processed_at=None).exists()
    assert Message.objects.count() == before + 1
    assert shown(asked, Words(2), agent) == "ook eerlijk"
    thread = Conversation.objects.get(inbox=asked.inbox, thread_id=asked.author_of(1))
    soon = timezone.now() + timedelta(seconds=1)
    assert thread.control in list(Control)
    assert thread.control_at is not None
    assert thread.control_at < soon, "a time that never comes would hold against whatever is told later"
    assert thread.read_until is None or thread.read_until < soon
    assert not TicketEvent.objects.filter(kind="control", at__gt=soon).exists()
    harmless(agent.page(f"/tickets/{thread.current_ticket_id}/"))
    refused = RawItem.objects.filter(inbox=asked.inbox).exclude(problem="").count()
    tell(name, "events", f"{len(events)} that lie", f"{refused} refused, the conversation stands", "")


def _events(asked: Network, person: str) -> list[list[str]]:
    """Each part of a read mark and of a handover, replaced."""
    at, own = asked.time_of(3), asked.own_id
    return [
        *(_both(person, own, at, value) for value in ODD_IDS.values()),
        *(_both(value, own, at, "88001") for value in ODD_IDS.values()),
        *(_both(person, value, at, "88001") for value in ODD_IDS.values()),
        *(_both(person, own, value, "88001") for value in DATES.values()),
        [_both(person, own, at, "88001", inside=str(parts.get("inside", "")))[0] for parts in BOMBS.values()],
        [_with("", _who(person, own, at) | {name: odd}) for name in ("read", *HANDOVERS) for odd in NO_OBJECTS],
    ]


def _who(sender: Any, recipient: Any, at: Any) -> dict[str, Any]:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at}


def _both(sender: Any, recipient: Any, at: Any, other: Any, inside: str = "") -> list[str]:
    who = _who(sender, recipient, at)
    read = {**who, "read": {"watermark": at, "mid": other}}
    handed = [{**who, name: {"new_owner_app_id": other, "previous_owner_app_id": other}} for name in HANDOVERS]
    return [_with(inside, event) for event in (read, *handed)]


def _with(inside: str, event: dict[str, Any]) -> str:
    plain = json.dumps(event)
    return f"{{{inside},{plain[1:]}" if inside else plain
