"""What no sane network sends arrives on the screens all the same, and beside it what came with it."""

from datetime import UTC, datetime

import pytest

from desk.inboxes.gateway import Author, Change
from desk.inboxes.models import Inbox, RawItem
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, minutes, take_in
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db
EDGES = {
    "the first year": datetime(1, 1, 1, tzinfo=UTC),
    "1970": datetime(1970, 1, 1, tzinfo=UTC),
    "the future": datetime(2999, 12, 31, 23, 59, tzinfo=UTC),
    "the last year": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}
TEXTS = {
    "NUL": "voor\x00na",
    "lone surrogates": "voor \ud83d na \udc00",
    "combining marks": "a" + "\u0301" * 4_000,
    "right to left": "\u202egnp.exe" * 500,
    "nothing": "",
}


@pytest.mark.parametrize("when", EDGES)
def test_a_date_out_of_all_order_harms_neither_its_batch_nor_a_screen(
    browser: Browser, inbox: Inbox, when: str
) -> None:
    strange = a_mention("1", by="strange", text=f"Uit {when}", created_at=EDGES[when])
    edited = a_mention("3", by="sam", text="Vaak", change=Change.EDITED, changed_at=EDGES[when], revision="4")
    take_in(inbox, [strange, edited, a_mention("2", by="marit", text="Gewoon nu")], now=minutes(60))
    _all_arrived(browser, {f"Uit {when}", "Vaak", "Gewoon nu"})
    assert max(Ticket.objects.values_list("due_at", flat=True)) <= minutes(60 + 60)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_harms_neither_its_batch_nor_a_screen(browser: Browser, inbox: Inbox, name: str) -> None:
    author = Author(external_id="9", handle=TEXTS[name][:300], name=TEXTS[name])
    strange = a_mention("1", by="strange", text=TEXTS[name], author=author)
    take_in(inbox, [strange, a_mention("2", by="marit", text="Gewoon nu")])
    _all_arrived(browser, {"Gewoon nu"})


def _all_arrived(browser: Browser, texts: set[str]) -> None:
    assert Ticket.objects.count() == RawItem.objects.count()
    assert texts <= set(Message.objects.values_list("text", flat=True))
    assert not RawItem.objects.exclude(problem="", processed_at__isnull=False).exists()
    rows = browser.page("/queue/")
    assert "Gewoon nu" in rows
    for ticket in Ticket.objects.order_by("pk"):
        assert f"/tickets/{ticket.pk}/" in rows
        assert browser.page(f"/tickets/{ticket.pk}/")
        assert browser.part(f"/tickets/{ticket.pk}/timeline/")
        assert browser.part(f"/tickets/{ticket.pk}/customer/")
