"""What can be done to a message on its network, as words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.inboxes.gateway import Action, Control, Handover

ACTION_WORDS: Mapping[str, Promise] = {
    Action.LIKE: gettext_lazy("Like"),
    Action.UNLIKE: gettext_lazy("Take the like back"),
    Action.HIDE: gettext_lazy("Hide on the network"),
    Action.UNHIDE: gettext_lazy("Show on the network again"),
    Action.DELETE: gettext_lazy("Delete on the network"),
    "block": gettext_lazy("Block the account on the network"),
    "unblock": gettext_lazy("Unblock the account on the network"),
    Handover.TAKE: gettext_lazy("Take the conversation over from the other app"),
    Handover.ASK: gettext_lazy("Ask the other app for the conversation"),
    Handover.GIVE: gettext_lazy("Give the conversation to the other app"),
}
CONTROL_WORDS: Mapping[str, Promise] = {
    Control.OURS: gettext_lazy("we have it"),
    Control.THEIRS: gettext_lazy("another app has it"),
    Control.ASKED: gettext_lazy("another app asks for it"),
}
