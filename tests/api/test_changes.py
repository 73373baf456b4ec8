"""Changes over the API: what can be changed, proposals by anybody, and what became of them."""

from datetime import timedelta

from django.utils import timezone

from desk.actions.replies import canned
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.sla.models import SlaPolicy
from tests.actions.builders import an_inbox
from tests.actions.causes import a_cause
from tests.actions.promised import a_calendar, promise
from tests.api.caller import Caller


def test_an_expert_proposes_and_a_supervisor_adopts(expert: Caller, supervisor: Caller) -> None:
    policy = promise(first=30, following=30)
    kinds = {one["slug"]: one for one in expert.get("changes/kinds/").body}
    assert (kinds["sla_policy"]["drafts"], kinds["rota"]["drafts"], kinds["calendar"]["decides"]) == (
        True, False, False,
    )  # fmt: skip
    wish = {"kind": "sla_policy", "thing": policy.pk, "what": "Sneller", "why": "Ze wachten"}
    made = expert.post("changes/", **wish, policy={"first_response_minutes": 10})
    assert (made.status, made.body["structured"], made.body["state"]) == (201, True, "proposed")
    assert [(one["before"], one["after"]) for one in made.body["differences"]] == [("30", "10")]
    address = f"changes/{made.body['id']}/"
    assert expert.post(f"{address}adopt/").status == 403
    assert expert.post(f"{address}decline/", reason="x").status == 403
    assert expert.post(f"{address}plan/", at=(timezone.now() + timedelta(hours=1)).isoformat()).status == 403
    preview = supervisor.get(f"{address}preview/", days=7).body
    assert {one["code"]: one["count"] for one in preview["figures"]}["saved"] == 0
    assert supervisor.post(f"{address}remarks/", text="Goed").body["author"]["username"] == "mila"
    assert [one["text"] for one in expert.results(f"{address}remarks/")] == ["Goed"]
    planned = supervisor.post(f"{address}plan/", at=(timezone.now() + timedelta(hours=1)).isoformat())
    assert planned.body["state"] == "planned"
    assert supervisor.post(f"{address}unplan/").body["state"] == "proposed"
    adopted = supervisor.post(f"{address}adopt/", seen=made.body["changed_at"]).body
    assert (adopted["state"], adopted["became"], adopted["author"]["username"]) == ("adopted", 3, "bram")
    thing = f"changes/kinds/sla_policy/things/{policy.pk}/"
    assert [one["number"] for one in expert.get(thing).body["versions"]] == [3, 2, 1]
    assert expert.post(f"{thing}roll-back/", number=2).status == 403
    assert supervisor.post(f"{thing}roll-back/", number=2).body == {"version": 4}
    assert SlaPolicy.objects.get(pk=policy.pk).versions.count() == 4


def test_every_kind_takes_its_own_values_and_no_others(agent: Caller, administrator: Caller) -> None:
    team = Team.objects.create(name="Webcare")
    inbox, office = an_inbox(), a_calendar("Kantoor", {"timezone": "UTC", "week": {"tue": [["09:00", "17:00"]]}})
    hours = {"form": {"timezone": "UTC", "week": {"tue": [["09:00", "18:00"]]}}}
    for kind, thing, values in (
        ("calendar", office.pk, {"calendar": hours}),
        ("team", team.pk, {"team": {"assignment": "round_robin"}}),
        ("inbox_team", inbox.pk, {"inbox": {"team": team.pk}}),
        ("rulebook", 1, {"document": {"rules": {"links.cost": {"enabled": False}}}}),
        ("crisis_plan", 1, {"document": {"targets": {"level_minutes": 10}}}),
    ):
        made = agent.post("changes/", kind=kind, thing=thing, what="Anders", **values)
        assert (made.status, made.body["structured"]) == (201, True), made.body
        assert administrator.get(f"changes/{made.body['id']}/").body["differences"], kind
        assert administrator.post(f"changes/{made.body['id']}/adopt/").status == 200
    assert agent.post("changes/", kind="team", thing=team.pk, what="Anders", calendar=hours).status == 400
    assert agent.post("changes/", kind="calendar", thing=office.pk, what="Anders", calendar={}).status == 400
    assert agent.post("changes/", kind="calendar", thing=99, what="Anders").status == 404
    assert agent.post("changes/", kind="calendar", thing=0, what="Een avondrooster").body["title"] == "Calendars"


def test_a_draft_is_rewritten_proposed_taken_back_and_listed(agent: Caller, colleague: Caller) -> None:
    a_calendar("Kantoor", {"timezone": "UTC", "week": {"tue": [["09:00", "17:00"]]}})
    one = agent.post("changes/", kind="rota", thing=0, what="Weekend", draft=True).body
    assert one["state"] == "draft"
    address = f"changes/{one['id']}/"
    assert colleague.get(address).problem == (404, "not_found")
    assert colleague.results("changes/") == []
    assert agent.put(address, what="Elk weekend").body["what"] == "Elk weekend"
    assert agent.post(f"{address}propose/").body["state"] == "proposed"
    assert colleague.put(address, what="Van mij").status == 403
    assert "in words" in colleague.get(f"{address}preview/").body["note"]
    assert [found["id"] for found in colleague.results("changes/", state="proposed", kind="rota")] == [one["id"]]
    assert colleague.results("changes/", mine=True) == []
    assert agent.post(f"{address}withdraw/").body["state"] == "withdrawn"
    assert [found["title"] for found in agent.results("changes/kinds/calendar/things/", q="kant")] == ["Kantoor"]


def test_a_version_that_was_handed_in_is_planned(supervisor: Caller, administrator: Caller) -> None:
    number = supervisor.post("rulebooks/").body["number"]
    supervisor.post(f"rulebooks/{number}/hand-in/")
    at = (timezone.now() + timedelta(hours=1)).isoformat()
    assert supervisor.post("changes/kinds/rulebook/plan/", number=number, at=at).status == 409
    made = administrator.post("changes/kinds/rulebook/plan/", number=number, at=at)
    assert (made.status, made.body["state"], made.body["author"]["username"]) == (201, "planned", "mila")
    waiting = administrator.get("changes/kinds/rulebook/things/1/").body["waiting"]
    assert [(one["number"], one["ready"]) for one in waiting] == [(number, True)]


def test_words_and_causes_carry_values_as_well(expert: Caller) -> None:
    editor = User.objects.create_user("anna", role=Role.ADMINISTRATOR)
    texts = [{"language": "nl", "network": "", "text": "Dag"}]
    made = canned.create_canned(editor, name="Groet", shortcut="groet", texts=texts)
    wish = {"kind": "canned", "thing": made.pk, "what": "Losser"}
    one = expert.post("changes/", **wish, canned={"texts": [{"language": "nl", "text": "Hoi"}]}).body
    assert [(line["before"], line["after"]) for line in one["differences"]] == [("Dag", "Hoi")]
    assert expert.post("changes/", **wish, cause={"name_nl": "x"}).status == 400
    delay, trains = a_cause("Vertraging", "Delay"), a_cause("Reizen", "Travel")
    wish = {"kind": "cause", "thing": delay.pk, "what": "Bij het reizen"}
    one = expert.post("changes/", **wish, cause={"below": trains.pk}).body
    assert [(line["before"], line["after"]) for line in one["differences"]] == [("–", "Travel")]
