"""Files of questions, causes, improvements, articles, threads, firings and proposals, over the API and the screen."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from desk.actions.changes import changes
from desk.actions.crises import crises
from desk.actions.exports.exports import KINDS, export
from desk.actions.questions import questions
from desk.actions.threads import thread_words
from desk.automation.models import AutomationVersion, Firing
from desk.common.files import Handed
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from desk.threads.models import Thread
from desk.tickets.models import Ticket
from tests.actions.causes import a_cause, an_improvement
from tests.api.caller import Caller
from tests.articles import an_article
from tests.files import PNG

pytestmark = pytest.mark.django_db
SECRET = "NL91ABNA0417164300"


@pytest.fixture
def something(agent: Caller, ticket: Ticket) -> None:
    """One of each kind, and a question with personal data in it."""
    kim = User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")
    asked = questions.ask(agent.user, ticket.pk, text=f"=Klopt {SECRET}?", user_id=kim.pk)
    questions.answer(kim, asked.pk, "Ja, dat klopt")
    thread_words.begin(
        agent.user, topic="Deuren", first=f"Zie #{ticket.pk}, {SECRET}", handed=[Handed("deur.png", PNG)]
    )
    an_improvement(a_cause("Deuren", "Doors"), done_on=timezone.localdate() - timedelta(days=30))
    an_article("Hond mee\nMag gratis mee.", en="Dogs\nTravel free.")
    a_firing(ticket)
    changes.draft(kim, "macro", 0, what="=Een macro voor refunds", why="Scheelt tijd")
    changes.draft(kim, "macro", 0, what="Nog niet", propose=False)


def a_firing(ticket: Ticket, cause: str = "event 1") -> Firing:
    return Firing.objects.create(
        version=AutomationVersion.objects.get(state="active"), rule="late", name="Laat", ticket=ticket, on="waiting",
        cause=cause, at=timezone.now(), chain=["first", "late"],
        conditions=[{"name": "networks", "wanted": ["x"], "found": "x", "holds": True}],
        outcomes=[{"do": "tag", "value": "laat", "became": "done"},
                  {"do": "resolve", "became": "refused", "why": "De klant wacht"}],
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_both_forms_say_the_same_and_who_took_it_is_written_down(
    supervisor: Caller, something: None, kind: str
) -> None:
    as_json = supervisor.get(f"exports/{kind}/json/")
    as_csv = supervisor.get(f"exports/{kind}/csv/")
    assert (as_json.status, as_csv.status) == (200, 200)
    lines, rows = as_json.body, list(csv.DictReader(as_csv.response.content.decode().splitlines()))
    assert lines
    assert len(rows) == len(lines)
    assert list(rows[0]) == list(lines[0]) == list(KINDS[kind].columns)
    assert str(lines[0]["id"]) == rows[0]["id"]
    assert as_csv.response["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    as_xlsx = supervisor.get(f"exports/{kind}/xlsx/")
    sheet = load_workbook(io.BytesIO(as_xlsx.response.content)).active
    assert sheet is not None
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == [list(rows[0]), *(list(row.values()) for row in rows)]
    taken = AuditEntry.objects.filter(verb="exported", actor=supervisor.user)
    assert {one.detail["form"] for one in taken} == {"csv", "xlsx", "json"}


def test_questions_are_masked_and_no_formula(
    expert: Caller, supervisor: Caller, something: None, settings: LazySettings
) -> None:
    assert expert.get("exports/questions/csv/").problem == (403, "not_permitted")
    assert SECRET in supervisor.get("exports/questions/json/").body[0]["text"]
    settings.SEE_PERSONAL_DATA = ()
    (line,) = supervisor.get("exports/questions/json/").body
    assert (line["state"], line["answer"], line["answered_by"], line["asked_by"]) == (
        "answered", "Ja, dat klopt", "kim", "sanne",
    )  # fmt: skip
    (row,) = csv.DictReader(supervisor.get("exports/questions/csv/").response.content.decode().splitlines())
    assert row["text"].startswith("'=Klopt")
    assert SECRET not in row["text"]


def test_an_article_has_a_line_for_each_language_and_older_ones_are_in_the_next_file(
    agent: Caller, something: None
) -> None:
    newest = an_article()
    lines = agent.get("exports/articles/json/").body
    assert [(one["language"], one["title"]) for one in lines] == [
        ("nl", "Nachttrein"), ("nl", "Hond mee"), ("en", "Dogs"),
    ]  # fmt: skip
    assert len(agent.get(f"exports/articles/json/?before={newest.pk}").body) == 2
    assert agent.get("exports/people/csv/").problem == (404, "not_found")


@pytest.mark.parametrize("kind", KINDS)
def test_a_longer_file_costs_no_query_more(supervisor: Caller, something: None, kind: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            export(supervisor.user, kind, "json")
        return len(seen)

    few = queries()
    for number in range(5):
        an_article(f"Trein {number}\nRijdt.")
        an_improvement(a_cause(f"Oorzaak {number}"), done_on=timezone.localdate() - timedelta(days=30 + number))
        ticket = Ticket.objects.latest("pk")
        kim = User.objects.get(username="kim")
        questions.ask(supervisor.user, ticket.pk, text=f"En dit? {number}", user_id=kim.pk)
        thread_words.begin(supervisor.user, topic=f"Lift {number}", first="Hoi", handed=[Handed("x.png", PNG)])
        a_firing(ticket, f"event {number + 2}")
        changes.draft(kim, "cause", 0, what=f"Oorzaak {number}")
    assert queries() == few


def test_what_rules_did_and_what_is_proposed_reads_as_one_line_each(
    agent: Caller, supervisor: Caller, something: None
) -> None:
    (line,) = supervisor.get("exports/firings/json/").body
    assert (line["chain"], line["conditions"]) == ("first, late", "networks=x")
    assert line["outcomes"] == "tag laat done; resolve refused De klant wacht"
    assert agent.get("exports/firings/csv/").problem == (403, "not_permitted")
    (said,) = agent.get("exports/proposals/json/").body  # a draft is its author's
    assert (said["what"], said["author"], said["state"]) == ("=Een macro voor refunds", "kim", "proposed")
    (row,) = csv.DictReader(agent.get("exports/proposals/csv/").response.content.decode().splitlines())
    assert row["what"] == "'=Een macro voor refunds"


def test_threads_are_in_the_file_of_who_may_read_them(
    agent: Caller, supervisor: Caller, administrator: Caller, expert: Caller, something: None, ticket: Ticket
) -> None:
    hidden = thread_words.begin(agent.user, topic="Rooster", first="Vrijdag?", private=True, people=[expert.user.pk])
    crisis = crises.start(administrator.user, reason="Storing", level=2)
    swarm = Thread.objects.get(crisis=crisis)
    thread_words.write(administrator.user, swarm.pk, "We sluiten het loket")

    def taken(caller: Caller) -> tuple[set[str], set[str]]:
        threads, words = (caller.get(f"exports/{kind}/json/").body for kind in ("threads", "thread-words"))
        return {one["topic"] for one in threads}, {one["text"] for one in words}

    said = f"Zie #{ticket.pk}, {SECRET}"
    assert taken(agent) == ({"Deuren", "Rooster"}, {said, "Vrijdag?"})
    assert taken(supervisor) == ({"Deuren", "Storing"}, {said, "We sluiten het loket"})
    assert taken(administrator) == taken(supervisor), "private is private"
    topics, texts = taken(expert)
    assert topics == {"Deuren", "Rooster"}
    assert not any(SECRET in text for text in texts)
    (line,) = [one for one in supervisor.get("exports/thread-words/json/").body if one["text"] == said]
    assert (line["files"], line["tickets"], line["author"]) == ("deur.png", str(ticket.pk), agent.user.username)
    (thread,) = [one for one in supervisor.get("exports/threads/json/").body if one["topic"] == "Deuren"]
    assert (thread["words"], thread["private"], thread["swarm"]) == (1, False, False)
    thread_words.delete(agent.user, hidden.words.get().pk)
    (gone,) = [one for one in expert.get("exports/thread-words/json/").body if one["thread"] == hidden.pk]
    assert (gone["text"], gone["deleted_at"] is not None) == ("", True)


def test_the_screen_gives_the_same_file(supervisor: Caller, something: None) -> None:
    supervisor.client.force_login(supervisor.user)
    page = supervisor.client.get("/exports/improvements.json")
    assert json.loads(page.content) == supervisor.get("exports/improvements/json/").body
    assert supervisor.client.get("/exports/people.csv").status_code == 404
    for address, kind in (
        ("/knowledge/", "articles"), ("/causes/improvements/", "improvements"),
        ("/threads/", "threads"), ("/threads/", "thread-words"),
        (reverse("proposals"), "proposals"), (reverse("administration-firings"), "firings"),
    ):  # fmt: skip
        assert f"/exports/{kind}.csv" in supervisor.client.get(address).content.decode()
    assert "/exports/questions.json" in supervisor.client.get("/questions/").content.decode()
