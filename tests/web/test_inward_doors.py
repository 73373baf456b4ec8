"""What the company knows, asks and changes, tried as every role and by whoever holds a link and nothing else.

A link to one question opens that question: no article, suggestion, cause, improvement, digest or file, whether it is
alive, over, or taken back. What verbs ask of a role is tried in `tests/actions/test_verbs.py`; here are the addresses.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desk.actions.questions import question_links, questions
from desk.knowledge.models import Article
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.questions.models import Link
from desk.tickets.models import Ticket
from tests.actions.causes import a_cause, a_department, an_improvement
from tests.api.caller import Caller
from tests.articles import a_suggestion, an_article
from tests.canned import a_canned
from tests.web.addresses import got_in, is_of, parameters_of, patterns, tried
from tests.web.browsing import asked_by
from tests.web.links import alive, expired, revoked

pytestmark = pytest.mark.django_db
PAGES = ("articles", "suggestions", "known", "cause_pages", "causes", "digests", "improvements", "exports")
RESOURCES = ("articles", "suggestions", "knowledge", "causes", "improvements", "digests", "exports")
ELSEWHERE = {"digest-unsubscribe"}  # for whoever has the signed link in the mail
READ, WRITE, PUBLISH = Permission.READ_TICKETS, Permission.WRITE_ARTICLES, Permission.PUBLISH_ARTICLES
RULES = Permission.WRITE_AUTOMATION
MANAGE = Permission.MANAGE_CAUSES
Door = tuple[str, str, Permission, dict[str, Any] | None]  # name, address, what it asks, what is posted


@pytest.fixture
def ids(ticket: Ticket) -> dict[str, int]:
    """One of everything, by the names that addresses have for it."""
    return {
        "ticket_id": ticket.pk,
        "other_id": asked_by(ticket.inbox, "tom", "Heel iets anders").pk,
        "article_id": an_article(audience=Article.Audience.INTERNAL).pk,
        "number": 1,
        "suggestion_id": a_suggestion(ticket).pk,
        "canned_id": a_canned().pk,
        "cause_id": a_cause("Deuren", "Doors").pk,
        "improvement_id": an_improvement(a_cause("Deuren", "Doors")).pk,
        "department_id": a_department("Materieel").pk,
    }


def doors(ids: dict[str, int]) -> list[Door]:
    """Every address of the screens."""

    def door(name: str, needs: Permission, posted: dict[str, Any] | None = None, **more: str) -> Door:
        wanted = {**ids, **more}
        parameters = {key: wanted[key] for key in parameters_of(name)}
        return name, reverse(name, kwargs=parameters), needs, posted

    forms = [door("causes-export", READ, form=form) for form in ("csv", "xlsx")]
    files = [
        door("export", {"questions": Permission.SEE_REPORTS, "firings": RULES}.get(kind, READ), kind=kind, form=form)
        for kind in (
            "questions",
            "causes",
            "improvements",
            "articles",
            "threads",
            "thread-words",
            "firings",
            "proposals",
        )
        for form in ("csv", "xlsx")
    ]
    return [
        *forms,
        *files,
        *(door(name, READ) for name in ("knowledge", "knowledge-gaps", "article", "article-version")),
        *(door(name, WRITE) for name in ("article-new", "article-edit")),
        *(door(name, WRITE, {}) for name in ("article-preview", "article-restore", "article-delete")),
        *(door(name, PUBLISH) for name in ("suggestions", "suggestion")),
        *(door(name, PUBLISH, {}) for name in ("suggestion-approve", "suggestion-reject")),
        door("article-canned", Permission.EDIT_CANNED, {"canned": ids["canned_id"], "do": "on"}),
        *(door(name, READ) for name in ("ticket-known", "ticket-known-one", "ticket-similar")),
        door("ticket-known-rate", Permission.WRITE_NOTES, {"helpful": "yes"}),
        door("article-helped", Permission.WRITE_NOTES, {"helpful": "yes"}),
        door("ticket-known-link", Permission.WRITE_NOTES, {"do": "on"}),
        *(door(name, READ) for name in ("causes", "cause", "digests", "digest", "improvements", "improvement")),
        *(door(name, READ) for name in ("cause-pdf", "digest-pdf", "improvement-new")),
        door("digest-subscribe", READ, {"do": "start"}),
        door("improvement-step", MANAGE, {"event": "agree"}),
        *(door(name, MANAGE) for name in ("administration-causes", "administration-cause-new")),
        *(door(name, MANAGE) for name in ("administration-causes-asking", "administration-cause")),
        *(door(name, MANAGE) for name in ("administration-departments", "administration-department")),
        door("administration-cause-act", MANAGE, {}, step="archive"),
        door("administration-cause-merge", MANAGE, {"into": a_cause("Vol").pk}),
        door("administration-department-delete", MANAGE, {}),
    ]


# These refuse for another reason as things stand here; that they ask the role first is what is tried.
_PLACE = re.compile(r"<\w+:(\w+)>")
OTHERWISE = {"ticket-known-use": Permission.REPLY, "improvement-tell": Permission.ANSWER_IN_BATCHES}


def test_no_address_is_left_out(ids: dict[str, int]) -> None:
    known = {name for name, _address, _needs, _posted in doors(ids)} | ELSEWHERE | OTHERWISE.keys()
    assert {one.name for _route, one in patterns() if is_of(one, "desk.web.views", PAGES)} == known


@pytest.mark.parametrize("role", Role.values)
def test_each_role_gets_in_where_it_may_and_nowhere_else(ids: dict[str, int], client: Client, role: str) -> None:
    client.force_login(User.objects.create_user("iemand", "iemand@vlotlijn.nl", role=role))
    wrong = []
    for name, address, needs, posted in doors(ids):
        if got_in(tried(client, address, posted)) != (needs in permissions_of(role)):
            wrong.append(name)
    for name, needs in OTHERWISE.items():
        address = reverse(name, kwargs={key: ids[key] for key in parameters_of(name)})
        if (tried(client, address, {}).status_code in (400, 409)) != (needs in permissions_of(role)):
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize("end", [alive, expired, revoked])
def test_who_holds_the_link_of_a_ticket_gets_in_nowhere_else(
    ids: dict[str, int], client: Client, end: Callable[[Link], None]
) -> None:
    kim = User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")
    agent = User.objects.create_user("suze", role=Role.AGENT)
    link = questions.ask(agent, ids["other_id"], text="Weet jij dit?", user_id=kim.pk).links.get()
    end(link)
    assert client.get(reverse("asked", args=[question_links.token_of(link.pk)])).status_code in (200, 404)
    opened = [name for name, address, _needs, posted in doors(ids) if got_in(tried(client, address, posted))]
    assert opened == []
    assert [address for address in _addresses(ids) if client.get(address).status_code != 401] == []


@pytest.mark.parametrize("role", Role.values)
def test_each_role_reads_over_the_api_what_it_may(ids: dict[str, int], role: str) -> None:
    caller = Caller(User.objects.create_user("iemand", "iemand@vlotlijn.nl", role=role))
    wrong = []
    for address, needs in _addresses(ids).items():
        status = caller.client.get(address, {"q": "trein"}, headers=caller.headers).status_code
        if status != (200 if needs in permissions_of(role) else 403):
            wrong.append((address, status))
    assert wrong == []


def _addresses(ids: dict[str, int]) -> dict[str, Permission]:
    """Every address of the API that can be read, with what it asks."""
    found = {}
    for route, one in patterns():
        view: Any = vars(one.callback).get("view_class")
        if not is_of(one, "desk.api.resources", RESOURCES) or not hasattr(view, "get"):
            continue
        for kind in ("questions", "articles", "threads", "thread-words") if "kind>" in route else ("",):
            values: dict[str, Any] = {**ids, "kind": kind}
            address = "/" + _PLACE.sub(partial(_filled, values), route)
            found[address] = Permission.SEE_REPORTS if kind == "questions" else view.reads
    return found


def _filled(values: dict[str, Any], place: re.Match[str]) -> str:
    return str(values[place[1]])
