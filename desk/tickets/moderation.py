"""What can be done to one message on its network, and why not: more to our own words than to those of others."""

from django.db.models import Exists, OuterRef, Value
from django.utils.translation import gettext as _

from desk.inboxes.gateway import Action, Capabilities, UnknownNetwork, capabilities_of, connector_of
from desk.inboxes.models import Inbox
from desk.tickets.models import Conversation, Message


def possible(message: Message, inbox: Inbox) -> frozenset[Action]:
    """Everything that can be done to it. `inbox` is the message's, read already; so may `below_ours` be."""
    can = _capabilities(inbox)
    return frozenset(action for action in can.actions if not _refusal(message, action, can, inbox))


def why_not(message: Message, action: Action, inbox: Inbox) -> str:
    """A sentence where this can't be done to it, "" where it can."""
    return _refusal(message, action, _capabilities(inbox), inbox)


def stays_because(message: Message, inbox: Inbox) -> list[str]:
    """Why what somebody else wrote can't be hidden or deleted where others' or our own words can."""
    can = _capabilities(inbox)
    if message.outgoing or message.private:
        return []
    asked = (action for action in (Action.HIDE, Action.DELETE) if action in can.actions)
    return [why for action in asked if (why := _refusal(message, action, can, inbox))]


def below_ours(inbox: Inbox) -> Exists | Value:
    """For a query of an inbox's messages: whether a post of ours began their conversation, where hiding hangs on it."""
    can = _capabilities(inbox)
    if not can.hides_own_threads:
        return Value(value=False)
    if begins := _own_threads(can, inbox):
        return Exists(Conversation.objects.filter(pk=OuterRef("conversation"), thread_id__startswith=begins))
    thread = OuterRef("conversation__thread_id")
    return Exists(Message.objects.filter(inbox=OuterRef("inbox"), external_id=thread, outgoing=True))


def _refusal(message: Message, action: Action, can: Capabilities, inbox: Inbox) -> str:
    if action not in can.actions:
        return _("This network can't do that.")
    if message.private:
        return _("This can be done to what is public alone.")
    if action is not Action.DELETE:
        if message.outgoing:
            return _("This can be done to what others wrote alone.")
        return _not_below_ours(message, action, can, inbox)
    if message.outgoing or can.deletes_theirs:
        return ""
    return _("Only who wrote it can delete it on %(network)s.") % {"network": connector_of(inbox).label}


def _not_below_ours(message: Message, action: Action, can: Capabilities, inbox: Inbox) -> str:
    if action not in (Action.HIDE, Action.UNHIDE) or not can.hides_own_threads:
        return ""
    known = getattr(message, "below_ours", None)
    if _is_below_ours(message, can, inbox) if known is None else known:
        return ""
    network = connector_of(inbox).label
    return _("%(network)s lets us hide only what stands below a post of our own.") % {"network": network}


def _is_below_ours(message: Message, can: Capabilities, inbox: Inbox) -> bool:
    thread = message.conversation.thread_id
    if begins := _own_threads(can, inbox):
        return thread.startswith(begins)
    return Message.objects.filter(inbox=inbox, external_id=thread, outgoing=True).exists()


def _own_threads(can: Capabilities, inbox: Inbox) -> str:
    return can.own_threads_begin.replace("{own_id}", inbox.own_id)


def _capabilities(inbox: Inbox) -> Capabilities:
    try:
        return capabilities_of(inbox)
    except UnknownNetwork:  # its connector is gone: nothing can be done
        return Capabilities()
