"""Whether there is anything about a ticket to load, asked along with the ticket."""

from django.db.models import Exists, OuterRef

from desk.questions.models import Question


def any_questions() -> Exists:
    """Colleagues were asked something about it."""
    return Exists(Question.objects.filter(ticket=OuterRef("pk")))
