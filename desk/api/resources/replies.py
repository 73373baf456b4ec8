"""Answering: check, submit, undo, decide, drafts; and acting on single messages."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from desk.actions.customers import masking
from desk.actions.intake import reactions
from desk.actions.replies import drafts, kept
from desk.actions.replies import reply as verbs
from desk.actions.tickets import moderate
from desk.api.fields import MomentField
from desk.api.forms.messages import MessageSerializer, message_form
from desk.api.forms.replies import (
    BlockedSerializer,
    CheckedSerializer,
    CheckSerializer,
    DraftSerializer,
    ReplySerializer,
    SaveDraftSerializer,
    StaleSerializer,
    SubmitSerializer,
    UnmaskSerializer,
    reply_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.replies.models import Draft, Reply
from desk.tickets import queries
from desk.tickets.models import Message, Reaction


class Submit(Resource):
    """Answering a customer."""

    @operation(
        "tickets_reply",
        "Reply to the customer",
        takes=SubmitSerializer,
        gives=ReplySerializer,
        status=202,
        refuses={409: StaleSerializer, 422: BlockedSerializer},
    )
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Put a reply in the outbox; it leaves after the time to undo.

        409 `stale`: something happened that you have not seen (`newer`), read it or send with `send_anyway`.
        422: the rules do not let this text leave, `findings` say why. A finding of severity `approve` holds the
        reply until another person has approved it (`replies/{id}/approve/`).
        """
        return reply_form(verbs.submit(self.person, ticket_id, **wish), self.eyes)


class Check(Resource):
    """The rules, while typing."""

    @operation("tickets_check", "Check a text before it is sent", takes=CheckSerializer, gives=CheckedSerializer)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What the rules say about a text, without sending it."""
        return verbs.check(
            self.person, ticket_id, wish["text"], wish["visibility"], attachment_ids=wish["attachment_ids"]
        ).as_json()


class OwnDraft(Resource):
    """The caller's draft on a ticket."""

    @operation("tickets_draft_read", "Read your draft", gives=DraftSerializer)
    def get(self, request: Request, ticket_id: int) -> Any:
        draft = Draft.objects.filter(ticket=ticket_of(self.person, ticket_id), author=self.person).first()
        if draft is None:
            raise Missing(_("You have no draft on this ticket."))
        return DraftSerializer(draft).data

    @operation("tickets_draft_save", "Save your draft", takes=SaveDraftSerializer, gives=DraftSerializer)
    def put(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> Any:
        drafts.save(self.person, ticket_id, **wish)
        return DraftSerializer(Draft.objects.get(ticket=ticket_id, author=self.person)).data

    @operation("tickets_draft_discard", "Discard your draft", status=204)
    def delete(self, request: Request, ticket_id: int) -> None:
        drafts.discard(self.person, ticket_of(self.person, ticket_id).pk)


class OneReply(Resource):
    """A reply and where it stands."""

    @operation("replies_read", "Read a reply", gives=ReplySerializer)
    def get(self, request: Request, reply_id: int) -> dict[str, Any]:
        """`state` is held, queued, sending, sent, failed, unknown or cancelled."""
        visible = queries.visible_tickets(self.person)
        reply = Reply.objects.select_related("author").filter(pk=reply_id, ticket__in=visible).first()
        if reply is None:
            raise Missing(_("There is no such reply."))
        return reply_form(reply, self.eyes)


class Decision(Resource):
    """A verb on a reply; the answer is the reply as it is afterwards."""

    verb: Callable[[User, int], Reply]

    def decide(self, reply_id: int) -> dict[str, Any]:
        return reply_form(type(self).verb(self.person, reply_id), self.eyes)


class Undo(Decision):
    verb = staticmethod(verbs.undo)

    @operation("replies_undo", "Call a reply back", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        """Its text becomes your draft again; a 409 where it has left already."""
        return self.decide(reply_id)


class Cancel(Decision):
    verb = staticmethod(verbs.cancel)

    @operation("replies_cancel", "Drop a reply", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        return self.decide(reply_id)


class Release(Decision):
    verb = staticmethod(verbs.release)

    @operation("replies_release", "Let a held reply go", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        """Also one that the customer wrote past (`newer_message`), where it still fits. 409 `needs_approval`."""
        return self.decide(reply_id)


class SendAgain(Decision):
    verb = staticmethod(verbs.send_again)

    @operation("replies_send_again", "Send a failed or unknown reply again", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        """Look on the network first: an unknown reply may be there."""
        return self.decide(reply_id)


class ConfirmSent(Decision):
    verb = staticmethod(verbs.confirm_sent)

    @operation("replies_confirm_sent", "Say that an unknown reply is on the network", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        return self.decide(reply_id)


class LookUp(Decision):
    verb = staticmethod(verbs.look_up)

    @operation("replies_look_up", "Look on the network for an unknown reply", gives=ReplySerializer)
    def post(self, request: Request, reply_id: int) -> dict[str, Any]:
        """A worker looks; read the reply again in a moment."""
        return self.decide(reply_id)


class Deleted(Resource):
    """A message that was deleted."""

    @operation("messages_deleted_show", "See what a deleted message said", gives=MessageSerializer)
    def post(self, request: Request, message_id: int) -> dict[str, Any]:
        """Needs the permission `see_deleted`. Timeline and audit trail say who looked; it may not be quoted."""
        return message_form(kept.show_deleted(self.person, message_id), self.eyes, deleted_too=True)


class Unmask(Resource):
    """A message of which something is masked."""

    @operation("messages_unmask", "See the personal data in a message", takes=UnmaskSerializer, gives=MessageSerializer)
    def post(self, request: Request, message_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """Needs the permission `unmask`. Timeline and audit trail say who looked, and why."""
        message = masking.unmask(self.person, message_id, reason=wish["reason"])
        return message_form(message, self.eyes, deleted_too=True, unmasked=True)


class ReactionSerializer(serializers.Serializer[Reaction]):
    """What one person feels about a message."""

    emoji = serializers.CharField()
    name = serializers.CharField(help_text="Empty where the network told none, or who it was is erased.")
    at = MomentField()


class Reactions(Resource):
    """Emoji below a message."""

    @operation("messages_reactions_list", "List who reacted", asks=PageQuery, gives=ReactionSerializer, paged=True)
    def get(self, request: Request, message_id: int, query: dict[str, Any]) -> Page:
        """The oldest first."""
        rows = reactions.of_message(self.person, message_id)
        return Page(slice_after(rows, ("at", "id"), query["cursor"], query["page_size"]), each(_reaction))


def _reaction(one: Reaction) -> dict[str, Any]:
    return {"emoji": one.emoji, "name": one.name, "at": one.at}


class ActSerializer(serializers.Serializer[Any]):
    """What the network can do to a message; `networks/` lists it."""

    action = serializers.ChoiceField(choices=("like", "unlike", "hide", "unhide", "delete"))


class MessageActions(Resource):
    """Liking, hiding and deleting on the network."""

    @operation(
        "messages_act", "Like, hide or delete a message", takes=ActSerializer, gives=MessageSerializer, status=202
    )
    def post(self, request: Request, message_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A worker does it on the network; the ticket's timeline tells how it went."""
        moderate.act(self.person, message_id, wish["action"])
        rows = Message.objects.select_related("profile", "sender", "reply").prefetch_related("versions", "attachments")
        return message_form(rows.get(pk=message_id), self.eyes)
