"""Every page that people work with, and what can be asked of each: is it wide, is it Dutch."""

import itertools
from typing import Any

from tests.browser.screens import Screens
from tests.running.customers import Account
from tests.running.desk import eventually

_numbers = itertools.count(1)  # of teams and reports, which have names of their own
NARROW = 390  # the width of a common phone, in CSS pixels
ADMINISTRATION = (
    "/administration/inboxes/",
    "/administration/inboxes/new/",
    "/administration/inboxes/new/x/",
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
    "/administration/wallboards/",
    "/administration/wallboards/new/",
    "/administration/rotas/",
    "/administration/rotas/new/",
    "/administration/shifts/",
    "/administration/shifts/new/",
    "/administration/shifts/absences/new/",
    "/administration/personal-data/",
    "/administration/audit/",
)
OWN = (
    "/notices/",
    "/absences/",
    "/policy/",
    "/accounts/password/change/",
    "/accounts/two-factor/",
    "/accounts/sessions/",
)
REPORTS = (
    "/reports/?period=month&compare=year",
    "/reports/tickets/?period=month",
    "/reports/saved/",
    "/reports/saved/new/?period=last_week",
)
APPROVALS = ("/approvals/",)
CRISES = (
    "/crises/",
    "/crises/new/",
    "/signals/",
    "/signals/?state=all",
    "/signals/streams/",
    "/signals/streams/new/",
    "/signals/words/",
)


def administration(screens: Screens, account: Account) -> tuple[str, ...]:
    """With one of each kind that has a page of its own."""
    person = screens.desk.api("GET", "me/", as_="admin")["id"]
    boards = screens.desk.api("GET", "wallboards/", as_="admin")["results"]
    board = boards[0] if boards else screens.desk.api("POST", "wallboards/", {"name": "Hal 1"}, as_="admin")
    return (
        *ADMINISTRATION,
        f"/administration/inboxes/{account.inbox}/",
        f"/administration/people/{person}/",
        f"/administration/wallboards/{board['id']}/",
        f"/administration/canned-responses/{_canned(screens)}/",
        *_crisis_plan(screens),
        *_promised(screens),
        *_drafted(screens),
        *_with_hours(screens, person),
        *_what_if(screens),
        *_personal_data(screens, account),
    )


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


def crises(screens: Screens) -> tuple[str, ...]:
    """With one that is only suspected, so that nothing stands above the pages of other tests."""
    suspected = screens.desk.api("GET", "crises/?state=suspected", as_="admin")["results"]
    wish = {"reason": "Het gonst op het perron", "level": 0}
    crisis = suspected[0] if suspected else screens.desk.api("POST", "crises/", wish, as_="admin")
    page = f"/crises/{crisis['id']}/"
    over = f"/crises/{_over(screens)}/"
    return (
        *CRISES,
        over,
        f"{over}held/",
        f"{over}statements/",
        page,
        f"{page}room/",
        f"{page}room/?projector=1",
        f"{page}report/",
    )


def answers(screens: Screens, account: Account) -> tuple[str, ...]:
    """The pages of answers in batches of a crisis that is over: one that was looked at and that nobody has started."""
    words = f"wanneer rijdt tram {next(_numbers)} weer"
    account.says(f"@{account.handle} {words}", by="fatima")
    ticket = account.ticket(words)["id"]
    wish = {"reason": "Storing op de tram", "level": 1, "scope": {"topics": [words]}}
    crisis = screens.desk.api("POST", "crises/", wish, as_="admin")["id"]
    screens.desk.api("POST", f"tickets/{ticket}/crises/", {"crisis": crisis}, as_="admin")
    screens.desk.api("POST", f"crises/{crisis}/stand-down/", {"reason": "Opgelost"}, as_="admin")
    texts = [{"language": "nl", "text": "[Hoi|Dag] {{customer}}, bel even 06 12345678."}]
    base = f"crises/{crisis}/answers/"
    batch = screens.desk.api("POST", base, {"texts": texts, "chosen": {"tickets": [ticket]}}, as_="admin")["id"]
    eventually(lambda: screens.desk.api("GET", f"{base}{batch}/", as_="admin")["state"] == "ready", "the batch")
    return f"/{base}", f"/{base}new/", f"/{base}{batch}/"


def _over(screens: Screens) -> int:
    """One that was active, so that it has roles and a checklist, and is stood down."""
    ended = screens.desk.api("GET", "crises/?state=stood_down", as_="admin")["results"]
    if ended:
        number: int = ended[0]["id"]
        return number
    number = screens.desk.api("POST", "crises/", {"reason": "Storing op het net", "level": 3}, as_="admin")["id"]
    screens.desk.api("POST", f"crises/{number}/stand-down/", {"reason": "Opgelost"}, as_="admin")
    return number


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


def approvals(screens: Screens, account: Account) -> tuple[str, ...]:
    """With one reply of a colleague's that waits for a word."""
    words = f"wanneer rijdt bus {next(_numbers)} weer"
    account.says(f"@{account.handle} {words}", by="fatima")
    ticket = account.ticket(words)["id"]
    wish = {"text": "Morgen om zes uur.", "idempotency_key": f"{ticket}", "ask_approval": True, "send_anyway": True}
    reply = screens.desk.api("POST", f"tickets/{ticket}/reply/", wish, as_="agent")["id"]
    return *APPROVALS, f"/approvals/{reply}/"


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


def reports(screens: Screens) -> tuple[str, ...]:
    """With one that is kept: as it was, with other filters, and its settings."""
    kept = f"/reports/saved/{_mailed(screens)}/"
    return (*REPORTS, kept, f"{kept}?period=today", f"{kept}settings/")


def end_of_a_mail(screens: Screens) -> str:
    """The page behind the link in a report that came by e-mail."""
    (number,) = screens.desk.rows("SELECT id FROM reports_reportsubscription WHERE report_id = %s", _mailed(screens))[0]
    code = f"from desk.actions.report_mails import link_of; print(link_of({number}))"
    return screens.desk.manage("shell", "--no-imports", "-c", code).removeprefix(screens.desk.url)


def _mailed(screens: Screens) -> int:
    """The number of a kept report that the administrator gets by e-mail."""
    person = screens.desk.api("GET", "me/", as_="admin")["id"]
    screens.desk.api("PATCH", f"users/{person}/", {"email": "admin@vlotlijn.example"}, as_="admin")
    wish = {"name": f"Week {next(_numbers)}", "shows": {"period": "last_week"}, "sharing": "company"}
    report: int = screens.desk.api("POST", "saved-reports/", wish, as_="admin")["id"]
    screens.desk.api("PUT", f"saved-reports/{report}/subscription/", {}, as_="admin")
    return report


# What stands past the right edge and cannot be scrolled to on its own.
PAST_THE_EDGE = """(width) => {
  const scrolls = (element) => element && (["auto", "scroll"].includes(getComputedStyle(element).overflowX)
    || scrolls(element.parentElement));
  const whole = document.scrollingElement.scrollWidth;
  const wide = whole > width ? [`the page is ${whole} px wide`] : [];
  const parts = document.querySelectorAll("a, button, input, select, textarea, h1, h2, summary, label");
  const cut = [...parts].filter((element) => element.checkVisibility()
    && !element.closest(".only-read, .skip") && element.getBoundingClientRect().width > 0
    && element.getBoundingClientRect().right > width + 0.5 && !scrolls(element.parentElement));
  return [...wide, ...cut.map((element) => element.outerHTML.slice(0, 120))];
}"""

# Words that a reader sees or hears and that are in the language of the page: not what customers or colleagues wrote.
OWN_WORDS = """() => {
  const ours = (element) => element.closest("[lang]") === document.documentElement
    && !element.closest("kbd, code, bdi, [dir=auto]");
  const seen = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const words = [document.title];
  while (seen.nextNode()) {
    const element = seen.currentNode.parentElement;
    const shown = element.checkVisibility() && !element.closest("script, template, style");
    if (ours(element) && shown) words.push(seen.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (ours(element)) words.push(element.getAttribute(name));
    }
  }
  return words.map((one) => one.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""

# English words that are no Dutch ones.
ENGLISH = frozenset(
    """
    the and with from your you not nobody everybody somebody search show send reply note notes assign assigned assignee
    snooze snoozed resolve resolved customer customers waiting waits unassigned breached today answered unanswered
    settings add save saved cancel password username sign people canned response responses language light role never
    first name due draft choose change changed delete remove close again until which what who when where this that
    these those they there here have been were will would can could cannot are public private message messages more
    less none yet back next previous page pages sure right ago since came nothing everything
    """.split()
)
