"""What the owner of an account chooses: a plan that says how much may be read, a search that is a feed of its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.inboxes import health, inboxes, poll, streams
from desk.common.errors import Invalid
from desk.inboxes.gateway import Page, QuotaExhausted, capabilities_of, stream_of
from desk.inboxes.models import Inbox
from desk.people.models import User
from tests.actions.builders import an_inbox
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", role="administrator")


@pytest.fixture
def inbox() -> Inbox:
    made = an_inbox(network="x")
    streams.begin(made, streams.names_of(made), timezone.now())
    return made


def _feeds(inbox: Inbox) -> set[str]:
    return set(inbox.streams.values_list("name", flat=True))


def test_a_search_is_read_from_the_moment_that_it_is_saved_and_no_longer_than_that(ada: User, inbox: Inbox) -> None:
    assert "search" not in _feeds(inbox)
    inboxes.change_inbox(ada, inbox.pk, options={"search": " vlotlijn lang:nl "})
    assert "search" in _feeds(inbox)
    assert Inbox.objects.get().options == {"search": "vlotlijn lang:nl"}
    assert streams.keep_up(timezone.now()) == 0
    inboxes.change_inbox(ada, inbox.pk, options={"search": ""})
    assert "search" not in _feeds(inbox)


def test_a_plan_changes_what_the_account_can_do_and_how_often_it_is_asked(ada: User, inbox: Inbox) -> None:
    inboxes.change_inbox(ada, inbox.pk, options={"plan": "basic"})
    inbox.refresh_from_db()
    mentions = stream_of(inbox, "mentions")
    assert mentions is not None
    assert (mentions.min_seconds, capabilities_of(inbox).reads_per_month) == (90, 10_000)
    inbox.limits = {"subscription": "premium"}
    assert capabilities_of(inbox).public_length.limit == 25_000


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"plan": "platinum"}, "options.plan"),
        ({"search": "x" * 451}, "options.search"),
        ({"colour": "red"}, "options.colour"),
    ],
)
def test_what_can_not_be_chosen_says_so_at_its_field(
    ada: User, inbox: Inbox, options: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        inboxes.change_inbox(ada, inbox.pk, options=options)
    assert list(refused.value.errors) == [field]
    assert Inbox.objects.get().options == {}


def test_reading_ends_at_what_the_plan_allows_and_begins_again_with_the_month(inbox: Inbox) -> None:
    inbox.options = {"plan": "basic"}
    inbox.save()
    now = timezone.now()
    health.spent(inbox.pk, 0.0, now, reads=9_999)
    inbox.refresh_from_db()
    health.refuse_over_budget(inbox, now)
    health.spent(inbox.pk, 0.0, now, reads=1)
    inbox.refresh_from_db()
    with pytest.raises(QuotaExhausted, match="10000 entries that the plan allows"):
        health.refuse_over_budget(inbox, now)
    health.refuse_over_budget(inbox, now + timedelta(days=32))


def test_a_poll_counts_what_it_reads(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    class Network:
        def fetch(self, stream: str, cursor: Any) -> Page:
            return Page((), {}, cost=0.05, reads=7)

    monkeypatch.setattr(poll, "connect", lambda _inbox: Network())
    poll.poll(inbox.streams.get(name="mentions").pk, timezone.now())
    inbox.refresh_from_db()
    assert (inbox.read_in(timezone.now()), float(inbox.cost_month)) == (7, 0.05)


def test_the_page_offers_what_the_network_has_and_keeps_what_is_chosen(ada: User, inbox: Inbox) -> None:
    browser = Client()
    browser.force_login(ada)
    address = f"/administration/inboxes/{inbox.pk}/"
    page = browser.get(address).content.decode()
    assert 'name="options.plan"' in page
    assert 'name="options.search"' in page
    assert "read this month, by the plan" in page
    kept = {
        "name": inbox.name, "base_url": "", "language": "nl", "poll_seconds": "60", "conversation_window_hours": "72",
        "options.plan": "pro", "options.search": "vlotlijn",
    }  # fmt: skip
    assert browser.post(f"{address}settings/", kept).status_code == 302
    assert Inbox.objects.get().options == {"plan": "pro", "search": "vlotlijn"}
    assert 'value="pro" selected' in browser.get(address).content.decode()
    assert 'name="options.' not in browser.get("/administration/inboxes/new/mastodon/").content.decode()


def test_the_api_names_the_options_and_takes_them(ada: User, inbox: Inbox) -> None:
    api = Caller(ada)
    x = next(one for one in api.get("networks/").body if one["slug"] == "x")
    assert [one["name"] for one in x["options"]] == ["plan", "search"]
    assert [one["value"] for one in x["options"][0]["choices"]] == ["pay_per_use", "basic", "pro", "enterprise"]
    changed = api.patch(f"inboxes/{inbox.pk}/", options={"plan": "enterprise"}).body
    assert changed["options"] == {"plan": "enterprise"}
    assert (changed["health"]["reads_month"], changed["health"]["reads_allowed"]) == (0, None)
    assert api.patch(f"inboxes/{inbox.pk}/", options={"plan": "gold"}).problem[0] == 400
