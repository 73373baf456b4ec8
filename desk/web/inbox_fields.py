"""The fields of an inbox: what the network needs to let us in, and how the desk works it."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.inboxes.gateway import Connector, options_of
from desk.people.models import Team
from desk.web.forms import Field

OPTION = "options."  # before the name of what the owner of an account chooses


def is_option(field: Field) -> bool:
    """Whether it is one of those."""
    return field.name.startswith(OPTION)


def credential_fields(connector: type[Connector]) -> list[Field]:
    """As the network's connector describes them, in the reader's language."""
    return [
        Field(
            f"credentials.{field.name}",
            _(field.label),
            kind="secret" if field.secret else "text",
            help=_(field.help) if field.help else "",
            required=field.required,
            autocomplete="new-password" if field.secret else "off",
        )
        for field in connector.credential_fields
    ]


def setting_fields(connector: type[Connector]) -> list[Field]:
    """How the desk works it."""
    return [
        Field("name", gettext_lazy("Name"), help=gettext_lazy("What colleagues call it.")),
        Field(
            "base_url",
            gettext_lazy("Server address"),
            required=not connector.default_base_url,
            placeholder=connector.default_base_url,
            help=gettext_lazy("Only where it is not the network’s own.")
            if connector.default_base_url
            else gettext_lazy("Of the server that the account is on, with https://."),
        ),
        Field(
            "team",
            gettext_lazy("Team"),
            kind="choice",
            required=False,
            choices=(("", gettext_lazy("No team")), *((str(team.pk), team.name) for team in Team.objects.all())),
        ),
        Field(
            "brand",
            gettext_lazy("Brand"),
            required=False,
            help=gettext_lazy("Where the company has several: the rulebook may ask something else of each."),
        ),
        Field("language", gettext_lazy("Usual language"), kind="choice", choices=tuple(settings.LANGUAGES)),
        Field(
            "poll_seconds",
            gettext_lazy("Seconds between polls"),
            kind="number",
            help=gettext_lazy("The network’s own limits are kept in any case."),
        ),
        Field(
            "conversation_window_hours",
            gettext_lazy("Conversation window (hours)"),
            kind="number",
            help=gettext_lazy("A later message by the same person within this time goes on with the ticket."),
        ),
        Field(
            "monthly_budget",
            gettext_lazy("Most to spend in a month (US dollars)"),
            kind="number",
            required=False,
            help=gettext_lazy("Where the network charges: reading stops at it, answers still leave. Empty: no limit."),
        ),
        *option_fields(connector),
    ]


def option_fields(connector: type[Connector]) -> list[Field]:
    """What the owner of an account can choose on its network, beside its credentials."""
    return [
        Field(
            f"{OPTION}{field.name}",
            _(field.label),
            kind="choice" if field.choices else "text",
            help=_(field.help) if field.help else "",
            required=False,
            choices=tuple((value, _(label)) for value, label in field.choices),
        )
        for field in options_of(connector)
    ]
