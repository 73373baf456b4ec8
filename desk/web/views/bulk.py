"""One verb on everything that is picked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.automation import macros
from desk.actions.tickets import bulk as many
from desk.actions.tickets import ticket_causes
from desk.common.errors import Invalid
from desk.people.permissions import Permission
from desk.tickets import queries
from desk.web import asked
from desk.web.guards import person, signed_in
from desk.web.show import rows
from desk.web.views import ticket as one
from desk.web.views.macros import chosen as chosen_macro


@signed_in(Permission.BULK)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What was done, what was refused and why, and the rows as they are now."""
    actor, ids, verb = person(request), asked.numbers(request.POST.getlist("ids")), request.POST.get("verb", "")
    if not ids:
        raise Invalid(_("Nothing is picked. Pick tickets with x first."))
    if verb == "macro":
        result = macros.apply_to_many(actor, ids, chosen_macro(request))
    elif verb == "cause":
        result = ticket_causes.choose_for_many(actor, ids, **one.chosen_cause(request))
    else:
        name, arguments = _verb(request, verb)
        result = many.bulk(actor, ids, name, **arguments)
    changed = queries.rows_ready_to_show(queries.visible_tickets(actor).filter(pk__in=result.done))
    context = {
        "result": result,
        "rows": rows.rows(changed, actor, timezone.now()),
        "query": asked.question(request.GET).query,
    }
    return render(request, "desk/queue/_done.html", context)


def _verb(request: HttpRequest, verb: str) -> tuple[str, dict[str, Any]]:
    verb, _colon, event = verb.partition(":")
    match verb:
        case "claim":
            return "claim", {}
        case "assign":
            return "assign", one.owner(request)
        case "transition":
            return "transition", {"event": event}
        case "snooze":
            return "snooze", {"until": one.snoozed_until(request)}
        case "priority":
            return "set_priority", {"priority": one.chosen_priority(request)}
        case "tags":
            return "tag", {"add": one.names(request, "add"), "remove": one.names(request, "remove")}
    raise Invalid(_("This can't be done to many tickets at once."))
