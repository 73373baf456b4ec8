"""What the address of a report asks for."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.reports.report_wishes import COMPARISONS, METRICS, PERIODS, TIMES, Wish
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.reports.counting import Chosen
from desk.tickets.models import Priority
from desk.web.show.tiles import tile

USUAL = {"period": "week", "metric": "first_response", "time": "business", "compare": "before"}


class ReportForm(forms.Form):
    """Each choice has a first entry that filters nothing."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=list(PERIODS.items()))
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
    metric = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=list(METRICS.items()))
    time = forms.ChoiceField(label=gettext_lazy("How time is counted"), choices=list(TIMES.items()))
    compare = forms.ChoiceField(label=gettext_lazy("Compared with"), choices=list(COMPARISONS.items()))
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

        inboxes = list(Inbox.objects.filter(drill=False).order_by("pk").values_list("pk", "name", "network"))
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
    form, wish = wished(values)
    return form, wish.chosen(now), wish.address()


def wished(values: dict[str, str]) -> tuple[ReportForm, Wish]:
    """The form, and what it asks for. Raises Invalid."""
    form = ReportForm({name: value for name, value in values.items() if value})
    if not form.is_valid():
        raise Invalid(
            _("This report does not exist. Choose from the filters."),
            errors={name: [str(one) for one in said] for name, said in form.errors.items()},
        )
    data = form.cleaned_data
    days = {name: data[name] for name in ("first", "last") if data["period"] == "own"}
    number: dict[str, Any] = {
        name: int(data[name]) if data[name] else None for name in ("inbox", "team", "agent", "priority")
    }
    wish = Wish(
        period=data["period"],
        metric=data["metric"],
        time=data["time"],
        compare=data["compare"],
        network=data["network"] or None,
        private={"yes": True, "no": False}.get(data["private"]),
        language={"": None, "none": ""}.get(data["language"], data["language"]),
        **days,
        **number,
    )
    return form, wish
