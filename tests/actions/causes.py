"""Short ways to have causes."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from desk.causes.models import Cause, Department, Improvement, TicketCause
from desk.inboxes.models import Inbox
from desk.reports.counting import midnight
from desk.tickets.models import Conversation, Customer, Profile, Ticket


def a_cause(
    name_nl: str, name_en: str = "", *, below: Cause | None = None, into: Cause | None = None, archived: bool = False
) -> Cause:
    """The one of that name in that place, made where there is none."""
    now = timezone.now()
    made, _new = Cause.objects.get_or_create(
        name_nl=name_nl,
        parent=below,
        defaults={
            "name_en": name_en or name_nl, "merged_into": into, "archived_at": now if archived else None,
            "created_at": now,
        },
    )  # fmt: skip
    return made


def a_department(name: str) -> Department:
    return Department.objects.get_or_create(name=name)[0]


def said_of(inbox: Inbox, cause: Cause | None, days: Mapping[date, int], **columns: Any) -> list[Ticket]:
    """So many resolved tickets of each day, at noon, with the cause that was said of them."""
    customer = Customer.objects.create(name="Marit")
    profile = Profile.objects.create(customer=customer, network="x", external_id=f"marit {customer.pk}")
    conversation = Conversation.objects.create(inbox=inbox, thread_id=f"thread {customer.pk}")
    made = []
    for day, count in days.items():
        at = midnight(day) + timedelta(hours=12)
        one = {
            "inbox": inbox, "conversation": conversation, "customer": customer, "profile": profile, "state": "resolved",
            "created_at": at, "received_at": at, "resolved_at": at, "last_message_at": at, **columns,
        }  # fmt: skip
        made += [Ticket(**one) for _number in range(count)]
    rows = Ticket.objects.bulk_create(made)
    if cause is not None:
        TicketCause.objects.bulk_create(TicketCause(ticket=row, cause=cause, at=row.created_at) for row in rows)
    return rows


def an_improvement(cause: Cause | None = None, *, done_on: date | None = None, **columns: Any) -> Improvement:
    """One that is proposed, or done since a day."""
    state = "done" if done_on else "proposed"
    return Improvement.objects.create(
        cause=cause or a_cause("Storing"), what="Andere deuren", state=state, done_on=done_on,
        changed="De deuren zijn vervangen" if done_on else "", created_at=timezone.now(), **columns,
    )  # fmt: skip
