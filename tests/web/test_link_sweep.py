"""Every address of the desk, tried by whoever holds a link to one question and nothing else."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from desk.actions.questions import question_links, questions
from desk.people.models import User
from desk.people.permissions import Role
from desk.questions.models import Link
from desk.tickets.models import Ticket
from tests.web.addresses import got_in, patterns, tried
from tests.web.links import alive, expired, revoked

pytestmark = pytest.mark.django_db
# These are for whoever stands outside: they ask for a signature of their own, or show what is public.
OUTSIDE = (
    "healthz", "readyz", "metrics", "webhooks/", "f/", "help/", "asked/", "proposed/", "crisis-messages/",
    "reports/unsubscribe/", "causes/unsubscribe/", "language/", "accounts/", "api/schema/", "api/docs/", "wallboard/",
)  # fmt: skip


_GROUP = re.compile(r"\(\?P<\w+>([^)]*)\)|<[\w:]+>")


def _filled(place: re.Match[str]) -> str:
    """Something that may stand there."""
    shape = place[1] or "[0-9]"
    if shape.startswith("["):
        return "1" if shape.startswith("[0-9]") else "x"
    return shape.partition("|")[0]


def refused(client: Client, address: str) -> bool:
    """At the door, or as nobody, before the desk says whether there is such a thing."""
    answers = tried(client, address, None), tried(client, address, {})
    return not any(got_in(one) for one in answers) and all(
        one.status_code in (401, 403, 405) or one.status_code == 302 for one in answers
    )


@pytest.mark.parametrize("end", [alive, expired, revoked])
def test_a_link_opens_its_question_and_no_other_address(
    ticket: Ticket, client: Client, end: Callable[[Link], None]
) -> None:
    kim = User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")
    agent = User.objects.create_user("suze", role=Role.AGENT)
    link = questions.ask(agent, ticket.pk, text="Weet jij dit?", user_id=kim.pk).links.get()
    end(link)
    client.get(f"/asked/{question_links.token_of(link.pk)}/")
    filled = (_GROUP.sub(_filled, route).replace("\\.", ".").replace("^", "").rstrip("$") for route, _one in patterns())
    addresses = ["/" + one for one in filled if one != "api/" and not one.startswith(OUTSIDE)]
    assert len(addresses) > 400
    assert [address for address in addresses if not refused(client, address)] == []
