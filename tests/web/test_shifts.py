"""Hours, absences and who is on duty, on the screens; and what a person who was away is told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.actions.people import people
from desk.actions.tickets import assignment
from desk.inboxes.models import Inbox
from desk.people.models import Absence, AuditEntry, Shift, Team, User
from desk.people.permissions import Role
from desk.tickets.models import Ticket, TicketEvent
from tests.web.browsing import PART, Browser, asked_by
from tests.web.colleagues import colleague, signed_in

pytestmark = pytest.mark.django_db
SHIFTS = "/administration/shifts/"
WEEK = {f"week.{day}": "" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def test_hours_are_written_read_changed_and_deleted() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.SUPERVISOR)
    form = {
        **WEEK, "who": f"user:{agent.pk}", "timezone": "Europe/Amsterdam", "first_day": "2026-03-02", "last_day": "",
        "week.mon": "9:00-12:30, 13:00 – 17:30", "week.fri": "22:00–06:00",
    }  # fmt: skip
    assert browser.post(f"{SHIFTS}new/", form).status_code == 302
    shift = Shift.objects.get()
    assert (shift.user, shift.team, shift.last_day) == (agent, None, None)
    assert shift.week == {"mon": [["09:00", "12:30"], ["13:00", "17:30"]], "fri": [["22:00", "06:00"]]}
    listed = browser.get(SHIFTS).content.decode()
    assert "09:00–12:30<br>13:00–17:30" in listed
    address = f"{SHIFTS}{shift.pk}/"
    page = browser.get(address).content.decode()
    assert 'value="22:00–06:00"' in page
    assert 'type="date" value="2026-03-02"' in page
    team = Team.objects.create(name="Nacht")
    assert browser.post(address, {**form, "who": f"team:{team.pk}"}).status_code == 302
    shift.refresh_from_db()
    assert (shift.user, shift.team) == (None, team)
    assert "Nacht" in browser.get(SHIFTS).content.decode()
    browser.post(f"{address}delete/")
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["shift_created", "shift_changed", "shift_deleted"]
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("week.mon", "from nine", "can&#x27;t be read"),
        ("week.mon", "09:00–25:00", "can&#x27;t be read"),
        ("week.tue", "09:00–12:00, 11:00–13:00", "overlap"),
        ("week.mon", "", "at least one day"),
        ("timezone", "Mars", "no time zone"),
        ("first_day", "tomorrow", "no date"),
        ("first_day", "2026-02-30", "no date"),
        ("who", "", "one person or one team"),
    ],
)
def test_hours_that_cant_be_read_are_said_at_their_field(field: str, typed: str, words: str) -> None:
    browser = signed_in(Role.SUPERVISOR)
    form = {
        **WEEK, "who": f"user:{colleague(Role.AGENT).pk}", "timezone": "UTC", "week.mon": "09:00–17:00", field: typed,
    }  # fmt: skip
    answer = browser.post(f"{SHIFTS}new/", form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Shift.objects.exists()


def test_an_absence_is_kept_changed_and_deleted() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.SUPERVISOR)
    form = {"user": agent.pk, "starts_at": "2026-03-02T09:00", "ends_at": "", "reason": "Verlof"}
    assert browser.post(f"{SHIFTS}absences/new/", form).status_code == 302
    absence = Absence.objects.get()
    address = f"{SHIFTS}absences/{absence.pk}/"
    page = browser.get(SHIFTS).content.decode()
    assert "Verlof" in page
    assert "until further notice" in page
    assert "absent" in page
    assert 'value="2026-03-02T09:00"' in browser.get(address).content.decode()
    for wrong in ({"ends_at": "2026-03-01T09:00"}, {"starts_at": ""}, {"starts_at": "soon"}, {"user": ""}):
        assert browser.post(address, {**form, **wrong}).status_code == 400, wrong
    assert browser.post(address, {**form, "ends_at": "2026-03-03T09:00"}).status_code == 302
    assert "absent" not in browser.get(SHIFTS).content.decode().replace("absences", "").replace("Nobody is absent", "")
    browser.post(f"{address}delete/")
    assert not Absence.objects.exists()


def test_an_absence_is_ended_by_whoever_keeps_the_shifts() -> None:
    absence = Absence.objects.create(user=colleague(Role.AGENT), starts_at=timezone.now() - timedelta(days=1))
    browser = signed_in(Role.SUPERVISOR)
    address = f"{SHIFTS}absences/{absence.pk}/"
    assert "It ends now" in browser.get(address).content.decode()
    browser.post(f"{address}end/")
    absence.refresh_from_db()
    assert absence.ends_at is not None
    assert absence.ends_at <= timezone.now()
    assert "It ends now" not in browser.get(address).content.decode()


def test_everybody_keeps_their_own_absences_and_nobody_elses() -> None:
    agent, other = colleague(Role.AGENT), User.objects.create_user("other")
    browser = signed_in(Role.AGENT)
    form = {"starts_at": "2026-03-02T09:00", "ends_at": "", "reason": "Verlof"}
    assert browser.post("/absences/", {**form, "user": other.pk}).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.reason) == (agent, "Verlof")
    page = browser.get("/absences/").content.decode()
    assert "I am back" in page
    assert browser.post("/absences/", {**form, "starts_at": ""}).status_code == 400
    address = f"/absences/{absence.pk}/"
    assert browser.post(address, {**form, "reason": "Ouderschap", "user": other.pk}).status_code == 302
    assert browser.post(f"{address}end/").status_code == 302
    absence.refresh_from_db()
    assert (absence.user, absence.reason, bool(absence.ends_at)) == (agent, "Ouderschap", True)
    assert browser.post(f"{address}delete/").status_code == 302
    theirs = Absence.objects.create(user=other, starts_at=timezone.now())
    assert browser.get(f"/absences/{theirs.pk}/").status_code == 404
    for verb in ("end", "delete"):
        assert browser.post(f"/absences/{theirs.pk}/{verb}/").status_code == 403, verb
    assert Absence.objects.get() == theirs
    assert browser.get(f"{SHIFTS}absences/{theirs.pk}/").status_code == 403


def test_own_absences_are_paged(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    now, browser = timezone.now(), signed_in(Role.AGENT)
    for number in range(60):
        Absence.objects.create(user=colleague(Role.AGENT), starts_at=now - timedelta(days=number))
    browser.get("/absences/")
    with django_assert_num_queries(4):  # the person, the crisis above the page, the bell, the list
        first = browser.get("/absences/")
    assert len(first.context["absences"]) == 50
    more = browser.get("/absences/", {"cursor": first.context["page"].next})
    assert len(more.context["absences"]) == 10


def test_what_an_absence_would_do_is_looked_at_before_it_is_kept(
    browser: Browser, inbox: Inbox, suze: User, sanne: User
) -> None:
    team = Team.objects.create(name="Rail", assignment=Team.Assignment.ROUND_ROBIN)
    team.members.set([suze, sanne])
    sanne.ticket_cap = 2
    sanne.save()
    for number in range(3):
        asked_by(inbox, f"klant{number}", "Waar blijft de trein?")
    Ticket.objects.update(assignee=suze, team=team, state="open")
    alone = asked_by(inbox, "klant8", "Waar blijft de bus?")
    Ticket.objects.filter(pk=alone.pk).update(assignee=suze, state="open")
    answered = asked_by(inbox, "klant9", "Waar blijft de tram?")
    Ticket.objects.filter(pk=answered.pk).update(assignee=suze, team=team, state="open", waiting_since=None)
    later = timezone.localtime() + timedelta(days=3)
    form = {"starts_at": f"{later:%Y-%m-%dT%H:%M}", "ends_at": "", "reason": "", "preview": "1"}
    said = browser.send("/absences/", **form).content.decode()
    assert "2 go to Sanne Bakker" in said
    assert "1 goes back to its team" in said
    assert "1 waits for an answer and stays, because its team does not assign" in said
    assert "1 waits for somebody else and stays" in said
    assert "Nothing has been changed yet." in said
    assert not Absence.objects.exists()
    assert not AuditEntry.objects.filter(verb="absence_created").exists()
    assert Ticket.objects.filter(assignee=suze).count() == 5
    assert not TicketEvent.objects.filter(kind="handed_over").exists()
    whole_page = browser.client.post("/absences/", form).content.decode()
    assert "2 go to Sanne Bakker" in whole_page
    assert f'value="{form["starts_at"]}"' in whole_page
    over = {**form, "starts_at": "2020-01-01T09:00", "ends_at": "2020-01-02T09:00"}
    assert "It is over already" in browser.send("/absences/", **over).content.decode()
    assert (
        "2 go to Sanne Bakker"
        in browser.send("/absences/", **{**form, "starts_at": "8999-12-31T23:59"}).content.decode()
    )
    assert browser.send("/absences/", **{**form, "starts_at": "0001-01-01T00:00"}).status_code == 400
    supervisor = signed_in(Role.SUPERVISOR).post(f"{SHIFTS}absences/new/", {**form, "user": sanne.pk}, headers=PART)
    assert "there are none, so nothing moves" in supervisor.content.decode()


def test_who_is_on_duty_now_is_seen_with_its_reason_and_its_end() -> None:
    always = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    later = (timezone.now() + timedelta(days=400)).date()
    here, home = (User.objects.create_user(name) for name in ("here", "home"))
    Shift.objects.create(user=here, timezone="UTC", week=always)
    Shift.objects.create(user=home, timezone="UTC", week=always, first_day=later)
    colleague(Role.AGENT)
    page = signed_in(Role.SUPERVISOR).get(SHIFTS)
    duty = {one.username: str(words) for one, _standing, words in page.context["people"]}
    assert (duty["here"], duty["home"], duty["agent"]) == ("on shift", "off shift", "on duty, no hours set")


def test_lists_of_shifts_are_paged() -> None:
    for number in range(60):
        person = User.objects.create_user(f"agent{number}")
        Shift.objects.create(user=person, timezone="UTC", week={"mon": [["09:00", "10:00"]]})
        Absence.objects.create(user=person, starts_at=timezone.now())
    browser = signed_in(Role.SUPERVISOR)
    first = browser.get(SHIFTS)
    for name, left in (("shifts", 10), ("absences", 10), ("people", 11)):
        page = browser.get(SHIFTS, {name: first.context["pages"][name].next})
        assert len(page.context[name]) == left, name


def test_languages_skills_and_the_cap_are_set_on_the_page_of_a_person() -> None:
    agent, browser = colleague(Role.AGENT), signed_in(Role.ADMINISTRATOR)
    address = f"/administration/people/{agent.pk}/"
    form = {
        "username": "agent", "role": "agent", "language": "nl", "is_active": "on",
        "languages": "NL, en", "skills": "Refund, x, ", "ticket_cap": "8",
    }  # fmt: skip
    assert browser.post(address, form).status_code == 302
    agent.refresh_from_db()
    assert (agent.languages, agent.skills, agent.ticket_cap) == (["en", "nl"], ["refund", "x"], 8)
    page = browser.get(address).content.decode()
    assert 'value="en, nl"' in page
    assert 'value="8"' in page
    for wrong in ({"languages": "Dutch"}, {"ticket_cap": "many"}, {"ticket_cap": "-1"}, {"skills": "x" * 51}):
        assert browser.post(address, {**form, **wrong}).status_code == 400, wrong
    browser.post(address, {**form, "ticket_cap": "", "languages": ""})
    agent.refresh_from_db()
    assert (agent.languages, agent.ticket_cap) == ([], None)


def test_the_policy_is_set_on_the_page_of_a_team() -> None:
    team, browser = Team.objects.create(name="Rail"), signed_in(Role.ADMINISTRATOR)
    address = f"/administration/teams/{team.pk}/"
    form = {"name": "Rail", "assignment": "least_loaded", "match_skills": "on"}
    assert browser.post(address, form).status_code == 302
    team.refresh_from_db()
    assert (team.assignment, team.match_language, team.match_skills) == ("least_loaded", False, True)
    assert "Whoever has the fewest open tickets" in browser.get("/administration/teams/").content.decode()
    assert browser.post(address, {**form, "assignment": "lottery"}).status_code == 400
    browser.post(address, {"name": "Trein"})
    team.refresh_from_db()
    assert (team.name, team.assignment) == ("Trein", "least_loaded")


def test_who_is_back_is_told_once_what_moved_meanwhile(browser: Browser, inbox: Inbox, suze: User, sanne: User) -> None:
    team = Team.objects.create(name="Rail", assignment=Team.Assignment.ROUND_ROBIN)
    team.members.set([suze, sanne])
    tickets = [asked_by(inbox, f"klant{number}", "Waar blijft de trein?") for number in range(2)]
    Ticket.objects.update(assignee=suze, team=team, state="open")
    people.change_own(suze, away=True)
    assert assignment.sweep(timezone.now()) == 0
    words = "2 tickets of yours went to colleagues while you were away."
    assert words not in browser.page("/queue/"), "still away"
    people.change_own(suze, away=False)
    assert words in browser.page("/queue/")
    assert words not in browser.page("/queue/")
    timeline = browser.page(f"/tickets/{tickets[0].pk}/timeline/")
    assert "Taken from who went away" in timeline
    assert "Suze Veenstra → Sanne Bakker · next in turn" in timeline
    assert TicketEvent.objects.filter(kind="handed_over").count() == 2


def test_who_is_absent_is_shown_as_away_where_a_ticket_is_given(
    browser: Browser, ticket: Ticket, suze: User, sanne: User
) -> None:
    Absence.objects.create(user=sanne, starts_at=timezone.now())
    User.objects.create_user("aad", first_name="Aad")
    dialog = browser.part(f"/dialogs/assign/?ids={ticket.pk}")
    assert dialog.count("away") == 1
    assert dialog.index("Aad") < dialog.index("Sanne Bakker") < dialog.index("away")
