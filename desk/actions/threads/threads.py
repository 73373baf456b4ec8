"""Threads between colleagues: started, read, followed, and who is let in. What is said in them is in `thread_words`.

Everything begins with what the actor may read (`desk.threads.reading`): what one may not read does not exist.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.threads.thread_tells import LET_IN, notice, seen, tell
from desk.actions.threads.thread_tells import follow as let_follow
from desk.common.errors import Conflict, Invalid, Missing
from desk.crises.models import Crisis
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.threads.models import LONGEST_SUBJECT, LONGEST_TOPIC, Participant, Thread
from desk.threads.reading import now_seen, readable
from desk.tickets.models import Ticket
from desk.tickets.queries import visible_tickets

LONGEST = 10_000  # characters of a word, a summary or a finding
MOST_PEOPLE = 50  # that one call lets in


def start(
    actor: User,
    *,
    topic: str,
    private: bool = False,
    people: Sequence[int] = (),
    ticket_id: int | None = None,
    crisis_id: int | None = None,
    subject: str = "",
    now: datetime | None = None,
) -> Thread:
    """A thread about `topic`, alone or at a ticket or a crisis. `people` are let in, and hear of it.

    `subject` names anything else that has one open thread, as “proposal 12”: asked for again, the same is given back.
    Raises Invalid, Missing.
    """
    require(actor, Permission.WRITE_NOTES)
    now, topic = now or timezone.now(), " ".join(topic.replace("\x00", "").split())
    if not 1 <= len(topic) <= LONGEST_TOPIC:
        raise _wrong("topic", _("Say in 1 to %(most)d characters what it is about.") % {"most": LONGEST_TOPIC})
    about = [one for one in (ticket_id, crisis_id, subject or None) if one is not None]
    if len(subject) > LONGEST_SUBJECT or len(about) > 1 or (subject and private):
        raise _wrong("subject", _("A thread is about one thing."))
    with transaction.atomic():
        values = {
            "topic": topic, "private": private, "ticket": _ticket(actor, ticket_id),
            "crisis": _crisis(actor, crisis_id), "started_by": actor, "created_at": now, "last_at": now,
        }  # fmt: skip
        if subject:
            thread, made = Thread.objects.get_or_create(subject=subject, defaults=values)
            if not made:
                return thread
        else:
            thread = Thread.objects.create(**values)
        let_follow(thread, [actor], inside=private)
        audit(actor, "thread_started", thread, private=private, ticket=ticket_id, crisis=crisis_id)
        _bring(actor, thread, people, now)
        tell(thread)
    return thread


def let_in(actor: User, thread_id: int, user_ids: Sequence[int], *, now: datetime | None = None) -> Thread:
    """They may read it from now on, follow it and hear of it. Whoever reads a private thread lets others in.

    Raises Invalid, Missing.
    """
    require(actor, Permission.WRITE_NOTES)
    with transaction.atomic():
        thread = taken(actor, thread_id)
        if thread.crisis_id is not None and not thread.private:
            require(actor, Permission.SEE_CRISES)
        _bring(actor, thread, user_ids, now or timezone.now())
        tell(thread)
    return thread


def leave(actor: User, thread_id: int) -> None:
    """Read a private thread no more. Raises Missing, and Conflict for whoever is in it alone."""
    require(actor, Permission.READ_TICKETS)
    with transaction.atomic():
        thread = taken(actor, thread_id)
        if not thread.private:
            raise Conflict(_("Everybody reads this thread. You can stop following it."), code="open")
        others = Participant.objects.filter(thread=thread, inside=True, user__is_active=True).exclude(user=actor)
        if not others.exists():
            raise Conflict(_("You are in it alone. Let somebody in first, so that it does not get lost."), code="alone")
        Participant.objects.filter(thread=thread, user=actor).update(inside=False, following=False, unread=0)
        audit(actor, "thread_left", thread)
        tell(thread)


def follow(actor: User, thread_id: int) -> Thread:
    """Count what is new in it for this person. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    thread = one(actor, thread_id)
    let_follow(thread, [actor])
    return thread


def unfollow(actor: User, thread_id: int) -> Thread:
    """Count it no more. Who is named or writes follows again. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    thread = one(actor, thread_id)
    Participant.objects.filter(thread=thread, user=actor).update(following=False, unread=0)
    return thread


def read(actor: User, thread_id: int, *, now: datetime | None = None) -> Thread:
    """It was read to its end: nothing in it is new for this person, and its notices are seen. Raises Missing."""
    require(actor, Permission.READ_TICKETS)
    thread = one(actor, thread_id)
    with transaction.atomic():
        now_seen(thread, actor)
        seen(thread, actor, now or timezone.now())
    return thread


def set_summary(
    actor: User, thread_id: int, text: str, *, version: int | None = None, now: datetime | None = None
) -> Thread:
    """What is pinned above the words. `version`: of the summary that its author had before them.

    Raises Invalid, Missing, and Conflict where somebody wrote another one meanwhile or the swarm is over.
    """
    require(actor, Permission.WRITE_NOTES)
    now, text = now or timezone.now(), text.replace("\x00", "").strip()
    if len(text) > LONGEST:
        raise _wrong("text", _("A summary has at most 10,000 characters."))
    with transaction.atomic():
        thread = taken(actor, thread_id)
        refuse_closed(thread)
        if version is not None and version != thread.summary_version:
            by = thread.summary_by.name if thread.summary_by else _("A colleague")
            words = {"name": by, "time": timezone.localtime(thread.summary_at or now).strftime("%H:%M")}
            raise Conflict(_("%(name)s changed the summary at %(time)s. Read it, and write yours again.") % words,
                           code="changed")  # fmt: skip
        if text == thread.summary:
            return thread
        if thread.summary:
            thread.versions.create(text=thread.summary, by=thread.summary_by, at=now)
        thread.summary, thread.summary_by, thread.summary_at = text, actor, now
        thread.summary_version += 1
        thread.save(update_fields=["summary", "summary_by", "summary_at", "summary_version"])
        audit(actor, "thread_summary", thread)
        tell(thread)
    return thread


def one(reader: User, thread_id: int) -> Thread:
    """A thread that this person may read. Raises Missing, also for one that they may not."""
    rows = readable(reader).select_related("ticket__inbox", "crisis", "summary_by")
    thread = rows.filter(pk=thread_id).first()
    if thread is None:
        raise Missing(_("There is no such thread."))
    return thread


def taken(reader: User, thread_id: int) -> Thread:
    """The same, locked until the transaction ends."""
    one(reader, thread_id)
    rows = Thread.objects.select_related("ticket__inbox", "crisis", "summary_by").select_for_update(of=("self",))
    return rows.get(pk=thread_id)


def refuse_closed(thread: Thread) -> None:
    """What was found stands; who has more to say starts anew. Raises Conflict."""
    if thread.swarm and thread.closed_at is not None:
        raise Conflict(_("This swarm is over, and its finding stands. Open another one."), code="over")


def _bring(actor: User, thread: Thread, user_ids: Sequence[int], now: datetime) -> None:
    wanted = dict.fromkeys(user_ids)
    if len(wanted) > MOST_PEOPLE:
        raise _wrong("people", _("Let at most %(most)d people in at once.") % {"most": MOST_PEOPLE})
    people = [one for one in User.objects.filter(pk__in=wanted, is_active=True) if one.may(Permission.READ_TICKETS)]
    if len(people) != len(wanted):
        raise _wrong("people", _("Choose colleagues who work at this desk."))
    known = set(Participant.objects.filter(thread=thread, inside=True).values_list("user_id", flat=True))
    new = [person for person in people if person.pk not in known and person.pk != actor.pk]
    if not new:
        return
    let_follow(thread, new, inside=True)
    audit(actor, "thread_let_in", thread, people=[person.pk for person in new])
    notice(thread, new, LET_IN, actor, now)


def _ticket(actor: User, ticket_id: int | None) -> Ticket | None:
    if ticket_id is None:
        return None
    ticket = visible_tickets(actor).filter(pk=ticket_id, erased_at=None).select_related("inbox").first()
    if ticket is None:
        raise Missing(_("There is no ticket %(number)s.") % {"number": ticket_id})
    return ticket


def _crisis(actor: User, crisis_id: int | None) -> Crisis | None:
    if crisis_id is None:
        return None
    require(actor, Permission.SEE_CRISES)
    crisis = Crisis.objects.filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    return crisis


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
