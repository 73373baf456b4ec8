"""Who hears of what is said in a thread: open screens, and colleagues who were named. No text leaves with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from desk.actions.tickets.notes import names_in
from desk.alerts.models import Notification
from desk.alerts.notices import Notice, changed, notify
from desk.common.errors import Invalid
from desk.common.live import publish
from desk.people.models import Team, User
from desk.threads.models import Participant, Thread, Word
from desk.threads.reading import readers

NAMED, LET_IN, SWARM, REFUSED = "thread_named", "thread_let_in", "swarm_opened", "thread_files"
KINDS = (NAMED, LET_IN, SWARM, REFUSED)


def tell(thread: Thread, *, word: int = 0, followers: Sequence[int] = ()) -> None:
    """To every screen, after the commit. Of a private one only the screens of who is in it hear that it exists."""
    told = {"thread": thread.pk, "word": word, "ticket": thread.ticket_id, "crisis": thread.crisis_id}
    if not thread.private:
        publish("thread", {**told, "followers": list(followers)})
        return
    for person in Participant.objects.filter(thread=thread, inside=True).values_list("user_id", flat=True):
        publish("thread", {**told, "user": person, "followers": [person] if person in followers else []})


def follow(thread: Thread, people: Iterable[User], *, inside: bool = False) -> None:
    """They follow it from now on, and are let in where `inside`."""
    for person in people:
        values = {"following": True, **({"inside": True} if inside else {})}
        Participant.objects.update_or_create(thread=thread, user=person, defaults=values)


def handle_of(team: Team) -> str:
    """How a team is named behind an @: “Web care” is @web-care."""
    return "-".join(team.name.casefold().split())


def named(thread: Thread, text: str) -> list[User]:
    """The colleagues whom a text names, by themselves or with their team.

    Raises Invalid where it names somebody who may not read the thread: nobody is let in by accident.
    """
    names = names_in(text)
    if not names:
        return []
    people = list(User.objects.filter(username__in=names, is_active=True))
    may = {person.pk for person in readers(thread, people)}
    if outsiders := [person.name for person in people if person.pk not in may]:
        said = _("%(names)s may not read this thread. Let them in first, or write the name without @.")
        raise Invalid(said % {"names": ", ".join(outsiders)}, errors={"text": [_("Somebody is not let in.")]})
    asked = {name.casefold() for name in names}
    teams = [team.pk for team in Team.objects.all() if handle_of(team) in asked]
    members = User.objects.filter(teams__in=teams, is_active=True).distinct() if teams else ()
    return list({person.pk: person for person in [*people, *readers(thread, members)]}.values())


def tell_named(thread: Thread, word: Word, people: Iterable[User], by: User, now: datetime) -> None:
    """Who was named follows, and hears of it."""
    others = [person for person in people if person.pk != by.pk]
    follow(thread, others)
    notice(thread, others, NAMED, by, now, word=word.pk)


def notice(thread: Thread, people: Iterable[User], kind: str, by: User | None, now: datetime, **more: object) -> None:
    """A row, a word on their screens, and an e-mail where they want one."""
    params = {
        "thread": thread.pk, "by_name": by.name if by is not None else "", **more,
        **({"ticket": thread.ticket_id} if thread.ticket_id else {}), **({"drill": True} if of_drill(thread) else {}),
    }  # fmt: skip
    notify([Notice(person.pk, kind, params=params) for person in people], now)


def of_drill(thread: Thread) -> bool:
    """What it hangs at belongs to a drill."""
    if thread.crisis is not None:
        return bool(thread.crisis.drill)
    return thread.ticket is not None and thread.ticket.inbox.drill


def seen(thread: Thread, reader: User, now: datetime) -> None:
    """Who has read it needs no notice of it any more."""
    rows = Notification.objects.filter(user=reader, seen_at=None, kind__in=KINDS, params__thread=thread.pk)
    if rows.update(seen_at=now):
        changed([reader.pk])
