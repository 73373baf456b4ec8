"""One of each object that colleagues share, looked at as every role and by whoever holds the link of another ticket.

The screens and the API beside each other, so that neither opens what the other keeps shut. `test_inward_doors.py` has
articles, suggestions, causes and their like; what changes something is tried in `tests/actions/test_verbs.py`.
"""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from desk.actions.questions import question_links, questions
from desk.actions.threads import thread_words, threads
from desk.automation.models import Trial
from desk.changes.models import Change
from desk.common.files import Handed
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.sla.models import SlaPolicy
from desk.tickets.models import Attachment, Ticket
from tests.actions.automated import a_rule, automated, tag
from tests.actions.promised import promise
from tests.actions.verbs_automation import a_macro
from tests.api.caller import Caller
from tests.files import PNG
from tests.web.addresses import got_in, tried
from tests.web.browsing import asked_by
from tests.web.links import alive, expired, revoked

pytestmark = pytest.mark.django_db
READ, WORK, RULES = Permission.READ_TICKETS, Permission.WORK_TICKETS, Permission.WRITE_AUTOMATION
ERASE, BLOCK = Permission.ERASE_CUSTOMERS, Permission.BLOCK_CUSTOMERS
SEAT = None  # whoever signs in
Doors = dict[str, Permission | None]


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("eigenaar", role=Role.AGENT)


@pytest.fixture
def piet() -> User:
    """Who was asked about one ticket, and has no seat."""
    return User.objects.create_user("piet", role=Role.COLLEAGUE, email="piet@vlotlijn.nl")


@pytest.fixture
def other(ticket: Ticket) -> Ticket:
    return asked_by(ticket.inbox, "tom", "Heel iets anders")


@pytest.fixture
def scene(ticket: Ticket, owner: User, tmp_path: Path, settings: Settings) -> tuple[Doors, Doors]:
    """Where one of each object stands, on screen and in the API, with what it asks of a reader."""
    settings.MEDIA_ROOT = str(tmp_path)
    now, customer = timezone.now(), ticket.customer_id
    promise(first=30)
    proposal = Change.objects.create(
        kind="sla_policy", thing=SlaPolicy.objects.latest("pk").pk, title="Spoed", what="Sneller", began_at=1,
        values={"first_response_minutes": 4}, state="proposed", author=owner, created_at=now, changed_at=now,
        proposed_at=now,
    ).pk  # fmt: skip
    version = automated(a_rule("late", "waiting", tag("laat"), minutes=60), now=now)
    rules = version.number
    trial = Trial.objects.create(
        version=version,
        asked_at=now,
        moved_at=now,
        ended_at=now,
        state="failed",
        document={},
        digest="-",
        days=7,
        asked_by=owner,
    ).pk
    macro = a_macro(None)
    message = ticket.conversation.messages.get()
    sent = Attachment.objects.create(message=message, kind="image", state="stored", content_type="image/png")
    sent.file.save("x.png", ContentFile(PNG))
    given = [Handed("kaart.png", PNG)]
    thread = threads.start(owner, topic="Lift")
    word = thread_words.write(owner, thread.pk, "", handed=given)
    kim = User.objects.create_user("kim", role=Role.COLLEAGUE, email="kim@vlotlijn.nl")
    question = questions.ask(owner, ticket.pk, text="Heb je een foto?", user_id=kim.pk)
    answer = questions.answer(kim, question.pk, "", handed=given)
    word_file, answer_file = word.files.get().pk, answer.files.get().pk
    proposals, automation = "/administration/changes", "/administration/automation"
    screens: Doors = {
        f"{proposals}/": SEAT,
        f"{proposals}/proposals/": SEAT,
        f"{proposals}/proposals/{proposal}/": SEAT,
        f"{proposals}/proposals/{proposal}/preview/": SEAT,
        f"{proposals}/automation/1/versions/": RULES,
        f"{automation}/": RULES,
        f"{automation}/{rules}/": RULES,
        f"{automation}/{rules}/automation.yaml": RULES,
        f"{automation}/trials/{trial}/": RULES,
        reverse("administration-firings"): RULES,
        "/macros/": WORK,
        f"/macros/{macro}/": WORK,
        f"/tickets/{ticket.pk}/customer/": READ,
        f"/tickets/{ticket.pk}/network-block/dialog/": BLOCK,
        reverse("customer-data", args=[customer]): ERASE,
        f"/attachments/{sent.pk}/": READ,
        f"/messages/{message.pk}/text/": READ,
        f"/threads/{thread.pk}/": READ,
        f"/threads/files/{word_file}/": READ,
        f"/answers/files/{answer_file}/": READ,
    }
    api: Doors = {
        "changes/": READ,
        f"changes/{proposal}/": READ,
        f"changes/{proposal}/preview/": READ,
        f"changes/{proposal}/remarks/": READ,
        "changes/kinds/automation/things/1/versions/": RULES,
        "automation/": RULES,
        f"automation/{rules}/": RULES,
        "automation/active/": RULES,
        f"automation/trials/{trial}/": RULES,
        "automation/firings/": RULES,
        "macros/": WORK,
        f"macros/{macro}/": WORK,
        "customers/": READ,
        f"customers/{customer}/": READ,
        f"customers/{customer}/tickets/": READ,
        f"customers/{customer}/suggestions/": READ,
        f"customers/{customer}/personal-data/": ERASE,
        f"attachments/{sent.pk}/": READ,
        f"threads/{thread.pk}/": READ,
        f"threads/{thread.pk}/words/": READ,
        f"thread-files/{word_file}/": READ,
        f"answer-files/{answer_file}/": READ,
        f"questions/{question.pk}/": READ,
    }
    return screens, api


def test_each_role_reads_what_it_may_on_screen_and_over_the_api(scene: tuple[Doors, Doors], client: Client) -> None:
    screens, api = scene
    wrong = []
    for role in Role.values:
        person, may = User.objects.create_user(f"een-{role}", role=role), permissions_of(role)
        client.force_login(person)
        for address, needs in screens.items():
            status = _status(tried(client, address, None))
            if (status == 200) != (role != Role.COLLEAGUE and (needs is SEAT or needs in may)):
                wrong.append((role, address, status))
        caller = Caller(person)
        for address, needs in api.items():
            status = _status(caller.client.get(f"/api/v1/{address}", headers=caller.headers))
            if status != (200 if needs in may else 403):
                wrong.append((role, address, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_whoever_holds_the_link_of_another_ticket_reads_none_of_it(
    scene: tuple[Doors, Doors], other: Ticket, owner: User, piet: User, client: Client
) -> None:
    """Nor by that link itself, whatever became of it: a file of another question is not behind it."""
    screens, api = scene
    question = questions.ask(owner, other.pk, text="Weet jij dit?", user_id=piet.pk)
    files = [int(address.rstrip("/").rpartition("/")[2]) for address in screens if address.startswith("/answers/files")]
    for end, status in ((alive, 200), (expired, 404), (revoked, 404)):
        link = question.links.get()
        end(link)
        token = question_links.token_of(link.pk)
        assert client.get(reverse("asked", args=[token])).status_code == status, end.__name__
        opened = [address for address in screens if got_in(tried(client, address, None))]
        opened += [address for address in api if client.get(f"/api/v1/{address}").status_code != 401]
        opened += [
            f"by link {one}" for one in files if client.get(reverse("asked-file", args=[token, one])).status_code == 200
        ]
        assert opened == [], end.__name__


def _status(answer: HttpResponseBase) -> int:
    """A file is shut once it was read to its end."""
    if isinstance(answer, StreamingHttpResponse):
        list(answer)
    return answer.status_code
