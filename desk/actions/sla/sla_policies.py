"""SLA policies: what a supervisor does with them. A change is a new version; clocks that run keep what they had."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.sla.calendars import LONGEST_NAME, refuse_unreachable
from desk.actions.sla.sla_change import change_of_promises
from desk.actions.sla.sla_profiles import refuse_lost_profiles
from desk.alerts.models import AlertChain
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.sla.models import BusinessCalendar, SlaPolicy, SlaPolicyVersion
from desk.sla.promises import calendars_of
from desk.tickets.models import Priority, Tag, Tier
from policies.crisis_plan_form import is_key
from policies.scopes import RATINGS
from policies.sla import LONGEST_TARGET, Conditions

VERSIONED = (
    "conditions", "first_response_minutes", "next_response_minutes", "resolution_minutes", "calendar_id",
    "alert_chain_id",
)  # fmt: skip
CHANGEABLE = ("name", "enabled", *VERSIONED)
METRICS = ("first_response", "next_response", "resolution")
MOST_POLICIES = 200
MOST_CONDITIONS = 50  # values of one kind


def create_policy(
    actor: User | None, *, now: datetime | None = None, apply_to_open: bool = False, **values: Any
) -> SlaPolicy:
    """A new policy, before the default one and behind the others.

    `name`, `calendar_id`, `alert_chain_id` (None: the default chain), `enabled`, `conditions` (of
    `policies.sla.Conditions`, each a list; `private` true or false),
    and minutes for `first_response_minutes`, `next_response_minutes`, `resolution_minutes`; None promises nothing.
    Raises Invalid, Conflict.
    """
    _may(actor)
    _refuse_unknown(values)
    with transaction.atomic(), change_of_promises(actor, apply_to_open=apply_to_open, now=now):
        others = SlaPolicy.objects.filter(deleted_at=None, is_default=False)
        if others.count() >= MOST_POLICIES:
            raise Conflict(_("There are %(count)d policies. Delete one first.") % {"count": MOST_POLICIES})
        last = others.order_by("-position").values_list("position", flat=True).first() or 0
        policy = SlaPolicy(name=_name(values.get("name", "")), position=last + 1, enabled=values.get("enabled", True))
        _save(policy)
        _new_version(actor, policy, values, now)
        audit(actor, "sla_policy_created", policy, name=policy.name)
    return policy


def change_policy(
    actor: User | None, policy_id: int, *, now: datetime | None = None, apply_to_open: bool = False, **changes: Any
) -> SlaPolicy:
    """What is left out stays. Conditions, targets and calendar make a new version.

    Raises Invalid, Missing, and Conflict for the last policy of a profile that a crisis plan brings.
    """
    _may(actor)
    _refuse_unknown(changes)
    with transaction.atomic(), change_of_promises(actor, apply_to_open=apply_to_open, now=now):
        policy = _policy(policy_id)
        before = values_of(policy)
        if "name" in changes:
            policy.name = _name(changes["name"])
        if "enabled" in changes:
            policy.enabled = changes["enabled"]
        if policy.is_default and not policy.enabled:
            raise _refusal(
                "enabled", _("The default policy speaks for whoever no other one is for. It stays in force.")
            )
        wanted = {**before, **{name: changes[name] for name in VERSIONED if name in changes}}
        if wanted != before:
            _new_version(actor, policy, wanted, now)
        _save(policy)
        refuse_lost_profiles()
        version = policy.current.number if policy.current and wanted != before else None
        audit(actor, "sla_policy_changed", policy, name=policy.name, before=before, version=version)
    return policy


def reorder_policies(
    actor: User | None, policy_ids: Sequence[int], *, apply_to_open: bool = False, now: datetime | None = None
) -> None:
    """All policies but the default, in the order in which they are asked. Raises Invalid where one is left out."""
    _may(actor)
    with transaction.atomic(), change_of_promises(actor, apply_to_open=apply_to_open, now=now):
        rows = {policy.pk: policy for policy in _movable()}
        if sorted(policy_ids) != sorted(rows):
            raise _refusal(
                "order", _("Name every policy but the default once. Look again: somebody may have changed them.")
            )
        before = list(rows)
        for position, policy_id in enumerate(policy_ids, start=1):
            rows[policy_id].position = position
        SlaPolicy.objects.bulk_update(rows.values(), ["position"])
        audit(
            actor,
            "sla_policies_reordered",
            SlaPolicy.objects.get(is_default=True),
            before=before,
            after=list(policy_ids),
        )


def delete_policy(
    actor: User | None, policy_id: int, *, apply_to_open: bool = False, now: datetime | None = None
) -> None:
    """Kept for the clocks that were promised under it.

    Raises Conflict for the default policy, and for the last of a profile that a crisis plan brings.
    """
    _may(actor)
    with transaction.atomic(), change_of_promises(actor, apply_to_open=apply_to_open, now=now):
        policy = _policy(policy_id)
        if policy.is_default:
            raise Conflict(_("The default policy can't be deleted. Change it instead."), code="default")
        policy.deleted_at = now or timezone.now()
        policy.save(update_fields=["deleted_at"])
        refuse_lost_profiles()
        audit(actor, "sla_policy_deleted", policy, name=policy.name)


def policies_in_order() -> Sequence[SlaPolicy]:
    """All that are not deleted, as they are asked: the default one last."""
    rows = SlaPolicy.objects.filter(deleted_at=None).order_by("is_default", "position", "id")
    return list(rows.select_related("current__calendar__current"))


def values_of(policy: SlaPolicy) -> dict[str, Any]:
    """What VERSIONED says of it as it reads now."""
    version = policy.current
    if version is None:
        return {}
    minutes = {f"{metric}_minutes": _minutes(getattr(version, f"{metric}_seconds")) for metric in METRICS}
    return {
        "conditions": version.conditions_form, **minutes, "calendar_id": version.calendar_id,
        "alert_chain_id": version.alert_chain_id,
    }  # fmt: skip


# ── steps that the verbs share ───────────────────────────────────────────────
def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60


def _new_version(actor: User | None, policy: SlaPolicy, values: Mapping[str, Any], now: datetime | None) -> None:
    conditions = _conditions(values.get("conditions") or {})
    if policy.is_default and not conditions.ask_nothing:
        raise _refusal("conditions", _("The default policy is for everybody and can't have conditions."))
    calendar = BusinessCalendar.objects.filter(pk=values.get("calendar_id") or 0, deleted_at=None).first()
    if calendar is None or calendar.current_id is None:
        raise _refusal("calendar", _("There is no such calendar."))
    chain_id = values.get("alert_chain_id")
    if chain_id is not None and not AlertChain.objects.filter(pk=chain_id, deleted_at=None).exists():
        raise _refusal("alert_chain", _("There is no such alert chain."))
    version = SlaPolicyVersion(
        policy=policy,
        number=policy.versions.count() + 1,
        conditions_form=conditions.as_json(),
        calendar=calendar,
        alert_chain_id=chain_id,
        author=actor,
        at=now or timezone.now(),
        **{f"{metric}_seconds": _seconds(f"{metric}_minutes", values.get(f"{metric}_minutes")) for metric in METRICS},
    )
    refuse_unreachable(calendars_of([calendar.current_id])[calendar.current_id], version.targets, policy.name)
    version.save()
    policy.current = version
    policy.save(update_fields=["current"])


def _seconds(name: str, minutes: int | None) -> int | None:
    if minutes is None:
        return None
    if not 60 <= minutes * 60 <= LONGEST_TARGET:
        raise _refusal(name, _("Choose 1 minute to 1 year, or leave it empty to promise nothing."))
    return minutes * 60


def _conditions(form: Mapping[str, Any]) -> Conditions:
    known: dict[str, set[Any]] = {
        "networks": {network.slug for network in all_networks()},
        "inboxes": set(Inbox.objects.values_list("pk", flat=True)),
        "priorities": set(Priority.values),
        "tiers": set(Tier.values),
        "ratings": set(RATINGS),
        "tags": set(Tag.objects.values_list("name", flat=True)),
    }
    if unknown := set(form) - {*known, *_BY_FORM, "private"}:
        raise _refusal(
            "conditions", _("There is no such condition: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    if form.get("private") not in (None, True, False):
        raise _refusal("conditions", _("Private is true, false, or left out."))
    for name in (*known, *_BY_FORM):
        values = form.get(name) or []
        fits = _BY_FORM.get(name, known.get(name, set()).__contains__)
        strange = [value for value in values if not fits(value)]
        if len(values) > MOST_CONDITIONS or strange:
            shown = ", ".join(str(value)[:40] for value in strange[:5]) or str(len(values))
            raise _refusal(
                "conditions", _("%(kind)s: this can't be used: %(values)s.") % {"kind": name, "values": shown}
            )
    return Conditions.from_json({name: value for name, value in form.items() if value not in (None, [])})


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and len(value) in (2, 3) and value.isascii() and value.isalpha()


# Conditions whose values nobody lists: what each of them looks like.
_BY_FORM: Mapping[str, Callable[[Any], bool]] = {"languages": _is_language, "profiles": is_key}


def _may(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.MANAGE_SLA)


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    if unknown := set(values) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        raise _refusal("name", _("Give a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME})
    return words


def _save(policy: SlaPolicy) -> None:
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError:  # somebody took the name between our look and our write
        raise Conflict(_("Another policy has this name. Choose another."), code="taken") from None


def _movable() -> Sequence[SlaPolicy]:
    rows = SlaPolicy.objects.filter(deleted_at=None, is_default=False).order_by("position", "id")
    return list(rows.select_for_update())


def _policy(policy_id: int) -> SlaPolicy:
    rows = SlaPolicy.objects.select_related("current").select_for_update(of=("self",))
    policy = rows.filter(pk=policy_id, deleted_at=None).first()
    if policy is None:
        raise Missing(_("There is no such policy."))
    return policy
