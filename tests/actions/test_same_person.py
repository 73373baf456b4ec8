"""One person on several networks: who decides it, what goes along, and what it never touches."""

from collections.abc import Callable
from typing import Any

import pytest

from desk.actions.customers import blocking, erasure, same_person, tiers
from desk.actions.customers.same_person_hints import suggestions
from desk.actions.intake import ingest
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import Author, Item
from desk.inboxes.models import Inbox
from desk.people.models import AuditEntry, User
from desk.sla.models import Clock
from desk.tickets.models import Customer, NotSamePerson, Profile, Ticket
from policies.same_person import Hint
from tests.actions.builders import a_mention, a_message, an_inbox, minutes, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def me() -> User:
    return User.objects.create_user("suze", role="supervisor")


@pytest.fixture
def on_x() -> Inbox:
    return an_inbox()


@pytest.fixture
def on_facebook() -> Inbox:
    return an_inbox(network="facebook_page", name="Vlotlijn", own_id="2")


def someone(inbox: Inbox, handle: str, *, text: str = "Waar blijft de trein?", at: float = 0, **more: Any) -> Ticket:
    """Writes in public on this network, and is nobody whom the desk knows from another."""
    author = Author(f"{inbox.network}-{handle}", handle, handle.title(), links=tuple(more.pop("links", ())))
    key = f"{inbox.network}-{handle}-{at}"
    make: Callable[..., Item] = a_message if more.pop("private", False) else a_mention
    item = make(key, at=at, text=text, network=inbox.network, thread_id=key, author=author, **more)
    take_in(inbox, [item])
    return Ticket.objects.get(conversation__thread_id=key)


def test_accounts_and_tickets_become_one_customers(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit.v")
    kept = same_person.merge(me, one.customer_id, other.customer_id)
    assert set(kept.profiles.values_list("network", flat=True)) == {"x", "facebook_page"}
    assert set(kept.tickets.all()) == {one, other}
    assert Customer.objects.get() == kept
    assert AuditEntry.objects.get(verb="customers_merged").detail == {
        "other": other.customer_id, "profiles": [other.profile_id], "tickets": 1,
    }  # fmt: skip
    again = someone(on_facebook, "marit.v", at=5)
    assert again.customer == kept


def test_a_merge_leaves_clocks_alone_and_keeps_the_strictest_of_both(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit.v", at=3)
    before = list(Clock.objects.order_by("id").values())
    tiers.set_tier(me, other.customer_id, 2)
    blocking.block(me, other.customer_id, reason="Dreigt")
    Customer.objects.filter(pk=one.customer_id).update(about="Rijdt rolstoel")
    Customer.objects.filter(pk=other.customer_id).update(about="Belt liever")
    kept = same_person.merge(me, one.customer_id, other.customer_id)
    kept.refresh_from_db()
    assert (kept.tier, kept.about) == (2, "Rijdt rolstoel\nBelt liever")
    assert kept.blocked_at is not None
    assert list(Clock.objects.order_by("id").values()) == before


def test_an_account_is_taken_out_again_with_its_tickets(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit")
    kept = same_person.merge(me, one.customer_id, other.customer_id)
    tiers.set_tier(me, kept.pk, 1)
    new = same_person.take_out(me, other.profile_id)
    assert list(new.tickets.all()) == [other]
    assert list(kept.tickets.all()) == [one]
    assert (new.name, new.tier) == ("Marit", 1)
    assert suggestions(kept) == suggestions(new) == []  # nobody is asked again
    with pytest.raises(Conflict, match="only account"):
        same_person.take_out(me, other.profile_id)
    assert same_person.merge(me, kept.pk, new.pk).profiles.count() == 2  # a person may change their mind
    assert not NotSamePerson.objects.exists()


def test_what_cannot_be_one_is_refused(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit.v")
    with pytest.raises(Invalid):
        same_person.merge(me, one.customer_id, one.customer_id)
    with pytest.raises(Missing):
        same_person.merge(me, one.customer_id, 999_999)
    erasure.erase(me_as_admin(), other.customer_id, handle="marit.v", ground="request")
    for verb in (same_person.merge, same_person.dismiss):
        with pytest.raises(Conflict, match="erased"):
            verb(me, one.customer_id, other.customer_id)
    with pytest.raises(Conflict, match="erased"):
        same_person.take_out(me, other.profile_id)


def me_as_admin() -> User:
    return User.objects.create_user("admin", role="administrator")


def test_a_drill_stays_a_drill(me: User, on_x: Inbox) -> None:
    drill = an_inbox(network="facebook_page", name="Oefening", own_id="9", drill=True)
    one, played = someone(on_x, "marit"), someone(drill, "marit")
    with pytest.raises(Conflict, match="drill"):
        same_person.merge(me, one.customer_id, played.customer_id)
    assert suggestions(one.customer) == []


def test_the_same_handle_is_a_hint_across_networks_alone(on_x: Inbox, on_facebook: Inbox) -> None:
    one = someone(on_x, "marit_v")
    other = someone(on_facebook, "Marit_V")
    someone(on_facebook, "marit")
    (found,) = suggestions(one.customer)
    assert (found.customer, [(r.hint, r.said) for r in found.reasons]) == (other.customer, [(Hint.HANDLE, "Marit_V")])
    assert [one_.customer for one_ in suggestions(other.customer)] == [one.customer]


def test_what_somebody_told_is_a_hint_either_way(on_x: Inbox) -> None:
    on_instagram = an_inbox(network="instagram", name="Insta", own_id="3")
    other = someone(on_instagram, "treinmarit")
    one = someone(on_x, "mdv_84", text="Ik ben @treinmarit op Instagram, daar stond de foto", at=1)
    for asked, found in ((one, other), (other, one)):
        (hint,) = suggestions(asked.customer)
        assert (hint.customer, hint.reasons[0].hint, hint.reasons[0].said) == (found.customer, Hint.TOLD, "treinmarit")


def test_a_link_in_a_profile_is_a_hint_either_way(on_x: Inbox) -> None:
    on_mastodon = an_inbox(network="mastodon", name="Masto", own_id="4")
    one = someone(on_x, "mdv_84", links=["https://mastodon.nl/@treinmarit"])
    other = someone(on_mastodon, "treinmarit@mastodon.nl")
    for asked, found in ((one, other), (other, one)):
        (hint,) = suggestions(asked.customer)
        assert (hint.customer, hint.reasons[0].hint) == (found.customer, Hint.LINK)


@pytest.mark.parametrize("words", ["Mijn adres is Marit.Vos@example.org", "bereikbaar op marit.vos@example.org!"])
def test_the_same_address_in_private_is_a_hint(on_x: Inbox, on_facebook: Inbox, words: str) -> None:
    one = someone(on_x, "mdv_84", text=words, private=True)
    other = someone(on_facebook, "treinmarit", text="mail: marit.vos@example.org", private=True)
    someone(on_facebook, "janneman", text="niet marit.vos@example.org", at=2)  # said in public by somebody
    (hint,) = suggestions(one.customer)
    assert (hint.customer, hint.reasons[0].hint) == (other.customer, Hint.EMAIL)


def test_a_dismissed_suggestion_never_comes_back_by_itself(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit")
    same_person.dismiss(me, one.customer_id, other.customer_id)
    same_person.dismiss(me, other.customer_id, one.customer_id)  # once is enough, twice is no harm
    assert suggestions(one.customer) == suggestions(other.customer) == []
    assert NotSamePerson.objects.count() == 1


def test_nothing_is_merged_by_itself(on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit")
    assert suggestions(one.customer)
    assert one.customer_id != other.customer_id


def test_a_merged_customer_is_erased_whole(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit.v", links=["https://x.com/marit"])
    kept = same_person.merge(me, one.customer_id, other.customer_id)
    erasure.erase(me_as_admin(), kept.pk, handle="marit", ground="request")
    assert set(Profile.objects.values_list("name", "handle", "links")) == {("", "", "")}


def test_a_ticket_that_is_worked_on_goes_along(me: User, on_x: Inbox, on_facebook: Inbox) -> None:
    one, other = someone(on_x, "marit"), someone(on_facebook, "marit.v")
    tickets.claim(me, other.pk)
    tickets.transition(me, other.pk, "resolve", now=minutes(10))
    same_person.merge(me, one.customer_id, other.customer_id)
    other.refresh_from_db()
    assert (other.customer_id, other.state, other.assignee) == (one.customer_id, "resolved", me)
    assert ingest.process(on_facebook.pk, minutes(11)) == 0
