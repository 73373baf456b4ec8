"""Erasing, exporting and retention for programs."""

from django.utils import timezone

from desk.actions.customers import erasure_run
from desk.tickets.models import Ticket
from tests.api.caller import Caller


def finish(number: int) -> None:
    while erasure_run.go_on(number, timezone.now()):
        pass


def test_an_administrator_erases_a_customer_and_follows_it(
    administrator: Caller, agent: Caller, ticket: Ticket
) -> None:
    address = f"customers/{ticket.customer_id}/"
    held = administrator.get(f"{address}personal-data/").body
    assert (held["to_type"], held["messages"], held["tickets"], held["erased_at"]) == ("marit", 1, 1, None)
    assert administrator.post(f"{address}erase/", handle="piet", ground="request").problem == (400, "invalid")
    assert administrator.post(f"{address}erase/", handle="marit", ground="zomaar").status == 400
    begun = administrator.post(f"{address}erase/", handle="marit", ground="request")
    assert (begun.status, begun.body["state"], begun.body["total"]) == (202, "running", 1)
    finish(begun.body["id"])
    done = administrator.get(f"erasures/{begun.body['id']}/").body
    assert (done["state"], done["counts"]["messages"], done["ground"]) == ("done", 1, "request")
    assert administrator.results("erasures/") == [done]
    assert administrator.post(f"{address}erase/", handle="marit", ground="request").problem == (409, "already_erased")

    customer = agent.get(address).body
    assert (customer["name"], customer["erased_at"] is not None) == ("", True)
    (message,) = agent.results(f"tickets/{ticket.pk}/messages/")
    assert (message["text"], message["erased_at"] is not None) == ("", True)
    answer = agent.post(f"tickets/{ticket.pk}/reply/", text="Hoi", idempotency_key="1")
    assert answer.status == 422
    assert "customer.erased" in {finding["code"] for finding in answer.body["findings"]}


def test_nobody_else_may(supervisor: Caller, ticket: Ticket) -> None:
    address = f"customers/{ticket.customer_id}/"
    for path in (f"{address}personal-data/", f"{address}export/", "erasures/", "erasures/1/", "retention/"):
        assert supervisor.get(path).problem == (403, "not_permitted")
    assert supervisor.post(f"{address}erase/", handle="marit", ground="request").status == 403
    assert supervisor.put("retention/", private_days=1, public_days=None, ticket_days=None).status == 403


def test_all_that_is_held_is_downloaded(administrator: Caller, ticket: Ticket) -> None:
    answer = administrator.get(f"customers/{ticket.customer_id}/export/")
    assert answer.body["tickets"][0]["messages"][0]["text"] == "Waar blijft de trein?"
    assert answer.response["Content-Disposition"].startswith("attachment")
    assert administrator.get("customers/999/export/").problem == (404, "not_found")


def test_rules_of_retention_are_previewed_and_set(administrator: Caller, ticket: Ticket) -> None:
    assert administrator.get("retention/").body == {
        "private_days": None, "public_days": None, "ticket_days": None, "deleted_days": None,
        "began_at": None, "ended_at": None, "counts": {},
    }  # fmt: skip
    rules = {"private_days": 30, "public_days": None, "ticket_days": 365}
    due = administrator.post("retention/preview/", **rules).body
    assert due == {"private_messages": 0, "public_messages": 0, "tickets": 0}
    assert administrator.put("retention/", **rules).body["ticket_days"] == 365
    assert administrator.get("retention/").body["private_days"] == 30
    for wrong in (0, 3_651, "veel"):
        assert administrator.put("retention/", **{**rules, "private_days": wrong}).status == 400
    assert administrator.put("retention/", private_days=30).status == 400
