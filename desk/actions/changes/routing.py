"""Where tickets go, as things that can be changed: to whom a team gives its tickets, and which team an inbox feeds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.changes.audited import Audited
from desk.actions.changes.kinds import (
    Figure,
    Preview,
    Values,
    different,
)
from desk.actions.inboxes import inboxes
from desk.actions.people import people
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.people.permissions import Permission
from desk.sla.promises import tags_of
from desk.tickets.models import Ticket
from policies.assignment import Candidate, Choice, Method, Reason, Wanted, share_out, skills_asked

LOOKED_AT = 10_000  # tickets, the newest
_WORDS = {
    "assignment": gettext_lazy("New tickets are given to"),
    "match_language": gettext_lazy("Only to people who speak the customer's language"),
    "match_skills": gettext_lazy("Only to people with the skills it asks for"),
    "team_id": gettext_lazy("Team"),
}


class Teams(Audited):
    slug = "team"
    label = gettext_lazy("To whom teams give tickets")
    permission = Permission.MANAGE_PEOPLE
    subject = "team"
    overview = "administration-teams"
    editor = "administration-team"
    names = people.POLICY
    verb = "team_changed"
    called = _WORDS

    def rows(self) -> "QuerySet[Team]":
        return Team.objects.all()

    def title(self, row: Team) -> str:
        return row.name

    def said(self, values: Values) -> dict[str, Any]:
        words = dict(values)
        if "assignment" in words:
            words["assignment"] = str(Team.Assignment(words["assignment"]).label)
        return words

    def changed(self, actor: User | None, row: Team, values: Values, now: datetime | None = None) -> Team:
        return people.change_team(actor, row.pk, **values)

    def preview(self, row: Team, values: Values, days: int, now: datetime) -> Preview:
        """The tickets of the last days shared out anew among those who are in the team today."""
        came = Ticket.objects.filter(team=row, created_at__gte=now - timedelta(days=days), inbox__drill=False)
        tickets = list(came.select_related("inbox").order_by("-created_at", "-id")[: LOOKED_AT + 1])
        complete, tickets = len(tickets) <= LOOKED_AT, tickets[:LOOKED_AT][::-1]
        members = [one for one in User.objects.filter(teams=row, is_active=True) if one.may(Permission.REPLY)]
        crew = [Candidate(one.pk, languages=frozenset(one.languages), skills=frozenset(one.skills)) for one in members]
        tags = tags_of(ticket.pk for ticket in tickets)
        was, would = (_shared(crew, tickets, tags, wish) for wish in (self.values(row), {**self.values(row), **values}))
        note = _("Played with the people of today, as if all of them were on duty and nobody were full.")
        if not complete:
            note += " " + _("Only the newest %(count)d tickets were counted.") % {"count": LOOKED_AT}
        return Preview(days, _figures(was, would, len(tickets)), note)


class InboxTeams(Audited):
    slug = "inbox_team"
    label = gettext_lazy("Which team gets what comes in")
    permission = Permission.MANAGE_INBOXES
    subject = "inbox"
    overview = "administration-inboxes"
    editor = "administration-inbox"
    names = ("team_id",)
    verb = "inbox_changed"
    called = _WORDS

    def rows(self) -> "QuerySet[Inbox]":
        return Inbox.objects.filter(drill=False)

    def title(self, row: Inbox) -> str:
        return row.name

    def said(self, values: Values) -> dict[str, Any]:
        team = Team.objects.filter(pk=values.get("team_id") or 0).values_list("name", flat=True).first()
        return {"team_id": team or _("no team")}

    def checked(self, row: Inbox, values: Values) -> dict[str, Any]:
        wanted = different(self.values(row), values)
        team_id = wanted.get("team_id")
        if team_id is not None and not Team.objects.filter(pk=team_id).exists():
            words = _("There is no such team.")
            raise Invalid(words, errors={"team_id": [words]})
        return wanted

    def changed(self, actor: User | None, row: Inbox, values: Values, now: datetime | None = None) -> Inbox:
        return inboxes.change_inbox(actor, row.pk, **values)

    def preview(self, row: Inbox, values: Values, days: int, now: datetime) -> Preview:
        """Every ticket that came in there, by the team that has it today."""
        came = Ticket.objects.filter(inbox=row, created_at__gte=now - timedelta(days=days))
        wanted = values.get("team_id")
        there = Counter(dict(came.order_by().values_list("team_id").annotate(number=Count("pk"))))
        total = sum(there.values())
        moved = total - there[wanted]
        figures = [
            Figure("tickets", total, _came(total)),
            Figure(
                "rerouted",
                moved,
                ngettext("%(count)d would have gone elsewhere", "%(count)d would have gone elsewhere", moved)
                % {"count": moved},
            ),
        ]
        note = _("By the team that has each of them today. How quickly another team would have answered, nobody knows.")
        return Preview(days, figures, note)


def _shared(
    crew: Sequence[Candidate], tickets: Sequence[Ticket], tags: dict[int, set[str]], wish: Values
) -> list[Choice]:
    """To whom each would go; nobody where the team gives none."""
    if wish["assignment"] == Method.NONE:
        return []
    skills = [one.skills for one in crew]
    wishes = [
        Wanted(
            language=ticket.language if wish["match_language"] else "",
            skills=skills_asked([*tags.get(ticket.pk, ()), ticket.inbox.network], skills)
            if wish["match_skills"]
            else frozenset(),
        )
        for ticket in tickets
    ]
    return share_out(crew, wishes, Method(wish["assignment"]))[0]


def _figures(was: Sequence[Choice], would: Sequence[Choice], total: int) -> list[Figure]:
    given, given_before = (sum(one.id is not None for one in choices) for choices in (would, was))
    why = Counter(one.reason for one in would if one.id is None)
    other = sum(one.id != before.id for one, before in zip(would, was, strict=True)) if was and would else total
    speaks, skilled = why[Reason.NOBODY_SPEAKS], why[Reason.NOBODY_SKILLED]
    said = [
        ("given", given, _("%(count)d would have been given to somebody by the desk, and %(before)d as it is")),
        ("rerouted", other, _("%(count)d would have gone to somebody else, or to somebody for the first time")),
        ("nobody_speaks", speaks, _("%(count)d in a language that nobody of the team speaks")),
        ("nobody_skilled", skilled, _("%(count)d that ask for a skill which nobody of the team has")),
    ]
    counted = [Figure(code, count, words % {"count": count, "before": given_before}) for code, count, words in said]
    return [Figure("tickets", total, _came(total)), *counted]


def _came(count: int) -> str:
    return ngettext("%(count)d ticket came in", "%(count)d tickets came in", count) % {"count": count}
