"""What colleagues work with as things that can be changed: macros, and the chains by which alerts go on."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.alerts import alert_chains, chain_words
from desk.actions.automation import macros
from desk.actions.automation.automations import Known
from desk.actions.automation.step_words import step_words
from desk.actions.changes.audited import Audited
from desk.actions.changes.kinds import Figure, Preview, Values
from desk.actions.changes.numbered import Numbered
from desk.actions.sla.clock_looks import calendar_of, facts_of
from desk.alerts.models import AlertChain, AlertChainVersion
from desk.automation.models import Macro
from desk.people.models import AuditEntry, User
from desk.people.permissions import Permission
from desk.sla.models import Clock
from policies.alerts import Chain, due_of, opening, parse
from policies.automation_form import parse_steps

LOOKED_AT = 2_000  # tickets, the newest: about a second


class Macros(Audited):
    """Those that everybody has; what is somebody's own is theirs alone."""

    slug = "macro"
    label = gettext_lazy("Macros that everybody has")
    permission = Permission.WRITE_AUTOMATION
    subject = "macro"
    overview = "macros"
    editor = "macro"
    makes = True
    names = ("name", "steps")
    called: Mapping[str, "str | Promise"] = {"name": gettext_lazy("Name")}
    verb = "macro_changed"

    def rows(self) -> "QuerySet[Macro]":
        return Macro.objects.filter(owner=None)

    def title(self, row: Macro) -> str:
        return row.name

    def values(self, row: Macro | None) -> dict[str, Any]:
        return {"name": "", "steps": []} if row is None else macros.told(row)

    def only_different(self, row: Macro | None, values: Values) -> dict[str, Any]:
        """Steps as they are kept. Raises Invalid."""
        if values.get("steps"):
            values = {**values, "steps": macros.kept_steps(values["steps"])}
        return super().only_different(row, values)

    def said(self, values: Values) -> dict[str, Any]:
        """A line for each step."""
        named = {"name": values["name"]} if "name" in values else {}
        known, steps = Known(), parse_steps(values["steps"]) if values.get("steps") else ()
        return {**named, **{str(place): step_words(step, known) for place, step in enumerate(steps, start=1)}}

    def word(self, path: str) -> str:
        return _("Step %(number)s") % {"number": path} if path.isdigit() else super().word(path)

    def changed(self, actor: User | None, row: Macro | None, values: Values, now: datetime | None = None) -> Macro:
        if row is None:
            return macros.create_macro(actor, shared=True, now=now, **self.whole(values))
        return macros.change_macro(actor, row.pk, now=now, **values)

    def take_away(self, actor: User, row: Macro, now: datetime) -> None:
        macros.delete_macro(actor, row.pk)

    def preview(self, row: Macro | None, values: Values, days: int, now: datetime) -> Preview:
        """How often its steps were taken: each time the others would have been."""
        if row is None:
            return Preview(days, note=_("It is new: nobody has used it yet."))
        used = AuditEntry.objects.filter(
            verb="macro_applied", detail__macro=row.pk, at__gt=now - timedelta(days=days), at__lte=now
        )
        found = used.aggregate(
            used=Count("pk"), tickets=Count("subject_id", distinct=True), people=Count("actor", distinct=True)
        )
        said = {
            "used": ngettext("it was used %(count)d time", "it was used %(count)d times", found["used"]),
            "tickets": ngettext("on %(count)d ticket", "on %(count)d tickets", found["tickets"]),
            "people": ngettext("by %(count)d colleague", "by %(count)d colleagues", found["people"]),
        }
        figures = [Figure(code, found[code], words % {"count": found[code]}) for code, words in said.items()]
        return Preview(days, figures, _("Each time these steps would have been taken instead. What was done stays."))


class AlertChains(Numbered):
    slug = "alert_chain"
    label = gettext_lazy("Alert chains")
    permission = Permission.MANAGE_SLA
    subject = "alertchain"
    overview = "administration-chains"
    editor = "administration-chain"

    def rows(self) -> "QuerySet[AlertChain]":
        return AlertChain.objects.filter(deleted_at=None).select_related("current")

    def values(self, row: AlertChain | None) -> dict[str, Any]:
        if row is None or row.current is None:
            return {"name": "" if row is None else row.name, "steps": []}
        return {"name": row.name, "steps": row.current.form["steps"]}

    def only_different(self, row: AlertChain | None, values: Values) -> dict[str, Any]:
        """Steps as they are kept, so that one which is written more shortly is the same. Raises Invalid."""
        if "steps" in values:
            values = {**values, "steps": alert_chains.checked({"steps": values["steps"]}).as_json()["steps"]}
        return super().only_different(row, values)

    def said(self, values: Values) -> dict[str, Any]:
        """A line for each step."""
        chain = parse({"steps": values.get("steps", [])})
        told = chain_words.in_lines(chain, chain_words.names_in([chain]))
        named = {"name": values["name"]} if "name" in values else {}
        return {**named, **{str(place): words for place, words in enumerate(told, start=1)}}

    def word(self, path: str) -> str:
        return _("Step %(number)s") % {"number": path} if path.isdigit() else _("Name")

    def changed(
        self, actor: User | None, row: AlertChain | None, values: Values, now: datetime | None = None
    ) -> AlertChain:
        if row is None:
            return alert_chains.create_chain(actor, **self.whole(values))
        return alert_chains.change_chain(actor, row.pk, **values)

    def take_away(self, actor: User, row: AlertChain, now: datetime) -> None:
        alert_chains.delete_chain(actor, row.pk)

    def version_rows(self, row: AlertChain) -> "QuerySet[AlertChainVersion]":
        return AlertChainVersion.objects.filter(chain=row).select_related("author")

    def of_version(self, one: AlertChainVersion) -> dict[str, Any]:
        return {"steps": one.form["steps"]}

    def words_of(self, one: AlertChainVersion) -> str:
        return "; ".join(chain_words.in_lines(one.rule, chain_words.names_in([one.rule])))

    def preview(self, row: AlertChain | None, values: Values, days: int, now: datetime) -> Preview:
        """The clocks of the last days that went by it, step by step, as if nobody had acknowledged any alert."""
        if row is None:
            return Preview(days, note=_("No policy names it yet, so nobody would have been alerted by it."))
        clocks, complete = _clocks_by(row, now - timedelta(days=days), now)
        was, would = (
            _alerts(parse({"steps": self.values(row)["steps"] if steps is None else steps}), clocks, now)
            for steps in (None, values.get("steps"))
        )
        came = ngettext("%(count)d clock went by it", "%(count)d clocks went by it", len(clocks))
        said = [
            ("clocks", len(clocks), came),
            ("alerts", would.total(), ngettext("%(count)d alert", "%(count)d alerts", would.total())),
            ("alerts_before", was.total(), _("and %(count)d as it is")),
            ("closed", would[True], _("%(count)d outside opening hours")),
            ("closed_before", was[True], _("and %(count)d as it is")),
        ]
        note = _("As if nobody had acknowledged an alert: an acknowledgement stops a chain earlier.")
        if not complete:
            note += " " + _("Only the newest %(count)d tickets were counted.") % {"count": LOOKED_AT}
        return Preview(days, [Figure(code, count, words % {"count": count}) for code, count, words in said], note)


def _clocks_by(row: AlertChain, since: datetime, now: datetime) -> tuple[list[Clock], bool]:
    """Those of the newest tickets whose clocks began with it; whether these are all."""
    mine = Clock.objects.filter(alert_chain_version__chain=row).exclude(target_seconds=None)
    first = mine.filter(metric=Clock.Metric.FIRST_RESPONSE, started_at__gte=since, started_at__lte=now)
    real = first.filter(ticket__inbox__drill=False).order_by("-started_at")
    ids = list(real.values_list("ticket_id", flat=True)[: LOOKED_AT + 1])
    return list(mine.filter(ticket__any_of=ids[:LOOKED_AT])), len(ids) <= LOOKED_AT


def _alerts(chain: Chain, clocks: list[Clock], now: datetime) -> "Counter[bool]":
    """How many steps fell due while their clock ran, by whether the calendar was closed then."""
    found: Counter[bool] = Counter()
    for clock in clocks:
        facts = facts_of(clock)
        if facts is None:
            continue
        calendar, until = calendar_of(clock), clock.ended_at or now
        for step in chain.steps:
            at = due_of(step, facts, calendar)
            if at < until:
                found[opening(at, calendar) != at] += 1
    return found
