"""Colleagues of Vlotlijn who work elsewhere, and what they were asked: one question that waits, one with an answer."""

from datetime import datetime, timedelta

from desk.actions.people import people as people_verbs
from desk.actions.questions import questions
from desk.operations.demo.people import DOMAIN
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.questions.models import Question
from desk.tickets.models import OPEN_STATES, Ticket

WORKSHOP, REFUND = "Werkplaats", "Terugbetaling"  # a team and a tag
ELSEWHERE = (  # username, first name, last name, what they can be asked about
    ("bas.techniek", "Bas", "Hendriks", ["lift", "deuren", "airco"]),
    ("mirjam.techniek", "Mirjam", "Kuipers", ["wissels", "bovenleiding"]),
    ("femke.geld", "Femke", "Jansen", ["terugbetaling", "refund"]),
)
ASKED = "Deze reiziger wacht op ons. Kan een van jullie hier iets over zeggen?"
MONEY = "Krijgt deze reiziger geld terug, en binnen hoeveel dagen?"
REPAID = "Ja. Bij meer dan een uur vertraging de helft, binnen vijf werkdagen op de rekening."


def make_questions(admin: User, people: dict[str, User], now: datetime) -> None:
    """Ask them something; once, on tickets that wait."""
    workshop, _made = Team.objects.get_or_create(name=WORKSHOP)
    for username, first, last, knows in ELSEWHERE:
        if User.objects.filter(username=username).exists():
            continue
        person = people_verbs.create_user(
            admin, username=username, first_name=first, last_name=last, email=f"{username}@{DOMAIN}",
            role=Role.COLLEAGUE, language="nl", knows=knows,
        )  # fmt: skip
        if username.endswith("techniek"):
            workshop.members.add(person)
    waiting = Ticket.objects.filter(state__in=OPEN_STATES, assignee=people["agent"], inbox__drill=False)
    waiting = waiting.exclude(waiting_since=None).order_by("-due_at")
    paid = waiting.filter(tags__name=REFUND).first()
    other = waiting.exclude(tags__name=REFUND).first()
    if paid is None or other is None or Question.objects.exists():
        return
    agent, expert = people["agent"], User.objects.get(username=ELSEWHERE[-1][0])
    questions.ask(agent, other.pk, text=ASKED, team_id=workshop.pk, now=now - timedelta(minutes=12))
    money = questions.ask(
        agent, paid.pk, text=MONEY, user_id=expert.pk, about="terugbetaling", now=now - timedelta(minutes=40)
    )
    questions.answer(expert, money.pk, REPAID, now=now - timedelta(minutes=25))
