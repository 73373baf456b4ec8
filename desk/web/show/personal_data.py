"""What went with an erasure or a round of retention, as lines to read."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.privacy.models import Erasure

_KINDS: dict[str, Promise] = {
    "messages": gettext_lazy("Messages without words"),
    "versions": gettext_lazy("Earlier wordings"),
    "files": gettext_lazy("Files"),
    "replies": gettext_lazy("Our replies without words"),
    "drafts": gettext_lazy("Drafts"),
    "notes": gettext_lazy("Notes without words"),
    "tickets": gettext_lazy("Tickets"),
    "raw": gettext_lazy("What the network told word for word"),
}


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each kind of which something went."""
    return [(str(words), counts[kind]) for kind, words in _KINDS.items() if counts.get(kind)]


def progress(erasure: Erasure) -> int:
    """Per cent; the last tenth is what the network told, of which nobody knows how much it is."""
    if erasure.state == Erasure.State.DONE:
        return 100
    return min(90, 90 * int(erasure.counts.get("messages", 0)) // max(erasure.total, 1))
