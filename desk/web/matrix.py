"""The capability matrix: what each network can do, a row for each question that an agent might ask."""

from collections.abc import Callable, Sequence

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.inboxes.gateway import Action, Capabilities, Connector, LengthRule, MediaRule

Cell = bool | str
Row = tuple[str | Promise, list[Cell]]


def rows(networks: Sequence[type[Connector]]) -> list[Row]:
    """Labels with one cell for each network: yes, no, or words."""
    return [(label, [tell(network.capabilities) for network in networks]) for label, tell in QUESTIONS]


def length(rule: LengthRule) -> str:
    """“280, weighted”, “300 graphemes, 3,000 bytes”."""
    units = {
        "weighted": _("weighted"),
        "characters": _("characters"),
        "bytes": _("bytes"),
        "graphemes": _("letters as seen"),
    }
    words = f"{number_format(rule.limit, force_grouping=True)} {units.get(rule.unit, rule.unit)}"
    return words + (
        f", {number_format(rule.max_bytes, force_grouping=True)} {units['bytes']}" if rule.max_bytes else ""
    )


def _window(can: Capabilities) -> Cell:
    if not can.reply_private:
        return False
    if can.private_window_hours is None:
        return _("always")
    usual = ngettext("%(count)d hour", "%(count)d hours", can.private_window_hours) % {
        "count": can.private_window_hours
    }
    if can.private_extended_hours is None:
        return usual
    days = can.private_extended_hours // 24
    return _("%(usual)s; %(days)d days by a person") % {"usual": usual, "days": days}


def _history(can: Capabilities) -> Cell:
    if can.history_days is None:
        return _("all")
    return ngettext("%(count)d day", "%(count)d days", can.history_days) % {"count": can.history_days}


def _media(rule: MediaRule | None) -> Cell:
    """“4: JPEG, PNG; described”."""
    if rule is None:
        return False
    kinds = ", ".join(sorted(one.partition("/")[2].upper() for one in rule.max_bytes))
    said = _("%(count)d with descriptions: %(kinds)s") if rule.longest_alt else _("%(count)d: %(kinds)s")
    return said % {"count": rule.most, "kinds": kinds}


QUESTIONS: tuple[tuple[Promise, Callable[[Capabilities], Cell]], ...] = (
    (gettext_lazy("Public reply"), lambda can: can.reply_public),
    (gettext_lazy("Private message"), lambda can: can.reply_private),
    (gettext_lazy("Post of our own"), lambda can: can.post_length is not None),
    (gettext_lazy("From public to private"), lambda can: can.private_from_public),
    (gettext_lazy("Private reply window"), _window),
    (gettext_lazy("Attachments in public"), lambda can: _media(can.public_media) if can.reply_public else False),
    (gettext_lazy("Attachments in private"), lambda can: _media(can.private_media) if can.reply_private else False),
    (gettext_lazy("Like"), lambda can: Action.LIKE in can.actions),
    (gettext_lazy("Hide"), lambda can: Action.HIDE in can.actions),
    (gettext_lazy("Delete"), lambda can: Action.DELETE in can.actions),
    (gettext_lazy("Sees edits"), lambda can: can.edits_seen),
    (gettext_lazy("Sees deletions"), lambda can: can.deletions_seen),
    (gettext_lazy("Live by webhook"), lambda can: can.webhook),
    (gettext_lazy("Looks back"), _history),
    (gettext_lazy("Length of a public reply"), lambda can: length(can.public_length) if can.reply_public else False),
    (
        gettext_lazy("Length of a private message"),
        lambda can: length(can.private_length) if can.reply_private else False,
    ),
)
