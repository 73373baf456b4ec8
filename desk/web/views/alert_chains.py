"""Administration of alert chains: who is told when, while a customer waits."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.alerts import alert_chains as verbs
from desk.actions.alerts import chain_words
from desk.alerts.models import AlertChain
from desk.common.errors import DeskError, Invalid
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.sla.promises import calendar_by
from desk.web import asked, chain_fields, lines
from desk.web.forms import Field, choice, filled, leave, number, show_form
from desk.web.guards import person, signed_in
from desk.web.show import chains as show
from policies.alerts import DEFAULT, MOST_STEPS, ClockFacts, plan
from policies.calendars import FIRST_DAY, LAST_DAY
from policies.clocks import Calendar

MANAGE = Permission.MANAGE_SLA
PAGE, VERSIONS = 50, 10  # on one page
LONGEST_TRY = 366 * 24 * 60  # minutes
Rows = dict[str, Any]


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Each chain with what it does, and the policies that go by it."""
    rows = AlertChain.objects.filter(deleted_at=None).select_related("current")
    page = slice_after(rows, ("name", "id"), request.GET.get("cursor", ""), PAGE)
    rules = {chain.pk: chain.current.rule for chain in page.rows if chain.current is not None}
    names = chain_words.names_in(rules.values())
    used = _policies_by_chain(page.rows)
    found = [(chain, chain_words.in_lines(rules[chain.pk], names), used.get(chain.pk, [])) for chain in page.rows]
    return render(request, "desk/administration/alert_chains.html", {"chains": found, "page": page})


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new one; it begins as the chain that a new desk has."""

    def verb() -> str:
        name, steps = request.POST.get("name", ""), chain_fields.steps_of(request.POST)
        chain = verbs.create_chain(person(request), name=name, steps=steps)
        return _("“%(name)s” can be chosen in policies now.") % {"name": chain.name}

    return _edit(request, chain_fields.typed("", DEFAULT), {}, verb)


@signed_in(MANAGE)
def one(request: HttpRequest, chain_id: int) -> HttpResponse:
    """Its steps, which policies go by it, and how it read before."""
    chain = get_object_or_404(AlertChain.objects.select_related("current"), pk=chain_id, deleted_at=None)

    def verb() -> str:
        name, steps = request.POST.get("name", ""), chain_fields.steps_of(request.POST)
        verbs.change_chain(person(request), chain_id, name=name, steps=steps)
        return _("The changes are kept. Clocks that run keep the chain that they began with.")

    rows = chain.versions.select_related("author")
    page = slice_after(rows, ("number",), request.GET.get("cursor", ""), VERSIONS, descending=True)
    names = chain_words.names_in(version.rule for version in page.rows)
    context = {
        "chain": chain,
        "policies": _policies_by_chain([chain]).get(chain.pk, []),
        "versions": [(version, chain_words.in_lines(version.rule, names)) for version in page.rows],
        "page": page,
    }
    rule = chain.current.rule if chain.current is not None else DEFAULT
    return _edit(request, chain_fields.typed(chain.name, rule), context, verb)


@require_POST
@signed_in(MANAGE)
def preview(request: HttpRequest) -> HttpResponse:
    """What the chain would do as it is typed now."""
    return render(request, "desk/administration/_chain_preview.html", _rehearsal(request.POST))


@require_POST
@signed_in(MANAGE)
def delete(request: HttpRequest, chain_id: int) -> HttpResponse:
    """The default chain stays. Clocks that run by it keep it."""
    try:
        verbs.delete_chain(person(request), chain_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-chain", chain_id)
    messages.success(request, _("The chain is out of use. Clocks that run by it keep it."))
    return redirect("administration-chains")


def _edit(request: HttpRequest, known: QueryDict, context: Rows, verb: Callable[[], str]) -> HttpResponse:
    """Show the form, give it back with its steps as a button wants them, or keep it."""
    values, refused, focus = request.POST or known, None, None
    if lines.DO in request.POST:
        values, focus = lines.rearranged(request.POST, "steps", chain_fields.EMPTY)
        with_people = [chain_fields.people_added(line) for line in lines.read(values, "steps")]
        values = lines.written(values, "steps", with_people)
    elif request.method == "POST":
        try:
            messages.success(request, verb())
            return leave(request, "administration-chains")
        except DeskError as problem:
            refused = chain_fields.at_fields(problem)
    steps = chain_fields.steps(values, refused, focus)
    top, trying = filled([chain_fields.NAME], values, refused), filled(_try_fields(), {**_usual_try(), **values.dict()})
    everything: Rows = {**context, "name": top, "steps": steps, "trying": trying, **_rehearsal(values)}
    everything |= {"full": len(steps) >= MOST_STEPS, "empty": focus is not None and not steps}
    fields = [*top, *(field for step in steps for field in step)]
    answer = show_form(request, "desk/administration/alert_chain.html", fields, everything, refused)
    if lines.DO in request.POST:
        answer["HX-Trigger-After-Swap"] = "lines"  # the preview looks again
    return answer


# ── what it would do ─────────────────────────────────────────────────────────
def _try_fields() -> list[Field]:
    calendars = BusinessCalendar.objects.filter(deleted_at=None).values_list("pk", "name")
    return [
        Field("try_minutes", gettext_lazy("For a target of (minutes)"), "number"),
        Field("try_start", gettext_lazy("that starts"), "moment"),
        Field(
            "try_calendar",
            gettext_lazy("counted by"),
            "choice",
            choices=tuple((str(pk), name) for pk, name in calendars),
        ),
    ]


def _usual_try() -> dict[str, str]:
    """An hour from nine on a working day."""
    today = timezone.localtime()
    day = today + timedelta(days=max(7 - today.weekday(), 0) if today.weekday() > 4 else 0)
    return {"try_minutes": "60", "try_start": f"{day:%Y-%m-%d}T09:00"}


def _rehearsal(values: QueryDict) -> Rows:
    """The steps as typed, each with its time for the clock that was asked for; or why that can't be said."""
    usual = _usual_try()
    try:
        rule = verbs.checked({"steps": chain_fields.steps_of(values)})
        minutes = number(values, "try_minutes") if "try_minutes" in values else int(usual["try_minutes"])
        start = asked.moment(values.get("try_start") or usual["try_start"])
        calendar = _calendar(choice(values, "try_calendar"))
        if start is None or calendar is None or not 1 <= minutes <= LONGEST_TRY or not _sane(start):
            raise Invalid(_("Choose a target from 1 minute to a year, and when it starts."))
    except DeskError as problem:
        return {"unclear": problem.message}
    names, target = chain_words.names_in([rule]), timedelta(minutes=minutes)
    try:
        due = calendar.add(start, target)
        planned = plan(rule, ClockFacts(start, minutes * 60, due), calendar)
    except ValueError:
        return {"unclear": _("This calendar has too few opening hours for this target.")}
    return {
        "told": show.told(planned, start, names),
        "start": show.moment(start, timezone.now()),
        "due": show.moment(due, start),
        "minutes": minutes,
    }


def _sane(start: datetime) -> bool:
    """Whether calendars know anything of that time."""
    return FIRST_DAY < start.date() < LAST_DAY


def _calendar(calendar_id: int | None) -> Calendar | None:
    """The one that was chosen; where none was, the first in the list."""
    rows = BusinessCalendar.objects.filter(deleted_at=None, current__isnull=False)
    chosen = (rows.filter(pk=calendar_id) if calendar_id else rows).first()
    return calendar_by(chosen.current_id) if chosen and chosen.current_id else None


def _policies_by_chain(chains: Sequence[AlertChain]) -> dict[int, list[SlaPolicy]]:
    """The policies that go by each; those that name none go by the default chain. In one query."""
    default = next((chain.pk for chain in chains if chain.is_default), 0)
    names_one = Q(current__alert_chain__in=[chain.pk for chain in chains])
    wanted = names_one | Q(current__alert_chain=None) if default else names_one
    found: dict[int, list[SlaPolicy]] = {}
    for policy in SlaPolicy.objects.filter(wanted, deleted_at=None).select_related("current"):
        chain_id = policy.current.alert_chain_id if policy.current is not None else None
        found.setdefault(chain_id or default, []).append(policy)
    return found
