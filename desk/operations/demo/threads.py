"""What colleagues of Vlotlijn talk about: two threads, one of them private, and a swarm on a ticket."""

from datetime import datetime, timedelta

from desk.actions.threads import swarms, thread_words, threads
from desk.people.models import User
from desk.threads.models import Thread
from desk.tickets.models import OPEN_STATES, Ticket

TOPIC, PRIVATE = "Nieuwe regels voor geld terug", "Rooster van de kerstdagen"
RULES = "Vanaf maandag geldt: bij meer dan een uur vertraging de helft terug. Dit staat ook in het artikel."
SWARM = (
    ("agent", "Dit is de derde vandaag over dezelfde lift. Weet iemand of de werkplaats het al heeft?"),
    ("expert", "Ja, een onderdeel is besteld. Ik bel ze nu even voor de tijd."),
)
PINNED = "Onderdeel besteld; de werkplaats zegt vandaag nog hoe laat de lift weer gaat."


def make_threads(people: dict[str, User], now: datetime) -> None:
    """Once, by people who are in the middle of it."""
    if Thread.objects.exclude(crisis__isnull=False).exists():
        return
    agent, agent2, expert, supervisor = (people[name] for name in ("agent", "agent2", "expert", "supervisor"))
    rules = threads.start(supervisor, topic=TOPIC, now=now - timedelta(hours=3))
    thread_words.write(
        supervisor, rules.pk, f"{RULES} Vragen? Zeg het hier. @{agent.username}", now=now - timedelta(hours=3)
    )
    thread_words.write(agent2, rules.pk, "Geldt dat ook met een dagkaart?", now=now - timedelta(minutes=50))
    threads.set_summary(supervisor, rules.pk, RULES, now=now - timedelta(minutes=45))
    days = threads.start(
        supervisor, topic=PRIVATE, private=True, people=[agent.pk, agent2.pk], now=now - timedelta(hours=5)
    )
    thread_words.write(supervisor, days.pk, "Wie kan er op tweede kerstdag?", now=now - timedelta(hours=5))
    waiting = Ticket.objects.filter(state__in=OPEN_STATES, inbox__drill=False).exclude(waiting_since=None)
    ticket = waiting.filter(messages__text__icontains=" lift").order_by("due_at", "id").first()
    if ticket is None:
        return
    swarm = swarms.open_swarm(agent, ticket.pk, now=now - timedelta(minutes=9))
    for minutes, (name, said) in zip((8, 5), SWARM, strict=True):
        author = {"agent": agent, "expert": expert}[name]
        thread_words.write(author, swarm.pk, said, now=now - timedelta(minutes=minutes))
    threads.set_summary(expert, swarm.pk, PINNED, now=now - timedelta(minutes=4))
