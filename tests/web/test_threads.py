"""What may not be read is nowhere: every kind of thread, as every role and as an outsider, by every way there is."""

import json
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from desk.actions.alerts.mails import message_of
from desk.actions.crises import crises
from desk.actions.threads import swarms, thread_words, threads
from desk.actions.threads.thread_mail import quotation
from desk.alerts.models import Mail, Notification
from desk.live.hub import event_of
from desk.people.models import ApiToken, User
from desk.people.permissions import Permission, Role
from desk.threads.models import Thread, Word
from desk.tickets import presence
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.web.browsing import Browser

pytestmark = pytest.mark.django_db
SAID = "qxzvwk"  # in every thread, and nowhere else
SECRET = "06-12345678"
KINDS = ("alone", "at_ticket", "private", "private_at_ticket", "swarm", "crisis", "private_at_crisis")
OUTSIDERS = [*Role.values, "left"]


@dataclass
class Talk:
    """A thread of each kind, all started by the same person, with one colleague let in to the private ones."""

    owner: User
    inside: User
    ticket: Ticket
    kinds: dict[str, Thread]

    def readers(self, kind: str) -> set[str]:
        """Who of one colleague of each role reads it."""
        if kind.startswith("private"):
            return set()
        needed = Permission.SEE_CRISES if kind == "crisis" else Permission.READ_TICKETS
        return {
            role for role in Role.values if User(role=role).may(Permission.READ_TICKETS) and User(role=role).may(needed)
        }


@pytest.fixture
def talk() -> Talk:
    owner = User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")
    inside = User.objects.create_user("joris", role=Role.AGENT, first_name="Joris", email="joris@vlotlijn.nl")
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    ticket = Ticket.objects.get()
    crisis = crises.start(owner, reason="Storing", level=2)
    made = {
        "alone": threads.start(owner, topic="Uniformen"),
        "at_ticket": threads.start(owner, topic="Deze klant", ticket_id=ticket.pk),
        "private": threads.start(owner, topic="Rooster", private=True, people=[inside.pk]),
        "private_at_ticket": threads.start(owner, topic="Stil", private=True, ticket_id=ticket.pk, people=[inside.pk]),
        "swarm": swarms.open_swarm(owner, ticket.pk),
        "crisis": Thread.objects.get(crisis=crisis),
        "private_at_crisis": threads.start(owner, topic="Stil", private=True, crisis_id=crisis.pk),
    }
    for kind, thread in made.items():
        thread_words.write(owner, thread.pk, f"{SAID} over {kind}, bel {SECRET}")
    return Talk(owner, inside, ticket, made)


def outsider(role: str) -> User:
    if role == "left":
        return User.objects.create_user("weg", role=Role.ADMINISTRATOR, is_active=False)
    return User.objects.create_user(f"een-{role}", role=role)


def signed(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def called(person: User) -> Client:
    _token, secret = ApiToken.issue(person)
    return Client(headers={"Authorization": f"Token {secret}"})


@pytest.mark.parametrize("role", OUTSIDERS)
def test_no_page_list_search_or_answer_shows_what_one_may_not_read(talk: Talk, role: str) -> None:
    person = outsider(role)
    page, api = signed(person), called(person)
    for kind, thread in talk.kinds.items():
        reads = role in talk.readers(kind)
        for answer in (
            page.get(f"/threads/{thread.pk}/"),
            page.get(f"/threads/{thread.pk}/", headers={"HX-Request": "true"}),
            api.get(f"/api/v1/threads/{thread.pk}/"),
            api.get(f"/api/v1/threads/{thread.pk}/words/"),
        ):
            assert (answer.status_code == 200) is reads, (kind, answer.status_code)
            if not reads:
                assert SAID not in answer.content.decode()
        listed = page.get("/threads/").content.decode(), page.get(f"/threads/?q={SAID}").content.decode()
        found = api.get(f"/api/v1/threads/?q={SAID}").content.decode(), api.get("/api/v1/threads/").content.decode()
        for text in listed:
            assert (f"/threads/{thread.pk}/" in text) is reads, kind
        for text in found:
            assert (thread.pk in {one["id"] for one in json.loads(text).get("results", [])}) is reads, kind


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_does_anything_in_what_they_may_not_read(talk: Talk, role: str) -> None:
    person = outsider(role)
    page, api = signed(person), called(person)
    before = {one.pk: one.text for one in Word.objects.all()}
    for kind, thread in talk.kinds.items():
        if role in talk.readers(kind):
            continue
        word = thread.words.get().pk
        deeds = [
            page.post(f"/threads/{thread.pk}/{deed}/", {"text": "x", "finding": "x", "people": str(person.pk)})
            for deed in ("say", "summary", "close", "let-in", "leave", "follow", "unfollow", "read")
        ]
        deeds += [page.post(f"/threads/words/{word}/{deed}/", {"text": "x"}) for deed in ("edit", "delete", "log")]
        body = json.dumps({"text": "x", "finding": "x", "people": [person.pk]})
        for path in ("words", "read", "follow", "people", "close"):
            deeds.append(api.post(f"/api/v1/threads/{thread.pk}/{path}/", body, "application/json"))
        deeds.append(api.put(f"/api/v1/threads/{thread.pk}/summary/", body, "application/json"))
        deeds.append(api.patch(f"/api/v1/thread-words/{word}/", body, "application/json"))
        deeds.append(api.delete(f"/api/v1/thread-words/{word}/"))
        deeds.append(api.post(f"/api/v1/thread-words/{word}/log/"))
        assert {one.status_code for one in deeds} <= {302, 401, 403, 404}, kind
        assert all(one.status_code != 302 or "/accounts/login/" in one["Location"] for one in deeds), kind
    assert {one.pk: one.text for one in Word.objects.all()} == before
    assert not Thread.objects.filter(participants__user=person).exists()


def test_who_is_let_in_reads_and_whoever_is_not_sees_no_trace_on_the_ticket(talk: Talk) -> None:
    agent, address = User.objects.create_user("sanne", role=Role.AGENT), f"/tickets/{talk.ticket.pk}/"
    hidden, shown = (f"/threads/{talk.kinds[kind].pk}/" for kind in ("private_at_ticket", "at_ticket"))
    assert (hidden in Browser(agent).page(address), shown in Browser(agent).page(address)) == (False, True)
    assert hidden in Browser(talk.inside).page(address)
    page = Browser(talk.inside).page(hidden)
    for words in ("Private.", "Only they read it:", "Noor", "Joris", f"{SAID} over private_at_ticket"):
        assert words in page


def test_the_live_line_and_presence_tell_outsiders_of_no_private_thread(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.dumps({"thread": 1, "user": talk.inside.pk, "followers": []})
    assert event_of("1-1", {"kind": "thread", "data": data}).user_id == talk.inside.pk
    assert event_of("1-1", {"kind": "thread", "data": json.dumps({"thread": 1})}).user_id is None
    said: list[object] = []
    monkeypatch.setattr(presence, "say", lambda place, *_rest: said.append(place))
    for person in (talk.inside, talk.owner, User.objects.create_user("sanne", role=Role.AGENT)):
        for kind in KINDS:
            signed(person).post("/live/presence/", {"thread": talk.kinds[kind].pk, "state": "viewing"})
    assert not {f"thread-{talk.kinds[kind].pk}" for kind in KINDS if kind.startswith("private")} & set(said)
    assert said.count(f"thread-{talk.kinds['crisis'].pk}") == 1, "of the agents nobody sees crises"


def test_a_mail_quotes_what_its_reader_may_read_by_then_and_masked(talk: Talk) -> None:
    thread = talk.kinds["private"]
    thread_words.write(talk.owner, thread.pk, f"@joris bel {SECRET}, {SAID}")
    notice = Notification.objects.get(user=talk.inside, kind="thread_named")
    assert SAID in quotation(notice)
    assert SECRET not in quotation(notice)
    mail = Mail.objects.create(
        user=talk.inside, state=Mail.State.QUEUED, created_at=timezone.now(), next_attempt_at=timezone.now()
    )
    Notification.objects.filter(pk=notice.pk).update(mail=mail)
    assert f"/threads/{thread.pk}/" in str(message_of(mail, talk.inside).body)
    threads.leave(talk.inside, thread.pk)
    assert quotation(notice) == ""


def test_a_card_of_a_ticket_and_masked_words_are_as_their_reader_may_see_them(talk: Talk) -> None:
    thread = talk.kinds["alone"]
    thread_words.write(talk.owner, thread.pk, f"Zie #{talk.ticket.pk}")
    reader = Browser(User.objects.create_user("bram", role=Role.EXPERT))
    page = reader.page(f"/threads/{thread.pk}/")
    assert 'class="ticket-card"' in page
    assert SAID in page
    assert SECRET not in page


def test_a_summary_over_somebody_elses_is_refused_and_says_whose(talk: Talk) -> None:
    thread = talk.kinds["alone"]
    threads.set_summary(talk.owner, thread.pk, "De eerste")
    answer = Browser(talk.inside).send(f"/threads/{thread.pk}/summary/", text="De tweede", version="0")
    assert answer.status_code == 409
    assert "Noor changed the summary" in answer.content.decode()


def test_a_new_thread_and_the_queue_that_shows_a_swarm(talk: Talk) -> None:
    browser = Browser(talk.inside)
    assert f"/tickets/{talk.ticket.pk}/" in browser.page("/queue/?view=open")
    assert "swarm at work" in browser.page("/queue/?view=open")
    answer = browser.client.post("/threads/new/", {"topic": "Lift", "text": "Wie weet hier iets van?"})
    assert answer.status_code == 302
    made = Thread.objects.latest("id")
    assert (made.topic, made.private, made.words.get().text) == ("Lift", False, "Wie weet hier iets van?")
    assert browser.client.post("/threads/new/", {"topic": ""}).status_code == 400
    assert json.loads(browser.page("/threads/count/"))["count"] == "2", "the private ones, in which somebody wrote"
    answer = browser.client.post(f"/tickets/{talk.ticket.pk}/swarm/")
    assert answer["Location"] == f"/threads/{talk.kinds['swarm'].pk}/"
    found = browser.page("/colleagues/?teams=1&q=noo")
    assert 'data-insert="@noor "' in found
