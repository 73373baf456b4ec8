"""The capability matrix: what each network can do, a row for each question that an agent might ask."""

from collections.abc import Callable, Sequence

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.inboxes.feeds import feed_name
from desk.inboxes.gateway import Action, Capabilities, Connector, LengthRule, MediaRule

Cell = bool | str
Row = tuple[str | Promise, list[Cell]]


def rows(networks: Sequence[type[Connector]]) -> list[Row]:
    """Labels with one cell for each network: yes, no, or words. A network is all that is asked, so new ones are in."""
    told: list[Row] = [(label, [tell(one.capabilities) for one in networks]) for label, tell in QUESTIONS]
    return told + [(label, [of(network) for network in networks]) for label, of in OF_READING]


def length(rule: LengthRule) -> str:
    """“280, weighted”, “300 graphemes, 3,000 bytes”."""
    units = {
        "weighted": _("weighted"),
        "characters": _("characters"),
        "bytes": _("bytes"),
        "graphemes": _("letters as seen"),
        "mastodon": _("letters as seen, a link 23"),
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


def _history(network: type[Connector]) -> Cell:
    """“mentions: the newest 800; direct messages: 30 days”, or one word where all are alike."""
    days = network.capabilities.history_days
    each = [(one.name, _depth(one.history_days or days, one.history_items)) for one in network.streams]
    if len({depth for _name, depth in each}) <= 1:
        return each[0][1] if each else False
    return "; ".join(_("%(stream)s: %(depth)s") % {"stream": feed_name(name), "depth": depth} for name, depth in each)


def _depth(days: int | None, items: int | None) -> str:
    told = []
    if days is not None:
        told.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if items is not None:
        told.append(_("the newest %(count)s") % {"count": number_format(items, force_grouping=True)})
    return ", ".join(told) or _("all")


def _read_every(network: type[Connector]) -> Cell:
    each = {one.name: one.min_seconds for one in network.streams}
    if len(set(each.values())) <= 1:
        return _seconds(next(iter(each.values()))) if each else False
    return "; ".join(
        _("%(stream)s: %(depth)s") % {"stream": feed_name(name), "depth": _seconds(seconds)}
        for name, seconds in each.items()
    )


def _seconds(seconds: float) -> str:
    return _("every %(seconds)s s at most") % {"seconds": number_format(seconds, 0)}


def _an_hour(most: int | None, *, can: bool) -> Cell:
    if not can:
        return False
    if most is None:
        return _("not told")
    return _("%(count)s an hour") % {"count": number_format(most, force_grouping=True)}


def _cost(can: Capabilities) -> Cell:
    return _("for each entry read and written; set a budget") if can.charges else _("nothing to read and write")


def _calls(can: Capabilities) -> Cell:
    return _("each kind of call by itself") if can.separate_limits else _("all calls of an account together")


def _media(rule: MediaRule | None) -> Cell:
    """“4 with descriptions: JPEG, PNG; no films”."""
    if rule is None:
        return False
    kinds = ", ".join(sorted(one.partition("/")[2].upper() for one in rule.max_bytes))
    said = _("%(count)d with descriptions: %(kinds)s") if rule.longest_alt else _("%(count)d: %(kinds)s")
    told = said % {"count": rule.most, "kinds": kinds}
    return (
        told if any(one.startswith("video/") for one in rule.max_bytes) else _("%(media)s; no films") % {"media": told}
    )


QUESTIONS: tuple[tuple[Promise, Callable[[Capabilities], Cell]], ...] = (
    (gettext_lazy("Public reply"), lambda can: can.reply_public),
    (gettext_lazy("One answer, written anew"), lambda can: can.one_answer),
    (gettext_lazy("Private message"), lambda can: can.reply_private),
    (gettext_lazy("Post of our own"), lambda can: can.post_length is not None),
    (gettext_lazy("From public to private"), lambda can: can.private_from_public),
    (gettext_lazy("Link to write in private"), lambda can: bool(can.private_link)),
    (gettext_lazy("Private reply window"), _window),
    (gettext_lazy("One private message to a public post"), lambda can: can.private_from_public and can.private_once),
    (gettext_lazy("Tells what customers have read"), lambda can: can.tells_read),
    (gettext_lazy("Shows customers what we have read"), lambda can: can.marks_read),
    (gettext_lazy("Hands over between apps"), lambda can: can.hands_over),
    (gettext_lazy("Attachments in public"), lambda can: _media(can.public_media) if can.reply_public else False),
    (gettext_lazy("Attachments in private"), lambda can: _media(can.private_media) if can.reply_private else False),
    (gettext_lazy("Like"), lambda can: Action.LIKE in can.actions),
    (gettext_lazy("Hide"), lambda can: Action.HIDE in can.actions),
    (gettext_lazy("Delete our own words"), lambda can: Action.DELETE in can.actions),
    (gettext_lazy("Delete what others wrote to us"), lambda can: can.deletes_theirs),
    (gettext_lazy("Blocks people"), lambda can: can.blocks),
    (gettext_lazy("Sees edits"), lambda can: can.edits_seen),
    (gettext_lazy("Sees deletions"), lambda can: can.deletions_seen),
    (gettext_lazy("Live by webhook"), lambda can: can.webhook),
    (gettext_lazy("Length of a public reply"), lambda can: length(can.public_length) if can.reply_public else False),
    (
        gettext_lazy("Length of a private message"),
        lambda can: length(can.private_length) if can.reply_private else False,
    ),
    (
        gettext_lazy("Length of a post of our own"),
        lambda can: length(can.post_length) if can.post_length is not None else False,
    ),
    (gettext_lazy("Public replies"), lambda can: _an_hour(can.public_per_hour, can=can.reply_public)),
    (gettext_lazy("Private messages"), lambda can: _an_hour(can.private_per_hour, can=can.reply_private)),
    (gettext_lazy("Limits count"), _calls),
    (gettext_lazy("Costs"), _cost),
)
OF_READING: tuple[tuple[Promise, Callable[[type[Connector]], Cell]], ...] = (
    (gettext_lazy("Looks back"), _history),
    (gettext_lazy("Is read"), _read_every),
    (gettext_lazy("Live by stream"), lambda network: any(one.hinted for one in network.streams)),
    (gettext_lazy("Tells when credentials end"), lambda network: callable(getattr(network, "credentials_end", None))),
)
