"""All that the desk holds about one customer, for the person who asks to see it: the right of access.

Colleagues stay nameless in it, and so does everybody else: an answer about one person tells nothing of another. What
colleagues said in a private thread is in it only where whoever takes it out was let in there.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Missing
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.questions.models import Entry, Question
from desk.replies.models import Draft, Reply
from desk.threads.models import Word
from desk.threads.reading import readable
from desk.tickets.models import Attachment, Customer, Message, MessageVersion, Note, Profile, Reaction, Ticket
from policies.reply_states import State


def export(actor: User, customer_id: int, *, now: datetime | None = None) -> dict[str, Any]:
    """As JSON takes it; times are ISO 8601 in UTC. Raises Missing. That somebody took it is audited.

    Nothing in it is masked, so it is for those alone who may see personal data.
    """
    require(actor, Permission.EXPORT_CUSTOMERS)
    require(actor, Permission.SEE_PERSONAL_DATA)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise Missing(_("There is no such customer."))
    with transaction.atomic():
        audit(actor, "customer_exported", customer)
    tickets = Ticket.objects.filter(customer=customer).select_related("inbox", "cause_row__cause").prefetch_related(
        "tags",
        Prefetch("messages", queryset=_messages()),
        Prefetch("notes", queryset=Note.objects.order_by("id")),
        Prefetch("questions", queryset=Question.objects.order_by("id").prefetch_related("entries__files")),
        Prefetch("threads", queryset=readable(actor).order_by("id").prefetch_related("words__files")),
        Prefetch("replies", queryset=Reply.objects.exclude(state=State.SENT).order_by("id")),
        Prefetch("drafts", queryset=Draft.objects.order_by("id")),
        "form_links",
    )  # fmt: skip
    elsewhere = _messages().filter(profile__customer=customer).exclude(ticket__customer=customer)
    return {
        "made_at": _at(now or timezone.now()),
        "customer": {
            "number": customer.pk,
            "name": customer.name,
            "language": customer.language,
            "about": customer.about,
            "tier": customer.get_tier_display(),
            "known_since": _at(customer.created_at),
            "blocked_at": _at(customer.blocked_at),
            "erased_at": _at(customer.erased_at),
        },
        "accounts": [_account(profile) for profile in customer.profiles.order_by("id")],
        "tickets": [_ticket(ticket, customer) for ticket in tickets.order_by("id")],
        "messages_without_ticket": [_message(message) for message in elsewhere],
        "reactions": [
            {"on": one.message.external_id, "emoji": one.emoji, "at": _at(one.at)} for one in _reactions(customer)
        ],
    }


def as_file(found: dict[str, Any]) -> str:
    """For people and programs to read."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _reactions(customer: Customer) -> list[Reaction]:
    accounts = [
        Q(external_id=external_id, message__inbox__network=network)
        for network, external_id in customer.profiles.values_list("network", "external_id")
    ]
    theirs = Reaction.objects.filter(reduce(or_, accounts)).exclude(emoji="") if accounts else Reaction.objects.none()
    return list(theirs.select_related("message").order_by("at"))


def _messages() -> Any:
    rows = Message.objects.defer("search").order_by("created_at", "id")
    versions = Prefetch("versions", queryset=MessageVersion.objects.order_by("id"))
    return rows.select_related("profile").prefetch_related(versions, "attachments")


def _account(profile: Profile) -> dict[str, Any]:
    return {
        "network": profile.network,
        "id": profile.external_id,
        "handle": profile.handle,
        "name": profile.name,
        "picture": profile.avatar_url,
        "followers": profile.followers,
        "verified": profile.verified,
        "addresses": profile.links.split(),
        "updated_at": _at(profile.updated_at),
    }


def _ticket(ticket: Ticket, customer: Customer) -> dict[str, Any]:
    return {
        "number": ticket.pk,
        "network": ticket.inbox.network,
        "account": ticket.inbox.name,
        "state": ticket.state,
        "priority": ticket.get_priority_display(),
        "language": ticket.language,
        "mood": ticket.sentiment,
        "tags": [tag.name for tag in ticket.tags.all()],
        "cause": ticket.cause_row.cause.name if hasattr(ticket, "cause_row") else None,
        "began_at": _at(ticket.created_at),
        "resolved_at": _at(ticket.resolved_at),
        "messages": [_message(one) for one in ticket.messages.all() if _is_about(one, customer)],
        "notes": [{"at": _at(note.created_at), "text": note.text} for note in ticket.notes.all()],
        "questions_to_colleagues": [
            {
                "at": _at(question.created_at),
                "text": question.text,
                "said": [_said(one) for one in question.entries.all()],
            }
            for question in ticket.questions.all()
        ],
        "talk_of_colleagues": [
            {
                "at": _at(thread.created_at),
                "summary": thread.summary,
                "finding": thread.finding,
                "said": [_said(one) for one in thread.words.all() if one.text or one.files.all()],
            }
            for thread in ticket.threads.all()
        ],
        "replies_not_sent": [
            {"at": _at(reply.submitted_at), "state": reply.state, "visibility": reply.visibility, "text": reply.text}
            for reply in ticket.replies.all()
        ],
        "forms": [
            {"made_at": _at(form.made_at), "used_at": _at(form.used_at), "email": form.email}
            for form in ticket.form_links.all()
        ],
        "drafts": [{"at": _at(draft.updated_at), "text": draft.text} for draft in ticket.drafts.all()],
    }


def _said(one: Entry | Word) -> dict[str, Any]:
    return {"at": _at(one.created_at), "text": one.text, "files": [file.name for file in one.files.all()]}


def _is_about(message: Message, customer: Customer) -> bool:
    return message.outgoing or message.profile is None or message.profile.customer_id == customer.pk


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.external_id,
        "from": "company" if message.outgoing else "customer",
        "at": _at(message.created_at),
        "received_at": _at(message.received_at),
        "private": message.private,
        "language": message.language,
        "text": message.text,
        "rating": message.rating,
        "about": message.about or {},
        "earlier_wordings": [
            {"text": version.text, "rating": version.rating, "until": _at(version.replaced_at)}
            for version in message.versions.all()
        ],
        "address": message.url,
        "deleted_at": _at(message.deleted_at),
        "erased_at": _at(message.erased_at),
        "files": list(_files(message.attachments.all())),
    }


def _files(attachments: Iterable[Attachment]) -> Iterable[dict[str, Any]]:
    for file in attachments:
        yield {
            "number": file.pk,
            "kind": file.kind,
            "type": file.content_type,
            "bytes": file.size,
            "description": file.alt_text,
            "kept": bool(file.file),
            "came_from": file.source_url,
        }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
