"""The report of a crisis: its figures, what people add to it, and that anybody can check its log."""

import hashlib
import json
from datetime import date, timedelta

import pytest

from desk.actions.crises import crises, crisis_report, crisis_tickets
from desk.actions.crises.escalation import acknowledge
from desk.actions.replies import approval
from desk.actions.replies.reply import submit
from desk.actions.reports.wallboard_figures import Today
from desk.actions.tickets import tickets
from desk.common.errors import Conflict, Invalid, Missing
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Role
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in
from tests.actions.chains import put_in_force
from tests.actions.promised import promise
from tests.api.caller import Caller
from tests.web.colleagues import signed_in

pytestmark = pytest.mark.django_db
NAME = "De trein staat stil"


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor", role=Role.COMMS, first_name="Noor")


@pytest.fixture
def daan(db: None) -> User:
    return User.objects.create_user("daan", role=Role.ADMINISTRATOR, first_name="Daan")


@pytest.fixture
def inbox() -> Inbox:
    promise(first=20)
    return an_inbox()


@pytest.fixture
def crisis(noor: User, daan: User, inbox: Inbox) -> Crisis:
    """Suspected at ten past noon, active from quarter past, level 3 confirmed, over at one."""
    begun = crises.start(noor, reason=NAME, level=0, scope={"topics": ["trein"]}, now=minutes(10))
    crises.set_level(noor, begun.pk, 3, reason="Het is er een", now=minutes(15))
    crises.confirm(daan, begun.pk, now=minutes(19))
    take_in(inbox, [
        a_mention("1", at=16, by="ada", text="De trein staat stil"),
        a_mention("2", at=17, by="bob", text="Welke trein, vreselijk"),
        a_mention("3", at=18, by="cor", text="Mooi weer"),
        own_words("4", parent_id="1", at=26),
        own_words("5", parent_id="3", at=58),
    ], now=minutes(59))  # fmt: skip
    return crises.stand_down(noor, begun.pk, reason="Hij rijdt", now=minutes(60))


def test_it_says_how_long_things_took_and_what_the_crisis_did_to_response_times(crisis: Crisis) -> None:
    report = crisis_report.report_of(crisis, minutes(90))
    assert report.times == crisis_report.Times(
        noticed=None,  # its first message came after its first line
        started=timedelta(minutes=5),
        acknowledged=None,
        confirmed=timedelta(minutes=4),
        answered=timedelta(minutes=11),
        stated=None,
        lasted=timedelta(minutes=45),
    )
    assert report.tickets == 2
    assert report.inside == Today(met=1, breached=1, unanswered=1, median=timedelta(minutes=10))
    assert report.outside == Today(met=0, breached=1, unanswered=0, median=timedelta(minutes=40))
    assert (report.curve.messages, report.curve.negative, report.curve.answers) == (2, 1, 1)
    assert report.broken is None


def test_what_never_happened_is_not_made_up(noor: User) -> None:
    suspected = crises.start(noor, reason=NAME, level=0, now=minutes(0))
    report = crisis_report.report_of(suspected, minutes(5))
    assert report.times == crisis_report.Times(None, None, None, None, None, None, None)
    assert (report.tickets, report.inside.compliance) == (0, None)


def test_a_summary_is_written_anew_and_nobody_writes_over_a_colleague(noor: User, daan: User, crisis: Crisis) -> None:
    first = crisis_report.write_summary(noor, crisis.pk, "Een wissel was stuk.", seen=0)
    with pytest.raises(Conflict):
        crisis_report.write_summary(daan, crisis.pk, "Een sein was stuk.", seen=0)
    crisis_report.write_summary(daan, crisis.pk, "Een sein was stuk.", seen=first.number)
    found = crisis_report.report_of(crisis, minutes(90))
    assert found.summary is not None
    assert (found.summary.text, found.summary.actor) == ("Een sein was stuk.", daan)
    with pytest.raises(Invalid):
        crisis_report.write_summary(noor, crisis.pk, "  ")


def test_an_action_has_an_owner_and_a_day_and_is_done_once(noor: User, daan: User, crisis: Crisis) -> None:
    line = crisis_report.add_action(noor, crisis.pk, "Omroepers inlichten", owner_id=daan.pk, due=date(2026, 3, 20))
    crisis_report.add_action(noor, crisis.pk, "Draaiboek")
    with pytest.raises(Invalid):
        crisis_report.add_action(noor, crisis.pk, "x", owner_id=99_999)
    first, second = crisis_report.report_of(crisis, minutes(90)).actions
    assert (first.text, first.owner, first.due, first.done_at) == ("Omroepers inlichten", daan, date(2026, 3, 20), None)
    assert (second.owner, second.due) == (None, None)
    assert first.is_late(date(2026, 3, 21))
    assert not first.is_late(date(2026, 3, 20))
    crisis_report.finish_action(daan, crisis.pk, line.number)
    with pytest.raises(Conflict):
        crisis_report.finish_action(daan, crisis.pk, line.number)
    with pytest.raises(Missing):
        crisis_report.finish_action(daan, crisis.pk, 1)
    first = crisis_report.report_of(crisis, minutes(90)).actions[0]
    assert first.done_by == daan
    assert not first.is_late(date(2027, 1, 1))


def test_the_page_has_it_all_and_forms_for_those_who_may(noor: User, crisis: Crisis) -> None:
    page = f"/crises/{crisis.pk}/report/"
    comms = signed_in(Role.COMMS)
    assert comms.post(f"{page}summary/", {"text": "Een <wissel> was stuk.", "seen": "0"}).status_code == 302
    assert comms.post(f"{page}action/", {"text": "Draaiboek", "owner": noor.pk, "due": "2020-03-20"}).status_code == 302
    number = CrisisEntry.objects.get(kind="action").number
    shown = comms.get(page).content.decode()
    for words in ("Een &lt;wissel&gt; was stuk.", "Draaiboek", "20 Mar 2020", "late", "2 messages, 1 of them negative"):
        assert words in shown
    assert CrisisEntry.objects.latest("pk").digest in shown
    assert comms.post(f"{page}done/", {"action": number}).status_code == 302
    refused = comms.post(f"{page}summary/", {"text": "Later getikt", "seen": "0"})
    assert refused.status_code == 409
    assert "Later getikt" in refused.content.decode(), "what was typed is not lost"
    wrong = comms.post(f"{page}action/", {"text": "Bellen", "due": "morgen"})
    assert wrong.status_code == 400
    assert 'value="Bellen"' in wrong.content.decode()
    reader = signed_in(Role.SUPERVISOR)
    assert "report/summary/" not in reader.get(page).content.decode()
    assert reader.post(f"{page}summary/", {"text": "x"}).status_code == 403
    assert signed_in(Role.AGENT).get(page).status_code == 403


def test_a_log_that_was_changed_is_said_to_be(crisis: Crisis) -> None:
    Crisis.objects.update(log_length=3)  # as if the last of four lines had been slipped in
    page = signed_in(Role.COMMS).get(f"/crises/{crisis.pk}/report/").content.decode()
    assert "The log is broken at entry 4: it was added behind the end of the log." in page


def test_the_file_can_be_checked_without_the_desk(noor: User, crisis: Crisis) -> None:
    crisis_report.write_summary(noor, crisis.pk, "Één wissel – stuk")
    answer = signed_in(Role.COMMS).get(f"/crises/{crisis.pk}/report/log.json")
    told = json.loads(answer.content)
    before = told["start"]
    for entry in told["entries"]:
        facts = json.dumps(entry["facts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry["before"] == before
        assert entry["digest"] == hashlib.sha256(f"{before}\n{facts}".encode()).hexdigest()
        before = entry["digest"]
    crisis.refresh_from_db()
    assert before == crisis.log_digest
    assert signed_in(Role.AGENT).get(f"/crises/{crisis.pk}/report/log.json").status_code == 403


def test_a_ticket_that_somebody_took_out_is_in_no_figure(noor: User, crisis: Crisis) -> None:
    crisis_tickets.take_out(noor, Ticket.objects.get(profile__handle="ada").pk, crisis.pk)
    tickets.transition(noor, Ticket.objects.get(profile__handle="bob").pk, "mark_spam")
    report = crisis_report.report_of(crisis, minutes(90))
    assert (report.tickets, report.inside, report.curve.answers) == (1, Today(0, 0, 0, None), 0)


def test_it_tells_when_somebody_saw_to_it_and_how_long_approvals_took(noor: User, daan: User) -> None:
    put_in_force(
        {"2": {"gates": [{"gate": "approve", "visibility": "public"}], "escalation": {"steps": [{"to": ["owner"]}]}}}
    )
    take_in(an_inbox(), [a_mention("1"), a_mention("2", by="bo")], now=minutes(0))
    Ticket.objects.update(created_at=minutes(0))
    begun = crises.start(noor, reason=NAME, level=2, now=minutes(1))
    acknowledge(daan, begun.pk, now=minutes(4))
    for number, (ticket, took) in enumerate(zip(Ticket.objects.order_by("id"), (2, 6), strict=True)):
        crisis_tickets.put_in(noor, ticket.pk, begun.pk, now=minutes(5))
        reply = submit(
            noor, ticket.pk, text=f"We zoeken het uit, {number}.", visibility="public", idempotency_key=f"{number}",
            now=minutes(6),
        )  # fmt: skip
        approval.approve(daan, reply.pk, now=minutes(6 + took))
    crises.stand_down(noor, begun.pk, reason="Hij rijdt", now=minutes(30))
    begun.refresh_from_db()
    found = crisis_report.report_of(begun, minutes(40))
    assert found.times.acknowledged == timedelta(minutes=3)
    assert found.approvals == crisis_report.Approvals(2, timedelta(minutes=4), timedelta(minutes=6))
    body = Caller(noor).get(f"crises/{begun.pk}/report/").body
    assert (body["took"]["acknowledged"], body["approvals"]["longest_seconds"]) == (180, 360)
    page = signed_in(Role.COMMS).get(f"/crises/{begun.pk}/report/").content.decode()
    assert "median of 2, at most 6 min" in page


def test_what_worked_is_written_down_and_nobody_writes_over_a_colleague(noor: User, crisis: Crisis) -> None:
    comms, page = signed_in(Role.COMMS), f"/crises/{crisis.pk}/report/"
    assert comms.post(f"{page}worked/", {"text": "De bussen waren er snel.", "seen": "0"}).status_code == 302
    assert "De bussen waren er snel." in comms.get(page).content.decode()
    refused = comms.post(f"{page}worked/", {"text": "Iets anders", "seen": "0"})
    assert refused.status_code == 409
    assert "Iets anders" in refused.content.decode()
    assert Caller(noor).get(f"crises/{crisis.pk}/report/").body["worked"] == "De bussen waren er snel."
    assert Caller(noor).post(f"crises/{crisis.pk}/worked/", text="Nog beter.").status == 201
