"""Why whoever a message names may not have written it: what agents see beside it before they tell anybody anything."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DOUBTS: dict[str, tuple[Promise, Promise]] = {
    "sender": (
        _("Sender not proven"),
        _("Nobody checked that this mail comes from that address. Ask something that only the customer knows."),
    ),
    "sender_failed": (
        _("Sender not proven"),
        _("The check of this mail's sender failed, so it may be from somebody else. Tell nothing about the customer."),
    ),
    "automatic": (
        _("Written by a machine"),
        _("An automatic reply, a list or a mail server wrote this. It counts as nobody's answer."),
    ),
    "link": (
        _("By the form"),
        _("Whoever saw the link could write here. Ask something that only the customer knows."),
    ),
}
"""By the code in `Message.doubt`: a word, and what to do."""
