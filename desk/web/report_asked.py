"""What the address of a report asks for."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.report import inboxes_of, period
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen
from desk.tickets.models import Priority
from desk.web.show.tiles import tile

PERIODS = [
    ("today", gettext_lazy("Today")),
    ("week", gettext_lazy("7 days")),
    ("month", gettext_lazy("30 days")),
    ("quarter", gettext_lazy("A quarter")),
    ("year", gettext_lazy("A year")),
    ("own", gettext_lazy("Own period")),
]
METRICS = [
    ("first_response", gettext_lazy("First response")),
    ("next_response", gettext_lazy("Next response")),
    ("resolution", gettext_lazy("Resolution")),
]
TIMES = [("business", gettext_lazy("Business time")), ("wall", gettext_lazy("Wall clock"))]
USUAL = {"period": "week", "metric": "first_response", "time": "business"}


class ReportForm(forms.Form):
    """Each choice has a first entry that filters nothing."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=PERIODS)
    first = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d"),
    )
    metric = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=METRICS)
    time = forms.ChoiceField(label=gettext_lazy("How time is counted"), choices=TIMES)
    network = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    inbox = forms.ChoiceField(label=gettext_lazy("Inbox"), required=False)
    private = forms.ChoiceField(label=gettext_lazy("Public or private"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    agent = forms.ChoiceField(label=gettext_lazy("Agent"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    language = forms.CharField(
        label=gettext_lazy("Language"), required=False, max_length=5, widget=forms.TextInput({"class": "input"})
    )

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__({**USUAL, **values})

        def choices(name: str, everything: str, *entries: tuple[object, Any]) -> None:
            field: Any = self.fields[name]
            field.choices = [("", everything), *((str(value), label) for value, label in entries)]

        inboxes = list(Inbox.objects.order_by("pk").values_list("pk", "name", "network"))
        networks = sorted({network for _pk, _name, network in inboxes})
        choices("network", _("All channels"), *((network, tile(network).label) for network in networks))
        choices("inbox", _("All inboxes"), *((pk, name) for pk, name, _network in inboxes))
        choices("private", _("Public and private"), ("no", _("Public")), ("yes", _("Private")))
        choices("team", _("All teams"), (0, _("No team")), *Team.objects.values_list("pk", "name"))
        people = ((one.pk, one.get_full_name() or one.username) for one in User.objects.order_by("username"))
        choices("agent", _("Everybody"), (0, _("Nobody")), *people)
        choices("priority", _("All priorities"), *Priority.choices)


def asked(values: dict[str, str], now: datetime) -> tuple[ReportForm, Chosen, dict[str, str]]:
    """The form, what it means, and the address that says it again. Raises Invalid."""
    form = ReportForm({name: value for name, value in values.items() if value})
    if not form.is_valid():
        raise Invalid(
            _("This report does not exist. Choose from the filters."),
            errors={name: [str(one) for one in said] for name, said in form.errors.items()},
        )
    data = form.cleaned_data
    since, until = period(data["period"], data["first"], data["last"], now)
    number = {name: int(data[name]) if data[name] else None for name in ("inbox", "team", "agent", "priority")}
    chosen = Chosen(
        since,
        until,
        metric=data["metric"],
        business=data["time"] == "business",
        inboxes=inboxes_of(data["network"]) if data["network"] else None,
        private={"yes": True, "no": False}.get(data["private"]),
        language={"": None, "none": ""}.get(data["language"], data["language"]),
        inbox=number["inbox"],
        team=number["team"],
        agent=number["agent"],
        priority=number["priority"],
    )
    query = {name: str(value) for name in form.fields if (value := form.data.get(name)) and value != USUAL.get(name)}
    return form, chosen, query
