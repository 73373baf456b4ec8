"""Lines of a ticket's timeline as sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.tickets.models import Priority, TicketEvent
from desk.web.show import clocks, times

_SENTENCES: Mapping[str, Promise] = {
    "ticket_opened": gettext_lazy("The customer wrote, and this ticket began"),
    "message_received": gettext_lazy("The customer wrote"),
    "message_edited": gettext_lazy("The customer edited a message"),
    "message_deleted": gettext_lazy("A message was deleted on the network"),
    "replied_on_network": gettext_lazy("Answered on the network itself"),
    "reply_submitted": gettext_lazy("A reply was written"),
    "reply_cancelled": gettext_lazy("The reply was taken back"),
    "reply_released": gettext_lazy("The held reply was released"),
    "reply_sent_again": gettext_lazy("The reply was put on its way again"),
    "reply_sent": gettext_lazy("The reply is on the network"),
    "reply_held": gettext_lazy("The reply is held"),
    "reply_failed": gettext_lazy("The network refused the reply"),
    "reply_unknown": gettext_lazy("It is not certain whether the reply arrived"),
    "reply_not_seen": gettext_lazy("Looked for the reply on the network: not seen yet"),
    "claimed": gettext_lazy("Taken"),
    "assigned": gettext_lazy("Given to somebody else"),
    "snoozed": gettext_lazy("Snoozed"),
    "woken": gettext_lazy("Back from snooze"),
    "priority": gettext_lazy("Priority changed"),
    "tagged": gettext_lazy("Tags changed"),
    "note": gettext_lazy("A note was written"),
    "merged": gettext_lazy("Another ticket was merged into this one"),
    "merged_into": gettext_lazy("Merged into another ticket"),
    "breached": gettext_lazy("The due time passed"),
    "clock_renewed": gettext_lazy("The promise changed"),
    "action_asked": gettext_lazy("Asked the network to change a message"),
    "action_done": gettext_lazy("The network changed the message"),
    "action_failed": gettext_lazy("The network did not change the message"),
}
_TRANSITIONS: Mapping[str, Promise] = {
    "open": gettext_lazy("Opened"),
    "wait_for_customer": gettext_lazy("Waits for the customer"),
    "ask_colleague": gettext_lazy("Waits for a colleague"),
    "resolve": gettext_lazy("Resolved"),
    "reopen": gettext_lazy("Opened again"),
    "mark_spam": gettext_lazy("Marked as spam"),
    "not_spam": gettext_lazy("No spam after all"),
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    when: str
    who: str
    what: str
    detail: str


def lines(events: Iterable[TicketEvent], now: datetime) -> list[Line]:
    """One line for each event; events come with their actor loaded."""
    return [
        Line(
            event.at,
            times.exact(event.at, now),
            event.actor.name if event.actor else "",
            _what(event),
            _detail(event, now),
        )
        for event in events
    ]


def _what(event: TicketEvent) -> str:
    if event.kind == "transition":
        sentence = _TRANSITIONS.get(str(event.data.get("event", "")))
    else:
        sentence = _SENTENCES.get(event.kind)
    return str(sentence) if sentence else event.kind.replace("_", " ").capitalize()


def _detail(event: TicketEvent, now: datetime) -> str:
    data = event.data
    match event.kind:
        case "tagged":
            added, removed = (", ".join(map(str, data.get(name) or ())) for name in ("added", "removed"))
            return " · ".join(part for part in (added and f"+ {added}", removed and f"− {removed}") if part)
        case "priority":
            words = dict(Priority.choices)
            return f"{words.get(data.get('before'), '')} → {words.get(data.get('after'), '')}"
        case "snoozed":
            until = parse_datetime(str(data.get("until", "")))
            return _("until %(time)s") % {"time": times.exact(until, now)} if until else ""
        case "breached":
            return clocks.promise(data["metric"]) if data.get("metric") else ""
        case "clock_renewed":
            due = [parse_datetime(str(data.get(name) or "")) for name in ("due_before", "due")]
            moved = " → ".join(times.exact(one, now) if one else _("none") for one in due)
            return f"{clocks.promise(data['metric'])}: {moved}"
        case "merged":
            return f"#{data.get('from', '')}"
        case "merged_into":
            return f"#{data.get('into', '')}"
        case "action_asked" | "action_done" | "action_failed":
            return " · ".join(str(data[name]) for name in ("action", "problem") if data.get(name))
    return ""
