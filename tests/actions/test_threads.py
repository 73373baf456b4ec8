"""Threads between colleagues: who reads, follows and hears of them, and swarms from opening to finding."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises, crisis_report
from desk.actions.customers import customer_export, erasure, erasure_run
from desk.actions.threads import swarms, thread_words, threads
from desk.actions.threads.thread_tells import tell
from desk.actions.tickets import tickets
from desk.alerts.models import Notification
from desk.common import live
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.crises.models import Crisis, CrisisEntry
from desk.knowledge.models import Suggestion
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.threads.models import Participant, Thread, Version, Word
from desk.threads.reading import count_unread, found, readable, readers
from desk.tickets.models import Ticket, TicketEvent
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.promised import promise
from tests.tickets.test_search import plans_of

pytestmark = pytest.mark.django_db
ASKED = "Waarom rijdt de nachttrein naar Utrecht vannacht niet, en wanneer weer wel?"
FOUND = "De bovenleiding bij Breukelen is stuk; tot morgenochtend zes uur rijden er bussen."


@pytest.fixture
def sanne() -> User:
    return User.objects.create_user("sanne", role="agent", first_name="Sanne")


@pytest.fixture
def joris() -> User:
    return User.objects.create_user("joris", role="agent", first_name="Joris", email="joris@vlotlijn.nl")


@pytest.fixture
def noor() -> User:
    return User.objects.create_user("noor", role="comms", first_name="Noor")


@pytest.fixture
def ticket() -> Ticket:
    promise(first=30)
    take_in(an_inbox(), [a_mention("1", text=ASKED)], now=timezone.now())
    return Ticket.objects.get()


def unread(person: User) -> list[int]:
    return list(Participant.objects.filter(user=person, unread__gt=0).values_list("unread", flat=True))


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person).order_by("id").values_list("kind", flat=True))


# ── reading ──────────────────────────────────────────────────────────────────
def test_everybody_at_the_desk_reads_what_is_not_private(sanne: User, joris: User, noor: User) -> None:
    thread = threads.start(sanne, topic="Nieuwe uniformen")
    elsewhere = User.objects.create_user("piet", role=Role.COLLEAGUE)
    left = User.objects.create_user("weg", role="agent", is_active=False)
    assert [who for who in (sanne, joris, noor, elsewhere, left) if readable(who).exists()] == [sanne, joris, noor]
    assert readers(thread, [sanne, joris, noor, elsewhere, left]) == [sanne, joris, noor]


def test_both_ways_to_ask_who_may_read_say_the_same(sanne: User, joris: User, noor: User) -> None:
    crisis = crises.start(noor, reason="Storing", level=1)
    people = [User.objects.create_user(f"een-{role}", role=role) for role in Role.values] + [sanne, joris, noor]
    for private in (True, False):
        for crisis_id in (None, crisis.pk):
            thread = threads.start(noor, topic="x", private=private, crisis_id=crisis_id, people=[joris.pk])
            by_query = [one.pk for one in people if readable(one).filter(pk=thread.pk).exists()]
            assert [one.pk for one in readers(thread, people)] == by_query
            assert joris.pk in by_query
            assert (sanne.pk in by_query) is (not private and crisis_id is None)


def test_what_hangs_at_a_crisis_is_for_who_sees_crises_and_who_was_let_in(sanne: User, joris: User, noor: User) -> None:
    crisis = crises.start(noor, reason="Storing", level=1)
    thread = threads.start(noor, topic="Bovenleiding", crisis_id=crisis.pk)
    with pytest.raises(NotPermitted):
        threads.start(sanne, topic="x", crisis_id=crisis.pk)
    with pytest.raises(Missing):
        thread_words.write(sanne, thread.pk, "Ik weet iets")
    threads.let_in(noor, thread.pk, [joris.pk])
    thread_words.write(joris, thread.pk, "Ik ook")
    with pytest.raises(NotPermitted):
        threads.let_in(joris, thread.pk, [sanne.pk])


def test_a_private_thread_does_not_exist_for_others(sanne: User, joris: User, noor: User) -> None:
    thread = threads.start(sanne, topic="Rooster", private=True, people=[joris.pk])
    word = thread_words.write(joris, thread.pk, "Vrijdag kan ik niet")
    assert told(joris) == ["thread_let_in"]
    for deed in (
        lambda: threads.read(noor, thread.pk),
        lambda: threads.follow(noor, thread.pk),
        lambda: threads.let_in(noor, thread.pk, [noor.pk]),
        lambda: threads.set_summary(noor, thread.pk, "x"),
        lambda: thread_words.write(noor, thread.pk, "x"),
        lambda: thread_words.one_word(noor, word.pk),
        lambda: threads.leave(noor, thread.pk),
    ):
        with pytest.raises(Missing):
            deed()
    assert not found(noor, "vrijdag").exists()
    assert found(sanne, "vrijdag").get() == thread
    with pytest.raises(Invalid, match="Noor may not read this thread"):
        thread_words.write(sanne, thread.pk, "Vraag het @noor")
    assert told(noor) == []


def test_who_leaves_a_private_thread_is_out_and_nobody_leaves_it_empty(sanne: User, joris: User) -> None:
    thread = threads.start(sanne, topic="Rooster", private=True, people=[joris.pk])
    thread_words.write(sanne, thread.pk, "Wie kan vrijdag?")
    threads.leave(joris, thread.pk)
    assert (count_unread(joris), readable(joris).exists()) == (0, False)
    with pytest.raises(Conflict):
        threads.leave(sanne, thread.pk)
    with pytest.raises(Conflict):
        threads.leave(sanne, threads.start(sanne, topic="Open").pk)


def test_one_subject_has_one_thread(sanne: User, joris: User) -> None:
    first = threads.start(sanne, topic="Voorstel", subject="proposal 12")
    assert threads.start(joris, topic="Ander woord", subject="proposal 12") == first
    with pytest.raises(Invalid):
        threads.start(sanne, topic="x", subject="proposal 13", private=True)


# ── what is said ─────────────────────────────────────────────────────────────
def test_followers_count_what_is_new_and_reading_ends_it(sanne: User, joris: User) -> None:
    thread = threads.start(sanne, topic="Uniformen")
    threads.follow(joris, thread.pk)
    for text in ("Een", "Twee"):
        thread_words.write(sanne, thread.pk, text)
    assert (unread(joris), unread(sanne), count_unread(joris)) == ([2], [], 1)
    threads.read(joris, thread.pk)
    assert count_unread(joris) == 0
    threads.unfollow(joris, thread.pk)
    thread_words.write(sanne, thread.pk, "Drie")
    assert count_unread(joris) == 0
    thread_words.write(joris, thread.pk, "Ik ben er weer")  # who writes follows
    thread_words.write(sanne, thread.pk, "Mooi")
    assert unread(joris) == [1]


def test_counting_asks_once_however_much_is_new(sanne: User, joris: User) -> None:
    for number in range(3):
        thread = threads.start(sanne, topic=f"Onderwerp {number}", people=[joris.pk])
        for text in ("Een", "Twee", "Drie"):
            thread_words.write(sanne, thread.pk, text)
    with CaptureQueriesContext(connection) as queries:
        assert count_unread(joris) == 3
    assert len(queries) == 1


def test_people_and_teams_that_are_named_follow_and_hear_of_it(sanne: User, joris: User, noor: User) -> None:
    rail = Team.objects.create(name="Web care")
    rail.members.set([joris, sanne])
    thread = threads.start(sanne, topic="Uniformen")
    word = thread_words.write(sanne, thread.pk, "Kijk even @web-care, en jij @noor. Of @niemand?")
    assert (told(joris), told(noor), told(sanne)) == (["thread_named"], ["thread_named"], [])
    assert unread(joris) == [1]
    thread_words.edit(sanne, word.pk, "Kijk even @web-care!")
    assert told(joris) == ["thread_named"], "who was named before is not told again"
    threads.read(joris, thread.pk)
    assert Notification.objects.get(user=joris).seen_at is not None


def test_a_word_is_changed_and_taken_back_by_its_author_alone(sanne: User, joris: User) -> None:
    thread = threads.start(sanne, topic="Uniformen")
    word = thread_words.write(sanne, thread.pk, "Rood")
    with pytest.raises(NotPermitted):
        thread_words.edit(joris, word.pk, "Blauw")
    with pytest.raises(NotPermitted):
        thread_words.delete(joris, word.pk)
    thread_words.edit(sanne, word.pk, "Groen")
    assert list(word.versions.values_list("text", flat=True)) == ["Rood"]
    thread_words.delete(sanne, word.pk)
    word.refresh_from_db()
    assert (word.text, word.deleted_at is not None, Version.objects.count()) == ("", True, 0)
    with pytest.raises(Conflict):
        thread_words.edit(sanne, word.pk, "Toch rood")
    assert not found(sanne, "groen").exists()


def test_the_same_words_at_once_are_one_word(sanne: User) -> None:
    thread, now = threads.start(sanne, topic="Uniformen"), timezone.now()
    first = thread_words.write(sanne, thread.pk, "Ja", now=now)
    assert thread_words.write(sanne, thread.pk, "Ja", now=now + timedelta(seconds=2)) == first
    assert thread_words.write(sanne, thread.pk, "Ja", now=now + timedelta(minutes=1)) != first


def test_words_are_found_in_both_languages_and_in_summaries(sanne: User, joris: User) -> None:
    thread = threads.start(sanne, topic="Trains at night")
    thread_words.write(sanne, thread.pk, "De bovenleidingen zijn gerepareerd")
    threads.set_summary(sanne, thread.pk, "Everything runs again")
    for words in ("bovenleiding", "train", "running", '"zijn gerepareerd"'):
        assert found(joris, words).get() == thread, words
    assert not found(joris, "uniform").exists()


def test_what_is_looked_for_is_found_by_index_and_what_many_say_too(
    sanne: User, joris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    many = Thread.objects.bulk_create(
        Thread(topic=f"Storing {number}", created_at=now, last_at=now) for number in range(3_000)
    )
    Word.objects.bulk_create(
        Word(thread=one, author=sanne, text=f"de bus van {one.topic}", created_at=now) for one in many
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE threads_thread, threads_word")
    plans = plans_of(lambda: list(found(joris, '"bus van storing 77"').order_by("-last_at", "-id")[:50]))
    assert len(plans) == 3
    assert [plan for plan in plans if "Seq Scan on threads_thread" in plan or "Seq Scan on threads_word" in plan] == []
    assert [one.topic for one in found(joris, '"storing 77"')] == ["Storing 77"]
    few = {one.pk for one in found(joris, "storing OR 77")}
    monkeypatch.setattr("desk.common.few.few.__defaults__", (3,))
    assert {one.pk for one in found(joris, "storing OR 77")} == few == {one.pk for one in many}
    assert {one.pk for one in found(joris, "bus")} == few, "what is said in words alone"


def test_a_summary_that_somebody_changed_meanwhile_is_not_written_over(sanne: User, joris: User) -> None:
    thread = threads.start(sanne, topic="Uniformen")
    threads.set_summary(sanne, thread.pk, "Rood", version=0)
    with pytest.raises(Conflict, match="Sanne changed the summary"):
        threads.set_summary(joris, thread.pk, "Blauw", version=0)
    threads.set_summary(joris, thread.pk, "Blauw", version=1)
    thread.refresh_from_db()
    assert (thread.summary, thread.summary_by, thread.summary_version) == ("Blauw", joris, 2)
    assert list(thread.versions.values_list("text", "by")) == [("Rood", sanne.pk)]


def test_of_a_private_thread_only_the_screens_of_who_is_in_it_hear(
    sanne: User, joris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr("desk.actions.threads.thread_tells.publish", lambda _kind, payload: sent.append(payload))
    tell(threads.start(sanne, topic="Open"))
    assert "user" not in sent[-1]
    sent.clear()
    thread = threads.start(sanne, topic="Rooster", private=True, people=[joris.pk])
    thread_words.write(sanne, thread.pk, "Wie kan vrijdag?")
    assert {one["user"] for one in sent} == {sanne.pk, joris.pk}
    assert all("vrijdag" not in str(one) for one in sent), "no text leaves with it"


# ── swarms ───────────────────────────────────────────────────────────────────
def test_a_swarm_from_opening_to_finding(ticket: Ticket, sanne: User, joris: User) -> None:
    tickets.claim(sanne, ticket.pk)
    state = Ticket.objects.get().state
    swarm = swarms.open_swarm(joris, ticket.pk)
    assert swarms.open_swarm(sanne, ticket.pk) == swarm, "the second key goes into the one that runs"
    assert (told(sanne), Ticket.objects.get().swarming_since is not None) == (["swarm_opened"], True)
    assert Ticket.objects.get().state == state
    thread_words.write(sanne, swarm.pk, "Breukelen?")
    with pytest.raises(Invalid):
        swarms.close(joris, swarm.pk, "  ")
    swarms.close(joris, swarm.pk, FOUND, suggest=True)
    assert Ticket.objects.get().swarming_since is None
    assert list(TicketEvent.objects.filter(kind__startswith="swarm").values_list("kind", flat=True)) == [
        "swarm_opened",
        "swarm_closed",
    ]
    suggestion = Suggestion.objects.get()
    assert (suggestion.kind, suggestion.author, suggestion.answer) == ("finding", joris, FOUND)
    for deed in (
        lambda: thread_words.write(sanne, swarm.pk, "Nog iets"),
        lambda: swarms.close(sanne, swarm.pk, "Nog een"),
        lambda: threads.set_summary(sanne, swarm.pk, "x"),
    ):
        with pytest.raises(Conflict):
            deed()
    assert swarms.open_swarm(sanne, ticket.pk) != swarm


def test_a_thread_that_is_no_swarm_has_no_finding_and_a_ticket_that_is_done_no_swarm(
    ticket: Ticket, sanne: User
) -> None:
    with pytest.raises(Conflict):
        swarms.close(sanne, threads.start(sanne, topic="x").pk, FOUND)
    tickets.transition(sanne, ticket.pk, "resolve")
    with pytest.raises(Conflict):
        swarms.open_swarm(sanne, ticket.pk)


def test_a_swarm_goes_along_when_tickets_become_one(sanne: User) -> None:
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
    first, second = Ticket.objects.order_by("id")
    swarm = swarms.open_swarm(sanne, first.pk)
    tickets.merge(sanne, first.pk, second.pk)
    swarm.refresh_from_db()
    assert swarm.ticket == second
    assert [one.swarming_since is not None for one in Ticket.objects.order_by("id")] == [False, True]


def test_a_crisis_opens_one_at_the_level_of_its_plan_and_ends_it(noor: User, sanne: User) -> None:
    crisis = crises.start(noor, reason="Storing", level=1)
    assert not Thread.objects.exists()
    crises.set_level(noor, crisis.pk, 2, reason="Het wordt erger")
    swarm = Thread.objects.get()
    assert (swarm.crisis_id, swarm.swarm, swarm.started_by, swarm.topic) == (crisis.pk, True, None, "Storing")
    assert Participant.objects.get().user == noor
    crises.set_level(noor, crisis.pk, 3, reason="Nog erger")
    assert Thread.objects.count() == 1
    threads.set_summary(noor, swarm.pk, FOUND)
    with pytest.raises(Missing):
        swarms.close(sanne, swarm.pk, "Klaar")
    crises.stand_down(noor, crisis.pk, reason="Voorbij")
    swarm.refresh_from_db()
    assert (swarm.finding, swarm.closed_by, swarm.swarming) == (FOUND, noor, False)
    assert crisis_report.report_of(Crisis.objects.get(), timezone.now()).found == [swarm]


def test_a_word_becomes_a_line_of_the_log(noor: User) -> None:
    from desk.actions.crises import decisions

    crisis = crises.start(noor, reason="Storing", level=2)
    word = thread_words.write(noor, Thread.objects.get().pk, "We sluiten het loket")
    decisions.into_log(noor, word.pk)
    line = CrisisEntry.objects.filter(crisis=crisis).last()
    assert line is not None
    assert (line.kind, line.text, line.actor) == ("note", "Noor: We sluiten het loket", noor)
    alone = thread_words.write(noor, threads.start(noor, topic="x").pk, "Iets anders")
    with pytest.raises(Conflict):
        decisions.into_log(noor, alone.pk)


# ── what is kept of customers ────────────────────────────────────────────────
def test_words_about_a_customer_go_with_the_customer_wherever_they_stand(
    ticket: Ticket, sanne: User, joris: User
) -> None:
    admin = User.objects.create_user("admin", role="administrator")
    handle = ticket.profile.handle
    swarm = swarms.open_swarm(sanne, ticket.pk)
    thread_words.write(sanne, swarm.pk, "Marit belde ook")
    alone = threads.start(joris, topic="Lift", private=True)
    kept = thread_words.write(joris, alone.pk, "De lift is stuk")
    by_number = thread_words.write(joris, alone.pk, f"Zie #{ticket.pk}, Marit in een rolstoel")
    by_handle = thread_words.write(joris, alone.pk, f"Ook @{handle.lstrip('@')} dus")
    thread_words.edit(joris, kept.pk, "De lift is nog stuk")
    done = erasure.erase(admin, ticket.customer_id, ground="request", handle=handle)
    while erasure_run.go_on(done.pk, timezone.now()):
        pass
    texts = dict(Word.objects.values_list("pk", "text"))
    assert [texts[one.pk] for one in (by_number, by_handle, kept)] == ["", "", "De lift is nog stuk"]
    assert Word.objects.get(thread=swarm).text == ""


def test_an_export_has_what_its_reader_may_read(ticket: Ticket, sanne: User) -> None:
    admin = User.objects.create_user("admin", role="administrator")
    thread_words.write(sanne, threads.start(sanne, topic="Open", ticket_id=ticket.pk).pk, "In het open")
    hidden = threads.start(sanne, topic="Dicht", ticket_id=ticket.pk, private=True)
    thread_words.write(sanne, hidden.pk, "Onder ons")
    made = str(customer_export.export(admin, ticket.customer_id))
    assert ("In het open" in made, "Onder ons" in made) == (True, False)
    threads.let_in(sanne, hidden.pk, [admin.pk])
    assert "Onder ons" in str(customer_export.export(admin, ticket.customer_id))


def test_redis_is_told_after_the_commit_alone(sanne: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(live, "_send", lambda kind, _payload: sent.append(kind))
    threads.start(sanne, topic="Uniformen")
    assert sent == []
