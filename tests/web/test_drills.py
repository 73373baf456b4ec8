"""The screens of drills: planning, running, the score card, and the mark wherever one shows."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.drills import drills
from desk.actions.replies import reply as replies
from desk.crises.models import Crisis
from desk.drills.models import Beat, Drill
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.drilled import SCENARIO, a_drill
from tests.sandbox import SandboxProcess
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
MARK = "Nothing here is real"


@pytest.fixture
def noor(drill_sandbox: SandboxProcess, settings: LazySettings) -> User:
    settings.SANDBOX_URL = drill_sandbox.address
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


@pytest.fixture
def comms(noor: User) -> Client:
    browser = Client()
    browser.force_login(noor)
    return browser


@pytest.fixture
def stage(noor: User) -> Inbox:
    return an_inbox(name="Oefening", drill=True, own_id="9")


def text_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_inbox_for_drills_is_made_without_credentials(comms: Client) -> None:
    assert "There is no inbox for drills yet" in text_of(comms, "/crises/drills/new/")
    assert comms.post("/crises/drills/inboxes/new/", {"name": "", "network": "x"}).status_code == 400
    assert comms.post("/crises/drills/inboxes/new/", {"name": "Podium", "network": "x"}).status_code == 302
    made = Inbox.objects.get()
    assert (made.drill, made.base_url, made.state) == (True, "", "paused")
    assert "Podium" in text_of(comms, "/crises/drills/")


def test_one_is_planned_changed_and_cancelled(comms: Client, stage: Inbox) -> None:
    wish = {"scenario": "outage", "inbox": stage.pk, "language": "nl", "speed": "60", "announced": "on"}
    refused = comms.post("/crises/drills/new/", {**wish, "planned_at": "2020-01-01T10:00"})
    assert refused.status_code == 400
    assert "still to come" in refused.content.decode()
    at = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    made = comms.post("/crises/drills/new/", {**wish, "planned_at": f"{at:%Y-%m-%dT%H:%M}", "repeat_days": "90"})
    drill = Drill.objects.get()
    assert (made.status_code, made.headers["Location"]) == (302, f"/crises/drills/{drill.pk}/")
    assert (drill.planned_at, drill.repeat_days, drill.name) == (at, 90, "Large outage")
    assert "and every 90 days" in text_of(comms, f"/crises/drills/{drill.pk}/")
    form = text_of(comms, f"/crises/drills/{drill.pk}/change/")
    assert '<option value="60" selected>' in form
    assert comms.post(f"/crises/drills/{drill.pk}/change/", {**wish, "scenario": "hoax"}).status_code == 302
    drill.refresh_from_db()
    assert (drill.scenario.key, drill.planned_at) == ("hoax", None)
    comms.post(f"/crises/drills/{drill.pk}/cancel/")
    drill.refresh_from_db()
    assert drill.state == "cancelled"
    assert comms.get(f"/crises/drills/{drill.pk}/change/").status_code == 404


def test_a_scenario_of_ones_own_is_refused_by_its_paths(comms: Client, stage: Inbox) -> None:
    wish = {"scenario": "own", "inbox": stage.pk, "language": "nl", "speed": "1"}
    posts = "posts: [{at: 9, author: jan, text: {nl: Hoi}}]"
    text = f"key: eigen\ntitle: {{nl: Eigen, en: Own}}\nphases:\n  - minutes: 5\n    {posts}"
    refused = comms.post("/crises/drills/new/", {**wish, "document": text})
    assert "phases[0].posts[0].at: This phase is over by then" in refused.content.decode()
    assert (
        "can&#x27;t be read from line" in comms.post("/crises/drills/new/", {**wish, "document": "{"}).content.decode()
    )
    assert comms.post("/crises/drills/new/", {**wish, "document": text.replace("at: 9", "at: 2")}).status_code == 302
    drill = Drill.objects.get()
    assert "key: eigen" in text_of(comms, f"/crises/drills/{drill.pk}/change/")


def test_one_that_runs_shows_how_far_it_is_and_is_marked_everywhere(comms: Client, noor: User, stage: Inbox) -> None:
    drill = a_drill(noor, stage)
    assert comms.post(f"/crises/drills/{drill.pk}/start/").status_code == 302
    Beat.objects.filter(drill=drill, number__lte=2).update(played_at=timezone.now(), external_id="1")
    page = text_of(comms, f"/crises/drills/{drill.pk}/")
    assert "2 of 5" in page
    assert "Alles ligt plat!" in page
    form = text_of(comms, "/crises/new/?drill=1")
    assert 'name="drill" value="on" checked' in form
    comms.post("/crises/new/", {"reason": "Alles ligt plat", "level": "2", "drill": "on"})
    crisis = Crisis.objects.get()
    assert crisis.drill
    take_in(stage, [a_mention("1")], now=timezone.now())
    ticket = Ticket.objects.get()
    agent = signed_in(Role.AGENT)
    reply = replies.submit(colleague(), ticket.pk, text="Hoi", visibility="public", idempotency_key="1")
    assert reply.state == "held"
    queue = text_of(agent, "/queue/?view=open")
    assert '<span class="tag drill">Drill</span>' in queue
    assert "Drill: Level 2, elevated" in queue
    for address in (
        f"/tickets/{ticket.pk}/",
        f"/crises/{crisis.pk}/",
        f"/crises/{crisis.pk}/room/",
        f"/crises/{crisis.pk}/room/?projector=1",
        f"/crises/{crisis.pk}/report/",
        f"/crises/{crisis.pk}/held/",
        f"/crises/drills/{drill.pk}/",
        f"/approvals/{reply.pk}/",
    ):
        assert MARK in text_of(comms, address), address
    for address in ("/crises/", "/approvals/"):
        assert '<span class="tag drill">Drill</span>' in text_of(comms, address), address


def test_nothing_real_is_marked(comms: Client, noor: User) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    crisis = crises.start(noor, reason="Echt", level=2)
    for address in ("/queue/?view=open", f"/tickets/{Ticket.objects.get().pk}/", f"/crises/{crisis.pk}/", "/crises/"):
        shown = text_of(comms, address).partition("<template")[0] + text_of(comms, address).partition("</template>")[2]
        assert MARK not in shown
        assert "tag drill" not in shown
    assert "Only of the drill that runs" not in text_of(comms, "/crises/new/")


def test_the_score_card_stands_beside_earlier_ones_and_proves_the_plan(comms: Client, noor: User, stage: Inbox) -> None:
    assert "not proven" in text_of(comms, "/")
    first = drills.start_drill(noor, a_drill(noor, stage).pk)
    comms.post(f"/crises/drills/{first.pk}/end/")
    page = text_of(comms, f"/crises/drills/{first.pk}/")
    assert "Not passed" in page
    assert "within 5 min" in page
    second = drills.end_drill(noor, drills.start_drill(noor, a_drill(noor, stage).pk).pk)
    Drill.objects.filter(pk=second.pk).update(passed=True)
    table = text_of(comms, f"/crises/drills/{second.pk}/").partition('id="card"')[2].partition("</table>")[0]
    assert table.count("</th>") == 5  # what, measured, target, verdict, and the earlier one
    assert "Proven on" in text_of(comms, "/crises/drills/")
    assert "by Noor" in text_of(comms, "/administration/crisis-plan/1/")
    assert "not proven" not in text_of(comms, "/")
    Drill.objects.filter(pk=second.pk).update(ended_at=timezone.now() - timedelta(days=181))
    assert "lapsed on" in text_of(comms, "/")
    assert "lapsed on" not in text_of(signed_in(Role.SUPERVISOR), "/")  # who can't change it is not told


def test_a_drill_is_turned_into_the_real_thing(comms: Client, noor: User, stage: Inbox) -> None:
    drill = drills.start_drill(noor, a_drill(noor, stage).pk)
    refused = comms.post(f"/crises/drills/{drill.pk}/real/", {"reason": "", "level": "1"})
    assert refused.status_code == 400
    made = comms.post(f"/crises/drills/{drill.pk}/real/", {"reason": "Er brandt echt iets", "level": "2"})
    crisis = Crisis.objects.get(drill=False)
    assert (made.headers["Location"], crisis.level) == (f"/crises/{crisis.pk}/", 2)
    page = text_of(comms, f"/crises/drills/{drill.pk}/")
    assert "Turned into the real thing" in page
    assert f'href="/crises/{crisis.pk}/"' in page


def test_without_a_sandbox_every_page_says_what_is_missing(
    comms: Client, noor: User, stage: Inbox, settings: LazySettings
) -> None:
    drill = a_drill(noor, stage)
    settings.SANDBOX_URL = ""
    for address in (
        "/crises/drills/",
        "/crises/drills/new/",
        "/crises/drills/inboxes/new/",
        f"/crises/drills/{drill.pk}/",
    ):
        assert "DESK_SANDBOX_URL" in text_of(comms, address)
    assert "DESK_SANDBOX_URL" in comms.post(f"/crises/drills/{drill.pk}/start/").content.decode()


def test_who_does_not_lead_crises_looks_on(noor: User, stage: Inbox) -> None:
    drill = a_drill(noor, stage)
    supervisor, agent = signed_in(Role.SUPERVISOR), signed_in(Role.AGENT)
    assert "Start it now" not in text_of(supervisor, f"/crises/drills/{drill.pk}/")
    assert supervisor.post(f"/crises/drills/{drill.pk}/start/").status_code == 403
    assert supervisor.get("/crises/drills/new/").status_code == 403
    assert agent.get("/crises/drills/").status_code == 403
    assert SCENARIO["key"] == drill.scenario.key


def test_the_list_asks_as_often_however_many_there_are(comms: Client, noor: User, stage: Inbox) -> None:
    a_drill(noor, stage)
    comms.get("/crises/drills/")
    with CaptureQueriesContext(connection) as few:
        comms.get("/crises/drills/")
    for _more in range(5):
        a_drill(noor, stage)
    with CaptureQueriesContext(connection) as many:
        comms.get("/crises/drills/")
    assert len(many) <= len(few)
    for _more in range(50):
        a_drill(noor, stage)
    assert "cursor=" in text_of(comms, "/crises/drills/")
