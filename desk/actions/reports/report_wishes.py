"""What a report is asked to show: the same wish from a screen's address, from the API, and from one that was kept."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.reports.report import inboxes_of, label_of, period
from desk.common.dates import date_format
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen
from desk.tickets.models import Priority

PERIODS: dict[str, Promise] = {
    "today": gettext_lazy("Today"),
    "yesterday": gettext_lazy("Yesterday"),
    "week": gettext_lazy("7 days"),
    "last_week": gettext_lazy("Last week"),
    "month": gettext_lazy("30 days"),
    "last_month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("A quarter"),
    "year": gettext_lazy("A year"),
    "own": gettext_lazy("Own period"),
}
METRICS: dict[str, Promise] = {
    "first_response": gettext_lazy("First response"),
    "next_response": gettext_lazy("Next response"),
    "resolution": gettext_lazy("Resolution"),
}
TIMES: dict[str, Promise] = {"business": gettext_lazy("Business time"), "wall": gettext_lazy("Wall clock")}
COMPARISONS: dict[str, Promise] = {
    "before": gettext_lazy("The period before"),
    "year": gettext_lazy("And a year before"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A period, which moves along with the days unless it is "own", and what holds. None filters nothing; 0 is nobody
    and no team, "" an unknown language."""

    period: str = "week"
    first: date | None = None
    last: date | None = None
    metric: str = "first_response"
    time: str = "business"
    compare: str = "before"
    network: str | None = None
    inbox: int | None = None
    private: bool | None = None
    team: int | None = None
    agent: int | None = None
    priority: int | None = None
    language: str | None = None

    def chosen(self, now: datetime) -> Chosen:
        """With its period as instants. Raises Invalid."""
        since, until = period(self.period, self.first, self.last, now)
        return Chosen(
            since, until, metric=self.metric, business=self.time == "business", inbox=self.inbox,
            inboxes=None if self.network is None else inboxes_of(self.network), private=self.private,
            team=self.team, agent=self.agent, priority=self.priority, language=self.language,
        )  # fmt: skip

    def address(self) -> dict[str, str]:
        """The query of the screen that shows it."""
        values: dict[str, Any] = {name: value for name, value in self.as_json().items() if value is not None}
        if self.private is not None:
            values["private"] = "yes" if self.private else "no"
        if self.language == "":
            values["language"] = "none"
        return {name: str(value) for name, value in values.items()}

    def as_json(self) -> dict[str, Any]:
        """As it is kept; dates in ISO 8601."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> "Wish":
        days = {name: date.fromisoformat(values[name]) for name in ("first", "last") if values.get(name)}
        return cls(**{**values, **days})


@dataclass(frozen=True, slots=True)
class Names:
    """What channels, inboxes, teams and people are called, for the summaries of several wishes."""

    networks: Mapping[str, str]
    inboxes: Mapping[int, str]
    teams: Mapping[int, str]
    people: Mapping[int, str]

    @classmethod
    def now(cls) -> "Names":
        inboxes = list(Inbox.objects.values_list("pk", "name", "network"))
        return cls(
            {network: label_of(network) for _pk, _name, network in inboxes},
            {pk: name for pk, name, _network in inboxes},
            {0: _("No team"), **dict(Team.objects.values_list("pk", "name"))},
            {0: _("Nobody"), **{one.pk: one.name for one in User.objects.only("first_name", "last_name", "username")}},
        )

    def summary(self, wish: Wish) -> list[str]:
        """What a report shows, one thing after the other: “Last week”, “First response”, “Team: Rail”."""
        said = [days_in_words(wish), str(METRICS[wish.metric]), str(TIMES[wish.time])]
        filters: tuple[tuple[str, Mapping[Any, str], Any], ...] = (
            (_("Channel"), self.networks, wish.network),
            (_("Inbox"), self.inboxes, wish.inbox),
            (_("Team"), self.teams, wish.team),
            (_("Agent"), self.people, wish.agent),
        )
        gone = _("no longer there")
        for label, names, key in filters:
            if key is not None:
                said.append(f"{label}: {names.get(key, gone)}")
        if wish.private is not None:
            said.append(_("Private") if wish.private else _("Public"))
        if wish.priority is not None:
            said.append(_("Priority: %(name)s") % {"name": Priority(wish.priority).label})
        if wish.language is not None:
            said.append(_("Language: %(name)s") % {"name": wish.language or _("unknown")})
        return said

    def lost(self, wish: Wish) -> list[str]:
        """The filters that name something which is no longer there."""
        known: dict[str, Mapping[Any, str]] = {
            "network": self.networks,
            "inbox": self.inboxes,
            "team": self.teams,
            "agent": self.people,
        }
        return [name for name in known if getattr(wish, name) is not None and getattr(wish, name) not in known[name]]


def days_in_words(wish: Wish) -> str:
    """“Last week”, or the days of a fixed period."""
    if wish.first is None or wish.last is None or wish.period != "own":
        return str(PERIODS[wish.period])
    return _("%(first)s to %(last)s") % {
        "first": date_format(wish.first, "j M Y"), "last": date_format(wish.last, "j M Y"),
    }  # fmt: skip


def refuse_lost(wish: Wish, now: datetime) -> None:
    """Nobody keeps a report that shows nothing. Raises Invalid."""
    wish.chosen(now)
    if lost := Names.now().lost(wish):
        raise Invalid(
            _("This report filters by a channel, an inbox, a team or a person who is no longer there."),
            errors={name: [_("This is no longer there.")] for name in lost},
        )
