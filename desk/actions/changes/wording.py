"""What is said, and what it is said to be about, as things that can be changed: canned responses and causes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.causes import causes
from desk.actions.changes.audited import Audited
from desk.actions.changes.kinds import Figure, Preview, Values
from desk.actions.replies import canned
from desk.causes.models import Cause, Department, TicketCause
from desk.causes.tree import Tree
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse, Reply


class CannedResponses(Audited):
    slug = "canned"
    label = gettext_lazy("Canned responses")
    permission = Permission.EDIT_CANNED
    subject = "cannedresponse"
    overview = "administration-canned"
    editor = "administration-canned-one"
    makes = True
    names = ("name", "shortcut", "texts")
    called: Mapping[str, "str | Promise"] = {"name": gettext_lazy("Name"), "shortcut": gettext_lazy("Shortcut")}
    verb = "canned_changed"

    def rows(self) -> "QuerySet[CannedResponse]":
        return CannedResponse.objects.all()

    def title(self, row: CannedResponse) -> str:
        return row.name

    def said(self, values: Values) -> dict[str, Any]:
        """A line for each text, by its language and its network."""
        texts = {
            " ".join(filter(None, (one["language"], one["network"]))): one["text"] for one in values.get("texts", ())
        }
        return {**{name: values[name] for name in ("name", "shortcut") if name in values}, **texts}

    def values(self, row: CannedResponse | None) -> dict[str, Any]:
        return {"name": "", "shortcut": "", "texts": []} if row is None else super().values(row)

    def changed(
        self, actor: User | None, row: CannedResponse | None, values: Values, now: datetime | None = None
    ) -> CannedResponse:
        """A new one is on offer at once, if the rules let its words pass."""
        if row is None:
            return canned.activate_canned(actor, canned.create_canned(actor, **self.whole(values)).pk)
        return canned.change_canned(actor, row.pk, **values)

    def take_away(self, actor: User, row: CannedResponse, now: datetime) -> None:
        canned.delete_canned(actor, row.pk)

    def preview(self, row: CannedResponse | None, values: Values, days: int, now: datetime) -> Preview:
        """The replies that would have begun otherwise. Whether the rules let its words pass was asked before."""
        if row is None:
            return Preview(days, note=_("It is new: no reply began with it yet. The rules let its words pass."))
        sent = Reply.objects.filter(canned_response=row, sent_at__gte=now - timedelta(days=days), sent_at__lte=now)
        used = sent.aggregate(all=Count("pk"), edited=Count("pk", filter=Q(canned_edited=True)))
        replies = ngettext("%(count)d reply began with it", "%(count)d replies began with it", used["all"])
        edited = ngettext("%(count)d of them in other words", "%(count)d of them in other words", used["edited"])
        figures = [
            Figure("replies", used["all"], replies % {"count": used["all"]}),
            Figure("edited", used["edited"], edited % {"count": used["edited"]}),
        ]
        return Preview(days, figures, _("What was sent stays as it is."))


class Causes(Audited):
    slug = "cause"
    label = gettext_lazy("Causes")
    permission = Permission.MANAGE_CAUSES
    subject = "cause"
    overview = "administration-causes"
    editor = "administration-cause"
    key = ("name_en", "id")
    searched = "name_en"
    names = ("name_nl", "name_en", "parent", "department", "owner")
    called: Mapping[str, "str | Promise"] = {
        "name_nl": gettext_lazy("Name in Dutch"),
        "name_en": gettext_lazy("Name in English"),
        "parent": gettext_lazy("Below"),
        "department": gettext_lazy("Department"),
        "owner": gettext_lazy("Owner"),
    }
    makes = True
    verb = "cause_changed"

    def rows(self) -> "QuerySet[Cause]":
        return Cause.objects.filter(archived_at=None, merged_into=None)

    def title(self, row: Cause) -> str:
        return row.name

    def values(self, row: Cause | None) -> dict[str, Any]:
        return asdict(causes.CauseWish("", "")) if row is None else causes.told(row)

    def said(self, values: Values) -> dict[str, Any]:
        """With the names of what it points at."""
        words, tree = dict(values), Tree()
        above = words.get("parent")
        if above is not None:
            words["parent"] = tree.words(tree[above]) if above in tree else None
        for name, model in (("department", Department), ("owner", User)):
            if words.get(name) is not None:
                found = model._default_manager.filter(pk=words[name]).first()
                words[name] = found.name if found is not None else None
        return words

    def changed(self, actor: User | None, row: Cause | None, values: Values, now: datetime | None = None) -> Cause:
        wish = causes.CauseWish(**{**self.values(row), **values})
        return causes.create(actor, wish, now=now) if row is None else causes.change(actor, row.pk, wish)

    def take_away(self, actor: User, row: Cause, now: datetime) -> None:
        """No longer on offer; tickets keep it."""
        causes.archive(actor, row.pk, now=now)

    def preview(self, row: Cause | None, values: Values, days: int, now: datetime) -> Preview:
        """Its tickets, which go along: what they are called, and whom they are counted for."""
        if row is None:
            return Preview(days, note=_("It is new: no ticket has it yet. Agents can choose it from then on."))
        since = now - timedelta(days=days)
        rows = TicketCause.objects.filter(cause__in=Tree().under(row), ticket__created_at__gte=since)
        count = rows.count()
        words = ngettext("%(count)d ticket would go along", "%(count)d tickets would go along", count)
        note = _("Figures, digests and trends are counted by the tree as it is: those of the past as well.")
        return Preview(days, [Figure("tickets", count, words % {"count": count})], note)
