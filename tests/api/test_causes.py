"""Causes over the API: the tree, what a ticket was about, and whether it is asked for."""

from django.core.cache import cache

from desk.causes.models import TicketCause
from desk.tickets.models import Ticket
from tests.actions.causes import a_cause, a_department
from tests.api.caller import Caller


def test_the_tree_is_made_moved_merged_and_archived(supervisor: Caller, agent: Caller) -> None:
    rolling = supervisor.post("departments/", name="Materieel").body
    top = supervisor.post("causes/", name_nl="Treinen", name_en="Trains", department=rolling["id"]).body
    made = supervisor.post("causes/", name_nl="Deuren", name_en="Doors", below=top["id"])
    assert (made.status, made.body["path"], made.body["department"]) == (201, "Trains › Doors", rolling)
    address = f"causes/{made.body['id']}/"
    assert agent.post("causes/", name_nl="x", name_en="x").status == 403
    assert supervisor.patch(address, below=None, owner=supervisor.user.pk).body["path"] == "Doors"
    assert supervisor.patch(address, name_en="Door").body["owner"]["username"] == "mila"
    assert supervisor.post(f"{address}merge/", into=top["id"]).body["merged_into"] == top["id"]
    assert supervisor.post(f"{address}archive/").status == 409
    assert supervisor.post(f"{address}part/").body["merged_into"] is None
    assert supervisor.post(f"{address}archive/").body["archived_at"]
    assert supervisor.post(f"{address}restore/").body["archived_at"] is None
    assert [one["name_en"] for one in agent.results("causes/")] == ["Trains", "Door"]
    assert agent.get("causes/999/").problem == (404, "not_found")
    assert supervisor.patch(f"departments/{rolling['id']}/", name="Treinen").body["name"] == "Treinen"
    assert supervisor.delete(f"departments/{rolling['id']}/").status == 409
    assert agent.results("departments/") == [{"id": rolling["id"], "name": "Treinen"}]


def test_a_ticket_gets_its_cause_with_a_suggestion_that_says_why(agent: Caller, ticket: Ticket) -> None:
    late = a_cause("Trein komt niet", "Train does not come")
    address = f"tickets/{ticket.pk}/cause/"
    before = agent.get(address).body
    assert (before["cause"], before["suggested"][0]["cause"]) == (None, late.pk)
    assert before["suggested"][0]["reasons"][0]["word"] == "trein"
    chosen = agent.post(address, cause=late.pk, resolve=True).body
    assert (chosen["cause"], chosen["by"]["username"]) == (late.pk, "sanne")
    assert agent.get(f"tickets/{ticket.pk}/").body["status"] == "resolved"
    assert agent.post(address, cause=None).body["cause"] is None
    assert agent.post(address, cause=999).problem == (400, "invalid")
    bulk = agent.post("bulk/", tickets=[ticket.pk], verb="cause", cause=late.pk)
    assert bulk.body == {"done": [ticket.pk], "refused": {}}
    assert agent.post("bulk/", tickets=[ticket.pk], verb="cause").status == 400
    assert TicketCause.objects.get().cause == late


def test_where_it_is_required_resolving_says_so(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    a_cause("Vertraging")
    assert agent.get("causes/asking/").body == {"asked": "optional"}
    assert agent.patch("causes/asking/", asked="required").status == 403
    assert supervisor.patch("causes/asking/", asked="required").body == {"asked": "required"}
    assert agent.post(f"tickets/{ticket.pk}/transition/", event="resolve").problem == (409, "cause_missing")


def test_figures_and_an_improvement(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    doors = a_cause("Deuren", "Doors")
    agent.post(f"tickets/{ticket.pk}/cause/", cause=doors.pk, resolve=True)
    cache.clear()
    figures = agent.get("causes/figures/", period="week").body
    assert (figures["period"], figures["causes"][0]["path"], figures["causes"][0]["change"]) == ("week", "Doors", None)
    made = agent.post("improvements/", cause=doors.pk, what="Vervang de scharnieren", due_on="2030-01-01")
    assert (made.status, made.body["state"], made.body["effect"]) == (201, "proposed", None)
    address = f"improvements/{made.body['id']}/"
    assert agent.post(f"{address}step/", event="agree").status == 403
    assert supervisor.post(f"{address}step/", event="agree").body["state"] == "agreed"
    changed = supervisor.put(address, what="Scharnieren", owner=agent.user.pk)
    assert (changed.body["owner"]["username"], changed.body["due_on"]) == ("sanne", None)
    done = agent.post(f"{address}step/", event="finish", changed="Nieuwe scharnieren", done_on="2026-03-12")
    assert (done.body["state"], done.body["effect"]["change"], done.body["effect"]["shown"]) == ("done", None, False)
    assert [one["id"] for one in agent.results("improvements/", state="done", cause=doors.pk)] == [made.body["id"]]
    assert agent.results("improvements/", cause=999) == []
    assert agent.post(f"{address}tell/", text="Ze zijn vervangen.").status == 403
    (told,) = supervisor.post(f"{address}tell/", text="Ze zijn vervangen.").body
    assert (told["ticket"], told["code"]) == (ticket.pk, "")


def test_the_digest_of_a_department(supervisor: Caller, agent: Caller, ticket: Ticket) -> None:
    rolling = supervisor.post("departments/", name="Materieel").body["id"]
    doors = supervisor.post("causes/", name_nl="Deuren", name_en="Doors", department=rolling).body["id"]
    agent.post("improvements/", cause=doors, what="Vervang de scharnieren")
    cache.clear()
    digest = agent.get(f"departments/{rolling}/digest/").body
    assert (digest["name"], digest["tickets"], digest["causes"]) == ("Materieel", 0, [])
    assert [one["what"] for one in digest["improvements"]] == ["Vervang de scharnieren"]
    assert agent.put(f"departments/{rolling}/subscription/").status == 400
    agent.user.email = "sanne@vlotlijn.example"
    agent.user.save()
    assert agent.put(f"departments/{rolling}/subscription/").body["department"] == rolling
    assert agent.delete(f"departments/{rolling}/subscription/").status == 204
    assert agent.delete(f"departments/{rolling}/subscription/").status == 404
    assert agent.get("departments/999/digest/").status == 404


def test_tickets_are_listed_by_their_cause(agent: Caller, ticket: Ticket) -> None:
    late = a_cause("Vertraging", "Delay")
    below, other = a_cause("Storing", "Fault", below=late), a_cause("Vol", "Full")
    agent.post(f"tickets/{ticket.pk}/cause/", cause=below.pk, resolve=True)
    assert [one["id"] for one in agent.results(f"tickets/?cause={late.pk}")] == [ticket.pk]
    assert agent.results(f"tickets/?cause={other.pk}") == []
    assert agent.results("tickets/?cause=999999") == []
    assert agent.get("tickets/?cause=x").status == 400
    bulk = agent.post("bulk/", tickets=[ticket.pk], verb="cause", cause=other.pk, keep=True)
    assert bulk.body["done"] == [ticket.pk]
    assert TicketCause.objects.get().cause == below


def test_a_cause_and_a_digest_are_printed(agent: Caller, ticket: Ticket) -> None:
    department = a_department("Materieel")
    doors = a_cause("Deuren", "Doors")
    for path in (f"causes/{doors.pk}/pdf/?period=week", f"departments/{department.pk}/digest/pdf/"):
        assert agent.get(path).response.content[:5] == b"%PDF-"
    assert agent.get("causes/999/pdf/").problem == (404, "not_found")
