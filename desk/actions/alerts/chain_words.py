"""Alert chains in words: when each step is told, and to whom."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.alerts.models import Webhook
from desk.people.models import User
from policies.alerts import Chain, Recipient, Step

GROUPS: Mapping[Recipient, Promise] = {
    Recipient.ASSIGNEE: gettext_lazy("whoever has the ticket"),
    Recipient.TEAM: gettext_lazy("its team, who are on duty"),
    Recipient.SUPERVISORS: gettext_lazy("supervisors on duty"),
    Recipient.ADMINISTRATORS: gettext_lazy("administrators on duty"),
}


class Names(NamedTuple):
    """Of the people and webhooks that chains name; who is gone has none."""

    people: Mapping[int, str]
    webhooks: Mapping[int, str]


def names_in(chains: Iterable[Chain]) -> Names:
    """In two queries however many chains there are; in none where nobody is named."""
    steps = [step for chain in chains for step in chain.steps]
    people = {one for step in steps for one in step.people}
    webhooks = {one for step in steps for one in step.webhooks}
    users = User.objects.filter(pk__in=people, is_active=True) if people else ()
    known = Webhook.objects.filter(pk__in=webhooks, deleted_at=None) if webhooks else ()
    return Names({one.pk: one.name for one in users}, {one.pk: one.name for one in known})


def when(step: Step) -> str:
    """“at 80 % of the target”."""
    if step.percent is not None and step.percent < 100:
        return _("at %(percent)d %% of the target") % {"percent": step.percent}
    if step.before_minutes is not None:
        return _("%(minutes)d min before it is due") % {"minutes": step.before_minutes}
    return (
        _("%(minutes)d min after it is due") % {"minutes": step.after_minutes} if step.after_minutes else _("when due")
    )


def whom(step: Step, names: Names) -> str:
    """“its team, who are on duty, Suze Veenstra”."""
    webhooks = [_("webhook %(name)s") % {"name": names.webhooks[one]} for one in step.webhooks if one in names.webhooks]
    people = [names.people[one] for one in step.people if one in names.people]
    return ", ".join([*(str(GROUPS[group]) for group in step.to), *people, *webhooks]) or _("nobody who is still there")


def in_lines(chain: Chain, names: Names) -> list[str]:
    """“at 50 % of the target: whoever has the ticket”, a line for each step."""
    found, always = [], _("also outside opening hours")
    for step in chain.steps:
        line = _("%(when)s: %(whom)s") % {"when": when(step), "whom": whom(step, names)}
        found.append(f"{line} ({always})" if step.breaks_through else line)
    return found or [_("Nobody is alerted.")]
