"""Where the talk of a crisis and its log meet: a word of its swarm that was a decision is put into the log."""

from datetime import datetime

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from desk.actions.crises.crises import LONGEST_TEXT, note
from desk.actions.threads.thread_words import one_word
from desk.common.errors import Conflict
from desk.crises.models import CrisisEntry
from desk.people.models import User
from desk.people.permissions import Permission, require


def into_log(actor: User, word_id: int, *, now: datetime | None = None) -> CrisisEntry:
    """Write down what somebody said, with who said it; nobody changes it afterwards. Raises Missing, Conflict."""
    require(actor, Permission.MANAGE_CRISES)
    word = one_word(actor, word_id)
    if word.thread.crisis_id is None or word.thread.private or word.deleted_at is not None:
        raise Conflict(_("Only what was said in a crisis goes into its log."), code="no_crisis")
    said = f"{word.author.name}: {word.text}" if word.author is not None else word.text
    return note(actor, word.thread.crisis_id, Truncator(said).chars(LONGEST_TEXT), now=now or timezone.now())
