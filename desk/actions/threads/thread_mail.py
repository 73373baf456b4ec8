"""Mail about threads: what it quotes, written as it leaves, and answers to it, which land in the same thread.

What somebody may not read by then is not quoted, and what is is masked. The address of an answer holds the number of
its reader's row in the thread under a seal that only that mail carried; the sender has to be that person.
"""

from collections.abc import Sequence

from desk.actions.customers.masking import Eyes
from desk.actions.intake.inbound_mail import InboundMail, reply_address, takes
from desk.actions.threads.thread_tells import KINDS, NAMED
from desk.actions.threads.thread_words import one_word, write
from desk.actions.threads.threads import LONGEST
from desk.alerts.models import Notification
from desk.common.errors import DeskError, Missing
from desk.threads.models import Participant

KIND = "th"
LONGEST_QUOTATION = 1_000  # characters


def quotation(notice: Notification) -> str:
    """The word in which somebody was named; empty for other notices, and for what they may not read any more."""
    if notice.kind != NAMED:
        return ""
    try:
        word = one_word(notice.user, int(notice.params.get("word", 0)))
    except Missing:
        return ""
    return Eyes(notice.user, masked=True).read(word.text)[:LONGEST_QUOTATION]


def reply_to(notices: Sequence[Notification]) -> str:
    """Where an answer to a mail with this one notice goes; "" where it is about more, or about no thread."""
    if len(notices) != 1 or notices[0].kind not in KINDS:
        return ""
    row = Participant.objects.filter(user=notices[0].user_id, thread=notices[0].params["thread"]).first()
    return reply_address(KIND, row.pk) if row is not None else ""


@takes(KIND)
def answered(mail: InboundMail) -> bool:
    """A word of whoever was named. What is not theirs, or comes too late, goes into the queue."""
    row = Participant.objects.select_related("user").filter(pk=mail.number, user__is_active=True).first()
    if row is None or row.user.email.casefold() != mail.sender.casefold():
        return False
    try:
        write(row.user, row.thread_id, mail.text[:LONGEST], by_mail=True)
    except DeskError:
        return False
    return True
