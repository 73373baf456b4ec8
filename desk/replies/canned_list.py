"""Which canned responses a list shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from desk.replies.models import CannedResponse
from desk.tickets.names import NameWords, beginning_with

WHAT = ("review", "expired")  # what a list may be narrowed to by date


@dataclass(frozen=True, slots=True)
class CannedFilter:
    """What is asked for; what is empty asks nothing. `due` is one of WHAT."""

    q: str = ""  # words that begin like this, in name, shortcut or texts
    state: str = ""
    kind: str = ""
    network: str = ""  # those that may go there
    team_id: int | None = None
    owner_id: int | None = None
    due: str = ""

    def rows(self, today: date) -> "QuerySet[CannedResponse]":
        """By name, with what a list shows of each."""
        rows = CannedResponse.objects.select_related("team", "owner", "approved_by").prefetch_related("inboxes")
        words = beginning_with(self.q)
        if words is not None:
            rows = rows.alias(said=NameWords(F("name"), F("shortcut"), F("words"))).filter(said=words)
        elif self.q.strip():
            rows = rows.none()  # there is no word in it
        for name in ("state", "kind", "team_id", "owner_id"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        if self.network:
            rows = rows.filter(Q(networks=[]) | Q(networks__contains=[self.network]))
        if self.due == "review":
            rows = rows.filter(review_on__lte=today)
        elif self.due == "expired":
            rows = rows.filter(expires_on__lt=today)
        return rows
