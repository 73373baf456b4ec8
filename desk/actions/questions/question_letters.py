"""What a mail about a question quotes, written as it leaves: without what is erased by then, and all of it masked."""

from desk.actions.customers.masking import Eyes
from desk.alerts.models import Notification
from desk.questions.models import Entry, Question

LONGEST = 1_000  # characters
_ASKS = ("question_asked", "question_passed", "question_reminder", "question_escalated")


def quotation(notice: Notification) -> str:
    """The question, what was said, or the reply that an answer went into; empty for other notices."""
    eyes = Eyes(notice.user, masked=True)
    if notice.kind in _ASKS:
        question = Question.objects.filter(pk=notice.params.get("question")).first()
        return eyes.read(question.text)[:LONGEST] if question is not None else ""
    if notice.kind in ("question_answered", "question_word"):
        entry = Entry.objects.filter(pk=notice.params.get("entry")).first()
        return eyes.read(entry.text)[:LONGEST] if entry is not None else ""
    if notice.kind == "question_files":
        entry = Entry.objects.filter(pk=notice.params.get("entry")).first()
        return eyes.read("\n".join(entry.left_out), by=notice.user_id) if entry is not None else ""
    if notice.kind == "answer_used":
        used = Entry.objects.filter(question=notice.params.get("question"), author=notice.user, reply__isnull=False)
        entry = used.select_related("reply").order_by("-id").first()
        return eyes.read(entry.reply.text)[:LONGEST] if entry is not None and entry.reply is not None else ""
    return ""
