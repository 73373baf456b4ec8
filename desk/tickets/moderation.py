"""What can be done to one message on its network, and why not: more to our own words than to those of others."""

from collections.abc import Collection, Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from desk.inboxes.gateway import Action, Capabilities, UnknownNetwork, capabilities_of, connector_of
from desk.inboxes.models import Inbox
from desk.tickets.models import Conversation, Message


def possible(message: Message, inbox: Inbox, began: Collection[int] | None = None) -> frozenset[Action]:
    """Everything that can be done to it. `inbox` is the message's, read already; `began` as `began_by_us` gave it."""
    can = _capabilities(inbox)
    return frozenset(action for action in can.actions if not _refusal(message, action, can, inbox, began))


def why_not(message: Message, action: Action, inbox: Inbox) -> str:
    """A sentence where this can't be done to it, "" where it can."""
    return _refusal(message, action, _capabilities(inbox), inbox, None)


def stays_because(message: Message, inbox: Inbox, began: Collection[int] | None = None) -> list[str]:
    """Why what somebody else wrote can't be hidden or deleted where others' or our own words can."""
    can = _capabilities(inbox)
    if message.outgoing or message.private:
        return []
    asked = (action for action in (Action.HIDE, Action.DELETE) if action in can.actions)
    return [why for action in asked if (why := _refusal(message, action, can, inbox, began))]


def began_by_us(messages: Iterable[Message], inbox: Inbox) -> frozenset[int]:
    """The conversations of these messages that a post of ours began; at most one query, and none where nobody asks."""
    can = _capabilities(inbox)
    if not can.hides_own_threads:
        return frozenset()
    asked = {one.conversation_id for one in messages if not one.private}
    if begins := can.own_threads_begin.replace("{own_id}", inbox.own_id):
        threads = Conversation.objects.filter(pk__in=asked, thread_id__startswith=begins)
        return frozenset(threads.values_list("pk", flat=True))
    roots = Message.objects.filter(conversation__in=asked, outgoing=True, external_id=F("conversation__thread_id"))
    return frozenset(roots.values_list("conversation", flat=True))


def _refusal(message: Message, action: Action, can: Capabilities, inbox: Inbox, began: Collection[int] | None) -> str:
    if action not in can.actions:
        return _("This network can't do that.")
    if message.private:
        return _("This can be done to what is public alone.")
    if action is not Action.DELETE:
        if message.outgoing:
            return _("This can be done to what others wrote alone.")
        return _not_below_ours(message, action, can, inbox, began)
    if message.outgoing or can.deletes_theirs:
        return ""
    return _("Only who wrote it can delete it on %(network)s.") % {"network": connector_of(inbox).label}


def _not_below_ours(
    message: Message, action: Action, can: Capabilities, inbox: Inbox, began: Collection[int] | None
) -> str:
    if action not in (Action.HIDE, Action.UNHIDE) or not can.hides_own_threads:
        return ""
    began = began_by_us([message], inbox) if began is None else began
    if message.conversation_id in began:
        return ""
    network = connector_of(inbox).label
    return _("%(network)s lets us hide only what stands below a post of our own.") % {"network": network}


def _capabilities(inbox: Inbox) -> Capabilities:
    try:
        return capabilities_of(inbox)
    except UnknownNetwork:  # its connector is gone: nothing can be done
        return Capabilities()
