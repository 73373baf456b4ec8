"""Documents with versions as things that can be changed: the rulebook, the crisis plan. They keep drafts of their own,
which a colleague reads.

A proposal brings a document, or words alone; adopted it becomes a draft there, which goes the way of every draft. What
was handed in can be planned for a moment: it is switched on then by who planned it, with all that switching on asks.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.changes.kinds import (
    Difference,
    Figure,
    Kind,
    Preview,
    Values,
    Version,
    Waiting,
    lines_between,
)
from desk.actions.crises import crisis_plans
from desk.actions.crises.crisis_past import LevelsThen
from desk.actions.rulebooks import rulebooks
from desk.actions.rulebooks.what_if_subjects import replies
from desk.changes.models import LONGEST_WHAT, Change
from desk.common.errors import Conflict, Missing
from desk.common.versioned import DocumentVersion
from desk.crises.models import CrisisPlanVersion
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import Reply
from desk.rulebooks.models import RulebookVersion, WhatIf
from policies.crisis_plan import Gate, Outbound
from policies.findings import Severity
from policies.reply_states import State as ReplyState
from policies.rulebook_states import State
from policies.what_if import WhatIf as Comparison

LOOKED_AT = 2_000  # replies, the newest: about a second
LEVELS = (1, 2, 3)


class Document(Kind):
    """What they share. There is one of each, and its number is that of its active version."""

    key = ("id",)
    searched = ""
    drafts = words_make_draft = single = True
    version_key = "number"
    model: type[DocumentVersion]
    verbs: ModuleType

    def rows(self) -> "QuerySet[Any]":
        return self.model._default_manager.filter(state=State.ACTIVE)

    def found(self, thing: int) -> Any:
        """The one that is active now, whichever was meant."""
        row = self.rows().first()
        if row is None:
            raise Conflict(_("Somebody was quicker and switched on another version. Look again."))
        return row

    def active_number(self) -> int | None:
        return self.rows().values_list("number", flat=True).first()

    def title(self, row: Any) -> str:
        return str(self.label)

    def number(self, row: Any) -> int | None:
        return int(row.number)

    def values(self, row: Any) -> dict[str, Any]:
        return {"document": row.document}

    def checked(self, row: Any, values: Values) -> dict[str, Any]:
        if "version" in values:
            return {"version": self._ready(int(values["version"])).number}
        return {"document": dict(self.read(values["document"]).document)}

    def read(self, document: Mapping[str, Any]) -> Any:
        return self.verbs.read(document)

    def differences(self, row: Any, values: Values) -> list[Difference]:
        return lines_between(row.document, self.document(values))

    def version_rows(self, row: Any) -> "QuerySet[Any]":
        held = self.model._default_manager.filter(activated_at__isnull=False)
        return held.select_related("author", "reviewer").defer("document")

    def version(self, row: Any, one: Any) -> Version:
        active, returns = one.pk == row.pk, one.state == State.RETIRED
        return Version(one.number, one.activated_at, one.author, active, one.summary, may_return=returns)

    def waiting(self, row: Any) -> list[Waiting]:
        own = self.model._default_manager.filter(state__in=[State.DRAFT, State.IN_REVIEW]).select_related("author")
        return [
            Waiting(
                one.number,
                one.summary,
                str(DocumentVersion.States(one.state).label),
                one.author,
                ready=one.state == State.IN_REVIEW,
            )
            for one in own.defer("document").order_by("-number")
        ]

    def becomes_active(self, change: Change) -> bool:
        return "version" in (change.values or {})

    def switch_on(self, actor: User, row: Any, change: Change, now: datetime) -> int | None:
        values = change.values or {}
        if "version" in values:
            return int(self.verbs.switch_on(actor, values["version"], now=now).number)
        by = change.author.name if change.author else _("a colleague who left")
        summary = (_("%(name)s proposed: %(what)s") % {"name": by, "what": change.what})[:LONGEST_WHAT]
        return int(self.verbs.write_draft(actor, document=values.get("document"), summary=summary, now=now).number)

    def roll_back(self, actor: User, row: Any, number: int, now: datetime) -> int | None:
        return int(self.verbs.roll_back(actor, number, now=now).number)

    def _ready(self, number: int) -> DocumentVersion:
        """One that waits to be switched on. Raises Missing, Conflict."""
        version = self.model._default_manager.filter(number=number).first()
        if version is None:
            raise Missing(_("There is no version %(number)d.") % {"number": number})
        if version.state != State.IN_REVIEW:
            raise Conflict(_("Only a version that was handed in for review can be planned for a moment."))
        return version

    def document(self, values: Values) -> Mapping[str, Any]:
        """That a draft brings, or that of the version which it names."""
        if "version" in values:
            return dict(self.model._default_manager.get(number=values["version"]).document)
        return dict(values["document"])


class Rulebook(Document):
    slug = "rulebook"
    label = gettext_lazy("Rulebook")
    permission = Permission.REVIEW_RULEBOOK
    subject = "rulebookversion"
    overview = "administration-rulebooks"
    reads = Permission.WRITE_RULEBOOK
    model = RulebookVersion
    verbs = rulebooks

    def preview(self, row: RulebookVersion, values: Values, days: int, now: datetime) -> Preview:
        """The newest replies of the last days, checked under both."""
        comparison = Comparison(self.read(self.document(values)), row.rulebook())
        since = now - timedelta(days=days)
        sent = Reply.objects.filter(state=ReplyState.SENT, sent_at__gte=since, drill=False).order_by("-sent_at", "-id")
        oldest = sent.values_list("sent_at", flat=True)[LOOKED_AT : LOOKED_AT + 1]
        complete = not oldest
        run = WhatIf(asked_at=now, since=since if complete else oldest[0])
        subjects = replies(run, comparison, LevelsThen(run.since or since, now), LOOKED_AT)
        verdicts = [comparison.verdict(one.facts, one.signature_before) for one in subjects]
        blocked, asked, free = (
            sum(one.severity == severity and one.before != severity for one in verdicts)
            for severity in (Severity.BLOCK, Severity.APPROVE, None)
        )
        said = [
            (
                "replies",
                len(subjects),
                ngettext("%(count)d reply looked at", "%(count)d replies looked at", len(subjects)),
            ),
            ("blocked", blocked, ngettext("%(count)d more blocked", "%(count)d more blocked", blocked)),
            (
                "approval",
                asked,
                ngettext("%(count)d more to a colleague first", "%(count)d more to a colleague first", asked),
            ),
            ("freed", free, ngettext("%(count)d no longer remarked on", "%(count)d no longer remarked on", free)),
        ]
        note = _("As it would have been said of replies that left. “What if” counts all of them, and shows each.")
        if not complete:
            note += " " + _("Only the newest %(count)d replies were looked at.") % {"count": LOOKED_AT}
        return Preview(days, [Figure(code, count, words % {"count": count}) for code, count, words in said], note)


class CrisisPlan(Document):
    slug = "crisis_plan"
    label = gettext_lazy("Crisis plan")
    permission = Permission.REVIEW_CRISIS_PLAN
    subject = "crisisplanversion"
    overview = "administration-crisis-plans"
    reads = Permission.SEE_CRISES
    model = CrisisPlanVersion
    verbs = crisis_plans

    def preview(self, row: CrisisPlanVersion, values: Values, days: int, now: datetime) -> Preview:
        """What each level would have done with every reply of the last days."""
        plans = self.read(self.document(values)), row.plan()
        sent = Reply.objects.filter(state=ReplyState.SENT, sent_at__gte=now - timedelta(days=days), drill=False)
        groups = sent.order_by().values_list("ticket__inbox__network", "ticket__inbox_id", "visibility")
        counted = list(groups.annotate(number=Count("pk")))
        total = sum(row[-1] for row in counted)
        figures = [
            Figure(
                "replies",
                total,
                ngettext("%(count)d reply left", "%(count)d replies left", total) % {"count": total},
            )
        ]
        for level in LEVELS:
            would, was = (_stopped(plan.levels.get(level), counted) for plan in plans)
            words = _("level %(level)d would have stopped %(count)d of them, and stops %(before)d as it is")
            figures.append(Figure(f"stopped_{level}", would, words % {"level": level, "count": would, "before": was}))
        note = _("As if a crisis of that level had covered everything. Whether the plan holds, a drill proves.")
        return Preview(days, figures, note)


def _stopped(level: Any, counted: list[Any]) -> int:
    """Replies that would not have left by themselves."""
    found: Counter[Gate] = Counter()
    for network, inbox, visibility, number in counted:
        gate = level.gate_for(Outbound(network, inbox, visibility)) if level is not None else Gate.FREE
        found[gate] += number
    return sum(found.values()) - found[Gate.FREE]
