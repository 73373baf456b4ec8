"""Chains and webhooks as supervisors keep them. A chain is never changed: it gets a new version."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.alerts.models import AlertChain, AlertChainVersion, Webhook
from desk.common.encryption import seal
from desk.common.errors import Conflict, Invalid, Missing
from desk.inboxes.gateway import AddressRefused, assert_callable
from desk.inboxes.words import in_words
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from policies.alerts import Chain, ChainProblem, parse

LONGEST_NAME = 80
LONGEST_ADDRESS = 1_000
_PROBLEMS: Mapping[str, Promise] = {
    "form": gettext_lazy(
        "This is no step: give percent, before_minutes or after_minutes, to, people, webhooks, breaks_through."
    ),
    "too_many_steps": gettext_lazy("A chain has at most 10 steps."),
    "order": gettext_lazy("It is due before the step above it: put the steps in order."),
    "when": gettext_lazy(
        "Say when: a percentage of the target, or minutes before or after the due time. One of the three."
    ),
    "percent": gettext_lazy("A percentage of the target is a whole number from 1 to 100."),
    "before_minutes": gettext_lazy("Minutes before the due time are a whole number from 1 to 10,080, which is a week."),
    "after_minutes": gettext_lazy("Minutes past the due time are a whole number from 0 to 10,080, which is a week."),
    "to": gettext_lazy("Choose from: assignee, team, supervisors, administrators."),
    "named": gettext_lazy("People and webhooks are lists of at most 50 numbers."),
    "nobody": gettext_lazy("Say who is told: a group, a colleague or a webhook."),
}

_PLACES: Mapping[str, str] = {  # of a step, by the problem's code
    "order": "when",
    "when": "when",
    "percent": "when",
    "before_minutes": "when",
    "after_minutes": "when",
    "to": "to",
    "nobody": "to",
    "named": "people",
}


def create_chain(actor: User | None, *, name: str, steps: object) -> AlertChain:
    """A new chain with its first version. Raises Invalid, Conflict where the name is taken."""
    _may_manage(actor)
    name, rule = _name(name), checked({"steps": steps})
    with transaction.atomic():
        chain = AlertChain(name=name)
        _save(chain)
        _new_version(chain, rule, actor)
        audit(actor, "alert_chain_created", chain, name=name, version=1, steps=rule.as_json()["steps"])
    return chain


def change_chain(actor: User | None, chain_id: int, *, name: str | None = None, steps: object = None) -> AlertChain:
    """A new name, a new version, or both. Clocks that run keep the version they began with. Raises Invalid, Missing."""
    _may_manage(actor)
    rule = checked({"steps": steps}) if steps is not None else None
    with transaction.atomic():
        chain = _chain(chain_id)
        before = chain.name
        if name is not None:
            chain.name = _name(name)
            _save(chain)
        if rule is not None and chain.current is not None and rule != chain.current.rule:
            _new_version(chain, rule, actor)
        version = chain.current.number if chain.current else 0
        audit(actor, "alert_chain_changed", chain, before=before, name=chain.name, version=version)
    return chain


def delete_chain(actor: User | None, chain_id: int) -> None:
    """Out of use; clocks that run by it keep it. Raises Missing, Conflict for the default chain."""
    _may_manage(actor)
    with transaction.atomic():
        chain = _chain(chain_id)
        if chain.is_default:
            raise Conflict(_("The default chain stays. Change its steps, or give it none to alert nobody."))
        chain.deleted_at = timezone.now()
        chain.save(update_fields=["deleted_at"])
        audit(actor, "alert_chain_deleted", chain, name=chain.name)


def checked(form: object) -> Chain:
    """A chain whose people and webhooks exist. Raises Invalid with a sentence for the step that is wrong."""
    try:
        rule = parse(form)
    except ChainProblem as problem:
        raise _refusal(str(_PROBLEMS[problem.code]), problem.step, _PLACES.get(problem.code, "")) from None
    people = {person for step in rule.steps for person in step.people}
    webhooks = {webhook for step in rule.steps for webhook in step.webhooks}
    known = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    known_webhooks = set(Webhook.objects.filter(pk__in=webhooks, deleted_at=None).values_list("pk", flat=True))
    for number, step in enumerate(rule.steps, 1):
        if set(step.people) - known:
            raise _refusal(_("There is no such colleague."), number, "people")
        if set(step.webhooks) - known_webhooks:
            raise _refusal(_("There is no such webhook."), number, "webhooks")
    return rule


def create_webhook(actor: User | None, *, name: str, url: str) -> tuple[Webhook, str]:
    """An address to tell, and the secret that signs what it is told: shown this once. Raises Invalid, Conflict."""
    _may_manage(actor)
    name, url = _name(name), url.strip()
    if len(url) > LONGEST_ADDRESS:
        raise Invalid(_("This address is too long."), errors={"url": [_("This address is too long.")]})
    try:
        assert_callable(url)
    except AddressRefused as problem:
        words = in_words(problem)
        raise Invalid(words, errors={"url": [words]}) from None
    secret = secrets.token_urlsafe(32)
    webhook = Webhook(name=name, url=url, sealed_secret=seal({"secret": secret}), created_at=timezone.now())
    with transaction.atomic():
        _save(webhook)
        audit(actor, "webhook_created", webhook, name=name, url=url)
    return webhook, secret


def delete_webhook(actor: User | None, webhook_id: int) -> None:
    """Nothing more is told there; chains that name it go on without it. Raises Missing."""
    _may_manage(actor)
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=webhook_id, deleted_at=None).first()
        if webhook is None:
            raise Missing(_("There is no such webhook."))
        webhook.deleted_at = timezone.now()
        webhook.save(update_fields=["deleted_at"])
        audit(actor, "webhook_deleted", webhook, name=webhook.name)


def _may_manage(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.MANAGE_SLA)


def _new_version(chain: AlertChain, rule: Chain, actor: User | None) -> None:
    number = chain.current.number + 1 if chain.current is not None else 1
    chain.current = AlertChainVersion.objects.create(
        chain=chain, number=number, form=rule.as_json(), author=actor, at=timezone.now()
    )
    chain.save(update_fields=["current"])


def _chain(chain_id: int) -> AlertChain:
    rows = AlertChain.objects.select_related("current").select_for_update(of=("self",))
    chain = rows.filter(pk=chain_id, deleted_at=None).first()
    if chain is None:
        raise Missing(_("There is no such alert chain."))
    return chain


def _name(name: str) -> str:
    name = name.replace("\x00", "").strip()
    if not name or len(name) > LONGEST_NAME:
        problem = _("Give a name of 1 to 80 characters.")
        raise Invalid(problem, errors={"name": [problem]})
    return name


def _save(row: Any) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict(_("This name is taken. Choose another."), code="taken") from None


def _refusal(words: str, step: int, place: str) -> Invalid:
    """At `steps.1.when` for the second step; at `steps` for the whole."""
    if not step:
        return Invalid(words, errors={"steps": [words]})
    where = _("Step %(number)d: %(problem)s") % {"number": step, "problem": words}
    return Invalid(where, errors={".".join(filter(None, ("steps", str(step - 1), place))): [where]})
