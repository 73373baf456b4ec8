"""Every page that people work with, outside of administration."""

import itertools

from tests.browser.screens import Screens
from tests.files import picture_of
from tests.running.customers import Account
from tests.running.desk import eventually

_numbers = itertools.count(1)  # of reports and tickets, which have names of their own
# No phone is so wide.
LONG = "https://intranet.vlotlijn.example/techniek/storingen/2026/november/monteursrapport-van-vrijdag.html"
OWN = (
    "/notices/",
    "/questions/",
    "/absences/",
    "/macros/",
    "/macros/new/",
    "/policy/",
    "/accounts/password/change/",
    "/accounts/two-factor/",
    "/accounts/sessions/",
)
REPORTS = (
    "/causes/?period=quarter",
    "/causes/improvements/",
    "/causes/departments/",
    "/reports/?period=month&compare=year",
    "/reports/tickets/?period=month",
    "/reports/saved/",
    "/reports/saved/new/?period=last_week",
)
THREADS = ("/threads/", "/threads/?show=unread&q=lift", "/threads/new/")
KNOWLEDGE = ("/knowledge/", "/knowledge/?audience=public&topic=fiets", "/knowledge/new/")
APPROVALS = ("/approvals/",)
DRILLS = ("/crises/drills/", "/crises/drills/new/", "/crises/drills/inboxes/new/")
CRISES = (
    "/crises/",
    "/crises/new/",
    "/monitoring/",
    "/signals/",
    "/signals/?state=all",
    "/signals/streams/",
    "/signals/streams/new/",
    "/signals/words/",
)


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
        *drills(screens),
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


def drills(screens: Screens) -> tuple[str, ...]:
    """With one that is planned and one that is over and scored, with posts and things that broke."""
    known = {one["state"]: one["id"] for one in screens.desk.api("GET", "drills/", as_="admin")["results"]}
    if not {"planned", "finished"} <= set(known):
        stage = screens.desk.api("POST", "drills/inboxes/", {"network": "x", "name": "Podium"}, as_="admin")["id"]
        wish = {"inbox": stage, "scenario": "outage", "announced": False, "speed": 60}
        over, planned = (screens.desk.api("POST", "drills/", wish, as_="admin")["id"] for _ in range(2))
        screens.desk.api("POST", f"drills/{over}/start/", as_="admin")
        query = "SELECT count(*) FROM drills_beat WHERE drill_id = %s AND played_at IS NOT NULL"
        eventually(lambda: screens.desk.rows(query, over)[0][0] > 1, "the first posts of a drill")
        screens.desk.api("POST", f"drills/{over}/end/", as_="admin")
        known = {"planned": planned, "finished": over}
    planned_page = f"/crises/drills/{known['planned']}/"
    return *DRILLS, planned_page, f"{planned_page}change/", f"/crises/drills/{known['finished']}/"


def knowledge(screens: Screens) -> tuple[str, ...]:
    """With one article in Dutch that everybody may read, and its help page."""
    number = next(_numbers)
    texts = [
        {"language": "nl", "title": f"Fiets mee {number}", "body": "## Wanneer\n\n- buiten de spits\n- in het weekend"}
    ]
    wish = {"texts": texts, "audience": "public", "topics": ["fiets"]}
    one = screens.desk.api("POST", "articles/", wish, as_="admin")["id"]
    texts[0]["body"] = "- in het weekend"
    screens.desk.api("PATCH", f"articles/{one}/", {"texts": texts, "summary": "Korter"}, as_="admin")
    pages = (f"/knowledge/{one}/", f"/knowledge/{one}/edit/", f"/knowledge/{one}/versions/2/")
    return *KNOWLEDGE, *pages, "/help/nl/", "/help/nl/?q=fiets", f"/help/nl/{one}/"


def threads(screens: Screens, account: Account, reader: str = "admin") -> tuple[str, ...]:
    """With a private one that this person may read, and a swarm that has a summary and words that name a ticket."""
    people = screens.desk.api("GET", "users/?page_size=200", as_="admin")["results"]
    let_in = [one["id"] for one in people if one["username"] == reader]
    words = f"de lift op perron {next(_numbers)} staat stil"
    account.says(f"@{account.handle} {words}", by="fatima")
    ticket = account.ticket(words)["id"]
    private = screens.desk.api(
        "POST", "threads/", {"topic": "Rooster", "private": True, "people": let_in}, as_="admin"
    )["id"]
    swarm = screens.desk.api("POST", f"tickets/{ticket}/swarm/", {}, as_="admin")["id"]
    screens.desk.api("POST", f"threads/{swarm}/words/", {"text": f"Zie ook #{ticket}"}, as_="admin")
    screens.desk.api("PUT", f"threads/{swarm}/summary/", {"text": "Onderdeel besteld"}, as_="admin")
    return *THREADS, f"/threads/{private}/", f"/threads/{swarm}/"


def inward(screens: Screens, account: Account) -> tuple[str, ...]:
    """One cause with an improvement that is done, its department's digest, and one question by its link."""
    api, number = screens.desk.api, next(_numbers)
    words = f"deur {number} klemt"
    account.says(f"@{account.handle} {words}", by="fatima")
    ticket = account.ticket(words)["id"]
    department = api("POST", "departments/", {"name": f"Werkplaats {number}"}, as_="admin")["id"]
    wish = {"name_nl": f"Deur {number}", "name_en": f"Door {number}", "department": department}
    cause = api("POST", "causes/", wish, as_="admin")["id"]
    idea = api("POST", "improvements/", {"cause": cause, "what": "Andere scharnieren"}, as_="admin")["id"]
    api("POST", f"improvements/{idea}/step/", {"event": "agree"}, as_="admin")
    done = {"event": "finish", "changed": "Nieuwe scharnieren", "done_on": "2026-01-05"}
    api("POST", f"improvements/{idea}/step/", done, as_="admin")
    someone = {"username": f"monteur{number}", "first_name": "Bas", "role": "colleague", "language": "nl"}
    bas = api("POST", "users/", {**someone, "email": f"bas{number}@vlotlijn.example"}, as_="admin")["id"]
    asks = {"text": f"Klemt hij vaker? {LONG}", "user_id": bas}
    asked = api("POST", f"tickets/{ticket}/questions/", asks, as_="admin")["id"]
    photo = {"files": ("deur.png", picture_of(900, 600), "image/png")}
    said = screens.desk.client("admin").post(f"/api/v1/questions/{asked}/with-files/", data={"text": "Zo"}, files=photo)
    assert said.status_code == 201, said.text
    api("POST", f"tickets/{ticket}/cause/", {"cause": cause}, as_="admin")
    (link,) = screens.desk.rows("SELECT id FROM questions_link WHERE question_id = %s", asked)[0]
    code = f"from desk.actions.questions.question_links import address_of; print(address_of({link}))"
    page = screens.desk.manage("shell", "--no-imports", "-c", code).removeprefix(screens.desk.url)
    return (
        f"/causes/{cause}/?period=quarter",
        f"/causes/{cause}/improve/",
        f"/causes/improvements/{idea}/",
        f"/causes/departments/{department}/",
        f"/tickets/{ticket}/",
        "/knowledge/gaps/",
        page,
    )


def approvals(screens: Screens, account: Account) -> tuple[str, ...]:
    """With one reply of a colleague's that waits for a word."""
    words = f"wanneer rijdt bus {next(_numbers)} weer"
    account.says(f"@{account.handle} {words}", by="fatima")
    ticket = account.ticket(words)["id"]
    wish = {"text": "Morgen om zes uur.", "idempotency_key": f"{ticket}", "ask_approval": True, "send_anyway": True}
    reply = screens.desk.api("POST", f"tickets/{ticket}/reply/", wish, as_="agent")["id"]
    return *APPROVALS, f"/approvals/{reply}/"


def reports(screens: Screens) -> tuple[str, ...]:
    """With one that is kept: as it was, with other filters, and its settings."""
    kept = f"/reports/saved/{_mailed(screens)}/"
    return (*REPORTS, kept, f"{kept}?period=today", f"{kept}settings/")


def end_of_a_mail(screens: Screens) -> str:
    """The page behind the link in a report that came by e-mail."""
    (number,) = screens.desk.rows("SELECT id FROM reports_reportsubscription WHERE report_id = %s", _mailed(screens))[0]
    code = f"from desk.actions.reports.report_mails import link_of; print(link_of({number}))"
    return screens.desk.manage("shell", "--no-imports", "-c", code).removeprefix(screens.desk.url)


def _mailed(screens: Screens) -> int:
    """The number of a kept report that the administrator gets by e-mail."""
    person = screens.desk.api("GET", "me/", as_="admin")["id"]
    screens.desk.api("PATCH", f"users/{person}/", {"email": "admin@vlotlijn.example"}, as_="admin")
    wish = {"name": f"Week {next(_numbers)}", "shows": {"period": "last_week"}, "sharing": "company"}
    report: int = screens.desk.api("POST", "saved-reports/", wish, as_="admin")["id"]
    screens.desk.api("PUT", f"saved-reports/{report}/subscription/", {}, as_="admin")
    return report
