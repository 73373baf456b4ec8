"""The tree of causes, what tickets were about, and what the desk learns of it."""

import pytest

from desk.actions.causes import causes
from desk.actions.causes.causes import CauseWish
from desk.actions.tickets import bulk, ticket_causes, tickets
from desk.causes.models import Cause, CauseWord, TicketCause
from desk.causes.tree import Tree
from desk.common.errors import Conflict, Invalid
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket, TicketEvent
from policies.learned_mood import number_of
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.causes import a_cause, a_department

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return User.objects.create_user("mila", role=Role.SUPERVISOR)


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


def asked(inbox: Inbox, *texts: str) -> list[Ticket]:
    start = Ticket.objects.count()
    take_in(inbox, [a_mention(f"{start + n}", by=f"c{start + n}", text=text) for n, text in enumerate(texts)])
    return list(Ticket.objects.order_by("id")[start:])


# ── the tree ─────────────────────────────────────────────────────────────────
def test_a_cause_belongs_to_whom_the_one_above_it_does(boss: User) -> None:
    trains = causes.create(boss, CauseWish("Treinen", "Trains", department=a_department("Materieel").pk, owner=boss.pk))
    delay = causes.create(boss, CauseWish("Vertraging", "Delay", parent=trains.pk))
    tree = Tree()
    department = tree.department(delay)
    assert (tree.words(delay), tree.owner(delay), department and department.name) == (
        "Trains › Delay", boss, "Materieel",
    )  # fmt: skip
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert Tree().owner(delay) is None


@pytest.mark.parametrize(("name_nl", "name_en"), [("", "Delay"), ("Vertraging", "x" * 81), ("Vertr\x00aging", "Delay")])
def test_what_is_no_name_is_refused(boss: User, name_nl: str, name_en: str) -> None:
    with pytest.raises(Invalid):
        causes.create(boss, CauseWish(name_nl, name_en))
    assert not Cause.objects.exists()


def test_neighbours_have_names_of_their_own(boss: User) -> None:
    trains, buses = a_cause("Treinen"), a_cause("Bussen")
    causes.create(boss, CauseWish("Vertraging", "Delay", parent=trains.pk))
    causes.create(boss, CauseWish("Vertraging", "Delay", parent=buses.pk))
    with pytest.raises(Invalid):
        causes.create(boss, CauseWish("Vertraging", "Late", parent=trains.pk))


def test_nothing_lies_below_itself_or_too_deep(boss: User) -> None:
    top = a_cause("A")
    middle = a_cause("B", below=top)
    leaf = a_cause("C", below=middle)
    for wish in (CauseWish("A", "A", parent=leaf.pk), CauseWish("A", "A", parent=top.pk)):
        with pytest.raises(Invalid):
            causes.change(boss, top.pk, wish)
    with pytest.raises(Invalid):
        causes.create(boss, CauseWish("D", "D", parent=leaf.pk))
    other = a_cause("X")
    with pytest.raises(Invalid):
        causes.merge(boss, top.pk, leaf.pk)
    with pytest.raises(Invalid):
        causes.merge(boss, other.pk, other.pk)
    with pytest.raises(Invalid):
        causes.merge(boss, top.pk, a_cause("Y", below=other).pk)  # what lies below would lie too deep
    assert Cause.objects.get(pk=top.pk).merged_into is None


def test_a_merge_counts_for_the_other_and_can_be_taken_back(boss: User, inbox: Inbox) -> None:
    delay, late = a_cause("Vertraging", "Delay"), a_cause("Te laat", "Late")
    below = a_cause("Bus te laat", "Bus late", below=late)
    (ticket,) = asked(inbox, "Weer een kwartier")
    ticket_causes.choose(boss, ticket.pk, late.pk)
    causes.merge(boss, late.pk, delay.pk)
    tree = Tree()
    assert tree.now(TicketCause.objects.get().cause_id) == delay
    assert tree.under(delay) == {delay.pk, late.pk, below.pk}
    assert [place.words for place in tree.places()] == ["Delay", "Delay › Bus late"]
    assert [one.place.cause for one in ticket_causes.suggestions(asked(inbox, "Een kwartier")[0], tree)] == [delay]
    with pytest.raises(Conflict):
        causes.change(boss, late.pk, CauseWish("Te laat", "Late"))
    causes.part(boss, late.pk)
    assert Tree().under(delay) == {delay.pk}
    assert [place.words for place in Tree().places()] == ["Delay", "Late", "Late › Bus late"]


def test_an_archived_cause_is_not_offered_and_keeps_its_tickets(boss: User, inbox: Inbox) -> None:
    trains = a_cause("Treinen", "Trains")
    delay = a_cause("Vertraging", "Delay", below=trains)
    one, other = asked(inbox, "Weer te laat", "Nog later")
    ticket_causes.choose(boss, one.pk, delay.pk)
    causes.archive(boss, trains.pk)
    assert Tree().places() == []
    assert TicketCause.objects.get().cause == delay
    with pytest.raises(Invalid):
        ticket_causes.choose(boss, other.pk, delay.pk)
    causes.restore(boss, trains.pk)
    ticket_causes.choose(boss, other.pk, delay.pk)


def test_a_department_with_causes_stays(boss: User) -> None:
    rolling = a_department("Materieel")
    causes.create(boss, CauseWish("Vertraging", "Delay", department=rolling.pk))
    with pytest.raises(Conflict):
        causes.delete_department(boss, rolling.pk)
    with pytest.raises(Invalid):
        causes.create_department(boss, " materieel ".strip().title())
    with pytest.raises(Invalid):
        causes.create_department(boss, "")


# ── what a ticket was about ──────────────────────────────────────────────────
def test_choosing_and_resolving_is_one_step(boss: User, inbox: Inbox) -> None:
    (ticket,) = asked(inbox, "Mijn trein heeft vertraging")
    delay = a_cause("Vertraging", "Delay")
    after = ticket_causes.choose(boss, ticket.pk, delay.pk, resolve=True)
    row = TicketCause.objects.get()
    assert (after.state, row.cause, row.by, row.suggested) == ("resolved", delay, boss, True)
    kinds = list(TicketEvent.objects.filter(actor=boss).order_by("id").values_list("kind", flat=True))
    assert kinds == ["cause_chosen", "transition"]
    ticket_causes.choose(boss, ticket.pk, delay.pk, resolve=True)  # it is so already: nothing happens
    assert TicketEvent.objects.filter(actor=boss).count() == 2


def test_what_was_learned_of_another_choice_is_taken_back(boss: User, inbox: Inbox) -> None:
    (ticket,) = asked(inbox, "Deur klemt alweer")
    doors, noise = a_cause("Deuren"), a_cause("Lawaai")
    ticket_causes.choose(boss, ticket.pk, noise.pk)
    assert CauseWord.objects.get(number=number_of("klemt")).cause == noise
    ticket_causes.choose(boss, ticket.pk, doors.pk)
    assert CauseWord.objects.get(number=number_of("klemt")).cause == doors
    assert dict(Cause.objects.values_list("name_nl", "learned")) == {"Deuren": 1, "Lawaai": 0}
    ticket_causes.choose(boss, ticket.pk, None)
    assert (CauseWord.objects.count(), TicketCause.objects.count()) == (0, 0)


def test_where_it_is_required_nothing_is_resolved_without_one(boss: User, inbox: Inbox) -> None:
    one, other, drilled = asked(inbox, "a", "b", "c")
    delay = a_cause("Vertraging")
    tickets.transition(boss, one.pk, "resolve")
    causes.set_asking(boss, "required")
    with pytest.raises(Conflict) as refused:
        tickets.transition(boss, other.pk, "resolve")
    assert refused.value.code == "cause_missing"
    result = bulk.bulk(boss, [other.pk], "transition", event="resolve")
    assert list(result.refused) == [other.pk]
    tickets.transition(boss, other.pk, "mark_spam")
    ticket_causes.choose(boss, drilled.pk, delay.pk)
    assert tickets.transition(boss, drilled.pk, "resolve").state == "resolved"
    tickets.transition(boss, drilled.pk, "reopen")
    assert tickets.transition(boss, drilled.pk, "resolve").state == "resolved"
    Cause.objects.update(archived_at=one.created_at)  # nothing is on offer: nothing can be asked
    tickets.transition(boss, other.pk, "not_spam")
    assert tickets.transition(boss, other.pk, "resolve").state == "resolved"


def test_a_drill_has_no_causes(boss: User) -> None:
    (ticket,) = asked(an_inbox(drill=True, own_id="9"), "Oefening")
    causes.set_asking(boss, "required")
    with pytest.raises(Conflict):
        ticket_causes.choose(boss, ticket.pk, a_cause("Vertraging").pk)
    assert tickets.transition(boss, ticket.pk, "resolve").state == "resolved"


def test_a_merged_ticket_brings_its_cause_along(boss: User, inbox: Inbox) -> None:
    one, into = asked(inbox, "Deur klemt", "Deur klemt nog")
    doors = a_cause("Deuren")
    ticket_causes.choose(boss, one.pk, doors.pk)
    tickets.merge(boss, one.pk, into.pk)
    assert TicketCause.objects.get(ticket=into).cause == doors
    ticket_causes.choose(boss, into.pk, None)
    assert not CauseWord.objects.exists()
    with pytest.raises(Conflict):
        ticket_causes.choose(boss, one.pk, None)


def test_many_at_once_each_by_itself(boss: User, inbox: Inbox) -> None:
    one, other, gone = asked(inbox, "a", "b", "c")
    tickets.merge(boss, gone.pk, one.pk)
    result = ticket_causes.choose_for_many(boss, [one.pk, other.pk, gone.pk], a_cause("Deuren").pk, resolve=True)
    assert (result.done, list(result.refused)) == ([one.pk, other.pk], [gone.pk])
    assert set(Ticket.objects.values_list("state", flat=True)) == {"resolved"}


def test_suggestions_come_from_what_colleagues_chose(boss: User, inbox: Inbox) -> None:
    doors, noise = a_cause("Deuren"), a_cause("Lawaai")
    for ticket in asked(inbox, *["De deur klemt in rijtuig drie"] * 4):
        ticket_causes.choose(boss, ticket.pk, doors.pk)
    for ticket in asked(inbox, *["Piepende remmen bij het station"] * 4):
        ticket_causes.choose(boss, ticket.pk, noise.pk)
    (ticket,) = asked(inbox, "In mijn rijtuig klemt iets")
    (found,) = ticket_causes.suggestions(ticket, Tree())
    assert found.place.cause == doors
    assert {reason.word for reason in found.guess.reasons} == {"rijtuig", "klemt"}
    assert found.guess.reasons[0].here == 4
