"""What can be done to one message on its network, and why not: more to our own words than to those of others."""

from django.utils.translation import gettext as _

from desk.inboxes.gateway import Action, Capabilities, UnknownNetwork, capabilities_of, connector_of
from desk.inboxes.models import Inbox
from desk.tickets.models import Message


def possible(message: Message, inbox: Inbox) -> frozenset[Action]:
    """Everything that can be done to it. `inbox` is the message's, read already."""
    can = _capabilities(inbox)
    return frozenset(action for action in can.actions if not _refusal(message, action, can, inbox))


def why_not(message: Message, action: Action, inbox: Inbox) -> str:
    """A sentence where this can't be done to it, "" where it can."""
    return _refusal(message, action, _capabilities(inbox), inbox)


def stays_because(message: Message, inbox: Inbox) -> str:
    """Why what somebody else wrote can't be deleted where our own words can; "" where that is no question."""
    can = _capabilities(inbox)
    asked = Action.DELETE in can.actions and not message.outgoing and not message.private
    return _refusal(message, Action.DELETE, can, inbox) if asked else ""


def _refusal(message: Message, action: Action, can: Capabilities, inbox: Inbox) -> str:
    if action not in can.actions:
        return _("This network can't do that.")
    if message.private:
        return _("This can be done to what is public alone.")
    if action is not Action.DELETE:
        return _("This can be done to what others wrote alone.") if message.outgoing else ""
    if message.outgoing or can.deletes_theirs:
        return ""
    return _("Only who wrote it can delete it on %(network)s.") % {"network": connector_of(inbox).label}


def _capabilities(inbox: Inbox) -> Capabilities:
    try:
        return capabilities_of(inbox)
    except UnknownNetwork:  # its connector is gone: nothing can be done
        return Capabilities()
