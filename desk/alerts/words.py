"""Notices as sentences, in the language that is active."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.alerts.models import Notification
from desk.common.dates import date_format

_DRILL = {
    "drill_started": gettext_lazy("A drill began: %(name)s. What it brings is marked; answer it as if it were real."),
    "drill_soon": gettext_lazy("The drill %(name)s starts by itself at %(time)s"),
    "drill_missed": gettext_lazy("The drill %(name)s could not begin"),
}
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


_COUNTED = {  # by what was counted
    "messages": gettext_lazy(
        "Perhaps a crisis: %(stream)s had %(counted)s messages in half an hour, %(expected)s are usual"
    ),
    "negative": gettext_lazy(
        "Perhaps a crisis: %(stream)s had %(counted)s negative messages in half an hour, %(expected)s are usual"
    ),
    "reach": gettext_lazy(
        "Perhaps a crisis: %(stream)s reached %(counted)s followers in half an hour, %(expected)s are usual"
    ),
}
_SIGNAL = {
    "trigger": gettext_lazy("Perhaps a crisis: somebody with %(reach)s followers wrote “%(word)s”"),
    "outbreak": gettext_lazy("Perhaps a crisis: %(people)s people wrote almost the same"),
    "silence": gettext_lazy("%(stream)s is silent: %(missed)s messages were to be expected by now"),
}


_UPDATE = {
    "update_soon": gettext_lazy("The next statement about “%(name)s” is promised for %(time)s"),
    "update_due": gettext_lazy("The next statement about “%(name)s” is due now"),
    "update_late": gettext_lazy("Too late: the next statement about “%(name)s” was promised for %(time)s"),
}


_QUESTION = {
    "question_asked": gettext_lazy("%(name)s asks you something, and hopes for a word by %(time)s"),
    "question_passed": gettext_lazy("%(name)s passes a question on to you: a word by %(time)s helps"),
    "question_reminder": gettext_lazy("%(name)s still waits for your word, until %(time)s"),
    "question_escalated": gettext_lazy("A question of %(name)s has no answer yet: can you help, by %(time)s?"),
    "question_word": gettext_lazy("%(name)s said something about a question on ticket %(ticket)s"),
    "question_answered": gettext_lazy("%(name)s answered your question on ticket %(ticket)s"),
    "question_returned": gettext_lazy("%(name)s can’t answer your question on ticket %(ticket)s: ask somebody else"),
    "question_overdue": gettext_lazy("Nobody has answered your question on ticket %(ticket)s in time"),
    "question_withdrawn": gettext_lazy("A question that you were asked needs no answer any more"),
    "question_files": gettext_lazy("Files of your answer by mail were not taken: send them in another form"),
    "answer_used": gettext_lazy("Thank you: %(name)s used your answer in a reply to the customer"),
}


_THREAD = {
    "thread_named": gettext_lazy("%(name)s named you in a thread"),
    "thread_let_in": gettext_lazy("%(name)s let you into a thread"),
    "thread_files": gettext_lazy("Files of what you wrote by mail were not taken: send them in another form"),
    "swarm_opened": gettext_lazy("%(name)s opened a swarm on ticket %(ticket)s"),
}


_CHANGE = {
    "change_proposed": gettext_lazy("%(name)s proposes a change of “%(title)s”: %(what)s"),
    "change_followed": gettext_lazy("Thank you: your proposal for “%(title)s” is with whoever decides about it"),
    "change_adopted": gettext_lazy("%(name)s adopted your proposal for “%(title)s”: %(what)s"),
    "change_declined": gettext_lazy("%(name)s declined your proposal for “%(title)s”: %(reason)s"),
    "change_planned": gettext_lazy("Your proposal for “%(title)s” is switched on at %(time)s: %(what)s"),
    "change_remark": gettext_lazy("%(name)s said something about a proposal for “%(title)s”: %(what)s"),
    "change_failed": gettext_lazy("What was planned for “%(title)s” could not be switched on: %(what)s"),
}


_CRISIS = {
    "escalation": gettext_lazy("Crisis, level %(level)d: %(name)s. Say that you see to it"),
    "escalation_ended": gettext_lazy("Nobody has acknowledged the crisis “%(name)s”, and everybody has been called"),
    "crisis_hook": gettext_lazy("%(hook)s tells of a crisis: %(name)s"),
    "call_up": gettext_lazy("Can you come? Crisis, level %(level)d: %(name)s"),
}


def sentence(notice: Notification) -> str:
    """What happened, in one line without markup; that it is of a drill stands before it."""
    words = _sentence(notice)
    return _("Drill: %(words)s") % {"words": words} if notice.params.get("drill") else words


def _sentence(notice: Notification) -> str:
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
        case "credentials_end":
            ends = parse_datetime(str(params.get("ends_at", "")))
            time = date_format(localtime(ends), "j M Y H:i") if ends else ""
            words = {"inbox": params.get("inbox_name", ""), "time": time}
            return _("The credentials of %(inbox)s end on %(time)s: authorise it again before that") % words
        case "handed_over":
            count = int(params.get("count", 0))
            return ngettext(
                "%(count)d ticket of yours went to a colleague while you were away.",
                "%(count)d tickets of yours went to colleagues while you were away.",
                count,
            ) % {"count": count}
        case "automation":
            words = {"rule": params.get("rule", ""), "ticket": notice.ticket_id, "text": params.get("text", "")}
            if words["text"]:
                return _("%(rule)s, ticket %(ticket)s: %(text)s") % words
            return _("%(rule)s: look at ticket %(ticket)s") % words
        case "article_review":
            return _("The article “%(name)s” should be read again today") % {"name": params.get("name", "")}
        case "canned_review":
            return _("The canned response “%(name)s” should be read again today") % {"name": params.get("name", "")}
        case "drill_started" | "drill_soon" | "drill_missed":
            at = parse_datetime(str(params.get("at", "")))
            return _DRILL[notice.kind] % {
                "name": params.get("name", ""), "time": _moment(at, notice.created_at) if at else "",
            }  # fmt: skip
        case "canned_suspended" | "canned_restored":
            return _CANNED[notice.kind] % {"name": params.get("name", ""), "number": params.get("rulebook", "")}
        case kind if kind in _QUESTION:
            due = parse_datetime(str(params.get("due_at", "")))
            return _QUESTION[kind] % {
                "name": params.get("by_name") or _("A colleague"),
                "ticket": params.get("ticket", ""),
                "time": _moment(due, notice.created_at) if due else "",
            }
        case kind if kind in _THREAD:
            return _THREAD[kind] % {
                "name": params.get("by_name") or _("A colleague"), "ticket": params.get("ticket", ""),
            }  # fmt: skip
        case kind if kind in _CHANGE:
            planned = parse_datetime(str(params.get("due_at", "")))
            return _CHANGE[kind] % {
                "name": params.get("by_name") or _("A colleague"),
                "title": _(params["new"]) if params.get("new") else params.get("title", ""),
                "what": params.get("what", ""),
                "reason": params.get("reason", ""),
                "time": _moment(planned, notice.created_at) if planned else "",
            }
        case "escalation" | "escalation_ended" | "call_up" | "crisis_hook":
            words = {"name": params.get("name", ""), "level": params.get("level", 0), "hook": params.get("hook", "")}
            return str(_CRISIS[notice.kind]) % words
        case "alert":
            return _alert(notice)
        case "alerts":
            return _("%(count)s tickets at once need an answer or a solution, now or soon: open the queue") % {
                "count": number_format(int(params.get("count", 0)), use_l10n=True, force_grouping=True)
            }
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
    kind, measure = str(params.get("kind")), str(params.get("measure", "messages"))
    return str(_COUNTED[measure] if kind in ("surge", "busy_hour") else _SIGNAL[kind]) % facts


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
