"""What became of an answer: whoever gave it hears that it went out, and reads the reply, with personal data masked."""

from datetime import datetime

from desk.actions.questions.question_links import grant
from desk.alerts.notices import Notice, notify
from desk.questions.models import Entry
from desk.replies.models import Reply
from desk.tickets.models import Ticket


def thank(reply: Reply, ticket: Ticket, now: datetime) -> int:
    """In the transaction in which a reply becomes sent: everybody whose answer its author took; how many."""
    used = Entry.objects.filter(
        question__ticket=ticket, used_by=reply.author, used_at__lte=now, reply=None, author__isnull=False
    )
    entries = list(used.select_related("question", "author").select_for_update(of=("self",)))
    notices = []
    for entry in entries:
        if entry.author is None or entry.author_id == reply.author_id:
            continue
        link = grant(entry.question, entry.author, now)
        params = {"question": entry.question_id, "link": link.pk, "ticket": ticket.pk, "by_name": reply.author.name}
        notices.append(Notice(entry.author.pk, "answer_used", params=params))
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(reply=reply)
    notify(notices, now)
    return len(notices)
