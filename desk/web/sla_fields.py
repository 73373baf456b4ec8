"""The fields of policies, and how what is typed in them becomes what the verbs take."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.sla.sla_policies import METRICS
from desk.alerts.models import AlertChain
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.sla.models import BusinessCalendar, SlaPolicy
from desk.tickets.models import Priority, Tier
from desk.web.forms import Field, Words, choice, numbers
from desk.web.show import stars

APPLY = Field(
    "apply_to_open",
    gettext_lazy("Also for clocks that run already"),
    kind="tick",
    help=gettext_lazy("Otherwise only clocks that begin from now on. Clocks that ended keep what was promised."),
)


def policy_fields(*, is_default: bool) -> list[Field]:
    """The default policy is for everybody, so it has no conditions."""
    calendars = BusinessCalendar.objects.filter(deleted_at=None).values_list("pk", "name")
    return [
        Field("name", gettext_lazy("Name")),
        *([] if is_default else _condition_fields()),
        _minutes("first_response_minutes", gettext_lazy("First response within (minutes)")),
        _minutes("next_response_minutes", gettext_lazy("Next response within (minutes)")),
        _minutes("resolution_minutes", gettext_lazy("Resolution within (minutes)")),
        Field(
            "calendar",
            gettext_lazy("Minutes count by"),
            kind="choice",
            choices=tuple((str(pk), name) for pk, name in calendars),
        ),
        Field("alert_chain", gettext_lazy("Who is alerted"), kind="choice", required=False, choices=_chains()),
        *([] if is_default else [Field("enabled", gettext_lazy("In force"), kind="tick")]),
        APPLY,
    ]


def policy_values(values: QueryDict, *, is_default: bool) -> dict[str, Any]:
    """What the verbs take. Raises Invalid for what is no number."""
    typed: dict[str, Any] = {
        "name": values.get("name", ""),
        "calendar_id": choice(values, "calendar"),
        "alert_chain_id": choice(values, "alert_chain"),
        "apply_to_open": "apply_to_open" in values,
        **{f"{metric}_minutes": choice(values, f"{metric}_minutes") for metric in METRICS},
    }
    if is_default:
        return typed
    private = {"private": True, "public": False}.get(values.get("private", ""))
    conditions = {
        "networks": values.getlist("networks"),
        "inboxes": numbers(values, "inboxes"),
        "private": private,
        "priorities": numbers(values, "priorities"),
        "tiers": numbers(values, "tiers"),
        "languages": _words(values.get("languages", "").lower()),
        "tags": _words(values.get("tags", "")),
        "ratings": numbers(values, "ratings"),
        "profiles": _words(values.get("profiles", "").lower()),
    }
    kept = {name: value for name, value in conditions.items() if value not in (None, [])}
    return {**typed, "enabled": "enabled" in values, "conditions": kept}


def values_of_policy(policy: SlaPolicy) -> dict[str, object]:
    """What the fields show of a policy as it reads now."""
    version = policy.current
    if version is None:
        return {}
    conditions, targets = version.conditions, version.targets
    seconds = {f"{metric}_minutes": targets.of(metric) for metric in METRICS}
    return {
        "name": policy.name,
        "enabled": policy.enabled,
        "calendar": version.calendar_id,
        "alert_chain": version.alert_chain_id,
        "networks": conditions.networks,
        "inboxes": conditions.inboxes,
        "private": {None: "", True: "private", False: "public"}[conditions.private],
        "priorities": conditions.priorities,
        "tiers": conditions.tiers,
        "ratings": conditions.ratings,
        "languages": ", ".join(sorted(conditions.languages)),
        "tags": ", ".join(sorted(conditions.tags)),
        "profiles": ", ".join(sorted(conditions.profiles)),
        **{name: value // 60 if value is not None else None for name, value in seconds.items()},
    }


def _condition_fields() -> list[Field]:
    anything: list[tuple[str, Words]] = [
        ("", gettext_lazy("Public and private")),
        ("public", gettext_lazy("Public only")),
        ("private", gettext_lazy("Private only")),
    ]
    networks = tuple((network.slug, network.label) for network in all_networks())
    inboxes = tuple((str(inbox.pk), inbox.name) for inbox in Inbox.objects.all())
    priorities = tuple((str(priority.value), priority.label) for priority in Priority)
    tiers = tuple((str(tier.value), tier.label) for tier in Tier)
    commas = gettext_lazy("Separated by commas. Empty: all.")
    return [
        Field("networks", gettext_lazy("Only these networks"), kind="several", choices=networks),
        Field("inboxes", gettext_lazy("Only these inboxes"), kind="several", choices=inboxes),
        Field("private", gettext_lazy("Messages"), kind="choice", required=False, choices=tuple(anything)),
        Field("priorities", gettext_lazy("Only these priorities"), kind="several", choices=priorities),
        Field("tiers", gettext_lazy("Only these customers"), kind="several", choices=tiers),
        Field("ratings", gettext_lazy("Only reviews with"), kind="several", choices=stars.choices()),
        Field("languages", gettext_lazy("Only these languages"), required=False, help=commas, placeholder="nl, en"),
        Field("tags", gettext_lazy("Only tickets with one of these tags"), required=False, help=commas),
        Field(
            "profiles",
            gettext_lazy("Only in a crisis whose plan brings one of these profiles"),
            required=False,
            help=gettext_lazy(
                "Names of your own, separated by commas. A level of the crisis plan names the one it brings."
            ),
            placeholder="crisis",
        ),
    ]


def _chains() -> tuple[tuple[str, Words], ...]:
    """The default chain is chosen by leaving it open, so that another default one day counts for these policies too."""
    rows = AlertChain.objects.filter(deleted_at=None).order_by("-is_default", "name", "id")
    return tuple(
        ("", _("%(name)s (the desk's default)") % {"name": chain.name})
        if chain.is_default
        else (str(chain.pk), chain.name)
        for chain in rows
    )


def _minutes(name: str, label: Words) -> Field:
    return Field(name, label, kind="number", required=False)


def _words(typed: str) -> list[str]:
    return [word.strip() for word in typed.split(",") if word.strip()]
