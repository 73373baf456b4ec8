"""What can be done to one message on its network, and why not: more to our own words than to those of others."""

from django.utils.translation import gettext as _

from desk.inboxes.gateway import Action, Capabilities, UnknownNetwork, capabilities_of, connector_of
from desk.inboxes.models import Inbox
from desk.tickets.models import Message


def possible(message: Message, inbox: Inbox) -> frozenset[Action]:
    """Everything that can be done to it. `inbox` is the message's, read already; its conversation is looked at."""
    can = _capabilities(inbox)
    return frozenset(action for action in can.actions if not _refusal(message, action, can, inbox))


def why_not(message: Message, action: Action, inbox: Inbox) -> str:
    """A sentence where this can't be done to it, "" where it can."""
    return _refusal(message, action, _capabilities(inbox), inbox)


def refusals(message: Message, inbox: Inbox) -> list[str]:
    """Why what somebody else wrote in public can't be hidden or deleted where other messages of the network can."""
    can = _capabilities(inbox)
    if message.outgoing or message.private:
        return []
    asked = [action for action in (Action.HIDE, Action.DELETE) if action in can.actions]
    return [why for action in asked if (why := _refusal(message, action, can, inbox))]


def _refusal(message: Message, action: Action, can: Capabilities, inbox: Inbox) -> str:
    if action not in can.actions:
        return _("This network can't do that.")
    if message.private:
        return _("This can be done to what is public alone.")
    if action is Action.DELETE:
        if message.outgoing or can.deletes_theirs:
            return ""
        return _named(_("Only who wrote it can delete it on %(network)s."), inbox)
    if message.outgoing:
        return _("This can be done to what others wrote alone.")
    if action in (Action.HIDE, Action.UNHIDE) and not _is_below_ours(message, can, inbox):
        return _named(_("On %(network)s only answers in threads that we began can be hidden."), inbox)
    return ""


def _is_below_ours(message: Message, can: Capabilities, inbox: Inbox) -> bool:
    begins = can.hides_below.replace("{own_id}", inbox.own_id)
    return message.conversation.thread_id.startswith(begins) if begins else True


def _named(sentence: str, inbox: Inbox) -> str:
    return sentence % {"network": connector_of(inbox).label}


def _capabilities(inbox: Inbox) -> Capabilities:
    try:
        return capabilities_of(inbox)
    except UnknownNetwork:  # its connector is gone: nothing can be done
        return Capabilities()
