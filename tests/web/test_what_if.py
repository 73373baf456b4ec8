"""The pages of what-ifs: asked on a form, followed while it runs, read by rule, team and agent down to the text."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.rulebooks.models import WhatIf, WhatIfText
from desk.tickets.models import Ticket
from tests.actions.what_ifs import FINE, PHONE, SHORT, a_draft, answered, asked, sent
from tests.canned import a_canned
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
LIST = "/administration/rulebook/what-if/"
PAGE_QUERIES = 16  # of a page of texts: session, person, shell, the run, texts, findings, names
CSV = f"text,network,visibility,language\n{SHORT},x,public,nl\nHoi,telex,public,nl\n"


@pytest.fixture
def supervisor() -> Client:
    return signed_in(Role.SUPERVISOR)


@pytest.fixture
def run(supervisor: Client, suze: User, ticket: Ticket) -> WhatIf:
    """Three replies of Suze, of which two would have been blocked."""
    Ticket.objects.update(team=Team.objects.create(name="Rail"))
    for hours, text in enumerate((PHONE, SHORT, FINE)):
        sent(ticket, suze, text, ago=timedelta(hours=hours + 1))
    return asked(colleague(Role.SUPERVISOR), a_draft(colleague(Role.SUPERVISOR)).number)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def without_tags(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_version_is_run_over_the_last_days(supervisor: Client, suze: User, ticket: Ticket) -> None:
    sent(ticket, suze, SHORT)
    draft = a_draft(colleague(Role.SUPERVISOR))
    form = text_of(supervisor, LIST)
    assert re.search(rf'<option value="{draft.number}" selected>{draft.number} · Draft', form)
    answer = supervisor.post(f"{LIST}replies/", {"version": draft.number, "days": "7"})
    made = WhatIf.objects.get()
    assert answer.headers["Location"] == f"{LIST}{made.pk}/"
    assert (made.days, made.total, made.version_id) == (7, 1, draft.pk)
    assert "the replies of the last 7 days" in text_of(supervisor, LIST)


def test_while_it_runs_the_page_asks_again_and_then_no_more(supervisor: Client, run: WhatIf) -> None:
    page = text_of(supervisor, f"{LIST}{run.pk}/")
    assert 'hx-trigger="every 1s"' in page
    assert "0 of 3 texts looked at" in page
    answered(run)
    page = text_of(supervisor, f"{LIST}{run.pk}/")
    assert "every 1s" not in page
    assert "3 of 3 texts looked at" in page


def test_the_figures_stand_beside_those_of_the_active_version(supervisor: Client, run: WhatIf) -> None:
    answered(run)
    page = without_tags(text_of(supervisor, f"{LIST}{run.pk}/"))
    assert "Blocked 2 1 +1" in page
    assert "Warned 0 1 −1" in page
    assert "2 texts with something new." in page
    assert "1 text of which something is no longer said." in page
    assert "Links are written in full, never shortened links.shortener 1 0 0 1 1 0" in page
    assert "Rail 3 2 0 0 2 2 1" in page
    assert "Suze Veenstra 3 2 0 0 2 2 1" in page


@pytest.mark.parametrize(
    ("query", "here", "not_here"),
    [
        ("", [SHORT, PHONE], [FINE]),
        ("rule=links.shortener", [SHORT], [PHONE]),
        ("change=gone", [PHONE], [SHORT]),
        ("severity=warn", [], [SHORT, PHONE]),
        ("team=Rail", [SHORT, PHONE], []),
        ("agent=nobody", [], [SHORT, PHONE]),
        ("severity=nonsense&change=%00", [SHORT, PHONE], []),
    ],
)
def test_the_texts_are_listed(
    supervisor: Client, run: WhatIf, query: str, here: list[str], not_here: list[str]
) -> None:
    answered(run)
    page = without_tags(text_of(supervisor, f"{LIST}{run.pk}/texts/?{query}").replace("<mark", " <mark"))
    for text in here:
        assert text[-20:] in page
    for text in not_here:
        assert text[-20:] not in page


def test_a_text_shows_the_spot_and_opens_its_ticket(supervisor: Client, run: WhatIf, ticket: Ticket) -> None:
    answered(run)
    page = text_of(supervisor, f"{LIST}{run.pk}/texts/")
    assert '<mark class="block">https://bit.ly/abc</mark>' in page
    assert '<mark class="gone">06-12345678</mark>' in page
    assert f'href="/tickets/{ticket.pk}/"' in page
    assert "until now: warned" in page.lower()
    assert "bit.ly hides where the link leads" in page


def test_hostile_text_does_no_harm(supervisor: Client) -> None:
    hostile = '<script>alert(1)</script> \u202e https://bit.ly/x?"onmouseover=alert(1) <b>'
    csv = "text,network,visibility,language,team,agent\n" + ",".join(
        '"{}"'.format(value.replace('"', '""')) for value in (hostile, "x", "public", "nl", "<i>", '"><img src=x>')
    )
    upload = SimpleUploadedFile('"><script>.csv', csv.encode(), content_type="text/csv")
    supervisor.post(f"{LIST}file/", {"version": "1", "file": upload})
    run = answered(WhatIf.objects.get())
    for address in ("", "texts/", "by/team/", "by/agent/", "texts/?agent=%3Cscript%3E"):
        page = text_of(supervisor, f"{LIST}{run.pk}/{address}")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<i>" not in page
        assert "\u202e" not in re.sub(r'<span class="trick".*?</span>', "", page)
    assert WhatIfText.objects.filter(run=run).count() == 1


def test_a_file_is_run_over_and_its_bad_lines_are_named(supervisor: Client) -> None:
    upload = SimpleUploadedFile("maart.csv", CSV.encode(), content_type="text/csv")
    answer = supervisor.post(f"{LIST}file/", {"version": "1", "file": upload})
    run = answered(WhatIf.objects.get())
    assert answer.headers["Location"] == f"{LIST}{run.pk}/"
    page = without_tags(text_of(supervisor, f"{LIST}{run.pk}/"))
    assert "the file “maart.csv”" in page
    assert "Line 3, network : The desk knows no network of this name." in page
    assert "Line 2" in without_tags(text_of(supervisor, f"{LIST}{run.pk}/texts/"))


@pytest.mark.parametrize(
    ("address", "form", "said"),
    [
        ("replies/", {"version": "1", "days": "0"}, "From 1 to 366 days."),
        ("replies/", {"version": "1", "days": "x"}, "Give a whole number."),
        ("replies/", {"version": "99", "days": "7"}, "There is no version 99"),
        ("file/", {"version": "1"}, "Choose a file."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_form(
    supervisor: Client, address: str, form: dict[str, str], said: str
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = supervisor.post(LIST + address, form, headers=headers)
        assert answer.status_code in (400, 404)
        assert said in answer.content.decode()
    assert not WhatIf.objects.exists()


def test_a_canned_response_that_breaks_a_rule_is_a_section_of_its_own(supervisor: Client, run: WhatIf) -> None:
    canned = a_canned("Bellen", "Bel gerust terug.")
    answered(run)
    assert "1 text, with everyday values" in text_of(supervisor, f"{LIST}{run.pk}/")
    page = text_of(supervisor, f"{LIST}{run.pk}/texts/?templates=1")
    assert f'href="/administration/canned-responses/{canned.pk}/"' in page
    assert "X, in public; X, in private" in page
    assert "links.shortener" not in page


def test_it_is_cancelled(supervisor: Client, run: WhatIf) -> None:
    assert supervisor.post(f"{LIST}{run.pk}/cancel/").headers["Location"] == f"{LIST}{run.pk}/"
    assert "Cancelled. These are the figures until then." in text_of(supervisor, f"{LIST}{run.pk}/")
    supervisor.post(f"{LIST}{run.pk}/cancel/")
    assert "has ended already" in text_of(supervisor, f"{LIST}{run.pk}/")


def test_agents_see_none_of_it(run: WhatIf) -> None:
    agent = signed_in(Role.AGENT)
    for address in ("", f"{run.pk}/", f"{run.pk}/texts/", f"{run.pk}/by/team/"):
        assert agent.get(LIST + address).status_code == 403
    assert agent.post(f"{LIST}replies/", {"version": "1", "days": "7"}).status_code == 403


def test_there_are_pages_and_none_asks_more_for_more(supervisor: Client, suze: User, ticket: Ticket) -> None:
    for _ in range(30):
        sent(ticket, suze, SHORT)
    me = colleague(Role.SUPERVISOR)
    small = answered(asked(me, a_draft(me).number))
    with CaptureQueriesContext(connection) as queries:
        page = text_of(supervisor, f"{LIST}{small.pk}/texts/?rule=links.shortener")
    assert page.count('<p class="said"') == 25
    assert len(queries) <= PAGE_QUERIES, len(queries)
    after = re.search(r'href="\?(rule=[^"]*cursor=[^"]*)"', page)
    assert after is not None
    rest = text_of(supervisor, f"{LIST}{small.pk}/texts/?{after[1].replace('&amp;', '&')}")
    assert rest.count('<p class="said"') == 5


def test_lists_of_runs_and_figures_ask_as_much_for_many_as_for_one(supervisor: Client, run: WhatIf) -> None:
    answered(run)

    def asked_for(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            text_of(supervisor, address)
        return len(queries)

    pages = (LIST, f"{LIST}{run.pk}/", f"{LIST}{run.pk}/by/agent/")
    for address in pages:
        text_of(supervisor, address)  # what is kept from one page to the next is there
    before = [asked_for(address) for address in pages]
    for number in range(12):
        other = User.objects.create_user(f"agent {number}")
        sent(Ticket.objects.get(), other, SHORT, ago=timedelta(minutes=number))
        asked(colleague(Role.SUPERVISOR), 1)
        WhatIf.objects.filter(state="running").update(state="done")
    run = answered(asked(colleague(Role.SUPERVISOR), run.version.number))
    pages = (LIST, f"{LIST}{run.pk}/", f"{LIST}{run.pk}/by/agent/")
    assert [asked_for(address) for address in pages] == before
    assert max(before) <= PAGE_QUERIES


def test_all_teams_and_agents_have_pages(supervisor: Client, run: WhatIf) -> None:
    answered(run)
    assert "Rail" in text_of(supervisor, f"{LIST}{run.pk}/by/team/")
    assert "Suze Veenstra" in text_of(supervisor, f"{LIST}{run.pk}/by/agent/")
    assert supervisor.get(f"{LIST}{run.pk}/by/rule/").status_code == 404
    assert supervisor.get(f"{LIST}987/").status_code == 404
