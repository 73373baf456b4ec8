"""Notices as sentences, in the language that is active."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.alerts.models import Notification

_APPROVAL = {
    "approval_asked": gettext_lazy("%(name)s asks for approval of a reply on ticket %(ticket)s"),
    "approval_waits": gettext_lazy("A reply of %(name)s still waits for approval: ticket %(ticket)s"),
    "approval_given": gettext_lazy("%(name)s approved your reply on ticket %(ticket)s"),
    "approval_rejected": gettext_lazy("%(name)s rejected your reply on ticket %(ticket)s: %(reason)s"),
    "reply_overtaken": gettext_lazy("The customer wrote on: look again at your reply on ticket %(ticket)s"),
}

_CANNED = {
    "canned_suspended": gettext_lazy(
        "The canned response “%(name)s” breaks rulebook %(number)s and is no longer on offer: mend it"
    ),
    "canned_restored": gettext_lazy("The canned response “%(name)s” is on offer again under rulebook %(number)s"),
}


_SIGNAL = {
    "surge": gettext_lazy(
        "Perhaps a crisis: %(stream)s had %(counted)s messages in half an hour, %(expected)s are usual"
    ),
    "busy_hour": gettext_lazy(
        "Perhaps a crisis: %(stream)s had %(counted)s messages in half an hour, %(expected)s are usual"
    ),
    "trigger": gettext_lazy("Perhaps a crisis: somebody with %(reach)s followers wrote “%(word)s”"),
    "outbreak": gettext_lazy("Perhaps a crisis: %(people)s people wrote almost the same"),
    "silence": gettext_lazy("%(stream)s is silent: %(missed)s messages were to be expected by now"),
}


_UPDATE = {
    "update_soon": gettext_lazy("The next statement about “%(name)s” is promised for %(time)s"),
    "update_due": gettext_lazy("The next statement about “%(name)s” is due now"),
    "update_late": gettext_lazy("Too late: the next statement about “%(name)s” was promised for %(time)s"),
}


_CRISIS = {
    "escalation": gettext_lazy("Crisis, level %(level)d: %(name)s. Say that you see to it"),
    "escalation_ended": gettext_lazy("Nobody has acknowledged the crisis “%(name)s”, and everybody has been called"),
    "call_up": gettext_lazy("Can you come? Crisis, level %(level)d: %(name)s"),
}


def sentence(notice: Notification) -> str:
    """What happened, in one line without markup."""
    params = notice.params
    match notice.kind:
        case "mentioned":
            return _("%(name)s named you in a note on ticket %(ticket)s") % {
                "name": params.get("by_name", ""), "ticket": notice.ticket_id,
            }  # fmt: skip
        case "needs_reauthorisation":
            return _("%(inbox)s was signed out by the network and has to be authorised again") % {
                "inbox": params.get("inbox_name", "")
            }
        case "handed_over":
            count = int(params.get("count", 0))
            return ngettext(
                "%(count)d ticket of yours went to a colleague while you were away.",
                "%(count)d tickets of yours went to colleagues while you were away.",
                count,
            ) % {"count": count}
        case "canned_review":
            return _("The canned response “%(name)s” should be read again today") % {"name": params.get("name", "")}
        case "canned_suspended" | "canned_restored":
            return _CANNED[notice.kind] % {"name": params.get("name", ""), "number": params.get("rulebook", "")}
        case "escalation" | "escalation_ended" | "call_up":
            return _CRISIS[notice.kind] % {"name": params.get("name", ""), "level": params.get("level", 0)}
        case "alert":
            return _alert(notice)
        case "approval_asked" | "approval_waits" | "approval_given" | "approval_rejected" | "reply_overtaken":
            return _APPROVAL[notice.kind] % {
                "name": params.get("by_name", ""), "ticket": notice.ticket_id, "reason": params.get("reason", ""),
            }  # fmt: skip
        case "signal" | "silence":
            return _signal(params)
        case "statement_asked":
            words = {"name": params.get("by_name", ""), "crisis": params.get("crisis_name", "")}
            return _("%(name)s asks for approval of a statement about “%(crisis)s”") % words
        case "update_soon" | "update_due" | "update_late":
            due = parse_datetime(str(params.get("due_at", "")))
            time = _moment(due, notice.created_at) if due else ""
            return str(_UPDATE[notice.kind]) % {"name": params.get("name", ""), "time": time}
    return notice.kind.replace("_", " ").capitalize()


def _signal(params: Mapping[str, Any]) -> str:
    facts = {
        name: number_format(round(value), use_l10n=True, force_grouping=True)
        if isinstance(value, int | float)
        else value
        for name, value in params.get("facts", {}).items()
    }
    return _SIGNAL[str(params.get("kind"))] % facts


def _moment(moment: datetime, now: datetime) -> str:
    """“09:18” on the same day, otherwise “12 Feb 09:18”."""
    local = localtime(moment)
    return date_format(local, "H:i" if local.date() == localtime(now).date() else "j M H:i")


def _alert(notice: Notification) -> str:
    params = notice.params
    due = parse_datetime(str(params.get("due_at", "")))
    values = {
        "name": params.get("customer", ""),
        "ticket": notice.ticket_id,
        "time": _moment(due, notice.created_at) if due else "",
        "percent": params.get("percent"),
        "minutes": params.get("after_minutes"),
    }
    resolution = params.get("metric") == "resolution"
    if params.get("before_minutes"):
        if resolution:
            return _("Resolve ticket %(ticket)s of %(name)s by %(time)s") % values
        return _("Answer %(name)s, ticket %(ticket)s, by %(time)s") % values
    if params.get("percent") is None or params["percent"] >= 100:
        if resolution:
            return _("Too late to resolve: ticket %(ticket)s of %(name)s was due at %(time)s") % values
        return _("Too late to answer: %(name)s, ticket %(ticket)s, was due at %(time)s") % values
    if resolution:
        return _("%(percent)s %% of the time is gone: resolve ticket %(ticket)s of %(name)s by %(time)s") % values
    return _("%(percent)s %% of the time is gone: answer %(name)s, ticket %(ticket)s, by %(time)s") % values
