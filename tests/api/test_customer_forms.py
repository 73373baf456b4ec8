"""Forms for customers over the API: made by who may reply, seen by who sees the ticket, closed for good."""

import pytest
from django.utils import timezone

from desk.actions.forms import form_pages
from desk.actions.forms.form_pages import Written
from desk.forms.models import FormLink
from desk.tickets.models import Ticket
from tests.api.caller import Caller


@pytest.fixture
def made(agent: Caller, ticket: Ticket) -> int:
    answer = agent.post(f"tickets/{ticket.pk}/forms/")
    assert (answer.status, answer.body["state"], answer.body["by_mail"]) == (201, "open", False)
    assert answer.body["address"] in answer.body["text"]
    return int(answer.body["id"])


def test_a_ticket_has_one_open_form(agent: Caller, colleague: Caller, ticket: Ticket, made: int) -> None:
    assert colleague.post(f"tickets/{ticket.pk}/forms/").body["id"] == made
    assert [one["id"] for one in colleague.get(f"tickets/{ticket.pk}/forms/").body] == [made]


def test_a_used_form_tells_nobody_its_page(agent: Caller, ticket: Ticket, made: int) -> None:
    form_pages.take(FormLink.objects.get(pk=made), Written("Hoi", email="m@x.example"), timezone.now())
    (one,) = agent.get(f"tickets/{ticket.pk}/forms/").body
    assert (one["state"], one["address"], one["text"], one["by_mail"]) == ("used", "", "", True)
    assert "m@x.example" not in str(one)


def test_a_closed_form_is_listed_no_more(agent: Caller, colleague: Caller, ticket: Ticket, made: int) -> None:
    assert colleague.delete(f"forms/{made}/").status == 204
    assert agent.delete(f"forms/{made}/").status == 204
    assert agent.get(f"tickets/{ticket.pk}/forms/").body == []
    assert agent.delete("forms/999/").problem == (404, "not_found")


def test_who_may_not_reply_makes_and_closes_none(expert: Caller, ticket: Ticket, made: int) -> None:
    assert expert.post(f"tickets/{ticket.pk}/forms/").problem == (403, "not_permitted")
    assert expert.delete(f"forms/{made}/").problem == (403, "not_permitted")


def test_a_private_case_gets_none(agent: Caller, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(private=True)
    assert agent.post(f"tickets/{ticket.pk}/forms/").status == 409
