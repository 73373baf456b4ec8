"""Where a scene begins: an account, two customers who wait, and somebody who works here."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from allauth.mfa.models import Authenticator
from django.utils import timezone

from desk.inboxes.models import Inbox, StreamState
from desk.people.models import Team, User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.tickets.models import Message, Ticket
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.actions.promised import a_calendar, a_policy
from tests.canned import a_canned

HELLO = "We zoeken het uit."


@dataclass
class Ground:
    """An account, two tickets of it, a colleague, and what holds for them."""

    inbox: Inbox
    ticket: Ticket
    other: Ticket
    message: Message
    canned: CannedResponse
    team: Team
    colleague: User
    account: dict[str, Any]
    calendar: BusinessCalendar
    policy: SlaPolicy

    hours: ClassVar[dict[str, Any]] = {"timezone": "Europe/Amsterdam", "week": {"mon": [["09:00", "17:00"]]}}

    @classmethod
    def made(cls, account: dict[str, Any]) -> Self:
        inbox = an_inbox(base_url=account["base_url"], own_id="")
        inbox.credentials = account["credentials"]
        inbox.save()
        StreamState.objects.create(inbox=inbox, name="mentions", next_poll_at=timezone.now())
        take_in(inbox, [a_mention("1"), a_mention("2", by="tom")], now=timezone.now())
        first, second = Ticket.objects.order_by("id")
        colleague = User.objects.create_user("joris", role=Role.AGENT)
        Authenticator.objects.create(user=colleague, type="totp", data={})
        return cls(
            inbox, first, second, first.messages.get(),
            a_canned(),
            Team.objects.create(name="Rail"), colleague, account, a_calendar("Kantoor", cls.hours),
            a_policy("Spoed", first=5),
        )  # fmt: skip
