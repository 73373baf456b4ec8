"""Every page of administration, with one of each kind that has a page of its own."""

import itertools
from typing import Any

from tests.browser.pages import LONG
from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

_numbers = itertools.count(1)  # of teams and rotas, which have names of their own
ADMINISTRATION = (
    "/administration/inboxes/",
    "/administration/inboxes/new/",
    "/administration/inboxes/new/x/",
    "/administration/inboxes/new/mail/",
    "/administration/networks/",
    "/administration/people/",
    "/administration/people/new/",
    "/administration/teams/",
    "/administration/teams/new/",
    "/administration/canned-responses/",
    "/administration/canned-responses/new/",
    "/administration/rulebook/",
    "/administration/rulebook/import/",
    "/administration/rulebook/1/",
    "/administration/rulebook/what-if/",
    "/administration/response-times/",
    "/administration/response-times/policies/new/",
    "/administration/response-times/calendars/new/",
    "/administration/alert-chains/",
    "/administration/alert-chains/new/",
    "/administration/alert-chains/webhooks/",
    "/administration/alert-chains/webhooks/new/",
    "/administration/automation/",
    "/administration/automation/1/",
    "/administration/automation/log/",
    "/administration/causes/",
    "/administration/causes/new/",
    "/administration/causes/asking/",
    "/administration/departments/",
    "/administration/crisis-webhooks/",
    "/administration/crisis-webhooks/new/",
    "/administration/wallboards/",
    "/administration/wallboards/new/",
    "/administration/rotas/",
    "/administration/rotas/new/",
    "/administration/shifts/",
    "/administration/shifts/new/",
    "/administration/shifts/absences/new/",
    "/administration/personal-data/",
    "/administration/audit/",
    "/administration/changes/",
    "/administration/changes/?q=kantoor",
    "/administration/changes/proposals/",
    "/administration/changes/sla_policy/",
    "/administration/changes/rulebook/1/",
    "/administration/changes/rulebook/1/propose/",
)


def administration(screens: Screens, account: Account) -> tuple[str, ...]:
    """With one of each kind that has a page of its own."""
    person = screens.desk.api("GET", "me/", as_="admin")["id"]
    boards = screens.desk.api("GET", "wallboards/", as_="admin")["results"]
    board = boards[0] if boards else screens.desk.api("POST", "wallboards/", {"name": "Hal 1"}, as_="admin")
    return (
        *ADMINISTRATION,
        f"/administration/inboxes/{account.inbox}/",
        f"/administration/inboxes/{account.inbox}/set-aside/",
        _compared(screens, account),
        f"/administration/people/{person}/",
        f"/administration/wallboards/{board['id']}/",
        f"/administration/canned-responses/{_canned(screens)}/",
        *_crisis_plan(screens),
        *_automation(screens),
        *_promised(screens),
        *_changed(screens),
        *_drafted(screens),
        *_with_hours(screens, person),
        *_what_if(screens),
        *_personal_data(screens, account),
        *_whole_thread(screens, account),
    )


def _compared(screens: Screens, account: Account) -> str:
    """What the network tells beside what we have, with something that is missing here."""
    base = f"inboxes/{account.inbox}/reconciliations/"
    known = screens.desk.api("GET", base, as_="admin")["results"]
    run = known[0] if known else screens.desk.api("POST", base, {"days": 1}, as_="admin")

    def ended() -> bool:
        return screens.desk.api("GET", f"{base}{run['id']}/", as_="admin")["state"] in ("done", "failed")

    eventually(ended, "the comparison")
    return f"/administration/inboxes/{account.inbox}/comparisons/{run['id']}/"


def _personal_data(screens: Screens, account: Account) -> tuple[str, ...]:
    """What is held about somebody, and somebody who was erased."""
    number = next(_numbers)
    account.says(f"@{account.handle} ik wil weg {number}", by=f"weg{number}")
    customer = account.ticket(f"ik wil weg {number}")["customer"]["id"]
    wish = {"handle": f"weg{number}", "ground": "request"}
    erasure = screens.desk.api("POST", f"customers/{customer}/erase/", wish, as_="admin")["id"]

    def erased() -> bool:
        found = screens.desk.api("GET", f"erasures/{erasure}/", as_="admin")
        return bool(found["state"] == "done")

    eventually(erased, "the erasure")
    account.says(f"@{account.handle} ik ben er nog {number}", by=f"nog{number}")
    other = account.ticket(f"ik ben er nog {number}")["customer"]["id"]
    base = "/administration/personal-data/"
    return f"{base}erasures/{erasure}/", f"{base}customers/{customer}/", f"{base}customers/{other}/"


def _whole_thread(screens: Screens, account: Account) -> tuple[str, ...]:
    """Of a post below which somebody else wrote."""
    number = next(_numbers)
    post = account.says(f"@{account.handle} draad {number}", by=f"draad{number}")
    account.says(f"@{account.handle} eronder {number}", by=f"eronder{number}", in_reply_to=post["id"])
    account.ticket(f"eronder {number}")
    return (f"/tickets/{account.ticket(f'draad {number}')['id']}/thread/",)


def _what_if(screens: Screens) -> tuple[str, ...]:
    """The pages of a what-if over a file, with findings and a line that can not be used."""
    csv = "text,network,visibility,language,team,agent\n" + "\n".join(
        ("Kijk op https://bit.ly/abc of bel 06-12345678,x,public,nl,Rail,suze", "Hoi,telex,public,nl,,")
    )
    run = screens.desk.api("POST", "rulebooks/1/what-if/", {"csv": csv, "file_name": "maart.csv"}, as_="admin")["id"]

    def ended() -> bool:
        found = screens.desk.api("GET", f"rulebooks/what-if/{run}/", as_="admin")
        return bool(found["state"] == "done")

    eventually(ended, "the what-if")
    base = f"/administration/rulebook/what-if/{run}/"
    return base, f"{base}texts/", f"{base}texts/?templates=1", f"{base}by/agent/"


def _canned(screens: Screens) -> int:
    """One with texts in two languages, one of its own for a network, variables, actions and a rule against it."""
    number = next(_numbers)
    texts = [
        {"language": "nl", "text": "Op {{dag}} bellen we {{customer}}.{{#if lijn}} Over lijn {{lijn}}.{{/if}}" * 3},
        {"language": "nl", "network": "x", "text": "We bellen je op {{dag}}. Of bel 06 12345678."},
        {"language": "en", "text": "We will call you on {{dag}}."},
    ]
    variables = [
        {"name": "dag", "type": "date", "required": True},
        {"name": "lijn", "type": "choice", "choices": ["A", "B"]},
    ]
    wish = {"name": f"Bellen {number}", "shortcut": f"bellen-{number}", "texts": texts, "variables": variables}
    wish |= {"actions": [{"do": "tag", "value": "bellen"}], "review_on": "2026-01-01"}
    made: int = screens.desk.api("POST", "canned-responses/", wish, as_="admin")["id"]
    return made


def _promised(screens: Screens) -> tuple[str, ...]:
    """The pages of the default chain, of the default policy and of the calendar that it counts by."""
    (chain,) = [one for one in screens.desk.api("GET", "alert-chains/", as_="admin")["results"] if one["is_default"]]
    (policy,) = [one for one in screens.desk.api("GET", "sla-policies/", as_="admin")["results"] if one["is_default"]]
    base = "/administration/response-times/"
    return (
        f"/administration/alert-chains/{chain['id']}/",
        f"{base}policies/{policy['id']}/",
        f"{base}calendars/{policy['calendar']['id']}/",
    )


def _changed(screens: Screens) -> tuple[str, ...]:
    """The pages of things that can be changed, of their forms, and of a proposal that carries values."""
    (policy,) = [one for one in screens.desk.api("GET", "sla-policies/", as_="admin")["results"] if one["is_default"]]
    wish = {
        "kind": "sla_policy",
        "thing": policy["id"],
        "what": f"Binnen {next(_numbers)} minuten",
        "why": f"Haast: {LONG}",
    }
    one = screens.desk.api("POST", "changes/", wish | {"policy": {"first_response_minutes": 7}}, as_="expert")["id"]
    screens.desk.api("POST", f"changes/{one}/remarks/", {"text": "Goed idee"}, as_="admin")
    base = "/administration/changes/"
    return (
        f"{base}sla_policy/{policy['id']}/",
        f"{base}sla_policy/{policy['id']}/propose/",
        f"{base}calendar/{policy['calendar']['id']}/propose/",
        f"{base}proposals/{one}/preview/?days=7",
        f"{base}proposals/{one}/edit/",
    )


def _drafted(screens: Screens) -> tuple[str, ...]:
    """The pages of a draft of the rulebook, with an exception and an example that fails."""
    summary = "Alleen links naar onszelf"
    known = screens.desk.api("GET", "rulebooks/", as_="admin")["results"]
    drafts = [one for one in known if (one["state"], one["summary"]) == ("draft", summary)]
    where = {"network": "x", "team": ["Webcare"], "crisis_level": 2}
    wish = {
        "document": {
            "rules": {
                "links.shortener": {"severity": "block"},
                "links.not_allowed": {"overrides": [{"when": where, "severity": "warn", "hosts": ["ns.nl"]}]},
            },
            "signature": {"format": "~{initials}"},
            "templates": {"pagina-excuses": {"text": {"nl": "Wat vervelend, {{customer}}. Kijk op https://bit.ly/a"}}},
            "examples": [{"text": "Kijk op https://elders.nl", "network": "x", "findings": ["links.not_allowed"]}],
        },
        "summary": summary,
    }
    draft = drafts[0] if drafts else screens.desk.api("POST", "rulebooks/", wish, as_="admin")
    base = f"/administration/rulebook/{draft['number']}/"
    rules = "rules/links.not_allowed/", "rules/length.exceeded/"
    return base, *(base + part for part in (*rules, "frame/", "document/", "examples/0/", "examples/new/"))


def _automation(screens: Screens) -> tuple[str, ...]:
    """A draft with a rule, and what it would have done."""
    summary = "Regels voor de schermen"
    known = screens.desk.api("GET", "automation/", as_="admin")["results"]
    drafts = [one for one in known if (one["state"], one["summary"]) == ("draft", summary)]
    steps = [{"do": "tag", "value": "scherm"}, {"do": "alert", "value": "owner", "text": "Kijk even"}]
    rule = {"key": "scherm", "name": "Scherm", "event": "waiting", "minutes": 600, "when": {"ratings": [1]}}
    wish = {"document": {"rules": [{**rule, "steps": steps}]}, "summary": summary}
    draft = drafts[0] if drafts else screens.desk.api("POST", "automation/", wish, as_="admin")
    base = f"/administration/automation/{draft['number']}/"
    trial = screens.desk.api("POST", base[1:].removeprefix("administration/") + "trial/", {}, as_="admin")
    tried = f"/administration/automation/trials/{trial['id']}/"
    return base, tried, *(base + part for part in ("rules/scherm/", "rules/new/", "document/"))


def _crisis_plan(screens: Screens) -> tuple[str, ...]:
    """The versions of the crisis plan, the first of them, and a draft as a text."""
    plans = screens.desk.api("GET", "crisis-plans/", as_="admin")["results"]
    drafts = [one for one in plans if one["state"] == "draft"]
    draft = drafts[0] if drafts else screens.desk.api("POST", "crisis-plans/", {}, as_="admin")
    base = "/administration/crisis-plan/"
    return (
        base,
        f"{base}1/",
        f"{base}{draft['number']}/",
        f"{base}{draft['number']}/document/",
        f"{base}{draft['number']}/level/2/",
        f"{base}{draft['number']}/roles/",
        *_chains(screens, draft),
    )


def _chains(screens: Screens, draft: Any) -> tuple[str, ...]:
    """A rota with somebody who stands in, and the form of a chain that names it."""
    person = screens.desk.api("GET", "me/", as_="admin")["id"]
    wish = {
        "name": f"Piket {next(_numbers)}", "timezone": "Europe/Amsterdam", "first_day": "2026-03-02",
        "handover": "09:00", "members": [person],
    }  # fmt: skip
    rota = screens.desk.api("POST", "rotas/", wish, as_="admin")["id"]
    swap = {"user_id": person, "starts_at": "2199-03-02T09:00:00Z", "ends_at": "2199-03-03T09:00:00Z"}
    screens.desk.api("POST", f"rotas/{rota}/swaps/", swap, as_="admin")
    steps = [{"rotas": [rota], "by": ["mail"]}, {"to": ["managers"], "people": [person]}]
    document = (
        draft.get("document") or screens.desk.api("GET", f"crisis-plans/{draft['number']}/", as_="admin")["document"]
    )
    document["levels"]["3"]["escalation"]["steps"] = steps
    screens.desk.api("PATCH", f"crisis-plans/{draft['number']}/", {"document": document}, as_="admin")
    return f"/administration/rotas/{rota}/", f"/administration/crisis-plan/{draft['number']}/chain/3/"


def _with_hours(screens: Screens, person: int) -> tuple[str, ...]:
    """The pages of a team that assigns, of its hours and of an absence that is over."""
    team = screens.desk.api("POST", "teams/", {"name": f"Treinen {next(_numbers)}"}, as_="admin")["id"]
    screens.desk.api("PATCH", f"teams/{team}/", {"assignment": "least_loaded"}, as_="admin")
    week = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]}
    hours = {"team": team, "timezone": "Europe/Amsterdam", "week": week, "last_day": "2030-12-31"}
    shift = screens.desk.api("POST", "shifts/", hours, as_="admin")["id"]
    leave = {"user": person, "starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-03T09:00:00Z"}
    absence = screens.desk.api("POST", "absences/", leave, as_="admin")["id"]
    base = "/administration/shifts/"
    return f"/administration/teams/{team}/", f"{base}{shift}/", f"{base}absences/{absence}/"
