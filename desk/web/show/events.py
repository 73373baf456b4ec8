"""Lines of a ticket's timeline as sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.causes.tree import Tree
from desk.crises.models import CrisisTicket
from desk.inboxes.words import told
from desk.people.models import User
from desk.tickets.models import Priority, TicketEvent
from desk.web.show import causes, clocks, times
from desk.web.show.moderation import ACTION_WORDS, CONTROL_WORDS

_SENTENCES: Mapping[str, Promise] = {
    "ticket_opened": gettext_lazy("The customer wrote, and this ticket began"),
    "message_received": gettext_lazy("The customer wrote"),
    "message_edited": gettext_lazy("The customer edited a message"),
    "review_edited": gettext_lazy("The customer wrote the review anew"),
    "message_deleted": gettext_lazy("A message was deleted on the network"),
    "staged_refused": gettext_lazy("What was staged with the reply could not be done"),
    "replied_on_network": gettext_lazy("Answered on the network itself"),
    "reply_submitted": gettext_lazy("A reply was written"),
    "reply_cancelled": gettext_lazy("The reply was taken back"),
    "reply_released": gettext_lazy("The held reply was released"),
    "approval_asked": gettext_lazy("A colleague was asked to approve the reply"),
    "reply_approved": gettext_lazy("The reply was approved"),
    "reply_approved_edited": gettext_lazy("The reply was edited and approved"),
    "reply_rejected": gettext_lazy("The reply was rejected and went back to its author"),
    "reply_overtaken": gettext_lazy("The customer wrote something newer, so the reply waits for a look"),
    "reply_sent_again": gettext_lazy("The reply was put on its way again"),
    "reply_sent": gettext_lazy("The reply is on the network"),
    "reply_held": gettext_lazy("The reply is held"),
    "reply_failed": gettext_lazy("The network refused the reply"),
    "reply_unknown": gettext_lazy("It is not certain whether the reply arrived"),
    "reply_not_seen": gettext_lazy("Looked for the reply on the network: not seen yet"),
    "claimed": gettext_lazy("Taken"),
    "given": gettext_lazy("Given by the desk"),
    "handed_over": gettext_lazy("Taken from who went away"),
    "released": gettext_lazy("Opened again while its owner is not there"),
    "found_nobody": gettext_lazy("The desk found nobody for it"),
    "assigned": gettext_lazy("Given to somebody else"),
    "snoozed": gettext_lazy("Snoozed"),
    "woken": gettext_lazy("Back from snooze"),
    "priority": gettext_lazy("Priority changed"),
    "tagged": gettext_lazy("Tags changed"),
    "cause_chosen": gettext_lazy("Somebody said what it was about"),
    "article_linked": gettext_lazy("An article was linked"),
    "article_unlinked": gettext_lazy("An article was taken off"),
    "note": gettext_lazy("A note was written"),
    "sentiment": gettext_lazy("Somebody said what it sounds like"),
    "draft_put": gettext_lazy("Words were put in the draft of whoever has it"),
    "told": gettext_lazy("Colleagues were told"),
    "question_asked": gettext_lazy("A colleague was asked"),
    "question_answered": gettext_lazy("A colleague answered"),
    "question_word": gettext_lazy("A word was said about a question"),
    "question_passed": gettext_lazy("The question was passed on"),
    "question_not_theirs": gettext_lazy("Whoever was asked could not answer"),
    "question_withdrawn": gettext_lazy("The question was withdrawn"),
    "question_escalated": gettext_lazy("Nobody had answered in time, so a deputy was asked"),
    "question_overdue": gettext_lazy("Nobody has answered the question in time"),
    "answer_used": gettext_lazy("A colleague’s answer was taken into a reply"),
    "swarm_opened": gettext_lazy("Colleagues began to work on it together"),
    "swarm_closed": gettext_lazy("The swarm wrote down what it found"),
    "form_made": gettext_lazy("A form was made for the customer"),
    "form_revoked": gettext_lazy("The customer's form was closed"),
    "merged": gettext_lazy("Another ticket was merged into this one"),
    "merged_into": gettext_lazy("Merged into another ticket"),
    "crisis_joined": gettext_lazy("Became part of a crisis"),
    "routed": gettext_lazy("Given to the team of a crisis"),
    "crisis_left": gettext_lazy("Taken out of a crisis"),
    "split": gettext_lazy("Messages were moved to a new ticket"),
    "split_from": gettext_lazy("This ticket began with messages of another"),
    "alerted": gettext_lazy("Colleagues were alerted"),
    "alert_acknowledged": gettext_lazy("The alert was acknowledged"),
    "breached": gettext_lazy("The due time passed"),
    "clock_renewed": gettext_lazy("The promise changed"),
    "deleted_shown": gettext_lazy("Looked at a message that was deleted"),
    "unmasked": gettext_lazy("Looked at personal data that is masked"),
    "deleted_file_shown": gettext_lazy("Looked at a file of a message that was deleted"),
    "action_asked": gettext_lazy("Asked the network to do something"),
    "action_done": gettext_lazy("The network did it"),
    "action_failed": gettext_lazy("The network did not do it"),
    "control": gettext_lazy("The conversation changed hands between apps of the company"),
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


_ASIDE: Mapping[str, Promise] = {
    "muted": gettext_lazy("the customer is muted"),
    "spam": gettext_lazy("the account writes spam"),
}
_BY_THE_DESK = ("given", "handed_over", "released")
_OF_QUESTIONS = ("question_passed", "question_not_theirs", "question_escalated", "answer_used")
_REASONS: Mapping[str, Promise] = {  # of policies.assignment
    "last_owner": gettext_lazy("had it before"),
    "next_in_turn": gettext_lazy("next in turn"),
    "fewest_open": gettext_lazy("fewest open tickets"),
    "nobody_on_duty": gettext_lazy("nobody is on duty"),
    "nobody_speaks": gettext_lazy("nobody on duty speaks this language"),
    "nobody_skilled": gettext_lazy("nobody on duty has the skills"),
    "nobody_else": gettext_lazy("whoever could take it has handed it back"),
    "all_full": gettext_lazy("everybody has as many tickets as they may"),
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
    events = list(events)
    names = _names(events)
    tree = Tree() if any(event.kind == "cause_chosen" for event in events) else None
    return [
        Line(
            event.at,
            times.exact(event.at, now),
            _who(event),
            _what(event),
            _detail(event, now, names, tree),
        )
        for event in events
    ]


def _names(events: list[TicketEvent]) -> dict[int, str]:
    """Of those between whom the ticket or a question went; no query where nothing did."""
    moved = [event for event in events if event.kind in (*_BY_THE_DESK, *_OF_QUESTIONS)]
    ids = {event.data.get(key) for event in moved for key in ("assignee", "last_owner", "to", "author")}
    ids = {one for one in ids if isinstance(one, int)}
    people = User.objects.filter(pk__in=ids) if ids else ()
    return {person.pk: person.name for person in people}


def _who(event: TicketEvent) -> str:
    """With the rule or the macro that did it."""
    by = event.actor.name if event.actor else ""
    if rule := event.data.get("automation"):
        return f"{by} · {rule['name']}" if by else _("Automation: %(name)s") % {"name": rule["name"]}
    return f"{by} · {event.data['macro']}" if event.data.get("macro") else by


def _what(event: TicketEvent) -> str:
    if event.kind == "transition":
        sentence = _TRANSITIONS.get(str(event.data.get("event", "")))
    elif event.kind == "message_received" and event.data.get("edited"):
        sentence = _SENTENCES["review_edited"]
    else:
        sentence = _SENTENCES.get(event.kind)
    return str(sentence) if sentence else event.kind.replace("_", " ").capitalize()


def _detail(event: TicketEvent, now: datetime, names: Mapping[int, str], tree: Tree | None) -> str:
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
        case "given" | "found_nobody":
            return " · ".join(part for part in (_name(event, "assignee", names), _reason(event)) if part)
        case "handed_over":
            to = _name(event, "assignee", names) or _("nobody")
            return f"{_name(event, 'last_owner', names)} → {to} · {_reason(event)}"
        case "transition":
            return str(_ASIDE.get(str(data.get("why", "")), ""))
        case "cause_chosen" if tree is not None:
            return causes.moved(tree, data.get("before"), data.get("cause"))
        case "article_linked" | "article_unlinked":
            return str(data.get("title", ""))
        case "unmasked":
            return str(data.get("reason", ""))
        case "crisis_joined":
            return str(dict(CrisisTicket.How.choices).get(str(data.get("how", "")), ""))
        case "question_passed" | "question_not_theirs" | "question_escalated":
            return f"→ {to}" if (to := _name(event, "to", names)) else ""
        case "draft_put":
            return f"/{data.get('shortcut', '')}"
        case "answer_used":
            return _name(event, "author", names)
        case "released":
            return _name(event, "last_owner", names)
        case "staged_refused":
            return f"{data.get('do', '')} {data.get('value', '')} · {data.get('why', '')}"
        case "merged" | "split_from":
            return f"#{data.get('from', '')}"
        case "merged_into" | "split":
            return f"#{data.get('into', '')}"
        case "control":
            return str(CONTROL_WORDS.get(data.get("state", ""), ""))
        case "action_asked" | "action_done" | "action_failed":
            action = str(data.get("action", ""))
            return " · ".join(filter(None, (str(ACTION_WORDS.get(action, action)), told(data.get("problem") or {}))))
    return ""


def _name(event: TicketEvent, key: str, names: Mapping[int, str]) -> str:
    found = event.data.get(key)
    return names.get(found, f"#{found}") if isinstance(found, int) else ""


def _reason(event: TicketEvent) -> str:
    code = str(event.data.get("reason", ""))
    return str(_REASONS.get(code, code))
