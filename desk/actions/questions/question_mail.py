"""Answering the mail that asked: what is written above the quotation lands in the same thread.

The address of the answer holds a link's number under a seal that only that mail carried, so it says as much as the link
does. The sender has to be the person all the same: a mail that was passed on speaks for nobody else.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from desk.actions.intake.inbound_mail import InboundMail, reply_address, takes
from desk.actions.intake.mailed_files import Keeper, expect, keeps
from desk.actions.questions import question_moves as moves
from desk.actions.questions import questions
from desk.actions.questions.question_links import live
from desk.actions.tickets.announce import announce
from desk.alerts.models import Notification
from desk.alerts.notices import Notice, notify
from desk.common.errors import DeskError, Missing
from desk.people.models import User
from desk.questions.models import Entry, EntryFile, Question

KIND = "q"
REFUSED = "question_files"
_ASKS = ("question_asked", "question_passed", "question_reminder", "question_escalated", "question_word", REFUSED)


def reply_to(notices: Sequence[Notification]) -> str:
    """Where an answer to a mail with these notices goes; "" where it is not about one question alone."""
    links = {notice.params["link"] for notice in notices if notice.kind in _ASKS and "link" in notice.params}
    return reply_address(KIND, int(links.pop())) if len(links) == 1 and len(notices) == 1 else ""


@takes(KIND)
def answered(mail: InboundMail) -> bool:
    """An answer, of whoever was asked. What is not goes into the queue, where somebody reads it."""
    link = live(timezone.now()).select_related("user", "question").filter(pk=mail.number).first()
    if link is None or link.user.email.casefold() != mail.sender.casefold():
        return False
    verb = questions.say if link.question.state == Question.State.WITHDRAWN else questions.answer
    try:
        entry = verb(link.user, link.question_id, mail.text[: questions.LONGEST], via=Entry.Via.MAIL)
    except DeskError:
        return False
    expect(KIND, entry.pk, mail)
    return True


def _held(entry_id: int) -> Entry | None:
    found = Entry.objects.filter(pk=entry_id).first()
    if found is None:
        return None
    try:
        moves.taken(found.question_id)
    except Missing:
        return None
    return Entry.objects.select_related("author", "question").get(pk=entry_id)


def _came(entry: Entry) -> None:
    announce([(entry.question.ticket, "change")])


def _refused(entry: Entry, author: User, now: datetime) -> None:
    """The mail that says so is written as it leaves (`question_letters`), and leads to where files are handed in."""
    question = entry.question
    link = live(now).filter(question=question, user=author).first()
    params = {"question": question.pk, "entry": entry.pk, "ticket": question.ticket_id}
    notify([Notice(author.pk, REFUSED, params=params | ({"link": link.pk} if link is not None else {}))], now)


keeps(KIND, Keeper(EntryFile, "entry", _held, _came, _refused))
