"""Mail about threads: what it quotes, written as it leaves, and answers to it, which land in the same thread.

What somebody may not read by then is not quoted, and what is is masked. The address of an answer holds the number of
its reader's row in the thread under a seal that only that mail carried; the sender has to be that person.
"""

from collections.abc import Sequence
from datetime import datetime

from desk.actions.customers.masking import Eyes
from desk.actions.intake.inbound_mail import InboundMail, reply_address, takes
from desk.actions.intake.mailed_files import Keeper, expect, keeps
from desk.actions.threads.thread_tells import KINDS, NAMED, REFUSED, notice, tell
from desk.actions.threads.thread_words import one_word, write
from desk.actions.threads.threads import LONGEST
from desk.alerts.models import Notification
from desk.common.errors import DeskError, Missing
from desk.people.models import User
from desk.threads.models import Participant, Thread, Word, WordFile

KIND = "th"
LONGEST_QUOTATION = 1_000  # characters


def quotation(notice: Notification) -> str:
    """The word in which somebody was named, or which files of theirs were not taken.

    Empty for other notices, and for what they may not read any more.
    """
    if notice.kind not in (NAMED, REFUSED):
        return ""
    try:
        word = one_word(notice.user, int(notice.params.get("word", 0)))
    except Missing:
        return ""
    said = word.text if notice.kind == NAMED else "\n".join(word.left_out)
    return Eyes(notice.user, masked=True).read(said, by=word.author_id)[:LONGEST_QUOTATION]


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
        word = write(row.user, row.thread_id, mail.text[:LONGEST], by_mail=True)
    except DeskError:
        return False
    expect(KIND, word.pk, mail)
    return True


def _held(word_id: int) -> Word | None:
    """Also where its author may not read the thread any more: what they said in it stands."""
    thread = Thread.objects.select_for_update().filter(words=word_id).first()
    words = Word.objects.select_related("author", "thread__ticket__inbox", "thread__crisis")
    return words.filter(pk=word_id, thread=thread, deleted_at=None).first()


def _came(word: Word) -> None:
    tell(word.thread)


def _refused(word: Word, author: User, now: datetime) -> None:
    notice(word.thread, [author], REFUSED, None, now, word=word.pk)


keeps(KIND, Keeper(WordFile, "word", _held, _came, _refused))
